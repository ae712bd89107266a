"""Imports over HTTP: submit a file, watch it, read what was found, review, publish, undo; saved field maps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, Path, Query, Response, UploadFile
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from service.accounts.access import Importer, ImportReader, UploadRoute, is_still
from service.core.dependencies import Configured, Data, PageQuery, Read, Write, etag
from service.core.paging import Page
from service.core.schemas import Line, Note, Whole
from service.documents import storage
from service.imports import commands, findings_files, parts, queries, report
from service.imports.commands import Declared
from service.imports.schemas import FindingRead, ImportRead, Mode
from service.imports.states import AT_WORK

router = APIRouter(prefix="/api/v1/imports", tags=["imports"], route_class=UploadRoute)
_EVERY_S = 0.3  # between two looks at an import that is being watched

Said = Annotated[Note | None, Form(max_length=200)]
ImportId = Annotated[int, Whole, Path(ge=1, lt=2**31)]


def declared(crs: Said = None, encoding: Said = None, layer: Said = None) -> Declared:
    """Read what the sender says of the file."""
    return Declared(*(value.strip() or None if value else None for value in (crs, encoding, layer)))


@router.post("", status_code=202)
def submit_import(
    actor: Importer,
    session: Write,
    settings: Configured,
    file: Annotated[list[UploadFile], File(description="一个文件，或同一个 Shapefile 的几个文件", max_length=12)],
    jurisdiction: Annotated[Line, Form(max_length=60)],
    said: Annotated[Declared, Depends(declared)],
    mode: Annotated[Mode, Form(description="direct: published at once if it has no error; review: staged")] = "direct",
) -> ImportRead:
    """Take in a file of parcels, in any of the formats; a Shapefile also as its several files side by side."""
    with parts.together([(each.filename or "file", each.file) for each in file]) as (name, content):
        kept = storage.keep(settings.documents_dir, content, limit=settings.max_upload_mib << 20)
    found = commands.create_import(
        session, actor, kept, file_name=name, jurisdiction=jurisdiction, declared=said, mode=mode
    )
    return ImportRead.of(found, jurisdiction)


@router.get("")
def list_imports(actor: ImportReader, session: Read, page: PageQuery) -> Page[ImportRead]:
    """List imports, the newest first."""
    rows = queries.import_page(session, actor, before=page.after_one(int), limit=page.limit + 1)
    items = [ImportRead.of(*row) for row in rows[: page.limit]]
    return Page(items=items, next=page.address_after([items[-1].id]) if len(rows) > page.limit else None)


@router.get("/{import_id}")
def get_import(actor: ImportReader, session: Read, import_id: ImportId, response: Response) -> ImportRead:
    """Give one import as it stands."""
    return _tagged(ImportRead.of(*queries.import_with_jurisdiction(session, actor, import_id)), response)


def _tagged(found: ImportRead, response: Response) -> ImportRead:
    response.headers["ETag"] = etag(found.version)
    return found


@router.get("/{import_id}/findings")
def list_findings(
    actor: ImportReader,
    session: Read,
    page: PageQuery,
    import_id: ImportId,
    severity: Annotated[Literal["error", "warning"] | None, Query(description="只列错误或提示")] = None,
    code: Annotated[str | None, Query(max_length=60, description="只列这一代码")] = None,
    row: Annotated[int | None, Query(ge=1, lt=2**31, description="只列这一行"), Whole] = None,
) -> Page[FindingRead]:
    """List what was found in the file, errors first."""
    queries.import_with_jurisdiction(session, actor, import_id)
    after = page.after_one(int)
    only = queries.Only(severity, code, row)
    rows = queries.finding_page(session, import_id, only, after=after, limit=page.limit + 1)
    items = [FindingRead.model_validate(row) for row in rows[: page.limit]]
    following = page.address_after([items[-1].id]) if len(rows) > page.limit else None
    return Page(items=items, next=following)


@router.get("/{import_id}/findings/file", response_class=Response)
def download_findings(
    actor: ImportReader,
    session: Read,
    import_id: ImportId,
    f: Annotated[Literal["xlsx", "gpkg"], Query(description="xlsx: a table; gpkg: points, layer findings")] = "xlsx",
    language: Literal["zh", "en"] = "zh",
) -> Response:
    """Give everything that was found as a file."""
    queries.import_with_jurisdiction(session, actor, import_id)
    found = queries.finding_page(session, import_id, after=None, limit=report.MOST)
    headers = {"Content-Disposition": f'attachment; filename="findings-{import_id}.{f}"'}
    made, media_type = findings_files.written(found, f, language)
    return Response(made, media_type=media_type, headers=headers)


Look = Callable[[], ImportRead]


def looking(actor: ImportReader, database: Data, import_id: ImportId) -> Look:
    """Give a way to look at an import that the caller may see; NotFound comes before the stream begins."""

    def look() -> ImportRead:
        with database.read() as session:
            return ImportRead.of(*queries.import_with_jurisdiction(session, actor, import_id))

    look()
    return look


@router.get("/{import_id}/stream", response_class=EventSourceResponse)
async def watch_import(
    request: Request, actor: ImportReader, look: Annotated[Look, Depends(looking)]
) -> AsyncIterator[ServerSentEvent]:
    """Stream the import while it changes: `progress` events, and `done` once it rests; it ends with the session."""
    seen = None
    while (seen is None or seen.status in AT_WORK) and await is_still(actor, request):
        found = await run_in_threadpool(look)
        if found != seen:
            yield ServerSentEvent(event="progress" if found.status in AT_WORK else "done", data=found)
        else:
            await asyncio.sleep(_EVERY_S)
        seen = found
