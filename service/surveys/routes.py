"""界址 /api/v1/parcels/{number}/boundary, …/surveys: editing a boundary, saving it as a new survey or a new parcel."""

from typing import Annotated, Any
from urllib.parse import quote

import orjson
import shapely
from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from service.accounts.access import Actor, ParcelReader, ParcelSurveyor
from service.core.db import driver_connection
from service.core.dependencies import Data, IfMatch, Write, etag
from service.core.doors import ReadRoute, answer
from service.core.idempotency import CommandRoute
from service.geo.bbox import parse_bbox
from service.geo.crs import recognise
from service.parcels import reading
from service.parcels.approval import approval_for
from service.parcels.lifecycle import Stage
from service.parcels.routes import Number
from service.parcels.schemas import ParcelRead
from service.surveys import commands, cutting, delivery, parcel_commands, plans, queries
from service.surveys.checking import box_of
from service.surveys.schemas import (
    BoundariesRead,
    BoundaryRead,
    CutAnswer,
    CutOrder,
    ParcelAnswer,
    ParcelOrder,
    SurveyAnswer,
    SurveyOrder,
)

ABOUT: dict[str, Any] = {"prefix": "/api/v1/parcels", "tags": ["界址 surveys"]}
reads = APIRouter(**ABOUT, route_class=ReadRoute)
router = APIRouter(**ABOUT, route_class=CommandRoute)

DryRun = Annotated[bool, Query(description="检查：只给出结果和问题，不保存 findings and areas (200), nothing saved")]


@reads.get("/boundaries", summary="范围内的界址 Boundaries in a box", responses={200: {"model": BoundariesRead}})
def read_boundaries(
    actor: ParcelReader,
    database: Data,
    bbox: Annotated[str, Query(max_length=200, description="west,south,east,north in degrees")],
) -> Response:
    """Give the shapes of the parcels in a box to the last digit, for a new boundary to snap to."""
    box = parse_bbox(bbox)
    with database.pool.connection() as connection:
        around = queries.neighbours(connection, None, box, seen_by=actor)
    shapes = [{"code": each.code, "geometry": _geojson(shapely.from_wkb(each.wkb))} for each in around]
    return answer({"neighbours": shapes})


@router.post(
    "",
    status_code=201,
    summary="新建地块 Register a parcel",
    responses={200: {"model": ParcelAnswer, "description": "检查 dry run"}},
)
def register_parcel(
    order: ParcelOrder, actor: ParcelSurveyor, session: Write, response: Response, *, dry_run: DryRun = False
) -> ParcelAnswer:
    """Register a candidate parcel with its boundary as surveyed, checked as a new survey of a parcel is."""
    if dry_run:
        response.status_code = 200
        return _registered(plans.plan_parcel(session, actor, order), order)
    done = parcel_commands.register_parcel(session, actor, order)
    _, parcel = _now(session, actor, done.parcel.code, response)
    response.headers["Location"] = f"{ABOUT['prefix']}/{quote(done.parcel.code, safe='')}"
    return _registered(done.plan, order).model_copy(update={"survey_id": done.survey.id, "parcel": parcel})


@reads.get("/{number}/boundary", summary="界址 Boundary to edit", responses={200: {"model": BoundaryRead}})
def read_boundary(number: Number, actor: ParcelReader, database: Data) -> Response:
    """Give the boundary of a parcel as it was delivered, and the shapes of its neighbours, to the last digit."""
    with database.pool.connection() as connection:
        members = reading.parcel(connection, actor, number).members
        shape, survey = queries.boundary(connection, members["id"])
        box = box_of(shape)
        around = [] if box is None else queries.neighbours(connection, members["id"], box, seen_by=actor)
    found = delivery.boundary_of(shape, survey)
    target = recognise(f"EPSG:{found.crs}")
    told = {name: members[name] for name in ("code", "version", "area_legal_m2", "area_plane_m2")} | {
        "crs": found.crs,
        "as_delivered": found.as_delivered,
        "geometry": _geojson(found.shape),
        "numbers": found.numbers,
        "approval": _approval(members["stage"]),
        "neighbours": [
            {"code": each.code, "geometry": _geojson(delivery.in_crs(shapely.from_wkb(each.wkb), target))}
            for each in around
        ],
    }
    headers = {"ETag": etag(members["version"]), "Cache-Control": "private, no-cache"}
    return Response(orjson.dumps(told), headers=headers, media_type="application/json")


@router.post("/cut", summary="切割界线 Cut a boundary being edited")
def cut_boundary(order: CutOrder, actor: ParcelSurveyor) -> CutAnswer:
    """Cut a boundary by a line or a polygon; nothing is saved."""
    del actor
    return cutting.cut(order)


@router.post(
    "/{number}/surveys",
    status_code=201,
    summary="重新测量 Record a survey",
    responses={200: {"model": SurveyAnswer, "description": "检查 dry run"}},
)
def record_survey(
    number: Number,
    order: SurveyOrder,
    actor: ParcelSurveyor,
    version: IfMatch,
    session: Write,
    response: Response,
    *,
    dry_run: DryRun = False,
) -> SurveyAnswer:
    """Record a boundary as a new survey of a parcel; the surveys before stay."""
    if dry_run:
        response.status_code = 200
        plan = plans.plan_survey(session, actor, number, order, version=version)
        return _answer(plan, order, version)
    done = commands.record_survey(session, actor, number, order, version=version)
    now, parcel = _now(session, actor, done.plan.parcel.code, response)
    return _answer(done.plan, order, now).model_copy(update={"survey_id": done.survey.id, "parcel": parcel})


def _now(session: Session, actor: Actor, code: str, response: Response) -> tuple[int, ParcelRead]:
    """Read a parcel as it is by now, and say in the answer's head which version that is."""
    found = reading.parcel(driver_connection(session), actor, code)
    response.headers["ETag"] = etag(found.version)
    return found.version, ParcelRead.model_validate_json(orjson.dumps(found.members))


def _answer(plan: plans.Plan, order: SurveyOrder, version: int) -> SurveyAnswer:
    return SurveyAnswer(
        findings=commands.describe(plan.drawn.checked.findings),
        approval=_approval(plan.parcel.stage),
        before=plan.before,
        after=plans.areas_after(plan.drawn, order.survey, plan.before),
        version=version,
        survey_id=None,
        parcel=None,
    )


def _registered(plan: plans.NewParcel, order: ParcelOrder) -> ParcelAnswer:
    return ParcelAnswer(
        code=plan.code,
        findings=commands.describe(plan.findings),
        after=plans.areas_after(plan.drawn, order.survey),
        survey_id=None,
        parcel=None,
    )


def _approval(stage: str) -> dict[str, str] | None:
    needed = approval_for(Stage(stage))
    return None if needed is None else needed._asdict()


def _geojson(shape: shapely.Geometry) -> orjson.Fragment:
    return orjson.Fragment(shapely.to_geojson(shape))
