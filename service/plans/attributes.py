"""The five things that the published supply of a year must say: 总量、结构、时序、地块、用途 (实施条例 16). Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from service.core.plurals import Count
from service.plans.findings import Figure, Finding
from service.rules.rule import Rule


class Gaps(NamedTuple):
    """How many items a plan has, and how many of them leave something unsaid."""

    items: int
    without_structure: int
    without_timing: int
    without_parcel: int
    without_use: int
    differing_class: int = 0


_ASKED = (
    (
        "structure",
        "结构",
        "structure",
        "住宅用地未分商品、保障",
        "plot says no kind of housing|plots say no kind of housing",
    ),
    ("timing", "时序", "timing", "没有计划季度", "plot has no planned quarter|plots have no planned quarter"),
    (
        "parcel",
        "地块",
        "plots",
        "既没有地块也没有示意范围",
        "plot has neither a parcel nor a sketch|plots have neither a parcel nor a sketch",
    ),
    ("use", "用途", "use", "没有用地分类代码", "plot has no land-use code|plots have no land-use code"),
)


def missing(gaps: Gaps, rule: Rule) -> Iterator[Finding]:
    """Yield a finding by the rule (R33) for each of the five that the plan doesn't say."""
    if gaps.items == 0:
        satisfied = ("至少列入一宗地块。", "Put at least one plot into the plan.")
        yield _finding(rule, ("总量：计划没有任何地块。", "Total: the plan has no plots."), satisfied, 0, {})
    counts = (gaps.without_structure, gaps.without_timing, gaps.without_parcel, gaps.without_use)
    for (key, zh, en, why_zh, why_en), count in zip(_ASKED, counts, strict=True):
        if count:
            message = (f"{zh}：{count} 宗{why_zh}。", f"{en.capitalize()}: {Count(count):{why_en}}.")
            satisfied = (f"补齐这 {count} 宗的{zh}。", f"Fill in the {en} of {Count(count):this plot|these plots}.")
            yield _finding(rule, message, satisfied, count, {"missing": key})


def _finding(
    rule: Rule, message: tuple[str, str], satisfied: tuple[str, str], count: int, where: dict[str, str]
) -> Finding:
    return Finding(
        rule.id,
        rule.severity.value,
        hard=rule.hard,
        title=(rule.title, rule.title_en),
        message=message,
        source=rule.cited(),
        satisfied_by=satisfied,
        figures={"items": Figure(str(count), "宗")},
        where=where,
    )


def doubtful(gaps: Gaps) -> Iterator[Finding]:
    """Yield a warning where the class of items is not the one that their land use belongs to."""
    if gaps.differing_class:
        count = gaps.differing_class
        yield Finding(
            "plan_class",
            "warn",
            hard=False,
            title=("用途类别与用地代码不符", "Class and land use differ"),
            message=(
                f"{count} 宗的用途类别与其用地代码所属类别不同。",
                f"{Count(count):plot has a class|plots have a class} that is not the one of its land use.",
            ),
            source="gis_data/codes",
            satisfied_by=("核对用途类别或用地代码。", "Check the class or the land-use code."),
            figures={"items": Figure(str(count), "宗")},
            where={"missing": "class"},
        )
