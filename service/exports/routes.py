"""Parcels as files /api/v1/exports: at once for some thousands, in the background for any number."""

from collections.abc import Iterator
from pathlib import Path as File
from typing import Annotated, Any, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse

from service.accounts.access import Actor, Exporter
from service.core.db import driver_connection
from service.core.dependencies import Configured, PageQuery, Read, Write
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import Whole
from service.core.settings import Settings
from service.documents.storage import CHUNK
from service.exports import commands, files, queries
from service.exports.files import Order
from service.exports.formats import FORMATS, Encoding
from service.exports.jobs import working_folder
from service.exports.schemas import ExportRead
from service.parcels import reading
from service.parcels.answers import FileName
from service.parcels.routes import AsOf, CrsName, Number, Selected, Sort
from service.parcels.selection import Selection

router = APIRouter(prefix="/api/v1/exports", tags=["导出 exports"], route_class=CommandRoute)

ExportId = Annotated[int, Path(ge=1, lt=2**31), Whole]
Fields = Annotated[str | None, Query(max_length=500, description="字段 columns, e.g. code,name,area_legal_m2,geometry")]
Coded = Annotated[Encoding | None, Query(description="文字编码 of CSV, Shapefile and TXT")]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {each.media_type: {} for each in FORMATS.values()}, "description": "文件 The file"}
}


async def shape(f: FileName, crs: CrsName = None, encoding: Coded = None, fields: Fields = None) -> Order:
    """Read what the file is to be."""
    names = [name.strip() for name in (fields or "").split(",") if name.strip()]
    return Order(format=f, crs=crs, encoding=encoding, fields=names)


Shape = Annotated[Order, Depends(shape)]


@router.get("/parcels", summary="导出地块 Parcels as a file", response_class=StreamingResponse, responses=_FILE)
def export_parcels(
    actor: Exporter, session: Write, settings: Configured, order: Shape, selected: Selected, sort: Sort = "code"
) -> StreamingResponse:
    """Write every parcel that the list with the same filters holds: up to 10,000, beyond that see POST."""
    return _answer(session, actor, settings, _of(order, selected, sort))


@router.get(
    "/parcels/{number}", summary="导出一宗 One parcel as a file", response_class=StreamingResponse, responses=_FILE
)
def export_parcel(
    number: Number, actor: Exporter, session: Write, settings: Configured, order: Shape, at: AsOf
) -> StreamingResponse:
    """Write one parcel, by any of its numbers."""
    code = str(reading.parcel(driver_connection(session), actor, number, moment=at).members["code"])
    return _answer(session, actor, settings, _of(order, Selection(code=[code], moment=at)), code)


@router.post("", status_code=202, summary="后台导出 Export in the background")
def request_export(
    actor: Exporter, session: Write, order: Shape, selected: Selected, sort: Sort = "code"
) -> ExportRead:
    """Have a file of any size written; follow the export, then fetch its document's content."""
    return ExportRead.of(commands.request_export(session, actor, _of(order, selected, sort)))


@router.get("", summary="我的导出 My exports")
def list_exports(actor: Exporter, session: Read, page: PageQuery) -> Page[ExportRead]:
    """List the caller's exports in the background, the newest first."""
    found = queries.export_page(session, actor, before=page.after_one(int), limit=page.limit + 1)
    following = page.address_after([found[page.limit - 1].id]) if len(found) > page.limit else None
    return Page(items=[ExportRead.of(each) for each in found[: page.limit]], next=following)


@router.get("/{export_id}", summary="导出进度 One export")
def read_export(export_id: ExportId, actor: Exporter, session: Read) -> ExportRead:
    """Say how far one of the caller's exports is."""
    return ExportRead.of(queries.export_by_id(session, actor, export_id))


def _of(order: Order, selected: Selection, sort: str = "code") -> Order:
    return Order(order.format, selected, order.crs, order.encoding, order.fields, sort)


def _answer(
    session: Write, actor: Actor, settings: Settings, order: Order, code: str | None = None
) -> StreamingResponse:
    """Give the file out after it was written and logged whole; it has no name on the disk by then."""
    with working_folder(settings) as folder:
        written = commands.export_now(session, actor, order, File(folder))
        size, file = written.path.stat().st_size, written.path.open("rb")
    name, media = files.file_name(order, code), FORMATS[order.format].media_type
    plain = f"parcels{FORMATS[order.format].suffix}"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Content-Length": str(size),
        "Cache-Control": "private, no-store",
        "X-Rows": str(written.rows),
    }
    return StreamingResponse(_chunks(file), headers=headers, media_type=media)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
