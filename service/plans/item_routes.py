"""计划地块 /api/v1/plans/{id}/items: the rows behind every figure, changes, outlines, what is carried over."""

import uuid
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Response

from service.accounts.access import PlanEditor, PlanReader
from service.core.dependencies import IfMatch, PageQuery, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import Whole
from service.geo.bbox import parse_bbox
from service.parcels.lifecycle import Stage
from service.parcels.routes import AsOf
from service.parcels.selection import NOW
from service.plans import item_commands, item_queries, progress_queries, queries
from service.plans.changes import CarryOver, ItemChange, ItemCreate
from service.plans.classes import class_of
from service.plans.item_queries import Filters
from service.plans.item_schemas import (
    Carried,
    ItemList,
    ItemRead,
    ItemSum,
    OutlineProperties,
    Outlines,
    OutsideRead,
    UnsoldList,
    UnsoldRead,
)
from service.plans.models import SupplyPlan
from service.plans.queries import plan_by_id
from service.plans.routes import ABOUT, PlanId

router = APIRouter(**ABOUT, route_class=CommandRoute)
Key = Annotated[uuid.UUID, Path(description="计划地块号")]
Words = Annotated[list[str] | None, Query(max_length=50)]
Months = Annotated[list[Annotated[int, Query(ge=1, le=12), Whole]] | None, Query(max_length=12)]


async def filters(  # noqa: PLR0913 - one parameter a filter
    *,
    use_class: Annotated[list[str] | None, Query(alias="class", max_length=10, description="用途类别")] = None,
    housing_class: Words = None,
    district: Annotated[list[str] | None, Query(max_length=50, description="区域代码")] = None,
    source: Words = None,
    method: Words = None,
    quarter: Annotated[list[Annotated[int, Query(ge=1, le=4), Whole]] | None, Query(max_length=4)] = None,
    month: Annotated[Months, Query(description="计划月份, 只有季度的归季末月")] = None,
    stage: Annotated[list[Stage] | None, Query(max_length=15)] = None,
    supplied: Annotated[bool | None, Query(description="已供应")] = None,
    supplied_month: Annotated[Months, Query(description="供应月份")] = None,
    carried: Annotated[bool | None, Query(description="结转")] = None,
    missing: Annotated[
        Literal["structure", "timing", "parcel", "use", "class"] | None, Query(description="缺项 what is not said")
    ] = None,
    q: Annotated[str | None, Query(max_length=100, description="编号、名称")] = None,
) -> Filters:
    """Read the filters; values of one are choices."""
    return {
        "class": use_class,
        "housing_class": housing_class,
        "district": district,
        "source": source,
        "method": method,
        "quarter": quarter,
        "month": month,
        "stage": stage,
        "supplied": supplied,
        "supplied_month": supplied_month,
        "carried": carried,
        "missing": missing,
        "q": q and q.strip(),
    }


Filtered = Annotated[Filters, Depends(filters)]


@router.get("/{plan_id}/items", summary="计划地块 Items")
def list_items(
    plan_id: PlanId, actor: PlanReader, session: Read, page: PageQuery, at: AsOf, wanted: Filtered
) -> ItemList:
    """List items that meet every filter, with what was supplied of them, and the sums of all."""
    plan = plan_by_id(session, actor, plan_id)
    rows = item_queries.item_page(session, plan, wanted, at, after=page.after_one(int), limit=page.limit + 1)
    items = [ItemRead.of(row) for row in rows[: page.limit]]
    return ItemList(
        items=items,
        next=page.address_after([items[-1].id]) if len(rows) > page.limit else None,
        total=ItemSum.model_validate(item_queries.item_sum(session, plan, wanted, at)),
    )


@router.post("/{plan_id}/items", status_code=201, summary="列入地块 Add an item")
def add_item(plan_id: PlanId, new: ItemCreate, actor: PlanEditor, session: Write, response: Response) -> ItemRead:
    """Put a plot into a draft; what is left out is filled from its parcel."""
    item = item_commands.add_item(session, actor, plan_id, new)
    return _item(session, plan_by_id(session, actor, plan_id), item.key, response)


@router.get("/{plan_id}/items/{key}", summary="计划地块 One item")
def read_item(plan_id: PlanId, key: Key, actor: PlanReader, session: Read, response: Response) -> ItemRead:
    """Give one item."""
    return _item(session, plan_by_id(session, actor, plan_id), key, response)


