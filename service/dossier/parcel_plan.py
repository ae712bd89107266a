"""The parcel plan (宗地图): what stands on it, from the parcel and its neighbours to the data that the template sets.

Form after TD/T 1001 (地籍调查规程), 宗地图: title, facts, plan to scale with boundary points and edges, table of
boundary points with X northing and Y easting, imprint.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np
import segno
import shapely

from service.codes import queries as codes
from service.core.errors import BadRequest, Conflict
from service.dossier import drawing, sheet
from service.dossier.boundary import Delivered, Point, boundary
from service.dossier.drawing import GridLine, Taken, View
from service.dossier.order import Imprint, Language, Order
from service.dossier.queries import MOST_NEIGHBOURS, Neighbour, Subject
from service.dossier.sheet import Layout
from service.geo import crs as geo_crs
from service.geo.area import to_mu
from service.geo.bbox import Bbox
from service.geo.crs import SourceCrs, Zone

Json = dict[str, Any]
MOST_POINTS = 5_000
_FARTHEST_DEGREES = 3.5  # from a zone's axis: a 6° zone and its overlap; beyond it lengths on the plane are wrong
_ARROW = (12.0, 18.0)  # mm
_SUCCESSORS = 4  # named on the plan of a parcel that was split or merged away
_LABEL = 2.0  # mm, height of figures on the plan
_BESIDE = 5.5  # mm, from a grid line to the middle of its coordinate


class PlaneRefused(BadRequest):
    """A coordinate system that a plan can't be drawn in."""

    code, title_zh, title_en = "plan-crs-refused", "宗地图不能用该坐标系", "No plan in this coordinate system"


class TooManyPoints(Conflict):
    """More boundary points than a plan is printed with."""

    code, title_zh, title_en = "plan-too-many-points", "界址点过多", "Too many boundary points"


class Plan(NamedTuple):
    """A parcel laid out on a sheet: its rings and the layout, and the view of the plane that the frame shows."""

    subject: Subject
    plane: SourceCrs
    shape: shapely.MultiPolygon
    rings: list[list[Point]]
    layout: Layout
    view: View

    @property
    def box(self) -> Bbox:
        """The frame in degrees: a grid of three by three tells its bent edges well enough."""
        west, south, east, north = self.view.bounds
        edge = np.array([(x, y) for x in (west, (west + east) / 2, east) for y in (south, (south + north) / 2, north)])
        lon, lat = geo_crs.to_cgcs2000(self.plane, *edge.T)
        return Bbox(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))


def lay_out(subject: Subject, order: Order) -> Plan:
    """Bring a parcel to its plane and on the sheet.

    Raises:
        CrsRefused: an unknown or old coordinate system.
        PlaneRefused: one that is no Gauss-Krüger zone of CGCS2000, or one too far away.
        TooManyPoints: more boundary points than are printed.
        DoesNotFit: the parcel is too large for the sheet.

    """
    count = int(shapely.get_num_coordinates(subject.shape))
    if count > MOST_POINTS:
        raise TooManyPoints(
            f"该地块有 {count} 个界址点，宗地图最多 {MOST_POINTS} 个，请导出界址点文件。",
            f"The parcel has {count} boundary points, a plan at most {MOST_POINTS}: export them instead.",
        )
    plane = _plane(subject.shape, order.crs)
    shape = _on(plane, subject.shape)
    delivered = None
    if subject.numbers:
        delivered = Delivered(subject.numbers, *geo_crs.from_cgcs2000(plane, *subject.places.T))
    rings = boundary(shape, delivered)
    west, south, east, north = shape.bounds
    layout = sheet.lay_out(east - west, north - south, sum(len(ring) + 1 for ring in rings), order.paper, order.scale)
    frame = layout.sheet.map
    view = View((west + east) / 2, (south + north) / 2, frame.width, frame.height, layout.scale)
    return Plan(subject, plane, shape, rings, layout, view)


