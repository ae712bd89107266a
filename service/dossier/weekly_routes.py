"""八同步周报 /api/v1/checklists/weekly.xlsx, weekly.pdf: the week of all checklists on paper."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from service.accounts.access import Actor, ChecklistReader
from service.core.db import Database
from service.core.dependencies import Configured, Data
from service.dossier import weekly, weekly_paper
from service.dossier.order import Language
from service.dossier.printing import imprint
from service.dossier.typesetting import typeset
from service.dossier.weekly_commands import record_weekly

router = APIRouter(prefix="/api/v1/checklists", tags=["八同步 checklists"])

TEMPLATE = Path(__file__).with_name("weekly.typ")
XLSX, PDF = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/pdf"
Codes = Annotated[list[str] | None, Query(max_length=50)]
Lang = Annotated[Language, Query(description="语言 language")]


def _answers(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {}}, "description": "周报 The summary"}}


@router.get("/weekly.xlsx", summary="周报工作簿 The week as XLSX", response_class=Response, responses=_answers(XLSX))
def download_weekly(
    actor: ChecklistReader,
    request: Request,
    database: Data,
    settings: Configured,
    jurisdiction: Codes = None,
    lang: Lang = "zh",
) -> Response:
    """Give figures, parcels by tracks, bureaus and what is overdue as a workbook."""
    found = _read(database, actor, jurisdiction, lang)
    return _told(request, database, actor, found, weekly_paper.workbook(found, imprint(settings)), "xlsx")


@router.get("/weekly.pdf", summary="周报 The week on A3", response_class=Response, responses=_answers(PDF))
def print_weekly(
    actor: ChecklistReader,
    request: Request,
    database: Data,
    settings: Configured,
    jurisdiction: Codes = None,
    lang: Lang = "zh",
) -> Response:
    """Give the same on paper; while it is being set no connection is held."""
    found = _read(database, actor, jurisdiction, lang)
    document = typeset(TEMPLATE, weekly_paper.document(found, imprint(settings)))
    return _told(request, database, actor, found, document, "pdf")


def _read(database: Database, actor: Actor, jurisdictions: list[str] | None, language: Language) -> weekly.Weekly:
    with database.read() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return weekly.weekly(session, actor, jurisdictions or (), language)


def _told(
    request: Request, database: Database, actor: Actor, found: weekly.Weekly, content: bytes, form: str
) -> Response:
    request_id = request.scope["state"].get("request_id")
    record_weekly(database, actor, form=form, parcels=len(found.rows), request_id=request_id)
    name = quote(
        f"八同步周报_{found.day}.{form}" if found.language == "zh" else f"checklists_{found.day}.{form}", safe=""
    )
    headers = {
        "Content-Disposition": f"inline; filename=\"weekly.{form}\"; filename*=UTF-8''{name}",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=PDF if form == "pdf" else XLSX, headers=headers)
