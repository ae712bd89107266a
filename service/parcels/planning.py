"""Planning bounds (规划条件): value and inclusive flag at each end, as the notice words them (">1.1, ≤1.8"). Pure."""

from decimal import Decimal
from typing import Literal, NamedTuple, Protocol, TypedDict

from sqlalchemy.dialects.postgresql import Range

from service.core.errors import FieldError, Invalid

BoundField = Literal["far", "density_pct", "green_pct", "height_m"]
PERCENT = Decimal(100)
TITLES: dict[BoundField, tuple[str, str]] = {
    "far": ("容积率", "floor area ratio"),
    "density_pct": ("建筑密度", "building density"),
    "green_pct": ("绿地率", "green ratio"),
    "height_m": ("建筑高度", "building height"),
}
FIELDS: tuple[BoundField, ...] = ("far", "density_pct", "green_pct", "height_m")


class ImpossibleBound(Invalid):
    """A bound that no building can meet."""

    code, title_zh, title_en = "impossible-bound", "规划条件有误", "Impossible planning bound"


class Bound(NamedTuple):
    """Lowest and highest value of one index; None where that end is open."""

    min: Decimal | None = None
    min_inclusive: bool = True
    max: Decimal | None = None
    max_inclusive: bool = True


class BoundJson(TypedDict):
    """A bound on the wire."""

    min: float | None
    min_inclusive: bool
    max: float | None
    max_inclusive: bool


def to_range(field: BoundField, bound: Bound) -> Range[Decimal]:
    """Return the bound as the database keeps it.

    Raises:
        ImpossibleBound: no value lies in it, it is below 0, a percentage above 100, or both ends are open.

    >>> to_range("far", Bound(Decimal("1.1"), False, Decimal("1.8"), True))
    Range(lower=Decimal('1.1'), upper=Decimal('1.8'), bounds='(]', empty=False)
    """
    low, high = bound.min, bound.max
    if low is None and high is None:
        raise _impossible(field, "上下限至少填一个", "give at least one end")
    if any(value is not None and (not value.is_finite() or value < 0) for value in (low, high)):
        raise _impossible(field, "不能小于 0", "must not be below 0")
    if field.endswith("_pct") and any(value is not None and value > PERCENT for value in (low, high)):
        raise _impossible(field, "百分数不能大于 100", "is a percentage and must not exceed 100")
    # An end that is left open is the natural one: the range then lies within what the database checks.
    start, start_closed = (Decimal(0), True) if low is None else (low, bound.min_inclusive)
    end, end_closed = (PERCENT, True) if high is None and field.endswith("_pct") else (high, bound.max_inclusive)
    if end is not None and (start > end or (start == end and not (start_closed and end_closed))):
        raise _impossible(
            field, f"下限 {start} 与上限 {end} 之间没有可取的值", f"no value lies between {start} and {end}"
        )
    return Range(start, end, bounds=_brackets(closed_low=start_closed, closed_high=end is not None and end_closed))


def _brackets(*, closed_low: bool, closed_high: bool) -> Literal["[]", "[)", "(]", "()"]:
    if closed_low:
        return "[]" if closed_high else "[)"
    return "(]" if closed_high else "()"


class KeptRange(Protocol):
    """A range as a driver hands it over."""

    @property
    def lower(self) -> Decimal | None:
        """Lowest value."""
        ...

    @property
    def upper(self) -> Decimal | None:
        """Highest value."""
        ...

    @property
    def lower_inc(self) -> bool:
        """Whether the lowest value is in it."""
        ...

    @property
    def upper_inc(self) -> bool:
        """Whether the highest value is in it."""
        ...


def to_json(field: BoundField, kept: KeptRange | None) -> BoundJson | None:
    """Write a kept range for the wire. An end that bounds nothing (from 0, up to 100 %) is open: null and inclusive.

    >>> to_json("green_pct", Range(Decimal(35), Decimal(100), bounds="[]"))
    {'min': 35.0, 'min_inclusive': True, 'max': None, 'max_inclusive': True}
    """
    if kept is None:
        return None
    from_nothing = kept.lower is None or (kept.lower == 0 and kept.lower_inc)
    to_all = kept.upper is None or (field.endswith("_pct") and kept.upper == PERCENT and kept.upper_inc)
    return {
        "min": None if from_nothing else float(kept.lower or 0),
        "min_inclusive": from_nothing or kept.lower_inc,
        "max": None if to_all else float(kept.upper or 0),
        "max_inclusive": to_all or kept.upper_inc,
    }


def _impossible(field: BoundField, zh: str, en: str) -> ImpossibleBound:
    title_zh, title_en = TITLES[field]
    zh, en = f"{title_zh}{zh}", f"{title_en}: {en}"
    return ImpossibleBound(f"{zh}。", f"{en}.", errors=[FieldError(f"/planning/{field}", "impossible-bound", zh, en)])
