"""A plan's workbook from outside: which sheets and columns are looked for in it."""

from pathlib import Path
from typing import NamedTuple

from service.core import workbooks
from service.core.workbooks import Line, Wanted, WorkbookUnreadable
from service.plans.layout import COLUMNS, DECLARED, DIMENSION, ITEMS_SHEET, MEMBER, MOST_ROWS, REQUIRED, TOTALS_SHEET

_ITEMS = Wanted(ITEMS_SHEET, [COLUMNS[field] for field in REQUIRED], [*COLUMNS.values()], MOST_ROWS)
_TOTALS = Wanted(TOTALS_SHEET, [DIMENSION, MEMBER, DECLARED], None, MOST_ROWS, optional=True)


class SheetUnreadable(WorkbookUnreadable):
    """The file is no workbook that can be taken as a plan."""

    code = "plan-sheet-unreadable"


class Sheets(NamedTuple):
    """The rows of a plan's two sheets, each with its line number, as column → text."""

    items: list[Line]
    totals: list[Line]
    items_sheet: str


def read(path: Path) -> Sheets:
    """Return what a workbook at `path` says. Raises SheetUnreadable."""
    found = workbooks.read(path, [_ITEMS, _TOTALS], SheetUnreadable)
    items, totals = found[ITEMS_SHEET], found.get(TOTALS_SHEET)
    return Sheets(items.lines, totals.lines if totals else [], items.name)
