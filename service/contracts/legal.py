"""What the law asks of a contract, its price, its dates and the permits after it (R10–R12, R14, R63, R70–R73). Pure.

Each check takes the rule as it stands on the day of the act and plain facts, and returns a finding or None. Idle land
has a clock of its own (`idle`). R41 asks the contract for its planning conditions too (`schemes.land_law`).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from service.rules.calendar import Calendar, Reckoned, add_years
from service.rules.finding import Finding, Words, found, least, plain
from service.rules.rule import Rule
from service.rules.terms import late

Foundation = Literal["deep_pit", "piles", "other"]


class Payment(NamedTuple):
    """An instalment as agreed, or a payment as made; yuan."""

    on: dt.date
    yuan: Decimal


def signing_due(rule: Rule, sold_on: dt.date, calendar: Calendar) -> Reckoned:
    """R10: the last day on which the contract is signed in time."""
    return calendar.add_workdays(sold_on, rule.whole("days"))


def signing(
    rule: Rule, sold_on: dt.date, signed_on: dt.date | None, *, today: dt.date, calendar: Calendar
) -> Finding | None:
    """R10: the contract is signed within working days of the sale; not signed yet: measured at today."""
    return late(
        rule, Words("签订合同", "signing the contract"), signing_due(rule, sold_on, calendar), signed_on or today
    )


def first_payment(
    rule: Rule, signed_on: dt.date, price: Decimal, paid: Sequence[Payment], *, today: dt.date, calendar: Calendar
) -> Finding | None:
    """R11: half of the price is paid within a month of signing. Nothing is found before the month is over."""
    due = calendar.add_months(signed_on, rule.whole("months"))
    needed = least(rule.number("share"), price)
    in_time = sum((each.yuan for each in paid if each.on <= due), Decimal(0))
    if today <= due or in_time >= needed:
        return None
    return found(
        rule,
        Words(
            f"至 {due} 已缴 {plain(in_time)} 元,不足 {plain(needed)} 元",
            f"{plain(in_time)} yuan paid by {due}, less than {plain(needed)}",
        ),
        Words(
            f"{due} 前缴纳 {plain(needed)} 元;逾期按合同计违约金",
            f"{plain(needed)} yuan by {due}; late by the contract's rate",
        ),
        paid=in_time,
        least=needed,
        due_on=due,
    )


def instalments(
    rule: Rule, signed_on: dt.date, price: Decimal, agreed: Sequence[Payment], *, calendar: Calendar
) -> Iterator[Finding]:
    """R12: the first instalment is half of the price, and the last is due within a year of signing."""
    ordered = sorted(agreed)
    first = ordered[0].yuan if ordered else Decimal(0)
    needed = least(rule.number("first_share"), price)
    if first < needed:
        yield found(
            rule,
            Words(
                f"首期 {plain(first)} 元,不足 {plain(needed)} 元",
                f"the first instalment of {plain(first)} yuan is less than {plain(needed)}",
            ),
            Words(f"首期不少于 {plain(needed)} 元", f"a first instalment of at least {plain(needed)} yuan"),
            first=first,
            least=needed,
        )
    last = add_years(calendar, signed_on, rule.whole("years"))
    if ordered and ordered[-1].on > last:
        yield found(
            rule,
            Words(
                f"末期 {ordered[-1].on},迟于 {last}",
                f"the last instalment is due on {ordered[-1].on}, after {last}",
            ),
            Words(f"余款最迟 {last} 付清", f"the balance by {last}"),
            signed_on=signed_on,
            balance_on=ordered[-1].on,
            due_on=last,
        )


def certificate(rule: Rule, price: Decimal, paid: Decimal) -> Finding | None:
    """R14: no certificate before the price is paid in full, and none in proportion."""
    if paid >= price:
        return None
    return found(
        rule,
        Words(
            f"价款 {plain(price)} 元,已缴 {plain(paid)} 元,未付清不得登记",
            f"{plain(paid)} of {plain(price)} yuan paid: no certificate before full payment",
        ),
        Words(f"再缴 {plain(price - paid)} 元", f"pay {plain(price - paid)} yuan more"),
        price=price,
        paid=paid,
    )


def legal_start(rule: Rule, kind: Foundation, done: Fraction, *, permitted: bool) -> Finding | None:
    """R63: works have started in law. `done`: share of the pit dug, the piles driven or the foundation built."""
    needed = rule.fraction_of("done", kind) or Fraction(1)
    if permitted and done >= needed:
        return None
    lacks = (
        Words("未取得施工许可证", "no construction permit")
        if not permitted
        else Words("基础进度不足", "the foundation is not far enough")
    )
    return found(
        rule,
        Words(f"不构成动工:{lacks.zh}", f"not a start in law: {lacks.en}"),
        Words(f"取得施工许可证,且基础完成 {needed}", f"the permit, and {needed} of the foundation done"),
        foundation=str(done),
    )


def extension(
    rule: Rule, agreed_on: dt.date, extended_to: dt.date, *, earlier: int, calendar: Calendar
) -> Iterator[Finding]:
    """R70: start or completion is put off once, by a year at most; `earlier`: how often it was put off already."""
    if earlier >= rule.whole("times"):
        yield found(
            rule,
            Words(f"已延期 {earlier} 次", f"extended {earlier} time(s) already"),
            Words("不再延期;确需变更的,另签补充合同", "no further extension; else an amended contract"),
            extensions=earlier,
        )
    years = rule.whole("years")
    last = add_years(calendar, agreed_on, years)
    if extended_to > last:
        yield found(
            rule,
            Words(
                f"由 {agreed_on} 延至 {extended_to},超过 {years} 年",
                f"from {agreed_on} to {extended_to}, over {years} year(s)",
            ),
            Words(f"最迟延至 {last}", f"at the latest {last}"),
            agreed_on=agreed_on,
            ends_on=extended_to,
            due_on=last,
        )


def housing_dates(
    rule: Rule, handed_over_on: dt.date, start_due: dt.date, complete_due: dt.date, *, calendar: Calendar
) -> Iterator[Finding]:
    """R71: a housing contract agrees on a start within a year of hand-over, and completion within some of that."""
    terms = (
        (Words("约定开工", "agreed start"), handed_over_on, start_due, rule.whole("start_years")),
        (Words("约定竣工", "agreed completion"), start_due, complete_due, rule.whole("complete_years")),
    )
    for what, since, agreed, years in terms:
        last = add_years(calendar, since, years)
        if agreed > last:
            yield found(
                rule,
                Words(
                    f"{what.zh} {agreed},超过 {since} 起 {years} 年",
                    f"{what.en} {agreed}, over {years} year(s) from {since}",
                ),
                Words(f"不迟于 {last}", f"{last} or earlier"),
                begins_on=since,
                agreed_on=agreed,
                due_on=last,
            )


def planning_permit(
    rule: Rule,
    issued_on: dt.date,
    *,
    extended_to: dt.date | None,
    applied_on: dt.date | None,
    today: dt.date,
    calendar: Calendar,
) -> Finding | None:
    """R72: a planning permit lapses unless the next step is applied for; an extension counts up to its longest."""
    last = planning_until(rule, issued_on, extended_to, calendar)
    return _lapsed(rule, Words("规划许可证", "planning permit"), issued_on, last, applied_on or today)


def planning_until(rule: Rule, issued_on: dt.date, extended_to: dt.date | None, calendar: Calendar) -> dt.date:
    """R72: the last day of a planning permit; an extension counts up to its longest."""
    last = add_years(calendar, issued_on, rule.whole("years"))
    if extended_to is None:
        return last
    return min(extended_to, calendar.add_months(last, rule.whole("extension_months")))


def extension_to_be_asked(rule: Rule, issued_on: dt.date, calendar: Calendar) -> dt.date:
    """R72: the last day on which the extension of a planning permit is asked for in time."""
    last = add_years(calendar, issued_on, rule.whole("years"))
    return last - dt.timedelta(days=rule.whole("ask"))


def construction_permit(
    rule: Rule, issued_on: dt.date, *, extensions: int, started_on: dt.date | None, today: dt.date, calendar: Calendar
) -> Finding | None:
    """R73: works start within three months of the permit, or of its extensions; more than two count as two."""
    last = construction_until(rule, issued_on, extensions, calendar)
    return _lapsed(rule, Words("施工许可证", "construction permit"), issued_on, last, started_on or today)


def construction_until(rule: Rule, issued_on: dt.date, extensions: int, calendar: Calendar) -> dt.date:
    """R73: the last day on which works start in time; more than the extensions the law knows count as those."""
    longer = min(extensions, rule.whole("times")) * rule.whole("extension_months")
    return calendar.add_months(issued_on, rule.whole("months") + longer)


def _lapsed(rule: Rule, what: Words, issued_on: dt.date, last: dt.date, day: dt.date) -> Finding | None:
    if day <= last:
        return None
    return found(
        rule,
        Words(f"{issued_on} 的{what.zh}有效至 {last},已过期", f"the {what.en} of {issued_on} was good until {last}"),
        Words("向发证机关核实或重新办理", "ask the authority, or apply again"),
        approved_on=issued_on,
        due_on=last,
    )
