"""Registering a parcel by hand: a candidate (谋划) whose first survey is the boundary that was drawn or typed."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.codes.queries import LAND_USE
from service.documents.queries import refuse_unseen
from service.parcels import queries as parcels
from service.parcels.changes import LandUse, ParcelCreate
from service.parcels.commands import create_parcel
from service.parcels.models import Parcel
from service.parcels.survey_models import ParcelSurvey
from service.surveys.commands import demanded, sound_of, survey_of
from service.surveys.plans import NewParcel, code_for, plan_parcel, refuse_changed
from service.surveys.schemas import ParcelOrder


class Registered(NamedTuple):
    """A parcel that was registered, with its first survey."""

    plan: NewParcel
    parcel: Parcel
    survey: ParcelSurvey


def register_parcel(session: Session, actor: Actor, order: ParcelOrder) -> Registered:
    """Register a parcel with its boundary, first survey and first event.

    As a survey by hand it is checked before anything is locked, then looked at again as the only writer of boundaries.

    Raises:
        SurveyRefused: the boundary has errors. NeighboursChanged: other parcels lie around it by now.
        Invalid: what is to be known of a survey is missing, or no such document. And what `plan_parcel` raises.

    """
    facts = demanded(order.survey)
    plan = plan_parcel(session, actor, order)
    sound = sound_of(plan.drawn)
    parcels.lock_map(session)
    refuse_changed(session, plan.drawn, but=None)
    plan = plan._replace(code=code_for(session, order, plan.jurisdiction))
    if facts.document_id is not None:
        refuse_unseen(session, actor, plan.jurisdiction.code, facts.document_id, pointer="/survey/document_id")
    given = order.land_use and f"{order.land_use.scheme}:{order.land_use.code}"
    new = ParcelCreate(
        code=plan.code,
        area_legal_m2=facts.area_legal_m2,
        land_uses=[] if plan.use is None else [LandUse(scheme=LAND_USE, code=plan.use)],
        land_use_given=given,
        **order.model_dump(include={"jurisdiction", "name", "address", "cadastral_code", "lot_number"}),
    )
    told = {
        "land_use_given": given,
        "crs": plan.drawn.source.epsg,
        "surveyor": facts.surveyor,
        "reason": facts.reason,
        "document": facts.document_id,
    }
    parcel = create_parcel(session, actor, new, sound.shape, told=told)
    survey = survey_of(parcel, plan.drawn, order, facts, actor)
    session.add(survey)
    session.flush()
    return Registered(plan, parcel, survey)
