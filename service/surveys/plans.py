"""What a boundary by hand would make of a parcel, or a new parcel of; nothing is written."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import shapely
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core import clock
from service.core.db import driver_connection
from service.core.errors import Conflict, FieldError, Invalid
from service.geo.area import cents
from service.geo.bbox import Bbox
from service.geo.crs import SourceCrs
from service.geo.geojson import read_polygon
from service.imports import land_uses
from service.imports.findings import Finding
from service.imports.queries import jurisdiction_area
from service.parcels import identifiers, lineage_queries
from service.parcels import queries as parcels
from service.parcels.commands import refuse_future, refuse_stale
from service.parcels.models import Parcel
from service.parcels.numbering import free_cadastral_code, free_code
from service.regions import queries as regions
from service.regions.models import Jurisdiction
from service.surveys import delivery, queries
from service.surveys.checking import Checked, box_of, check
from service.surveys.schemas import AreasRead, BoundaryOrder, FirstSurveyFacts, ParcelOrder, SurveyOrder, UseOrder


class NeighboursChanged(Conflict):
    """The parcels around became others while the boundary was checked."""

    code, title_zh, title_en = "neighbours-changed", "相邻地块刚有变化", "A neighbour has just changed"


class Drawn(NamedTuple):
    """A boundary as delivered, what was found about it, and the neighbours it was checked against."""

    delivered: shapely.MultiPolygon
    source: SourceCrs
    checked: Checked
    box: Bbox | None
    neighbours: list[queries.Neighbour]


class Plan(NamedTuple):
    """A new boundary of a parcel: what it was before, and what it would be."""

    parcel: Parcel
    before: AreasRead
    drawn: Drawn


class NewParcel(NamedTuple):
    """A parcel that isn't there yet: its use in the list of 2023, where it has one, and all that was found."""

    code: str
    jurisdiction: Jurisdiction
    use: str | None
    drawn: Drawn
    findings: list[Finding]


def plan_survey(session: Session, actor: Actor, number: str, order: SurveyOrder, *, version: int) -> Plan:
    """Check a boundary for a parcel; nothing is written.

    Raises:
        NotFound: absent or not visible. ParcelRetired: it was split or merged.
        PreconditionFailed: it has moved on from `version`. And what `_drawn` raises.

    """
    parcel = parcels.parcel_by_number(session, actor, number)
    parcels.refuse_retired(session, parcel)
    refuse_stale(parcel, version)
    drawn = _drawn(session, order, order.survey, parcel.jurisdiction_id, parcel)
    return Plan(parcel, areas(parcel), drawn)


def plan_parcel(session: Session, actor: Actor, order: ParcelOrder) -> NewParcel:
    """Check a new parcel; nothing is written.

    Raises:
        NotFound: no such jurisdiction, or not the actor's.
        BadIdentifier, NumberTaken: code or cadastral code can't be one, or is another parcel's.
        Invalid: no such land use. And what `_drawn` raises.

    """
    jurisdiction = regions.jurisdiction_by_code(session, actor, order.jurisdiction)
    code = code_for(session, order, jurisdiction)
    if order.cadastral_code is not None:
        free_cadastral_code(session, order.cadastral_code)
    use, told = (None, []) if order.land_use is None else _use(order.land_use)
    drawn = _drawn(session, order, order.survey, jurisdiction.id, None)
    return NewParcel(code, jurisdiction, use, drawn, [*drawn.checked.findings, *told])


def code_for(session: Session, order: ParcelOrder, jurisdiction: Jurisdiction) -> str:
    """Return the code that was given, or issue one. Raises BadIdentifier, NumberTaken."""
    if order.code is not None:
        return free_code(session, order.code)
    beginning = f"{jurisdiction.code}-{clock.today().year}-"
    return identifiers.issued(beginning, 1, lineage_queries.codes_beginning(session, beginning))[0]


def refuse_changed(session: Session, drawn: Drawn, *, but: int | None) -> None:
    """Refuse what was checked against other neighbours than there are under the map lock; `but`: the parcel itself."""
    if drawn.box is not None and queries.neighbours(driver_connection(session), but, drawn.box) != drawn.neighbours:
        raise NeighboursChanged(
            "检查期间相邻地块有变化，请重新检查后保存。",
            "A neighbouring parcel changed while the boundary was checked; check it again and save.",
        )


def areas(parcel: Parcel) -> AreasRead:
    """Return the areas of a parcel."""
    legal = parcel.area_legal_m2
    return AreasRead(
        area_legal_m2=None if legal is None else float(legal),
        area_plane_m2=float(parcel.area_plane_m2),
        area_ellipsoid_m2=float(parcel.area_ellipsoid_m2),
    )


def areas_after(drawn: Drawn, facts: FirstSurveyFacts | None, before: AreasRead | None = None) -> AreasRead | None:
    """Return the areas that a checked boundary gives its parcel."""
    sound = drawn.checked.sound
    if sound is None:
        return None
    legal = None if before is None else before.area_legal_m2
    if facts is not None and facts.area_legal_m2 is not None:
        legal = float(facts.area_legal_m2)
    return AreasRead(
        area_legal_m2=legal,
        area_plane_m2=float(cents(sound.plane_m2)),
        area_ellipsoid_m2=float(cents(sound.ellipsoid_m2)),
    )


def _drawn(
    session: Session,
    order: BoundaryOrder,
    facts: FirstSurveyFacts | None,
    jurisdiction_id: int,
    parcel: Parcel | None,
) -> Drawn:
    """Check a boundary against all parcels around but the one that it is of.

    Raises:
        FutureDate: it is surveyed after today.
        BadGeometry, CrsRefused, Invalid: geometry, CRS or numbers can't be read.
        TooComplex: it can't be checked in time. Busy: others are being checked.

    """
    source = delivery.known_crs(order.crs)
    delivered = read_polygon(order.geometry)
    points = None if order.numbers is None else delivery.points_of(delivered, order.numbers)
    box = box_of(delivery.in_degrees(delivered, source))
    own = None if parcel is None else parcel.id
    neighbours = [] if box is None else queries.neighbours(driver_connection(session), own, box)
    legal: Decimal | None = None if parcel is None else parcel.area_legal_m2
    if facts is not None:
        refuse_future("/survey/surveyed_on", facts.surveyed_on)
        legal = facts.area_legal_m2 or legal
    checked = check(
        delivered,
        source.label,
        None if points is None else _survey_of(points),
        neighbours,
        area_legal_m2=None if legal is None else float(legal),
        jurisdiction=jurisdiction_area(session, jurisdiction_id),
    )
    return Drawn(delivered, source, checked, box, neighbours)


def _use(given: UseOrder) -> tuple[str | None, list[Finding]]:
    """Take a land use as an import takes it, but for one that is in no list: a person can put it right at once."""
    verdict, findings = land_uses.taken(given.scheme, given.code)
    if verdict.finding == "land_use_unknown":
        zh = f"“{given.code}”不是代码表 {given.scheme} 中的土地用途"
        en = f"{given.code} is no land use of the code list {given.scheme}"
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError("/land_use/code", "unknown-code", zh, en)])
    return verdict.code, findings


def _survey_of(points: Sequence[dict[str, object]]) -> dict[str, object]:
    """Write numbered points as the checks read a survey's."""
    rings: dict[object, list[list[object]]] = {}
    for each in points:
        rings.setdefault(each["ring"], []).append([each["number"], each["northing"], each["easting"]])
    listed = [{"ring": ring, "points": some} for ring, some in rings.items()]
    return {"columns": ["northing", "easting"], "rings": listed}
