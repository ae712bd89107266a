"""What the law asks of a notice, a lot and the end of a round (R01–R03, R06, R07, R15, R90). Pure.

Each check takes the rule as it stands on the day of the act and plain facts, and returns a finding or None.
The rules on housing plots (R30, R32) stand with the plan, where they are first asked.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from service.core.plurals import Count
from service.listings.waiting import OpenItem, told
from service.rules.book import Law
from service.rules.calendar import Calendar, Reckoned
from service.rules.finding import Finding, Words, found, least, plain
from service.rules.rule import Rule, Severity
from service.rules.terms import late, too_short


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as it would be announced. Money in yuan; `ends_on` None: an auction or tender is one session."""

    notice_on: dt.date
    begins_on: dt.date
    ends_on: dt.date | None
    floor: Decimal
    start_price: Decimal
    increment: Decimal
    deposit: Decimal
    ceiling: Decimal | None = None


def checklist(rule: Rule, items: Sequence[OpenItem], day: dt.date) -> Finding | None:
    """R90: when a listing opens, nothing that the sale will be refused for is open, or it still will be done."""
    if not items:
        return None
    ready_on = max((each.ready_on for each in items if each.ready_on is not None), default=day)
    zh, en = told(items)
    return found(
        rule,
        Words(
            f"清单还有 {len(items)} 项未完成：{zh}",
            f"{Count(len(items)):item of the checklist is|items of the checklist are} open: {en}",
        ),
        Words(f"摘牌前完成，预计 {ready_on}", f"done before the sale, forecast for {ready_on}"),
        due_on=ready_on,
    )


def checklist_ahead(rule: Rule, items: Sequence[OpenItem], sale_on: dt.date) -> Finding | None:
    """R90: when a lot is announced, all that its sale will be refused for is forecast to be done by then."""
    late = [each for each in items if each.ready_on is None or each.ready_on > sale_on or each.state == "expired"]
    if not late:
        return None
    ready_on = max((each.ready_on for each in late if each.ready_on is not None), default=sale_on)
    zh, en = told(late)
    return found(
        rule,
        Words(
            f"摘牌日 {sale_on} 前预计有 {len(late)} 项不能完成：{zh}",
            f"by the sale on {sale_on}, {Count(len(late)):item|items} of the checklist will likely not be done: {en}",
        ),
        Words(f"摘牌前完成，预计 {ready_on}", f"done before the sale, forecast for {ready_on}"),
        due_on=ready_on,
    )


def lot_findings(law: Law, lot: Lot) -> tuple[Finding, ...]:
    """Return everything that speaks against announcing a lot (R01–R03, R06)."""
    open_for = () if lot.ends_on is None else law.check("R02", listing_period, lot.begins_on, lot.ends_on)
    return (
        *law.check("R01", notice_period, lot.notice_on, lot.begins_on),
        *open_for,
        *law.check("R03", deposit, lot.deposit, floor=lot.floor),
        *law.check("R06", prices, lot),
    )


def notice_period(rule: Rule, notice_on: dt.date, begins_on: dt.date) -> Finding | None:
    """R01: from the notice to the start of listing, auction or tender."""
    return too_short(rule, Words("公告至开始:", "notice to start"), notice_on, begins_on, needed=rule.whole("days"))


def listing_period(rule: Rule, begins_on: dt.date, ends_on: dt.date) -> Finding | None:
    """R02: how long a listing stays open."""
    return too_short(rule, Words("挂牌时间:", "time of the listing"), begins_on, ends_on, needed=rule.whole("days"))


def deposit(rule: Rule, deposit: Decimal, *, floor: Decimal) -> Finding | None:
    """R03: the deposit against the lowest grant price, both in yuan."""
    needed = least(rule.number("share"), floor)
    if deposit >= needed:
        return None
    share = plain(rule.number("share") * 100)
    return found(
        rule,
        Words(
            f"保证金 {plain(deposit)} 元,低于最低价 {plain(floor)} 元的 {share}%",
            f"the deposit of {plain(deposit)} yuan is below {share} % of the lowest price of {plain(floor)} yuan",
        ),
        Words(f"保证金不少于 {plain(needed)} 元", f"a deposit of at least {plain(needed)} yuan"),
        deposit=deposit,
        floor=floor,
        least=needed,
    )


