"""What is known of supply schemes: those an actor may see, their parcels, uses, evidence and steps, and their holds."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, Text, cast, func, or_, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.constraints.queries import SHAPE
from service.core.errors import NotFound
from service.core.spelling import folded
from service.documents import subjects
from service.documents.models import Document
from service.parcels import governing
from service.parcels.governing import Hold
from service.parcels.lifecycle import EventKind
from service.parcels.models import Parcel, code_key
from service.plans.models import PlanItem, SupplyPlan
from service.plans.queries import audited
from service.plans.states import PlanStatus
from service.regions.models import Jurisdiction
from service.regions.queries import visible_jurisdictions
from service.schemes.models import SchemeEvidence, SchemeParcel, SchemeStep, SchemeUse, SupplyScheme
from service.schemes.states import SchemeStatus, WrongStatus, allowed

_BURIED = "buried_relics"
"""The type of control layer that says where relics may lie (`gis_data/constraints/heritage.toml`)."""


def visible_schemes(actor: Actor) -> Select[SupplyScheme]:
    """The schemes an actor may see: those of their jurisdictions."""
    if actor.jurisdictions is None:
        return select(SupplyScheme)
    own = visible_jurisdictions(actor).with_only_columns(Jurisdiction.id)
    return select(SupplyScheme).where(SupplyScheme.jurisdiction_id.in_(own))


subjects.register("scheme", lambda actor: visible_schemes(actor).with_only_columns(cast(SupplyScheme.id, Text)))


def scheme_by_id(session: Session, actor: Actor, scheme_id: int, *, lock: bool = False) -> SupplyScheme:
    """Return a scheme; `lock`: kept by us until the end. Raises NotFound if it is absent or not visible."""
    wanted = visible_schemes(actor).where(SupplyScheme.id == scheme_id)
    if lock:
        wanted = wanted.with_for_update(of=SupplyScheme)
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"没有编号为 {scheme_id} 的供地方案。", f"There is no scheme {scheme_id}.")
    return found


def scheme_in_force(session: Session, actor: Actor, scheme_id: int) -> SupplyScheme:
    """Return an approved scheme, kept by us until the end: its land may be offered.

    Raises:
        NotFound: absent or not visible.
        WrongStatus: it is not approved, or its land went back into the reserve.

    """
    scheme = scheme_by_id(session, actor, scheme_id, lock=True)
    if scheme.status != SchemeStatus.approved:
        status = SchemeStatus(scheme.status)
        raise WrongStatus(
            "供地方案须已批准且未失效。",
            "The scheme has to be approved and in force.",
            facts={"status": str(status), "allowed": [str(each) for each in allowed(status)]},
        )
    return scheme


def jurisdiction_of(session: Session, scheme: SupplyScheme) -> Jurisdiction:
    """Return whose scheme it is."""
    return session.get_one(Jurisdiction, scheme.jurisdiction_id)


def parcels_of(session: Session, scheme_id: int, *, lock: bool = False) -> Sequence[Row[SchemeParcel, Parcel]]:
    """Return the land of a scheme by the parcels' ids; `lock`: the parcels kept by us until the end."""
    wanted = (
        select(SchemeParcel, Parcel)
        .join(Parcel, Parcel.id == SchemeParcel.parcel_id)
        .where(SchemeParcel.scheme_id == scheme_id)
        .order_by(Parcel.id)
    )
    if lock:
        wanted = wanted.with_for_update(of=Parcel)
    return session.execute(wanted.execution_options(populate_existing=True)).all()


def uses_of(session: Session, scheme_id: int) -> Sequence[SchemeUse]:
    """Return the uses of a scheme, the largest first."""
    wanted = select(SchemeUse).where(SchemeUse.scheme_id == scheme_id)
    return session.scalars(wanted.order_by(SchemeUse.share.desc(), SchemeUse.use_class)).all()


def evidence_of(session: Session, scheme_id: int) -> Sequence[Row[SchemeEvidence, str | None, str | None]]:
    """Return the evidence of a scheme with the parcel's code and the document's title."""
    wanted = (
        select(SchemeEvidence, Parcel.code, Document.title)
        .outerjoin(Parcel, Parcel.id == SchemeEvidence.parcel_id)
        .outerjoin(Document, Document.id == SchemeEvidence.document_id)
        .where(SchemeEvidence.scheme_id == scheme_id)
    )
    return session.execute(wanted.order_by(SchemeEvidence.id)).all()


