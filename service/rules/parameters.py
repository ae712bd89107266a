"""Which parameters the checks read from each rule, of which kind and unit. Pure.

The loader refuses a file that lacks one, has another, or gives it in another unit: days that become working days would
change every deadline without a word.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from service.rules.rule import Value


class Kind(StrEnum):
    """The form of a value in the file; numbers that need not be whole are written as text, so that none is rounded."""

    whole = "whole number"
    number = "number in quotation marks"
    fraction = "share in quotation marks, such as '1/3' or '0.25'"
    wholes = "list of whole numbers"
    names = "list of codes"
    numbers = "table of numbers in quotation marks"
    fractions = "table of shares in quotation marks"
    texts = "table of codes"


_K = Kind

NEEDED: Mapping[str, Mapping[str, tuple[Kind, str]]] = MappingProxyType(
    {
        "R01": {"days": (_K.whole, "day")},
        "R02": {"days": (_K.whole, "day")},
        "R03": {"share": (_K.number, "share")},
        "R04": {"share": (_K.number, "share")},
        "R05": {"price": (_K.numbers, "yuan_per_m2"), "grade": (_K.texts, "code")},
        "R06": {},
        "R07": {"total": (_K.number, "share")},
        "R10": {"days": (_K.whole, "workday")},
        "R11": {"share": (_K.number, "share"), "months": (_K.whole, "month")},
        "R12": {"first_share": (_K.number, "share"), "years": (_K.whole, "year")},
        "R14": {},
        "R15": {"publish": (_K.whole, "workday"), "refund": (_K.whole, "workday")},
        "R16": {},
        "R20": {"longest": (_K.numbers, "year")},
        "R30": {"cap": (_K.numbers, "ha"), "city_class": (_K.texts, "code")},
        "R31": {"above": (_K.number, "ratio")},
        "R32": {"limited": (_K.number, "month"), "stopped": (_K.number, "month")},
        "R33": {"attributes": (_K.names, "code")},
        "R34": {"publish_by": (_K.wholes, "month_day"), "compile_from": (_K.wholes, "month_day")},
        "R35": {"first_month": (_K.whole, "month_of_year")},
        "R40": {"conditions": (_K.names, "code")},
        "R41": {"items": (_K.names, "code")},
        "R42": {},
        "R43": {"uses": (_K.names, "code")},
        "R44": {},
        "R45": {},
        "R46": {"benchmark_share": (_K.number, "share")},
        "R47": {"days": (_K.numbers, "day")},
        "R50": {"days": (_K.whole, "workday")},
        "R51": {"days": (_K.whole, "day"), "most": (_K.fraction, "share")},
        "R52": {"days": (_K.whole, "workday")},
        "R53": {"days": (_K.whole, "day")},
        "R60": {"years": (_K.whole, "year")},
        "R61": {"built": (_K.fraction, "share"), "invested": (_K.fraction, "share"), "years": (_K.whole, "year")},
        "R62": {},
        "R63": {"done": (_K.fractions, "share")},
        "R64": {"share": (_K.number, "share")},
        "R65": {"years": (_K.whole, "year"), "alarms": (_K.wholes, "month")},
        "R66": {"reasons": (_K.names, "code")},
        "R67": {"notice": (_K.whole, "day"), "answer": (_K.whole, "day")},
        "R68": {"years": (_K.whole, "year")},
        "R70": {"times": (_K.whole, "times"), "years": (_K.whole, "year")},
        "R71": {"start_years": (_K.whole, "year"), "complete_years": (_K.whole, "year")},
        "R72": {"years": (_K.whole, "year"), "extension_months": (_K.whole, "month"), "ask": (_K.whole, "day")},
        "R73": {"months": (_K.whole, "month"), "times": (_K.whole, "times"), "extension_months": (_K.whole, "month")},
        "R74": {"years": (_K.whole, "year")},
        "R90": {},
        "R75": {
            "years": (_K.whole, "year"),
            "infrastructure_years": (_K.whole, "year"),
            "restore_years": (_K.whole, "year"),
        },
    }
)


def parsed(kind: Kind, raw: object) -> Value:
    """Read a value of the file.

    Raises:
        ValueError: it is not of that kind, below 0, or an empty list.

    >>> parsed(Kind.number, "0.20"), parsed(Kind.fractions, {"other": "1/3"})["other"]
    (Decimal('0.20'), Fraction(1, 3))
    """
    return _PARSERS[kind](raw)


def _whole(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 0:
        raise ValueError(raw)
    return raw


def _number(raw: object) -> Decimal:
    try:
        value = Decimal(_name(raw))
    except InvalidOperation:
        raise ValueError(raw) from None
    if not value.is_finite() or value < 0:
        raise ValueError(raw)
    return value


def _fraction(raw: object) -> Fraction:
    try:
        value = Fraction(_name(raw))
    except ZeroDivisionError:
        raise ValueError(raw) from None
    if not 0 <= value <= 1:
        raise ValueError(raw)
    return value


def _name(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(raw)
    return raw


def _wholes(raw: object) -> tuple[int, ...]:
    return tuple(map(_whole, _listed(raw)))


def _names(raw: object) -> tuple[str, ...]:
    return tuple(map(_name, _listed(raw)))


def _listed(raw: object) -> list[object]:
    if not isinstance(raw, list) or not raw:
        raise ValueError(raw)
    return raw


def _table(raw: object) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise ValueError(raw)  # noqa: TRY004 - one kind of fault for every wrong value
    return raw


_PARSERS: Mapping[Kind, Callable[[object], Value]] = {
    _K.whole: _whole,
    _K.number: _number,
    _K.fraction: _fraction,
    _K.wholes: _wholes,
    _K.names: _names,
    _K.numbers: lambda raw: {key: _number(value) for key, value in _table(raw).items()},
    _K.fractions: lambda raw: {key: _fraction(value) for key, value in _table(raw).items()},
    _K.texts: lambda raw: {key: _name(value) for key, value in _table(raw).items()},
}
