"""Offers (报价): which are taken, and how a round ends by them. Money is yuan. Pure.

Source: domain notes §1.4; what differs by city is the trading centre's (`centres.py`).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from service.core.errors import Conflict
from service.core.plurals import Count
from service.listings.centres import TimedBidding, TradingCentre
from service.rules.finding import plain
from service.schemes.methods import Method

_LAST_HOUR = dt.timedelta(hours=1)


class OfferRefused(Conflict):
    """The offer is too early, too late, too low or too high; `reason` says which, `least` what would do."""

    code, title_zh, title_en = "offer-refused", "报价无效", "The offer is not valid"


class Offer(NamedTuple):
    """An offer; `qualified` of its bidder, None: not examined yet."""

    bidder_id: int
    yuan: Decimal
    offered_at: dt.datetime
    qualified: bool | None = True


class Bidding(NamedTuple):
    """The terms that offers are made under."""

    method: Method
    opens_at: dt.datetime
    closes_at: dt.datetime | None
    start: Decimal
    increment: Decimal
    ceiling: Decimal | None
    centre: TradingCentre


def best(offers: Iterable[Offer]) -> Offer | None:
    """Return the highest offer, of equal ones the earliest."""
    return min(offers, key=lambda each: (-each.yuan, each.offered_at), default=None)


def refuse_offer(bidding: Bidding, offers: Sequence[Offer], new: Offer) -> None:
    """Refuse an offer that the terms or the centre don't take. Raises OfferRefused."""
    _refuse_time(bidding, offers, new)
    least = bidding.start
    top = best(offers)
    if top is not None and bidding.method is not Method.tender:  # sealed: nobody knows the others
        least = max(least, top.yuan + bidding.increment)
    if new.yuan < least:
        raise _refused(
            "too-low", f"报价不得低于 {plain(least)} 元", f"offer {plain(least)} yuan or more", least=str(least)
        )
    if bidding.ceiling is not None and new.yuan > bidding.ceiling:
        most = plain(bidding.ceiling)
        raise _refused("above-ceiling", f"报价不得超过熔断价 {most} 元", f"the ceiling is {most} yuan", most=most)


def _refuse_time(bidding: Bidding, offers: Sequence[Offer], new: Offer) -> None:
    if new.offered_at < bidding.opens_at:
        raise _refused("too-early", "尚未开始报价", "offers are not taken yet")
    if bidding.closes_at is None:
        return
    if new.offered_at > bidding.closes_at:
        _refuse_round(bidding, bidding.closes_at, offers, new)
        return
    silence = dt.timedelta(minutes=bidding.centre.silence_minutes.value or 0)
    if silence and new.offered_at > bidding.closes_at - silence:
        minutes = bidding.centre.silence_minutes.value or 0
        raise _refused(
            "silence",
            f"挂牌截止前 {minutes} 分钟不接受报价",
            f"no offers in the last {Count(minutes):minute|minutes} of a listing",
        )


def _refuse_round(bidding: Bidding, closes_at: dt.datetime, offers: Sequence[Offer], new: Offer) -> None:
    """After the end, only live bidding goes on, in rounds that begin again with each offer."""
    before = [each for each in offers if each.offered_at <= closes_at]
    if not goes_live(bidding.centre, closes_at, before):
        raise _refused("too-late", "挂牌已截止", "the listing has ended")
    begins = closes_at + dt.timedelta(minutes=bidding.centre.preparation_minutes.value or 0)
    if new.offered_at < begins:
        raise _refused("preparation", "限时竞价尚未开始", "live bidding has not begun")
    minutes, ends = bidding.centre.round_minutes.value, round_ends(bidding, offers)
    if minutes is not None and ends is not None and new.offered_at > ends:
        raise _refused(
            "round-over", f"该轮 {minutes} 分钟已到，竞价结束", f"the round of {Count(minutes):minute|minutes} is over"
        )


def goes_live(centre: TradingCentre, closes_at: dt.datetime, offers: Sequence[Offer]) -> bool:
    """Tell whether a listing with these offers at its end goes on as live bidding."""
    match centre.timed_bidding.value:
        case TimedBidding.two_bidders:
            return len({each.bidder_id for each in offers}) > 1
        case TimedBidding.two_offers_in_last_hour:
            return sum(closes_at - _LAST_HOUR <= each.offered_at <= closes_at for each in offers) > 1
    return False


def round_ends(bidding: Bidding, offers: Sequence[Offer]) -> dt.datetime | None:
    """Return when a listing is over, its live bidding too; None for one session."""
    if bidding.closes_at is None:
        return None
    before = [each for each in offers if each.offered_at <= bidding.closes_at]
    if not goes_live(bidding.centre, bidding.closes_at, before):
        return bidding.closes_at
    begins = bidding.closes_at + dt.timedelta(minutes=bidding.centre.preparation_minutes.value or 0)
    last = max([begins, *(each.offered_at for each in offers)])
    return last + dt.timedelta(minutes=bidding.centre.round_minutes.value or 0)


class Ending(StrEnum):
    """How a round ends: by a sale, without one, or an officer has to see to it (`wait`)."""

    sell = "sell"
    fail = "fail"
    wait = "wait"


class Outcome(NamedTuple):
    """How a round ends, and by which offer; `valid`: all that count."""

    ending: Ending
    offer: Offer | None
    valid: Sequence[Offer]


def outcome(bidding: Bidding, offers: Sequence[Offer], least: Decimal) -> Outcome:
    """Return how a round ends with these offers; `least`: the reserve, or the floor where there is none.

    Waits while a bidder whose offer would do is not examined, while live bidding is due, and for a tender, whose
    committee may choose another than the highest offer.
    """
    good = [each for each in offers if each.yuan >= least and each.qualified is not False]
    valid = [each for each in good if each.qualified]
    if len({each.bidder_id for each in good}) < bidding.centre.min_bidders(bidding.method):
        return Outcome(Ending.fail, None, valid)
    ends = bidding.closes_at
    live = ends is not None and goes_live(bidding.centre, ends, [each for each in good if each.offered_at <= ends])
    if len(valid) < len(good) or live or bidding.method is Method.tender:
        return Outcome(Ending.wait, best(valid), valid)
    return Outcome(Ending.sell, best(valid), valid)


def _refused(reason: str, zh: str, en: str, **facts: object) -> OfferRefused:
    return OfferRefused(f"{zh}。", f"{en[0].upper()}{en[1:]}.", facts={"reason": reason, **facts})
