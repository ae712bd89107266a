"""What the law asks before land is supplied: price, term, planning, land, publicity (R04–R05, R20, R31, R45–R47).

Each check takes the rule as it stands on the day of the act and plain facts, and returns a finding or None. Pure.
Preconditions of the land itself stand in `land_law`.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from service.rules.finding import Finding, Words, found, least, plain
from service.rules.rule import Rule
from service.rules.terms import too_short

Publicity = Literal["allocation", "call", "result"]
_PUBLICITY: Mapping[Publicity, Words] = {
    "allocation": Words("划拨公示", "publicity of the allocation"),
    "call": Words("协议出让公布意向", "call for applicants"),
    "result": Words("协议出让结果公示", "publicity of the negotiated result"),
}


def grant_floor(rule: Rule, floor: Decimal, benchmark: Decimal) -> Finding | None:
    """R04: the lowest grant price against the benchmark price of the grade, both in yuan per m² of the same area."""
    needed = least(rule.number("share"), benchmark)
    if floor >= needed:
        return None
    share = plain(rule.number("share") * 100)
    return found(
        rule,
        Words(
            f"底价 {plain(floor)} 元/m²,低于基准地价 {plain(benchmark)} 元/m² 的 {share}%",
            f"the floor of {plain(floor)} yuan/m² is below {share} % of the benchmark of {plain(benchmark)}",
        ),
        Words(f"底价不低于 {plain(needed)} 元/m²", f"a floor of at least {plain(needed)} yuan/m²"),
        floor_m2=floor,
        benchmark=benchmark,
        least_m2=needed,
    )


def industrial_floor(rule: Rule, floor: Decimal, jurisdiction: str) -> Finding | None:
    """R05: the price of industrial land, in yuan per m², against the lowest of the jurisdiction's grade."""
    grade = rule.text_of("grade", jurisdiction)
    lowest = None if grade is None else rule.number_of("price", grade)
    if lowest is None:
        return found(
            rule,
            Words("管辖区的工业用地等别未录入,无法核对最低价", "the grade of the jurisdiction is not on record"),
            Words("由本区确定等别,填入规则 R05 的 grade", "the district sets its grade under grade of the rule R05"),
            floor_m2=floor,
        )
    if floor >= lowest:
        return None
    return found(
        rule,
        Words(
            f"底价 {plain(floor)} 元/m²,低于 {grade} 等的最低价 {plain(lowest)} 元/m²",
            f"the floor of {plain(floor)} yuan/m² is below the {plain(lowest)} of grade {grade}",
        ),
        Words(f"底价不低于 {plain(lowest)} 元/m²", f"a floor of at least {plain(lowest)} yuan/m²"),
        floor_m2=floor,
        grade=str(grade),
        least_m2=lowest,
    )


def term(rule: Rule, use: str, years: Decimal) -> Finding | None:
    """R20: the term of one use (a class of the plan, `plan_class`) of a parcel; called for each of its uses."""
    longest = rule.number_of("longest", use)
    if longest is None or years <= longest:
        return None
    return found(
        rule,
        Words(
            f"出让年限 {plain(years)} 年,超过该用途最高 {plain(longest)} 年",
            f"a term of {plain(years)} years, over the {plain(longest)} of that use",
        ),
        Words(f"年限不超过 {plain(longest)} 年", f"a term of at most {plain(longest)} years"),
        use=use,
        term=years,
    )


def housing_ratio(rule: Rule, lowest: Decimal | None, *, inclusive: bool) -> Finding | None:
    """R31: the lowest floor area ratio that the conditions of a housing plot allow; None: none is set."""
    above = rule.number("above")
    if lowest is not None and (lowest > above or (lowest == above and not inclusive)):
        return None
    given = "未设下限" if lowest is None else f"{'≥' if inclusive else '>'} {plain(lowest)}"
    given_en = "no lower end" if lowest is None else given
    return found(
        rule,
        Words(
            f"住宅容积率{given},应大于 {plain(above)}", f"floor area ratio of housing {given_en}, not > {plain(above)}"
        ),
        Words(f"规划条件写明容积率 > {plain(above)}", f"let the conditions say > {plain(above)}"),
        far=Decimal(0) if lowest is None else lowest,
    )


def subsidy(rule: Rule, linked: bool) -> Finding | None:  # noqa: FBT001 - the one fact it is about
    """R45: a subsidy, refund, reward or swap that is linked to the price of the land."""
    if not linked:
        return None
    return found(
        rule,
        Words("补贴、返还或奖励与地价挂钩", "a subsidy, refund or reward is linked to the land price"),
        Words("取消与地价挂钩的优惠;可改用先租后让或弹性年期", "drop the link; lease first or a shorter term is open"),
    )


def negotiated_price(
    rule: Rule, price: Decimal, *, costs: Mapping[str, Decimal], area_m2: Decimal, benchmark: Decimal | None
) -> Finding | None:
    """R46: a negotiated price in yuan covers its costs (new-land fee, compensation, taxes) and the benchmark's share.

    `benchmark` in yuan per m²; None where the grade has none.
    """
    by_benchmark = Decimal(0) if benchmark is None else least(rule.number("benchmark_share"), benchmark * area_m2)
    needed = max(sum(costs.values(), Decimal(0)), by_benchmark)
    if price >= needed:
        return None
    return found(
        rule,
        Words(
            f"协议价 {plain(price)} 元,低于最低价 {plain(needed)} 元",
            f"the negotiated price of {plain(price)} yuan is below the lowest of {plain(needed)}",
        ),
        Words(f"协议价不低于 {plain(needed)} 元", f"a price of at least {plain(needed)} yuan"),
        price=price,
        least=needed,
    )


def publicity(rule: Rule, kind: Publicity, begins_on: dt.date, ends_on: dt.date) -> Finding | None:
    """R47: how long an allocation or a negotiated grant is shown to the public."""
    needed = rule.number_of("days", kind)
    if needed is None:
        return None
    what = _PUBLICITY[kind]
    return too_short(rule, Words(f"{what.zh}:", what.en), begins_on, ends_on, needed=int(needed))
