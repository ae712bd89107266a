"""What happens to lots: drafts, publication, sale, failure, suspension, supplementary notices, awards."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.core.errors import Conflict, Invalid, PreconditionFailed
from service.listings import queries
from service.listings.changes import Amendment, LotEventOrder, NoticePublish, Terms
from service.listings.commands import conclude_lot
from service.listings.draft_commands import drop_lot
from service.listings.guards import NotTheBest, NoValidOffer, ResumedTooSoon, TooEarly, ValidOffers
from service.listings.holding import SchemeNotReady
from service.listings.lifecycle import IllegalLotEvent, LotEventKind
from service.listings.lot_commands import take_event
from service.listings.models import Lot, LotParcel
from service.listings.notice_commands import publish_notice
from service.listings.replaying import COLUMNS, replay
from service.listings.terms import DatesBroughtForward, LotIncomplete, MustBid
from service.parcels.changes import EventCreate
from service.parcels.event_commands import record_event
from service.parcels.governing import HeldElsewhere
from service.parcels.lifecycle import EventKind, Stage
from service.parcels.models import Parcel
from service.rules.judgement import LegalRefusal
from service.schemes.methods import Method
from tests.factories.listings import (
    CLOSES,
    FLOOR,
    NOTICE_ON,
    OPENS,
    act,
    at,
    bid,
    bidder,
    make_announced,
    make_awarded,
    make_draft,
    make_notice,
    make_open,
    make_scheme,
    make_sold,
    sale_terms,
)
from tests.factories.parcels import make_parcel

D = dt.date
INDICES = [{"name": "tax_per_mu", "target": "50.5", "from_year": 2024}]


def stages(session: Session, lot: Lot) -> set[str]:
    """Check the database's own checks too."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"))
    wanted = select(Parcel.stage).join(LotParcel, LotParcel.parcel_id == Parcel.id).where(LotParcel.lot_id == lot.id)
    return set(session.scalars(wanted))


def agrees(session: Session, lot: Lot) -> None:
    """The row is what its events say."""
    session.flush()
    session.refresh(lot)
    said = replay(queries.happened(queries.events_of(session, [lot.id])[lot.id]))
    assert {name: getattr(lot, name) for name in COLUMNS} == {name: getattr(said, name) for name in COLUMNS}


def test_a_lot_takes_its_parcels_from_notice_to_contract(session: Session) -> None:
    parcels = [make_parcel(session, stage=Stage.scheme_approved) for _ in range(2)]
    lot = make_draft(session, scheme=make_scheme(session, parcels))
    assert stages(session, lot) == {"scheme_approved"}
    notice = queries.notice_by_id(session, session.info["actor"], lot.notice_id)
    publish_notice(
        session, session.info["actor"], notice.id, NoticePublish(effective_on=NOTICE_ON), version=notice.version
    )
    assert (lot.stage, lot.floor_yuan, lot.notice_on, stages(session, lot)) == (
        "announced",
        FLOOR,
        NOTICE_ON,
        {"announced"},
    )
    act(session, lot, "open", happened_at=OPENS)
    assert stages(session, lot) == {"listed"}
    first, second = bidder(session, lot, "甲"), bidder(session, lot, "乙")
    bid(session, lot, first, FLOOR, OPENS)
    bid(session, lot, second, FLOOR + 5_000_000, OPENS + dt.timedelta(days=1))
    with pytest.raises(NotTheBest):
        act(session, lot, "sell", happened_at=CLOSES, bidder_id=first.id)
    act(session, lot, "sell", happened_at=CLOSES)
    assert (lot.stage, lot.winner, lot.price_yuan, lot.sold_on) == ("sold", "乙", FLOOR + 5_000_000, D(2022, 11, 1))
    assert stages(session, lot) == {"sold"}
    act(session, lot, "confirm", effective_on=D(2022, 11, 2))
    act(session, lot, "publish_result", effective_on=D(2022, 11, 4))
    conclude_lot(session, session.info["actor"], lot.id, effective_on=D(2022, 11, 10))
    assert (lot.stage, lot.confirmed_on, lot.result_on) == ("concluded", D(2022, 11, 2), D(2022, 11, 4))
    agrees(session, lot)


