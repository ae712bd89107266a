"""What the seed has no example of is acted out on some lots, so that every state and every kind of act can be seen."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from service.accounts.access import system
from service.core import clock
from service.demo_courses import at
from service.demo_supply import Play
from service.listings.changes import Amendment, LotCreate, LotEventOrder, NoticeCreate, NoticePublish, Terms
from service.listings.draft_commands import create_notice, draft_lot
from service.listings.lifecycle import LotEventKind, LotHold, LotStage
from service.listings.lot_commands import take_event
from service.listings.models import Lot
from service.listings.notice_commands import publish_notice
from service.parcels.lifecycle import Hold, Stage
from service.schemes.changes import SchemeChange
from service.schemes.commands import change_scheme
from service.schemes.methods import Method
from service.schemes.states import Level, SchemeAction

OFFICER, _DAY = system("demo"), dt.timedelta(days=1)
_PARKING = frozenset({"120803", "1208"})
"""Uses that need not be offered to all, of which land is granted by agreement."""
_TITLES = {
    Method.tender: "国有建设用地使用权招标出让公告（示意）",
    Method.auction: "国有建设用地使用权拍卖出让公告（示意）",
    Method.agreement: "国有建设用地使用权协议出让公示（示意）",
}


def act_out(play: Play) -> None:
    """Suspend a lot and let it go on, amend one by a supplementary notice, offer land in the three other ways."""
    waiting = iter(sorted(_waiting(play), key=lambda lot: lot.id))
    _pause(play, next(waiting))
    _amend(play, next(waiting))
    for method, code in zip(_TITLES, _land(play), strict=True):
        _offer(play, method, code)


def _waiting(play: Play) -> Iterator[Lot]:
    long_ago = clock.today() - 12 * _DAY
    for lot in play.lots.values():
        running = lot.stage == LotStage.announced and lot.hold == LotHold.none
        if running and lot.notice_on is not None and lot.notice_on <= long_ago:
            yield lot


def _pause(play: Play, lot: Lot) -> None:
    """Suspended for ten days, gone on yesterday after five days' notice; both dates move by the pause."""
    resumed = clock.today() - _DAY
    for kind, on, notice_on in (
        (LotEventKind.suspend, resumed - 10 * _DAY, None),
        (LotEventKind.resume, resumed, resumed - 5 * _DAY),
    ):
        note = "规划条件核实，中止公告（示意）" if notice_on is None else "核实完毕，恢复公告（示意）"
        order = LotEventOrder(kind=kind, effective_on=on, notice_on=notice_on, note=note)
        take_event(play.session, OFFICER, lot.id, order, version=lot.version)


def _amend(play: Play, lot: Lot) -> None:
    """A supplementary notice lengthens the listing by a week."""
    if lot.closes_at is None:
        raise AssertionError("a listing has an end")
    on = clock.today() - 4 * _DAY
    number = play.number("郑国土资交易告字", on)
    new = NoticeCreate(number=number, title="补充公告：延长挂牌期限（示意）", amends_id=lot.notice_id)
    notice = create_notice(play.session, OFFICER, new)
    change = Amendment(lot_id=lot.id, terms=Terms(closes_at=lot.closes_at + 7 * _DAY))
    order = NoticePublish(effective_on=on, amendments=[change])
    publish_notice(play.session, OFFICER, notice.id, order, version=notice.version)


def _land(play: Play) -> list[str]:
    """Return clean land without a scheme: two commercial plots, and one of a use that need not be offered to all."""
    free = [
        (code, str(parcel.land_use_code))
        for code, parcel in sorted(play.parcels.items())
        if parcel.stage == Stage.cleared and parcel.hold == Hold.none and code not in play.schemes
    ]
    sold = [code for code, use in free if use.startswith("09")][:2]
    return [*sold, next(code for code, use in free if use in _PARKING)]


def _offer(play: Play, method: Method, code: str) -> None:
    today = clock.today()
    scheme = play.draft(code, today - 40 * _DAY, method, Level.district)
    if method is Method.agreement:
        price = scheme.floor_yuan or (play.parcels[code].area_m2 * 900 / 10_000).quantize(Decimal(1)) * 10_000
        said = SchemeChange(
            floor_yuan=price, price_on=today - 40 * _DAY, new_land_fee_yuan=price * Decimal("0.2"),
            compensation_yuan=price * Decimal("0.4"), taxes_yuan=price * Decimal("0.1"),
        )  # fmt: skip
        change_scheme(play.session, OFFICER, scheme.id, said, version=scheme.version)
        terms = Terms(closes_at=at(today + 31 * _DAY, 17), price_yuan=price, taker="示例停车场有限公司（示意）")
    else:
        price = scheme.floor_yuan or Decimal(0)
        step = None if method is Method.tender else (price / 100).quantize(Decimal(1))
        terms = Terms(
            opens_at=at(today + 25 * _DAY, 9),
            start_yuan=price,
            deposit_yuan=(price * Decimal("0.2")).quantize(Decimal(1)) + 1,
            **({} if step is None else {"increment_yuan": step}),
        )
    play.step(scheme, SchemeAction.submit, today - 20 * _DAY)
    play.step(scheme, SchemeAction.approve, today - 5 * _DAY, number=play.number("郑政东供", today))
    notice = play.notice(method, today - _DAY, _TITLES[method])
    word = "郑政东协" if method is Method.agreement else "郑政东出"
    new = LotCreate(scheme_id=scheme.id, number=play.number(word, today).removesuffix("（示意）"), terms=terms)
    play.lots[code] = draft_lot(play.session, OFFICER, notice.id, new, version=notice.version)
    play.lots_made += 1
    play.publish(notice, today - _DAY)
