"""Overlay of many parcels with many control polygons: time, and equality with brute force on a sample.

    python -m tests.benchmarks.overlay [--parcels 100000] [--areas 5000] [--sample 500]

Uses the bench's own cluster (`.local/bench`). Parcels and areas are made up here, the same every time: a grid of plots,
discs of 65 to 801 vertices in three layers of which one must contain the parcels. What is timed is what a clerk waits
for: the whole bulk job with reading, overlay and writing, and one parcel through the command.
"""

import argparse
import datetime as dt
import statistics
import time

import numpy as np
import psycopg
import shapely
from sqlalchemy import text

from service.accounts.access import system
from service.constraints import jobs, queries
from service.constraints.apart import Overlayer
from service.constraints.catalogue import Applies, control_types
from service.constraints.commands import Area, LayerEdition, check_parcel, publish_layer, start_run
from service.constraints.measuring import SLIVER_M2
from service.core.db import Database
from service.core.settings import Settings
from service.documents.models import Document
from service.geo.area import areas_m2
from service.regions.queries import jurisdiction_by_code
from tests.benchmarks.bench import HOME, fresh_database

ACTOR = system("bench")
TYPES = ("permanent_farmland", "buried_relics", "urban_growth_boundary")
PLOTS = """
INSERT INTO parcel (code, jurisdiction_id, geom, area_plane_m2, area_ellipsoid_m2, stage, stage_since)
SELECT 'B-' || n, (SELECT id FROM jurisdiction WHERE code = 'BENCH'),
  ST_Multi(ST_Rotate(ST_MakeEnvelope(x, y, x + 0.0009, y + 0.0008, 4490), n %% 90,
                     ST_Point(x + 0.00045, y + 0.0004, 4490))),
  7000, 7000, 'candidate', '2022-01-01'
FROM (SELECT n, 113.5 + n %% %(side)s * 0.0014 AS x, 34.5 + n / %(side)s * 0.0013 AS y
      FROM generate_series(0, %(count)s - 1) AS n) AS grid
"""


def discs(count: int, side: int) -> list[shapely.Geometry]:
    """Return discs all over the grid, some large, with few or many vertices."""
    rng = np.random.default_rng(7)
    x, y = rng.uniform(0, side * 0.0014, count), rng.uniform(0, side * 0.0013, count)
    radius, segments = rng.choice([0.002, 0.004, 0.008], count), rng.choice([16, 50, 200], count)
    points = shapely.points(113.5 + x, 34.5 + y)
    return [p.buffer(r, quad_segs=int(s)) for p, r, s in zip(points, radius, segments, strict=True)]


def publish(database: Database, shapes: list[shapely.Geometry]) -> float:
    """Put the areas in force in three layers; return the seconds it took, cutting included."""
    begun = time.perf_counter()
    overlayer = Overlayer()
    for i, key in enumerate(TYPES):
        own = [shapely.MultiPolygon([each]) for each in shapes[i :: len(TYPES)]]
        pieces, owner = overlayer.cut([each.wkb for each in own], seconds=300)
        starts = np.searchsorted(owner, np.arange(len(own) + 1)).tolist()
        areas = [
            Area(k + 1, f"{key} {k}", "{}", own[k].wkb, pieces[starts[k] : starts[k + 1]]) for k in range(len(own))
        ]
        with database.write(ACTOR) as session:
            session.execute(text("SET LOCAL statement_timeout = 0"))
            document = Document(
                subject_type="import", subject_id=str(i), title=key, file_name="made", uploaded_by="bench",
                media_type="application/octet-stream", size_bytes=1, sha256=f"{i:064x}",
            )  # fmt: skip
            session.add(document)
            session.flush()
            home = jurisdiction_by_code(session, ACTOR, "BENCH").id
            publish_layer(
                session, LayerEdition(key, key, "made up", dt.date(2022, 6, 1), home, document.id, i, "b"), areas
            )
    overlayer.close()
    return time.perf_counter() - begun


