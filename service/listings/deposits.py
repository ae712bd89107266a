"""How a deposit (竞买保证金) may end: given back, forfeited, or counted towards the price. Pure.

Source: domain notes §1.3–1.4 (refund to losers; forfeited by false documents or a refusal to sign), 39号令 21 (counts
towards the price).
"""

from enum import StrEnum

from service.core.errors import Conflict
from service.listings.lifecycle import LotStage


class DepositEnd(StrEnum):
    """What became of a deposit; names are those of the columns."""

    refunded_on = "refunded_on"
    forfeited_on = "forfeited_on"
    credited_on = "credited_on"


class DepositRefused(Conflict):
    """The deposit can't end so; `allowed` names the ways that are open."""

    code, title_zh, title_en = "deposit-refused", "保证金不能这样处理", "Not possible with this deposit"


_E, _S = DepositEnd, LotStage
_OVER = frozenset({_S.sold, _S.concluded, _S.failed, _S.terminated, _S.void})
_NAMES = {
    _E.refunded_on: ("退还", "refunded"),
    _E.forfeited_on: ("不予退还", "forfeited"),
    _E.credited_on: ("抵作价款", "credited"),
}


def ends(stage: LotStage, *, winner: bool, qualified: bool | None, paid: bool) -> tuple[DepositEnd, ...]:
    """Return how a deposit may end.

    >>> [str(each) for each in ends(LotStage.sold, winner=False, qualified=True, paid=True)]
    ['refunded_on']
    """
    if not paid:
        return ()
    if winner and stage in {_S.sold, _S.concluded}:
        return (_E.credited_on,)
    if winner and stage is _S.void:
        return (_E.forfeited_on,)
    found = [_E.refunded_on] if stage in _OVER or qualified is False else []
    return (*found, *([_E.forfeited_on] if qualified is False else []))


def refuse_end(end: DepositEnd, open_ways: tuple[DepositEnd, ...]) -> None:
    """Refuse a way that is not open. Raises DepositRefused."""
    if end not in open_ways:
        zh, en = _NAMES[end]
        raise DepositRefused(
            f"该保证金目前不能{zh}。",
            f"This deposit can't be {en} now.",
            facts={"allowed": [str(each) for each in open_ways]},
        )
