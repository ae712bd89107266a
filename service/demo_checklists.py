"""The demo's checklists (八同步): opened for land on its way to the market, acted out by the officers' commands."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor, system
from service.accounts.models import User
from service.accounts.permissions import Role
from service.checklist.changes import (
    Answers,
    ChecklistCreate,
    ChecklistItemChange,
    CommentCreate,
    ItemEventOrder,
    PolicySet,
    ProofCreate,
)
from service.checklist.commands import DEFAULT, open_checklist
from service.checklist.forecasting import settled_once
from service.checklist.item_commands import comment, plan_item, take_action
from service.checklist.models import ChecklistItem, ChecklistPolicy
from service.checklist.picture import picture
from service.checklist.proof_commands import add_proof, expire_proofs
from service.checklist.states import UNFINISHED, State
from service.checklist.template import Item, Phase
from service.checklist.template_commands import set_policy
from service.core import clock
from service.core.db import Database
from service.core.settings import Settings
from service.demo_courses import EVENTS, throw
from service.documents import commands as documents
from service.documents import storage
from service.documents.storage import Kept
from service.listings.models import Lot
from service.listings.queries import live_lots_on
from service.parcels.lifecycle import Hold, Stage
from service.parcels.models import Parcel
from service.schemes.queries import may_hold_relics
from service.workdays.queries import calendar_of

OFFICER, APPROVER = system("demo"), system("demo-approver")
REQUIRED_FROM = dt.date(2022, 12, 1)
"""Lots announced from this day on need a checklist for every parcel; those before only if one was opened."""
_ONE_DAY = dt.timedelta(days=1)


class _Plan(NamedTuple):
    """The checklists of a stage: how many days ago they were opened, in how many days the land is to be sold."""

    opened: int
    sale_in: int
    stand_at: Sequence[str | None]
    """One after the other: an item that has begun and is not done yet, whatever its time (None: as planned)."""


_PLANS: Mapping[Stage, _Plan] = {
    Stage.acquiring: _Plan(150, 260, ("BT-A2", "BT-F2", "BT-A3")),
    Stage.reserved: _Plan(330, 120, (None, "BT-F4", None)),
    Stage.cleared: _Plan(200, 75, (None, "BT-F4", "BT-F1")),
    Stage.scheme_approved: _Plan(260, 45, (None, "BT-G1", None, None)),
    Stage.announced: _Plan(300, 0, (None,) * 4),
    Stage.listed: _Plan(360, 0, (None,) * 5),
}
_PACES: Mapping[Stage, Sequence[int]] = defaultdict(lambda: (100, 70, 45, 100, 30), {Stage.acquiring: (100, 70, 10)})
"""Per cent of that time that one after the other of a stage has had."""


def load(database: Database, settings: Settings, jurisdiction: str, tell: Callable[[str], None]) -> None:
    """Open the checklists and act them out, unless there are any; everything or nothing."""
    with EVENTS.open("rb") as stream:
        kept = storage.keep(settings.documents_dir, stream, limit=settings.max_upload_mib << 20)
    with database.write(OFFICER) as session:
        if session.scalar(select(ChecklistPolicy.jurisdiction_id).limit(1)) is not None:
            return
        rule = PolicySet(template=DEFAULT, required_from=REQUIRED_FROM)
        set_policy(session, OFFICER, jurisdiction, rule, version=0)
        made = list(_courses(session, kept))
        made[-2].runs_out = clock.today() - _ONE_DAY
        for each in made:
            with settled_once(session):
                each.bring(clock.today())
        _surprise(session, made)
    tell(f"八同步 Eight tracks: {len(made)} 份清单 checklists")


def assign(database: Database) -> None:
    """Give the demo's track officer what waits for the bureau, so that the inbox has something to tell."""
    with database.write(OFFICER) as session:
        user = session.scalars(select(User).where(User.role == Role.TRACK_OFFICER).order_by(User.id)).first()
        if user is None:
            return
        wanted = select(ChecklistItem).where(
            ChecklistItem.lead == user.lead_bureau,
            ChecklistItem.owner_id.is_(None),
            ChecklistItem.state.in_(["open", "in_progress", "returned"]),
        )
        for row in session.scalars(wanted.order_by(ChecklistItem.checklist_id, ChecklistItem.key).limit(6)).all():
            change = ChecklistItemChange(owner=user.username)
            plan_item(session, OFFICER, row.checklist_id, row.key, change, version=row.version)


