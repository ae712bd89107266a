"""管控 /api/v1/control-layers and what they mean for parcels. Layers come in as imports (imports/control_routes)."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from service.accounts.access import ConstraintChecker, LayerReader, ParcelReader
from service.constraints import commands, queries
from service.constraints.catalogue import Rule, control_types
from service.constraints.schemas import (
    ConstraintRead,
    ControlLayerDetail,
    ControlLayerRead,
    ControlTypeRead,
    ControlTypes,
    ParcelConstraint,
    ParcelConstraints,
    RunCreate,
    RunRead,
)
from service.core.db import driver_connection
from service.core.dependencies import PageQuery, Read, Write
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import Whole
from service.core.spelling import folded
from service.parcels import reading

router = APIRouter(prefix="/api/v1", tags=["管控 constraints"], route_class=CommandRoute)

Id = Annotated[int, Path(ge=1, lt=2**31), Whole]
Number = Annotated[
    str, Path(max_length=200, description="地块编号、宗地代码或出让编号 code, cadastral code or lot number")
]
TypeKey = Annotated[str | None, Query(max_length=40, description="管控类型 key of a type")]


@router.get("/control-types", summary="管控类型 Types of control layers")
def list_control_types(actor: LayerReader) -> ControlTypes:
    """List the types with their rule, procedure and legal source; `verified` false: nobody has checked the text."""
    return ControlTypes(items=[ControlTypeRead.model_validate(each) for each in control_types().values()])


@router.get("/control-layers", summary="管控图层 Control layers")
def list_control_layers(
    actor: LayerReader,
    session: Read,
    page: PageQuery,
    *,
    type: TypeKey = None,  # noqa: A002 - the parameter's name on the wire
    in_force: Annotated[bool, Query(description="只列现行版本 only versions in force")] = False,
) -> Page[ControlLayerRead]:
    """List control layers with all their versions, the newest first."""
    rows = queries.layer_page(
        session, actor, type_=type, in_force=in_force, before=page.after_one(int), limit=page.limit + 1
    )
    items = [ControlLayerRead.of(*row) for row in rows[: page.limit]]
    return Page(items=items, next=page.address_after([items[-1].id]) if len(rows) > page.limit else None)


@router.get("/control-layers/{layer_id}", summary="管控图层 One control layer")
def read_control_layer(layer_id: Id, actor: LayerReader, session: Read) -> ControlLayerDetail:
    """Give one version of a control layer."""
    found, jurisdiction = queries.layer_by_id(session, actor, layer_id)
    return ControlLayerDetail.of(found, jurisdiction, bbox=queries.extent(session, layer_id))


@router.get("/parcels/{number}/constraints", summary="地块管控 Constraints of a parcel")
def read_parcel_constraints(
    number: Number,
    actor: ParcelReader,
    session: Read,
    *,
    geometry: Annotated[bool, Query(description="附重叠图形 with the land of each overlap")] = False,
) -> ParcelConstraints:
    """Say what the control layers mean for a parcel, as last compared."""
    parcel = reading.parcel(driver_connection(session), actor, number).members
    commands.wake()
    return _constraints(session, parcel["id"], shapes=geometry)


@router.post("/parcels/{number}/constraints", summary="重新分析 Compare a parcel now")
def check_parcel_constraints(number: Number, actor: ConstraintChecker, session: Write) -> ParcelConstraints:
    """Compare a parcel with the control layers in force and keep the result."""
    return _constraints(session, commands.check_parcel(session, actor, number), shapes=False)


@router.get("/constraints", summary="管控结果 Results")
def list_constraints(
    actor: ParcelReader,
    session: Read,
    page: PageQuery,
    type: Annotated[list[str] | None, Query(max_length=30)] = None,  # noqa: A002 - the parameter's name on the wire
    rule: Annotated[list[Rule] | None, Query(max_length=3)] = None,
    stale: Annotated[bool | None, Query(description="已过期 out of date")] = None,
    parcel: Annotated[list[str] | None, Query(max_length=200, description="地块编号 codes of parcels")] = None,
) -> Page[ConstraintRead]:
    """List what control layers mean for parcels; values of one filter are choices."""
    filters: dict[str, object] = {"type": type, "rule": None if rule is None else list(map(str, rule)), "stale": stale}
    filters["parcel"] = None if parcel is None else [folded(code) for code in parcel]
    rows = queries.result_page(session, actor, filters, after=page.after_one(int), limit=page.limit + 1)
    items = [ConstraintRead.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next=page.address_after([items[-1].id]) if len(rows) > page.limit else None)


@router.post("/constraints/runs", status_code=202, summary="批量分析 Compare many parcels")
def start_overlay_run(order: RunCreate, actor: ConstraintChecker, session: Write) -> RunRead:
    """Queue a comparison of the named parcels, or of every parcel that the caller may see."""
    return RunRead.model_validate(commands.start_run(session, actor, order.codes))


@router.get("/constraints/runs/{run_id}", summary="分析进度 One bulk run")
def read_overlay_run(run_id: Id, actor: ParcelReader, session: Read) -> RunRead:
    """Say how far a bulk run has come."""
    return RunRead.model_validate(queries.run_by_id(session, actor, run_id))


def _constraints(session: Read, parcel_id: int, *, shapes: bool) -> ParcelConstraints:
    rows = queries.results_of(session, parcel_id, shapes=shapes)
    return ParcelConstraints.of(queries.check_of(session, parcel_id), [ParcelConstraint.of(row) for row in rows])
