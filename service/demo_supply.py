"""The demo's schemes, lots and contracts: the seed's events, acted out through the commands that officers use."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import demo_checklists, demo_contracts, demo_standard_land
from service.accounts.access import Actor, system
from service.core import clock
from service.core.db import Database
from service.core.settings import Settings
from service.demo_courses import (
    EVENTS,
    Happening,
    acts,
    at,
    benchmark,
    company,
    floor,
    following,
    histories,
    premium,
    throw,
)
from service.documents import commands as documents
from service.documents import storage
from service.documents.storage import Kept
from service.listings.bidder_commands import add_bidder, change_bidder, make_bid
from service.listings.bidder_models import LotBidder
from service.listings.changes import (
    BidCreate,
    BidderChange,
    BidderCreate,
    LotCreate,
    LotEventOrder,
    NoticeCreate,
    NoticePublish,
    Terms,
)
from service.listings.draft_commands import create_notice, draft_lot
from service.listings.lifecycle import LotEventKind, LotHold, LotStage
from service.listings.lot_commands import take_event
from service.listings.models import Lot, Notice
from service.listings.notice_commands import publish_notice
from service.parcels.lifecycle import EventKind, Stage
from service.parcels.models import Parcel
from service.rules.judgement import LegalRefusal
from service.rules.schemas import Override
from service.schemes.changes import EvidenceSet, SchemeChange, SchemeCreate, SchemeParcelSet, SchemeStepOrder
from service.schemes.commands import change_scheme, create_scheme, set_parcels
from service.schemes.evidence import CLEAN_LAND, CONDITION_ITEMS, EvidenceKind
from service.schemes.evidence_commands import put_evidence
from service.schemes.methods import COMPETITIVE, Method
from service.schemes.models import SupplyScheme
from service.schemes.queries import uses_of
from service.schemes.states import Level, SchemeAction
from service.schemes.step_commands import take_step

OFFICER, APPROVER = system("demo"), system("demo-approver")
CENTRE, NOTE = "zhengzhou", "示意"
_E, _L, _ONE_DAY = EventKind, LotEventKind, dt.timedelta(days=1)
_ENDS = (_E.sell, _E.fail, _E.terminate)
PASSED = ("ZDLH-181-01", "ZDSD-074-01", "ZDSD-059-01")
"""Land that was sold with its checklist done (拿地即开工)."""


def load(
    database: Database,
    settings: Settings,
    jurisdiction: str,
    tell: Callable[[str], None],
    *,
    besides: Callable[["Play"], None],
) -> None:
    """Act out what the demo has of supply, and what is done `besides`, unless there are schemes; all or nothing."""
    with EVENTS.open("rb") as stream:
        kept = storage.keep(settings.documents_dir, stream, limit=settings.max_upload_mib << 20)
    with database.write(OFFICER) as session:
        if session.scalar(select(SupplyScheme.id).limit(1)) is not None:
            return
        stage = Play(session, kept, jurisdiction)
        for _, day in groupby(acts(), key=lambda act: (act.on, act.kind)):
            stage.act(list(day))
        stage.prepare()
        stage.surprise()
        besides(stage)
    made = (
        f"{len(stage.schemes)} 个方案 schemes, {stage.lots_made} 个宗地 lots, {len(stage.contracts)} 份合同 contracts"
    )
    tell(f"供应 Supply: {made}")


class Play:
    """What has been made so far, by parcel."""

    def __init__(self, session: Session, kept: Kept, jurisdiction: str) -> None:
        self.session, self.kept, self.jurisdiction = session, kept, jurisdiction
        self.schemes: dict[str, SupplyScheme] = {}
        self.lots: dict[str, Lot] = {}
        self.contracts = demo_contracts.Kept(session)
        self.lots_made = 0
        self.numbers: defaultdict[tuple[str, int], int] = defaultdict(int)
        found = session.scalars(select(Parcel).where(Parcel.code.in_(histories())))
        self.parcels = {parcel.code: parcel for parcel in found}

    def act(self, day: Sequence[Happening]) -> None:
        """Do what happened on a day, all of one kind."""
        kind = day[0].kind
        if kind in {_E.announce, _E.publicise}:
            self._notice(day)
            return
        for each in day:
            if kind is _E.approve_scheme:
                self._scheme(each)
            elif each.code in self.contracts or kind is _E.contract:
                self.contracts.act(each, self.lots[each.code])
            else:
                self._lot_event(each)

    def number(self, what: str, day: dt.date) -> str:
        """Return the next number of a kind of paper in a year."""
        self.numbers[what, day.year] += 1
        return f"{what}〔{day.year}〕{self.numbers[what, day.year]}号（示意）"

    def as_approver(self, do: Callable[[Actor], Any]) -> Any:  # noqa: ANN401 - whatever it returns
        """Let the other person act."""
        self.session.info["actor"] = APPROVER
        try:
            return do(APPROVER)
        finally:
            self.session.info["actor"] = OFFICER

    def _scheme(self, event: Happening) -> None:
        method = Method.allocation if _is_allocated(event.code) else Method.listing
        level = Level.city if throw(event.code, "level", 3) == 0 else Level.district
        scheme = self.draft(event.code, event.on - 40 * _ONE_DAY, method, level)
        self.step(scheme, SchemeAction.submit, event.on - 20 * _ONE_DAY)
        if level is Level.city:
            self.step(scheme, SchemeAction.endorse, event.on - 10 * _ONE_DAY)
        self.step(scheme, SchemeAction.approve, event.on, number=self.number("郑政东供", event.on))

    def draft(self, code: str, day: dt.date, method: Method, level: Level) -> SupplyScheme:
        """Begin a scheme for a parcel and say all that it needs."""
        session, parcel = self.session, self.parcels[code]
        new = SchemeCreate(parcels=[code], method=method, level=level)
        scheme = self.schemes[code] = create_scheme(session, OFFICER, new)
        use = uses_of(session, scheme.id)[0].use_class
        said: dict[str, Any] = {
            "conditions_number": self.number("郑东规条", day),
            "conditions_on": day,
            "conditions_items": sorted(CONDITION_ITEMS),
        }
        if method in COMPETITIVE:
            price = floor(code, use, parcel.area_m2)
            said |= {"benchmark_yuan_m2": benchmark(use), "floor_yuan": price, "price_on": day}
            said |= {"reserve_yuan": price + (throw(code, "reserve", 3) * price / 50).quantize(Decimal(1))}
        change_scheme(session, OFFICER, scheme.id, SchemeChange(**said), version=scheme.version)
        land = [SchemeParcelSet(code=code, use_before=use)]
        set_parcels(session, OFFICER, scheme.id, land, version=scheme.version)
        shown = self._paper("scheme", scheme.id, "净地及考古勘探证明（示意）")
        for kind in (*sorted(CLEAN_LAND), EvidenceKind.archaeology):
            proof = EvidenceSet(kind=kind, issued_on=day, document_id=shown)
            put_evidence(session, OFFICER, scheme.id, proof, version=scheme.version)
        return scheme

    def step(self, scheme: SupplyScheme, action: SchemeAction, day: dt.date, **more: Any) -> None:  # noqa: ANN401
        """Take a step of a scheme; approvals and opinions are the approver's."""
        order = SchemeStepOrder(effective_on=day, note=NOTE, **more)

        def take(actor: Actor) -> None:
            take_step(self.session, actor, scheme.id, action, order, version=scheme.version)

        if action in {SchemeAction.submit, SchemeAction.withdraw}:
            take(OFFICER)
        else:
            self.as_approver(take)

    def _notice(self, day: Sequence[Happening]) -> None:
        """Publish a notice with the lots of a day, by way of supply."""
        for method in (Method.listing, Method.allocation):
            own = [each for each in day if self.schemes[each.code].method == method]
            if own:
                on = own[0].on
                notice = self.notice(method, on)
                lots = [self.lot(notice, each) for each in own]
                self.publish(notice, on)
                for each, lot in zip(own, lots, strict=True):
                    self._take_part(lot, each.code)

    def notice(self, method: Method, on: dt.date, title: str | None = None) -> Notice:
        """Draft a notice."""
        listed = method in COMPETITIVE
        number = self.number("郑国土资交易告字" if listed else "郑政东划公示", on)
        title = title or ("国有建设用地使用权挂牌出让公告（示意）" if listed else "划拨用地批前公示（示意）")
        new = NoticeCreate(
            jurisdiction=self.jurisdiction, method=method, number=number, title=title, centre=CENTRE if listed else None
        )
        return create_notice(self.session, OFFICER, new)

    def lot(self, notice: Notice, event: Happening) -> Lot:
        """Draft a lot as the seed's days and the invented figures have it."""
        scheme = self.schemes[event.code]
        terms = self._sale(event, scheme) if scheme.method == Method.listing else self._publicity(event)
        word = "郑政东出" if scheme.method == Method.listing else "郑政东划"
        number = self.number(word, event.on).replace("（示意）", "(网)" if word == "郑政东出" else "")
        new = LotCreate(scheme_id=scheme.id, number=number, terms=terms)
        lot = self.lots[event.code] = draft_lot(self.session, OFFICER, notice.id, new, version=notice.version)
        self.lots_made += 1
        return lot

    def _sale(self, event: Happening, scheme: SupplyScheme) -> Terms:
        opens = following(event, _E.open_listing) or event.on + 22 * _ONE_DAY
        closes = following(event, *_ENDS) or max(opens + 11 * _ONE_DAY, clock.today() + 5 * _ONE_DAY)
        pause = _pause(event)  # a resumption moves both days by it
        price, use = scheme.floor_yuan or Decimal(0), uses_of(self.session, scheme.id)[0].use_class
        return Terms(
            opens_at=at(opens, 9) - pause,
            closes_at=at(closes, 15) - pause,
            start_yuan=price,
            increment_yuan=(price / 100).quantize(Decimal(1)),
            ceiling_yuan=(price * Decimal("1.15")).quantize(Decimal(1)),
            deposit_yuan=(price * Decimal("0.2")).quantize(Decimal(1)) + 1,
            indicators=demo_standard_land.asked(event) if use == "industrial" else None,
        )

    def _publicity(self, event: Happening) -> Terms:
        agreed = following(event, _E.contract)
        ends = agreed - _ONE_DAY if agreed else event.on + 12 * _ONE_DAY
        return Terms(closes_at=at(ends, 17), taker=f"示例单位（示意{throw(event.code, 'taker', 90) + 10}）")

    def _take_part(self, lot: Lot, code: str) -> None:
        """Let bidders come to lots that somebody will win, and to some that are still open."""
        if lot.opens_at is None or lot.notice_on is None or following_end(lot, code) is _E.fail:
            return
        paid = min(lot.opens_at.date() - _ONE_DAY, clock.today())
        for nth in range(1 + throw(code, "bidders", 3)):
            new = BidderCreate(name=company(code, nth), qualified=True, deposit_yuan=lot.deposit_yuan, paid_on=paid)
            add_bidder(self.session, OFFICER, lot.id, new)

    def _lot_event(self, event: Happening) -> None:
        lot, kind = (
            self.lots[event.code],
            LotEventKind({_E.open_listing: "open", _E.publicise: "publicise"}.get(event.kind, event.kind.value)),
        )
        hour = {_L.open: 9, _L.sell: 15, _L.fail: 15}.get(kind)
        if kind is _L.sell:
            if event.code in PASSED:
                demo_checklists.pass_gate(self.session, self.kept, self.parcels[event.code], lot, event.on)
            self._offers(lot, event.code)
        order = LotEventOrder(
            kind=kind,
            effective_on=event.on,
            happened_at=None if hour is None else at(event.on, hour),
            note=event.note or NOTE,
        )
        take_event(self.session, OFFICER, lot.id, order, version=lot.version)
        if kind is _L.sell:
            self._settle(lot, event.on)
        elif kind is _L.fail and throw(event.code, "result", 4):
            self._publish_result(lot, event.on)

    def _offers(self, lot: Lot, code: str) -> None:
        """The bidders go up to the price that the seed's throw says, the first of them the highest."""
        bidders = self.session.scalars(select(LotBidder).where(LotBidder.lot_id == lot.id).order_by(LotBidder.id)).all()
        start, step = lot.start_yuan or Decimal(0), lot.increment_yuan or Decimal(0)
        scheme = self.session.get_one(SupplyScheme, lot.scheme_id)
        top = max(start + premium(code) * step, scheme.reserve_yuan or start)
        steps = -(-(top - start) // step)
        amounts = sorted({start, start + steps * step})
        for place, yuan in enumerate(amounts):
            who = bidders[0] if place == len(amounts) - 1 else bidders[-1]
            moment = (lot.opens_at or at(clock.today(), 9)) + dt.timedelta(hours=1 + place)
            make_bid(self.session, OFFICER, lot.id, BidCreate(bidder_id=who.id, yuan=yuan, offered_at=moment))

    def _settle(self, lot: Lot, day: dt.date) -> None:
        """Confirm the sale, publish the result, give the losers their deposits back; the newest sales still wait."""
        self._follow_up(lot, _L.confirm, day + _ONE_DAY)
        self._publish_result(lot, day)
        if (on := day + 3 * _ONE_DAY) < clock.today():
            lost = select(LotBidder).where(LotBidder.lot_id == lot.id, LotBidder.name != lot.winner)
            for each in self.session.scalars(lost).all():
                change = BidderChange(refunded_on=on)
                change_bidder(self.session, OFFICER, lot.id, each.id, change, version=each.version)

    def _publish_result(self, lot: Lot, day: dt.date) -> None:
        self._follow_up(lot, _L.publish_result, day + 6 * _ONE_DAY)

    def _follow_up(self, lot: Lot, kind: LotEventKind, on: dt.date) -> None:
        if on < clock.today():
            order = LotEventOrder(kind=kind, effective_on=on, note=NOTE)
            take_event(self.session, OFFICER, lot.id, order, version=lot.version)

    def publish(self, notice: Notice, on: dt.date) -> None:
        """Publish; what a rule refuses, a reason and a document let pass, as it happens in a bureau."""
        order = NoticePublish(effective_on=on)
        try:
            publish_notice(self.session, OFFICER, notice.id, order, version=notice.version)
        except LegalRefusal:
            paper = self._paper("notice", notice.id, "会议纪要（示意）")
            override = Override(reason="经管委会专题会议研究同意（示意）", document_id=paper)
            order = NoticePublish(effective_on=on, override=override)
            publish_notice(self.session, OFFICER, notice.id, order, version=notice.version)

    def _paper(self, subject: str, ident: int, title: str) -> int:
        """Attach a document and return its id."""
        kept = documents.attach(
            self.session,
            OFFICER,
            self.kept,
            file_name="demo.csv",
            title=title,
            subject_type=subject,
            subject_id=str(ident),
        )
        return kept.id

    def prepare(self) -> None:
        """Leave work on the desk: schemes in every status before approval, and a notice that is not out yet."""
        today, taken = clock.today(), set(self.schemes)
        cleared = [
            code
            for code, parcel in sorted(self.parcels.items(), reverse=True)
            if parcel.stage == Stage.cleared and code not in taken and not _is_allocated(code) and parcel.land_use_code
        ]
        courses: Sequence[tuple[SchemeAction, ...]] = (
            (), (), (SchemeAction.submit,), (SchemeAction.submit,), (SchemeAction.submit, SchemeAction.endorse),
            (SchemeAction.submit, SchemeAction.return_), (SchemeAction.withdraw,),
        )  # fmt: skip
        for code, steps in zip(cleared, courses, strict=False):
            level = Level.city if SchemeAction.endorse in steps else Level.district
            scheme = self.draft(code, today - 20 * _ONE_DAY, Method.listing, level)
            for place, action in enumerate(steps):
                self.step(scheme, action, today - (8 - 3 * place) * _ONE_DAY)
        approved = [
            code for code in taken if self.parcels[code].stage == Stage.scheme_approved and code not in self.lots
        ]
        notice = self.notice(Method.listing, today)
        for code in sorted(approved)[:3]:
            if self.schemes[code].method == Method.listing:
                self.lot(notice, histories()[code][-1]._replace(on=today, kind=_E.announce))

    def surprise(self) -> None:
        """Let happen on the last day what the seed has no example of, so that every outcome can be looked at."""
        lots = sorted(self.lots.items())
        suspended = next(lot for _, lot in lots if lot.hold == LotHold.suspended)
        self._end(suspended, _L.terminate, "出让条件须重新报批（示意）")
        sold = next(lot for _, lot in lots if lot.stage == LotStage.sold)
        self._end(sold, _L.void_award, "竞得人提供虚假文件（示意）")
        over = (
            lot
            for _, lot in lots
            if lot.stage == LotStage.publicised and lot.closes_at and lot.closes_at < clock.instant()
        )
        self._end(next(over), _L.award, NOTE)
        self.contracts.surprise()
        self.contracts.vary()
        demo_standard_land.measure(self.session, self.contracts.by_code)

    def _end(self, lot: Lot, kind: LotEventKind, note: str) -> None:
        order = LotEventOrder(kind=kind, effective_on=clock.today(), note=note)
        take_event(self.session, OFFICER, lot.id, order, version=lot.version)


def following_end(lot: Lot, code: str) -> EventKind | None:
    """Return how the round ends by the seed; None: it still goes on."""
    later = [each for each in histories()[code] if each.kind in _ENDS and each.on >= (lot.notice_on or each.on)]
    return later[0].kind if later else None


def _pause(event: Happening) -> dt.timedelta:
    """Return how long the round that is announced is suspended before it opens."""
    since, until = following(event, _E.suspend), following(event, _E.resume)
    return until - since + _ONE_DAY if since and until else dt.timedelta()


def _is_allocated(code: str) -> bool:
    kinds = {event.kind for event in histories()[code]}
    return _E.publicise in kinds
