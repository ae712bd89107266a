"""The drawing of a parcel plan: plane coordinates become millimetres on paper, exactly to scale. Pure.

Paper coordinates are millimetres from the upper left corner of the map frame, x to the right, y down.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

import numpy as np
import shapely

from service.geo.crs import Floats

Place = tuple[float, float]
Ring = list[Place]
_TICKS_MM = 30.0  # least distance of grid lines on paper
_DIGITS = 4  # of a millimetre on paper: 0.1 µm
_CELL = 0.5  # mm, of the places taken by words
_UPRIGHT = 90.5  # degrees: words are read from below or, on a vertical line, from the right
_FIGURES = 1.9  # mm, size of edge lengths
_CANDIDATES = 25  # a side: where a label might stand inside a shape


@dataclass(frozen=True, slots=True)
class View:
    """The piece of the plane that a map frame shows: its middle, its size on paper, and the scale's denominator."""

    easting: float
    northing: float
    width: float
    height: float
    scale: int

    def on_paper(self, xy: Floats) -> Floats:
        """Place plane coordinates (metres, easting first) on paper.

        >>> View(1000, 2000, 100, 80, 500).on_paper(np.array([[1000, 2000], [1010, 2010]])).tolist()
        [[50.0, 40.0], [70.0, 20.0]]
        """
        mm = 1000 / self.scale
        return np.column_stack(
            [self.width / 2 + (xy[:, 0] - self.easting) * mm, self.height / 2 - (xy[:, 1] - self.northing) * mm]
        )

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the frame on the plane, metres."""
        east, north = self.width * self.scale / 2000, self.height * self.scale / 2000
        return self.easting - east, self.northing - north, self.easting + east, self.northing + north

    def shape(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Put a shape on paper."""
        return shapely.transform(shape, self.on_paper)

    def cut(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Put a shape on paper, without what lies well outside the frame: the cut itself stays out of sight."""
        near = self.width + self.height
        return shapely.clip_by_rect(self.shape(shape), -near, -near, self.width + near, self.height + near)


def rings_of(shape: shapely.Geometry) -> list[Ring]:
    """Return all rings of the polygons in a shape on paper, closing points left out.

    >>> rings_of(shapely.box(0, 0, 2, 1))
    [[(2.0, 0.0), (2.0, 1.0), (0.0, 1.0), (0.0, 0.0)]]
    """
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    rings = shapely.get_rings(np.array(polygons, dtype=object))
    return [rounded(shapely.get_coordinates(ring)[:-1]) for ring in rings]


def rounded(xy: Floats) -> Ring:
    """Write places on paper to 0.1 µm, which is far below what is drawn and keeps the file small."""
    return [(x, y) for x, y in xy.round(_DIGITS).tolist()]


def interval(scale: int) -> int:
    """Return the distance of grid lines in metres: 1, 2 or 5 times a power of ten, from 30 to 75 mm on paper.

    >>> [(scale, interval(scale), interval(scale) * 1000 / scale) for scale in (200, 500, 1000, 2000, 5000)]
    [(200, 10, 50.0), (500, 20, 40.0), (1000, 50, 50.0), (2000, 100, 50.0), (5000, 200, 40.0)]
    """
    least = _TICKS_MM * scale / 1000
    steps = (step * ten for ten in (1, 10, 100, 1_000, 10_000, 100_000) for step in (1, 2, 5))
    return next(step for step in steps if step >= least)


class GridLine(NamedTuple):
    """A line of the coordinate grid: where it meets the frame, and its coordinate in metres."""

    at: float
    metres: int


class Grid(NamedTuple):
    """The coordinate grid in the frame: lines of equal easting from the left, of equal northing from above."""

    eastings: list[GridLine]
    northings: list[GridLine]


def grid(view: View) -> Grid:
    """Return the grid lines that cross the frame.

    >>> grid(View(475_283.4, 3_849_110.3, 100, 80, 500)).eastings
    [GridLine(at=3.2, metres=475260), GridLine(at=43.2, metres=475280), GridLine(at=83.2, metres=475300)]
    """
    west, south, east, north = view.bounds
    mm = 1000 / view.scale
    return Grid(
        [GridLine(round((metres - west) * mm, _DIGITS), metres) for metres in _multiples(west, east, view.scale)],
        [GridLine(round((north - metres) * mm, _DIGITS), metres) for metres in _multiples(south, north, view.scale)],
    )


def _multiples(low: float, high: float, scale: int) -> Iterator[int]:
    step = interval(scale)
    yield from range(ceil(low / step) * step, floor(high / step) * step + 1, step)


class Label(NamedTuple):
    """Words on the drawing: middle, clockwise turn in degrees, and the words."""

    x: float
    y: float
    turn: float
    text: str


class Taken:
    """The places of a frame that are taken by words, in cells of half a millimetre."""

    def __init__(self, width: float, height: float) -> None:
        """Begin with an empty frame."""
        self._cells = np.zeros((int(height / _CELL), int(width / _CELL)), dtype=bool)

    def take(self, squares: Sequence[Place], half: float) -> bool:
        """Take squares around these middles if they lie in the frame and all are free; tell whether it did.

        A turned label is a row of squares (`row_of`).

        >>> taken = Taken(100, 100)
        >>> taken.take([(50, 50)], 3), taken.take([(54, 50)], 2), taken.take([(99, 50)], 3)
        (True, False, False)
        """
        height, width = self._cells.shape
        spans = []
        for x, y in squares:
            left, right, above, below = (floor(at / _CELL) for at in (x - half, x + half, y - half, y + half))
            if left < 0 or above < 0 or right >= width or below >= height:
                return False
            spans.append((slice(above, below + 1), slice(left, right + 1)))
        if any(self._cells[span].any() for span in spans):
            return False
        for span in spans:
            self._cells[span] = True
        return True


def row_of(x: float, y: float, width: float, height: float, turn: float = 0) -> list[Place]:
    """Return the middles of the discs, of a diameter `height`, that cover a label of this size.

    >>> row_of(10, 5, 6, 2)
    [(8.0, 5.0), (9.333333333333334, 5.0), (10.666666666666666, 5.0), (12.0, 5.0)]
    """
    reach = max(width - height, 0) / 2
    steps = np.linspace(-reach, reach, max(2, ceil(2 * reach / height) + 2)) if reach else np.zeros(1)
    angle = np.radians(turn)
    return [(x + step * float(np.cos(angle)), y + step * float(np.sin(angle))) for step in steps.tolist()]


def point_labels(rings: Iterable[tuple[Floats, Sequence[str]]], taken: Taken, *, distance: float = 2.6) -> list[Label]:
    """Set the numbers of boundary points beside them, outside the parcel; where it is crowded, some are left out.

    A ring is its points on paper and their numbers, with the parcel on the right hand in plane coordinates: shells
    clockwise, holes the other way.
    """
    found = []
    for xy, numbers in rings:
        out = _outward(xy)
        for (x, y), (dx, dy), number in zip(xy.tolist(), out.tolist(), numbers, strict=True):
            half = max(width_of(number, 2.3) / 2, 1.2)
            places = ((x + dx * (away + abs(dx) * (half - 1.2)), y + dy * away) for away in (distance, 4.2))
            for px, py in places:
                if taken.take(row_of(px, py, 2 * half, 2.3), 1.15):
                    found.append(Label(round(px, 2), round(py, 2), 0, number))
                    break
    return found


def _outward(xy: Floats) -> Floats:
    """Unit vectors on paper that halve the outer angle at each point of a ring."""
    into, onward = _unit(xy - np.roll(xy, 1, axis=0)), _unit(np.roll(xy, -1, axis=0) - xy)
    # The parcel lies right of the way in plane coordinates, and on paper too (both turn over): left is outside.
    left = np.column_stack([into[:, 1] + onward[:, 1], -(into[:, 0] + onward[:, 0])])
    flat = np.hypot(*left.T) < 1e-6  # noqa: PLR2004 - the boundary turns back on itself
    left[flat] = into[flat]
    return _unit(left)


def _unit(vectors: Floats) -> Floats:
    lengths = np.hypot(*vectors.T)[:, None]
    units: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return units


def edge_labels(rings: Iterable[tuple[Floats, Sequence[str]]], taken: Taken, *, least: float = 9.0) -> list[Label]:
    """Set the lengths of edges along them, inside the parcel, else outside, where the edge is long enough and free."""
    found = []
    for xy, lengths in rings:
        ends = np.roll(xy, -1, axis=0)
        for (x0, y0), (x1, y1), text in zip(xy.tolist(), ends.tolist(), lengths, strict=True):
            long = float(np.hypot(x1 - x0, y1 - y0))
            if long < max(least, width_of(text, _FIGURES) + 2):
                continue
            nx, ny = -(y1 - y0) / long, (x1 - x0) / long  # to the right of the way: inside
            turn = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
            turn = (turn + _UPRIGHT) % 180 - _UPRIGHT
            for side in (1.7, -1.7):
                px, py = (x0 + x1) / 2 + nx * side, (y0 + y1) / 2 + ny * side
                if taken.take(row_of(px, py, width_of(text, _FIGURES), 1.5, turn), 0.75):
                    found.append(Label(round(px, 2), round(py, 2), round(turn, 2), text))
                    break
    return found


def width_of(text: str, size: float) -> float:
    """Return about how wide a text of this size (mm) is: Han are square, figures a little over half."""
    return sum(size if ord(char) > 0x2E7F else size * 0.56 for char in text)  # noqa: PLR2004 - CJK begins there


def room_for(shape: shapely.Geometry, view: View, width: float, height: float, taken: Taken) -> Place | None:
    """Find the middle of a label of this size that lies in a shape (on paper), in sight, farthest from its edge.

    >>> room_for(shapely.box(0, 0, 60, 40), View(0, 0, 100, 80, 500), 20, 8, Taken(100, 80))
    (27.77, 20.25)
    """
    shape = shapely.clip_by_rect(shape, 0.5, 0.5, view.width - 0.5, view.height - 0.5)
    if shape.is_empty:
        return None
    west, north, east, south = shape.bounds
    x, y = np.meshgrid(np.linspace(west, east, _CANDIDATES), np.linspace(north, south, _CANDIDATES))
    labels = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2).ravel()
    shapely.prepare(shape)
    labels = labels[shapely.contains(shape, labels)]
    depth = shapely.distance(shapely.boundary(shape), labels)
    for label in labels[np.argsort(-depth, kind="stable")]:
        middle = label.centroid
        if taken.take(row_of(middle.x, middle.y, width, height), height / 2):
            return round(middle.x, 2), round(middle.y, 2)
    return None


def free_corner(parcel: shapely.Geometry, view: View, width: float, height: float) -> Place:
    """Return the upper left of a box in the corner of the frame that the parcel leaves free, at best the north-east.

    >>> free_corner(shapely.box(60, 0, 100, 30), View(0, 0, 100, 80, 500), 12, 18)
    (2.0, 2.0)
    """
    right, low = view.width - width - 2, view.height - height - 2
    corners = ((right, 2.0), (2.0, 2.0), (right, low), (2.0, low))
    free = (at for at in corners if not shapely.intersects(parcel, shapely.box(*at, at[0] + width, at[1] + height)))
    return next(free, corners[0])
