"""Tiles, their TileJSON, the layer catalogue."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from service.accounts.access import ChecklistReader, LayerReader
from service.core.dependencies import Configured
from service.core.errors import NotFound
from service.layers import catalogue, tiles
from service.layers.schemas import LayerRead, TileJson

DEMO_NOTICE = "示意数据 / illustrative"
router = APIRouter(tags=["图层 layers"])
# Column, row and zoom are read from the path without FastAPI's validation: it costs a sixth of a cached tile.
TILE: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {tiles.MEDIA_TYPE: {}}}, 204: {"description": "空瓦片 An empty tile"}},
    "openapi_extra": {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
            for name in "zxy"
        ]
    },
}


@router.get("/api/v1/layers")
def layers(actor: LayerReader) -> dict[str, list[LayerRead]]:
    """图层目录:编号、名称、级别范围与地址。The layers of the map."""
    return {"items": [LayerRead.model_validate(layer) for layer in catalogue.LAYERS]}


@router.get("/tiles/parcels/{z:int}/{x:int}/{y:int}", **TILE)
async def parcel_tile(request: Request, actor: LayerReader) -> Response:
    """地块矢量瓦片:图形与状态,14 级起含编号与面积;12 级以下地块过多时为格网统计。Parcels as a vector tile."""
    door: tiles.TileDoor = request.app.state.tiles
    return await door.answer(request, tiles.PARCELS, request.state.revisions.get("parcels", 0), actor.jurisdictions)


@router.get("/tiles/backdrop/{z:int}/{x:int}/{y:int}", **TILE)
async def backdrop_tile(request: Request, actor: LayerReader) -> Response:
    """底图矢量瓦片:水系、绿地、道路、办事处界线。The bureau's own base map as a vector tile."""
    door: tiles.TileDoor = request.app.state.tiles
    return await door.answer(request, tiles.BACKDROP, request.state.revisions.get("backdrop", 0))


@router.get("/tiles/control/{z:int}/{x:int}/{y:int}", **TILE)
async def control_tile(request: Request, actor: LayerReader) -> Response:
    """管控图层矢量瓦片:现行版本的区域,带类型与名称。The control layers in force as a vector tile."""
    door: tiles.TileDoor = request.app.state.tiles
    return await door.answer(request, tiles.CONTROL, request.state.revisions.get("control", 0), actor.jurisdictions)


@router.get("/tiles/readiness/{z:int}/{x:int}/{y:int}", **TILE)
async def readiness_tile(request: Request, actor: ChecklistReader) -> Response:
    """八同步矢量瓦片:有在办清单的地块,按是否就绪着色。Parcels with a running checklist, by how ready they are."""
    door: tiles.TileDoor = request.app.state.tiles
    # Both only grow, and a request sees one state of both: their sum tells states apart.
    revision = sum(request.state.revisions.get(name, 0) for name in ("checklists", "parcels"))
    return await door.answer(request, tiles.READINESS, revision, actor.jurisdictions)


@router.get("/tiles/{layer}.json")
def tile_json(layer: str, actor: LayerReader, settings: Configured) -> TileJson:
    """TileJSON 3.0 描述。What a map client needs to show a layer; addresses never come from the Host header."""
    found = catalogue.by_id(layer)
    if found is None:
        raise NotFound(f"没有图层 {layer[:60]}。", f"No layer {layer[:60]}.")
    notice = settings.map_notice or (DEMO_NOTICE if settings.demo else "")
    return TileJson.of(found, base=settings.base_url, attribution=notice)
