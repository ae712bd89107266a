"""Cutting a boundary that is being edited: along a line, or a polygon out of it. Nothing is saved."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import shapely

from service.geo import overlay_apart
from service.geo.area import area_plane_m2, cents
from service.geo.crs import SourceCrs
from service.geo.geojson import parse_line, parse_polygon, read_polygon
from service.surveys import delivery
from service.surveys.schemas import CutAnswer, CutOrder, PieceRead

_DIGITS = {True: 9, False: 4}  # of a point that the cut makes, in degrees and in metres: 0.1 mm
Point = tuple[float, float]


def cut(order: CutOrder) -> CutAnswer:
    """Cut a boundary; its own points and those of the cutting shape come back as they were sent.

    Raises:
        BadGeometry, CrsRefused, Invalid: a shape or the CRS can't be read. TooComplex, Busy: see `overlay_apart`.

    """
    source = delivery.known_crs(order.crs)
    plot = parse_polygon(order.geometry, source=source)
    sent = _by_degrees(read_polygon(order.geometry), plot)
    if order.by.get("type") == "LineString":
        line = parse_line(order.by, pointer="/by", source=source)
        pieces = overlay_apart.divide_by_line(plot, line).pieces
    else:
        piece = parse_polygon(order.by, pointer="/by", source=source)
        sent = _by_degrees(read_polygon(order.by, pointer="/by"), piece) | sent
        pieces = overlay_apart.cut_away(plot, piece).pieces
    kept = [_back(each, sent, source) for each in pieces if not each.is_empty]
    told = [PieceRead(geometry=_geojson(each), area_plane_m2=_area(each, source)) for each in kept]
    return CutAnswer(pieces=sorted(told, key=lambda each: -each.area_plane_m2))


def _area(piece: shapely.MultiPolygon, source: SourceCrs) -> float:
    """Measure a piece as it is told, points rounded: as a survey of it will be, by which it becomes a boundary."""
    return float(cents(area_plane_m2(delivery.in_degrees(piece, source))))


def _by_degrees(sent: shapely.Geometry, degrees: shapely.Geometry) -> dict[Point, Point]:
    """Coordinates as sent by their place in degrees."""
    places, points = (map(tuple, shapely.get_coordinates(each).tolist()) for each in (degrees, sent))
    return dict(zip(places, points, strict=True))


def _back(piece: shapely.MultiPolygon, sent: Mapping[Point, Point], target: SourceCrs) -> shapely.MultiPolygon:
    xy = shapely.get_coordinates(piece)
    moved = shapely.get_coordinates(delivery.in_crs(piece, target)).round(_DIGITS[target.is_geographic])
    points = [sent.get((x, y), tuple(new)) for (x, y), new in zip(xy.tolist(), moved.tolist(), strict=True)]
    return shapely.set_coordinates(shapely.from_wkb(shapely.to_wkb(piece)), np.array(points))


def _geojson(shape: shapely.Geometry) -> dict[str, Any]:
    written: dict[str, Any] = orjson.loads(shapely.to_geojson(shape))
    return written
