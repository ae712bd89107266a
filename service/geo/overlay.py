"""Dividing and uniting plots so that what comes out fits together: no gap, no overlap, shared borders point by point.

Everything becomes one net of lines: what lies within 2 cm is drawn together, lines are cut where they meet, and the
net's faces are given to the pieces. So pieces have the same points on both sides of a border, and the outer border is
exactly the old one. EPSG:4490, degrees. Overlay of shapes from outside can take for ever: `overlay_apart.py` runs it in
a child.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from service.geo.area import areas_m2

Geometries = NDArray[np.object_]
Ints = NDArray[np.int64]
Coordinates = NDArray[np.float64]

NEAR = 2e-7
"""Degrees, 2 cm: nearer than that is meant to be the same place. A boundary read back from GeoJSON is 1 cm off."""

_SAME = 1e-11  # degrees: a point that was computed to lie on a line
_METRE = 5  # decimals of a degree: of two pieces one above the other neither is the western
_SLIVER_M2 = 1.0


class Division(NamedTuple):
    """The pieces of a plot, and how far what was asked for is from covering it exactly, in m² on the plane."""

    pieces: list[shapely.MultiPolygon]
    gap_m2: float = 0.0
    overlap_m2: float = 0.0
    outside_m2: float = 0.0


class Union(NamedTuple):
    """Plots made one: the land they shared, slivers between them that were closed, and whether all hang together."""

    shape: shapely.MultiPolygon
    overlap_m2: float
    sliver_m2: float
    touching: bool


class _Net(NamedTuple):
    """Faces, a point in each, and which shapes cover them (positions, pairwise)."""

    faces: Geometries
    face: Ints
    shape: Ints

    @property
    def cover(self) -> Ints:
        """How many shapes cover each face."""
        return np.bincount(self.face, minlength=len(self.faces))

    def area_m2(self, chosen: NDArray[np.bool_]) -> float:
        """Area of the chosen faces together."""
        return float(areas_m2(self.faces[chosen]).plane.sum()) if chosen.any() else 0.0


def divide_by_line(plot: shapely.MultiPolygon, line: shapely.LineString) -> Division:
    """Cut a plot along a line; pieces come from west to east, of one meridian the northern first.

    Ends of the line that stop short of the border by up to 2 cm are drawn to it; what hangs inside cuts nothing.

    >>> halves = divide_by_line(shapely.box(0, 0, 2, 1), shapely.LineString([(1, -1), (1, 2)])).pieces
    >>> [half.bounds for half in halves]
    [(0.0, 0.0, 1.0, 1.0), (1.0, 0.0, 2.0, 1.0)]
    """
    corners = shapely.get_coordinates(plot)
    vertices = _drawn_to(shapely.get_coordinates(line), plot.boundary, corners)
    border = shapely.snap(plot.boundary, shapely.MultiPoint(vertices), _SAME)
    cut = shapely.snap(shapely.LineString(vertices), shapely.MultiPoint(corners), NEAR)
    net = _net([border, cut], np.array([plot], dtype=object))
    pieces = [_multi(face) for face in net.faces[net.cover == 1]]
    return Division(sorted(pieces, key=lambda piece: (round(piece.centroid.x, _METRE), -piece.centroid.y)))


def divide_by_parts(plot: shapely.MultiPolygon, parts: Sequence[shapely.MultiPolygon]) -> Division:
    """Divide a plot as the parts say; slivers between them and towards its border go to the part they touch most.

    A part that keeps no land comes out empty. What is more than a sliver is for the caller to refuse, by the figures.
    """
    drawn, points = _drawn_together([plot, *parts])
    border = shapely.snap(plot.boundary, points, _SAME)
    net = _net([border, *(each.boundary for each in drawn[1:])], np.array([plot, *parts], dtype=object))
    inside = np.isin(np.arange(len(net.faces)), net.face[net.shape == 0])
    claims = net.cover - inside
    owner = np.full(len(net.faces), -1)
    for face, shape in zip(net.face[::-1].tolist(), net.shape[::-1].tolist(), strict=True):
        if shape > 0 and inside[face]:
            owner[face] = shape - 1  # the first part that claims it
    _adopt(net.faces, owner, inside)
    pieces = [_multi(shapely.coverage_union_all(net.faces[owner == i])) for i in range(len(parts))]
    return Division(
        pieces,
        gap_m2=net.area_m2(inside & (claims == 0)),
        overlap_m2=net.area_m2(inside & (claims > 1)),
        outside_m2=net.area_m2(~inside & (claims > 0)),
    )


def cut_away(plot: shapely.MultiPolygon, piece: shapely.MultiPolygon) -> Division:
    """Take a piece out of a plot; what is left is one piece, empty if nothing is.

    >>> left = cut_away(*(shapely.MultiPolygon([shapely.box(x, 0, x + 2, 1)]) for x in (0, 1)))
    >>> left.pieces[0].bounds
    (0.0, 0.0, 1.0, 1.0)
    """
    drawn, points = _drawn_together([plot, piece])
    net = _net([shapely.snap(plot.boundary, points, _SAME), drawn[1].boundary], np.array([plot, piece], dtype=object))
    kept = np.isin(np.arange(len(net.faces)), net.face[net.shape == 0]) & (net.cover == 1)
    return Division([_multi(shapely.coverage_union_all(net.faces[kept]))])


def unite(plots: Sequence[shapely.MultiPolygon]) -> Union:
    """Make one plot of several; slivers up to 1 m² that they enclose between them are closed.

    >>> whole = unite([shapely.MultiPolygon([shapely.box(x, 0, x + 1, 1)]) for x in (0, 1)])
    >>> whole.touching, whole.shape.bounds
    (True, (0.0, 0.0, 2.0, 1.0))
    """
    drawn, _ = _drawn_together(plots)
    net = _net([each.boundary for each in drawn], np.array(plots, dtype=object))
    covered = net.cover > 0
    slivers = ~covered & (areas_m2(net.faces).plane < _SLIVER_M2)
    shape = _multi(shapely.coverage_union_all(net.faces[covered | slivers]))
    return Union(shape, net.area_m2(net.cover > 1), net.area_m2(slivers), _hang_together(shape, net, len(plots)))


def _hang_together(shape: shapely.MultiPolygon, net: _Net, plots: int) -> bool:
    """Whether one can walk through all plots: those of one polygon are linked, and so are the polygons of one plot."""
    inside = shapely.point_on_surface(net.faces)
    face, polygon = shapely.STRtree(list(shape.geoms)).query(inside, predicate="within")
    of_face = dict(zip(face.tolist(), polygon.tolist(), strict=True))
    links = {(plot, of_face[face]) for face, plot in zip(net.face.tolist(), net.shape.tolist(), strict=True)}
    reached, frontier = {0}, {0}
    while frontier:
        polygons = {polygon for plot, polygon in links if plot in frontier}
        frontier = {plot for plot, polygon in links if polygon in polygons} - reached
        reached |= frontier
    return len(reached) == plots


def _net(lines: Sequence[shapely.Geometry], shapes: Geometries) -> _Net:
    """Cut lines where they meet, and tell which shapes cover the faces between them."""
    noded = shapely.union_all(np.array(lines, dtype=object))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    face, shape = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="within")
    order = np.lexsort((shape, face))
    return _Net(faces, face[order], shape[order])


def _adopt(faces: Geometries, owner: Ints, inside: NDArray[np.bool_]) -> None:
    """Give faces that nobody claims to the neighbour with the longest common border, from the claimed ones outwards."""
    tree = shapely.STRtree(faces)
    while len(orphans := np.flatnonzero(inside & (owner < 0))):
        mine, theirs = tree.query(faces[orphans], predicate="touches")
        mine = orphans[mine]
        known = owner[theirs] >= 0
        mine, theirs = mine[known], theirs[known]
        border = shapely.length(shapely.intersection(faces[mine], faces[theirs]))
        if not len(mine) or not border.any():
            return
        for k in np.argsort(border):  # the longest is written last
            if border[k] > 0:
                owner[mine[k]] = owner[theirs[k]]


def _drawn_together(shapes: Sequence[shapely.Geometry]) -> tuple[list[shapely.Geometry], shapely.MultiPoint]:
    """Draw the points of shapes together, those of the first one stay; return the shapes so and all their points.

    A point near a line of an earlier shape goes onto it, and becomes a point of that line.
    """
    known = shapely.get_coordinates(shapes[0])
    border, moved = shapes[0].boundary, [shapes[0]]
    for shape in shapes[1:]:
        drawn = shapely.transform(shape, lambda xy: _drawn_to(xy, border, known))  # noqa: B023 - called at once
        moved.append(drawn)
        known = np.concatenate([known, shapely.get_coordinates(drawn)])
    points = shapely.MultiPoint(np.unique(known, axis=0))
    return [shapely.snap(each, points, NEAR) for each in moved], points


def _drawn_to(vertices: Coordinates, border: shapely.Geometry, known: Coordinates) -> Coordinates:
    """Move vertices that lie within 2 cm of a known point to it, else of the border onto it."""
    places = shapely.points(vertices)
    drawn = vertices.copy()
    on_border = shapely.get_coordinates(shapely.shortest_line(border, places)).reshape(-1, 2, 2)[:, 0]
    near = np.hypot(*(on_border - vertices).T) <= NEAR
    drawn[near] = on_border[near]
    mine, theirs = shapely.STRtree(shapely.points(known)).query_nearest(places, max_distance=NEAR, all_matches=False)
    drawn[mine] = known[theirs]
    return drawn


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [each for each in shapely.get_parts(shape) if each.geom_type == "Polygon" and not each.is_empty]
    return shapely.MultiPolygon(parts)
