"""The boundary-point TXT (勘测定界界址点坐标交换格式 / 报备坐标): parcels as numbered points, northing first.

    [属性描述]
    带号=38
    [地块坐标]
    界址点数,地块面积,地块编号,地块名称,记录图形属性(点、线、面),图幅号,地块用途,地类编码,@
    点号,地块圈号,X坐标(北),Y坐标(东)

Writers differ in nearly every detail (`reference/domain.md` §5.1); this reader takes what can be told for sure and says
what it assumed. Nothing here opens files or changes coordinates; `boundary_rings` makes shapes of the rings.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from service.imports.findings import Finding, finding, problem

_BRACKETS = str.maketrans("【】［］，；＝：＠．", "[][],;=:@.")
_SECTION = re.compile(r"\[\s*([^\]]+?)\s*\]$")
NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{0,20})?\Z", re.ASCII)
_REGION_CODE = re.compile(r"\d{6}(?:\d{3}){0,2}\Z", re.ASCII)
_KINDS = {"面": "polygon", "线": "line", "点": "point"}
_KNOWN_KEYS = {
    *(
        "格式版本号",
        "数据产生单位",
        "数据产生日期",
        "坐标系",
        "几度分带",
        "投影类型",
        "计量单位",
        "带号",
        "精度",
        "转换参数",
    ),
}
_POINT_FIELDS = 4
_MM, _MM_IN_DEGREES, _LARGEST_DEGREE = 1.001e-3, 1e-8, 400  # a millimetre as floats make it
_MAX_POINTS = 2_000_000


@dataclass(slots=True)
class Point:
    """A surveyed point as delivered: number, columns X and Y as text, line of the file."""

    number: str
    x: str
    y: str
    line: int


@dataclass(slots=True)
class Ring:
    """A closed line of points; `number` is the 圈号, which does not tell shell from hole."""

    number: str
    points: list[Point] = field(default_factory=list)
    closed: bool = False


@dataclass(slots=True)
class Parcel:
    """One `@` line and the rings below it. `line` is that line's number; `attributes` are its fields as delivered."""

    line: int
    kind: str
    stated_points: str
    stated_area: str
    attributes: dict[str, str]
    rings: list[Ring] = field(default_factory=list)
    rows: int = 0


@dataclass(slots=True)
class BoundaryFile:
    """The whole file: header as delivered, encoding, parcels in order, and what was odd about the text."""

    encoding: str
    header: dict[str, str]
    parcels: list[Parcel]
    findings: list[Finding]
    at: dict[int, Point] = field(default_factory=dict)  # the points that findings are on, by index


