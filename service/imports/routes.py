"""Imports over HTTP: submit a file, watch it, read what was found, review, publish, undo; saved field maps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Response, UploadFile
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from service.accounts.access import Importer, ImportPublisher, ImportReader, UploadRoute
from service.core.db import driver_connection
from service.core.dependencies import Configured, Data, IfMatch, PageQuery, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import Line, Note, Whole
from service.documents import storage
from service.geo.bbox import parse_bbox
from service.imports import commands, queries, review_commands, review_queries
from service.imports.commands import Declared
from service.imports.models import Import
from service.imports.schemas import (
    FindingRead,
    ImportRead,
    MappingChange,
    MappingRead,
    MapRead,
    MapSave,
    Mode,
    OutlinesRead,
    ShapesRead,
    StagedRead,
)
from service.imports.states import AT_WORK

router = APIRouter(prefix="/api/v1/imports", tags=["imports"], route_class=UploadRoute)
field_maps = APIRouter(prefix="/api/v1/field-maps", tags=["imports"], route_class=CommandRoute)
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
    file: UploadFile,
    jurisdiction: Annotated[Line, Form(max_length=60)],
    said: Annotated[Declared, Depends(declared)],
    mode: Annotated[Mode, Form(description="direct: published at once if it has no error; review: staged")] = "direct",
) -> ImportRead:
    """Take in a file of parcels: GeoPackage, zipped Shapefile, GeoJSON, GeoParquet or boundary-point TXT."""
    kept = storage.keep(settings.documents_dir, file.file, limit=settings.max_upload_mib << 20)
    name = file.filename or "file"
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
    """Stream the import while it changes: `progress` events, and `done` once it rests: staged, or at its end."""
    seen = None
    while seen is None or seen.status in AT_WORK:
        found = await run_in_threadpool(look)
        if found != seen:
            yield ServerSentEvent(event="progress" if found.status in AT_WORK else "done", data=found)
        else:
            await asyncio.sleep(_EVERY_S)
        seen = found


@router.get("/{import_id}/mapping")
def get_mapping(actor: ImportReader, session: Read, import_id: ImportId) -> MappingRead:
    """Show the columns of a file under review: samples, what each fills, and why that was proposed."""
    found, _ = queries.import_with_jurisdiction(session, actor, import_id)
    return MappingRead.model_validate({"columns": found.mapping or []})


@router.put("/{import_id}/mapping", status_code=202)
def correct_mapping(
    actor: Importer, session: Write, import_id: ImportId, body: MappingChange, version: IfMatch, response: Response
) -> ImportRead:
    """Say what the columns fill; the file is mapped, checked and compared again."""
    said = [each.assignment() for each in body.columns]
    found = review_commands.correct_mapping(session, actor, import_id, said, version=version)
    return _acted(session, actor, found, response)


def _acted(session: Write, actor: ImportReader, found: Import, response: Response) -> ImportRead:
    session.flush()
    return _tagged(ImportRead.of(*queries.import_with_jurisdiction(session, actor, found.id)), response)


@router.get("/{import_id}/rows")
def list_rows(
    actor: ImportReader,
    session: Read,
    page: PageQuery,
    import_id: ImportId,
    action: Annotated[review_queries.Action | None, Query(description="只列这一类")] = None,
) -> Page[StagedRead]:
    """List staged rows with what publishing does; `missing`: parcels that the file doesn't name, which stay."""
    found, _ = queries.import_with_jurisdiction(session, actor, import_id)
    after, connection, limit = page.after_one(int), driver_connection(session), page.limit + 1
    if action == "missing":
        rows = review_queries.missing_page(connection, import_id, found.jurisdiction_id, after=after, limit=limit)
    else:
        rows = review_queries.row_page(connection, import_id, action=action, after=after, limit=limit)
    items = [StagedRead.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next=page.address_after([items[-1].row]) if len(rows) > page.limit else None)


@router.get("/{import_id}/rows/{row}/shapes")
def get_shapes(
    actor: ImportReader, session: Read, import_id: ImportId, row: Annotated[int, Whole, Path(ge=1, lt=2**31)]
) -> ShapesRead:
    """Give the outline of a staged row, before and after."""
    queries.import_with_jurisdiction(session, actor, import_id)
    return ShapesRead.model_validate(review_queries.shapes(driver_connection(session), import_id, row))


@router.get("/{import_id}/outlines")
def get_outlines(
    actor: ImportReader,
    session: Read,
    import_id: ImportId,
    bbox: Annotated[str, Query(max_length=200, description="west,south,east,north in degrees")],
) -> OutlinesRead:
    """Give the outlines of staged rows and missed parcels in a box."""
    found, _ = queries.import_with_jurisdiction(session, actor, import_id)
    box = parse_bbox(bbox)
    shown = review_queries.outlines(driver_connection(session), import_id, found.jurisdiction_id, box)
    return OutlinesRead.model_validate(shown)


@router.post("/{import_id}/publication", status_code=202)
def publish_import(
    actor: ImportPublisher,
    session: Write,
    settings: Configured,
    import_id: ImportId,
    version: IfMatch,
    response: Response,
) -> ImportRead:
    """Publish what is staged: all of it or nothing."""
    found = review_commands.ask_publication(
        session, actor, import_id, version=version, four_eyes=settings.import_four_eyes
    )
    return _acted(session, actor, found, response)


@router.delete("/{import_id}/publication", status_code=202)
def undo_import(
    actor: ImportPublisher, session: Write, import_id: ImportId, version: IfMatch, response: Response
) -> ImportRead:
    """Take a publication back while nothing was built on it."""
    return _acted(session, actor, review_commands.ask_undo(session, actor, import_id, version=version), response)


@router.delete("/{import_id}/staging")
def discard_import(
    actor: Importer, session: Write, import_id: ImportId, version: IfMatch, response: Response
) -> ImportRead:
    """Discard what is staged."""
    return _acted(session, actor, review_commands.discard(session, actor, import_id, version=version), response)


@field_maps.get("")
def list_field_maps(actor: ImportReader, session: Read, page: PageQuery) -> Page[MapRead]:
    """List saved field maps, the newest first."""
    rows = queries.map_page(session, actor, before=page.after_one(int), limit=page.limit + 1)
    items = [MapRead.of(row) for row in rows[: page.limit]]
    return Page(items=items, next=page.address_after([items[-1].id]) if len(rows) > page.limit else None)


@field_maps.post("", status_code=201)
def save_field_map(actor: Importer, session: Write, body: MapSave) -> MapRead:
    """Keep an import's mapping: proposed from now on for files with the same columns."""
    return MapRead.of(review_commands.save_map(session, actor, body.import_id, name=body.name, shared=body.shared))


@field_maps.delete("/{map_id}", status_code=204)
def remove_field_map(actor: Importer, session: Write, map_id: Annotated[int, Whole, Path(ge=1, lt=2**31)]) -> None:
    """Remove a saved field map; imports that used it keep their mapping."""
    review_commands.remove_map(session, actor, map_id)
