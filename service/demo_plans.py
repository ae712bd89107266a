"""The demo's annual plans: editions in every status, taken in as workbooks are, with monthly targets."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor, system
from service.codes.loader import GIS_DATA
from service.core.db import Database
from service.core.settings import Settings
from service.core.workbooks import Line
from service.documents import storage
from service.documents.storage import Kept
from service.parcels.models import Parcel
from service.plans import target_queries
from service.plans.changes import PlanCreate, StepOrder, TargetChangeAsk, TargetDecide, TargetSet
from service.plans.commands import amend_plan, create_plan, take_step
from service.plans.layout import COLUMNS, DECLARED, DIMENSION, ITEMS_SHEET, MEMBER
from service.plans.models import PlanItem, SupplyPlan
from service.plans.sheet_apart import Sheets
from service.plans.sheet_commands import Source, take_sheet
from service.plans.states import PlanAction
from service.plans.target_commands import ask_change, decide_change, set_target
from service.plans.targets import TargetKind

SEED = GIS_DATA / "seed"
ITEMS, TARGETS, TOTALS = (SEED / f"plan_{name}.csv" for name in ("items", "targets", "totals"))
PLANNER, APPROVER = system("demo"), system("demo-approver")
_FIELDS = {"code": "parcel", "area_ha": "area_m2", "land_use": "use", "wkt": "geometry"}
_RENAMED = {name: COLUMNS[field] for name, field in _FIELDS.items()}
_AMENDMENT = "示意：年度中期调整"


class Step(NamedTuple):
    """A step of an edition and the day it took effect."""

    action: PlanAction
    on: dt.date


_DAY = dt.date
COURSES: Mapping[str, tuple[Step, ...]] = {
    "2021-1": (
        Step(PlanAction.submit, _DAY(2021, 2, 22)),
        Step(PlanAction.approve, _DAY(2021, 3, 12)),
        Step(PlanAction.publish, _DAY(2021, 3, 26)),
    ),
    "2022-1": (
        Step(PlanAction.submit, _DAY(2022, 2, 24)),
        Step(PlanAction.approve, _DAY(2022, 3, 14)),
        Step(PlanAction.publish, _DAY(2022, 3, 28)),
    ),
    "2022-2": (
        Step(PlanAction.submit, _DAY(2022, 10, 12)),
        Step(PlanAction.approve, _DAY(2022, 10, 24)),
        Step(PlanAction.publish, _DAY(2022, 10, 31)),
    ),
    "2022-3": (Step(PlanAction.submit, _DAY(2022, 11, 8)), Step(PlanAction.approve, _DAY(2022, 11, 14))),
    "2023-1": (
        Step(PlanAction.submit, _DAY(2022, 11, 3)),
        Step(PlanAction.return_, _DAY(2022, 11, 7)),
        Step(PlanAction.submit, _DAY(2022, 11, 10)),
    ),
    "2024-1": (),
}
"""Edition → the steps it has taken; the last of each year is the one on its way."""


def load(database: Database, settings: Settings, jurisdiction: str, tell: Callable[[str], None]) -> None:
    """Make the plans of the demo, unless the jurisdiction has plans; everything or nothing."""
    with ITEMS.open("rb") as stream:
        kept = storage.keep(settings.documents_dir, stream, limit=settings.max_upload_mib << 20)
    with database.write(PLANNER) as session:
        if session.scalar(select(SupplyPlan.id).limit(1)) is not None:
            return
        plan: SupplyPlan | None = None
        for edition, steps in COURSES.items():
            plan = _begin(session, jurisdiction, edition, plan)
            _fill(session, plan, edition, kept)
            _set_targets(session, plan, edition)
            for step in steps:
                _take(session, plan, step)
            _move_targets(session, plan, edition)
    tell(f"供应计划 Plans: {len(COURSES)} 个版次 editions")


def _begin(session: Session, jurisdiction: str, edition: str, before: SupplyPlan | None) -> SupplyPlan:
    year, number = map(int, edition.split("-"))
    if number > 1 and before is not None:
        return amend_plan(session, PLANNER, before.id, StepOrder(note=_AMENDMENT), version=before.version)
    new = PlanCreate(jurisdiction=jurisdiction, year=year, title=f"{year}年度国有建设用地供应计划（示意）")
    return create_plan(session, PLANNER, new)


def _fill(session: Session, plan: SupplyPlan, edition: str, kept: Kept) -> None:
    with ITEMS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.pop("edition") == edition]
    lines: list[Line] = [(number, _cells(row)) for number, row in enumerate(rows, 2)]
    with TOTALS.open(encoding="utf-8", newline="") as file:
        printed = [row for row in csv.DictReader(file) if row.pop("edition") == edition]
    totals: list[Line] = [(number, _printed(row)) for number, row in enumerate(printed, 4)]
    sheets = Sheets(lines, totals, ITEMS_SHEET)
    take_sheet(session, PLANNER, plan.id, sheets, version=plan.version, source=Source(kept, ITEMS.name))


def _cells(row: Mapping[str, str]) -> dict[str, str]:
    return {_RENAMED.get(name) or COLUMNS[name]: value for name, value in row.items() if value}


def _printed(row: Mapping[str, str]) -> dict[str, str]:
    return {DIMENSION: row["dimension"], MEMBER: row["member"], DECLARED: row["area_ha"]}


def _take(session: Session, plan: SupplyPlan, step: Step) -> None:
    actor: Actor = APPROVER if step.action in {PlanAction.approve, PlanAction.return_} else PLANNER
    session.info["actor"] = actor
    take_step(session, actor, plan.id, step.action, StepOrder(effective_on=step.on, note="示意"), version=plan.version)
    session.info["actor"] = PLANNER


def _targets(edition: str) -> Iterable[dict[str, str]]:
    with TARGETS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["edition"] == edition]


def _set_targets(session: Session, plan: SupplyPlan, edition: str) -> None:
    wanted = select(Parcel.code, PlanItem.key).join(Parcel, Parcel.id == PlanItem.parcel_id)
    keys = {code: key for code, key in session.execute(wanted.where(PlanItem.plan_id == plan.id))}  # noqa: C416 - rows
    for row in _targets(edition):
        said = TargetSet(month=row["month"] or None, note=row["note"])
        set_target(session, PLANNER, plan.id, keys[row["code"]], TargetKind(row["kind"]), said)


def _move_targets(session: Session, plan: SupplyPlan, edition: str) -> None:
    """Ask for the changes of the seed; of those that wait for an approver, the first is refused, the last approved."""
    rows = [row for row in _targets(edition) if row["forecast"]]
    for row in rows:
        found = session.execute(_TARGET, {"plan": plan.id, "code": row["code"], "kind": row["kind"]}).one()
        asked = TargetChangeAsk(month=row["forecast"], reason=row["reason"], note="示意")
        target = ask_change(session, PLANNER, plan.id, found.id, asked, version=found.version)
        waiting = target_queries.waiting_change(session, target.id)
        if row in (rows[0], rows[-1]) and waiting is not None:
            session.info["actor"] = APPROVER
            said = TargetDecide(approved=row is rows[-1])
            decide_change(session, APPROVER, plan.id, target.id, said, version=target.version)
            session.info["actor"] = PLANNER


_TARGET = text("""
    SELECT t.id, t.version FROM plan_target AS t JOIN plan_item AS i ON i.key = t.key
    JOIN parcel AS p ON p.id = i.parcel_id WHERE i.plan_id = :plan AND p.code = :code AND t.kind = :kind
""")
