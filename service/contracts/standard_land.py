"""Standard land (标准地): a year's figures against the signed indices, and what may follow from them. Pure.

Source: domain notes §2.1 (DB41/T 2428—2023: 履标用地, 对标管地).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from service.core.errors import Conflict
from service.listings.indices import Sense


class Consequence(StrEnum):
    """What came of a year, the last step counts."""

    met = "met"
    short = "short"
    rectifying = "rectifying"
    rectified = "rectified"
    penalised = "penalised"
    released = "released"


class Index(NamedTuple):
    """An index as signed; `from_year`: the year from which it is measured, None: from the start."""

    name: str
    sense: Sense
    target: Decimal
    from_year: int | None = None


class IllegalConsequence(Conflict):
    """The step does not follow from the year's state or figures; `allowed` names what does."""

    code, title_zh, title_en = "illegal-consequence", "不能作出该处理", "Not possible for the year"


_C = Consequence
_AFTER: Mapping[Consequence, tuple[Consequence, ...]] = {
    _C.met: (_C.released,),
    _C.short: (_C.rectifying, _C.penalised),
    _C.rectifying: (_C.rectified, _C.penalised),
    _C.rectified: (_C.released,),
    _C.penalised: (_C.rectifying, _C.released),
    _C.released: (),
}

CONSEQUENCE_TITLES: Mapping[Consequence, tuple[str, str]] = {
    _C.met: ("达标", "met"),
    _C.short: ("未达标", "short"),
    _C.rectifying: ("整改中", "to be mended"),
    _C.rectified: ("已整改", "mended"),
    _C.penalised: ("已追究违约", "penalised"),
    _C.released: ("解除监管", "released"),
}


def satisfied(index: Index, actual: Decimal) -> bool:
    """Tell whether a figure keeps an index.

    >>> satisfied(Index("far", "at_least", Decimal("1.6")), Decimal("1.6"))
    True
    """
    return actual >= index.target if index.sense == "at_least" else actual <= index.target


def judged(indices: Sequence[Index], actuals: Mapping[str, Decimal], year: int) -> Consequence | None:
    """Say whether a year is met or short; None: nothing is due in it, or a figure is missing and none fails.

    >>> judged([Index("tax", "at_least", Decimal(50), 2024)], {"tax": Decimal(49)}, 2024)
    <Consequence.short: 'short'>
    """
    due = [each for each in indices if each.from_year is None or each.from_year <= year]
    known = [satisfied(each, actuals[each.name]) for each in due if each.name in actuals]
    if not all(known):
        return Consequence.short
    return Consequence.met if due and len(known) == len(due) else None


def allowed(state: Consequence | None, verdict: Consequence | None) -> tuple[Consequence, ...]:
    """Return the steps that can follow: what the figures say where it is not said yet, then the course of the law.

    A corrected figure turns a verdict while nothing has followed from it.

    >>> [str(each) for each in allowed(Consequence.short, Consequence.short)]
    ['rectifying', 'penalised']
    >>> allowed(None, None)
    ()
    """
    if state in {None, _C.met, _C.short} and verdict is not None and verdict is not state:
        return (verdict,)
    if state is None:
        return ()
    return _AFTER[state]


def refuse_illegal(state: Consequence | None, verdict: Consequence | None, step: Consequence) -> None:
    """Refuse a step that does not follow. Raises IllegalConsequence."""
    can = allowed(state, verdict)
    if step not in can:
        zh, en = CONSEQUENCE_TITLES[step]
        raise IllegalConsequence(
            f"该年度不能记为“{zh}”。", f"The year can't be “{en}”.", facts={"state": state, "allowed": can}
        )
