"""What a scheme has to say before it is handed in, whatever the law asks of it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol

from service.core.errors import Conflict
from service.schemes.methods import COMPETITIVE, Method


class SchemeIncomplete(Conflict):
    """A scheme that leaves something unsaid; `missing` names the fields."""

    code, title_zh, title_en = "scheme-incomplete", "方案内容不全", "The scheme is incomplete"


class Gap(NamedTuple):
    """A field that is empty or can't be so, in words."""

    field: str
    zh: str
    en: str


class UseLike(Protocol):
    """A use of the land."""

    @property
    def term_years(self) -> Decimal | None:
        """How long; None: without a term."""
        ...

    @property
    def share(self) -> Decimal:
        """Of the area."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """What a scheme says."""

    method: Method
    parcels: int
    uses: Sequence[UseLike]
    benchmark: Decimal | None
    floor: Decimal | None
    reserve: Decimal | None
    priced: bool


def gaps(said: Said) -> Iterator[Gap]:
    """Return what is missing; an allocation has neither price nor, but by its own wish, a term.

    >>> [gap.field for gap in gaps(Said(Method.allocation, 0, (), None, None, None, priced=False))]
    ['parcels', 'uses']
    """
    if said.parcels == 0:
        yield Gap("parcels", "没有地块", "there are no parcels")
    if not said.uses:
        yield Gap("uses", "没有用途", "there are no uses")
    elif sum((use.share for use in said.uses), Decimal(0)) != 1:
        yield Gap("uses", "各用途比例合计不是 100%", "the shares of the uses don't add up to 100 %")
    if said.method is Method.allocation:
        return
    if any(use.term_years is None for use in said.uses):
        yield Gap("uses", "出让须填年限", "a grant has a term for each use")
    if said.floor is None or not said.priced:
        yield Gap("floor_yuan", "价格决策不全:须有底价和定价日期", "the price decision lacks the floor or its day")
    if said.method in COMPETITIVE and said.benchmark is None:
        yield Gap("benchmark_yuan_m2", "须填基准地价", "the benchmark price is missing")
    if said.method in COMPETITIVE and said.reserve is None:
        yield Gap("reserve_yuan", "须填保留底价", "the reserve price is missing")


def refuse_gaps(said: Said) -> None:
    """Refuse a scheme that leaves something unsaid. Raises SchemeIncomplete."""
    found = list(gaps(said))
    if found:
        raise SchemeIncomplete(
            "；".join(gap.zh for gap in found) + "。",
            "; ".join(gap.en for gap in found) + ".",
            facts={"missing": list(dict.fromkeys(gap.field for gap in found))},
        )
