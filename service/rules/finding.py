"""A finding: which rule a case breaks, by what figures, and what would satisfy it. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from types import MappingProxyType
from typing import NamedTuple

from service.rules.rule import Rule, Severity

Figure = Decimal | int | dt.date | str

# Every figure that a finding can carry: Chinese, English, unit.
FIGURES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "accepted": ("已计投资", "investment that counts", "yuan"),
        "agreed_on": ("约定日期", "agreed date", "date"),
        "allowed_m2": ("允许面积", "area allowed", "m2"),
        "approved_on": ("批准日期", "approved on", "date"),
        "area_ha": ("面积", "area", "ha"),
        "balance_on": ("末期缴款日", "last instalment due on", "date"),
        "begins_on": ("开始日期", "begins on", "date"),
        "benchmark": ("基准地价", "benchmark price", "yuan_per_m2"),
        "built_share": ("已建面积比例", "share of the area built", "share"),
        "cap_ha": ("面积上限", "largest area", "ha"),
        "ceiling": ("熔断价", "ceiling", "yuan"),
        "days": ("天数", "days", "day"),
        "deposit": ("保证金", "deposit", "yuan"),
        "due_on": ("期限", "due on", "date"),
        "ends_on": ("结束日期", "ends on", "date"),
        "excluded_days": ("不计入天数", "days left out", "day"),
        "extensions": ("已延期次数", "extensions so far", "times"),
        "far": ("容积率下限", "lowest floor area ratio", "ratio"),
        "fee": ("闲置费", "idle fee", "yuan"),
        "first": ("首期缴款", "first instalment", "yuan"),
        "floor": ("底价", "floor price", "yuan"),
        "floor_m2": ("单位底价", "floor price", "yuan_per_m2"),
        "foundation": ("基础完成比例", "share of the foundation done", "share"),
        "grade": ("等别", "grade", "code"),
        "handed_over_on": ("交地日期", "handed over on", "date"),
        "increment": ("加价幅度", "increment", "yuan"),
        "invested_share": ("已投资比例", "share invested", "share"),
        "least": ("最低值", "at least", "yuan"),
        "least_m2": ("最低单价", "at least", "yuan_per_m2"),
        "missing": ("缺少", "missing", "code"),
        "months_of_stock": ("去化周期", "months of stock", "month"),
        "new_m2": ("新增出让面积", "new grant", "m2"),
        "objecting": ("异议比例", "share objecting", "share"),
        "paid": ("已缴价款", "paid", "yuan"),
        "price": ("价款", "price", "yuan"),
        "received_on": ("收到批准日期", "approval received on", "date"),
        "shares": ("份额合计", "sum of shares", "share"),
        "signed_on": ("签约日期", "signed on", "date"),
        "sold_on": ("成交日期", "sold on", "date"),
        "start_price": ("起始价", "start price", "yuan"),
        "started_on": ("开工日期", "started on", "date"),
        "term": ("年限", "term", "year"),
        "use": ("用途", "use", "code"),
        "year": ("年度", "year", "code"),
    }
)


class Words(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a case. `figures` are named as in `FIGURES`; `severity` may be milder than the rule's.

    `provisional`: a day in it leans on a year without an issued calendar of working days.
    """

    rule: Rule
    severity: Severity
    message: Words
    satisfied_by: Words
    figures: Mapping[str, Figure]
    provisional: bool = False

    @property
    def hard(self) -> bool:
        """Whether nobody may override it."""
        return self.rule.hard and self.severity is Severity.block

    @property
    def verified(self) -> bool:
        """Whether a source of the rule has been read, and its figures with it."""
        return self.rule.figures_verified


def found(
    rule: Rule,
    message: Words,
    satisfied_by: Words,
    /,
    *,
    severity: Severity | None = None,
    provisional: bool = False,
    **figures: Figure,
) -> Finding:
    """Return the finding that a case breaks a rule; an unknown name of a figure raises KeyError."""
    for name in figures:
        FIGURES[name]
    return Finding(rule, severity or rule.severity, message, satisfied_by, MappingProxyType(figures), provisional)


def plain(value: Decimal) -> str:
    """Write a number without a power of ten and without needless zeros.

    >>> plain(Decimal("20.00")), plain(Decimal("6.990")), plain(Decimal("1E+3"))
    ('20', '6.99', '1000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def least(share: Decimal, whole: Decimal) -> Decimal:
    """Return the smallest amount to the cent that is at least a share of another.

    >>> least(Decimal("0.20"), Decimal("33.33"))
    Decimal('6.67')
    """
    return (share * whole).quantize(Decimal("0.01"), ROUND_UP)