def _plane(shape: shapely.Geometry, name: str | None) -> SourceCrs:
    longitude = float(shape.centroid.x)
    if name is None:
        number = int(np.clip(geo_crs.zone_numbers(np.array([longitude]))[0], 25, 45))  # the zones that EPSG lists
        return geo_crs.recognise(f"EPSG:{Zone(3, number, prefixed=False).epsg}")
    plane = geo_crs.recognise(name)
    if plane.zone is None:
        raise PlaneRefused(
            f"宗地图须用 CGCS2000 高斯-克吕格投影带坐标系，{plane.label} 不是。",
            f"A plan needs a Gauss-Krüger zone of CGCS2000, which {plane.label} isn't.",
        )
    if abs(longitude - plane.zone.central_meridian) > _FARTHEST_DEGREES:
        raise PlaneRefused(
            f"地块距 {plane.label} 的中央子午线 {plane.zone.central_meridian}° 过远，边长会失真。",
            f"The parcel lies too far from the axis of {plane.label} ({plane.zone.central_meridian}°).",
        )
    return plane


def _on(plane: SourceCrs, shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.transform(shape, lambda x, y: geo_crs.from_cgcs2000(plane, x, y), interleaved=False)


def document(plan: Plan, near: Sequence[Neighbour], order: Order, imprint: Imprint) -> Json:
    """Return everything that the template sets: words as text, places in millimetres on paper."""
    page = plan.layout.sheet
    rows = _rows(plan.rings)
    first = [] if page.table is None else sheet.in_blocks(rows, sheet.blocks_in(page.table))[0]
    more = sheet.in_blocks(rows, sheet.blocks_in(sheet.continuation(page))) if page.table is None else []
    zone = plan.plane.zone
    return {
        "language": order.language,
        "sheet": {name: _plain(value) for name, value in page._asdict().items()},
        "row": sheet.ROW,
        "scale": plan.layout.scale,
        "crs": zone and {"epsg": zone.epsg, "width": zone.width, "meridian": zone.central_meridian},
        "facts": _facts(plan.subject, order.language),
        "map": _map(plan, near),
        "bar": _bar(plan.layout.scale),
        "table": first,
        "pages": more,
        "surveyed_on": plan.subject.surveyed_on and plan.subject.surveyed_on.isoformat(),
        "day": imprint.day.isoformat(),
        "notice": imprint.notice,
        "demo": imprint.is_demo,
        "ended": _ended(plan.subject.members),
        "qr": qr_code(permalink(imprint.site, plan.subject.members["code"])) if imprint.site else None,
        "crowded": len(near) > MOST_NEIGHBOURS,
    }


def _plain(value: object) -> object:
    return value._asdict() if isinstance(value, sheet.Box) else value


def _rows(rings: list[list[Point]]) -> list[list[str]]:
    """Rows of the table: ring, number, X (northing), Y (easting), edge to the next; each ring ends with its first."""
    rows = []
    for number, ring in enumerate(rings, 1):
        places = [[str(number), each.number, f"{each.northing:.3f}", f"{each.easting:.3f}"] for each in ring]
        edges = [f"{each.edge_m:.2f}" for each in ring]
        rows += [[*place, edge] for place, edge in zip([*places, places[0]], [*edges, ""], strict=True)]
    return rows


def _facts(subject: Subject, language: Language) -> Json:
    members = subject.members
    english = language == "en"
    areas = {name: _area(members[f"area_{name}_m2"]) for name in ("legal", "plane", "ellipsoid")}
    return {
        **{name: members[name] or "—" for name in ("code", "name", "address", "cadastral_code", "lot_number")},
        "uses": ("; " if english else "；").join(_use(use, english=english) for use in members["land_uses"]) or "—",
        "areas": areas,
        "issuer": subject.issuer_en if english else members["jurisdiction"]["name"],
    }


def _ended(members: Json) -> Json | None:
    """That the parcel was split or merged away, from when, and the first few that stand for it."""
    if members["retired_on"] is None:
        return None
    successors = members["successors"]
    return {"on": members["retired_on"], "now": successors[:_SUCCESSORS], "more": len(successors) > _SUCCESSORS}


def _area(m2: float | None) -> Json | None:
    if m2 is None:
        return None
    area = Decimal(str(m2))
    return {"m2": f"{area:,.2f}", "mu": f"{to_mu(area):,.4f}"}


def _use(use: Json, *, english: bool) -> str:
    name = codes.name_of(use["scheme"], use["code"], english=english) or ""
    share = "" if use["share"] == 1 else f" {use['share'] * 100:g}%"
    return f"{use['code']} {name}{share}".strip()


def _map(plan: Plan, near: Sequence[Neighbour]) -> Json:
    view = plan.view
    parcel = view.shape(plan.shape)
    taken = Taken(view.width, view.height)
    arrow = drawing.free_corner(parcel, view, *_ARROW)
    taken.take([(arrow[0] + _ARROW[0] / 2, arrow[1] + y) for y in (6.0, 12.0)], _ARROW[0] / 2)
    lines = drawing.grid(view)
    eastings = [_tick(line, taken, line.at + _BESIDE, view.height - 1.7, 0) for line in lines.eastings]
    northings = [_tick(line, taken, 1.7, line.at - _BESIDE, -90) for line in lines.northings]
    rings = [view.on_paper(np.array([point[1:3] for point in ring])) for ring in plan.rings]
    numbers = drawing.point_labels(
        ((xy, [p.number for p in ring]) for xy, ring in zip(rings, plan.rings, strict=True)), taken
    )
    centre = _centre(plan, parcel, taken)
    lengths = drawing.edge_labels(
        ((xy, [f"{p.edge_m:.2f}" for p in ring]) for xy, ring in zip(rings, plan.rings, strict=True)), taken
    )
    return {
        "rings": [drawing.rounded(ring) for ring in rings],
        "numbers": [label._asdict() for label in numbers],
        "lengths": [label._asdict() for label in lengths],
        "centre": centre,
        "neighbours": [_neighbour(each, plan, taken) for each in near[:MOST_NEIGHBOURS]],
        "arrow": arrow,
        "eastings": eastings,
        "northings": northings,
        "thinned": len(numbers) < sum(map(len, rings)),
    }


def _tick(line: GridLine, taken: Taken, x: float, y: float, turn: float) -> Json:
    """A grid line at the frame with its coordinate beside it, which is left out where a corner cuts it."""
    text = str(line.metres)
    is_free = taken.take(drawing.row_of(x, y, drawing.width_of(text, _LABEL), _LABEL, turn), _LABEL / 2)
    return {"at": line.at, "label": {"x": x, "y": y, "turn": turn, "text": text} if is_free else None}


def _centre(plan: Plan, parcel: shapely.Geometry, taken: Taken) -> Json | None:
    """The parcel's code over its land use and area, inside its largest part, as large as there is room for."""
    largest = max(parcel.geoms, key=lambda part: float(part.area))
    members = plan.subject.members
    use = members["land_use"] and members["land_use"]["code"]
    below = " ".join(filter(None, (use, f"{members['area_m2']:,.2f} m²")))
    for size in (3.2, 2.6, 2.0):
        width = max(drawing.width_of(each, size) for each in (members["code"], below)) + 1
        if (at := drawing.room_for(largest, plan.view, width, 2.8 * size, taken)) is not None:
            return {"x": at[0], "y": at[1], "size": size, "width": width, "above": members["code"], "below": below}
    return None


def _neighbour(neighbour: Neighbour, plan: Plan, taken: Taken) -> Json:
    shape = plan.view.cut(_on(plan.plane, neighbour.shape))
    at = drawing.room_for(shape, plan.view, drawing.width_of(neighbour.code, _LABEL), _LABEL, taken)
    label = at and {"x": at[0], "y": at[1], "text": neighbour.code}
    return {"rings": drawing.rings_of(shape), "label": label}


def _bar(scale: int) -> Json:
    metres = drawing.interval(scale)
    parts = 4 if str(metres).startswith("2") else 5
    return {"metres": metres, "length": metres * 1000 / scale, "parts": parts}


def permalink(site: str, code: str) -> str:
    """Return the address of a parcel's page.

    >>> permalink("https://gongdi.example", "东-1")
    'https://gongdi.example/desk/map?parcel=%E4%B8%9C-1'
    """
    return f"{site}/desk/map?{urlencode({'parcel': code})}"


def qr_code(text: str) -> Json:
    """Return a QR code as rows of dark runs: from the left, from above, and how long, in modules.

    >>> code = qr_code("http://127.0.0.1:8000/desk/map?parcel=1")
    >>> code["size"], code["runs"][:3]
    (29, [(0, 0, 7), (9, 0, 1), (12, 0, 2)])
    """
    matrix = segno.make(text, error="m", micro=False).matrix
    runs = []
    for y, row in enumerate(matrix):
        edges = np.flatnonzero(np.diff([0, *row, 0])).tolist()
        runs += [(start, y, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return {"size": len(matrix), "runs": runs}
