"""What is different between two templates, item by item: by key, field by field. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from service.checklist.template import Item, Template


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an item that both templates have; values as they stand in the template."""

    key: str
    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class TemplateDiff:
    """Items of the new one alone, of the old one alone, and what changed of the others, each in its template's order.

    `baseline_changed`: the traditional way is told differently.
    """

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[Change, ...]
    baseline_changed: bool

    def __bool__(self) -> bool:
        """Tell whether anything is different."""
        return bool(self.added or self.removed or self.changed or self.baseline_changed)


def diff(old: Template, new: Template) -> TemplateDiff:
    """Compare two templates, or two versions of one.

    >>> from service.checklist.template_loader import templates
    >>> found = diff(templates()["zhengdong"], templates()["standard_land"])
    >>> [item.key for item in found.added], found.removed[0].key
    ([], 'BT-A1')
    """
    added = tuple(item for item in new.items if item.key not in old.by_key)
    removed = tuple(item for item in old.items if item.key not in new.by_key)
    pairs = ((old.by_key[item.key], item) for item in new.items if item.key in old.by_key)
    changed = tuple(change for before, after in pairs for change in _changes(before, after))
    return TemplateDiff(added, removed, changed, old.traditional != new.traditional)


def _changes(before: Item, after: Item) -> Iterator[Change]:
    for field in fields(Item):
        was, now = getattr(before, field.name), getattr(after, field.name)
        if field.compare and was != now:
            yield Change(after.key, field.name, was, now)