def test_only_the_lot_moves_its_parcels(session: Session) -> None:
    lot = make_announced(session)
    code = queries.parcels_of(session, [lot.id])[lot.id][0].code
    new = EventCreate(kind=EventKind.terminate, effective_on=D(2022, 10, 2))
    with pytest.raises(HeldElsewhere):
        record_event(session, session.info["actor"], code, new)


def test_a_failed_round_is_followed_by_another(session: Session) -> None:
    scheme = make_scheme(session)
    lot = make_open(session, scheme=scheme)
    with pytest.raises(SchemeNotReady):
        make_draft(session, scheme=scheme)
    with pytest.raises(NoValidOffer):
        act(session, lot, "sell", happened_at=CLOSES)
    with pytest.raises(TooEarly):
        act(session, lot, "fail", effective_on=D(2022, 10, 31))
    act(session, lot, "fail", effective_on=D(2022, 11, 1))
    assert (lot.stage, stages(session, lot)) == ("failed", {"scheme_approved"})
    again = make_draft(session, scheme=scheme)
    assert again.round == 2
    drop_lot(session, session.info["actor"], again.id, version=again.version)
    assert make_draft(session, scheme=scheme).round == 2


def test_a_round_with_a_valid_offer_does_not_fail(session: Session) -> None:
    lot = make_open(session)
    bid(session, lot, bidder(session, lot), FLOOR, OPENS)
    with pytest.raises(ValidOffers):
        act(session, lot, "fail", effective_on=D(2022, 11, 2))


def test_the_reserve_decides(session: Session) -> None:
    lot = make_open(session, scheme=make_scheme(session, reserve=FLOOR + 10_000_000))
    bid(session, lot, bidder(session, lot), FLOOR + 9_000_000, OPENS)
    with pytest.raises(NoValidOffer):
        act(session, lot, "sell", effective_on=D(2022, 11, 2))
    assert act(session, lot, "fail", effective_on=D(2022, 11, 2)).stage == "failed"


def test_who_is_not_examined_stops_the_sale(session: Session) -> None:
    lot = make_open(session)
    bid(session, lot, bidder(session, lot, "甲"), FLOOR, OPENS)
    bid(session, lot, bidder(session, lot, "乙", qualified=None), FLOOR + 1_000_000, OPENS)
    with pytest.raises(NotTheBest):
        act(session, lot, "sell", effective_on=D(2022, 11, 2))


def test_a_pause_moves_the_dates(session: Session) -> None:
    lot = make_announced(session)
    with pytest.raises(Invalid):
        act(session, lot, "suspend", effective_on=D(2022, 10, 10))
    act(session, lot, "suspend", happened_at=at(D(2022, 10, 10), 10), note="法院查封")
    assert (lot.hold, lot.held_since, stages(session, lot)) == ("suspended", at(D(2022, 10, 10), 10), {"announced"})
    with pytest.raises(ResumedTooSoon):
        act(session, lot, "resume", happened_at=at(D(2022, 10, 12), 9), opens_at=OPENS)
    act(session, lot, "resume", happened_at=at(D(2022, 10, 12), 11))
    assert (lot.hold, lot.held_since) == ("none", None)
    assert (lot.opens_at, lot.closes_at) == (OPENS + dt.timedelta(days=3), CLOSES + dt.timedelta(days=3))
    agrees(session, lot)


def test_an_open_lot_keeps_its_start(session: Session) -> None:
    lot = make_open(session)
    act(session, lot, "suspend", happened_at=at(D(2022, 10, 25)), note="系统故障")
    act(session, lot, "resume", happened_at=at(D(2022, 10, 26)))
    assert (lot.opens_at, lot.closes_at) == (OPENS, CLOSES + dt.timedelta(days=1))


