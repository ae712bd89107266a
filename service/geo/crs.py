"""Coordinate reference systems: which ones we know, which we refuse, and how to reach CGCS2000 (EPSG:4490).

Everything here is x first (easting or longitude), although EPSG:4490, 4526, 4547 and their kin are north first.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from service.core.errors import BadRequest

CGCS2000 = 4490
WGS84 = 4326

Floats = NDArray[np.float64]
Datum = Literal["cgcs2000", "wgs84", "other"]

# Why a CRS is refused, in words; the import catalogue uses the same sentences.
REFUSALS: dict[str, tuple[str, str]] = {
    "crs_unknown": ("不认识的坐标系“{value}”", "Unknown coordinate system {value}"),
    "crs_old_datum": (
        "{value} 属北京54/西安80，没有官方参数不能准确转换，请提供转换为 CGCS2000 的成果",
        "{value} is on Beijing 1954 or Xian 1980, which can't be converted exactly: deliver CGCS2000",
    ),
    "crs_encrypted": (
        "{value} 是加偏坐标（火星/百度），不能作为地块成果",
        "{value} is an offset system (GCJ-02 or BD-09) and no basis for parcels",
    ),
    "crs_not_transformable": (
        "{value} 不能可靠地转换到 CGCS2000",
        "{value} can't be converted to CGCS2000 reliably",
    ),
}

NORTHINGS = (1.8e6, 6e6)  # China, metres
EASTINGS = ((1e5, 9e5), (1.3e7, 4.6e7))  # without and with the zone in front
LATITUDES, LONGITUDES = (3.0, 54.0), (73.0, 136.0)  # China, degrees; the two never meet
_LONGEST_NAME = 20_000  # characters; the WKT of a compound CRS with its usage stays below
_ENCRYPTED = re.compile(r"gcj.?0?2|bd.?0?9|火星|mars|百度", re.IGNORECASE)
_OLD_DATUM = re.compile(r"xi.?an|beijing|西安|北京|^80国家|54坐标", re.IGNORECASE)
_CGCS2000_NAME = re.compile(r"cgcs.?2000|china.?2000|china.?geodetic.?coordinate.?system.?2000|2000国家", re.IGNORECASE)
_ZONE_NAME = re.compile(r"cgcs.?2000(?:\W|_)*(?:([36]).?degree)?.*?(?:zone.?(\d{2})|cm.?(\d{2,3})e?)$", re.IGNORECASE)
_EPSG_NAME = re.compile(
    r"^(?:(?:epsg|urn:ogc:def:crs:epsg)(?::[\d.]*)?:|https?://www\.opengis\.net/def/crs/EPSG/[\d.]+/)?(\d{4,6})$",
    re.IGNORECASE,
)
_CRS84 = re.compile(
    r"^(?:ogc:|urn:ogc:def:crs:ogc:[\d.]*:|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/)?crs84h?$",
    re.IGNORECASE,
)


class CrsRefused(BadRequest):
    """A coordinate system we don't know, or can't convert exactly; `reason` is a key of `REFUSALS`."""

    code = "crs-refused"

    def __init__(self, reason: str, value: str) -> None:
        """Name the reason and the CRS as the caller wrote it."""
        zh, en = REFUSALS[reason]
        super().__init__(zh.format(value=value), en.format(value=value))
        self.reason, self.value = reason, value


@dataclass(frozen=True, slots=True)
class Zone:
    """A Gauss-Krüger zone (高斯-克吕格分带) of CGCS2000: 3° or 6° wide, eastings with or without the zone in front.

    >>> Zone(3, 38, prefixed=True).epsg, Zone(3, 38, prefixed=False).epsg, Zone(6, 19, prefixed=True).epsg
    (4526, 4547, 4497)
    >>> Zone(3, 38, prefixed=False).central_meridian
    114
    """

    width: int
    number: int
    prefixed: bool

    @property
    def epsg(self) -> int:
        """EPSG code (EPSG registry, CGCS2000 family)."""
        if self.width == 3:  # noqa: PLR2004 - the width of a zone in degrees
            return self.number + (4488 if self.prefixed else 4509)
        return self.number + (4478 if self.prefixed else 4489)

    @property
    def central_meridian(self) -> int:
        """Longitude of the zone's axis in degrees."""
        return self.number * 3 if self.width == 3 else self.number * 6 - 3  # noqa: PLR2004

    @property
    def false_easting(self) -> int:
        """Easting of the zone's axis in metres."""
        return (self.number * 1_000_000 if self.prefixed else 0) + 500_000


