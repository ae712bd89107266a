"""What is paid of each instalment, how late, and the fee for it (违约金). Pure.

Payments meet instalments in order of their due days. A reversed payment never was one. The day an instalment is due is
in time; every day after it costs the agreed rate on what was missing.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from service.contracts.legal import Payment

CENT = Decimal("0.01")
_PERMILLE = Decimal(1000)
_NOTHING = Decimal(0)


class Booked(NamedTuple):
    """A payment as it is kept; `reverses` is the id of the one it takes back."""

    id: int
    on: dt.date
    yuan: Decimal
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment: what is paid of it, when it was settled (None: not yet), the days it is or was late, the fee."""

    ordinal: int
    due_on: dt.date
    yuan: Decimal
    paid_yuan: Decimal
    settled_on: dt.date | None
    late_days: int
    late_fee_yuan: Decimal

    @property
    def missing_yuan(self) -> Decimal:
        """What is still to be paid of it."""
        return self.yuan - self.paid_yuan


def standing(booked: Iterable[Booked]) -> list[Payment]:
    """Return the payments that were not taken back, in order of their days."""
    every = list(booked)
    gone = {each.reverses for each in every}
    kept = [each for each in every if each.reverses is None and each.id not in gone]
    return [Payment(each.on, each.yuan) for each in sorted(kept, key=lambda each: (each.on, each.id))]


def total(payments: Iterable[Payment]) -> Decimal:
    """Return the sum of payments."""
    return sum((each.yuan for each in payments), _NOTHING)


def full_on(price: Decimal, payments: Iterable[Payment]) -> dt.date | None:
    """Return the day on which the payments, in order, reach the price; None: they don't, or there is no price.

    >>> full_on(Decimal(3), [Payment(dt.date(2022, 1, 1), Decimal(1)), Payment(dt.date(2022, 2, 1), Decimal(2))])
    datetime.date(2022, 2, 1)
    """
    paid = _NOTHING
    for each in payments:
        paid += each.yuan
        if paid >= price > 0:
            return each.on
    return None


def settle(
    agreed: Sequence[Payment], payments: Sequence[Payment], *, rate_permille: Decimal | None, today: dt.date
) -> list[Line]:
    """Set payments, in order of their days, against instalments; what is missing is late until today.

    >>> day = dt.date(2022, 1, 1)
    >>> (line,) = settle([Payment(day, Decimal(100))], [], rate_permille=Decimal(1), today=dt.date(2022, 1, 11))
    >>> line.late_days, line.late_fee_yuan
    (10, Decimal('1.00'))
    """
    left = list(payments)
    lines = []
    for ordinal, part in enumerate(sorted(agreed), 1):
        pieces, left = _taken(left, part.yuan)
        lines.append(_line(ordinal, part, pieces, rate_permille or _NOTHING, today))
    return lines


def _taken(payments: Sequence[Payment], wanted: Decimal) -> tuple[list[Payment], list[Payment]]:
    """Take an amount off payments: the pieces taken, and what is left."""
    pieces, left = [], []
    for each in payments:
        piece = min(each.yuan, wanted)
        wanted -= piece
        if piece:
            pieces.append(Payment(each.on, piece))
        if each.yuan > piece:
            left.append(Payment(each.on, each.yuan - piece))
    return pieces, left


def _line(ordinal: int, part: Payment, pieces: Sequence[Payment], rate: Decimal, today: dt.date) -> Line:
    paid = total(pieces)
    missing = part.yuan - paid
    settled_on = None if missing > 0 else pieces[-1].on
    held_back = [*pieces, *([Payment(today, missing)] if missing > 0 else [])]
    days = [max((each.on - part.on).days, 0) for each in held_back]
    fee = sum((each.yuan * rate * late / _PERMILLE for each, late in zip(held_back, days, strict=True)), _NOTHING)
    return Line(ordinal, part.on, part.yuan, paid, settled_on, max(days, default=0), fee.quantize(CENT, ROUND_HALF_UP))
