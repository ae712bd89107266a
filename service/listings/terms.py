"""Terms of a lot: what a way of supply needs, what must be offered to all, and how a pause moves the dates. Pure."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from service.core.errors import Conflict
from service.listings.changes import Terms
from service.schemes.methods import COMPETITIVE, Method

_COLUMN = {"taker": "winner"}
_NEEDED: Mapping[Method, Sequence[str]] = {
    Method.listing: ("opens_at", "closes_at", "floor_yuan", "start_yuan", "increment_yuan", "deposit_yuan"),
    Method.auction: ("opens_at", "floor_yuan", "start_yuan", "increment_yuan", "deposit_yuan"),
    Method.tender: ("opens_at", "floor_yuan", "start_yuan", "deposit_yuan"),
    Method.agreement: ("closes_at", "winner", "price_yuan"),
    Method.allocation: ("closes_at", "winner"),
}
_OF_SALE = frozenset(
    {"opens_at", "start_yuan", "increment_yuan", "ceiling_yuan", "deposit_yuan", "floor_yuan", "indicators"}
)
_OF_PUBLICITY = frozenset({"closes_at", "price_yuan", "winner"})
_ALWAYS_BID = frozenset({"commercial", "industrial"})
_NAMES: Mapping[str, tuple[str, str]] = {
    "opens_at": ("开始时间", "start"),
    "closes_at": ("截止时间", "end"),
    "floor_yuan": ("方案底价", "floor of the scheme"),
    "start_yuan": ("起始价", "start price"),
    "increment_yuan": ("加价幅度", "increment"),
    "ceiling_yuan": ("熔断价", "ceiling"),
    "deposit_yuan": ("保证金", "deposit"),
    "indicators": ("标准地指标", "indices of standard land"),
    "price_yuan": ("协议价", "price agreed"),
    "winner": ("拟供对象", "taker"),
}


class LotIncomplete(Conflict):
    """Terms are missing, or don't belong to this way of supply; `missing` and `foreign` name them."""

    code, title_zh, title_en = "lot-incomplete", "交易条件不全", "The lot's terms are incomplete"


class MustBid(Conflict):
    """The use is one that the law has offered to all by tender, auction or listing (民法典 347)."""

    code, title_zh, title_en = "must-bid", "须公开出让", "Must be offered to all"


class DatesBroughtForward(Conflict):
    """A supplementary notice extends dates, it never shortens them."""

    code, title_zh, title_en = "lot-dates-earlier", "补充公告不得提前时间", "Dates can't be brought forward"


def given(terms: Terms) -> dict[str, Any]:
    """Return column → value of the terms that are said; indices as JSON.

    >>> given(Terms(taker="某局"))
    {'winner': '某局'}
    """
    said = {_COLUMN.get(name, name): getattr(terms, name) for name in terms.model_fields_set}
    if terms.indicators is not None:
        said["indicators"] = [each.model_dump(mode="json") for each in terms.indicators]
    return said


def for_method(method: Method) -> frozenset[str]:
    """Return the terms that a way of supply can have."""
    if method not in COMPETITIVE:
        return _OF_PUBLICITY
    return _OF_SALE | {"closes_at"} if method is Method.listing else _OF_SALE


def refuse_incomplete(number: str, method: Method, values: Mapping[str, object]) -> None:
    """Refuse terms that don't make a lot. Raises LotIncomplete."""
    missing = [name for name in _NEEDED[method] if values.get(name) is None]
    foreign = [name for name, value in values.items() if value is not None and name not in for_method(method)]
    if not missing and not foreign:
        return
    zh = [f"缺少{'、'.join(_NAMES[name][0] for name in missing)}"] if missing else []
    en = [f"missing: {', '.join(_NAMES[name][1] for name in missing)}"] if missing else []
    zh += [f"该供应方式没有{'、'.join(_NAMES[name][0] for name in foreign)}"] if foreign else []
    en += [f"not for this way of supply: {', '.join(_NAMES[name][1] for name in foreign)}"] if foreign else []
    raise LotIncomplete(
        f"宗地 {number}：{'；'.join(zh)}。",
        f"Lot {number}: {'; '.join(en)}.",
        facts={"missing": missing, "foreign": foreign},
    )


def refuse_unbid(method: Method, uses: Collection[str], *, market_housing: bool) -> None:
    """Refuse to give land of certain uses to a known taker. Raises MustBid.

    Source: 民法典 347: industry, commerce, tourism, entertainment, market housing. `market_housing`: the housing among
    the uses is not known to be affordable.
    """
    if method in COMPETITIVE:
        return
    bound = _ALWAYS_BID.intersection(uses) | ({"residential"} if market_housing and "residential" in uses else set())
    if bound:
        raise MustBid(
            "工业、商业、旅游、娱乐和商品住宅用地须以招标、拍卖或挂牌方式出让（民法典第347条）。",
            "Land for industry, commerce, tourism, entertainment and market housing is sold by tender, auction or "
            "listing (Civil Code, art. 347).",
            facts={"uses": sorted(bound)},
        )


def refuse_earlier(number: str, before: Mapping[str, Any], changed: Mapping[str, Any], *, begun: bool) -> None:
    """Refuse to bring a date forward, or to move a start that has been. Raises DatesBroughtForward."""
    if begun and changed.get("opens_at", before["opens_at"]) != before["opens_at"]:
        raise DatesBroughtForward(f"宗地 {number} 已开始。", f"Lot {number} has begun.")
    for name in ("opens_at", "closes_at"):
        old, new = before.get(name), changed.get(name)
        if old is not None and new is not None and new < old:
            zh, en = _NAMES[name]
            raise DatesBroughtForward(
                f"宗地 {number} 的{zh}不得早于原公告。", f"Lot {number}: the {en} can't be earlier than announced."
            )


def pause(since: dt.datetime, until: dt.datetime) -> dt.timedelta:
    """Return how far a pause moves the dates: its length in days, begun ones whole.

    >>> pause(dt.datetime(2022, 11, 1, 9), dt.datetime(2022, 11, 3, 10)).days
    3
    """
    days = -(-(until - since) // dt.timedelta(days=1))
    return dt.timedelta(days=max(days, 0))
