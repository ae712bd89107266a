"""What takes a workbook into a draft: all of it or nothing."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action as Audited
from service.audit.record import record
from service.core.errors import FieldError, Invalid
from service.core.plurals import Count
from service.documents import commands as documents
from service.documents.storage import Kept
from service.geo.crs import CGCS2000
from service.plans import item_queries, queries, sheet_rows
from service.plans.holding import drop_plots, held, known, touch
from service.plans.layout import COLUMNS
from service.plans.models import PlanItem, PlanPlot, SupplyPlan
from service.plans.settling import Fault
from service.plans.sheet_apart import Sheets
from service.plans.sheet_rows import ItemRow, Totals
from service.plans.states import PlanAction
from service.plans.total_commands import set_totals

MOST_ERRORS = 500


class SheetRefused(Invalid):
    """Rows of a workbook are wrong; `errors` name row, column and rule, `count` says how many there are."""

    code, title_zh, title_en = "plan-sheet-refused", "工作簿内容有误", "Rows of the workbook are wrong"


class SheetTaken(NamedTuple):
    """What a workbook does to a plan: numbers of items, and of printed totals."""

    added: int
    changed: int
    removed: int
    same: int
    totals: int


class Source(NamedTuple):
    """The workbook as it was sent: it stays with the plan as a document."""

    kept: Kept
    file_name: str


class _Match(NamedTuple):
    row: ItemRow
    item: PlanItem | None
    carried_from: uuid.UUID | None


def take_sheet(
    session: Session, actor: Actor, plan_id: int, sheets: Sheets, *, version: int, source: Source | None
) -> SheetTaken:
    """Make a draft say what a workbook says; without a `source` only tell what that would change.

    A row is the plot that its 计划地块号 names, else the one of its parcel (without a parcel: of its name),
    else a new one. Items that the workbook doesn't have are removed. Without a sheet of totals the printed totals stay.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        SheetRefused: a row is wrong; nothing is changed.

    """
    plan = held(session, actor, plan_id, PlanAction.edit, version=version)
    found = sheet_rows.read(
        sheets, known(session, actor, plan, sheet_rows.parcels_named(sheets)), queries.district_names(session)
    )
    matches, errors = _matched(session, plan, found.items, sheets.items_sheet)
    _refuse([*found.errors, *errors])
    kept = {match.item.key: match for match in matches if match.item is not None}
    items = [row[0] for row in item_queries.items_of(session, plan.id)]
    changed = [match for match in kept.values() if match.item is not None and _differs(match.item, match.row)]
    added = [match for match in matches if match.item is None]
    removed = [item for item in items if item.key not in kept]
    totals = found.totals if sheets.totals else queries.declared_totals(session, plan.id)
    taken = SheetTaken(len(added), len(changed), len(removed), len(kept) - len(changed), len(totals))
    if source is not None:
        _apply(session, plan, changed, added, removed)
        _keep(session, actor, plan, source)
        _finish(session, plan, taken, totals)
    return taken


def _refuse(errors: Sequence[FieldError]) -> None:
    if errors:
        raise SheetRefused(
            f"共 {len(errors)} 处有误，未作任何修改。",
            f"{Count(len(errors)):value is|values are} wrong; nothing was changed.",
            errors=errors[:MOST_ERRORS],
            facts={"count": len(errors)},
        )


def _matched(
    session: Session, plan: SupplyPlan, rows: Sequence[ItemRow], sheet: str
) -> tuple[list[_Match], list[FieldError]]:
    """Find the item of each row; a plot of another plan, or carried from where it never was, is an error."""
    items = [row[0] for row in item_queries.items_of(session, plan.id)]
    by_key = {item.key: item for item in items}
    named = {row.key for row in rows}
    by_parcel = {item.parcel_id: item for item in items if item.parcel_id is not None and item.key not in named}
    by_name = _named_once(item for item in items if item.parcel_id is None and item.key not in named)
    own = queries.plots_of_year(session, plan.jurisdiction_id, plan.year, [row.key for row in rows if row.key])
    olds = queries.plots_by_parcel(session, plan.jurisdiction_id, {row.carried for row in rows if row.carried})
    matches, errors = [], []
    for row in rows:
        if row.key is not None and row.key not in own:
            fault = Fault("key", "unknown-plot", "本年度没有该地块号", "No plot of this plan year")
            errors.append(sheet_rows.error_at(sheet, row.line, COLUMNS["key"], fault))
        likely = by_name.pop(row.values["name"], None) if row.values["parcel_id"] is None else None
        item = by_key.get(row.key) if row.key else by_parcel.get(row.values["parcel_id"], likely)
        carried = olds.get((row.carried, row.values["parcel_id"]))
        if row.carried is not None and row.key is None and item is None and carried is None:
            fault = Fault(
                "carried", "not-planned-then", f"{row.carried} 年度计划没有该地块", "That year's plan lacks it"
            )
            errors.append(sheet_rows.error_at(sheet, row.line, COLUMNS["carried"], fault))
        matches.append(_Match(row, item, carried))
    return matches, errors


def _named_once(items: Iterable[PlanItem]) -> dict[str | None, PlanItem]:
    """Return items by name, but for names that several have."""
    found: dict[str | None, list[PlanItem]] = {}
    for item in items:
        found.setdefault(item.name, []).append(item)
    return {name: same[0] for name, same in found.items() if len(same) == 1}


def _shape(item: PlanItem) -> str | None:
    return None if item.geom is None else str(to_shape(item.geom).wkt)


def _differs(item: PlanItem, row: ItemRow) -> bool:
    same = all(getattr(item, name) == value for name, value in row.values.items())
    return not same or _shape(item) != (row.geom and row.geom.wkt)


# Two items may swap their parcels: none holds its own while they do.
_RELEASE = text("UPDATE plan_item SET parcel_id = NULL, name = coalesce(name, '—') WHERE id = ANY (:ids)")


def _apply(
    session: Session, plan: SupplyPlan, changed: Sequence[_Match], added: Sequence[_Match], removed: Sequence[PlanItem]
) -> None:
    for item in removed:
        session.delete(item)
    session.flush()
    drop_plots(session, [item.key for item in removed])
    moving = [
        match.item.id for match in changed if match.item and match.item.parcel_id != match.row.values["parcel_id"]
    ]
    session.execute(_RELEASE, {"ids": moving})
    for match in changed:
        if match.item is not None:
            _fill(match.item, match.row)
            match.item.version += 1
    session.flush()
    keys = [match.row.key or uuid.uuid4() for match in added]
    session.add_all(
        PlanPlot(key=key, jurisdiction_id=plan.jurisdiction_id, year=plan.year, carried_from=match.carried_from)
        for key, match in zip(keys, added, strict=True)
        if match.row.key is None
    )
    session.flush()
    session.add_all(
        _fill(PlanItem(plan_id=plan.id, key=key), match.row) for key, match in zip(keys, added, strict=True)
    )
    session.flush()


def _fill(item: PlanItem, row: ItemRow) -> PlanItem:
    for name, value in row.values.items():
        setattr(item, name, value)
    item.geom = None if row.geom is None else from_shape(row.geom, srid=CGCS2000)
    return item


def _keep(session: Session, actor: Actor, plan: SupplyPlan, source: Source) -> None:
    name = documents.clean_name(source.file_name)
    documents.add(session, actor, source.kept, file_name=name, title=name, subject_type="plan", subject_id=str(plan.id))


def _finish(session: Session, plan: SupplyPlan, taken: SheetTaken, totals: Totals | Mapping[Any, Any]) -> None:
    set_totals(session, plan, totals)
    touch(plan)
    session.flush()
    record(session, Audited.PLAN_SHEET_TAKEN, "plan", plan.id, after={**taken._asdict(), "version": plan.version})
