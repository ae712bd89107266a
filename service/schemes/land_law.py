"""What the law asks of the land before it is supplied (R40–R44, R50–R53, R74, R75). Pure.

Hard stops (R41–R44) are preconditions that nobody may override: planning conditions, archaeology, soil, conversion.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from service.core.plurals import Count
from service.rules.calendar import Calendar, add_years
from service.rules.finding import Finding, Words, found
from service.rules.rule import Rule, Severity
from service.rules.terms import late, too_short

_CONDITIONS = {
    "title": Words("产权清晰", "clear title"),
    "compensation": Words("补偿到位", "compensation settled"),
    "disputes": Words("无法律经济纠纷", "no legal or economic dispute"),
    "planning": Words("位置、用途、容积率明确", "location, use and ratio fixed"),
    "site": Words("具备动工开发基本条件", "basic conditions for starting"),
}
_ITEMS = {
    "position": Words("位置", "position"),
    "extent": Words("范围", "extent"),
    "use": Words("用途", "use"),
    "density": Words("建筑密度", "density"),
    "height": Words("建筑高度", "height"),
    "far": Words("容积率", "floor area ratio"),
    "green_ratio": Words("绿地率", "green ratio"),
    "facilities": Words("配套设施", "facilities"),
    "control_lines": Words("控制线", "control lines"),
    "setbacks": Words("退让", "setbacks"),
    "underground": Words("地下空间", "underground space"),
}


def _lacking(needed: Collection[str], given: Collection[str], words: Mapping[str, Words]) -> tuple[list[str], Words]:
    missing = [name for name in needed if name not in given]
    told = [words.get(name, Words(name, name)) for name in missing]
    return missing, Words("、".join(each.zh for each in told), ", ".join(each.en for each in told))


def clean_land(rule: Rule, evidenced: Collection[str]) -> Finding | None:
    """R40: the five conditions of clean land; `evidenced` are those with a document."""
    missing, told = _lacking(rule.names("conditions"), evidenced, _CONDITIONS)
    if not missing:
        return None
    return found(
        rule,
        Words(f"净地条件缺少证明:{told.zh}", f"no evidence of clean land: {told.en}"),
        Words(f"附上证明文件:{told.zh}", f"attach evidence: {told.en}"),
        missing=",".join(missing),
    )


def planning_conditions(rule: Rule, stated: Collection[str] | None) -> Finding | None:
    """R41: the conditions are issued (None: they are not), and state every item; asked of scheme and contract alike."""
    if stated is None:
        return found(
            rule,
            Words("没有规划条件", "there are no planning conditions"),
            Words("依据控制性详细规划出具规划条件", "have planning conditions issued from the detailed plan"),
        )
    missing, told = _lacking(rule.names("items"), stated, _ITEMS)
    if not missing:
        return None
    return found(
        rule,
        Words(f"规划条件未载明:{told.zh}", f"the planning conditions don't state: {told.en}"),
        Words(f"补充{told.zh}", f"add {told.en}"),
        missing=",".join(missing),
    )


def archaeology(rule: Rule, may_hold_relics: bool | None, *, done: bool) -> Finding | None:  # noqa: FBT001 - a fact
    """R42: survey before grant or allocation where relics may lie; None: no layer says where, so it is only told."""
    if done or may_hold_relics is False:
        return None
    remedy = Words("完成考古调查、勘探并取得处理意见", "finish the survey and get the relics authority's decision")
    if may_hold_relics is None:
        message = Words(
            "没有地下文物埋藏区图层,无法判断是否须先考古",
            "no layer of buried relics: whether a survey is due is unknown",
        )
        return found(rule, message, remedy, severity=Severity.warn)
    message = Words(
        "可能有地下文物,考古调查、勘探尚未完成", "relics may lie underground and the survey is not finished"
    )
    return found(rule, message, remedy)


@dataclass(frozen=True, slots=True)
class Soil:
    """What is known of a plot's soil. `listed`: on the list of plots under risk control and remediation."""

    use_before: str
    use_after: str
    surveyed: bool
    reviewed: bool
    listed: bool


