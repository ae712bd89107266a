"""What takes a status sheet in: through the same commands as every action, all of it or nothing."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.checklist import item_commands, queries, status_sheet
from service.checklist.acts import ChecklistStatus
from service.checklist.changes import ChecklistItemChange, ItemEventOrder
from service.checklist.forecasting import settled_once
from service.checklist.holding import held
from service.checklist.list_schemas import SheetChange, SheetFault, StatusSheetTaken
from service.checklist.models import Checklist, ChecklistItem
from service.checklist.states import FourEyes, Stored, law
from service.checklist.status_sheet import COLUMNS, WORDS, RowFault, StatusRow, needs_two, way
from service.checklist.template import Template
from service.core.errors import FieldError, GongdiError, Invalid
from service.core.plurals import Count
from service.core.spelling import folded
from service.core.workbooks import Sheet
from service.parcels.models import Parcel, code_key

MOST_CHANGES = 500
MOST_FAULTS = 500
_COLUMN_OF = {"/effective_on": "on", "/reason": "reason", "/planned_finish": "planned_finish"}


class StatusSheetRefused(Invalid):
    """Rows of a status sheet are wrong; `errors` name row, column and rule, `count` says how many there are."""

    code, title_zh, title_en = "status-sheet-refused", "进度表内容有误", "Rows of the status sheet are wrong"


class Source(NamedTuple):
    """The workbook that is taken in: the hash it lies under, and what its sender called it."""

    sha256: str
    file_name: str


class _Change(NamedTuple):
    row: StatusRow
    checklist_id: int
    template: Template
    version: int
    before: Stored
    steps: Sequence[status_sheet.Step]
    plan: dict[str, object]


def take_status_sheet(session: Session, actor: Actor, sheet: Sheet, source: Source | None) -> StatusSheetTaken:
    """Bring items into the states that a sheet says; without a `source` only tell what that would change.

    Every row goes through the commands, with everything that speaks against an action; the order is the
    template's, so that what one row ends another may follow. Each checklist is forecast once, after its rows.

    Raises:
        StatusSheetRefused: a row is wrong; nothing is changed.

    """
    rows, faults = status_sheet.rows(sheet.lines)
    changes, wrong, unchanged = _changes(session, actor, rows)
    faults += wrong
    with session.begin_nested() as attempt:
        for _, own in groupby(changes, key=lambda each: each.checklist_id):
            faults += _carried_out(session, actor, list(own))
        if source is None or faults:
            attempt.rollback()
    faults.sort()
    if source is not None:
        _refuse(sheet.name, faults)
        after = {"file": source.file_name[:200], "sha256": source.sha256, "changes": len(changes)}
        record(session, Action.CHECKLIST_SHEET_TAKEN, "checklist_sheet", source.sha256[:16], after=after)
    told = [_told(sheet.name, change) for change in sorted(changes, key=lambda each: each.row.line)]
    wrong_cells = [_fault(sheet.name, each) for each in faults[:MOST_FAULTS]]
    return StatusSheetTaken(
        trial=source is None, rows=len(sheet.lines), unchanged=unchanged, changes=told, faults=wrong_cells
    )


def _refuse(sheet: str, faults: Sequence[RowFault]) -> None:
    if faults:
        raise StatusSheetRefused(
            f"共 {len(faults)} 处有误，未作任何修改。",
            f"{Count(len(faults)):cell is|cells are} wrong; nothing was changed.",
            errors=[FieldError(f"/{sheet}/{each.line}/{each.column}", each.rule, each.zh, each.en) for each in faults],
            facts={"count": len(faults)},
        )


def _changes(session: Session, actor: Actor, rows: Sequence[StatusRow]) -> tuple[list[_Change], list[RowFault], int]:
    """Return what rows ask for, in the order in which checklists are locked; and how many ask for nothing."""
    items = _items(session, actor, rows)
    templates = queries.templates_of(session, {checklist.template_id for checklist, _ in items.values()})
    known = {parcel for parcel, _ in items}
    found: list[_Change] = []
    faults: list[RowFault] = []
    for row in rows:
        parcel = folded(row.parcel)
        if (parcel, row.key) not in items:
            faults.append(_unknown(row, parcel_known=parcel in known))
            continue
        checklist, item = items[parcel, row.key]
        template, before = templates[checklist.template_id], Stored(item.state)
        rule = template.by_key[row.key].rule
        steps = way(before, row.state, hard=rule is not None)
        if steps is None:
            faults.append(_no_way(row, before, rule))
            continue
        planned = {name: getattr(row, name) for name in ("planned_start", "planned_finish")}
        plan = {name: day for name, day in planned.items() if day is not None and day != getattr(item, name)}
        found.append(_Change(row, checklist.id, template, item.version, before, steps, plan))
    asking = [each for each in found if each.steps or each.plan]
    if len(asking) > MOST_CHANGES:
        zh, en = f"一次最多修改 {MOST_CHANGES} 项", f"At most {MOST_CHANGES} items at a time"
        faults.append(RowFault(asking[MOST_CHANGES].row.line, COLUMNS["state"], "too-many-changes", zh, en))
        asking = []
    asking.sort(key=lambda each: (each.checklist_id, [*each.template.by_key].index(each.row.key)))
    return asking, faults, len(found) - len(asking)


def _no_way(row: StatusRow, before: Stored, rule: str | None) -> RowFault:
    if rule is not None and needs_two(before, row.state, hard=True):
        zh, en = law(rule)
        zh, en = (
            f"法定事项（{zh}）须先填“{WORDS[Stored.submitted][0]}”，再由另一人通过",
            f"Hand it in first; another accepts it ({en})",
        )
        return RowFault(row.line, COLUMNS["state"], FourEyes.code, zh, en)
    zh = f"不能由“{WORDS[before][0]}”改为“{WORDS[row.state][0]}”"
    en = f"A sheet can't take it from {WORDS[before][1]} to {WORDS[row.state][1]}"
    return RowFault(row.line, COLUMNS["state"], "no-way", zh, en)


def _unknown(row: StatusRow, *, parcel_known: bool) -> RowFault:
    if parcel_known:
        zh, en = f"该地块的清单没有事项 {row.key[:60]}", f"Its checklist has no item {row.key[:60]}"
        return RowFault(row.line, COLUMNS["key"], "unknown-item", zh, en)
    zh, en = f"没有地块 {row.parcel[:60]} 的在办清单", f"No running checklist of a parcel {row.parcel[:60]}"
    return RowFault(row.line, COLUMNS["parcel"], "unknown-parcel", zh, en)


def _items(
    session: Session, actor: Actor, rows: Sequence[StatusRow]
) -> dict[tuple[str, str], tuple[Checklist, ChecklistItem]]:
    """Return the items of the running checklists that rows name and the actor sees, by parcel and key."""
    codes = {folded(row.parcel) for row in rows}
    wanted = (
        queries.visible_checklists(actor)
        .join(Parcel, Parcel.id == Checklist.parcel_id)
        .join(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .where(Checklist.status == ChecklistStatus.running, code_key.in_(codes), ~ChecklistItem.dropped)
        .with_only_columns(code_key, Checklist, ChecklistItem)
    )
    return {(code, item.key): (checklist, item) for code, checklist, item in session.execute(wanted)}


def _carried_out(session: Session, actor: Actor, changes: Sequence[_Change]) -> list[RowFault]:
    """Carry out what is asked of one checklist and bring it up to date once.

    Where it can't be brought up to date, say by a plan past the calendar's end, every row is tried for itself: the one
    that brings it about is told.
    """
    try:
        with session.begin_nested(), settled_once(session):
            held(session, actor, changes[0].checklist_id)  # a row that is taken back does not let go of it
            return [fault for change in changes for fault in _applied(session, actor, change)]
    except GongdiError:
        return [fault for change in changes for fault in _applied(session, actor, change)]


def _applied(session: Session, actor: Actor, change: _Change) -> Iterator[RowFault]:
    """Carry out what a row asks for; what speaks against it is told of the row, and the row left undone."""
    row, version = change.row, change.version
    try:
        with session.begin_nested():
            for step in change.steps:
                order = ItemEventOrder(action=step, effective_on=row.on, reason=row.reason)
                _, item = item_commands.take_action(
                    session, actor, change.checklist_id, row.key, order, version=version
                )
                version = item.version
            if change.plan:
                order_of_plan = ChecklistItemChange.model_validate(change.plan)
                item_commands.plan_item(session, actor, change.checklist_id, row.key, order_of_plan, version=version)
    except GongdiError as refused:
        pointer = refused.errors[0].pointer if refused.errors else ""
        column = COLUMNS[_COLUMN_OF.get(pointer, "state")]
        yield RowFault(row.line, column, refused.code, refused.zh, refused.en)


def _told(sheet: str, change: _Change) -> SheetChange:
    item = change.template.by_key[change.row.key]
    return SheetChange(
        sheet=sheet,
        row=change.row.line,
        checklist_id=change.checklist_id,
        parcel=change.row.parcel,
        key=item.key,
        title=item.title,
        title_en=item.title_en,
        action="+".join([*change.steps, *(["plan"] if change.plan else [])]),
        before=change.before.value,
        after=change.row.state.value,
        effective_on=change.row.on,
    )


def _fault(sheet: str, each: RowFault) -> SheetFault:
    return SheetFault(
        sheet=sheet, row=each.line, column=each.column, rule=each.rule, message=each.zh, message_en=each.en
    )
