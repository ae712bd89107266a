"""What parcels can be written as, and what each format allows: coordinate systems, encodings, columns. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from service.core.errors import BadRequest
from service.geo import crs
from service.geo.crs import CGCS2000, WGS84, SourceCrs
from service.parcels.answers import FILES, FileName

Encoding = Literal["utf-8", "gbk"]
_Crs = Literal["any", "degrees", "wgs84", "plane", "zone"]


class FormatCannot(BadRequest):
    """A coordinate system, an encoding or columns that the format can't have."""

    code, title_zh, title_en = "format-cannot", "该格式不支持", "The format doesn't allow it"


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `headings`: which names its columns have (`fields.Field`); the first encoding is the usual one."""

    name: FileName
    title: str
    suffix: str
    crs: _Crs = "any"
    encodings: tuple[Encoding, ...] = ("utf-8",)
    headings: Literal["title", "short", "field"] = "title"
    has_columns: bool = True

    @property
    def media_type(self) -> str:
        """What the file is called on the wire."""
        return FILES[self.name]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("csv", "CSV", ".csv", encodings=("utf-8", "gbk")),
            Format("xlsx", "XLSX", ".xlsx"),
            Format("geojson", "GeoJSON", ".geojson", crs="degrees", headings="field"),
            Format("gpkg", "GeoPackage", ".gpkg"),
            Format("shp", "Shapefile", ".zip", encodings=("utf-8", "gbk"), headings="short"),
            Format("parquet", "GeoParquet", ".parquet", headings="field"),
            Format("kml", "KML", ".kml", crs="wgs84"),
            Format("dxf", "DXF", ".dxf", crs="plane", encodings=("gbk",), has_columns=False),
            Format("txt", "TXT", ".txt", crs="zone", encodings=("gbk", "utf-8"), has_columns=False),
        )
    }
)

_NEEDS: Mapping[_Crs, tuple[str, str]] = {
    "degrees": ("经纬度坐标系（4490 或 4326）", "longitude and latitude (4490 or 4326)"),
    "wgs84": ("经纬度 WGS 84（4326，由格式规定）", "WGS 84 (4326), by its own rule"),
    "plane": ("平面坐标系，如 4526、4547", "a projected system such as 4526 or 4547"),
    "zone": ("CGCS2000 高斯-克吕格坐标系，如 4526、4547", "a CGCS2000 Gauss-Krüger zone such as 4526 or 4547"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """A format with the coordinate system and the encoding that a file is to have."""

    format: Format
    crs: SourceCrs
    encoding: Encoding

    @property
    def epsg(self) -> int:
        """EPSG code of the coordinate system."""
        return self.crs.epsg or CGCS2000


def target(name: str, crs_name: str | None = None, encoding: str | None = None) -> Target:
    """Return what a file is to be. Without `crs_name`: CGCS2000 in degrees, WGS 84 for KML; a plane is never guessed.

    Raises:
        CrsRefused: a coordinate system that we don't know or can't reach.
        FormatCannot: the format has none of this system or encoding, or needs one to be named.

    >>> target("shp").encoding, target("kml").epsg, target("txt", "4526").crs.label
    ('utf-8', 4326, 'EPSG:4526')
    """
    chosen = FORMATS[name]
    if crs_name is None and chosen.crs in {"plane", "zone"}:
        raise _cannot(chosen)
    usual = WGS84 if chosen.crs == "wgs84" else CGCS2000
    found = crs.recognise(crs_name or str(usual))
    if found.epsg is None or found.datum == "other":
        raise FormatCannot(
            f"只能输出 CGCS2000 或 WGS 84 的坐标系，不能用 {found.label}。",
            f"Files are written in systems of CGCS2000 or WGS 84, not in {found.label}.",
        )
    fits = {
        "any": True,
        "degrees": found.is_geographic,
        "wgs84": found.epsg == WGS84,
        "plane": not found.is_geographic,
        "zone": found.zone is not None,
    }
    if not fits[chosen.crs]:
        raise _cannot(chosen)
    return Target(chosen, found, _encoding(chosen, encoding))


def _cannot(chosen: Format) -> FormatCannot:
    zh, en = _NEEDS[chosen.crs]
    return FormatCannot(f"{chosen.title} 需要{zh}，请用 crs= 指定。", f"{chosen.title} needs {en}: name it with crs=.")


def _encoding(chosen: Format, asked: str | None) -> Encoding:
    for each in chosen.encodings:
        if asked is None or each == asked:
            return each
    allowed = "、".join(each.upper() for each in chosen.encodings)
    raise FormatCannot(f"{chosen.title} 的文字编码只能是 {allowed}。", f"{chosen.title} is written in {allowed}.")


def format_of(name: str | None, file_name: str) -> FileName:
    """Return the format of this name, or else the one that a file's name ends in.

    Raises:
        FormatCannot: neither tells.

    >>> format_of(None, "地块.zip"), format_of("txt", "地块.zip")
    ('shp', 'txt')
    """
    for each in FORMATS.values():
        if each.name == name or (name is None and file_name.lower().endswith(each.suffix)):
            return each.name
    zh, en = "、".join(FORMATS), ", ".join(FORMATS)
    raise FormatCannot(f"请用 --format 指定格式：{zh}。", f"Name the format with --format: {en}.")