def decode(data: bytes) -> tuple[str, str]:
    """The text and its encoding: by mark, else strict UTF-8, else GB18030. Raises `Problem` when none reads it.

    >>> decode("[地块坐标]".encode("gbk"))
    ('[地块坐标]', 'GB18030')
    """
    marks = ((b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16LE"), (b"\xfe\xff", "UTF-16BE"))
    tried = [(data[len(mark) :], name) for mark, name in marks if data.startswith(mark)]
    for body, name in tried or [(data, "UTF-8"), (data, "GB18030")]:
        try:
            return body.decode(name), name
        except UnicodeDecodeError:
            continue
    raise problem("encoding_wrong", encoding="UTF-8 / GB18030")


def parse(text: str, encoding: str) -> BoundaryFile:
    r"""Read the parcels of a boundary TXT; lines are counted from 1.

    Faults of a parcel are findings with its `row` (1-based, polygons only). Raises `Problem` when there is no parcel.

    >>> file = parse("[地块坐标]\n3,0.5,1,甲,面,,,,@\nJ1,1,0,0\nJ2,1,0,9\nJ3,1,9,9\nJ1,1,0,0\n", "UTF-8")
    >>> [point.number for point in file.parcels[0].rings[0].points]
    ['J1', 'J2', 'J3', 'J1']
    """
    reading = Assembly(BoundaryFile(encoding, {}, [], []))
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        reading.take(line.strip("\ufeff \t\0"), number)
    reading.end_parcel()
    file = reading.file
    if not file.parcels:
        raise problem("txt_no_parcels")
    if not file.header:
        file.findings.append(finding("txt_header_missing"))
    elif unknown := [key for key in file.header if key not in _KNOWN_KEYS]:
        file.findings.append(finding("txt_header_unknown", value="、".join(unknown)))
    if (unit := file.header.get("计量单位", "")) not in ("", "米", "m", "M", "meter", "metre"):
        raise problem("txt_unit", value=unit)
    return file


@dataclass(slots=True)
class Assembly:
    """Parcels being put together from points, line by line: where the reader stands (section, parcel, ring)."""

    file: BoundaryFile
    section: str = ""
    parcel: Parcel | None = None
    ring: Ring | None = None
    points: int = 0

    def take(self, line: str, number: int) -> None:
        """Read one line."""
        plain = line.translate(_BRACKETS)
        if not plain:
            return
        if section := _SECTION.match(plain):
            self.section = section[1]
        elif plain.endswith("@"):
            self.start_parcel(plain, number)
        elif self.section != "地块坐标" and self.parcel is None and "=" in plain:
            key, _, value = plain.partition("=")
            self.file.header[key.strip()] = value.strip()
        elif self.parcel is not None:
            self.take_point(plain, number)
        elif "," in plain:
            self.file.findings.append(finding("txt_point_outside", line=number))

    def start_parcel(self, line: str, number: int) -> None:
        """An `@` line begins a parcel; lines that aren't polygons are named and left out with their points."""
        self.end_parcel()
        parcel = _parcel_line(line, number)
        if parcel is None:
            self.file.findings.append(finding("txt_parcel_line", line=number, value=line))
            parcel = Parcel(number, "unreadable", "", "", {})
        elif parcel.kind != "面":
            self.file.findings.append(finding("txt_not_polygon", line=number, value=parcel.kind))
        self.parcel = parcel

    def take_point(self, line: str, number: int) -> None:
        """A point line: continues the ring, or begins the next when the 圈号 changes or the ring has closed."""
        parcel = self.parcel
        if parcel is None or parcel.kind != "面":
            return
        fields = [part.strip() for part in line.rstrip(",;").split(",")]
        if len(fields) != _POINT_FIELDS or not all(NUMBER.match(part) for part in fields[2:]):
            self.note("txt_point_line", line=number, value=line)
            return
        self.add_point(fields[1], Point(fields[0], fields[2], fields[3], number))

    def add_point(self, ring_number: str, point: Point) -> None:
        """Add a point to the open ring of the open parcel, or begin the next ring with it."""
        parcel, number = self.parcel, point.line
        assert parcel is not None  # noqa: S101 - the callers have begun one
        self.points += 1
        if self.points > _MAX_POINTS:
            raise problem("too_many_rows", limit=_MAX_POINTS)
        parcel.rows += 1
        if self.ring is None or self.ring.closed or self.ring.number != ring_number:
            self.ring = Ring(ring_number)
            parcel.rings.append(self.ring)
        ring = self.ring
        if ring.points and (ring.points[-1].x, ring.points[-1].y) == (point.x, point.y):
            self.note("txt_point_repeated", point=point, line=number, value=f"{point.x},{point.y}")
        ring.points.append(point)
        ring.closed = len(ring.points) > 1 and _same_place(ring.points[0], point)

    def note(self, code: str, *, ring: Ring | None = None, point: Point | None = None, **facts: object) -> None:
        """Add a finding on the parcel being read, on a ring of it (else the open one) where it is on a point."""
        where: dict[str, Any] = {"row": len(self.file.parcels) + 1}
        if point is not None and self.parcel is not None:
            at = next(i for i, each in enumerate(self.parcel.rings, 1) if each is (ring or self.ring))
            where |= {"ring": at, "point": point.number or None}
            self.file.at[len(self.file.findings)] = point
        self.file.findings.append(finding(code, **where | facts))

    def end_parcel(self) -> None:
        """Look over the parcel that ends here."""
        parcel = self.parcel
        if parcel is None or parcel.kind != "面":
            self.parcel = self.ring = None
            return
        for ring in parcel.rings:
            if len({(point.x, point.y) for point in ring.points}) < 3:  # noqa: PLR2004 - a triangle
                self.note("txt_ring_short", ring=ring, point=ring.points[0], line=ring.points[0].line)
            elif not ring.closed:
                self.note("txt_ring_open", ring=ring, point=ring.points[-1], line=ring.points[0].line)
        vertices = sum(len({(point.x, point.y) for point in ring.points}) for ring in parcel.rings)
        if parcel.stated_points not in {"", *map(str, _usual_counts(parcel.rows, vertices, len(parcel.rings)))}:
            self.note("txt_count", field="界址点数", line=parcel.line, value=parcel.stated_points, found=parcel.rows)
        self.file.parcels.append(parcel)
        self.parcel = self.ring = None


def _usual_counts(rows: int, vertices: int, rings: int) -> tuple[int, ...]:
    """What writers count as 界址点数: rows, points with or without closing ones, points less one."""
    return rows, vertices, vertices + rings, vertices - 1


def _same_place(a: Point, b: Point) -> bool:
    """Tell whether two points are within a millimetre."""
    near = _MM if abs(float(a.x)) > _LARGEST_DEGREE else _MM_IN_DEGREES
    return abs(float(a.x) - float(b.x)) <= near and abs(float(a.y) - float(b.y)) <= near


def _parcel_line(line: str, number: int) -> Parcel | None:
    """Read an `@` line outward from its 点/线/面; None when there is none.

    >>> _parcel_line("18,0.1634,410173,某村,1,报省格式,面,,,,@", 3).attributes["地块编号"]
    '1'
    """
    fields = [part.strip() for part in line.removesuffix("@").rstrip(",").split(",")]
    places = [i for i, part in enumerate(fields) if part in _KINDS and i >= 2]  # noqa: PLR2004 - count and area first
    if not places:
        return None
    at = next((i for i in places if i > 3), places[0])  # noqa: PLR2004 - a name may itself be 点
    before, after = fields[2:at], fields[at + 1 :]
    attributes = {}
    if len(before) >= 4 and _REGION_CODE.match(before[0]):  # noqa: PLR2004 - the provincial form
        attributes = {"行政区代码": before[0], "村名": before[1]}
        before = before[2:]
    attributes |= {"地块编号": before[0] if before else "", "地块名称": "，".join(before[1:])}
    names = ("图幅号", "地块用途", "地类编码")
    attributes |= dict(zip(names, (*after[:3], "", "", ""), strict=False))
    if extra := [part for part in after[3:] if part]:
        attributes["其他"] = ",".join(extra)
    return Parcel(number, fields[at], fields[0], fields[1], attributes)
