"""Measuring what parcels share with control layers. Pure; run in the killable child (`apart.py`).

All shapes are valid (multi)polygons in EPSG:4490; areas are plane areas in the local 3° zone, as a parcel's own
`area_plane_m2` is (`geo.area`). Edges are straight in degrees: where one is cut, the plane area moves by some 5 ppm.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from service.geo.area import areas_m2
from service.geo.validity import as_multipolygons

SLIVER_M2 = 1.0  # a smaller overlap is a border drawn twice, as between parcels (imports/overlaps.py)
Geometries = NDArray[np.object_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Shared(NamedTuple):
    """What parcels and layers have to do with one another: one row for each pair, by parcel, then layer.

    `inside`: the land lies inside the layer; false only for a layer that parcels must lie in, and then the row is
    about the land outside. `shape` is that land, `area_m2` its area, `share` its part of the parcel.
    `row` and `feature` tell which features of the layer touch the land of which row.
    """

    parcel: Ints
    layer: Ints
    inside: NDArray[np.bool_]
    area_m2: Floats
    share: Floats
    shape: Geometries
    row: Ints
    feature: Ints


def measure(parcels: Geometries, pieces: Geometries, layer: Ints, feature: Ints, must_contain: Ints) -> Shared:
    """Overlay parcels with the pieces of control layers; `layer` and `feature` number the pieces' owners.

    Layers listed in `must_contain` ask for the opposite: of each parcel the land outside them is told or, without
    any, that all of it lies inside. Overlaps below 1 m² are border noise and not told.
    """
    p, q, clips = _clips(parcels, pieces)
    pair_parcel, pair_layer, pair_of_clip = _pairs(p, layer[q])
    covered = _united(clips, pair_of_clip, len(pair_parcel))
    wanted = np.isin(pair_layer, must_contain, invert=True)
    rows = [(pair_parcel[wanted], pair_layer[wanted], np.ones(int(wanted.sum()), dtype=bool), covered[wanted])]
    rows += [_outside(parcels, int(each), pair_parcel, pair_layer, covered) for each in must_contain]
    found_parcel, found_layer, inside, shapes = (np.concatenate(column) for column in zip(*rows, strict=True))
    area = areas_m2(shapes).plane
    kept = np.flatnonzero(area >= SLIVER_M2)
    kept = kept[np.lexsort((found_layer[kept], found_parcel[kept]))]
    whole = areas_m2(parcels).plane
    row, touched = _touched(found_parcel[kept], found_layer[kept], inside[kept], p, layer[q], feature[q])
    return Shared(
        parcel=found_parcel[kept],
        layer=found_layer[kept],
        inside=inside[kept],
        area_m2=area[kept],
        share=np.minimum(area[kept] / whole[found_parcel[kept]], 1.0),
        shape=as_multipolygons(shapes[kept]),
        row=row,
        feature=touched,
    )


def _clips(parcels: Geometries, pieces: Geometries) -> tuple[Ints, Ints, Geometries]:
    """Pairs of parcel and piece that share land, and the land."""
    p, q = shapely.STRtree(pieces).query(parcels, predicate="intersects")
    clips = _polygons(shapely.intersection(parcels[p], pieces[q]))
    land = ~shapely.is_empty(clips)
    return p[land], q[land], clips[land]


def _polygons(shapes: Geometries) -> Geometries:
    """Leave out the points and lines where shapes only touch."""
    kind = shapely.get_type_id(shapes)
    for i in np.flatnonzero(kind == shapely.GeometryType.GEOMETRYCOLLECTION):
        parts = shapely.get_parts(shapely.get_parts(shapes[i]))
        shapes[i] = shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    flat = np.isin(kind, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    shapes[~flat & (kind != shapely.GeometryType.GEOMETRYCOLLECTION)] = shapely.Polygon()
    return shapes


def _pairs(parcel: Ints, layer: Ints) -> tuple[Ints, Ints, Ints]:
    """The distinct pairs, and for each clip the pair that it belongs to."""
    pairs, of_clip = np.unique(np.column_stack([parcel, layer]), axis=0, return_inverse=True)
    return pairs[:, 0], pairs[:, 1], of_clip.reshape(-1)


def _united(clips: Geometries, group: Ints, groups: int) -> Geometries:
    """Unite the clips of each group; features of one layer may overlap each other, and land counts once."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups + 1))
    united = np.full(groups, None, dtype=object)
    for i in range(groups):
        some = clips[order[starts[i] : starts[i + 1]]]
        united[i] = some[0] if len(some) == 1 else shapely.union_all(some)
    return united


def _outside(
    parcels: Geometries, wanted: int, parcel: Ints, layer: Ints, covered: Geometries
) -> tuple[Ints, Ints, NDArray[np.bool_], Geometries]:
    """Rows for a layer that parcels must lie in: the land outside or, without any, all of it as inside."""
    inside = np.full(len(parcels), shapely.Polygon(), dtype=object)
    here = layer == wanted
    inside[parcel[here]] = covered[here]
    beyond = _polygons(shapely.difference(parcels, inside))
    within = areas_m2(beyond).plane < SLIVER_M2
    beyond[within] = inside[within]
    return np.arange(len(parcels)), np.full(len(parcels), wanted), within, beyond


def _touched(
    found_parcel: Ints, found_layer: Ints, inside: NDArray[np.bool_], parcel: Ints, layer: Ints, feature: Ints
) -> tuple[Ints, Ints]:
    """Which features the land of each row lies in."""
    number = {pair: i for i, pair in enumerate(zip(found_parcel.tolist(), found_layer.tolist(), strict=True))}
    hits: set[tuple[int, int]] = set()
    for *pair, each in zip(parcel.tolist(), layer.tolist(), feature.tolist(), strict=True):
        row = number.get((pair[0], pair[1]))
        if row is not None and inside[row]:
            hits.add((row, each))
    ordered = np.array(sorted(hits), dtype=np.int64).reshape(-1, 2)
    return ordered[:, 0], ordered[:, 1]
