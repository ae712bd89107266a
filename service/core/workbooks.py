"""Open a workbook from outside in a child process behind walls, and believe of its answer no more than its form."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from service.core import child
from service.core.errors import Invalid

MODULE = "service.core.workbook_child"
_CPU_SECONDS = 30
_LIMITS = {"CPU": _CPU_SECONDS, "AS": 1 << 30, "CORE": 0, "FSIZE": 100 << 20, "NOFILE": 64}
_WALL_SECONDS = 60.0
Line = tuple[int, Mapping[str, str]]


class Wanted(NamedTuple):
    """A sheet that is looked for: its name, the columns that its heading has to have, and may have (None: any)."""

    name: str
    required: Sequence[str]
    known: Sequence[str] | None
    most_rows: int
    optional: bool = False


class Sheet(NamedTuple):
    """The rows of a sheet, each with its line number, as column → text; `name` as the workbook calls it."""

    name: str
    lines: list[Line]


class WorkbookUnreadable(Invalid):
    """The file is no workbook that can be taken."""

    code, title_zh, title_en = "workbook-unreadable", "工作簿无法读取", "The workbook can't be read"


def read(
    path: Path, wanted: Sequence[Wanted], refusal: type[WorkbookUnreadable] = WorkbookUnreadable
) -> dict[str, Sheet]:
    """Return the sheets of a workbook that are wanted and there, by the names asked for. Raises `refusal`."""
    with tempfile.TemporaryDirectory(prefix="gongdi-sheet-") as name:
        folder = Path(name).resolve()
        asked = [each._asdict() for each in wanted]
        request = {"path": str(path.resolve()), "folder": str(folder), "limits": _LIMITS, "wanted": asked}
        (folder / "request.json").write_text(json.dumps(request), "utf-8")
        environment = child.environment(folder)
        command = child.command(MODULE, folder, environment, path.resolve())
        ending = child.run(command, folder, environment, _WALL_SECONDS)
        answer: dict[str, Any] = {"unreadable": ending} if ending else _answer(folder)
    sheets = {
        each.name: Sheet(str(found.get("sheet")), _lines(found.get("rows")))
        for each in wanted
        if isinstance(found := answer.get(each.name), dict)
    }
    missing = any(each.name not in sheets and not each.optional for each in wanted)
    if why := answer.get("unreadable") or ("crashed" if missing else None):
        words = _why(wanted[0])
        zh, en = words.get(str(why), words["crashed"])
        raise refusal(f"{zh}。", f"{en}.", facts={"rule": str(why)})
    return sheets


def _why(first: Wanted) -> Mapping[str, tuple[str, str]]:
    needed, known = "、".join(first.required), "、".join(first.known or ())
    return {
        "damaged": ("文件已损坏，或不是 XLSX 工作簿", "The file is damaged, or no XLSX workbook"),
        "too-large": ("工作簿过大", "The workbook is too large"),
        "too-many-rows": (f"明细超过 {first.most_rows} 行", f"More than {first.most_rows} rows"),
        "active-content": ("工作簿含宏、外部链接或嵌入对象", "The workbook holds macros, links or embedded objects"),
        "no-items-sheet": (f"没有工作表“{first.name}”", f"There is no sheet {first.name}"),
        "no-heading": (f"找不到表头，须有列：{needed}", f"No heading with the columns {needed}"),
        "column-twice": ("有两列同名", "Two columns have the same name"),
        "unknown-column": (
            f"“{first.name}”有不认识的列。可用：{known}",
            f"{first.name} has a column that is not known. There are: {known}",
        ),
        "timeout": ("读取超时", "Reading took too long"),
        "memory": ("读取占用内存过多", "Reading took too much memory"),
        "crashed": ("读取失败", "Reading failed"),
    }


def _answer(folder: Path) -> dict[str, Any]:
    try:
        return child.result(folder)
    except (OSError, ValueError, TypeError):
        return {"unreadable": "crashed"}


def _lines(found: object) -> list[Line]:
    rows = found if isinstance(found, list) else []
    return [(int(number), {str(key): str(value) for key, value in cells.items()}) for number, cells in rows]
