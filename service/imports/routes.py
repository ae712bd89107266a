"""Imports over HTTP: submit a file, watch it, read what was found."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, Path, Query, UploadFile
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from service.accounts.access import Importer, ImportReader, UploadRoute
from service.core.dependencies import Configured, Data, PageQuery, Read, Write
from service.core.paging import Page
from service.core.schemas import Line, Note, Whole
from service.documents import storage
from service.imports import commands, parts, queries
from service.imports.commands import FINISHED, Declared
from service.imports.schemas import FindingRead, ImportRead

router = APIRouter(prefix="/api/v1/imports", tags=["imports"], route_class=UploadRoute)
_EVERY_S = 0.3  # between two looks at an import that is being watched

Said = Annotated[Note | None, Form(max_length=200)]
ImportId = Annotated[int, Whole, Path(ge=1, lt=2**31)]


@router.post("", status_code=202)
def submit_import(
    actor: Importer,
    session: Write,
    settings: Configured,
    file: Annotated[list[UploadFile], File(description="一个文件，或同一个 Shapefile 的几个文件", max_length=12)],
    jurisdiction: Annotated[Line, Form(max_length=60)],
    crs: Said = None,
    encoding: Said = None,
    layer: Said = None,
) -> ImportRead:
    """Take in a file of parcels, in any of the formats; a Shapefile also as its several files side by side."""
    with parts.together([(each.filename or "file", each.file) for each in file]) as (name, content):
        kept = storage.keep(settings.documents_dir, content, limit=settings.max_upload_mib << 20)
    declared = Declared(*(value.strip() or None if value else None for value in (crs, encoding, layer)))
    found = commands.create_import(session, actor, kept, file_name=name, jurisdiction=jurisdiction, declared=declared)
    return ImportRead.of(found, jurisdiction)


@router.get("")
def list_imports(actor: ImportReader, session: Read, page: PageQuery) -> Page[ImportRead]:
    """List imports, the newest first."""
    rows = queries.import_page(session, actor, before=page.after_one(int), limit=page.limit + 1)
    items = [ImportRead.of(*row) for row in rows[: page.limit]]
    return Page(items=items, next=page.address_after([items[-1].id]) if len(rows) > page.limit else None)


@router.get("/{import_id}")
def get_import(actor: ImportReader, session: Read, import_id: ImportId) -> ImportRead:
    """Give one import as it stands."""
    return ImportRead.of(*queries.import_with_jurisdiction(session, actor, import_id))


@router.get("/{import_id}/findings")
def list_findings(
    actor: ImportReader,
    session: Read,
    page: PageQuery,
    import_id: ImportId,
    severity: Annotated[Literal["error", "warning"] | None, Query(description="只列错误或提示")] = None,
) -> Page[FindingRead]:
    """List what was found in the file, errors first."""
    queries.import_with_jurisdiction(session, actor, import_id)
    after = page.after_one(int)
    rows = queries.finding_page(session, import_id, severity=severity, after=after, limit=page.limit + 1)
    items = [FindingRead.model_validate(row) for row in rows[: page.limit]]
    following = page.address_after([items[-1].id]) if len(rows) > page.limit else None
    return Page(items=items, next=following)


Look = Callable[[], ImportRead]


def looking(actor: ImportReader, database: Data, import_id: ImportId) -> Look:
    """Give a way to look at an import that the caller may see; NotFound comes before the stream begins."""

    def look() -> ImportRead:
        with database.read() as session:
            return ImportRead.of(*queries.import_with_jurisdiction(session, actor, import_id))

    look()
    return look


@router.get("/{import_id}/stream", response_class=EventSourceResponse)
async def watch_import(actor: ImportReader, look: Annotated[Look, Depends(looking)]) -> AsyncIterator[ServerSentEvent]:
    """Stream the import while it changes: `progress` events, and `done` at its end."""
    seen = None
    while seen is None or seen.status not in FINISHED:
        found = await run_in_threadpool(look)
        if found != seen:
            yield ServerSentEvent(event="done" if found.status in FINISHED else "progress", data=found)
        else:
            await asyncio.sleep(_EVERY_S)
        seen = found
