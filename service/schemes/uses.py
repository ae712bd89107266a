"""The uses of a scheme from the land uses of its parcels. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

_STEP = Decimal("0.0001")


class Component(NamedTuple):
    """Land of one use; `term`: an unusual one that the parcel names."""

    use_class: str
    area_m2: Decimal
    term: int | None = None


class Use(NamedTuple):
    """A use with its share of the whole."""

    use_class: str
    share: Decimal
    term: int | None


def shares(components: Iterable[Component]) -> list[Use]:
    """Return the uses, the largest first; shares have four digits and add up to exactly 1.

    >>> third = Decimal(100) / 3
    >>> [str(use.share) for use in shares(Component(name, third) for name in ("public", "water", "special"))]
    ['0.3334', '0.3333', '0.3333']
    """
    areas: dict[str, Decimal] = {}
    terms: dict[str, int] = {}
    for each in components:
        areas[each.use_class] = areas.get(each.use_class, Decimal(0)) + each.area_m2
        if each.term is not None:
            terms[each.use_class] = min(each.term, terms.get(each.use_class, each.term))
    ordered = sorted(areas, key=lambda name: (-areas[name], name))
    whole = sum(areas.values(), Decimal(0))
    found = {name: max((areas[name] / whole).quantize(_STEP), _STEP) for name in ordered}
    if ordered:
        found[ordered[0]] += 1 - sum(found.values(), Decimal(0))
    return [Use(name, found[name], terms.get(name)) for name in ordered]
