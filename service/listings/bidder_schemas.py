"""Wire shapes of bidders, their deposits, and offers. Names are for those who may read parties."""

import datetime as dt
from decimal import Decimal
from typing import Self

from pydantic import AwareDatetime, Field

from service.core.schemas import Output
from service.listings import deposits
from service.listings.bidder_models import LotBid, LotBidder
from service.listings.deposits import DepositEnd
from service.listings.lifecycle import LotStage
from service.listings.models import Lot
from service.listings.schemas import Sees
from service.rules.schemas import LegalFinding


class BidderRead(Output):
    """Who takes part in a lot. `label` numbers bidders in order, for those who don't see names."""

    id: int
    label: str
    name: str | None
    name_hidden: bool
    shares: list[float]
    own_funds: bool
    qualified: bool | None
    deposit_yuan: Decimal | None
    paid_on: dt.date | None
    refunded_on: dt.date | None
    forfeited_on: dt.date | None
    credited_on: dt.date | None
    winner: bool
    ends: list[DepositEnd] = Field(description="how the deposit may end now")
    version: int

    @classmethod
    def of(cls, bidder: LotBidder, lot: Lot, place: int, sees: Sees) -> Self:
        """Write a bidder; `place` in the order in which they came, from 1."""
        names = [each for each in cls.model_fields if hasattr(bidder, each) and each != "name"]
        winner = bidder.name == lot.winner
        ended = any(getattr(bidder, each) is not None for each in DepositEnd)
        ways = deposits.ends(
            LotStage(lot.stage), winner=winner, qualified=bidder.qualified, paid=bidder.paid_on is not None
        )
        return cls.model_validate(
            {each: getattr(bidder, each) for each in names}
            | {"label": f"{place}", "winner": winner, "ends": [] if ended else ways}
            | {"name": bidder.name if sees.parties else None, "name_hidden": not sees.parties}
        )


class Bidders(Output):
    """Who takes part in a lot, the first one first."""

    items: list[BidderRead]


class BidderTaken(Output):
    """A bidder after a change, with what the law says."""

    bidder: BidderRead
    findings: list[LegalFinding]


class BidRead(Output):
    """An offer; `label` and `name` are its bidder's."""

    id: int
    bidder_id: int
    label: str
    name: str | None
    yuan: Decimal
    offered_at: AwareDatetime
    recorded_at: AwareDatetime

    @classmethod
    def of(cls, bid: LotBid, bidder: BidderRead) -> Self:
        """Write an offer."""
        names = ("id", "bidder_id", "yuan", "offered_at", "recorded_at")
        return cls(**{each: getattr(bid, each) for each in names}, label=bidder.label, name=bidder.name)


class Bids(Output):
    """The offers for a lot, the highest first; `sealed`: kept from you while the tender runs."""

    items: list[BidRead]
    sealed: bool
