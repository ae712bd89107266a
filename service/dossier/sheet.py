"""The sheet of a parcel plan: paper, the boxes on it, and the largest usual scale that a parcel fits at. Pure.

All lengths on paper are millimetres from the sheet's upper left corner.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from service.core.errors import Conflict
from service.dossier.order import Paper

Row = TypeVar("Row")

SCALES = (200, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000)
"""Denominators that are chosen from; a given one may be any whole hundred (TD/T 1001: 比例尺分母以整百数为宜)."""

_SHORT_AND_LONG: dict[Paper, tuple[float, float]] = {"A4": (210, 297), "A3": (297, 420)}
_LEFT, _OTHER = 20.0, 10.0  # margins; plans are bound at the left
_TITLE = 12.0
_FACTS, _FACTS_ACROSS = 35.0, 26.0  # five rows of a portrait sheet, four of a landscape one
_FOOT = 31.0  # legend, scale bar and imprint
_SIDE = 66.0  # of a landscape sheet: table above, legend and imprint below
_SIDE_FOOT = 80.0
_AROUND = 12.0  # between a parcel and the frame, for point numbers and neighbours
ROW = 4.4  # of the table of boundary points
_BLOCK = 66.0  # narrowest block of the table
_HEAD = 2  # rows: title and column names
_ROWS_BELOW = 9  # of a block, at most


class Box(NamedTuple):
    """A rectangle on the sheet."""

    x: float
    y: float
    width: float
    height: float


class Sheet(NamedTuple):
    """A laid-out first sheet; `table` is None where the boundary points have pages of their own."""

    paper: Paper
    is_landscape: bool
    width: float
    height: float
    title: Box
    facts: Box
    map: Box
    table: Box | None
    foot: Box


class Layout(NamedTuple):
    """A sheet and the scale that the parcel is drawn at, as its denominator."""

    sheet: Sheet
    scale: int


class DoesNotFit(Conflict):
    """The parcel is larger than the sheet at the scale asked for; `smallest_scale` is the largest that fits."""

    code, title_zh, title_en = "plan-does-not-fit", "图幅放不下该地块", "The parcel doesn't fit the sheet"


def lay_out(width_m: float, height_m: float, rows: int, paper: Paper, scale: int | None = None) -> Layout:
    """Choose orientation and scale for a parcel of this extent with so many table rows.

    The larger scale wins; of equal ones the orientation that is like the parcel.

    Raises:
        DoesNotFit: not at `scale`, or at none of the usual scales.

    >>> lay_out(100, 90, 5, "A4").scale, lay_out(500, 90, 5, "A4").sheet.is_landscape
    (1000, True)
    """
    across = width_m > height_m
    sheets = [_sheet(paper, rows, is_landscape=landscape) for landscape in (across, not across)]
    usual = [(fit, each) for each in sheets if (fit := _largest_scale(each, width_m, height_m)) is not None]
    if scale is None and usual:
        best, sheet = min(usual, key=lambda each: each[0])
        return Layout(sheet, best)
    for sheet in sheets:
        if scale is not None and _fits(sheet, width_m, height_m, scale):
            return Layout(sheet, scale)
    raise _refusal(paper, scale, min((fit for fit, _ in usual), default=None))


def _refusal(paper: Paper, scale: int | None, best: int | None) -> DoesNotFit:
    zh = f"地块在 {paper} 图幅上放不下" + ("" if scale is None else f" 1:{scale}")
    en = f"The parcel doesn't fit {paper}" + ("" if scale is None else f" at 1:{scale}")
    if best is None:
        return DoesNotFit(f"{zh}，最小比例尺为 1:{SCALES[-1]}。", f"{en}; 1:{SCALES[-1]} is the smallest scale.")
    return DoesNotFit(
        f"{zh}，该图幅可用 1:{best} 或更小比例尺。", f"{en}; use 1:{best} or smaller.", facts={"largest_scale": best}
    )


def _sheet(paper: Paper, rows: int, *, is_landscape: bool) -> Sheet:
    short, long = _SHORT_AND_LONG[paper]
    width, height = (long, short) if is_landscape else (short, long)
    inner = Box(_LEFT, _OTHER, width - _LEFT - _OTHER, height - 2 * _OTHER)
    title = Box(inner.x, inner.y, inner.width, _TITLE)
    facts = Box(inner.x, inner.y + _TITLE, inner.width, _FACTS_ACROSS if is_landscape else _FACTS)
    top = facts.y + facts.height
    left = inner.y + inner.height - top
    parts = _beside if is_landscape else _below
    plan, table, foot = parts(Box(inner.x, top, inner.width, left), rows)
    return Sheet(paper, is_landscape, width, height, title, facts, plan, table, foot)


def _beside(room: Box, rows: int) -> tuple[Box, Box | None, Box]:
    """Map at the left, table above the imprint at the right; a longer table goes below."""
    plan = room._replace(width=room.width - _SIDE)
    side = room.x + plan.width
    table = Box(side, room.y, _SIDE, room.height - _SIDE_FOOT)
    if blocks_in(table).capacity < rows:
        return _below(room, rows)
    return plan, table, Box(side, table.y + table.height, _SIDE, _SIDE_FOOT)


def _below(room: Box, rows: int) -> tuple[Box, Box | None, Box]:
    """Map above, then the table, then the imprint; a table too long for that has pages of its own."""
    foot = Box(room.x, room.y + room.height - _FOOT, room.width, _FOOT)
    blocks = int(room.width // _BLOCK)
    each = -(-rows // blocks)
    if each > _ROWS_BELOW:
        return room._replace(height=room.height - _FOOT), None, foot
    high = (each + _HEAD) * ROW
    table = Box(room.x, foot.y - high, room.width, high)
    return room._replace(height=table.y - room.y), table, foot


class Blocks(NamedTuple):
    """How a table of boundary points stands in a box: blocks side by side, each of so many rows."""

    across: int
    rows: int

    @property
    def capacity(self) -> int:
        """How many rows it takes."""
        return self.across * self.rows


def blocks_in(box: Box) -> Blocks:
    """Return the blocks of the table that a box has room for.

    >>> blocks_in(Box(20, 10, 180, 277))
    Blocks(across=2, rows=60)
    """
    return Blocks(max(int(box.width // _BLOCK), 1), int((box.height + 1e-6) // ROW) - _HEAD)


def continuation(sheet: Sheet) -> Box:
    """Return the room that a page has which holds nothing but the table."""
    return Box(_LEFT, _OTHER + _TITLE, sheet.width - _LEFT - _OTHER, sheet.height - 2 * _OTHER - _TITLE)


def in_blocks(rows: Sequence[Row], blocks: Blocks) -> list[list[list[Row]]]:
    """Divide rows over pages, and each page over its blocks."""
    pages = [rows[i : i + blocks.capacity] for i in range(0, len(rows), blocks.capacity)]
    return [[list(page[i : i + blocks.rows]) for i in range(0, len(page), blocks.rows)] for page in pages]


def _fits(sheet: Sheet, width_m: float, height_m: float, scale: int) -> bool:
    room = (sheet.map.width - 2 * _AROUND) * scale / 1000, (sheet.map.height - 2 * _AROUND) * scale / 1000
    return width_m <= room[0] and height_m <= room[1]


def _largest_scale(sheet: Sheet, width_m: float, height_m: float) -> int | None:
    return next((scale for scale in SCALES if _fits(sheet, width_m, height_m, scale)), None)