def test_suzhou_announces_a_resumption_five_days_before(session: Session) -> None:
    lot = make_announced(session, centre="suzhou")
    act(session, lot, "suspend", effective_on=D(2022, 10, 10), note="不可抗力")
    with pytest.raises(Invalid):
        act(session, lot, "resume", effective_on=D(2022, 10, 15))
    with pytest.raises(ResumedTooSoon):
        act(session, lot, "resume", effective_on=D(2022, 10, 15), notice_on=D(2022, 10, 11))
    assert act(session, lot, "resume", effective_on=D(2022, 10, 15), notice_on=D(2022, 10, 10)).hold == "none"


def test_termination_and_a_void_award_give_the_land_back(session: Session) -> None:
    lot = make_announced(session)
    act(session, lot, "terminate", effective_on=D(2022, 10, 5), note="权属争议")
    assert (lot.stage, stages(session, lot)) == ("terminated", {"scheme_approved"})
    sold = make_sold(session)
    act(session, sold, "void_award", effective_on=D(2022, 11, 5), note="拒绝签订成交确认书")
    assert (sold.stage, sold.sold_on, sold.winner is None) == ("void", D(2022, 11, 1), False)
    assert stages(session, sold) == {"scheme_approved"}
    agrees(session, sold)


def test_a_supplementary_notice_changes_terms(session: Session) -> None:
    lot = make_announced(session)
    notice = make_notice(session, amends_id=lot.notice_id)
    actor = session.info["actor"]

    def publish(**terms: object) -> None:
        change = Amendment(lot_id=lot.id, terms=Terms.model_validate(terms))
        order = NoticePublish(effective_on=D(2022, 10, 5), amendments=[change])
        publish_notice(session, actor, notice.id, order, version=notice.version)

    with pytest.raises(DatesBroughtForward):
        publish(opens_at=OPENS - dt.timedelta(days=1))
    with pytest.raises(LegalRefusal):
        publish(deposit_yuan=Decimal(19_999_999))
    with pytest.raises(Invalid) as wrong:
        publish(indicators=[{"name": "far", "target": 1}, {"name": "beauty", "target": 1}])
    assert [each.pointer for each in wrong.value.errors] == ["/amendments/0/terms/indicators/1/name"]
    publish(closes_at=CLOSES + dt.timedelta(days=7), ceiling_yuan=Decimal(115_000_000), indicators=INDICES)
    assert lot.indicators == [{"name": "tax_per_mu", "sense": "at_least", "target": "50.5", "from_year": 2024}]
    assert (lot.closes_at, lot.ceiling_yuan) == (CLOSES + dt.timedelta(days=7), Decimal(115_000_000))
    assert notice.published_on == D(2022, 10, 5)
    agrees(session, lot)


@pytest.mark.parametrize(
    ("notice_on", "terms", "rule"),
    [
        (D(2022, 10, 2), {}, "R01"),
        (NOTICE_ON, {"closes_at": at(D(2022, 10, 30), 23)}, "R02"),
        (NOTICE_ON, {"deposit_yuan": Decimal("19999999.99")}, "R03"),
        (NOTICE_ON, {"start_yuan": FLOOR - 1}, "R06"),
        (NOTICE_ON, {"ceiling_yuan": FLOOR}, "R06"),
    ],
)
def test_the_law_stands_before_a_notice(session: Session, notice_on: D, terms: dict[str, object], rule: str) -> None:
    lot = make_draft(session, terms=sale_terms(**terms))
    notice = queries.notice_by_id(session, session.info["actor"], lot.notice_id)

    def publish(*, trial: bool) -> list[str]:
        order = NoticePublish(effective_on=notice_on, trial=trial)
        _, done = publish_notice(session, session.info["actor"], notice.id, order, version=notice.version)
        return [found.rule.id for each in done for found in each.findings]

    assert publish(trial=True) == [rule]
    assert (lot.stage, notice.published_on) == ("draft", None)
    with pytest.raises(LegalRefusal) as refused:
        publish(trial=False)
    assert refused.value.facts["overridable"] is True


