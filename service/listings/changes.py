"""Wire shapes of what is to be changed: notices, lots, their events, bidders, offers. Money is yuan."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from service.core.schemas import Input, Instant, Line, Note
from service.listings.indices import IndexAsked
from service.listings.lifecycle import LotEventKind
from service.parcels.changes import Day
from service.rules.schemas import Override
from service.schemes.methods import Method

Number = Annotated[int, Field(ge=1, lt=2**31)]
Yuan = Annotated[Decimal, Field(ge=0, lt=10**15, max_digits=17, decimal_places=2, allow_inf_nan=False)]
Moment = Annotated[
    Instant, Field(ge=dt.datetime(1949, 10, 1, tzinfo=dt.UTC), le=dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
]
Share = Annotated[Decimal, Field(gt=0, le=1, decimal_places=6, allow_inf_nan=False)]

ByOfficer = Literal[
    LotEventKind.open,
    LotEventKind.suspend,
    LotEventKind.resume,
    LotEventKind.sell,
    LotEventKind.award,
    LotEventKind.fail,
    LotEventKind.terminate,
    LotEventKind.void_award,
    LotEventKind.confirm,
    LotEventKind.publish_result,
]
"""The others come with a notice, or with a contract."""
BY_OFFICER: frozenset[LotEventKind] = frozenset(get_args(ByOfficer))


class NoticeCreate(Input):
    """A notice to draft; a supplementary one names what it amends and takes method and centre from there."""

    jurisdiction: Line | None = None
    method: Method | None = None
    centre: Line | None = Field(None, description="交易中心 key of a trading centre")
    number: Line = Field(examples=["郑国土资交易告字〔2022〕10号"])
    title: Line
    document_id: Number | None = None
    amends_id: Number | None = Field(None, description="补充公告所补充的公告 the notice it amends")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.amends_id is None) != (self.jurisdiction is not None and self.method is not None):
            raise ValueError("give jurisdiction and method, or the notice that it amends")
        return self


class NoticeChange(Input):
    """What to change of a draft; left out stays as it is."""

    number: Line | None = None
    title: Line | None = None
    centre: Line | None = None
    document_id: Number | None = None


class Terms(Input):
    """Terms of a lot: left out stay as they are, null removes.

    Competitive ways of supply have prices and a deposit; the others a taker, perhaps a price, and an end of publicity.
    """

    opens_at: Moment | None = None
    closes_at: Moment | None = Field(None, description="挂牌或公示截止 end of listing or publicity")
    start_yuan: Yuan | None = None
    increment_yuan: Yuan | None = None
    ceiling_yuan: Yuan | None = Field(None, description="熔断价")
    deposit_yuan: Yuan | None = None
    indicators: list[IndexAsked] | None = Field(
        None, min_length=1, max_length=30, description="标准地指标 announced with the lot, signed with its contract"
    )
    price_yuan: Yuan | None = Field(None, description="协议价 price agreed, of negotiated supply")
    taker: Line | None = Field(None, description="拟供对象 who gets it, of allocated or negotiated supply")


class LotCreate(Input):
    """A lot of a draft notice: an approved scheme's land, offered again or for the first time."""

    scheme_id: Number
    number: Line = Field(examples=["郑政东出〔2022〕5号(网)"])
    terms: Terms = Terms()


class LotChange(Input):
    """What to change of a draft lot."""

    number: Line | None = None
    terms: Terms = Terms()


class Act(Input):
    """What every act comes with: the day, the document, a remark, an override; a trial only tells."""

    effective_on: Day | None = Field(None, description="法律上生效之日 not after today; today if left out")
    document_id: Number | None = None
    note: Note | None = None
    override: Override | None = None
    trial: bool = Field(False, description="只检查不办理 only tell the findings")


class Amendment(Input):
    """What a supplementary notice changes of a lot."""

    lot_id: Number
    terms: Terms


class NoticePublish(Act):
    """Publish a draft: its lots are announced or publicised; a supplementary notice changes the lots it names."""

    amendments: list[Amendment] = Field(default_factory=list, max_length=200)


class LotEventOrder(Act):
    """Something that happened to a lot, to be recorded."""

    kind: ByOfficer
    happened_at: Moment | None = Field(None, description="具体时刻 to the minute, if known")
    bidder_id: Number | None = Field(None, description="竞得人 of a sale; the highest valid offer's if left out")
    notice_on: Day | None = Field(None, description="恢复公告日 of a resumption")
    opens_at: Moment | None = Field(None, description="of a resumption; moved by the pause if left out")
    closes_at: Moment | None = Field(None, description="of a resumption; moved by the pause if left out")


class BidderCreate(Input):
    """Who takes part; `shares` of a joint bid add up to 1."""

    name: Line
    shares: list[Share] = Field(default_factory=lambda: [Decimal(1)], min_length=1, max_length=20)
    own_funds: bool = True
    qualified: bool | None = None
    deposit_yuan: Yuan | None = None
    paid_on: Day | None = None
    override: Override | None = None


class BidderChange(Input):
    """What is new of a bidder: examined, paid, or how the deposit ended (one of three)."""

    shares: list[Share] = Field(default_factory=list, max_length=20)
    own_funds: bool | None = None
    qualified: bool | None = None
    deposit_yuan: Yuan | None = None
    paid_on: Day | None = None
    refunded_on: Day | None = None
    forfeited_on: Day | None = None
    credited_on: Day | None = None
    override: Override | None = None


class BidCreate(Input):
    """An offer."""

    bidder_id: Number
    yuan: Yuan
    offered_at: Moment | None = Field(None, description="now if left out; not after now")