def steps_of(session: Session, scheme_id: int) -> Sequence[Row[SchemeStep, str | None]]:
    """Return what happened to a scheme, in order, with the title of the document each step rests on."""
    wanted = (
        select(SchemeStep, Document.title)
        .outerjoin(Document, Document.id == SchemeStep.document_id)
        .where(SchemeStep.scheme_id == scheme_id)
    )
    return session.execute(wanted.order_by(SchemeStep.id)).all()


def document_titles(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return titles of documents by id."""
    return {row[0]: row[1] for row in session.execute(select(Document.id, Document.title).where(Document.id.in_(ids)))}


_SIZE = (
    select(
        func.count().label("parcels"),
        func.coalesce(func.sum(Parcel.area_m2), 0).label("area_m2"),
        func.array_agg(Parcel.code).label("codes"),
    )
    .select_from(SchemeParcel)
    .join(Parcel, Parcel.id == SchemeParcel.parcel_id)
    .where(SchemeParcel.scheme_id == SupplyScheme.id)
    .lateral("size")
)


def scheme_page(
    session: Session, actor: Actor, filters: Mapping[str, Sequence[Any]], *, before: int | None, limit: int
) -> Sequence[Row[SupplyScheme, str, str, int, Decimal, list[str]]]:
    """Return schemes with jurisdiction, number of parcels, area m² and codes, the newest first, those before an id.

    `filters`: `id`, `jurisdiction` codes, `status`, `method`, `level`, `parcel` codes, `q` (title, number, parcel);
    values of one are choices.
    """
    wanted = (
        visible_schemes(actor)
        .join(Jurisdiction, Jurisdiction.id == SupplyScheme.jurisdiction_id)
        .join(_SIZE, text("true"))
        .with_only_columns(
            SupplyScheme, Jurisdiction.code, Jurisdiction.name, _SIZE.c.parcels, _SIZE.c.area_m2, _SIZE.c.codes
        )
        .order_by(SupplyScheme.id.desc())
        .limit(limit)
    )
    for name, values in filters.items():
        if values:
            wanted = wanted.where(_met(name, values))
    return session.execute(wanted if before is None else wanted.where(SupplyScheme.id < before)).all()


def _met(name: str, values: Sequence[Any]) -> Any:  # noqa: ANN401 - a condition
    own = {
        "id": SupplyScheme.id, "status": SupplyScheme.status, "method": SupplyScheme.method,
        "level": SupplyScheme.level, "jurisdiction": Jurisdiction.code,
    }  # fmt: skip
    if name in own:
        return own[name].in_(values)
    of_parcel = select(SchemeParcel.scheme_id).join(Parcel, Parcel.id == SchemeParcel.parcel_id)
    if name == "parcel":
        return SupplyScheme.id.in_(of_parcel.where(code_key.in_([folded(each) for each in values])))
    (q,) = values
    named = [column.icontains(q, autoescape=True) for column in (SupplyScheme.title, SupplyScheme.number)]
    return or_(*named, SupplyScheme.id.in_(of_parcel.where(Parcel.search.contains(q.lower(), autoescape=True))))


def live_schemes(session: Session, parcel_ids: Collection[int]) -> dict[int, SupplyScheme]:
    """Return the scheme that holds each of some parcels, where one does."""
    wanted = (
        select(SchemeParcel.parcel_id, SupplyScheme)
        .join(SupplyScheme, SupplyScheme.id == SchemeParcel.scheme_id)
        .where(SchemeParcel.parcel_id.in_(parcel_ids), SchemeParcel.live)
    )
    return {row[0]: row[1] for row in session.execute(wanted)}


_ON_ITS_WAY = frozenset({EventKind.approve_scheme})
_IN_FORCE = frozenset({EventKind.publicise, EventKind.announce})
"""Land under a scheme is offered by notice, not by an event alone."""


def holds(session: Session, parcel_ids: Collection[int]) -> list[Hold]:
    """Return the schemes that hold some parcels. One on its way alone approves; one in force lets notices alone offer.

    What becomes of the land after that is for its lot and contract to say.
    """
    found = live_schemes(session, parcel_ids)
    return [
        Hold(
            parcel_id,
            "scheme",
            scheme.id,
            f"供地方案“{scheme.title}”",
            f"the supply scheme “{scheme.title}”",
            _IN_FORCE if scheme.status == SchemeStatus.approved else _ON_ITS_WAY,
        )
        for parcel_id, scheme in found.items()
    ]


governing.register("scheme", holds)


def last_change(session: Session, scheme_id: int) -> str | None:
    """Return who last changed a scheme, by the audit log."""
    found = audited(session, "scheme", scheme_id, last=1)
    return found[0].actor if found else None


def last_step(session: Session, scheme_id: int, kind: str) -> SchemeStep | None:
    """Return the last step of this kind."""
    wanted = select(SchemeStep).where(SchemeStep.scheme_id == scheme_id, SchemeStep.kind == kind)
    return session.scalar(wanted.order_by(SchemeStep.id.desc()).limit(1))


_RELICS = text(f"""
    SELECT p.id, EXISTS (SELECT FROM overlay_result AS r JOIN control_layer AS l ON l.id = r.layer_id
        WHERE r.parcel_id = p.id AND l.type = :type AND l.superseded_at IS NULL) AS found
    FROM parcel AS p JOIN overlay_check AS c ON c.parcel_id = p.id AND c.shape = {SHAPE}
    WHERE p.id = ANY (:ids) AND EXISTS (SELECT FROM control_layer AS l WHERE l.type = :type
        AND l.superseded_at IS NULL AND l.jurisdiction_id = p.jurisdiction_id)
      AND NOT EXISTS (SELECT FROM control_layer AS l WHERE l.type = :type AND l.superseded_at IS NULL
        AND l.jurisdiction_id = p.jurisdiction_id AND l.id <> ALL (c.layers))
""")  # noqa: S608 - our own fragments


def may_hold_relics(session: Session, parcel_ids: Collection[int]) -> dict[int, bool]:
    """Tell of parcels whether relics may lie under them.

    Left out, because nothing is known: a parcel that was never compared with the layers of buried relics in force, or
    in another shape, and one whose jurisdiction has no such layer.
    """
    rows = session.execute(_RELICS, {"ids": list(parcel_ids), "type": _BURIED})
    return {row.id: row.found for row in rows}


def sells_market_housing(session: Session, parcel_ids: Collection[int]) -> bool:
    """Tell whether housing on these parcels is not planned as affordable: then it counts as market housing."""
    planned = (
        select(PlanItem.parcel_id)
        .join(SupplyPlan, SupplyPlan.id == PlanItem.plan_id)
        .where(PlanItem.parcel_id.in_(parcel_ids), SupplyPlan.status == PlanStatus.published)
        .where(PlanItem.housing_class.is_not(None), PlanItem.housing_class != "commodity")
    )
    return not set(parcel_ids) <= set(session.scalars(planned))


_HOUSING = text("""
    SELECT coalesce(sum(p.area_m2 * u.share), 0) FROM supply_scheme AS s
    JOIN scheme_use AS u ON u.scheme_id = s.id AND u.use_class = 'residential'
    JOIN scheme_parcel AS sp ON sp.scheme_id = s.id JOIN parcel AS p ON p.id = sp.parcel_id
    WHERE s.jurisdiction_id = :jurisdiction AND s.method <> 'allocation' AND s.id <> :except
      AND s.status IN ('approved', 'spent') AND s.approved_on BETWEEN :first AND :last
""")


def housing_granted_m2(session: Session, scheme: SupplyScheme, day: dt.date) -> Decimal:
    """Return how much housing land the other schemes approved in a day's year grant in a jurisdiction, m²."""
    span = {"first": dt.date(day.year, 1, 1), "last": dt.date(day.year, 12, 31)}
    found = session.scalar(_HOUSING, {"jurisdiction": scheme.jurisdiction_id, "except": scheme.id, **span})
    return Decimal(found or 0)