ZONES: dict[int, Zone] = {
    zone.epsg: zone
    for width, numbers in ((6, range(13, 24)), (3, range(25, 46)))
    for number in numbers
    for prefixed in (True, False)
    for zone in (Zone(width, number, prefixed),)
}


@dataclass(frozen=True, slots=True)
class SourceCrs:
    """A CRS that coordinates may come in: its label, EPSG code where it has one, datum, zone, and what PROJ reads."""

    label: str
    epsg: int | None
    datum: Datum
    definition: str
    zone: Zone | None = None
    is_geographic: bool = False
    accuracy_m: float = 0.0


def zone_numbers(longitudes: Floats) -> NDArray[np.int64]:
    """Numbers of the 3° zones that `longitudes` (degrees) lie in; a limit belongs to the zone east of it.

    >>> zone_numbers(np.array([113.73, 112.5, 112.49])).tolist()
    [38, 38, 37]
    """
    return ((longitudes + 1.5) // 3).astype(np.int64)


def zone_of_prefix(number: int) -> Zone | None:
    """The zone of China that a number in front of eastings means, which tells its width; None for any other number.

    >>> zone_of_prefix(38), zone_of_prefix(19).width, zone_of_prefix(99)
    (Zone(width=3, number=38, prefixed=True), 6, None)
    """
    zone = Zone(3 if number > 24 else 6, number, prefixed=True)  # noqa: PLR2004 - 3° zones are 25 to 45, 6° ones 13 to 23
    return zone if zone.epsg in ZONES else None


def zone_prefixes(eastings: Iterable[float] | Floats) -> set[int]:
    """Zone numbers in front of `eastings` (metres); 0 stands for an easting without one.

    >>> sorted(zone_prefixes([38475283.393, 475283.393]))
    [0, 38]
    """
    values = np.asarray(list(eastings) if not isinstance(eastings, np.ndarray) else eastings, dtype=float)
    finite = values[np.isfinite(values) & (np.abs(values) < 1e9)]  # noqa: PLR2004 - no zone number has four digits
    return {int(prefix) for prefix in np.unique(np.floor(finite / 1e6)) if prefix >= 0}


def looks_north_first(x: Floats, y: Floats) -> bool:
    """Tell whether projected coordinates of China have northing where the easting should be (metres).

    Northings run from 1.9 to 5.9 million; eastings from 0.16 to 0.84 million or, with a zone, above 13 million.
    """
    eastings = any(_within(y, *limits) for limits in EASTINGS)
    return len(x) > 0 and eastings and _within(x, *NORTHINGS)


def looks_latitude_first(x: Floats, y: Floats) -> bool:
    """Tell whether degrees of China have latitude where the longitude should be.

    Only an ordinate beyond 90 tells for sure: west of it, a point of China with its axes exchanged is a place on earth.

    >>> looks_latitude_first(np.array([34.77]), np.array([113.73])), looks_latitude_first(
    ...     np.array([39.5]), np.array([76.0])
    ... )
    (True, False)
    """
    return len(x) > 0 and _within(x, *LATITUDES) and _within(y, 90, LONGITUDES[1])


def _within(values: Floats, low: float, high: float) -> bool:
    """Tell whether all values lie between the limits."""
    return bool(np.all((values > low) & (values < high)))


@lru_cache(maxsize=256)
def recognise(text: str) -> SourceCrs:
    """The CRS that a person or a file names: `4526`, `EPSG:4547`, OGC URN or URL, `CRS84`, zone name, WKT, PROJJSON.

    Raises `CrsRefused` for old Chinese datums, offset systems, and what PROJ can't convert without a ballpark guess.

    >>> recognise("EPSG:4526").zone
    Zone(width=3, number=38, prefixed=True)
    >>> recognise("CGCS2000_3_Degree_GK_CM_114E").epsg
    4547
    >>> recognise("2000国家大地坐标系").epsg
    4490
    """
    text = text.strip()
    if not text or len(text) > _LONGEST_NAME:
        raise CrsRefused("crs_unknown", text[:60])
    short = text if len(text) <= 80 else f"{text[:80]}…"  # noqa: PLR2004 - a WKT is named by its beginning
    if not text.startswith("{") and _ENCRYPTED.search(text.split(",", 1)[0]):
        raise CrsRefused("crs_encrypted", short)
    if _CRS84.match(text):
        return _plain(WGS84, "wgs84")
    if code := _EPSG_NAME.match(text):
        return _of_epsg(int(code[1]))
    if "[" not in text and not text.startswith("{"):
        return _by_name(text)
    try:
        return _of_crs(CRS.from_user_input(text), short)
    except CRSError:
        raise CrsRefused("crs_unknown", short) from None


@lru_cache(maxsize=64)
def transformer(source: str, target: str) -> Transformer:
    """The transformation between two definitions (`EPSG:4490`, WKT), x first; never a ballpark one.

    >>> east, north = transformer("EPSG:4490", "EPSG:4526").transform(113.73, 34.77)
    >>> round(east, 3), round(north, 3)
    (38475283.393, 3849110.265)
    """
    try:
        return Transformer.from_crs(source, target, always_xy=True, allow_ballpark=False)
    except ProjError:
        raise CrsRefused("crs_not_transformable", source[:80]) from None


def to_cgcs2000(source: SourceCrs, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Longitudes and latitudes (EPSG:4490, degrees) of coordinates in `source`; infinite where PROJ has no answer.

    What lies on another datum goes to WGS 84, which we take as equal to CGCS2000: no public parameters between the
    two exist (they differ by centimetres to decimetres).
    """
    target = CGCS2000 if source.datum == "cgcs2000" else WGS84
    if source.epsg == target:
        return x, y
    lon, lat = transformer(source.definition, f"EPSG:{target}").transform(x, y)
    return lon, lat


def place_of(x: float, y: float, source: SourceCrs) -> tuple[float, float] | None:
    """Longitude and latitude (EPSG:4490, degrees) of one point in `source`; None where that leads nowhere on earth.

    >>> place_of(113.73, 34.77, recognise("4490")), place_of(999.0, 34.77, recognise("4490"))
    ((113.73, 34.77), None)
    """
    lon, lat = (float(value[0]) for value in to_cgcs2000(source, np.array([x]), np.array([y])))
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None  # noqa: PLR2004 - degrees


def from_cgcs2000(target: SourceCrs, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Coordinates in `target` of longitudes and latitudes in EPSG:4490: the way back of `to_cgcs2000`.

    >>> east, north = from_cgcs2000(recognise("4547"), np.array([113.73]), np.array([34.77]))
    >>> round(float(east[0]), 3), round(float(north[0]), 3)
    (475283.393, 3849110.265)
    """
    source = CGCS2000 if target.datum == "cgcs2000" else WGS84
    if target.epsg == source:
        return lon, lat
    x, y = transformer(f"EPSG:{source}", target.definition).transform(lon, lat)
    return x, y


def _plain(epsg: int, datum: Datum) -> SourceCrs:
    """A geographic CRS in degrees."""
    return SourceCrs(f"EPSG:{epsg}", epsg, datum, f"EPSG:{epsg}", is_geographic=True)


def _of_zone(zone: Zone) -> SourceCrs:
    """A Gauss-Krüger zone of CGCS2000."""
    return SourceCrs(f"EPSG:{zone.epsg}", zone.epsg, "cgcs2000", f"EPSG:{zone.epsg}", zone)


def _of_epsg(code: int) -> SourceCrs:
    """The CRS of an EPSG code."""
    if code in ZONES:
        return _of_zone(ZONES[code])
    try:
        return _of_crs(CRS.from_epsg(code), f"EPSG:{code}")
    except CRSError:
        raise CrsRefused("crs_unknown", f"EPSG:{code}") from None


def _by_name(name: str) -> SourceCrs:
    """The CRS of a plain name, as clerks and GIS programs write it."""
    if _OLD_DATUM.search(name):
        raise CrsRefused("crs_old_datum", name)
    if zone := _ZONE_NAME.search(name.replace("-", "_")):
        width, number, meridian = int(zone[1] or 6), zone[2], zone[3]  # "CGCS2000_GK_Zone_19" is 6° wide
        fitting = [
            z
            for z in ZONES.values()
            if z.width == width
            and (
                z.prefixed and number == str(z.number)
                if number
                else not z.prefixed and int(meridian) == z.central_meridian
            )
        ]
        if fitting:
            return _of_zone(fitting[0])
    elif _CGCS2000_NAME.search(name):
        return _plain(CGCS2000, "cgcs2000")
    try:
        return _of_crs(CRS.from_user_input(name), name)
    except CRSError:
        raise CrsRefused("crs_unknown", name) from None


def _of_crs(crs: CRS, shown: str) -> SourceCrs:
    """What a CRS object means to us; heights are left out."""
    crs = _horizontal(crs)
    geodetic = crs.geodetic_crs
    if geodetic is None or not (crs.is_geographic or crs.is_projected):
        raise CrsRefused("crs_not_transformable", shown)
    datum = geodetic.datum.name if geodetic.datum else ""
    names = (crs.name, geodetic.name, datum)
    if any(_OLD_DATUM.search(name) for name in names):
        raise CrsRefused("crs_old_datum", crs.name)
    if _is_cgcs2000(geodetic, names):
        return _on_cgcs2000(crs)
    epsg = _certain_epsg(crs)
    if epsg == WGS84:
        return _plain(WGS84, "wgs84")
    label, definition = (f"EPSG:{epsg}", f"EPSG:{epsg}") if epsg else (crs.name, crs.to_wkt())
    group = TransformerGroup(definition, f"EPSG:{WGS84}", always_xy=True, allow_ballpark=False)
    if not group.transformers:
        raise CrsRefused("crs_not_transformable", label)
    kind: Datum = "wgs84" if _certain_epsg(geodetic) == WGS84 else "other"
    accuracy = group.transformers[0].accuracy
    return SourceCrs(label, epsg, kind, definition, is_geographic=crs.is_geographic, accuracy_m=accuracy)


def _horizontal(crs: CRS) -> CRS:
    """The plane part of a CRS: no height, no bound transformation of the file's own making."""
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    return crs.to_2d() if len(crs.axis_info) > 2 and not crs.is_geocentric else crs  # noqa: PLR2004 - 3D


def _is_cgcs2000(geodetic: CRS, names: tuple[str, ...]) -> bool:
    """Tell CGCS2000 by name *and* ellipsoid: a name alone may be a slip."""
    ellipsoid = geodetic.ellipsoid
    return (
        any(_CGCS2000_NAME.search(name) for name in names)
        and ellipsoid is not None
        and abs(ellipsoid.semi_major_metre - 6_378_137) < 1e-3  # noqa: PLR2004 - CGCS2000 (GB 22021)
        and abs(ellipsoid.inverse_flattening - 298.257222101) < 1e-6  # noqa: PLR2004
    )


def _on_cgcs2000(crs: CRS) -> SourceCrs:
    """A CRS on the CGCS2000 datum; a Gauss-Krüger zone is told by its parameters, never by its name."""
    if crs.is_geographic:
        return _plain(CGCS2000, "cgcs2000")
    operation = crs.coordinate_operation
    if operation and operation.method_name == "Transverse Mercator" and crs.axis_info[0].unit_name == "metre":
        found = {p.name: float(p.value) for p in operation.params}
        for zone in sorted(ZONES.values(), key=lambda z: z.width):
            if found == _parameters(zone):
                return _of_zone(zone)
    return SourceCrs(crs.name, None, "cgcs2000", crs.to_wkt())


def _parameters(zone: Zone) -> dict[str, float]:
    """What a Gauss-Krüger definition must say to be `zone`."""
    return {
        "Latitude of natural origin": 0,
        "Longitude of natural origin": zone.central_meridian,
        "Scale factor at natural origin": 1,
        "False easting": zone.false_easting,
        "False northing": 0,
    }


def _certain_epsg(crs: CRS) -> int | None:
    """The EPSG code whose definition equals `crs` (axis order apart); that PROJ finds it likely isn't enough."""
    code = crs.to_epsg(min_confidence=20)
    return code if code and CRS.from_epsg(code).equals(crs, ignore_axis_order=True) else None
