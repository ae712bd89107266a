"""地块 /api/v1/parcels: lists, one parcel by any number, status of many, events and changes."""

import datetime as dt
from typing import Annotated, Any, Literal

import numpy as np
import orjson
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from service.accounts.access import Actor, ParcelReader, ParcelWriter, StageOfficer
from service.core import clock
from service.core.db import driver_connection
from service.core.dependencies import Data, IfMatch, PageQuery, Write, etag
from service.core.doors import ReadRoute, answer
from service.core.errors import BadRequest
from service.core.idempotency import CommandRoute
from service.core.schemas import CalendarDay, Instant, Plain
from service.geo import crs as geo_crs
from service.geo.bbox import parse_bbox, place
from service.parcels import answers, commands, event_commands, reading
from service.parcels.answers import Form, Wanted
from service.parcels.changes import EventCreate, ParcelChange, StatusQuery
from service.parcels.facets import FacetsRead, facets
from service.parcels.lifecycle import Hold, Idle, Stage
from service.parcels.schemas import (
    HistoryRead,
    ParcelFeatures,
    ParcelList,
    ParcelRead,
    ParcelsHere,
    ParcelSummary,
    StatusesRead,
)
from service.parcels.selection import Moment, Selection
from service.parcels.states_on import StatesOn, states

ABOUT: dict[str, Any] = {"prefix": "/api/v1/parcels", "tags": ["地块 parcels"]}
reads = APIRouter(**ABOUT, route_class=ReadRoute)
router = APIRouter(**ABOUT, route_class=CommandRoute)

AreaFilter = Annotated[float | None, Query(ge=0, le=1e12, allow_inf_nan=False), Plain]
Codes = Annotated[list[str] | None, Query(max_length=50)]
Sort = Literal["code", "-code", "area_m2", "-area_m2", "updated_at", "-updated_at"]
Number = Annotated[str, Path(max_length=200, description="编号 code, cadastral code or lot number (出让编号)")]
CrsName = Annotated[str | None, Query(max_length=100, description="坐标系 e.g. 4547, EPSG:4490; CRS84 if left out")]


async def moment(
    as_of: Annotated[CalendarDay | None, Query(description="状态日期 day of the state; shapes are today's")] = None,
    known_at: Annotated[
        Instant | CalendarDay | None, Query(description="知悉时点 as far as was known then; a date counts to its end")
    ] = None,
) -> Moment:
    """Read the two times."""
    if known_at is not None and not isinstance(known_at, dt.datetime):
        known_at = dt.datetime.combine(known_at, dt.time.max, clock.CHINA)
    return Moment(as_of=as_of, known_at=known_at)


AsOf = Annotated[Moment, Depends(moment)]


async def selection(  # noqa: PLR0913 - one parameter a filter
    at: AsOf,
    *,
    code: Annotated[list[str] | None, Query(max_length=200, description="地块编号 codes")] = None,
    stage: Annotated[list[Stage] | None, Query(max_length=15)] = None,
    hold: Annotated[list[Hold] | None, Query(max_length=2)] = None,
    idle: Annotated[list[Idle] | None, Query(max_length=4)] = None,
    jurisdiction: Codes = None,
    region: Codes = None,
    land_use: Annotated[
        list[str] | None, Query(max_length=20, description="用地代码前缀 prefix, e.g. 0701 or gbt_21010_2017:0601")
    ] = None,
    area_min_m2: AreaFilter = None,
    area_max_m2: AreaFilter = None,
    bbox: Annotated[str | None, Query(max_length=200, description="west,south,east,north in degrees")] = None,
    q: Annotated[str | None, Query(max_length=200, description="编号、名称、坐落中的词 words")] = None,
) -> Selection:
    """Read the filters."""
    return Selection(
        code=code or (),
        stage=stage or (),
        hold=hold or (),
        idle=idle or (),
        jurisdiction=jurisdiction or (),
        region=region or (),
        land_use=land_use or (),
        area_min_m2=area_min_m2,
        area_max_m2=area_max_m2,
        bbox=None if bbox is None else parse_bbox(bbox),
        q=q and q.strip(),
        moment=at,
    )


Selected = Annotated[Selection, Depends(selection)]


async def wanted(
    request: Request,
    f: Annotated[Form | None, Query(description="格式 form; a file needs parcel:export")] = None,
    encoding: Annotated[Literal["utf-8", "gbk"] | None, Query(description="文件的文字编码 of a file")] = None,
    fields: Annotated[str | None, Query(max_length=500, description="字段 members or columns: code,area_m2")] = None,
    accept: Annotated[str | None, Header()] = None,
) -> Wanted:
    """Read in which form the answer is wanted; a file is made at an address of its own."""
    form = answers.form_wanted(f, accept)
    if form in answers.PAGED and encoding is not None:
        raise BadRequest("JSON 总是 UTF-8，encoding 只用于文件。", "JSON is UTF-8: encoding is for files.")
    if form in answers.PAGED:
        return Wanted(form, fields)
    elsewhere = request.url.replace(path=request.url.path.replace("/v1/", "/v1/exports/", 1), scheme="", netloc="")
    return Wanted(form, fields, str(elsewhere.include_query_params(f=form)))


HowWanted = Annotated[Wanted, Depends(wanted)]
_ELSEWHERE: dict[int | str, dict[str, Any]] = {307: {"description": "文件另见 a file: see exports"}}


