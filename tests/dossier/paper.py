"""A printed plan as it lies on the table: what is drawn where, in millimetres, read from the PDF's own operators."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
import shapely
import shapely.affinity
from numpy.typing import NDArray
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

from service.dossier.queries import Subject
from service.geo import crs as geo_crs

MM = 72 / 25.4
RED = (0.7529, 0.0, 0.0)
BOUNDARY_MM = 0.3
EAST, NORTH = 475_283.393, 3_849_110.265  # 113.73° E, 34.77° N in EPSG:4547
PLANE = geo_crs.recognise("4547")


@dataclass
class Path:
    """One stroked path: its colour, line width and subpaths, millimetres from the sheet's lower left corner."""

    colour: tuple[float, ...]
    width_mm: float
    subpaths: list[NDArray[np.float64]] = field(default_factory=list)


def strokes(page: PageObject) -> list[Path]:
    """Return what is stroked on a page, in order."""
    found: list[Path] = []
    matrix, stack = np.eye(3), []
    colour: tuple[float, ...] = (0.0,)
    width = 1.0
    points: list[list[tuple[float, float]]] = []
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        values = [float(each) for each in operands] if operator in {b"cm", b"m", b"l", b"w", b"SCN"} else []
        match operator:
            case b"q":
                stack.append((matrix, colour, width))
            case b"Q":
                matrix, colour, width = stack.pop()
            case b"cm":
                a, b, c, d, e, f = values
                matrix = np.array([[a, b, 0], [c, d, 0], [e, f, 1]]) @ matrix
            case b"SCN":
                colour = tuple(round(each, 4) for each in values)
            case b"w":
                width = values[0]
            case b"m" | b"l":
                points += [[]] if operator == b"m" else []
                points[-1].append((values[0], values[1]))
            case b"S" | b"B":
                placed = [np.column_stack([each, np.ones(len(each))]) @ matrix for each in points]
                found.append(Path(colour, width / MM, [each[:, :2] / MM for each in placed]))
                points = []
            case b"f" | b"n" | b"f*":
                points = []
    return found


def boundary_rings(page: PageObject) -> list[NDArray[np.float64]]:
    """Return the rings of the parcel on a page: what is stroked in red, 0.3 mm wide, with corners."""
    return [
        ring
        for path in strokes(page)
        if path.colour == RED and abs(path.width_mm - BOUNDARY_MM) < 0.01
        for ring in path.subpaths
        if len(ring) > 2
    ]


def pages(document: bytes) -> list[PageObject]:
    """Open a PDF."""
    return list(PdfReader(BytesIO(document)).pages)


def text_of(document: bytes) -> str:
    """Return all words of a PDF, as a reader copies them."""
    return "\n".join(page.extract_text() for page in pages(document))


def on_plane(shape: shapely.Geometry) -> shapely.Geometry:
    """Move a shape of small figures (metres) to the district's plane."""
    return shapely.affinity.translate(shape, EAST, NORTH)


def in_degrees(shape: shapely.Geometry) -> Any:  # noqa: ANN401 - a shape of the same kind
    """Bring a shape on the plane of EPSG:4547 to EPSG:4490."""
    return shapely.transform(shape, lambda x, y: geo_crs.to_cgcs2000(PLANE, x, y), interleaved=False)


def subject(shape: shapely.Geometry, **members: object) -> Subject:
    """A parcel to draw, of a shape in small figures (metres)."""
    placed = on_plane(shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape]))
    area = round(float(placed.area), 2)
    known: dict[str, object] = {
        "id": 1,
        "code": "ZDXQ-2022-005",
        "name": "龙湖东地块",
        "address": "郑东新区龙湖中环路南",
        "cadastral_code": "410105003012GB00023",
        "lot_number": "郑政东出〔2022〕5号(网)",
        "land_uses": [{"scheme": "land_use_2023", "code": "070102", "share": 1}],
        "land_use": {"scheme": "land_use_2023", "code": "070102", "name": "二类城镇住宅用地"},
        "area_m2": area,
        "area_legal_m2": None,
        "area_plane_m2": area,
        "area_ellipsoid_m2": area,
        "jurisdiction": {"code": "ZDXQ", "name": "郑东新区管理委员会"},
        "retired_on": None,
        "successors": [],
        **members,
    }
    return Subject(known, in_degrees(placed), "Zhengdong New District", None, [], np.empty((0, 2)))