def differences(database: Database, shapes: list[shapely.Geometry], sample: int) -> tuple[int, int, float]:
    """Compare kept results with plain geometry on whole shapes: looked at, wrong, largest difference in m²."""
    looked = wrong = 0
    largest = 0.0
    with database.read() as session:
        ids = session.scalars(text("SELECT id FROM parcel ORDER BY md5(code) LIMIT :n"), {"n": sample}).all()
        for subject in queries.subjects(session, ids):
            parcel = shapely.from_wkb(subject.wkb)
            kept = {r.type: (r.inside, float(r.area_m2)) for r in queries.results_of(session, subject.id, shapes=False)}
            for i, key in enumerate(TYPES):
                covered = shapely.union_all(shapely.intersection(parcel, np.array(shapes[i :: len(TYPES)])))
                expected = _expected(parcel, covered, control_types()[key].applies)
                looked += 1
                found = kept.get(key)
                if (found is None) != (expected is None) or (found and expected and found[0] != expected[0]):
                    wrong += 1
                elif found and expected:
                    largest = max(largest, abs(found[1] - expected[1]))
    return looked, wrong, largest


def _expected(parcel: shapely.Geometry, covered: shapely.Geometry, applies: Applies) -> tuple[bool, float] | None:
    beyond = _plane(parcel.difference(covered))
    if applies is Applies.OUTSIDE and beyond >= SLIVER_M2:
        return False, beyond
    inside = _plane(covered)
    return (True, inside) if inside >= SLIVER_M2 else None


def _plane(shape: shapely.Geometry) -> float:
    polygons = [each for each in shapely.get_parts(shape) if each.geom_type == "Polygon"]
    return float(areas_m2(np.array([shapely.MultiPolygon(polygons)])).plane[0])


def main() -> None:
    """Make the data, measure, compare, print."""
    asked = argparse.ArgumentParser()
    for name, default in (("parcels", 100_000), ("areas", 5_000), ("sample", 500)):
        asked.add_argument(f"--{name}", type=int, default=default)
    options = asked.parse_args()
    urls, side = fresh_database("bench_overlay"), int(options.parcels**0.5) + 1
    with psycopg.connect(urls.owner_url, autocommit=True) as connection:
        connection.execute(PLOTS, {"side": side, "count": options.parcels})
        connection.execute("ANALYZE parcel")
    shapes = discs(options.areas, side)
    database = Database(
        Settings(home=HOME, database_url=urls.owner_url, app_url=urls.app_url, public_url=urls.public_url)
    )
    print(f"{options.areas} areas cut and published: {publish(database, shapes):.1f} s")
    with database.write(ACTOR) as session:
        run = start_run(session, ACTOR, None, queue=False)
    begun = time.perf_counter()
    jobs.run_now(database, run.id)
    took = time.perf_counter() - begun
    with database.read() as session:
        pieces, results = (
            session.scalar(text(f"SELECT count(*) FROM {t}")) for t in ("control_piece", "overlay_result")
        )
    print(f"{options.parcels} parcels × {options.areas} areas ({pieces} pieces): {took:.1f} s, {results} results")
    times = []
    for number in range(0, options.parcels, max(1, options.parcels // 100)):
        begun = time.perf_counter()
        with database.write(ACTOR) as session:
            check_parcel(session, ACTOR, f"B-{number}")
        times.append((time.perf_counter() - begun) * 1000)
    slow = sorted(times[1:])
    print(f"one parcel: first {times[0]:.0f} ms, median {statistics.median(slow):.0f} ms, worst {slow[-1]:.0f} ms")
    looked, wrong, largest = differences(database, shapes, options.sample)
    print(
        f"against brute force: {looked} pairs of parcel and layer, {wrong} wrong,"
        f" largest difference {largest:.3f} m² (areas are kept to 0.01)"
    )
    database.close()


if __name__ == "__main__":
    main()
