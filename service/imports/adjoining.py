"""Shapes and the parcels that are there: who lies on whom, and where a little is left between them.

Predicates here; `measure` overlays what is shared, apart from server and worker since the shapes may be hostile:
`workshop.measured`, or in a child process `overlaps.measured` itself.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from service.imports import gaps, neighbours, overlaps
from service.imports.gaps import Gap
from service.imports.overlaps import Overlap, Size
from service.imports.report import Report
from service.imports.tolerances import TOLERANCES

_MEASURED = 10_000  # overlaps of a file: more findings aren't kept
Find = Callable[[Sequence[NDArray[np.float64]], NDArray[np.int64]], Iterator[list[tuple[int, str, bytes]]]]
"""Gives, by slices, (key, code, WKB in EPSG:4490) of the parcels whose box meets the k-th box (EPSG:3857)."""
Measure = Callable[[Sequence[bytes], Sequence[bytes]], list[Size] | None]


def check_neighbours(
    find: Find,
    read: pa.Table,
    bounds: NDArray[np.float64],
    report: Report,
    *,
    measure: Measure,
    but: frozenset[str] = frozenset(),
) -> None:
    """Refuse shapes that lie on parcels that are there, and remark gaps; `but` towards those with these codes.

    Of `read`, the columns row, geom_wkb, area_plane_m2, lon and lat are looked at.
    """
    numbers = read["row"].to_numpy()
    known = np.flatnonzero(np.isfinite(bounds[:, 0]))
    met = [each for each in _existing(find, read["geom_wkb"], bounds[known], known) if each.code not in but]
    apart = [each.found for each in met if isinstance(each.found, Gap)]
    unfilled = frozenset(neighbours.unfilled(apart, read["geom_wkb"], bounds))
    laps = [each for each in met if isinstance(each.found, Overlap)]
    for each in met:
        if isinstance(each.found, Gap) and each.found in unfilled:
            report_gap(report, "gap_existing", int(numbers[each.found.first]), each.found, each.code)
    sizes = sizes_of(read, [each.found.first for each in laps], [each.wkb for each in laps], measure)
    for each, size in zip(laps, sizes, strict=True):
        names = {"other": f"库中地块 {each.code} ", "other_en": f"that of parcel {each.code}"}
        report_overlap(report, "overlap_existing", read, each.found.first, size, each.code, {}, names)


class _Existing(NamedTuple):
    """A row (`found.first`) and an existing parcel that overlap or lie a little apart."""

    found: Overlap | Gap
    code: str
    wkb: bytes


def _existing(
    find: Find, wkb: pa.ChunkedArray, bounds: NDArray[np.float64], known: NDArray[np.int64]
) -> Iterator[_Existing]:
    for met in find(_in_web_metres(bounds, TOLERANCES.gap_m), known):
        if not met:
            continue
        keys, codes, shapes = zip(*met, strict=True)
        asked, first = np.unique(np.array(keys), return_inverse=True)
        own = neighbours.shapes_at(wkb, asked)
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


def sizes_of(read: pa.Table, own: list[int], others: list[bytes], measure: Measure) -> list[Size]:
    """Measure what rows share with other shapes; unmeasured where there are too many, or the shapes are too hostile."""
    some = own[:_MEASURED]
    wkb = read["geom_wkb"].take(pa.array(some, pa.int64()))
    found = measure(wkb.to_pylist(), others[:_MEASURED]) or []
    places = (read["lon"].to_numpy(), read["lat"].to_numpy())
    return found + [Size(math.nan, (places[0][i], places[1][i])) for i in own[len(found) :]]


def report_gap(report: Report, code: str, row: int, gap: Gap, value: str | None, **facts: object) -> None:
    """Report a gap between a row and its neighbour."""
    told = {"width": f"{gap.width_m:.3f}", **facts}
    report.rows(code, np.array([row]), values=[value], places=np.array([gap.place]), facts=[told])


def report_overlap(
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
