"""The review of an import over HTTP: mapping, staged rows, repairs, publication and undoing; saved field maps."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from service.accounts.access import Importer, ImportPublisher, ImportReader
from service.core.db import driver_connection
from service.core.dependencies import Configured, IfMatch, PageQuery, Read, Write, etag
from service.core.idempotency import CommandRoute
from service.core.paging import Page
from service.core.schemas import Whole
from service.geo.bbox import parse_bbox
from service.imports import queries, repair_commands, repairable, review_commands, review_queries
from service.imports.models import Import
from service.imports.routes import ImportId
from service.imports.schemas import ImportRead
from service.imports.schemas_review import (
    MOST_REPAIRS,
    MappingChange,
    MappingRead,
    MapRead,
    MapSave,
    OffersRead,
    OutlinesRead,
    OverrideOrder,
    RepairOrder,
    ShapesRead,
    StagedRead,
)

router = APIRouter(prefix="/api/v1/imports", tags=["imports"], route_class=CommandRoute)
field_maps = APIRouter(prefix="/api/v1/field-maps", tags=["imports"], route_class=CommandRoute)


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
    response.headers["ETag"] = etag(found.version)
    return ImportRead.of(*queries.import_with_jurisdiction(session, actor, found.id))


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


@router.get("/{import_id}/offers")
def get_offers(
    actor: ImportReader,
    session: Read,
    import_id: ImportId,
    finding: Annotated[
        list[Annotated[int, Whole, Field(ge=1, lt=2**63)]],
        Query(min_length=1, max_length=MOST_REPAIRS, description="检查结果 findings on staged shapes"),
    ],
) -> OffersRead:
    """Offer repairs for findings on staged shapes: before, after, and what they cost in land."""
    queries.import_with_jurisdiction(session, actor, import_id)
    found = repairable.offers(session, import_id, finding)
    return OffersRead.model_validate({"items": [{"finding_id": one, **made._asdict()} for one, made in found.items()]})


@router.post("/{import_id}/repairs", status_code=202)
def choose_repairs(
    actor: Importer, session: Write, import_id: ImportId, body: RepairOrder, version: IfMatch, response: Response
) -> ImportRead:
    """Carry out repairs that were offered, all or none; the file is checked and compared again."""
    chosen = {each.finding_id: each.key for each in body.repairs}
    found = repair_commands.repair(session, actor, import_id, chosen, version=version)
    return _acted(session, actor, found, response)


@router.post("/{import_id}/publication", status_code=202)
def publish_import(
    actor: ImportPublisher,
    session: Write,
    settings: Configured,
    import_id: ImportId,
    version: IfMatch,
    response: Response,
    order: OverrideOrder | None = None,
) -> ImportRead:
    """Publish what is staged: all of it or nothing."""
    found = review_commands.ask_publication(
        session, actor, import_id, version=version, four_eyes=settings.import_four_eyes, answer=_answer(order)
    )
    return _acted(session, actor, found, response)


def _answer(order: OverrideOrder | None) -> review_commands.Answer | None:
    return None if order is None else review_commands.Answer(order.override_reason, order.document_id)


@router.post("/{import_id}/undo", status_code=202)
def undo_import(
    actor: ImportPublisher,
    session: Write,
    import_id: ImportId,
    version: IfMatch,
    response: Response,
    order: OverrideOrder | None = None,
) -> ImportRead:
    """Take a publication back while nothing was built on it."""
    found = review_commands.ask_undo(session, actor, import_id, version=version, answer=_answer(order))
    return _acted(session, actor, found, response)


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