def _courses(session: Session, kept: Kept) -> Iterator["Course"]:
    today = clock.today()
    for stage, plan in _PLANS.items():
        land = _land(session, stage, len(plan.stand_at))
        lots = dict(live_lots_on(session, [parcel.id for parcel in land]))
        for parcel, pace, item in zip(land, _PACES[stage], plan.stand_at, strict=False):
            opened = today - (plan.opened * pace // 100 + throw(parcel.code, "opened", 15)) * _ONE_DAY
            sale = today + (plan.sale_in + throw(parcel.code, "sale", 20)) * _ONE_DAY
            yield Course(session, kept, parcel, opened, lots.get(parcel.id) or sale, stands_at=item)


def _land(session: Session, stage: Stage, most: int) -> Sequence[Parcel]:
    """Return the parcels of a stage that get a checklist; behind the first up to two where relics may lie."""
    own = (Parcel.stage == stage, Parcel.hold == Hold.none, Parcel.retired_by.is_(None), Parcel.name.is_not(None))
    found = session.scalars(select(Parcel).where(*own).order_by(Parcel.code)).all()
    relics = may_hold_relics(session, [each.id for each in found])
    buried = [each for each in found if relics.get(each.id)][:2]
    others = [each for each in found if not relics.get(each.id)]
    return [*others[:1], *buried, *others[1:]][:most]


def pass_gate(session: Session, kept: Kept, parcel: Parcel, lot: Lot, sale: dt.date) -> None:
    """Give land that is about to be sold a checklist with all done that must be."""
    course = Course(session, kept, parcel, sale - 420 * _ONE_DAY, lot)
    with settled_once(session):
        course.bring(sale - _ONE_DAY)


class Course:
    """The course of one checklist."""

    def __init__(
        self,
        session: Session,
        kept: Kept,
        parcel: Parcel,
        opened: dt.date,
        sale: dt.date | Lot,
        *,
        stands_at: str | None = None,
    ) -> None:
        """Open it as of its day, for a sale that is planned or for a round of listing that is out."""
        self.session, self.opened, self.stands_at = session, opened, stands_at
        self.late = 2 + throw(parcel.code, "late", 4)
        self.runs_out: dt.date | None = None  # of the first proof that is handed in
        new = ChecklistCreate(
            parcel=parcel.code,
            opened_on=opened,
            facts=Answers(relics_found=False, rezoning=False, separate_siting=False, energy_review=False),
            project_name=parcel.name,
            **_plan_of(sale),
        )
        self.checklist = open_checklist(session, OFFICER, new)
        paper = documents.attach(
            session, OFFICER, kept, file_name="demo.csv", title="办结材料（示意）",
            subject_type="checklist", subject_id=str(self.checklist.id),
        )  # fmt: skip
        self.paper = paper.id

    def bring(self, until: dt.date) -> None:
        """Do what the template plans up to a day."""
        seen = picture(self.session, self.checklist)
        found = seen.forecast(calendar_of(self.session), self.opened)
        open_ = {key for key, state in seen.states.items() if state in UNFINISHED}
        for item in sorted(seen.template.items, key=lambda each: found.timings[each.key].earliest_start):
            timing = found.timings[item.key]
            begins, ends = timing.earliest_start, timing.earliest_finish
            if item.key == self.stands_at and ends <= until:  # it began late
                begins, ends = until - self.late * _ONE_DAY, until + _ONE_DAY
            if _by_hand(item) and item.key in open_ and open_.isdisjoint(seen.waiting[item.key]) and begins <= until:
                self.act(item, "start", begins)
                if ends <= until:
                    self.finish(item, ends)
                    open_.discard(item.key)

    def finish(self, item: Item, day: dt.date) -> None:
        """Hand in what proves it and accept it."""
        for each in item.evidence:
            until = self.runs_out if each.valid_months is None else None
            proof = ProofCreate(evidence=each.key, document_id=self.paper, valid_from=day, valid_until=until)
            add_proof(self.session, OFFICER, self.checklist.id, item.key, proof, version=self.version(item.key))
            self.runs_out = None
        if item.hard:  # one hands it in, another accepts it
            self.act(item, "submit", day)
        self.act(item, "accept", day, actor=APPROVER)

    def act(self, item: Item, action: str, day: dt.date, *, actor: Actor = OFFICER, **more: object) -> None:
        """Take an action on an item."""
        order = ItemEventOrder.model_validate({"action": action, "effective_on": day, **more})
        before, self.session.info["actor"] = self.session.info["actor"], actor
        take_action(self.session, actor, self.checklist.id, item.key, order, version=self.version(item.key))
        self.session.info["actor"] = before

    def version(self, key: str) -> int:
        """Return what an item is at."""
        return self.session.get_one(ChecklistItem, (self.checklist.id, key)).version


def _plan_of(sale: dt.date | Lot) -> dict[str, Any]:
    """Return the planned days: those of the round, or a listing of two weeks before the sale."""
    if isinstance(sale, dt.date):
        return {"planned_listing_on": sale - 14 * _ONE_DAY, "planned_sale_on": sale}
    ends_at = sale.closes_at or sale.opens_at  # an auction or tender is one session
    days = (None if moment is None else clock.day_of(moment) for moment in (sale.opens_at, ends_at))
    return dict(zip(("planned_listing_on", "planned_sale_on"), days, strict=True)) | {"lot_id": sale.id}


def _by_hand(item: Item) -> bool:
    return item.follows is None and item.begins is None and item.phase is Phase.pre


def _surprise(session: Session, made: list[Course]) -> None:
    """Let happen what makes every state occur: handed in, returned, waived, run out; and a remark."""
    today = clock.today()
    busy = [(each, item) for each in made for item in _in(session, each, State.in_progress)]
    returned = [each for each in busy if each[1].key == each[0].stands_at and each[1].hard][-1]
    others = [each for each in busy if each[1].key != each[0].stands_at]
    for (course, item), last in [*zip(others, ("submit", "submit"), strict=False), (returned, "return")]:
        course.act(item, "submit", today - 2 * _ONE_DAY)
        if last == "return":
            course.act(item, "return", today - _ONE_DAY, actor=APPROVER, reason="材料缺少盖章页，请补正（示意）")
            remark = "已联系经办人，预计两日内补正（示意）"
            comment(session, OFFICER, course.checklist.id, item.key, CommentCreate(text=remark))
    waived = next((c, i) for c in made for i in _in(session, c, *UNFINISHED) if _may_be_waived(session, c, i))
    reason = "该地块不涉及，经专题会议研究同意（示意）"
    for action, actor in (("ask_waiver", OFFICER), ("waive", APPROVER)):
        waived[0].act(waived[1], action, today, actor=actor, reason=reason, document_id=waived[0].paper)
    for course in made:
        expire_proofs(session, OFFICER, course.checklist.id)


def _in(session: Session, course: Course, *states: State) -> list[Item]:
    """Return the items of a checklist in these states, in the template's order."""
    seen = picture(session, course.checklist)
    return [item for item in seen.template.items if seen.states[item.key] in states]


def _may_be_waived(session: Session, course: Course, item: Item) -> bool:
    row = session.get_one(ChecklistItem, (course.checklist.id, item.key))
    return row.binding and not row.hard
