"""What the law asks of an annual plan and of the plots in it (R30, R32, R34, R35; R33: `attributes`). Pure.

Each check takes the rule as it stands on the day of the act and plain facts, and returns a finding or None.
"""

import datetime as dt
from decimal import Decimal

from service.rules.finding import Finding, Words, found, plain
from service.rules.rule import Rule, Severity
from service.rules.terms import late


def grant_area(rule: Rule, area_ha: Decimal, jurisdiction: str) -> Finding | None:
    """R30: one grant for commercial housing is no larger than the city's class allows."""
    city_class = rule.text_of("city_class", jurisdiction)
    cap = None if city_class is None else rule.number_of("cap", city_class)
    if cap is None:
        return found(
            rule,
            Words("管辖区的城市规模未录入,无法核对单宗出让面积", "the city class of the jurisdiction is not on record"),
            Words("由本区填入规则 R30 的 city_class", "the district sets it under city_class of the rule R30"),
            severity=Severity.warn,
            area_ha=area_ha,
        )
    if area_ha <= cap:
        return None
    return found(
        rule,
        Words(
            f"单宗出让 {plain(area_ha)} 公顷,超过 {plain(cap)} 公顷",
            f"one grant of {plain(area_ha)} ha, over {plain(cap)} ha",
        ),
        Words(f"分宗出让,每宗不超过 {plain(cap)} 公顷", f"divide it into grants of at most {plain(cap)} ha"),
        area_ha=area_ha,
        cap_ha=cap,
    )


def housing_stock(rule: Rule, months_of_stock: Decimal, *, new_m2: Decimal, revived_m2: Decimal) -> Finding | None:
    """R32: new housing grants of the year against what was revived in it (completed and reclaimed), by unsold stock."""
    if months_of_stock <= rule.number("limited") or new_m2 == 0:
        return None
    months = plain(months_of_stock)
    if months_of_stock > rule.number("stopped"):
        stopped = plain(rule.number("stopped"))
        return found(
            rule,
            Words(
                f"去化周期 {months} 个月,超过 {stopped} 个月,应暂停新增出让",
                f"{months} months of stock, over {stopped}: no new grant",
            ),
            Words(f"待去化周期降至 {stopped} 个月以内", f"wait until the stock is at most {stopped} months"),
            months_of_stock=months_of_stock,
            new_m2=new_m2,
        )
    if new_m2 <= revived_m2:
        return None
    return found(
        rule,
        Words(
            f"去化周期 {months} 个月,新增 {plain(new_m2)} m² 超过当年盘活的 {plain(revived_m2)} m²",
            f"{months} months of stock: {plain(new_m2)} m² of new grants exceed the {plain(revived_m2)} m² revived",
        ),
        Words(
            f"新增不超过 {plain(revived_m2)} m²,或再盘活 {plain(new_m2 - revived_m2)} m²",
            f"grant at most {plain(revived_m2)} m², or revive {plain(new_m2 - revived_m2)} m² more",
        ),
        months_of_stock=months_of_stock,
        new_m2=new_m2,
        allowed_m2=revived_m2,
    )


def publication(rule: Rule, year: int, published_on: dt.date | None, today: dt.date) -> Finding | None:
    """R34: the plan of a year is published by its day in spring; late from the day after."""
    what = Words(f"公布 {year} 年计划", f"publishing the plan of {year}")
    return late(rule, what, publication_due(rule, year), published_on or today)


def publication_due(rule: Rule, year: int) -> dt.date:
    """R34: the last day on which the plan of a year is published in time."""
    return _day_of(rule, "publish_by", year)


def compilation_begins(rule: Rule, year: int) -> dt.date:
    """R34: the day from which the plan of a year is compiled, in the year before."""
    return _day_of(rule, "compile_from", year - 1)


def _day_of(rule: Rule, name: str, year: int) -> dt.date:
    month, day = rule.wholes(name)
    return dt.date(year, month, day)


def plan_year(rule: Rule, counted_on: dt.date) -> int:
    """R35: the plan year of a supply, by the day of its contract or allocation decision."""
    begins = rule.whole("first_month")
    return counted_on.year if counted_on.month >= begins else counted_on.year - 1


def counted_in_year(rule: Rule, year: int, counted_on: dt.date) -> Finding | None:
    """R35: a supply that is counted in a year has its contract or decision in it."""
    belongs = plan_year(rule, counted_on)
    if belongs == year:
        return None
    return found(
        rule,
        Words(
            f"{counted_on} 签约或决定,应计入 {belongs} 年,不是 {year} 年",
            f"contract or decision on {counted_on}: counts in {belongs}, not {year}",
        ),
        Words(f"计入 {belongs} 年", f"count it in {belongs}"),
        agreed_on=counted_on,
        year=str(year),
    )