@reads.get("", summary="地块列表 Parcels", responses={200: {"model": ParcelList | ParcelFeatures}, **_ELSEWHERE})
def list_parcels(
    actor: ParcelReader,
    selected: Selected,
    page: PageQuery,
    database: Data,
    how: HowWanted,
    sort: Sort = "code",
    crs: CrsName = None,
) -> Response:
    """List parcels that meet every filter; values of one filter are choices."""
    if how.elsewhere is not None:
        return RedirectResponse(how.elsewhere)
    answers.refuse_crs(crs)
    members = answers.members_wanted(how.fields, ParcelSummary)
    after = page.after(1 if sort.endswith("code") else 2)
    as_features = how.form == "geojson"
    with database.pool.connection() as connection:
        found = reading.page(
            connection, actor, selected, sort=sort, after=after, limit=page.limit, with_geometry=as_features
        )
    following = None if found.last is None else page.address_after(found.last)
    if as_features:
        for feature in found.items:
            feature["properties"] = answers.cut(feature["properties"], members)
        collection = {"type": "FeatureCollection", "features": found.items, "next": following}
        return answer(collection, media_type="application/geo+json")
    return answer({"items": [answers.cut(item, members) for item in found.items], "next": following})


@reads.get("/facets", summary="分类统计 Counts by property", responses={200: {"model": FacetsRead}})
def count_parcels(actor: ParcelReader, selected: Selected, database: Data) -> Response:
    """Count the parcels and the land that a list with the same filters would hold."""
    with database.pool.connection() as connection:
        return answer(facets(connection, actor, selected))


@reads.get("/states", summary="某日状态 States on a day", responses={200: {"model": StatesOn}})
def read_states(actor: ParcelReader, selected: Selected, database: Data) -> Response:
    """Give the ids of the parcels in a box by their state on a day, compactly: for a map that plays through time."""
    with database.pool.connection() as connection:
        return answer(states(connection, actor, selected))


@reads.get("/locate", summary="按坐标查地块 Parcels under a point", responses={200: {"model": ParcelsHere}})
def locate_parcels(
    actor: ParcelReader,
    database: Data,
    lon: Annotated[float, Query(allow_inf_nan=False, description="经度或东坐标 longitude, or easting of crs"), Plain],
    lat: Annotated[float, Query(allow_inf_nan=False, description="纬度或北坐标 latitude, or northing of crs"), Plain],
    crs: CrsName = None,
) -> Response:
    """Find the parcels that cover a point, on a common boundary several; say where it lies in degrees."""
    if crs is not None:
        lons, lats = geo_crs.to_cgcs2000(geo_crs.recognise(crs), np.array([lon]), np.array([lat]))
        lon, lat = float(lons[0]), float(lats[0])
    with database.pool.connection() as connection:
        return answer({"point": place(lon, lat), "items": reading.at(connection, actor, lon, lat)})


@reads.post("/status", summary="批量查状态 Status of many", responses={200: {"model": StatusesRead}})
def read_statuses(actor: ParcelReader, query: StatusQuery, database: Data) -> Response:
    """Give the present state of up to 1,000 parcels by any of their numbers, in the order asked."""
    with database.pool.connection() as connection:
        return answer(reading.statuses(connection, actor, query.codes)._asdict())


@reads.get(
    "/{number}",
    summary="地块 One parcel",
    responses={200: {"model": ParcelRead}, 304: {"description": "未变"}, **_ELSEWHERE},
)
def read_parcel(
    number: Number,
    actor: ParcelReader,
    at: AsOf,
    database: Data,
    how: HowWanted,
    crs: CrsName = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Give one parcel with its shape; 304 if `If-None-Match` names its present version."""
    if how.elsewhere is not None:
        return RedirectResponse(how.elsewhere)
    members = answers.members_wanted(how.fields, ParcelRead)
    target = None if crs is None else geo_crs.recognise(crs)
    with database.pool.connection() as connection:
        if if_none_match is not None and at.is_now:
            version = reading.version(connection, actor, number)
            if version is not None and etag(version) in if_none_match:
                return Response(status_code=304, headers=_headers(version))
        found = reading.parcel(connection, actor, number, moment=at, target=target)
    return answer(answers.cut(found.members, members), headers=_headers(found.version) if at.is_now else None)


@reads.get("/{number}/history", summary="历史 What happened", responses={200: {"model": HistoryRead}})
def read_history(number: Number, actor: ParcelReader, database: Data) -> Response:
    """List the events of a parcel in order of effect, and its surveys."""
    with database.pool.connection() as connection:
        return answer(reading.past(connection, actor, number))


@router.post("/{number}/events", status_code=201, summary="登记事件 Record an event")
def record_event(
    number: Number, event: EventCreate, actor: StageOfficer, version: IfMatch, session: Write, response: Response
) -> ParcelRead:
    """Record what happened; a day in the past is fine as long as the whole history stays legal."""
    parcel = event_commands.record_event(session, actor, number, event, version=version)
    return _changed(session, actor, parcel.code, response)


@router.patch("/{number}", summary="修改属性 Change attributes")
def change_parcel(
    number: Number, change: ParcelChange, actor: ParcelWriter, version: IfMatch, session: Write, response: Response
) -> ParcelRead:
    """Change what is given; null removes a value."""
    parcel = commands.change_attributes(session, actor, number, change, version=version)
    return _changed(session, actor, parcel.code, response)


def _changed(session: Write, actor: Actor, code: str, response: Response) -> ParcelRead:
    """Read a parcel back inside the transaction that changed it."""
    found = reading.parcel(driver_connection(session), actor, code)
    response.headers.update(_headers(found.version))
    return ParcelRead.model_validate_json(orjson.dumps(found.members))


def _headers(version: int) -> dict[str, str]:
    return {"ETag": etag(version), "Cache-Control": "private, no-cache"}
