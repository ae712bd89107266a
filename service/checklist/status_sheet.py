"""The status sheet (八同步进度表) that bureaus fill in: its columns, its words for states, what a row asks for. Pure.

A row says what state an item is in and since when; which actions lead there follows from where it stands.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from service.checklist.states import STATE_TITLES, State, Stored
from service.core import workbooks
from service.core.spelling import folded
from service.core.workbooks import Line, Sheet, Wanted, WorkbookUnreadable

SHEET = "八同步进度"
COLUMNS: Mapping[str, str] = {
    "parcel": "地块编号",
    "parcel_name": "地块名称",
    "key": "事项编号",
    "title": "事项名称",
    "lead": "牵头单位",
    "due": "应完成日期",
    "state": "状态",
    "on": "日期",
    "reason": "说明",
    "planned_start": "计划开始",
    "planned_finish": "计划完成",
}
REQUIRED = ("parcel", "key", "state")
MOST_ROWS = 5_000
_LONGEST_REASON = 500
_WANTED = Wanted(SHEET, [COLUMNS[field] for field in REQUIRED], [*COLUMNS.values()], MOST_ROWS)

WORDS: Mapping[Stored, tuple[str, str]] = {
    state: ("未开始", "Not begun") if state is Stored.open else STATE_TITLES[State(state.value)] for state in Stored
}
"""What a state is called in the sheet; that of an item which nobody has begun tells nothing of what it waits for."""

_STATES = {word: state for state, words in WORDS.items() for word in (*words, words[1].lower(), state.value)}
Step = Literal["start", "submit", "return", "accept", "reopen"]
_WAYS: Mapping[Stored, Mapping[Stored, tuple[Step, ...]]] = {
    Stored.in_progress: {Stored.open: ("start",), Stored.done: ("reopen",)},
    Stored.submitted: {Stored.open: ("start", "submit"), Stored.in_progress: ("submit",), Stored.returned: ("submit",)},
    Stored.done: {Stored.open: ("start", "accept"), Stored.in_progress: ("accept",), Stored.submitted: ("accept",)},
    Stored.returned: {Stored.submitted: ("return",)},
}
_SKIPS = frozenset({Stored.open, Stored.in_progress})
"""From these a row may take an item to done at once; not a hard one, which one hands in and another accepts."""


class StatusSheetUnreadable(WorkbookUnreadable):
    """The file is no workbook that can be taken as a status sheet."""

    code = "status-sheet-unreadable"


class RowFault(NamedTuple):
    """What is wrong with a cell of a row."""

    line: int
    column: str
    rule: str
    zh: str
    en: str


class StatusRow(NamedTuple):
    """A row: of which parcel and item, the state it is said to be in, since when, and its planned days."""

    line: int
    parcel: str
    key: str
    state: Stored
    on: dt.date | None
    reason: str | None
    planned_start: dt.date | None
    planned_finish: dt.date | None


def read(path: Path) -> Sheet:
    """Return the rows of a status sheet as text. Raises StatusSheetUnreadable."""
    return workbooks.read(path, [_WANTED], StatusSheetUnreadable)[SHEET]


def rows(lines: Iterable[Line]) -> tuple[list[StatusRow], list[RowFault]]:
    """Return the rows that can be understood, and what is wrong with the others.

    >>> understood, faults = rows([(2, {"地块编号": "A", "事项编号": "BT-A1", "状态": "好了"})])
    >>> understood, [(fault.column, fault.rule) for fault in faults]
    ([], [('状态', 'unknown-state')])
    """
    found: list[StatusRow] = []
    faults: list[RowFault] = []
    first: dict[tuple[str, str], int] = {}
    for line, cells in lines:
        row, wrong = _row(line, cells)
        if row is not None and not wrong:
            same = first.setdefault((folded(row.parcel), row.key), line)
            if same != line:
                zh, en = f"与第 {same} 行是同一事项", f"The same item as in row {same}"
                wrong.append(RowFault(line, COLUMNS["key"], "twice", zh, en))
            else:
                found.append(row)
        faults += wrong
    return found, faults


def _row(line: int, cells: Mapping[str, str]) -> tuple[StatusRow | None, list[RowFault]]:
    said = {field: cells.get(column, "").strip() for field, column in COLUMNS.items()}
    faults = [
        RowFault(line, COLUMNS[field], "missing", "不能为空", "Nothing stands here")
        for field in REQUIRED
        if not said[field]
    ]
    state = _STATES.get(said["state"]) or _STATES.get(said["state"].lower())
    if said["state"] and state is None:
        known = "、".join(words[0] for words in WORDS.values())
        zh, en = f"不认识的状态，可填：{known}", f"No state is called so; there are: {known}"
        faults.append(RowFault(line, COLUMNS["state"], "unknown-state", zh, en))
    days: dict[str, dt.date | None] = {}
    for field in ("on", "planned_start", "planned_finish"):
        try:
            days[field] = _day(said[field])
        except ValueError:
            zh, en = "应为日期，如 2022-11-15", "Not a day like 2022-11-15"
            faults.append(RowFault(line, COLUMNS[field], "not-a-day", zh, en))
    if len(said["reason"]) > _LONGEST_REASON:
        zh, en = f"不超过 {_LONGEST_REASON} 字", f"At most {_LONGEST_REASON} characters"
        faults.append(RowFault(line, COLUMNS["reason"], "too-long", zh, en))
    if faults or state is None:
        return None, faults
    row = StatusRow(line, said["parcel"], said["key"], state, reason=said["reason"] or None, **days)
    return row, faults


_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]00:00(?::00)?)?")


def _day(text: str) -> dt.date | None:
    """Read a day as a cell of a workbook has it: a date, a date with midnight, or written as people do.

    >>> _day("2022-11-15T00:00:00"), _day("2022/11/5"), _day("2022年11月5日"), _day("")
    (datetime.date(2022, 11, 15), datetime.date(2022, 11, 5), datetime.date(2022, 11, 5), None)
    """
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day = (int(each) for each in found.groups())
    return dt.date(year, month, day)


def way(now: Stored, wanted: Stored, *, hard: bool = False) -> Sequence[Step] | None:
    """Return the actions from one state to another, in order; None: a sheet can't bring that about.

    >>> way(Stored.open, Stored.submitted), way(Stored.done, Stored.done), way(Stored.open, Stored.waived)
    (('start', 'submit'), (), None)
    >>> way(Stored.open, Stored.done), way(Stored.open, Stored.done, hard=True)
    (('start', 'accept'), None)
    """
    if now is wanted:
        return ()
    return None if needs_two(now, wanted, hard=hard) else _WAYS.get(wanted, {}).get(now)


def needs_two(now: Stored, wanted: Stored, *, hard: bool) -> bool:
    """Tell whether what is asked for takes two people, who can't both have sent the sheet."""
    return hard and wanted is Stored.done and now in _SKIPS
