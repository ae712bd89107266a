"""Open a workbook from outside in a child process behind walls, and believe of its answer no more than its form."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from service.core import child
from service.core.errors import Invalid
from service.plans.layout import COLUMNS, ITEMS_SHEET, MOST_ROWS, REQUIRED

MODULE = "service.plans.sheet_reader"
_CPU_SECONDS = 30
_LIMITS = {"CPU": _CPU_SECONDS, "AS": 1 << 30, "CORE": 0, "FSIZE": 100 << 20, "NOFILE": 64}
_WALL_SECONDS = 60.0
Line = tuple[int, Mapping[str, str]]


class SheetUnreadable(Invalid):
    """The file is no workbook that can be taken as a plan."""

    code, title_zh, title_en = "plan-sheet-unreadable", "工作簿无法读取", "The workbook can't be read"


class Sheets(NamedTuple):
    """The rows of a plan's two sheets, each with its line number, as column → text."""

    items: list[Line]
    totals: list[Line]
    items_sheet: str


_NEEDED = "、".join(COLUMNS[field] for field in REQUIRED)
_WHY: Mapping[str, tuple[str, str]] = {
    "damaged": ("文件已损坏，或不是 XLSX 工作簿", "The file is damaged, or no XLSX workbook"),
    "too-large": ("工作簿过大", "The workbook is too large"),
    "too-many-rows": (f"明细超过 {MOST_ROWS} 行", f"More than {MOST_ROWS} rows"),
    "active-content": ("工作簿含宏、外部链接或嵌入对象", "The workbook holds macros, links or embedded objects"),
    "no-items-sheet": (f"没有工作表“{ITEMS_SHEET}”", f"There is no sheet {ITEMS_SHEET}"),
    "no-heading": (f"找不到表头，须有列：{_NEEDED}", f"No heading with the columns {_NEEDED}"),
    "column-twice": ("有两列同名", "Two columns have the same name"),
    "unknown-column": (
        f"“{ITEMS_SHEET}”有不认识的列。可用：{'、'.join(COLUMNS.values())}",
        f"{ITEMS_SHEET} has a column that is not known. There are: {', '.join(COLUMNS.values())}",
    ),
    "timeout": ("读取超时", "Reading took too long"),
    "memory": ("读取占用内存过多", "Reading took too much memory"),
    "crashed": ("读取失败", "Reading failed"),
}


def read(path: Path) -> Sheets:
    """Return what a workbook at `path` says. Raises SheetUnreadable."""
    with tempfile.TemporaryDirectory(prefix="gongdi-plan-") as name:
        folder = Path(name).resolve()
        request = {"path": str(path.resolve()), "folder": str(folder), "limits": _LIMITS}
        (folder / "request.json").write_text(json.dumps(request), "utf-8")
        environment = child.environment(folder)
        command = child.command(MODULE, folder, environment, path.resolve())
        ending = child.run(command, folder, environment, _WALL_SECONDS)
        answer: dict[str, Any] = {"unreadable": ending} if ending else _answer(folder)
    if why := answer.get("unreadable"):
        zh, en = _WHY.get(str(why), _WHY["crashed"])
        raise SheetUnreadable(f"{zh}。", f"{en}.", facts={"rule": str(why)})
    return Sheets(
        _lines(answer.get("items")), _lines(answer.get("totals")), str(answer.get("items_sheet") or ITEMS_SHEET)
    )


def _answer(folder: Path) -> dict[str, Any]:
    try:
        return child.result(folder)
    except (OSError, ValueError, TypeError):
        return {"unreadable": "crashed"}


def _lines(found: object) -> list[Line]:
    rows = found if isinstance(found, list) else []
    return [(int(number), {str(key): str(value) for key, value in cells.items()}) for number, cells in rows]
