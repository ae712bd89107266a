"""The invented district as the files a bureau would hand over, each in another format, CRS and encoding."""

import csv
import datetime as dt
import json
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely
from pyproj import Transformer
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from gis_data.seed import plan
from gis_data.seed.blocks import Ground
from gis_data.seed.land import Site, use_classes

ZONE_38 = 38_000_000
TO_DEGREES = Transformer.from_crs(4547, 4490, always_xy=True)
ENGLISH = {
    "地块编号": "code",
    "地块名称": "name",
    "坐落": "address",
    "地类编码": "land_use",
    "法定面积": "area_m2",
    "容积率": "far",
    "建筑密度": "density_pct",
    "绿地率": "green_pct",
    "限高": "height_m",
    "状态": "status",
    "状态日期": "status_since",
    "出让编号": "lot_number",
    "宗地代码": "cadastral_code",
    "登记日期": "registered_on",
}


def surveyed(shape: BaseGeometry) -> BaseGeometry:
    """Return a local shape in EPSG:4547 metres, whole millimetres."""
    return shapely.transform(shape, lambda xy: (xy + plan.ORIGIN).round(3))


def in_degrees(shape: BaseGeometry, decimals: int) -> BaseGeometry:
    """Return a local shape in EPSG:4490 degrees, longitude first."""
    metres = shapely.transform(shape, lambda xy: xy + plan.ORIGIN)
    turned = shapely.transform(metres, TO_DEGREES.transform, interleaved=False)
    return shapely.transform(turned, lambda xy: xy.round(decimals))


def lot_numbers(sites: Iterable[Site]) -> dict[str, str]:
    """Return the 出让编号 of every parcel that was put out to market, counted by year of the last notice."""
    notices = sorted(
        (max(day for kind, day, _ in site.events if kind == "announce"), site.code)
        for site in sites
        if any(kind == "announce" for kind, _, _ in site.events)
    )
    count: dict[int, int] = {}
    for day, _ in notices:
        count[day.year] = count.get(day.year, 0) + 1
    numbers, left = {}, dict(count)
    for day, code in notices:
        numbers[code] = f"郑政东出〔{day.year}〕{count[day.year] - left[day.year] + 1}号(网)"
        left[day.year] -= 1
    return numbers


def registration(site: Site) -> dt.date | None:
    """Return when the right was registered: two weeks after full payment (allocation: after hand-over)."""
    after = "pay" if site.is_market else "deliver"
    day = next((day for kind, day, _ in site.events if kind == after), None)
    done = day and day + dt.timedelta(days=14)
    return done if done and done < plan.DATA["today"] and site.stage != "reclaimed" else None


def rows(sites: Sequence[Site]) -> list[dict[str, Any]]:
    """Return the attributes of parcels under the Chinese names; the stage is the first one, history follows apart."""
    numbers, serial = lot_numbers(sites), {town.code: n for n, town in enumerate(plan.TOWNSHIPS, 1)}
    out = []
    for site in sites:
        registered = registration(site)
        measured = site.stage not in {"candidate", "acquiring"}
        place = f"{site.town.county}{serial[site.town.code]:03d}{site.block:03d}"
        far, density, green, height = site.planning if measured else [None] * 4
        out.append(
            {
                "地块编号": site.code,
                "地块名称": site.name,
                "坐落": site.address,
                "地类编码": site.use,
                "用地性质": use_classes()[site.use][0],
                "供应方式": "出让" if site.is_market else "划拨",
                "法定面积": round(surveyed(site.shape).area, 2) if measured else None,
                "容积率": far,
                "建筑密度": density,
                "绿地率": green,
                "限高": height,
                "状态": "谋划",
                "状态日期": site.events[0][1].isoformat(),
                "出让编号": numbers.get(site.code),
                "宗地代码": f"{place}GB{int(site.code[-2:]):05d}" if registered else None,
                "登记日期": registered.isoformat() if registered else None,
            }
        )
    return out


def table(sites: Sequence[Site], crs: int) -> geopandas.GeoDataFrame:
    """Return parcels as a table in one of the three coordinate systems that the files use."""
    shift = {4547: 0, 4526: ZONE_38}.get(crs)
    shapes = [
        in_degrees(site.shape, 10)
        if shift is None
        else shapely.transform(surveyed(site.shape), lambda xy: xy + np.array([shift, 0]))
        for site in sites
    ]
    return geopandas.GeoDataFrame(rows(sites), geometry=shapes, crs=crs)


def write_geopackage(path: Path, sites: Sequence[Site]) -> None:
    """Write parcels as a GeoPackage, EPSG:4547."""
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(table(sites, 4547), path, layer="地块", driver="GPKG", geometry_type="Polygon")


