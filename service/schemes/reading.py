"""Answers about schemes: rows put together into what is given out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.rules.judgement import judge
from service.rules.schemas import LegalFinding
from service.schemes import checking, completeness, queries
from service.schemes.finding_schemas import Gap, SchemeFindings
from service.schemes.judging import PRICE_RULES
from service.schemes.models import SupplyScheme
from service.schemes.schemas import (
    SchemeDetail,
    SchemeEvidenceRead,
    SchemeParcelRead,
    SchemeRead,
    SchemeStepRead,
    SchemeTerms,
    SchemeUseRead,
    sees_prices,
)


def schemes(
    session: Session, actor: Actor, filters: Mapping[str, Sequence[Any]], *, before: int | None, limit: int
) -> list[SchemeRead]:
    """Return a page of schemes."""
    return [SchemeRead.of(row) for row in queries.scheme_page(session, actor, filters, before=before, limit=limit)]


def one(session: Session, actor: Actor, scheme: SupplyScheme) -> SchemeRead:
    """Return a scheme as a list shows it."""
    return schemes(session, actor, {"id": [scheme.id]}, before=None, limit=1)[0]


def detail(session: Session, actor: Actor, scheme: SupplyScheme) -> SchemeDetail:
    """Return a scheme with all its parts."""
    land = queries.parcels_of(session, scheme.id)
    relics = queries.may_hold_relics(session, [parcel.id for _, parcel in land])
    steps = queries.steps_of(session, scheme.id)
    kinds = [row[0].kind for row in steps]
    opinions = kinds[len(kinds) - kinds[::-1].index("submit") :] if "submit" in kinds else []
    submitted = [row[0].actor for row in steps if row[0].kind == "submit"]
    documents = {scheme.conditions_document_id, scheme.price_document_id} - {None}
    titles = queries.document_titles(session, [number for number in documents if number is not None])
    return SchemeDetail.whole(
        one(session, actor, scheme),
        terms=SchemeTerms.of(scheme, titles, prices=sees_prices(actor.permissions)),
        land=[SchemeParcelRead.of(link, parcel, relics.get(parcel.id)) for link, parcel in land],
        uses=[SchemeUseRead.model_validate(use) for use in queries.uses_of(session, scheme.id)],
        evidence=[SchemeEvidenceRead.of(row) for row in queries.evidence_of(session, scheme.id)],
        steps=[SchemeStepRead.of(row) for row in steps],
        endorsed="endorse" in opinions,
        submitted_by=submitted[-1] if submitted else None,
    )


def findings(session: Session, actor: Actor, scheme: SupplyScheme, day: dt.date) -> SchemeFindings:
    """Return what stands against a scheme by the law of a day; who may not know prices is told nothing of them."""
    judgement = judge(checking.findings(session, scheme, day), overrides=False)
    told = judgement.findings
    if not sees_prices(actor.permissions):
        told = tuple(each for each in told if each.rule.id not in PRICE_RULES)
    return SchemeFindings(
        as_of=day,
        missing=[
            Gap(field=gap.field, message=gap.zh, message_en=gap.en)
            for gap in completeness.gaps(checking.said(session, scheme))
        ],
        findings=[LegalFinding.of(each) for each in told],
        overridable=bool(judgement.refused) and not any(each.hard for each in judgement.refused),
    )
