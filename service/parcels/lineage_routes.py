"""沿革 /api/v1/parcels/…: splitting and merging parcels, and where a parcel comes from and went."""

from typing import Annotated, Any

import orjson
import shapely
from fastapi import APIRouter, Path, Query, Response

from service.accounts.access import Actor, ParcelDivider, ParcelReader
from service.core.db import driver_connection
from service.core.dependencies import IfMatch, Read, Write
from service.core.idempotency import CommandRoute
from service.core.schemas import Whole
from service.parcels import lineage_commands, lineage_plans, lineage_queries, lineage_undo, reading
from service.parcels.lineage_models import LineageOperation
from service.parcels.lineage_plans import Part, Plan
from service.parcels.lineage_schemas import (
    LineageAnswer,
    LineageRead,
    MergeOrder,
    OperationRead,
    PartRead,
    SplitOrder,
    UndoAnswer,
    UndoOrder,
)
from service.parcels.lineage_undo import Undoing
from service.parcels.routes import Number
from service.parcels.schemas import ParcelRead

router = APIRouter(prefix="/api/v1/parcels", tags=["地块 parcels"], route_class=CommandRoute)

DryRun = Annotated[bool, Query(description="试算：只给出结果和问题，不保存 parts and findings (200), nothing saved")]
_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"model": LineageAnswer, "description": "试算 dry run"}}


@router.post("/merge", status_code=201, summary="合并 Merge parcels", responses=_ANSWERS)
def merge_parcels(
    order: MergeOrder, actor: ParcelDivider, session: Write, response: Response, *, dry_run: DryRun = False
) -> LineageAnswer:
    """Merge parcels that touch into a new one; the old codes stay and lead to it."""
    if dry_run:
        response.status_code = 200
        return _answer(session, actor, lineage_plans.plan_merge(session, actor, order))
    done = lineage_commands.merge_parcels(session, actor, order)
    return _answer(session, actor, done.plan, done.operation)


@router.post("/{number}/split", status_code=201, summary="分割 Split a parcel", responses=_ANSWERS)
def split_parcel(
    number: Number,
    order: SplitOrder,
    actor: ParcelDivider,
    version: IfMatch,
    session: Write,
    response: Response,
    *,
    dry_run: DryRun = False,
) -> LineageAnswer:
    """Split a parcel along a line or into parts; its code stays and leads to them."""
    if dry_run:
        response.status_code = 200
        return _answer(session, actor, lineage_plans.plan_split(session, actor, number, order, version=version))
    done = lineage_commands.split_parcel(session, actor, number, order, version=version)
    return _answer(session, actor, done.plan, done.operation)


@router.post("/lineage/{operation_id}/undo", status_code=201, summary="撤销分割或合并 Undo a split or merge")
def undo_operation(
    operation_id: Annotated[int, Whole, Path(ge=1, lt=2**31)],
    order: UndoOrder,
    actor: ParcelDivider,
    session: Write,
    response: Response,
    *,
    dry_run: DryRun = False,
) -> UndoAnswer:
    """Take a split or merge back while nothing was built on what it made; the old parcels stand again."""
    if dry_run:
        response.status_code = 200
        return _undone(lineage_undo.plan_undo(session, actor, operation_id))
    done, undoing = lineage_undo.undo_operation(session, actor, operation_id, order)
    return _undone(undoing, done)


@router.get("/{number}/lineage", summary="沿革 Lineage")
def read_lineage(number: Number, actor: ParcelReader, session: Read) -> LineageRead:
    """Tell where a parcel comes from and what became of it."""
    return lineage_queries.lineage(session, actor, number)


def _answer(session: Write, actor: Actor, plan: Plan, operation: LineageOperation | None = None) -> LineageAnswer:
    """Describe an operation; the new parcels are read back inside the transaction that made them."""
    made = [] if operation is None else [part.code for part in plan.parts]
    found = [reading.parcel(driver_connection(session), actor, code).members for code in made]
    return LineageAnswer(
        operation=operation and OperationRead.model_validate(operation),
        retired=[parcel.code for parcel in plan.old],
        parts=[_part(part, plan) for part in plan.parts],
        parcels=[ParcelRead.model_validate_json(orjson.dumps(members)) for members in found],
        findings=lineage_commands.describe(plan.findings),
    )


def _undone(undoing: Undoing, operation: LineageOperation | None = None) -> UndoAnswer:
    return UndoAnswer(
        operation=operation and OperationRead.model_validate(operation),
        ended=[parcel.code for parcel in undoing.made],
        revived=[parcel.code for parcel in undoing.ended],
        findings=lineage_commands.describe(undoing.findings),
    )


def _part(part: Part, plan: Plan) -> PartRead:
    return PartRead(
        code=part.code,
        name=part.name or plan.traits.get("name"),
        area_legal_m2=None if part.legal is None else float(part.legal),
        area_plane_m2=float(part.plane),
        area_ellipsoid_m2=float(part.ellipsoid),
        geometry=orjson.loads(shapely.to_geojson(part.shape)),
    )
