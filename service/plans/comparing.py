"""What differs between two editions of a plan, plot by plot. Pure."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Said = Mapping[str, Any]


class Difference(NamedTuple):
    """One plot that is not the same in both; `fields` is field → (before, after) of a change."""

    key: str
    parcel: str | None
    name: str | None
    change: Literal["added", "removed", "changed"]
    area_m2: Any
    fields: Mapping[str, tuple[Any, Any]]


def differences(before: Mapping[str, Said], after: Mapping[str, Said]) -> list[Difference]:
    """Compare what two editions say of their plots, by key: removed first, then changed, then added.

    >>> [each.change for each in differences({"a": {"parcel": "Z-1", "name": None, "area_m2": 1}}, {})]
    ['removed']
    """
    removed = [_whole("removed", key, before[key]) for key in before if key not in after]
    added = [_whole("added", key, after[key]) for key in after if key not in before]
    changed = []
    for key in before.keys() & after.keys():
        old, new = before[key], after[key]
        fields = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
        if fields:
            changed.append(Difference(key, new["parcel"], new["name"], "changed", new["area_m2"], fields))
    return [*removed, *sorted(changed, key=lambda each: (each.parcel or "", each.key)), *added]


def _whole(change: Literal["added", "removed"], key: str, said: Said) -> Difference:
    return Difference(key, said["parcel"], said["name"], change, said["area_m2"], {})
