"""Checking a file: from what the reader handed over to rows that may be published, or findings that say why not."""

import datetime as dt
import math
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from service.imports import checks, gaps, mapping, neighbours, overlaps, placing, queries, workshop
from service.imports.gaps import Gap
from service.imports.mapping import FieldMap
from service.imports.overlaps import Overlap, Size
from service.imports.placing import Places
from service.imports.publish import Rows
from service.imports.report import Report
from service.imports.tolerances import TOLERANCES

Progress = Callable[[int], None]
_MEASURED = 10_000  # overlaps of a file: more findings aren't kept


@dataclass(slots=True)
class Checked:
    """A file's rows with what was found so far; neighbours within the file may still be being looked at."""

    rows: Rows
    places: Places
    report: Report
    sought: Future[list[Overlap | Gap]] | None

    def settle(self) -> None:
        """Wait for the overlaps and gaps within the file and report them; once."""
        sought, self.sought = self.sought, None
        if sought is not None:
            _report_within(sought, self.rows.read, self.report)


@contextmanager
def check_file(
    read: pa.Table,
    areas: queries.Areas,
    jurisdiction: tuple[shapely.Geometry, str, str] | None,
    report: Report,
    *,
    import_id: int,
    today: dt.date,
    maps: tuple[FieldMap, ...] | None = None,
) -> Iterator[Checked]:
    """Map and check everything that needs no look at other parcels.

    Neighbours within the file are compared in the background, while the database is at work; a file that has errors
    anyway waits for them here.
    """
    numbers = read["row"].to_numpy()
    fields = mapping.map_fields(read, report, code_prefix=f"IMP{import_id}", maps=maps)
    fields = checks.check_fields(fields, numbers, report, today=today)
    checks.check_areas(fields, read, numbers, report)
    places = placing.locate(read, areas.townships, areas.counties)
    placing.check_places(places, numbers, jurisdiction, report)
    pa.default_memory_pool().release_unused()  # what mapping a million rows took and gave back
    wkb = read["geom_wkb"].combine_chunks()
    with ThreadPoolExecutor(1, thread_name_prefix="overlaps") as aside:
        sought = aside.submit(
            lambda: sorted(neighbours.within(wkb, places.bounds), key=lambda it: (it.second, it.first))
        )
        checked = Checked(Rows(read, fields, *_regions(areas, places)), places, report, sought)
        if report.errors:
            checked.settle()
        yield checked


def _regions(areas: queries.Areas, places: Places) -> tuple[pa.Array, pa.Array]:
    """Township ids, and county codes by the county's own outline or the township's parent."""
    township = pa.array(places.township, mask=places.township < 0)
    county = pa.array(places.county, mask=places.county < 0)
    by_outline = pa.array(areas.county_codes, pa.string()).take(county)
    by_township = pa.array(areas.township_counties, pa.string()).take(township)
    return pa.array(areas.township_ids, pa.int32()).take(township), pc.coalesce(by_outline, by_township)


def _report_within(sought: Future[list[Overlap | Gap]], read: pa.Table, report: Report) -> None:
    try:
        found = sought.result()
    except neighbours.TooDense:
        report.note("overlap_undecidable")
        return
    rows = read["row"].to_numpy()
    for gap in (each for each in found if isinstance(each, Gap)):
        _report_gap(report, "gap_in_file", int(rows[gap.second]), gap, None, other=int(rows[gap.first]))
    laps = [each for each in found if isinstance(each, Overlap)]
    others = read["geom_wkb"].take(pa.array([lap.first for lap in laps], pa.int64()))
    sizes = _sizes(read, [lap.second for lap in laps], others.to_pylist())
    for lap, size in zip(laps, sizes, strict=True):
        other = int(rows[lap.first])
        names = {"other": f"第 {other} 行", "other_en": f"that of row {other}"}
        _report_overlap(report, "overlap_in_file", read, lap.second, size, None, {"other": other}, names)


def _sizes(read: pa.Table, own: list[int], others: list[bytes]) -> list[Size]:
    """Measure what rows share with other shapes; unmeasured where there are too many, or the shapes are too hostile."""
    some = own[:_MEASURED]
    wkb = read["geom_wkb"].take(pa.array(some, pa.int64()))
    found = workshop.measured(wkb.to_pylist(), others[:_MEASURED]) or []
    places = (read["lon"].to_numpy(), read["lat"].to_numpy())
    return found + [Size(math.nan, (places[0][i], places[1][i])) for i in own[len(found) :]]


def _report_gap(report: Report, code: str, row: int, gap: Gap, value: str | None, **facts: object) -> None:
    told = {"width": f"{gap.width_m:.3f}", **facts}
    report.rows(code, np.array([row]), values=[value], places=np.array([gap.place]), facts=[told])