def soil(rule: Rule, plot: Soil) -> Finding | None:
    """R43: a change to a sensitive use (`plan_class`) needs a reviewed survey, and no listed plot becomes one."""
    sensitive = rule.names("uses")
    if plot.use_after not in sensitive:
        return None
    if plot.listed:
        return found(
            rule,
            Words("地块列入建设用地土壤污染风险管控和修复名录", "the plot is on the list of polluted plots"),
            Words("修复并移出名录,或改变用途", "remediate it and have it taken off the list, or change the use"),
            use=plot.use_after,
        )
    if plot.use_before == plot.use_after or (plot.surveyed and plot.reviewed):
        return None
    missing = Words("评审", "reviewed") if plot.surveyed else Words("调查", "surveyed")
    return found(
        rule,
        Words(
            f"变更为敏感用途,土壤污染状况未经{missing.zh}", f"a change to a sensitive use: the soil is not {missing.en}"
        ),
        Words("完成土壤污染状况调查并通过评审", "survey the soil and have the report reviewed"),
        use=plot.use_after,
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """What the land was before, and which approvals there are."""

    farmland: bool
    converted: bool
    collective: bool
    expropriated: bool


def conversion(rule: Rule, origin: Origin) -> Finding | None:
    """R44: farmland is converted and collective land expropriated before it is supplied."""
    steps = {
        "conversion": (origin.farmland and not origin.converted, Words("农用地转用审批", "conversion of farmland")),
        "expropriation": (origin.collective and not origin.expropriated, Words("土地征收", "expropriation")),
    }
    missing = [name for name, (lacks, _) in steps.items() if lacks]
    if not missing:
        return None
    zh = "、".join(steps[name][1].zh for name in missing)
    en = ", ".join(steps[name][1].en for name in missing)
    return found(
        rule,
        Words(f"尚未办理:{zh}", f"not done yet: {en}"),
        Words(f"先办理{zh}", f"first {en}"),
        missing=",".join(missing),
    )


def pre_notice(rule: Rule, begins_on: dt.date, ends_on: dt.date, calendar: Calendar) -> Finding | None:
    """R50: the pre-notice of an expropriation, in working days."""
    days = rule.whole("days")
    what = Words("征收预公告:", "pre-notice of expropriation")
    return too_short(rule, what, begins_on, ends_on, needed=days, earliest=calendar.add_workdays(begins_on, days))


def compensation_plan(rule: Rule, begins_on: dt.date, ends_on: dt.date) -> Finding | None:
    """R51: the notice of the compensation plan."""
    what = Words("补偿安置方案公告:", "notice of the compensation plan")
    return too_short(rule, what, begins_on, ends_on, needed=rule.whole("days"))


def hearing(rule: Rule, *, members: int, objecting: int, held: bool) -> Finding | None:
    """R51: a hearing is held if most members object."""
    if held or members == 0 or Fraction(objecting, members) <= rule.fraction("most"):
        return None
    return found(
        rule,
        Words(
            f"{members} 名成员中 {objecting} 名有异议,尚未听证",
            f"of {Count(members):member|members}, {objecting} objected and no hearing was held",
        ),
        Words("召开听证会", "hold a hearing"),
        objecting=Decimal(objecting) / members,
    )


def expropriation_notice(
    rule: Rule, received_on: dt.date, published_on: dt.date | None, *, today: dt.date, calendar: Calendar
) -> Finding | None:
    """R52: the notice follows the approval within working days."""
    due = calendar.add_workdays(received_on, rule.whole("days"))
    return late(rule, Words("征收土地公告", "notice of expropriation"), due, published_on or today)


def house_plan(rule: Rule, begins_on: dt.date, ends_on: dt.date) -> Finding | None:
    """R53: comment on the draft plan for houses on state land."""
    what = Words("补偿方案征求意见:", "comment on the compensation plan")
    return too_short(rule, what, begins_on, ends_on, needed=rule.whole("days"))


def impact_assessment(
    rule: Rule, approved_on: dt.date, started_on: dt.date | None, *, today: dt.date, calendar: Calendar
) -> Finding | None:
    """R74: works start within some years of the approval; `approved_on` is that of the last examination."""
    years = rule.whole("years")
    last = add_years(calendar, approved_on, years)
    if (started_on or today) <= last:
        return None
    return found(
        rule,
        Words(
            f"环评批复 {approved_on} 已超过 {years} 年未动工",
            f"the EIA of {approved_on} is over {Count(years):year|years} old without a start",
        ),
        Words("报原审批机关重新审核", "have the authority examine it again"),
        approved_on=approved_on,
        due_on=last,
    )


def temporary_use(
    rule: Rule, begins_on: dt.date, ends_on: dt.date, *, infrastructure: bool, calendar: Calendar
) -> Finding | None:
    """R75: temporary use lasts two years, four for large infrastructure."""
    years = rule.whole("infrastructure_years" if infrastructure else "years")
    last = add_years(calendar, begins_on, years)
    if ends_on <= last:
        return None
    return found(
        rule,
        Words(
            f"临时用地至 {ends_on},超过 {years} 年", f"temporary use until {ends_on}, over {Count(years):year|years}"
        ),
        Words(f"期限不超过 {last}", f"end by {last}"),
        begins_on=begins_on,
        ends_on=ends_on,
        due_on=last,
    )


def restoration(
    rule: Rule, expired_on: dt.date, restored_on: dt.date | None, *, today: dt.date, calendar: Calendar
) -> Finding | None:
    """R75: the land is restored within a year of expiry."""
    due = add_years(calendar, expired_on, rule.whole("restore_years"))
    return late(rule, Words("恢复临时用地", "restoring the land"), due, restored_on or today)
