"""Where the bidding for a lot stands: its terms, the offers that count, and whether the clock has a say in it."""

from decimal import Decimal

from sqlalchemy.orm import Session

from service.listings import queries
from service.listings.centres import centre_of
from service.listings.models import Lot, Notice
from service.listings.offers import Bidding, Offer
from service.schemes.methods import Method


def bidding_of(lot: Lot, notice: Notice) -> Bidding:
    """Return the terms that a lot's offers are made under."""
    if lot.opens_at is None or lot.start_yuan is None:
        raise AssertionError("an announced sale has a start and a start price")
    increment = lot.increment_yuan or Decimal(0)
    centre = centre_of(notice.centre)
    method = Method(notice.method)
    return Bidding(method, lot.opens_at, lot.closes_at, lot.start_yuan, increment, lot.ceiling_yuan, centre)


def offers_of(session: Session, lot: Lot) -> list[Offer]:
    """Return the offers of bidders whose deposit is paid, with whether each is qualified."""
    bidders = {each.id: each for each in queries.bidders_of(session, lot.id) if each.paid_on is not None}
    return [
        Offer(each.bidder_id, each.yuan, each.offered_at, bidders[each.bidder_id].qualified)
        for each in queries.bids_of(session, lot.id)
        if each.bidder_id in bidders
    ]


def entered_late(session: Session, lot: Lot) -> bool:
    """Tell whether a lot's course was history when its dates were entered; the last event that set them says so."""
    events = queries.events_of(session, [lot.id])[lot.id]
    return next((bool(each.facts["entered_late"]) for each in events[::-1] if "entered_late" in each.facts), False)
