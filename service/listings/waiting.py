"""What the sale of a lot waits for. Pure."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple


class OpenItem(NamedTuple):
    """What a parcel's sale waits for; `key` None: the checklist itself is missing.

    `days_left` are working days to `ready_on`, the day by which it is forecast to be done.
    """

    code: str
    key: str | None
    title: str
    title_en: str
    lead: str | None
    lead_title: str | None
    lead_title_en: str | None
    state: str
    days_left: int | None
    ready_on: dt.date | None
    waivable: bool


_SHOWN = 3


def told(items: Sequence[OpenItem]) -> tuple[str, str]:
    """Name the first few in Chinese and English, each with its lead and how long it takes.

    >>> told([OpenItem("ZD-1", None, "缺清单", "none", None, None, None, "missing", None, None, waivable=False)])
    ('ZD-1 缺清单', 'ZD-1 none')
    """
    zh, en = (_joined(items, english=english) for english in (False, True))
    return zh, en


def _joined(items: Sequence[OpenItem], *, english: bool) -> str:
    words = ("; " if english else "；").join(_one(each, english=english) for each in items[:_SHOWN])
    return words + ((" …" if english else "……") if len(items) > _SHOWN else "")


def _one(item: OpenItem, *, english: bool) -> str:
    name = f"{item.code} {item.title_en if english else item.title}"
    if item.lead is None:
        return name
    if english:
        return f"{name} ({item.lead_title_en}, {item.days_left} working days)"
    return f"{name}（{item.lead_title}，约 {item.days_left} 个工作日）"