def write_shapefile_zip(path: Path, sites: Sequence[Site]) -> None:
    """Write parcels as a zipped Shapefile with GBK text, EPSG:4526 (zone number in the easting)."""
    with tempfile.TemporaryDirectory() as folder:
        shp = Path(folder) / f"{path.stem}.shp"
        pyogrio.write_dataframe(
            table(sites, 4526), shp, encoding="GBK", geometry_type="Polygon", DBF_DATE_LAST_UPDATE="2022-11-15"
        )
        with zipfile.ZipFile(path, "w") as archive:
            for part in sorted(shp.parent.iterdir()):
                entry = zipfile.ZipInfo(part.name, (2022, 11, 15, 9, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, part.read_bytes(), compresslevel=9)


def write_geojson(path: Path, sites: Sequence[Site]) -> None:
    """Write parcels as GeoJSON in CGCS2000 degrees with plain English field names."""
    frame = table(sites, 4490).rename(columns=ENGLISH)
    features = [
        {
            "type": "Feature",
            "properties": {name: row[name] for name in ENGLISH.values()},
            "geometry": shapely.geometry.mapping(shape),
        }
        for row, shape in zip(frame.drop(columns="geometry").to_dict("records"), frame.geometry, strict=True)
    ]
    write_features(path, features)


def write_features(path: Path, features: list[dict[str, Any]]) -> None:
    """Write GeoJSON features one a line, CRS named as EPSG:4490; NaN becomes null."""
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":")).replace(":NaN", ":null") for feature in features
    )
    crs = '{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}}'
    path.write_text(f'{{"type":"FeatureCollection","crs":{crs},"features":[\n{lines}\n]}}\n', encoding="utf-8")


def write_boundary_points(path: Path, sites: Sequence[Site]) -> None:
    """Write parcels as a 界址点坐标交换 text: GBK, CRLF, X = northing, Y = easting with the zone number."""
    lines = [
        "[属性描述]",
        "格式版本号=1.01版本",
        "数据产生单位=示意数据",
        "数据产生日期=2022-11-14",
        "坐标系=2000国家大地坐标系",
    ]
    lines += [
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
        "带号=38",
        "精度=0.001",
        "转换参数=,,,,,,",
        "[地块坐标]",
    ]
    for site in sites:
        ring = shapely.get_coordinates(surveyed(shapely.orient_polygons(site.shape, exterior_cw=True)))
        hectares = Polygon(ring).area / 10_000
        use = use_classes()[site.use][0]
        lines.append(f"{len(ring)},{hectares:.4f},{site.code},{site.name},面,I49G000000,{use},{site.use},@")
        for number, (x, y) in enumerate(ring):
            lines.append(f"J{number % (len(ring) - 1) + 1},1,{y:.3f},{x + ZONE_38:.3f}")
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("gb18030"))


def write_events(path: Path, sites: Iterable[Site]) -> None:
    """Write what happened to parcels after their first event, which the parcel files carry, by day."""
    events = sorted(
        (day, site.code, n, kind, note) for site in sites for n, (kind, day, note) in enumerate(site.events) if n
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "kind", "effective_on", "note"])
        writer.writerows((code, kind, day.isoformat(), note) for day, code, _, kind, note in events)


def write_regions(path: Path) -> None:
    """Write jurisdiction, counties and townships; the outlines of counties end where the demo does."""
    home, towns = plan.DATA["jurisdiction"], plan.TOWNSHIPS
    counties = {
        code: (names, shapely.union_all([town.area for town in towns if town.county == code]))
        for code, names in plan.DATA["counties"].items()
    }
    found: list[tuple[dict[str, str | None], BaseGeometry]] = [
        (
            {"level": "jurisdiction", **home, "parent": None, "jurisdiction": None},
            shapely.union_all([town.area for town in towns]),
        )
    ]
    for code, ((name, name_en), shape) in counties.items():
        names = {"code": code, "name": name, "name_en": name_en, "parent": None, "jurisdiction": None}
        found.append(({"level": "county", **names}, shape))
    for town in towns:
        names = {"code": town.code, "name": town.name, "name_en": town.name_en, "parent": town.county}
        found.append(({"level": "township", **names, "jurisdiction": home["code"]}, town.area))
    write_features(path, [feature(shape, **properties) for properties, shape in found])


def feature(shape: BaseGeometry, **properties: object) -> dict[str, Any]:
    """Return a GeoJSON feature of a local shape, to about a centimetre."""
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(in_degrees(shape, 7))}


def write_backdrop(path: Path, ground: Ground) -> None:
    """Write water, green and named roads for the base map."""
    water = plan.water()
    wet = shapely.union_all(list(water.values()))
    found = [
        feature(shape, kind="water", name=name, rank=1 if shape.area > 3e5 else 2) for name, shape in water.items()
    ]
    found += [feature(shape.difference(wet), kind="green", name=name, rank=2) for name, shape in plan.PARKS.items()]
    belts = shapely.union_all([plan.banks(), *ground.green]).difference(shapely.union_all([wet, *plan.PARKS.values()]))
    found += [feature(part, kind="green", name=None, rank=3) for part in shapely.get_parts(belts) if part.area > 200]
    found += [
        feature(shapely.line_merge(road.line), kind="road", name=road.name or None, rank=road.rank)
        for road in ground.roads
    ]
    write_features(path, found)
