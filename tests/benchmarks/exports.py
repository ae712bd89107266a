"""Time and memory of every format: `python tests/benchmarks/exports.py DATABASE_URL [PARCELS]`, on a database to spoil.

Each format runs in a process of its own, so that its peak is its own. Figures go to the terminal.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from service.accounts.access import system
from service.exports import files
from service.exports.files import Order
from service.exports.formats import FORMATS

GRID = """INSERT INTO parcel (code, name, address, jurisdiction_id, geom, area_legal_m2, area_plane_m2,
    area_ellipsoid_m2, stage, stage_since, land_use_scheme, land_use_code, far, green_pct)
SELECT 'B-' || i, '龙湖北路以东' || i || '号地块', '郑东新区', (SELECT min(id) FROM jurisdiction),
    ST_Multi(ST_Transform(ST_Segmentize(ST_SetSRID(ST_MakeEnvelope(x, y, x + 80, y + 80), 4547), 40), 4490)),
    6400, 6400, 6400, 'listed', '2022-01-01', 'land_use_2023', '070102', '(1,2.5]', '[30,100]'
FROM generate_series(1, %s) AS i, LATERAL (SELECT 450000 + i %% 500 * 100 AS x, 3830000 + i / 500 * 100 AS y) AS p"""
DELIVERED = """INSERT INTO parcel_survey (parcel_id, source_crs, zone_prefixed, geometry, points)
SELECT p.id, 4526, true, ST_AsBinary(moved.geom),
    (SELECT json_agg(json_build_object('number', 'J' || path[2], 'ring', '1', 'northing', ST_Y(geom)::text,
        'easting', ST_X(geom)::text) ORDER BY path) FROM ST_DumpPoints(moved.geom))
FROM parcel AS p, LATERAL (SELECT ST_SnapToGrid(ST_Transform(ST_GeometryN(p.geom, 1), 4526), 0.001) AS geom) AS moved
WHERE p.id % 2 = 0"""


def fill(url: str, count: int) -> None:
    """Put so many squares of eight points into an empty database, every other one delivered as a boundary-point TXT."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO jurisdiction (code, name, name_en) VALUES ('B', 'B', 'B') ON CONFLICT DO NOTHING"
        )
        connection.execute(GRID, (count,))
        connection.execute(DELIVERED)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE parcel, parcel_survey")


def measure(url: str, form: str, out: "multiprocessing.Queue[tuple[int, float, float, float]]") -> None:
    """Write one file; report rows, seconds, size and growth of memory in MiB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    crs = "4526" if FORMATS[form].crs in {"any", "plane", "zone"} else None
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(url) as connection:
        begun = time.perf_counter()
        done = files.write(connection, system("bench"), Order(format=form, crs=crs), Path(folder))  # type: ignore[arg-type]
        seconds = time.perf_counter() - begun
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        out.put((done.rows, seconds, done.path.stat().st_size / 2**20, grown))


def main() -> None:
    url, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    fill(url, count)
    context = multiprocessing.get_context("spawn")
    for form in FORMATS:
        out: multiprocessing.Queue[tuple[int, float, float, float]] = context.Queue()
        process = context.Process(target=measure, args=(url, form, out))
        process.start()
        rows, seconds, size, grown = out.get()
        process.join()
        speed = f"{seconds:7.1f} s {rows / seconds:9,.0f} rows/s"
        print(f"{form:8} {rows:9,} rows {speed} {size:7.1f} MiB, memory +{grown:.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
