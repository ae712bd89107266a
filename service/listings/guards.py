"""What must be so before an event of a lot, beyond its state: its time has come, the offers say so. Pure.

Instants are compared as the law's; a day without an hour counts as over.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid
from service.core.plurals import Count
from service.listings import offers, terms
from service.listings.centres import TradingCentre
from service.listings.offers import Bidding, Ending, Offer
from service.rules.finding import plain
from service.schemes.methods import Method


class TooEarly(Conflict):
    """Its time has not come; `not_before` says when."""

    code, title_zh, title_en = "lot-too-early", "时间未到", "Too early"


class NoValidOffer(Conflict):
    """No offer is high enough and of an examined bidder, or there are too few bidders."""

    code, title_zh, title_en = "no-valid-offer", "没有有效报价", "No valid offer"


class NotTheBest(Conflict):
    """Another offer is higher, or its bidder is not examined yet; `best` is it."""

    code, title_zh, title_en = "not-the-best-offer", "不是最高有效报价", "Not the best offer"


class ValidOffers(Conflict):
    """A round with a valid offer can't end without a sale."""

    code, title_zh, title_en = "valid-offers", "有有效报价", "There are valid offers"


class ResumedTooSoon(Conflict):
    """The notice of resumption was too short, or the dates don't move by the pause; `least` says what would do."""

    code, title_zh, title_en = "resumed-too-soon", "恢复时间不符", "Resumed too soon"


def refuse_early(not_before: dt.datetime | None, moment: dt.datetime) -> None:
    """Refuse what would happen before its time. Raises TooEarly."""
    if not_before is not None and moment < not_before:
        raise TooEarly(
            f"{_told(not_before)} 之前不能办理。",
            f"Not before {_told(not_before)}.",
            facts={"not_before": not_before},
        )


def _told(instant: dt.datetime) -> str:
    return f"{instant.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"


def refuse_without_reason(note: str | None, document_id: int | None) -> None:
    """Demand a reason or a document. Raises Invalid."""
    if not note and document_id is None:
        zh, en = "须说明原因或附文件", "Give the reason or a document"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/note", "reason-required", zh, en)])


def sale(
    bidding: Bidding, made: Sequence[Offer], least: Decimal, *, bidder_id: int | None, moment: dt.datetime
) -> Offer:
    """Return the offer that a lot is sold to: the highest valid one; in a tender, that of the bidder chosen.

    Raises:
        NoValidOffer, NotTheBest.
        TooEarly: a round of live bidding is on.

    """
    found = offers.outcome(bidding, made, least)
    if not found.valid or found.ending is Ending.fail:
        raise NoValidOffer(
            f"没有不低于 {plain(least)} 元且通过资格审查的报价，或竞买人不足。",
            f"There is no offer of {plain(least)} yuan or more by a qualified bidder, or there are too few bidders.",
        )
    refuse_early(offers.round_ends(bidding, made), moment)
    if bidding.method is Method.tender:
        chosen = offers.best(each for each in found.valid if each.bidder_id == bidder_id or bidder_id is None)
        if chosen is None:
            raise NoValidOffer("该投标人没有有效报价。", "That bidder has no valid offer.")
        return chosen
    top = offers.best(each for each in made if each.qualified is not False)
    chosen = found.offer
    if chosen is None or top != chosen or bidder_id not in {None, chosen.bidder_id}:
        raise NotTheBest(
            "只能成交给最高报价人；其资格尚未审查的，先审查。",
            "Only the highest offer wins; examine its bidder first if that is open.",
            facts={"best": top and top.bidder_id},
        )
    return chosen


def refuse_failure(bidding: Bidding, made: Sequence[Offer], least: Decimal) -> None:
    """Refuse to end a round without a sale that has offers which would do. Raises ValidOffers."""
    if offers.outcome(bidding, made, least).ending is not Ending.fail:
        raise ValidOffers("有不低于底价的报价，不能流拍。", "An offer reaches the reserve: the round can't end unsold.")


def resumption(
    centre: TradingCentre,
    lot: Mapping[str, Any],
    *,
    since: dt.datetime,
    moment: dt.datetime,
    notice_on: dt.date | None,
    given: Mapping[str, dt.datetime | None],
    day: dt.date,
) -> dict[str, Any]:
    """Return the dates of a resumed lot: moved by the pause, begun days whole, or later as given.

    `lot` has its dates before. A start that has been stays.

    Raises:
        ResumedTooSoon, Invalid: the notice of resumption is missing.

    """
    needed = centre.resume_notice_days.value
    if needed and notice_on is None:
        zh, en = (
            f"须填写恢复公告日（恢复前至少 {needed} 日）",
            f"Say when the resumption was announced, {Count(needed):day|days} before",
        )
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/notice_on", "notice-required", zh, en)])
    if needed and notice_on is not None and (day - notice_on).days < needed:
        least = notice_on + dt.timedelta(days=needed)
        raise ResumedTooSoon(
            f"恢复公告须在恢复前至少 {needed} 日发布，最早 {least}。",
            f"The resumption is announced {Count(needed):day|days} before: {least} or later.",
            facts={"least": least},
        )
    moved = terms.pause(since, moment) if centre.shifts_end.value else dt.timedelta(0)
    facts: dict[str, Any] = {} if notice_on is None else {"resume_notice_on": notice_on}
    for name in ("opens_at", "closes_at"):
        old, wanted = lot[name], given.get(name)
        if old is None or (name == "opens_at" and old <= since):
            continue
        least_at = old + moved
        if wanted is not None and wanted < least_at:
            raise ResumedTooSoon(
                f"时间应至少顺延 {moved.days} 日，不早于 {_told(least_at)}。",
                f"Dates move by {Count(moved.days):day|days} at least, to {_told(least_at)} or later.",
                facts={"least": least_at},
            )
        facts[name] = wanted or least_at
    return facts
