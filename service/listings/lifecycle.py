"""The stage machine of a lot: one round in which land is offered, from draft to outcome. Pure.

Source: domain notes §1.3–1.4. A round that ended stays ended; the land is offered again in another round.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from service.core.errors import Conflict
from service.parcels.lifecycle import EventKind, Stage


class LotStage(StrEnum):
    """Where a round stands.

    `awarded`: the publicity of an allocation or negotiated grant is over without objection. `concluded`: there is a
    contract or an allocation decision, which holds the parcels from then on.
    """

    draft = "draft"
    announced = "announced"
    open = "open"
    sold = "sold"
    publicised = "publicised"
    awarded = "awarded"
    concluded = "concluded"
    failed = "failed"
    terminated = "terminated"
    void = "void"


class LotHold(StrEnum):
    """Whether the round is suspended (中止); the stage it interrupts stays."""

    none = "none"
    suspended = "suspended"


class LotEventKind(StrEnum):
    """What can happen to a lot; the last three change no stage. `conclude` happens by itself, with the contract."""

    announce = "announce"
    publicise = "publicise"
    open = "open"
    suspend = "suspend"
    resume = "resume"
    sell = "sell"
    award = "award"
    fail = "fail"
    terminate = "terminate"
    void_award = "void_award"
    conclude = "conclude"
    amend = "amend"
    confirm = "confirm"
    publish_result = "publish_result"


class LotState(NamedTuple):
    """Stage and hold of a lot."""

    stage: LotStage
    hold: LotHold = LotHold.none


class IllegalLotEvent(Conflict):
    """The event can't happen to a lot in this state; `allowed` names those that can."""

    code, title_zh, title_en = "illegal-lot-event", "宗地当前交易状态不允许该操作", "Not possible in the lot's state"


_S, _K, _H = LotStage, LotEventKind, LotHold

LIVE = (_S.announced, _S.open, _S.sold, _S.publicised, _S.awarded)
"""A round that holds its parcels: each is in at most one of these."""

STAGE_OF_PARCEL: Mapping[LotStage, Stage] = {
    _S.announced: Stage.announced,
    _S.open: Stage.listed,
    _S.sold: Stage.sold,
    _S.publicised: Stage.publicised,
    _S.awarded: Stage.publicised,
}
"""Where the parcels of a live lot stand until a contract takes them over."""

EVENT_OF_PARCEL: Mapping[LotEventKind, EventKind] = {
    _K.announce: EventKind.announce,
    _K.publicise: EventKind.publicise,
    _K.open: EventKind.open_listing,
    _K.suspend: EventKind.suspend,
    _K.resume: EventKind.resume,
    _K.sell: EventKind.sell,
    _K.fail: EventKind.fail,
    _K.terminate: EventKind.terminate,
    _K.void_award: EventKind.void_award,
}
"""What an event of the lot is for each of its parcels; the others leave the parcels alone."""

_RUNNING = (_S.announced, _S.open, _S.publicised)
_TRANSITIONS: Mapping[LotEventKind, Mapping[LotState, LotState]] = {
    _K.announce: {LotState(_S.draft): LotState(_S.announced)},
    _K.publicise: {LotState(_S.draft): LotState(_S.publicised)},
    _K.open: {LotState(_S.announced): LotState(_S.open)},
    _K.suspend: {LotState(stage): LotState(stage, _H.suspended) for stage in _RUNNING},
    _K.resume: {LotState(stage, _H.suspended): LotState(stage) for stage in _RUNNING},
    _K.sell: {LotState(_S.open): LotState(_S.sold)},
    _K.award: {LotState(_S.publicised): LotState(_S.awarded)},
    _K.fail: {LotState(_S.open): LotState(_S.failed)},
    _K.terminate: {LotState(stage, hold): LotState(_S.terminated) for stage in _RUNNING for hold in LotHold},
    _K.void_award: {LotState(_S.sold): LotState(_S.void)},
    _K.conclude: {LotState(each): LotState(_S.concluded) for each in (_S.sold, _S.awarded)},
    _K.amend: {LotState(stage, hold): LotState(stage, hold) for stage in _RUNNING for hold in LotHold},
    _K.confirm: {LotState(each): LotState(each) for each in (_S.sold, _S.concluded)},
    _K.publish_result: {LotState(each): LotState(each) for each in (_S.sold, _S.failed, _S.awarded, _S.concluded)},
}


STAGE_AFTER: Mapping[LotEventKind, LotStage] = {
    kind: next(iter(rules.values())).stage
    for kind, rules in _TRANSITIONS.items()
    if all(before.stage is not after.stage for before, after in rules.items())
}
"""The stage that each event leads to, of those that change it."""


def allowed(state: LotState) -> tuple[LotEventKind, ...]:
    """Return the events that can happen in `state`.

    >>> [str(each) for each in allowed(LotState(LotStage.open, LotHold.suspended))]
    ['resume', 'terminate', 'amend']
    """
    return tuple(kind for kind in LotEventKind if state in _TRANSITIONS[kind])


def after(state: LotState, kind: LotEventKind) -> LotState:
    """Return the state that an event leads to. Raises IllegalLotEvent.

    >>> after(LotState(LotStage.open), LotEventKind.sell)
    LotState(stage=<LotStage.sold: 'sold'>, hold=<LotHold.none: 'none'>)
    """
    found = _TRANSITIONS[kind].get(state)
    if found is None:
        zh, en = STAGE_TITLES[state.stage]
        held = state.hold is not _H.none
        raise IllegalLotEvent(
            f"宗地{zh}{'（中止）' if held else ''}，不能{EVENT_TITLES[kind][0]}。",
            f"The lot is {en.lower()}{', suspended' if held else ''}: “{EVENT_TITLES[kind][1]}” is not possible.",
            facts={"event": kind, "state": state._asdict(), "allowed": allowed(state)},
        )
    return found


STAGE_TITLES: Mapping[LotStage, tuple[str, str]] = {
    _S.draft: ("拟公告", "Draft"),
    _S.announced: ("已公告", "Announced"),
    _S.open: ("挂牌中", "Open"),
    _S.sold: ("已成交", "Sold"),
    _S.publicised: ("公示中", "Publicised"),
    _S.awarded: ("公示无异议", "Awarded"),
    _S.concluded: ("已签约", "Concluded"),
    _S.failed: ("未成交", "Failed"),
    _S.terminated: ("已终止", "Terminated"),
    _S.void: ("竞得作废", "Award void"),
}

EVENT_TITLES: Mapping[LotEventKind, tuple[str, str]] = {
    _K.announce: ("发布公告", "Announce"),
    _K.publicise: ("公示", "Publicise"),
    _K.open: ("开始挂牌", "Open"),
    _K.suspend: ("中止", "Suspend"),
    _K.resume: ("恢复", "Resume"),
    _K.sell: ("成交", "Sell"),
    _K.award: ("公示期满", "Close the publicity"),
    _K.fail: ("流拍", "End without a sale"),
    _K.terminate: ("终止", "Terminate"),
    _K.void_award: ("竞得作废", "Void the award"),
    _K.conclude: ("签约", "Conclude"),
    _K.amend: ("补充公告", "Amend"),
    _K.confirm: ("签订成交确认书", "Confirm the sale"),
    _K.publish_result: ("公布结果", "Publish the result"),
}
