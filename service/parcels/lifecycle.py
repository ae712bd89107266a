"""The stage machine of a parcel: states, events and the table that joins them. Pure.

Source of states and transitions: domain notes §1.2–1.3 (土地管理法 58, 民法典 347, 房地产管理法 16, 17,
26 and practice). Guards that need facts beyond the three states (working days, documents, checklist) stand with the
commands.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from service.core.errors import Conflict


class Stage(StrEnum):
    """Where a parcel stands, in order."""

    candidate = "candidate"
    acquiring = "acquiring"
    reserved = "reserved"
    cleared = "cleared"
    scheme_approved = "scheme_approved"
    publicised = "publicised"
    announced = "announced"
    listed = "listed"
    sold = "sold"
    contracted = "contracted"
    paid = "paid"
    delivered = "delivered"
    started = "started"
    completed = "completed"
    reclaimed = "reclaimed"


class Hold(StrEnum):
    """Whether the course is interrupted (中止); the stage it interrupts stays."""

    none = "none"
    suspended = "suspended"


class Idle(StrEnum):
    """闲置: suspicion, confirmation, disposal."""

    none = "none"
    suspected = "suspected"
    confirmed = "confirmed"
    disposing = "disposing"


class EventKind(StrEnum):
    """What can happen to a parcel."""

    propose = "propose"
    adopt = "adopt"
    derive = "derive"
    acquire = "acquire"
    reserve = "reserve"
    clear = "clear"
    approve_scheme = "approve_scheme"
    publicise = "publicise"
    announce = "announce"
    open_listing = "open_listing"
    suspend = "suspend"
    resume = "resume"
    sell = "sell"
    fail = "fail"
    terminate = "terminate"
    void_award = "void_award"
    contract = "contract"
    rescind = "rescind"
    pay = "pay"
    deliver = "deliver"
    start = "start"
    complete = "complete"
    suspect_idle = "suspect_idle"
    dismiss_idle = "dismiss_idle"
    confirm_idle = "confirm_idle"
    dispose_idle = "dispose_idle"
    end_idle = "end_idle"
    reclaim = "reclaim"


class State(NamedTuple):
    """Stage, hold and idleness of a parcel on one day."""

    stage: Stage
    hold: Hold = Hold.none
    idle: Idle = Idle.none


class Effect(NamedTuple):
    """What an event sets; None leaves the value alone."""

    stage: Stage | None = None
    hold: Hold | None = None
    idle: Idle | None = None

    def on(self, state: State | None) -> State:
        """Return the state after the event; without a state before it, the event has to set all three."""
        stage, hold, idle = state or (None, None, None)
        stage, hold, idle = self.stage or stage, self.hold or hold, self.idle or idle
        if stage is None or hold is None or idle is None:
            raise ValueError(f"{self} begins no life")
        return State(stage, hold, idle)


class IllegalTransition(Conflict):
    """The event can't happen to a parcel in this state; `allowed` names those that can."""

    code, title_zh, title_en = "illegal-transition", "当前状态不允许该操作", "Not possible in this state"


class LaterEventBroken(Conflict):
    """A late entry that a later event can't follow; `broken` names that event."""

    code, title_zh, title_en = "later-event-broken", "与其后的事件冲突", "A later event would not stand"


_S, _H, _I, _E = Stage, Hold, Idle, EventKind

# Groups of stages as the map colours them.
FAMILIES: Mapping[str, tuple[Stage, ...]] = {
    "reserve": (_S.candidate, _S.acquiring, _S.reserved, _S.cleared),
    "scheme": (_S.scheme_approved, _S.publicised),
    "market": (_S.announced, _S.listed),
    "supplied": (_S.sold, _S.contracted, _S.paid, _S.delivered),
    "building": (_S.started, _S.completed),
    "reclaimed": (_S.reclaimed,),
}

# A grantee holds the land and has not finished building: only then can it lie idle (房地产管理法 26).
IDLE_STAGES = frozenset({_S.contracted, _S.paid, _S.delivered, _S.started})

# From the first public act to the last brick: a court, a discipline organ or a dispute can interrupt the course.
HOLDABLE_STAGES = frozenset({_S.publicised, _S.announced, _S.listed, _S.sold}) | IDLE_STAGES