def test_standard_land_is_announced_and_never_allocated(session: Session) -> None:
    lot = make_sold(session, indicators=INDICES)
    assert lot.indicators == [{"name": "tax_per_mu", "sense": "at_least", "target": "50.5", "from_year": 2024}]
    agrees(session, lot)
    with pytest.raises(Invalid):
        make_announced(session, indicators=INDICES * 2)
    notice = make_notice(session, method=Method.allocation)
    terms = Terms.model_validate({"closes_at": CLOSES, "taker": "示例大学", "indicators": INDICES})
    scheme = make_scheme(session, method=Method.allocation, uses=("public",), floor=None)
    make_draft(session, notice, scheme, terms)
    order, actor = NoticePublish(effective_on=NOTICE_ON), session.info["actor"]
    with pytest.raises(LotIncomplete) as refused:
        publish_notice(session, actor, notice.id, order, version=notice.version)
    assert refused.value.facts["foreign"] == ["indicators"]


def test_what_is_missing_is_named(session: Session) -> None:
    lot = make_draft(session, terms=Terms(start_yuan=FLOOR))
    notice = queries.notice_by_id(session, session.info["actor"], lot.notice_id)
    with pytest.raises(LotIncomplete) as refused:
        publish_notice(session, session.info["actor"], notice.id, NoticePublish(), version=notice.version)
    assert refused.value.facts["missing"] == ["opens_at", "closes_at", "increment_yuan", "deposit_yuan"]


@pytest.mark.parametrize("use", ["industrial", "commercial", "residential"])
@pytest.mark.parametrize("method", [Method.agreement, Method.allocation])
def test_some_land_is_offered_to_all(session: Session, use: str, method: Method) -> None:
    notice = make_notice(session, method=method)
    with pytest.raises(MustBid):
        make_draft(session, notice, make_scheme(session, method=method, uses=(use,)), Terms(taker="某公司"))


def test_an_allocation_is_shown_then_awarded(session: Session) -> None:
    lot = make_awarded(session)
    assert (lot.stage, lot.winner, lot.ended_on, stages(session, lot)) == (
        "awarded", "示例教育局", D(2022, 10, 17), {"publicised"},
    )  # fmt: skip
    agrees(session, lot)
    conclude_lot(session, session.info["actor"], lot.id, effective_on=D(2022, 10, 20))


def test_short_publicity_is_told(session: Session) -> None:
    notice = make_notice(session, method=Method.allocation)
    scheme = make_scheme(session, method=Method.allocation, uses=("public",), floor=None)
    make_draft(session, notice, scheme, Terms(closes_at=at(D(2022, 10, 10), 18), taker="某局"))
    order = NoticePublish(effective_on=NOTICE_ON)
    _, done = publish_notice(session, session.info["actor"], notice.id, order, version=notice.version)
    assert [found.rule.id for found in done[0].findings] == ["R47"]


def test_a_late_entry_takes_its_place(session: Session) -> None:
    lot = make_sold(session)
    with pytest.raises(Conflict):
        act(session, lot, "terminate", effective_on=D(2022, 10, 5), note="晚到")
    with pytest.raises(IllegalLotEvent):
        act(session, lot, "open", effective_on=D(2022, 11, 2))


def test_a_stale_version_is_told_what_changed(session: Session) -> None:
    lot = make_open(session)
    order = LotEventOrder(kind=LotEventKind.fail)
    with pytest.raises(PreconditionFailed) as refused:
        take_event(session, session.info["actor"], lot.id, order, version=lot.version - 1)
    assert refused.value.facts == {"version": lot.version, "stage": "open", "hold": "none"}