@router.patch("/{plan_id}/items/{key}", summary="修改地块 Change an item")
def change_item(
    plan_id: PlanId,
    key: Key,
    change: ItemChange,
    actor: PlanEditor,
    version: IfMatch,
    session: Write,
    response: Response,
) -> ItemRead:
    """Change what is given; null removes a value. A 412 says what somebody else changed meanwhile."""
    item_commands.change_item(session, actor, plan_id, key, change, version=version)
    return _item(session, plan_by_id(session, actor, plan_id), key, response)


@router.delete("/{plan_id}/items/{key}", status_code=204, summary="移出地块 Remove an item")
def remove_item(plan_id: PlanId, key: Key, actor: PlanEditor, version: IfMatch, session: Write) -> None:
    """Take a plot out of a draft."""
    item_commands.remove_item(session, actor, plan_id, key, version=version)


@router.get("/{plan_id}/outlines", summary="计划上图 Shapes of items", responses={200: {"model": Outlines}})
def read_outlines(
    plan_id: PlanId,
    actor: PlanReader,
    session: Read,
    at: AsOf,
    wanted: Filtered,
    bbox: Annotated[str, Query(max_length=200, description="west,south,east,north in degrees")],
) -> Response:
    """Give the shapes of items in a box as GeoJSON, up to 5,000."""
    plan = plan_by_id(session, actor, plan_id)
    rows = item_queries.outlines(session, plan, parse_bbox(bbox), wanted, at)
    complete = len(rows) <= item_queries.MOST_OUTLINES
    features = [_feature(row) for row in rows[: item_queries.MOST_OUTLINES]]
    found = {"type": "FeatureCollection", "complete": complete, "features": features}
    return Response(orjson.dumps(found), media_type="application/geo+json")


def _feature(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row with the columns asked for
    own = OutlineProperties.model_validate(row).model_dump(mode="json")
    return {"type": "Feature", "id": row.id, "geometry": orjson.Fragment(row.geojson), "properties": own}


@router.get("/{plan_id}/outside", summary="计划外供应 Supplied outside the plan")
def list_outside(plan_id: PlanId, actor: PlanReader, session: Read, page: PageQuery, at: AsOf) -> Page[OutsideRead]:
    """List parcels of the jurisdiction that were supplied in the year without standing in the plan."""
    plan = plan_by_id(session, actor, plan_id)
    rows = progress_queries.outside_page(session, plan, at, after=page.after_one(int), limit=page.limit + 1)
    items = [_outside(row) for row in rows[: page.limit]]
    return Page(items=items, next=page.address_after([items[-1].id]) if len(rows) > page.limit else None)


def _outside(row: Any) -> OutsideRead:  # noqa: ANN401 - a row with the columns asked for
    use = row.land_use_code and class_of(row.land_use_scheme, row.land_use_code)
    region = row.region and {"code": row.region, "name": row.region_name}
    named = {"parcel": row.code, "supplied_on": row.effective_on, "use_class": use, "region": region}
    return OutsideRead(id=row.id, name=row.name, area_m2=row.area_m2, stage=row.stage, **named)


@router.get("/{plan_id}/carry-over", summary="可结转地块 What can be carried over")
def list_unsold(plan_id: PlanId, actor: PlanReader, session: Read) -> UnsoldList:
    """Propose the plots of the year before that were not supplied in it and are not in this plan."""
    plan = plan_by_id(session, actor, plan_id)
    before = queries.plan_in_force(session, plan.jurisdiction_id, plan.year - 1)
    rows = item_queries.unsold(session, before, plan) if before is not None else []
    return UnsoldList(year=plan.year - 1, items=[UnsoldRead.model_validate(row) for row in rows])


@router.post("/{plan_id}/carry-over", status_code=201, summary="结转 Carry over")
def carry_over(plan_id: PlanId, order: CarryOver, actor: PlanEditor, session: Write) -> Carried:
    """Bring unsold plots of the year before into a draft."""
    return Carried(items=item_commands.carry_over(session, actor, plan_id, order))


def _item(session: Read, plan: SupplyPlan, key: uuid.UUID, response: Response) -> ItemRead:
    found = ItemRead.of(item_queries.item_row(session, plan, key, NOW))
    response.headers["ETag"] = etag(found.version)
    return found