def _report_overlap(
    report: Report,
    code: str,
    read: pa.Table,
    at: int,
    size: Size,
    value: str | None,
    facts: dict[str, Any],
    names: dict[str, Any],
) -> None:
    """Report an overlap with its share of the row's own area: an error, or for a sliver a warning."""
    known = math.isfinite(size.area_m2)
    share = f"{size.area_m2 / read['area_plane_m2'][at].as_py():.2%}" if known else ""
    words = {
        "area": f"，约 {size.area_m2:.2f} 平方米，占本地块 {share}" if known else "",
        "area_en": f" by about {size.area_m2:.2f} m², {share} of its own area" if known else "",
    }
    sliver = known and size.area_m2 < TOLERANCES.overlap_m2
    report.rows(
        "overlap_sliver" if sliver else code,
        np.array([read["row"][at].as_py()]),
        values=[value],
        places=np.array([size.place]),
        facts=[{**words, **(names if sliver else facts)}],
    )


def check_against_existing(connection: psycopg.Connection, checked: Checked) -> None:
    """Check codes and shapes against the parcels that are there; the caller keeps others from adding some meanwhile."""
    rows, places, report = checked.rows, checked.places, checked.report
    numbers = rows.read["row"].to_numpy()
    taken, retired = partial(queries.taken, connection), partial(queries.retired, connection)
    checks.check_taken(rows.fields, numbers, report, taken, retired)
    check_neighbours(connection, rows.read, places.bounds, report)


def check_neighbours(
    connection: psycopg.Connection,
    read: pa.Table,
    bounds: NDArray[np.float64],
    report: Report,
    *,
    but: frozenset[str] = frozenset(),
) -> None:
    """Refuse shapes that lie on parcels that are there, and remark gaps; `but` towards those with these codes.

    Of `read`, the columns row, geom_wkb, area_plane_m2, lon and lat are looked at.
    """
    numbers = read["row"].to_numpy()
    known = np.flatnonzero(np.isfinite(bounds[:, 0]))
    met = [each for each in _existing(connection, read["geom_wkb"], bounds[known], known) if each.code not in but]
    apart = [each.found for each in met if isinstance(each.found, Gap)]
    unfilled = frozenset(neighbours.unfilled(apart, read["geom_wkb"], bounds))
    laps = [each for each in met if isinstance(each.found, Overlap)]
    for each in met:
        if isinstance(each.found, Gap) and each.found in unfilled:
            _report_gap(report, "gap_existing", int(numbers[each.found.first]), each.found, each.code)
    sizes = _sizes(read, [each.found.first for each in laps], [each.wkb for each in laps])
    for each, size in zip(laps, sizes, strict=True):
        names = {"other": f"库中地块 {each.code} ", "other_en": f"that of parcel {each.code}"}
        _report_overlap(report, "overlap_existing", read, each.found.first, size, each.code, {}, names)


class _Existing(NamedTuple):
    """A row (`found.first`) and an existing parcel that overlap or lie a little apart."""

    found: Overlap | Gap
    code: str
    wkb: bytes


def _existing(
    connection: psycopg.Connection, wkb: pa.ChunkedArray, bounds: NDArray[np.float64], known: NDArray[np.int64]
) -> Iterator[_Existing]:
    for met in queries.neighbours(connection, _in_web_metres(bounds, TOLERANCES.gap_m), known):
        if not met:
            continue
        keys, codes, shapes = zip(*met, strict=True)
        asked, first = np.unique(np.array(keys), return_inverse=True)
        own = shapely.from_wkb(wkb.take(pa.array(asked)).to_numpy())
        others = shapely.from_wkb(np.array(shapes, dtype=object))
        second = np.arange(len(others))
        apart = gaps.between(own, others, first, second)
        filled = gaps.covered(apart, shapely.STRtree(np.append(own, others)))
        open_gaps = [gap for gap, no in zip(apart, filled, strict=True) if not no]
        both: list[Overlap | Gap] = [*overlaps.sharing(own, others, first, second), *open_gaps]
        for found in both:
            at = found.second
            yield _Existing(found._replace(first=int(asked[found.first])), codes[at], shapes[at])


def _in_web_metres(bounds: NDArray[np.float64], margin_m: float) -> tuple[NDArray[np.float64], ...]:
    """Boxes (degrees) as the index has them (EPSG:3857), widened; both are upright, so corners are enough."""
    to_web = Transformer.from_crs(4490, 3857, always_xy=True)
    west, south = to_web.transform(bounds[:, 0], bounds[:, 1])
    east, north = to_web.transform(bounds[:, 2], bounds[:, 3])
    margin = margin_m / np.cos(np.radians(np.minimum(bounds[:, 3], 85)))  # a metre of the map is less than one
    return west - margin, south - margin, east + margin, north + margin
