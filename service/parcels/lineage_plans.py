"""What a split or merge would make of parcels, and what speaks against it; nothing is changed here."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import FieldError, Invalid
from service.core.plurals import Count
from service.geo import crs as geo_crs
from service.geo import overlay_apart
from service.geo.area import areas_m2, cents
from service.geo.geojson import parse_line, parse_polygon, read_polygon
from service.parcels import identifiers, lineage, lineage_queries, queries
from service.parcels.commands import refuse_future, refuse_stale
from service.parcels.lifecycle import Hold, Idle, Stage, State
from service.parcels.lineage import Finding, OperationKind
from service.parcels.lineage_schemas import MergeOrder, SplitOrder
from service.parcels.models import Parcel
from service.parcels.numbering import NumberTaken

_COLUMNS = tuple(name for name in lineage.TRAITS if name != "land_uses")  # components have a table of their own


class Delivered(NamedTuple):
    """The shape of a part as it was sent: kept as a survey."""

    crs: int
    shape: shapely.MultiPolygon


class Part(NamedTuple):
    """A parcel to be made; areas in m²."""

    code: str
    name: str | None
    shape: shapely.MultiPolygon
    legal: Decimal | None
    plane: Decimal
    ellipsoid: Decimal
    delivered: Delivered | None = None


class Plan(NamedTuple):
    """What becomes of the old parcels; `traits` are what the new ones take over."""

    kind: OperationKind
    old: Sequence[Parcel]
    parts: Sequence[Part]
    traits: dict[str, Any]
    findings: Sequence[Finding]


def plan_split(session: Session, actor: Actor, number: str, order: SplitOrder, *, version: int) -> Plan:
    """Return what a split would make of a parcel.

    Raises:
        NotFound: absent or not visible. AmbiguousNumber: several parcels have this lot number.
        ParcelRetired: it was split or merged before. PreconditionFailed: it has moved on from `version`.
        FutureDate: the day is after today.
        Invalid: line, part, CRS or code is wrong. TooComplex: the shapes can't be overlaid in time.
        NumberTaken: a code is or was another parcel's.

    """
    parcel = queries.parcel_by_number(session, actor, number)
    queries.refuse_retired(session, parcel)
    refuse_stale(parcel, version)
    refuse_future("/effective_on", order.effective_on)
    source = None if order.crs is None else geo_crs.recognise(order.crs)
    plot = _shape(parcel)
    sent = order.parts or []
    if order.line is not None:
        cut = overlay_apart.divide_by_line(plot, parse_line(order.line, source=source))
    else:
        shapes = [
            parse_polygon(each.geometry, pointer=f"/parts/{i}/geometry", source=source) for i, each in enumerate(sent)
        ]
        cut = overlay_apart.divide_by_parts(plot, shapes)
    given = [each.code for each in sent] if order.codes is None else list(order.codes)
    codes = _codes(session, OperationKind.SPLIT, parcel.code, given, len(cut.pieces))
    legal = [each.area_legal_m2 for each in sent] if order.areas_legal_m2 is None else order.areas_legal_m2
    _refuse_miscounted("/areas_legal_m2", legal, len(codes), "个法定面积", "legal area|legal areas")
    parts = _parts(codes, cut.pieces, [each.name for each in sent], legal)
    crs = geo_crs.CGCS2000 if source is None else source.epsg
    if sent and crs is not None:
        told = [Delivered(crs, read_polygon(each.geometry)) for each in sent]
        parts = [part._replace(delivered=each) for part, each in zip(parts, told, strict=True)]
    plane = float(parcel.area_plane_m2)
    areas = [float(part.plane) for part in parts]
    findings = lineage.cover_findings(plane, **_figures(cut)) + lineage.part_findings(codes, areas)
    if not any(found.severity == "block" for found in findings):
        findings += lineage.balance_findings(plane, sum(areas))
    return _plan(session, OperationKind.SPLIT, [parcel], parts, order, findings)


def plan_merge(session: Session, actor: Actor, order: MergeOrder) -> Plan:
    """Return what a merge would make of parcels.

    Raises:
        NotFound: one is absent or not visible. ParcelRetired: one was split or merged before.
        PreconditionFailed: one has moved on from its version in the order. FutureDate: the day is after today.
        Invalid: the code is wrong. TooComplex: the shapes can't be overlaid in time.
        NumberTaken: the code is or was another parcel's.

    """
    old = lineage_queries.parcels_by_code(session, actor, order.codes)
    for parcel in old:
        queries.refuse_retired(session, parcel)
        refuse_stale(parcel, order.versions[parcel.code])
    refuse_future("/effective_on", order.effective_on)
    union = overlay_apart.unite([_shape(parcel) for parcel in old])
    (code,) = _codes(session, OperationKind.MERGE, min(order.codes), [order.code], 1)
    (part,) = _parts([code], [union.shape], [order.name], [order.area_legal_m2])
    plane = sum(float(parcel.area_plane_m2) for parcel in old)
    findings = lineage.jurisdiction_findings([parcel.jurisdiction_id for parcel in old])
    findings += lineage.union_findings(plane, **_figures(union))
    findings += lineage.balance_findings(plane, float(part.plane))
    return _plan(session, OperationKind.MERGE, old, [part], order, findings)


def _plan(
    session: Session,
    kind: OperationKind,
    old: Sequence[Parcel],
    parts: Sequence[Part],
    order: SplitOrder | MergeOrder,
    findings: list[Finding],
) -> Plan:
    """Add what every operation is judged by, and what is inherited."""
    states = {each.code: State(Stage(each.stage), Hold(each.hold), Idle(each.idle)) for each in old}
    uses = lineage_queries.land_uses(session, old)
    values: dict[str, list[Any]] = {name: [getattr(each, name) for each in old] for name in _COLUMNS}
    traits, differing = lineage.shared(values | {"land_uses": [uses[each.id] for each in old]})
    if "land_uses" in differing:  # a main use without its components would be another use
        traits["land_use_scheme"] = traits["land_use_code"] = None
    overridden = {(each.region_overridden, each.region_id) for each in old}
    traits["region_id"] = old[0].region_id if len(overridden) == 1 and old[0].region_overridden else None
    legal = {part.code: part.legal for part in parts}
    plane = {part.code: float(part.plane) for part in parts}
    findings = [
        *findings,
        *lineage.stage_findings(states),
        *lineage.date_findings(order.effective_on, lineage_queries.last_events(session, old)),
        *lineage.legal_findings([each.area_legal_m2 for each in old], legal, plane),
        *lineage.not_inherited([name for name in differing if name != "name" or not all(part.name for part in parts)]),
    ]
    return Plan(kind, old, parts, traits, findings)


def _parts(
    codes: Sequence[str],
    shapes: Sequence[shapely.MultiPolygon],
    names: Sequence[str | None],
    legal: Sequence[Decimal | None],
) -> list[Part]:
    measured = areas_m2(np.array(shapes, dtype=object))
    plane, ellipsoid = (map(cents, each.tolist()) for each in measured)
    nothing = [None] * len(codes)
    return [
        Part(*each) for each in zip(codes, names or nothing, shapes, legal or nothing, plane, ellipsoid, strict=True)
    ]


def _codes(session: Session, kind: OperationKind, stem: str, given: Sequence[str | None], number: int) -> list[str]:
    """Take the given codes and issue the missing ones; none is or was another parcel's."""
    _refuse_miscounted("/codes", given, number, "个编号", "code|codes")
    wanted = [code and identifiers.check_code(code) for code in given] or [None] * number
    chosen = [code for code in wanted if code is not None]
    used = lineage_queries.taken(session, chosen) | {code for code in chosen if chosen.count(code) > 1}
    if used:
        zh, en = f"编号已用过：{'、'.join(sorted(used))}", f"Used already: {', '.join(sorted(used))}"
        raise NumberTaken(f"{zh}。", f"{en}.", errors=[FieldError("/codes", "number-taken", zh, en)])
    missing = number - len(chosen)
    if missing == 0:
        return chosen
    known = lineage_queries.codes_beginning(session, f"{stem}-") | set(chosen)
    issued = iter(lineage.issue_codes(kind, stem, missing, known))
    return [code or next(issued) for code in wanted]


def _refuse_miscounted(pointer: str, given: Sequence[object], parts: int, zh: str, en: str) -> None:
    """Refuse what was given of each part for more or fewer parts than there are; nothing given is fine."""
    if given and len(given) != parts:
        zh, en = (
            f"给出 {len(given)} {zh}，实际分为 {parts} 块",
            f"{Count(len(given)):{en}} for {Count(parts):part|parts}",
        )
        raise Invalid(f"{zh}。", f"{en}.", errors=[FieldError(pointer, "wrong-number", zh, en)])


def _shape(parcel: Parcel) -> shapely.MultiPolygon:
    shape = to_shape(parcel.geom)
    assert isinstance(shape, shapely.MultiPolygon)  # noqa: S101 - the column's type
    return shape


def _figures(outcome: Any) -> dict[str, Any]:  # noqa: ANN401 - a Division or Union
    return {name: value for name, value in outcome._asdict().items() if name not in {"pieces", "shape"}}
