"""How far a parcel's boundary has moved between two surveys. Pure; runs in the worker only, within limits of cost."""

import numpy as np
import shapely
from numpy.typing import NDArray

SAME_M = 1e-4  # boundaries this near are one boundary: what a round trip through a file may cost
_COMPARED = 1e7  # products of vertex numbers that are worth comparing; beyond it a shape counts as moved
_MEASURED = 1e6  # … and worth an overlay
Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]


def moved_m2(before: Geometries, after: Geometries) -> Floats:
    """Square metres that lie in only one of each pair of shapes (EPSG:4490); 0 where they are the same, NaN unmeasured.

    The same means: no point of either boundary is farther than 0.1 mm from the other, wherever a ring begins and
    however many points stand on a straight line.

    >>> square, wider = shapely.box(113.7, 34.7, 113.701, 34.701), shapely.box(113.7, 34.7, 113.702, 34.701)
    >>> moved_m2(np.array([square, square]), np.array([shapely.reverse(square), wider])).round(-2).tolist()
    [0.0, 10200.0]
    """
    moved = np.zeros(len(before))
    at = np.flatnonzero(~shapely.equals_exact(before, after))
    if not len(at):
        return moved
    old, new = _in_metres(before[at], after[at])
    cost = shapely.get_num_coordinates(old).astype(float) * shapely.get_num_coordinates(new)
    apart = cost > _COMPARED
    near = ~apart
    apart[near] = ~_alike(old[near], new[near])
    at, old, new, cost = at[apart], old[apart], new[apart], cost[apart]
    moved[at] = np.nan
    cheap = cost <= _MEASURED
    moved[at[cheap]] = shapely.area(shapely.symmetric_difference(old[cheap], new[cheap]))
    return moved


def _alike(old: Geometries, new: Geometries) -> NDArray[np.bool_]:
    """Whether each pair of boundaries keeps within 0.1 mm."""
    alike: NDArray[np.bool_] = shapely.equals_exact(old, new, SAME_M)
    rest = np.flatnonzero(~alike)
    distance = shapely.hausdorff_distance(shapely.boundary(old[rest]), shapely.boundary(new[rest]))
    alike[rest] = distance <= SAME_M
    return alike


def _in_metres(before: Geometries, after: Geometries) -> tuple[Geometries, Geometries]:
    """Both shapes of each pair on one plane, in metres from a corner of the first: true to a millionth nearby."""
    west, south = shapely.bounds(before)[:, :2].T
    phi = np.radians(south)
    east_m = 111_412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi) + 0.118 * np.cos(5 * phi)
    north_m = 111_132.92 - 559.82 * np.cos(2 * phi) + 1.175 * np.cos(4 * phi)

    def flat(shapes: Geometries) -> Geometries:
        xy, of = shapely.get_coordinates(shapes, return_index=True)
        xy = (xy - np.column_stack([west, south])[of]) * np.column_stack([east_m, north_m])[of]
        laid: Geometries = shapely.set_coordinates(shapes.copy(), xy)
        return laid

    return flat(before), flat(after)
