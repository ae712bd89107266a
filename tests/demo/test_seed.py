"""The demo district as files: they are what the catalogue says, and the script makes them again."""

import csv
import datetime as dt
import hashlib
import tomllib
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import geopandas
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from gis_data.seed import make_seed
from gis_data.seed.files import ENGLISH
from service.codes import queries
from service.codes.loader import GIS_DATA
from service.parcels.lifecycle import EventKind, Idle, Stage, advance

SEED = GIS_DATA / "seed"
TODAY = dt.date(2022, 11, 15)
PARCEL_FILES = {"parcels_west.gpkg": 4547, "parcels_university.zip": 4526, "parcels_south.geojson": 4490}


def read(path: Path) -> geopandas.GeoDataFrame:
    return geopandas.read_file(path)


@pytest.fixture(scope="module")
def parcels() -> geopandas.GeoDataFrame:
    """Every parcel of the three tables under the Chinese names, in EPSG:4547."""
    chinese = {english: name for name, english in ENGLISH.items()}
    frames = [read(SEED / name).rename(columns=chinese).to_crs(4547) for name in PARCEL_FILES]
    joined: geopandas.GeoDataFrame = geopandas.pd.concat(frames, ignore_index=True)
    return joined


@pytest.fixture(scope="module")
def events() -> dict[str, list[tuple[str, dt.date]]]:
    found = defaultdict(list)
    with (SEED / "events.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["code"]].append((row["kind"], dt.date.fromisoformat(row["effective_on"])))
    return found


def test_the_catalogue_describes_the_files_as_they_are() -> None:
    catalogue = tomllib.loads((GIS_DATA / "catalogue.toml").read_text(encoding="utf-8"))
    described = {entry["path"]: entry for entry in catalogue["files"]}
    data = {
        "seed/" + path.name for path in SEED.iterdir() if path.suffix in {".gpkg", ".zip", ".geojson", ".txt", ".csv"}
    }
    assert set(described) == data
    for path, entry in described.items():
        assert hashlib.sha256((GIS_DATA / path).read_bytes()).hexdigest() == entry["sha256"], path
        assert entry["title"].startswith("示意数据"), path
        if path.endswith((".gpkg", ".zip", ".geojson")):
            frame = read(GIS_DATA / path)
            assert frame.crs.to_epsg() == entry["crs"], path
            assert [name for name in frame.columns if name != "geometry"] == entry["fields"], path


def test_the_seed_is_small() -> None:
    assert sum(path.stat().st_size for path in SEED.iterdir() if path.is_file()) < 3_000_000


def test_the_script_makes_the_same_district_again(tmp_path: Path) -> None:
    make_seed.write(tmp_path)
    for name in PARCEL_FILES:
        assert_geodataframe_equal(read(tmp_path / name), read(SEED / name))
    control = [path.name for path in SEED.glob("control_*.geojson")]
    for name in ("parcels_new.txt", "events.csv", "regions.geojson", "backdrop.geojson", *control):
        assert (tmp_path / name).read_bytes() == (SEED / name).read_bytes(), name


def test_parcels_are_valid_and_overlap_nowhere(parcels: geopandas.GeoDataFrame) -> None:
    assert 1_400 <= len(parcels) <= 1_700
    assert parcels["地块编号"].is_unique
    assert parcels.geometry.is_valid.all()
    areas = parcels.geometry.area
    assert areas.between(3_500, 120_000).all()
    tree = shapely.STRtree(parcels.geometry)
    left, right = tree.query(parcels.geometry, predicate="overlaps")
    shared = shapely.intersection(parcels.geometry.to_numpy()[left], parcels.geometry.to_numpy()[right])
    assert shapely.area(shared).max(initial=0) < 0.1  # rounding of degrees in one file, along the edge of another


def test_neighbours_of_one_block_share_their_vertices() -> None:
    ground, _, _ = make_seed.make()
    for block in ground.blocks:
        assert shapely.coverage_is_valid(block.lots), (block.township.letters, block.number)


def test_every_parcel_has_a_known_use_and_a_township(parcels: geopandas.GeoDataFrame) -> None:
    assert all(queries.name_of("land_use_2023", code) for code in set(parcels["地类编码"]))
    regions = read(SEED / "regions.geojson").to_crs(4547)
    towns = regions[regions["level"] == "township"]
    assert len(towns) == 12
    inside = geopandas.sjoin(parcels.set_geometry(parcels.representative_point()), towns, predicate="within")
    assert len(inside) == len(parcels)
    assert (inside["parent"].str.len() == 6).all()


def test_the_projects_of_the_text_have_a_site(parcels: geopandas.GeoDataFrame) -> None:
    names = """大华中原区域总部 芯成科技全球研发中心 深兰人工智能生态基地 APUS全球第二总部 北京锋尚创意产业中心
        复兴国际中央创新商务区 树兰生命硅谷 上汽云计算软件研发中心 浪潮中原总部 银泰中心"""
    assert set(names.split()) <= set(parcels["地块名称"])


def test_events_stand_in_order_after_the_first_state_and_before_the_demo_date(
    parcels: geopandas.GeoDataFrame, events: dict[str, list[tuple[str, dt.date]]]
) -> None:
    first = dict(zip(parcels["地块编号"], geopandas.pd.to_datetime(parcels["状态日期"]).dt.date, strict=True))
    assert set(events) <= set(first)
    for code, course in events.items():
        days = [first[code], *(day for _, day in course)]
        assert days == sorted(days), code
        assert days[-1] <= TODAY, code


def test_notices_and_listings_last_as_long_as_the_law_wants(events: dict[str, list[tuple[str, dt.date]]]) -> None:
    seen: Counter[str] = Counter()
    for code, course in events.items():
        for (kind, day), (later, then) in pairwise(course):
            seen[kind] += 1
            if (kind, later) == ("announce", "open_listing"):
                assert (then - day).days >= 20, code
            if kind == "open_listing" and later in {"sell", "fail"}:
                assert (then - day).days >= 10, code
    assert seen["announce"] > 500


def test_every_past_is_one_that_the_law_allows(
    parcels: geopandas.GeoDataFrame, events: dict[str, list[tuple[str, dt.date]]]
) -> None:
    stages: Counter[str] = Counter()
    idle: Counter[str] = Counter()
    for code in parcels["地块编号"]:
        state = advance(None, EventKind.propose).on(None)
        for kind, _ in events.get(code, ()):
            state = advance(state, EventKind(kind)).on(state)
        stages[state.stage] += 1
        idle[state.idle] += 1
        stages[state.hold] += 1
    assert set(stages) >= set(Stage), "no stage is missing on the map"
    assert stages["completed"] > 400
    assert 10 <= stages["listed"] + stages["announced"] <= 40
    assert stages["suspended"] >= 3
    assert all(idle[each] >= 3 for each in Idle)
