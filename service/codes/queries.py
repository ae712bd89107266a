"""Look-ups in the code lists. The lists are read once, when this module is loaded: a broken one stops the start."""

from collections.abc import Mapping

from service.accounts import bindings
from service.codes.loader import Code, CodeList, load

LAND_USE = "land_use_2023"
"""The list that a bare land-use code is taken from. The same digits mean other things in other lists."""

_LISTS = load()


def lists() -> Mapping[str, CodeList]:
    """Every code list by its key."""
    return _LISTS


bindings.register("lead_bureau", lambda _session, _codes: _LISTS["lead_bureau"].entries)
bindings.register("kinds", lambda _session, _codes: _LISTS["work_kind"].entries)
bindings.register("exempt", lambda _session, _codes: _LISTS["exempt_class"].entries)


def code_of(scheme: str, code: str) -> Code | None:
    """Return one entry; None if the list or the code is unknown."""
    found = _LISTS.get(scheme)
    return None if found is None else found.entries.get(code)


def name_of(scheme: str, code: str, *, english: bool = False) -> str | None:
    """Return what a code is called, or None.

    >>> name_of("land_use_2023", "070102"), name_of("gbt_21010_2017", "0601", english=True)
    ('二类城镇住宅用地', 'Industry')
    """
    found = code_of(scheme, code)
    if found is None:
        return None
    return found.name_en if english else found.name


def max_term_years(scheme: str, code: str) -> int | None:
    """Return the longest term of a granted right for a use, in years (国务院令第55号 12条); None where there is none.

    >>> max_term_years("land_use_2023", "0902")
    40
    """
    found = code_of(scheme, code)
    return None if found is None else found.max_term_years
