"""宗地图 /api/v1/parcels/{number}/plan.pdf: a parcel on paper."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request, Response

from service.accounts.access import ParcelReader
from service.core.dependencies import Configured, Data
from service.core.schemas import Whole
from service.dossier import commands, printing
from service.dossier.order import Language, Order, Paper
from service.parcels.routes import CrsName, Number

router = APIRouter(prefix="/api/v1/parcels", tags=["地块 parcels"])

ScaleNumber = Annotated[
    int | None,
    Query(ge=100, le=1_000_000, multiple_of=100, description="比例尺分母 1:scale; 缺省为放得下的最大常用比例尺"),
    Whole,
]
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "宗地图 The plan"},
    304: {"description": "未变"},
}


@router.get("/{number}/plan.pdf", summary="宗地图 Parcel plan", response_class=Response, responses=PDF)
def print_plan(  # noqa: PLR0913 - one parameter an option
    number: Number,
    actor: ParcelReader,
    request: Request,
    database: Data,
    settings: Configured,
    *,
    paper: Annotated[Paper, Query(description="图幅 paper")] = "A4",
    scale: ScaleNumber = None,
    crs: CrsName = None,
    lang: Annotated[Language, Query(description="语言 language")] = "zh",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Draw a parcel to scale with its boundary points and neighbours, in its own 3° zone unless `crs` says another."""
    with database.pool.connection() as connection:
        drawing = printing.draw(connection, actor, number, Order(paper, scale, crs, lang), printing.imprint(settings))
    tag = f'"{drawing.tag}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and tag in if_none_match:
        return Response(status_code=304, headers=headers)
    document = commands.print_plan(database, actor, drawing, request_id=request.scope["state"].get("request_id"))
    return Response(document, headers={**headers, **_shown(drawing.code, lang)}, media_type="application/pdf")


def _shown(code: str, language: Language) -> dict[str, str]:
    """Let a browser show the plan, and save it under the parcel's code (RFC 6266)."""
    name = quote(f"宗地图_{code}.pdf" if language == "zh" else f"parcel-plan_{code}.pdf", safe="")
    return {
        "Content-Disposition": f"inline; filename=\"parcel-plan.pdf\"; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "frame-ancestors 'self'",
    }
