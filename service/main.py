"""Assembly: `create_app(settings)` builds the service; nothing happens at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, JSONResponse, Response

from service import __version__
from service.accounts import denials
from service.api import ROUTERS
from service.core import clock, guard, health, logs, metrics, problems
from service.core.db import APP_ROLE, Database, conninfo_for
from service.core.dependencies import Data, refuse_unknown_parameters
from service.core.errors import Forbidden
from service.core.inputs import InputLayer
from service.core.kept import Kept, Shelf
from service.core.revisions import Revisions
from service.core.settings import Settings
from service.core.website import Website
from service.layers.tiles import TileDoor

DESCRIPTION = "供地一张图:地块、状态、图层与导入。Land supply on one map: parcels, their status, layers and imports."
OVERVIEWS_BYTES = 16 << 20


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the service from `settings`, or from the environment."""
    settings = settings or Settings()
    logs.configure(settings.log_level, as_json=settings.log_json)
    clock.fix_today(settings.today)
    app = FastAPI(
        title="供地一张图 Gongdi",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_unknown_parameters)],
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings
    problems.install(app)
    app.add_exception_handler(Forbidden, denials.answer)
    for router in ROUTERS:
        app.include_router(router)
    _add_operations(app)
    app.mount("/", Website())
    app.add_middleware(InputLayer, max_body=settings.max_body_mib << 20, max_upload=settings.max_upload_mib << 20)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    app.state.database = database = Database(settings)
    app.state.revisions = revisions = Revisions(conninfo_for(settings, APP_ROLE))
    app.state.head = health.head_revision()
    app.state.overviews = Shelf(Kept(OVERVIEWS_BYTES), at_once=2)
    app.state.tiles = TileDoor(database, settings.tile_cache_mib << 20, settings.tiles_at_once, app.state.head)
    database.pool.open()
    with database.pool.connection() as connection:
        guard.refuse_unsafe(connection, demo=settings.demo)
    try:
        yield
    finally:
        await revisions.close()
        database.close()


def _add_operations(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        """Say that the process answers."""
        return Response(b"ok", media_type="text/plain")

    @app.get("/readyz", include_in_schema=False)
    def readyz(database: Data) -> Response:
        """Say whether database, migrations and worker are ready; 503 while one is not."""
        with database.pool.connection() as connection:
            state = health.readiness(connection, app.state.head)
        return JSONResponse(dict(state), 200 if all(state.values()) else 503)

    @app.get("/metrics", include_in_schema=False)
    def numbers() -> Response:
        """Give the counters in Prometheus' text form; reverse proxies keep this address inside."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        """Show the interface's description with our own copy of Swagger UI."""
        return get_swagger_ui_html(
            openapi_url="/api/v1/openapi.json",
            title="供地一张图 API",
            swagger_js_url="/swagger/swagger-ui-bundle.js",
            swagger_css_url="/swagger/swagger-ui.css",
            swagger_favicon_url="/favicon.svg",
        )
