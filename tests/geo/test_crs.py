import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from service.geo import crs

LON, LAT = 113.73, 34.77  # 郑东 CBD
NORTH, EAST = 3849110.265, 475283.393


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        ("EPSG:4490", LON, LAT),
        ("EPSG:4480", LON, LAT),
        ("EPSG:4326", LON, LAT),
        ("CRS84", LON, LAT),
        ("EPSG:4526", 38_000_000 + EAST, NORTH),
        ("EPSG:4547", EAST, NORTH),
        ("EPSG:4497", 19_749_945.365, 3852474.407),
        ("EPSG:4508", 749_945.365, 3852474.407),
        ("EPSG:3857", 12660365.688, 4132668.824),
    ],
)
def test_one_point_in_every_system_is_the_same_place_x_first(text: str, x: float, y: float) -> None:
    lon, lat = crs.to_cgcs2000(crs.recognise(text), np.array([x]), np.array([y]))
    assert lon[0] == pytest.approx(LON, abs=2e-8)  # 2 mm
    assert lat[0] == pytest.approx(LAT, abs=2e-8)


@pytest.mark.parametrize(
    ("text", "x", "y", "lon", "lat"),
    [
        ("EPSG:2154", 700_000, 6_600_000, 3.0, 46.5),
        ("EPSG:28992", 155_000, 463_000, 5.387638889, 52.156160556),
        ("EPSG:25831", 500_000, 4_649_776.22, 3.0, 42.0),
        ("EPSG:4647", 32_500_000, 5_983_521.662, 9.0, 54.0),
        ("EPSG:6668", 139.7, 35.6, 139.7, 35.6),
        ("EPSG:2056", 2_600_000, 1_200_000, 7.438632, 46.951083),
        ("EPSG:31287", 400_000, 400_000, 13.33333, 47.5),
    ],
)
def test_systems_of_other_countries_are_converted_x_first(
    text: str, x: float, y: float, lon: float, lat: float
) -> None:
    source = crs.recognise(text)
    assert source.datum == "other"
    got = crs.to_cgcs2000(source, np.array([x]), np.array([y]))
    assert (got[0][0], got[1][0]) == (pytest.approx(lon, abs=2e-3), pytest.approx(lat, abs=2e-3))


@pytest.mark.parametrize("zone", crs.ZONES.values(), ids=lambda zone: str(zone.epsg))
def test_every_zone_agrees_with_the_epsg_registry_and_is_told_by_its_parameters(zone: crs.Zone) -> None:
    official = CRS.from_epsg(zone.epsg)
    parameters = {p.name: p.value for p in official.coordinate_operation.params}  # type: ignore[union-attr]
    assert parameters["Longitude of natural origin"] == zone.central_meridian
    assert parameters["False easting"] == zone.false_easting
    # The same definition under a false name: parameters win. A 6° axis without prefix is also that of a 3° zone.
    wkt = official.to_wkt("WKT1_ESRI").replace(official.to_wkt("WKT1_ESRI").split('"')[1], "My_Survey", 1)
    told = crs.recognise(wkt).zone
    assert told is not None
    assert (told.central_meridian, told.false_easting) == (zone.central_meridian, zone.false_easting)


@pytest.mark.parametrize(
    ("text", "epsg"),
    [
        ("4526", 4526),
        ("urn:ogc:def:crs:EPSG::4547", 4547),
        ("http://www.opengis.net/def/crs/EPSG/0/4490", 4490),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326),
        ("CGCS2000_3_Degree_GK_Zone_38", 4526),
        ("CGCS2000_3_Degree_GK_CM_114E", 4547),
        ("CGCS2000 / 3-degree Gauss-Kruger zone 38", 4526),
        ("CGCS2000_GK_Zone_19", 4497),
        ("GCS_China_Geodetic_Coordinate_System_2000", 4490),
        ("2000国家大地坐标系", 4490),
        ("CGCS2000", 4490),
        ("WGS 84", 4326),
    ],
)
def test_names_in_use_are_understood(text: str, epsg: int) -> None:
    assert crs.recognise(text).epsg == epsg


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("EPSG:2362", "crs_old_datum"),
        ("EPSG:4610", "crs_old_datum"),
        ("EPSG:2383", "crs_old_datum"),
        ("EPSG:4214", "crs_old_datum"),
        ("EPSG:2401", "crs_old_datum"),
        ("EPSG:4555", "crs_old_datum"),
        ("Xian_1980_3_Degree_GK_Zone_38", "crs_old_datum"),
        ("80国家大地坐标系", "crs_old_datum"),
        ("gcj02", "crs_encrypted"),
        ("GCJ-02", "crs_encrypted"),
        ("bd09", "crs_encrypted"),
        ("EPSG:4978", "crs_not_transformable"),
        ("EPSG:5773", "crs_not_transformable"),
        ('LOCAL_CS["site grid",UNIT["metre",1]]', "crs_not_transformable"),
        ("EPSG:999999", "crs_unknown"),
        ("nonsense", "crs_unknown"),
        ("", "crs_unknown"),
        ("[" * 30_000, "crs_unknown"),
        ('PROJCS["x"', "crs_unknown"),
        ("{", "crs_unknown"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(crs.CrsRefused) as caught:
        crs.recognise(text)
    assert caught.value.reason == reason


def test_a_cgcs2000_name_on_another_ellipsoid_is_not_believed() -> None:
    wkt = CRS.from_epsg(4526).to_wkt("WKT1_ESRI").replace("298.257222101", "298.3")
    with pytest.raises(crs.CrsRefused):
        crs.recognise(wkt)


def test_a_local_meridian_on_cgcs2000_is_converted_exactly() -> None:
    wkt = CRS.from_epsg(4547).to_wkt("WKT1_ESRI").replace("114.0", "113.75")
    source = crs.recognise(wkt)
    assert (source.datum, source.epsg) == ("cgcs2000", None)
    lon, lat = crs.to_cgcs2000(source, np.array([500_000.0]), np.array([NORTH]))
    assert lon[0] == pytest.approx(113.75, abs=1e-9)
    assert lat[0] == pytest.approx(LAT, abs=1e-3)


@given(st.floats(73.6, 136.4), st.floats(3, 54))
def test_there_and_back_is_within_a_tenth_of_a_millimetre(lon: float, lat: float) -> None:
    zone = crs.Zone(3, int(crs.zone_numbers(np.array([lon]))[0]), prefixed=True)
    assert abs(lon - zone.central_meridian) <= 1.5
    there = crs.transformer("EPSG:4490", f"EPSG:{zone.epsg}")
    back = crs.transformer(f"EPSG:{zone.epsg}", "EPSG:4490")
    x, y = there.transform(lon, lat)
    again = back.transform(x, y)
    assert again == (pytest.approx(lon, abs=1e-9), pytest.approx(lat, abs=1e-9))
    assert crs.zone_prefixes([x]) == {zone.number}
    assert crs.looks_north_first(np.array([y]), np.array([x])) == (1.8e6 < y < 6e6)
    assert not crs.looks_north_first(np.array([x]), np.array([y]))


def test_coordinates_outside_a_projection_come_back_infinite_not_as_a_guess() -> None:
    lon, _ = crs.to_cgcs2000(crs.recognise("4526"), np.array([1e30]), np.array([1e30]))
    assert not np.isfinite(lon[0])
