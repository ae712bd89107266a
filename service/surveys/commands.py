"""Recording a new survey of a parcel: its boundary becomes another one, and what was surveyed before stays."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.audit.actions import Action
from service.audit.record import record
from service.core.errors import Conflict, FieldError, Invalid
from service.geo.area import cents
from service.geo.crs import CGCS2000
from service.imports.findings import Finding
from service.parcels import queries as parcels
from service.parcels.approval import approval_for
from service.parcels.commands import refuse_stale, touch
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel
from service.parcels.survey_models import ParcelSurvey
from service.regions import queries as regions
from service.surveys import delivery
from service.surveys.checking import Checked, Sound
from service.surveys.plans import Drawn, Plan, areas, plan_survey, refuse_changed
from service.surveys.schemas import BoundaryOrder, FirstSurveyFacts, SurveyFacts, SurveyFinding, SurveyOrder

_MOST_TOLD = 50  # findings in a refusal


class SurveyRefused(Invalid):
    """A boundary with errors; `findings` are all that was found."""

    code, title_zh, title_en = "survey-refused", "界线未通过检查", "The boundary has errors"


class ApprovalNeeded(Conflict):
    """A boundary that concerns others already: an approver must give reason and document."""

    code, title_zh, title_en = "survey-needs-approval", "变更界线须经审批人同意", "An approver has to agree"


class Done(NamedTuple):
    """A survey that was recorded."""

    plan: Plan
    survey: ParcelSurvey


def record_survey(session: Session, actor: Actor, number: str, order: SurveyOrder, *, version: int) -> Done:
    """Record a new survey of a parcel, whose boundary it becomes.

    It is checked before anything is locked; then one writer of boundaries at a time looks whether all is as it was.

    Raises:
        ApprovalNeeded: others are concerned, and no approver gives reason and document.
        SurveyRefused: the boundary has errors. NeighboursChanged: other parcels lie around it by now.
        Invalid: what is to be known of a survey is missing, or no such document. And what `plan_survey` raises.

    """
    facts = demanded(order.survey)
    plan = plan_survey(session, actor, number, order, version=version)
    sound = sound_of(plan.drawn)
    _demand_approval(actor, plan, facts)
    parcels.lock_map(session)
    parcel = parcels.parcel_for_update(session, actor, number)
    refuse_stale(parcel, version)
    if facts.document_id is not None:
        parcels.check_document(session, actor, parcel, facts.document_id)
    refuse_changed(session, plan.drawn, but=parcel.id)
    survey = survey_of(parcel, plan.drawn, order, facts, actor)
    survey.override_reason = facts.override_reason
    session.add(survey)
    _become(session, parcel, sound, facts)
    session.flush()
    after = {"survey": survey.id, "crs": survey.source_crs, "surveyor": survey.surveyor, "reason": survey.reason}
    if survey.override_reason is not None:
        after |= {"override_reason": survey.override_reason, "document": survey.document_id}
    told = plan.before.model_dump()
    record(
        session,
        Action.PARCEL_RESURVEYED,
        "parcel",
        parcel.code,
        before=told,
        after={**areas(parcel).model_dump(), **after},
    )
    return Done(plan._replace(parcel=parcel), survey)


def describe(findings: Sequence[Finding]) -> list[SurveyFinding]:
    """Write findings as they are given out."""
    return [SurveyFinding.model_validate(found) for found in findings]


Facts = TypeVar("Facts", bound=FirstSurveyFacts)


def demanded(facts: Facts | None) -> Facts:
    """Return what is to be known of a survey; only a dry run may leave it out."""
    if facts is None:
        zh, en = "请填写测量日期、测量单位和变更依据", "Say when and by whom it was surveyed, and why it changes"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/survey", "required", zh, en)])
    return facts


def sound_of(drawn: Drawn) -> Sound:
    """Return a boundary without errors; SurveyRefused if it has some."""
    checked = drawn.checked
    if checked.errors or checked.sound is None:
        raise _refusal(checked)
    return checked.sound


def survey_of(
    parcel: Parcel, drawn: Drawn, order: BoundaryOrder, facts: FirstSurveyFacts, actor: Actor
) -> ParcelSurvey:
    """Return a boundary as a survey keeps it: as it was delivered."""
    zone = drawn.source.zone
    return ParcelSurvey(
        parcel_id=parcel.id,
        source_crs=drawn.source.epsg,
        zone_prefixed=zone is not None and zone.prefixed,
        geometry=shapely.to_wkb(drawn.delivered, byte_order=1),
        points=None if order.numbers is None else delivery.points_of(drawn.delivered, order.numbers),
        actor=actor.label,
        **facts.model_dump(include={"surveyed_on", "surveyor", "reason", "document_id"}),
    )


def _demand_approval(actor: Actor, plan: Plan, facts: SurveyFacts) -> None:
    """Refuse a boundary that others are concerned by, unless an approver answers for it. The stage is of `version`."""
    needed = approval_for(Stage(plan.parcel.stage))
    given = facts.override_reason and facts.document_id is not None and Permission.PARCEL_OVERRIDE in actor.permissions
    if needed is not None and not given:
        raise ApprovalNeeded(f"{needed.message}。", f"{needed.message_en}.", facts={"stage": needed.stage})


def _refusal(checked: Checked) -> SurveyRefused:
    errors = checked.errors[:_MOST_TOLD]
    return SurveyRefused(
        "；".join(found.message for found in errors[:5]) + "。",
        "; ".join(found.message_en for found in errors[:5]) + ".",
        errors=[FieldError("/geometry", found.code, found.message, found.message_en) for found in errors],
        facts={"findings": [each.model_dump(mode="json") for each in describe(checked.findings)]},
    )


def _become(session: Session, parcel: Parcel, sound: Sound, facts: SurveyFacts) -> None:
    """Give a parcel its new shape, and what follows from it."""
    placed = regions.placements(session, [sound.inside[0]], [sound.inside[1]])[0]
    parcel.geom = from_shape(sound.shape, srid=CGCS2000)
    parcel.area_plane_m2 = cents(sound.plane_m2)
    parcel.area_ellipsoid_m2 = cents(sound.ellipsoid_m2)
    parcel.area_legal_m2 = facts.area_legal_m2 or parcel.area_legal_m2
    parcel.county_code = placed.county_code or parcel.county_code
    if not parcel.region_overridden:
        parcel.region_id = placed.region_id
    touch(parcel)
