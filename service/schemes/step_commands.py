"""The steps of a scheme: handed in, given back, endorsed, approved, withdrawn."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.core import clock
from service.core.errors import Conflict, FieldError, Invalid
from service.parcels.changes import EventCreate
from service.parcels.commands import refuse_future
from service.parcels.event_commands import record_event
from service.parcels.lifecycle import EventKind, Stage
from service.rules.judgement import Judgement, judge, record_override, refuse
from service.schemes import checking, queries, states
from service.schemes.changes import SchemeStepOrder
from service.schemes.completeness import refuse_gaps
from service.schemes.holding import check_document, held, note, refuse_number, touch
from service.schemes.models import SupplyScheme
from service.schemes.states import Level, SchemeAction, SchemeStatus

_A = SchemeAction
_AUDITED: Mapping[SchemeAction, Action] = {
    _A.submit: Action.SCHEME_SUBMITTED,
    _A.return_: Action.SCHEME_RETURNED,
    _A.endorse: Action.SCHEME_ENDORSED,
    _A.approve: Action.SCHEME_APPROVED,
    _A.withdraw: Action.SCHEME_WITHDRAWN,
}
_CHECKED = frozenset({_A.submit, _A.endorse, _A.approve})
_REASONED = frozenset({_A.return_, _A.withdraw})
_BEFORE_APPROVAL = frozenset({Stage.candidate, Stage.acquiring, Stage.reserved, Stage.cleared})


class SameOfficer(Conflict):
    """Who handed a scheme in can neither endorse nor approve it."""

    code, title_zh, title_en = "scheme-same-person", "不能审批自己报审的方案", "Not by who submitted it"


class NotEndorsed(Conflict):
    """The city approves after the district's opinion."""

    code, title_zh, title_en = "scheme-not-endorsed", "须先有区级意见", "The district's opinion is missing"


class NothingToEndorse(Conflict):
    """The district approves by itself, or has given its opinion."""

    code, title_zh, title_en = "scheme-nothing-to-endorse", "无须区级意见", "No opinion is asked for"


def take_step(
    session: Session, actor: Actor, scheme_id: int, action: SchemeAction, order: SchemeStepOrder, *, version: int
) -> tuple[SupplyScheme, Judgement]:
    """Take a step; return the scheme and what the law says against it (only an approval is refused for it).

    An approval records the approval on every parcel that waits for it (净地); land that is further on already, because
    it came that way from another register, keeps its history.

    Raises:
        NotFound, PreconditionFailed, WrongStatus.
        SchemeIncomplete, LegalRefusal.
        SameOfficer, NotEndorsed, NothingToEndorse, NumberTaken.
        IllegalTransition, LaterEventBroken: a parcel is not cleared on that day.
        FutureDate, Invalid: the day, a document, or a step without its reason.

    """
    scheme = held(session, actor, scheme_id, action, version=version)
    _refuse_order(session, actor, scheme, action, order)
    day = order.day(clock.today())
    judgement = _judged(session, actor, scheme, action, order)
    before = {"status": scheme.status, "version": scheme.version}
    if action is _A.approve:
        _approve_parcels(session, actor, scheme, order)
        scheme.number, scheme.approved_on = order.number or scheme.number, day
    scheme.status = states.after(SchemeStatus(scheme.status), action)
    touch(scheme)
    session.flush()
    level = {_A.endorse: Level.district, _A.approve: scheme.level}.get(action)
    reason = order.override.reason if order.override and judgement.overridden else None
    told = {"document_id": order.document_id, "note": order.note, "override_reason": reason}
    note(session, actor, scheme, action, day, level=level, **told)
    if order.override is not None:
        record_override(session, judgement, order.override, "scheme", scheme.id)
    after = {
        "status": scheme.status,
        "version": scheme.version,
        "findings": [each.rule.id for each in judgement.findings],
    }
    record(session, _AUDITED[action], "scheme", scheme.id, before=before, after=after)
    return scheme, judgement


def _refuse_order(
    session: Session, actor: Actor, scheme: SupplyScheme, action: SchemeAction, order: SchemeStepOrder
) -> None:
    refuse_future("/effective_on", order.day(clock.today()))
    check_document(session, actor, scheme, order.document_id)
    if order.override is not None:
        check_document(session, actor, scheme, order.override.document_id, "/override/document_id")
    if action in _REASONED and not order.note:
        zh, en = "退回或撤回须说明原因", "Say why it is given back or withdrawn"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/note", "note-required", zh, en)])
    if action in {_A.endorse, _A.approve}:
        _refuse_hands(session, actor, scheme, action)
    if action is _A.approve:
        refuse_number(session, scheme, order.number)


def _refuse_hands(session: Session, actor: Actor, scheme: SupplyScheme, action: SchemeAction) -> None:
    """Let neither who handed it in decide, nor the city before the district."""
    handed_in = queries.last_step(session, scheme.id, "submit")
    opinion = queries.last_step(session, scheme.id, "endorse")
    endorsed = opinion is not None and handed_in is not None and opinion.id > handed_in.id
    if handed_in is not None and handed_in.actor == actor.label:
        raise SameOfficer("报审人不能审批同一方案。", "Who submitted the scheme can't decide on it.")
    if action is _A.approve and scheme.level == Level.city and not endorsed:
        raise NotEndorsed("市级审批的方案须先有区级意见。", "The city approves after the district's opinion.")
    if action is _A.endorse and (scheme.level == Level.district or endorsed):
        raise NothingToEndorse("方案由区级审批,或已有区级意见。", "The district approves it, or has given its opinion.")


def _judged(
    session: Session, actor: Actor, scheme: SupplyScheme, action: SchemeAction, order: SchemeStepOrder
) -> Judgement:
    if action not in _CHECKED:
        return judge((), overrides=False)
    refuse_gaps(checking.said(session, scheme))
    found = checking.findings(session, scheme, order.day(clock.today()))
    return refuse(found, order.override, actor=actor) if action is _A.approve else judge(found, overrides=False)


def _approve_parcels(session: Session, actor: Actor, scheme: SupplyScheme, order: SchemeStepOrder) -> None:
    number = order.number or scheme.number
    for _, parcel in queries.parcels_of(session, scheme.id, lock=True):
        if parcel.stage in _BEFORE_APPROVAL:
            event = EventCreate(
                kind=EventKind.approve_scheme,
                effective_on=order.day(clock.today()),
                document_id=order.document_id,
                note=number and f"供地方案 {number}",
            )
            record_event(session, actor, parcel.code, event, governed=True)
