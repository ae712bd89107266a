"""The built web app, served from `web/dist`: unchanging assets for a year, everything else asked for anew."""

from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).parents[2] / "web" / "dist"
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
NOT_FILES = ("api/", "tiles/")
NOT_PAGES = ("assets/", "styles/", "swagger/", *NOT_FILES)


class Website(StaticFiles):
    """Static files with precompressed siblings; an unknown page address gets the app, an unknown file 404."""

    def __init__(self) -> None:
        """Serve the folder of the web build; without a build every page is 404."""
        super().__init__(directory=DIST, html=True, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer one file, its compressed form where the browser takes it, or the app's page for a navigation."""
        headers = Headers(scope=scope)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and path.startswith(NOT_FILES):
                raise HTTPException(HTTPStatus.NOT_FOUND) from error
            navigation = "text/html" in headers.get("accept", "") and not path.startswith(NOT_PAGES)
            page = navigation and error.status_code == HTTPStatus.NOT_FOUND
            if not page:
                raise
            response = await super().get_response("index.html", scope)
        if isinstance(response, FileResponse):
            response = self._compressed(response, headers)
        unchanging = path.startswith("assets/")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if unchanging else "no-cache"
        response.headers["content-security-policy"] = CSP
        return response

    @staticmethod
    def _compressed(response: FileResponse, headers: Headers) -> FileResponse:
        accepted = headers.get("accept-encoding", "")
        for name, suffix in ENCODINGS:
            sibling = Path(f"{response.path}{suffix}")
            if name in accepted and sibling.is_file():
                return FileResponse(
                    sibling,
                    media_type=response.media_type,
                    headers={
                        "content-encoding": name,
                        "vary": "accept-encoding",
                        "etag": response.headers.get("etag", ""),
                    },
                )
        return response