def prices(rule: Rule, lot: Lot) -> Iterator[Finding]:
    """R06: start price, increment and ceiling fit each other and the floor."""
    if lot.start_price < lot.floor:
        yield found(
            rule,
            Words(
                f"起始价 {plain(lot.start_price)} 元低于底价 {plain(lot.floor)} 元",
                f"the start price of {plain(lot.start_price)} yuan is below the floor of {plain(lot.floor)}",
            ),
            Words(f"起始价不低于 {plain(lot.floor)} 元", f"start at {plain(lot.floor)} yuan or more"),
            start_price=lot.start_price,
            floor=lot.floor,
        )
    if lot.increment <= 0:
        yield found(
            rule,
            Words("加价幅度应大于零", "the increment must be positive"),
            Words("填写大于零的加价幅度", "give an increment above zero"),
            increment=lot.increment,
        )
    if lot.ceiling is not None and lot.ceiling <= lot.start_price:
        yield found(
            rule,
            Words(
                f"熔断价 {plain(lot.ceiling)} 元不高于起始价 {plain(lot.start_price)} 元",
                f"the ceiling of {plain(lot.ceiling)} yuan is not above the start price of {plain(lot.start_price)}",
            ),
            Words("提高熔断价,或不设熔断价", "raise the ceiling or leave it out"),
            ceiling=lot.ceiling,
            start_price=lot.start_price,
        )


def bid(rule: Rule, shares: Sequence[Decimal], *, own_funds: bool) -> Iterator[Finding]:
    """R07: who bids together holds the whole (`shares` of 1, one for a single bidder), and pays from own funds.

    The part on own funds was read for another city only: it just tells.
    """
    total = sum(shares, Decimal(0))
    whole = rule.number("total")
    if total != whole:
        yield found(
            rule,
            Words(
                f"联合竞买份额合计 {plain(total * 100)}%,应为 {plain(whole * 100)}%",
                f"the shares of the joint bid add up to {plain(total * 100)} %, not {plain(whole * 100)} %",
            ),
            Words("更正各方份额", "correct the shares"),
            shares=total,
        )
    if not own_funds:
        yield found(
            rule,
            Words("保证金不是竞买人的自有资金", "the deposit does not come from the bidder's own funds"),
            Words("由竞买人以自有资金缴纳", "let the bidder pay it from own funds"),
            severity=Severity.warn,
        )


def publication_due(rule: Rule, ended_on: dt.date, calendar: Calendar) -> Reckoned:
    """R15: the last day on which the result is published in time."""
    return calendar.add_workdays(ended_on, rule.whole("publish"))


def refund_due(rule: Rule, ended_on: dt.date, calendar: Calendar) -> Reckoned:
    """R15: the last day on which losers get their deposits back in time."""
    return calendar.add_workdays(ended_on, rule.whole("refund"))


def publication(
    rule: Rule, ended_on: dt.date, published_on: dt.date | None, *, today: dt.date, calendar: Calendar
) -> Finding | None:
    """R15: the result is out in time, or there is time left."""
    return late(
        rule,
        Words("公布结果", "publishing the result"),
        publication_due(rule, ended_on, calendar),
        published_on or today,
    )


def refund(
    rule: Rule, ended_on: dt.date, refunded_on: dt.date | None, *, today: dt.date, calendar: Calendar
) -> Finding | None:
    """R15: the losers have their deposits back in time, or there is time left."""
    return late(
        rule, Words("退还保证金", "refunding deposits"), refund_due(rule, ended_on, calendar), refunded_on or today
    )
