"""Wire shapes of lots. Money is yuan, areas m². Their events and notices: `notice_schemas.py`."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Self

from pydantic import AwareDatetime, Field

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.core import clock
from service.core.schemas import Output
from service.listings.changes import BY_OFFICER
from service.listings.indices import IndexRead
from service.listings.lifecycle import LotEventKind, LotHold, LotStage, LotState, allowed
from service.listings.models import Lot, Notice
from service.listings.replaying import COLUMNS, Projection
from service.parcels.schemas import Named
from service.schemes.methods import Method

_FLOORS = frozenset({Permission.LISTING_RUN, Permission.SCHEME_EDIT, Permission.SCHEME_APPROVE})


class Sees(NamedTuple):
    """What of a lot an actor is told: names of winners and bidders, floors before the sale, sealed offers."""

    parties: bool
    floors: bool
    runs: bool

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """Return what an actor is told."""
        may = actor.permissions
        return cls(Permission.PARTY_READ in may, bool(_FLOORS & may), Permission.LISTING_RUN in may)


class NoticeRef(Output):
    """A notice by its number."""

    id: int
    number: str
    title: str
    published_on: dt.date | None


class SchemeRef(Output):
    """The scheme whose land a lot offers."""

    id: int
    number: str | None
    title: str


class LotRead(Output):
    """A lot as lists show it, now or on a day. Bidders and offers are counted now only."""

    id: int
    number: str
    round: int = Field(description="轮次")
    notice: NoticeRef
    scheme: SchemeRef
    jurisdiction: Named
    method: Method
    centre: str | None
    stage: LotStage
    hold: LotHold
    held_since: AwareDatetime | None
    awaiting: bool = Field(description="截止已过，待办理 its end has come, and an officer has to see to it")
    notice_on: dt.date | None
    opens_at: AwareDatetime | None
    closes_at: AwareDatetime | None
    floor_yuan: Decimal | None
    reserve_yuan: Decimal | None
    floor_hidden: bool = Field(description="成交前底价仅限经办 floor and reserve are kept from you before the sale")
    start_yuan: Decimal | None
    increment_yuan: Decimal | None
    ceiling_yuan: Decimal | None
    deposit_yuan: Decimal | None
    indicators: list[IndexRead] | None = Field(description="标准地指标 as announced; null: not standard land")
    price_yuan: Decimal | None
    premium_rate: float | None = Field(description="溢价率 above the start price, as a share of it")
    winner: str | None
    winner_hidden: bool = Field(description="there is a winner or taker, whose name is kept from you")
    ended_on: dt.date | None
    sold_on: dt.date | None
    confirmed_on: dt.date | None
    result_on: dt.date | None
    parcels: list[str]
    area_m2: float
    bidders: int | None
    bids: int | None
    top_yuan: Decimal | None = Field(description="当前最高报价; null for a sealed tender")
    actions: list[LotEventKind] = Field(description="可办理 what an officer may record now")
    version: int

    @classmethod
    def of(cls, row: Any, sees: Sees, then: Projection | None = None) -> Self:  # noqa: ANN401 - columns by name
        """Write a row of `lot_page`; `then`: what the lot was at another moment."""
        lot, notice = row[0], row[1]
        state = {name: getattr(then or lot, name) for name in COLUMNS}
        shown = {**state, **_kept_back(row, state, sees)}
        counted = {"bidders": row.bidders, "bids": row.bids, "top_yuan": _top(row, sees)}
        return cls(
            id=lot.id,
            number=lot.number,
            round=lot.round,
            notice=NoticeRef.model_validate(notice),
            scheme=SchemeRef(id=lot.scheme_id, number=row.scheme_number, title=row.scheme_title),
            jurisdiction=Named(code=row.jurisdiction, name=row.jurisdiction_name),
            method=notice.method,
            centre=notice.centre,
            awaiting=then is None and _awaits(lot),
            premium_rate=_premium(state["price_yuan"], state["start_yuan"]),
            parcels=row.parcels or [],
            area_m2=row.area_m2 or 0,
            actions=_actions(lot) if then is None else [],
            version=lot.version,
            **shown,
            **(counted if then is None else dict.fromkeys(counted)),
        )


def _kept_back(row: Any, state: Mapping[str, Any], sees: Sees) -> dict[str, Any]:  # noqa: ANN401 - columns by name
    floor = sees.floors or state["sold_on"] is not None
    named = sees.parties or state["winner"] is None
    return {
        "floor_yuan": state["floor_yuan"] if floor else None,
        "reserve_yuan": row.reserve_yuan if floor else None,
        "floor_hidden": not floor,
        "winner": state["winner"] if named else None,
        "winner_hidden": not named,
    }


def is_sealed(lot: Lot, notice: Notice, sees: Sees) -> bool:
    """Tell whether the offers for a lot are kept from somebody: those of a tender, while it runs."""
    return notice.method == Method.tender and lot.ended_on is None and not sees.runs


def _top(row: Any, sees: Sees) -> Decimal | None:  # noqa: ANN401 - columns by name
    return None if is_sealed(row[0], row[1], sees) else row.top


def _awaits(lot: Lot) -> bool:
    ends = lot.closes_at or lot.opens_at
    running = lot.stage in {LotStage.open, LotStage.publicised} and lot.hold == LotHold.none
    return running and ends is not None and ends <= clock.instant()


def _actions(lot: Lot) -> list[LotEventKind]:
    done = {LotEventKind.confirm: lot.confirmed_on, LotEventKind.publish_result: lot.result_on}
    possible = allowed(LotState(LotStage(lot.stage), LotHold(lot.hold)))
    return [each for each in possible if each in BY_OFFICER and done.get(each) is None]


def _premium(price: Decimal | None, start: Decimal | None) -> float | None:
    return None if price is None or not start else round(float((price - start) / start), 6)


class DutyRead(Output):
    """Something due with a lot, by the trading rules or the law."""

    kind: str
    due_on: dt.date
    done: bool
    provisional: bool = Field(description="the day leans on a calendar of working days that is not issued yet")


class LotParcelRead(Output):
    """A parcel of a lot."""

    code: str
    name: str | None
    area_m2: float


class RoundRead(Output):
    """A round in which the scheme's land was offered."""

    id: int
    number: str
    round: int
    stage: LotStage
    notice_on: dt.date | None
    ended_on: dt.date | None
    price_yuan: Decimal | None


class LotDetail(LotRead):
    """One lot with its land; now also with its rounds and what is due."""

    land: list[LotParcelRead]
    rounds: list[RoundRead]
    duties: list[DutyRead]