_RUNNING, _SUSPENDED = frozenset({_H.none}), frozenset({_H.suspended})
_ANY_IDLE = frozenset(Idle)


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states an event is possible, and what it then does."""

    stages: frozenset[Stage]
    effect: Effect
    holds: frozenset[Hold] = _RUNNING
    idles: frozenset[Idle] = _ANY_IDLE

    def fits(self, state: State) -> bool:
        """Tell whether the event is possible in `state`."""
        return state.stage in self.stages and state.hold in self.holds and state.idle in self.idles


def _from(*stages: Stage) -> frozenset[Stage]:
    return frozenset(stages)


_BACK_TO_SCHEME = Effect(_S.scheme_approved, _H.none, _I.none)

# The rules of one event exclude each other. `propose`, `adopt` and `derive` begin a life and so have none.
RULES: Mapping[EventKind, tuple[Rule, ...]] = {
    _E.propose: (),
    _E.adopt: (),
    _E.derive: (),
    _E.acquire: (Rule(_from(_S.candidate), Effect(_S.acquiring)),),
    _E.reserve: (Rule(_from(_S.acquiring, _S.reclaimed), Effect(_S.reserved)),),
    _E.clear: (Rule(_from(_S.reserved), Effect(_S.cleared)),),
    _E.approve_scheme: (Rule(_from(_S.cleared), Effect(_S.scheme_approved)),),
    _E.publicise: (Rule(_from(_S.scheme_approved), Effect(_S.publicised)),),
    _E.announce: (Rule(_from(_S.scheme_approved), Effect(_S.announced)),),
    _E.open_listing: (Rule(_from(_S.announced), Effect(_S.listed)),),
    _E.suspend: (Rule(HOLDABLE_STAGES, Effect(hold=_H.suspended)),),
    _E.resume: (Rule(HOLDABLE_STAGES, Effect(hold=_H.none), _SUSPENDED),),
    _E.sell: (Rule(_from(_S.listed), Effect(_S.sold)),),
    # The round is over, the parcel is supplied again later; the round keeps its number and outcome.
    _E.fail: (Rule(_from(_S.listed), _BACK_TO_SCHEME),),
    _E.terminate: (Rule(_from(_S.publicised, _S.announced, _S.listed), _BACK_TO_SCHEME, frozenset(Hold)),),
    _E.void_award: (Rule(_from(_S.sold), _BACK_TO_SCHEME),),
    _E.contract: (Rule(_from(_S.sold, _S.publicised), Effect(_S.contracted)),),
    # The grantor may rescind for an unpaid price, the grantee for land not handed over (房地产管理法 16, 17).
    _E.rescind: (Rule(_from(_S.contracted, _S.paid, _S.delivered), Effect(_S.reserved, _H.none, _I.none)),),
    # The balance may fall due after hand-over (instalments up to a year): the stage is then further on already.
    _E.pay: (
        Rule(_from(_S.contracted), Effect(_S.paid)),
        Rule(_from(_S.delivered, _S.started), Effect()),
    ),
    # Allocated land (划拨) has no price to wait for; a grant is handed over as its contract says.
    _E.deliver: (Rule(_from(_S.contracted, _S.paid), Effect(_S.delivered)),),
    # Land confirmed idle is first disposed of (extension, change, swap), then built on.
    _E.start: (Rule(_from(_S.delivered), Effect(_S.started), idles=_ANY_IDLE - {_I.confirmed}),),
    _E.complete: (Rule(_from(_S.started), Effect(_S.completed), idles=frozenset({_I.none})),),
    _E.suspect_idle: (Rule(IDLE_STAGES, Effect(idle=_I.suspected), idles=frozenset({_I.none})),),
    _E.dismiss_idle: (Rule(IDLE_STAGES, Effect(idle=_I.none), idles=frozenset({_I.suspected})),),
    _E.confirm_idle: (Rule(IDLE_STAGES, Effect(idle=_I.confirmed), idles=frozenset({_I.suspected})),),
    _E.dispose_idle: (Rule(IDLE_STAGES, Effect(idle=_I.disposing), idles=frozenset({_I.confirmed})),),
    _E.end_idle: (Rule(IDLE_STAGES, Effect(idle=_I.none), idles=frozenset({_I.disposing})),),
    # In the public interest any granted land, even built up (土地管理法 58); idle for two years (房地产管理法 26).
    _E.reclaim: (Rule(IDLE_STAGES | {_S.completed}, Effect(_S.reclaimed, _H.none, _I.none), frozenset(Hold)),),
}

# With a state that comes from elsewhere: from a file, or (`derive`) from the parcels it was split off or merged from.
_DELIVERED = (_E.adopt, _E.derive)
BEGINNINGS = (_E.propose, *_DELIVERED)


def is_possible(state: State) -> bool:
    """Tell whether a parcel can be in this combination: idle and suspended only where the law knows it.

    >>> is_possible(State(Stage.candidate, idle=Idle.confirmed))
    False
    """
    return (state.hold is Hold.none or state.stage in HOLDABLE_STAGES) and (
        state.idle is Idle.none or state.stage in IDLE_STAGES
    )


@cache
def allowed(state: State | None) -> tuple[EventKind, ...]:
    """Return the events that can happen in `state`, in the order of life; None: the parcel doesn't exist yet.

    >>> [str(kind) for kind in allowed(State(Stage.listed, Hold.suspended))]
    ['resume', 'terminate']
    """
    if state is None:
        return BEGINNINGS
    return tuple(kind for kind, rules in RULES.items() if any(rule.fits(state) for rule in rules))


def advance(state: State | None, kind: EventKind, *, delivered: State | None = None) -> Effect:
    """Return what the event does in `state`; None: the parcel doesn't exist yet.

    `delivered` is the state that an `adopt` or `derive` takes over; the other kinds leave it unread.

    Raises:
        IllegalTransition: with the events that are allowed instead.

    >>> advance(State(Stage.listed), EventKind.sell)
    Effect(stage=<Stage.sold: 'sold'>, hold=None, idle=None)
    """
    if state is None and kind is EventKind.propose:
        return Effect(*State(Stage.candidate))
    if state is None and kind in _DELIVERED and delivered is not None and is_possible(delivered):
        return Effect(*delivered)
    if state is not None:
        for rule in RULES[kind]:
            if rule.fits(state):
                return rule.effect
    raise _illegal(state, kind, delivered)


def _illegal(state: State | None, kind: EventKind, delivered: State | None) -> IllegalTransition:
    can = allowed(state)
    zh_now, en_now = describe(state or delivered)
    zh_can, en_can = "、".join(EVENT_TITLES[each][0] for each in can), ", ".join(EVENT_TITLES[each][1] for each in can)
    return IllegalTransition(
        f"地块状态为“{zh_now}”，不能{EVENT_TITLES[kind][0]}。可以：{zh_can}。",
        f"The parcel is {en_now}: “{EVENT_TITLES[kind][1]}” is not possible. Possible: {en_can}.",
        facts={"event": kind, "state": state and state._asdict(), "allowed": can},
    )


class Happened(NamedTuple):
    """A kept event as replay needs it: its kind, what it set, and since when."""

    kind: EventKind
    effect: Effect
    effective_on: dt.date


def replay(events: Iterable[Happened]) -> State | None:
    """Return the state after events in order of effect; None without any.

    Raises:
        IllegalTransition: an event can't follow those before it, or would do something else than what it did.

    """
    state: State | None = None
    for event in events:
        state = _follow(state, event)
    return state


def _follow(state: State | None, event: Happened) -> State:
    delivered = event.effect.on(None) if event.kind in _DELIVERED else None
    effect = advance(state, event.kind, delivered=delivered)
    if effect != event.effect:
        raise _illegal(state, event.kind, delivered)
    return effect.on(state)


def enter(events: Sequence[Happened], kind: EventKind, effective_on: dt.date) -> Effect:
    """Return what an event does that is entered among kept ones, after those of the same day.

    An event that becomes known late takes its place in the order of effect; those after it must still be possible and
    do what they did, because they are never rewritten.

    Raises:
        IllegalTransition: it was not possible on that day.
        LaterEventBroken: it was, but then a later event was not.

    """
    earlier = [event for event in events if event.effective_on <= effective_on]
    before = replay(earlier)
    effect = advance(before, kind)
    state = effect.on(before)
    for event in events[len(earlier) :]:
        try:
            state = _follow(state, event)
        except IllegalTransition as refused:
            day, (zh, en) = event.effective_on, EVENT_TITLES[event.kind]
            raise LaterEventBroken(
                f"补记后，{day} 的“{zh}”不再成立：{refused.zh}",
                f"With this event, “{en}” of {day} would no longer stand: {refused.en}",
                facts={"event": kind, "broken": {"kind": event.kind, "effective_on": day}},
            ) from refused
    return effect


def describe(state: State | None) -> tuple[str, str]:
    """Name a state in Chinese and English.

    >>> describe(State(Stage.listed, Hold.suspended))
    ('挂牌中，中止', 'listed, suspended')
    """
    if state is None:
        return "尚不存在", "not yet there"
    words = [STAGE_TITLES[state.stage]]
    words += [HOLD_TITLES[state.hold]] if state.hold is not Hold.none else []
    words += [IDLE_TITLES[state.idle]] if state.idle is not Idle.none else []
    return "，".join(zh for zh, _ in words), ", ".join(en.lower() for _, en in words)


STAGE_TITLES: Mapping[Stage, tuple[str, str]] = {
    _S.candidate: ("谋划", "Candidate"),
    _S.acquiring: ("收储中", "Being acquired"),
    _S.reserved: ("已入储备", "In reserve"),
    _S.cleared: ("净地", "Cleared"),
    _S.scheme_approved: ("供地方案已批", "Scheme approved"),
    _S.publicised: ("公示", "Publicised"),
    _S.announced: ("已公告", "Announced"),
    _S.listed: ("挂牌中", "Listed"),
    _S.sold: ("已摘牌", "Sold"),
    _S.contracted: ("已签约", "Contracted"),
    _S.paid: ("价款缴清", "Paid"),
    _S.delivered: ("已交地", "Delivered"),
    _S.started: ("已动工", "Started"),
    _S.completed: ("已竣工", "Completed"),
    _S.reclaimed: ("已收回", "Reclaimed"),
}

HOLD_TITLES: Mapping[Hold, tuple[str, str]] = {
    _H.none: ("正常", "Running"),
    _H.suspended: ("中止", "Suspended"),
}

IDLE_TITLES: Mapping[Idle, tuple[str, str]] = {
    _I.none: ("未闲置", "Not idle"),
    _I.suspected: ("疑似闲置", "Suspected idle"),
    _I.confirmed: ("认定闲置", "Confirmed idle"),
    _I.disposing: ("闲置处置中", "Idle, in disposal"),
}

EVENT_TITLES: Mapping[EventKind, tuple[str, str]] = {
    _E.propose: ("谋划", "Propose"),
    _E.adopt: ("按来源状态入图", "Adopt as delivered"),
    _E.derive: ("分割合并形成", "Formed by split or merge"),
    _E.acquire: ("启动收储", "Begin acquisition"),
    _E.reserve: ("入储备", "Take into reserve"),
    _E.clear: ("认定净地", "Certify as cleared"),
    _E.approve_scheme: ("批准供地方案", "Approve the supply scheme"),
    _E.publicise: ("公示", "Publicise"),
    _E.announce: ("发布公告", "Announce"),
    _E.open_listing: ("开始挂牌", "Open the listing"),
    _E.suspend: ("中止", "Suspend"),
    _E.resume: ("恢复", "Resume"),
    _E.sell: ("摘牌", "Sell"),
    _E.fail: ("流挂", "End without a sale"),
    _E.terminate: ("终止", "Terminate"),
    _E.void_award: ("竞得作废", "Void the award"),
    _E.contract: ("签订合同", "Sign the contract"),
    _E.rescind: ("解除合同", "Rescind the contract"),
    _E.pay: ("缴清价款", "Pay in full"),
    _E.deliver: ("交地", "Hand over"),
    _E.start: ("动工", "Start building"),
    _E.complete: ("竣工", "Complete"),
    _E.suspect_idle: ("疑似闲置调查", "Investigate as idle"),
    _E.dismiss_idle: ("排除闲置", "Dismiss as not idle"),
    _E.confirm_idle: ("认定闲置", "Confirm as idle"),
    _E.dispose_idle: ("处置闲置", "Begin disposal of idle land"),
    _E.end_idle: ("闲置处置完毕", "End disposal of idle land"),
    _E.reclaim: ("收回", "Reclaim"),
}
