"""A district to import into, small files of parcels, and a way to carry out an import in the test's own process."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from sqlalchemy import select

from service.accounts.access import system
from service.core.db import Database
from service.core.settings import Settings
from service.documents import storage
from service.imports import commands, jobs
from service.imports.models import Finding, Import

WEST, SOUTH = 475_000.0, 3_848_000.0  # EPSG:4547, metres; near 113.73 E 34.76 N


def blocks(count: int = 6, *, side: float = 100.0, gap: float = 20.0) -> list[shapely.Polygon]:
    """Return squares in a row, in metres of EPSG:4547, with millimetres to lose."""
    step = side + gap
    return [
        shapely.box(WEST + i * step, SOUTH + 0.123, WEST + i * step + side, SOUTH + side + 0.456) for i in range(count)
    ]


def parcels(count: int = 6, crs: int = 4547, **columns: list[Any]) -> geopandas.GeoDataFrame:
    """Return parcels as a clerk delivers them; `columns` replace or add."""
    shapes = blocks(count)
    given: dict[str, list[Any]] = {
        "地块编号": [f"ZD-{i + 1:03d}" for i in range(count)],
        "地块名称": [f"龙湖北路以东{i + 1}号地块" for i in range(count)],
        "地类编码": ["070102", "0902", "100101", "0804", "1401", "0901"][:count] + ["0701"] * max(0, count - 6),
        "用地面积": [round(shape.area, 2) for shape in shapes],
        "容积率": [">1.1,<=1.8"] * count,
        "绿地率": [35.0] * count,
        "限高": [60.0] * count,
        "状态": (["谋划", "已入储备", "净地", "挂牌中", "已摘牌", "已交地"] * count)[:count],
    }
    return geopandas.GeoDataFrame(given | columns, geometry=shapes, crs=4547).to_crs(crs)


def shapefile_zip(path: Path, frame: geopandas.GeoDataFrame, encoding: str, *, without: tuple[str, ...] = ()) -> Path:
    """Write a zipped Shapefile, leaving out some of its parts."""
    folder = path.with_suffix("")
    folder.mkdir()
    pyogrio.write_dataframe(frame, folder / "地块.shp", encoding=encoding)
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            if part.suffix not in without:
                archive.write(part, part.name)
    return path


@dataclass
class Outcome:
    """What became of an import."""

    row: Import
    findings: list[Finding]
    heard: list[tuple[str, int, int | None]] = field(default_factory=list)

    @property
    def codes(self) -> set[str]:
        """Codes of all findings."""
        return {each.code for each in self.findings}

    @property
    def errors(self) -> list[tuple[int | None, str | None, str]]:
        """Row, field and code of each error."""
        return [(each.row, each.field, each.code) for each in self.findings if each.severity == "error"]


@pytest.fixture
def district(database: Database, owner: psycopg.Connection[Any]) -> str:
    """A jurisdiction with an area, in two counties with two townships; its code."""
    box = "ST_Multi(ST_SetSRID(ST_MakeEnvelope({}, 34.0, {}, 35.5), 4490))"
    owner.execute(
        "INSERT INTO jurisdiction (code, name, name_en, geom) VALUES ('zhengdong', '郑东新区', 'Zhengdong', "
        + box.format(113.5, 114.5)
        + ")"
    )
    owner.execute(
        "INSERT INTO region (code, name, name_en, level, geom) VALUES ('410105', '金水区', 'Jinshui', 'county', "
        + box.format(113.0, 113.728)
        + "), ('410104', '管城区', 'Guancheng', 'county', "
        + box.format(113.728, 114.5)
        + ")"
    )
    owner.execute(
        "INSERT INTO region (code, name, name_en, level, geom, parent_id, jurisdiction_id)"
        " SELECT code || '001', '办事处' || code, 'Township ' || code, 'township', geom, id,"
        " (SELECT id FROM jurisdiction)"
        " FROM region WHERE level = 'county'"
    )
    return "zhengdong"


@pytest.fixture
def submit(database: Database, settings: Settings, district: str) -> Callable[..., Import]:
    """Take in a file as a clerk would."""

    def take(path: Path, mode: str = "direct", **declared: str) -> Import:
        with path.open("rb") as file:
            kept = storage.keep(settings.documents_dir, file, limit=1 << 30)
        said = commands.Declared(**declared)
        with database.write(system("clerk")) as session:
            return commands.create_import(
                session,
                system("clerk"),
                kept,
                file_name=path.name,
                jurisdiction=district,
                declared=said,
                mode=mode,
                queue=False,
            )

    return take


@pytest.fixture
def outcome_of(database: Database) -> Callable[[int], Outcome]:
    """Look up what became of an import."""

    def look(import_id: int) -> Outcome:
        with database.read() as session:
            found = select(Finding).where(Finding.import_id == import_id).order_by(Finding.id)
            return Outcome(session.get_one(Import, import_id), list(session.scalars(found)))

    return look


@pytest.fixture
def bring_in(
    database: Database, settings: Settings, submit: Callable[..., Import], outcome_of: Callable[[int], Outcome]
) -> Callable[..., Outcome]:
    """Import a file here and now."""

    def carry_out(path: Path, **declared: str) -> Outcome:
        row = submit(path, **declared)
        heard: list[tuple[str, int, int | None]] = []
        jobs.run_now(database, settings, row.id, lambda *news: heard.append(news), attempts=1)
        outcome = outcome_of(row.id)
        outcome.heard = heard
        return outcome

    return carry_out


def geojson(path: Path, *features: tuple[list[Any], dict[str, Any]]) -> Path:
    """Write polygons given by rings in degrees, with their properties."""
    listed = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": rings}}
        for rings, properties in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}, ensure_ascii=False), "utf-8")
    return path


def square(west: float, south: float = 34.76, side: float = 0.001) -> list[list[list[float]]]:
    """Return the rings of a square in degrees."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) * side + [west, south]
    return [corners.tolist()]
