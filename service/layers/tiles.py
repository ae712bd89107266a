"""The tile door: encoded tiles from memory, 304 without touching a shape, exact at every commit.

A tile's entity tag is the schema's edition, the revision of what it shows and the caller's scope; the revision a
request sees is never older than the request (core/revisions.py), so a cached tile is either right or not used.
"""

import asyncio
import gzip
import zlib
from collections.abc import Sequence
from typing import Any

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from service.core import metrics
from service.core.db import Database
from service.core.errors import NotFound
from service.core.kept import Kept

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
MAX_ZOOM = 22
PARCELS = "SELECT parcel_tile(%s, %s, %s, %s)"
CONTROL = "SELECT control_tile(%s, %s, %s, %s)"
READINESS = "SELECT readiness_tile(%s, %s, %s, %s)"
SCOPED = frozenset({PARCELS, CONTROL, READINESS})
BACKDROP = "SELECT backdrop_tile(%s, %s, %s)"
SCOPE = "SELECT coalesce(array_agg(id), '{}') FROM jurisdiction WHERE code = ANY (%s)"
HEADERS = {"cache-control": "private, no-cache", "vary": "cookie, authorization, accept-encoding"}


class NoSuchTile(NotFound):
    """Zoom, column or row outside the pyramid."""

    code, title_zh, title_en = "no-such-tile", "没有这个瓦片", "No such tile"


def check_address(z: int, x: int, y: int) -> None:
    """Refuse a tile outside the pyramid before the database is asked.

    >>> check_address(3, 7, 7)
    >>> check_address(3, 8, 0)
    Traceback (most recent call last):
    service.layers.tiles.NoSuchTile: Zoom is 0–22, column and row below 2^zoom.
    """
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise NoSuchTile("缩放级别应为 0–22,行列号应小于 2^级别。", "Zoom is 0–22, column and row below 2^zoom.")


class TileDoor:
    """Answers tiles of one process. `query` takes z, x, y and, if SCOPED, the allowed jurisdictions' ids."""

    def __init__(self, database: Database, cache_bytes: int, at_once: int, edition: str) -> None:
        """Share the pool of the hot doors; `edition` is the schema's, whose functions make the tiles.

        Beyond `at_once` tiles, others wait their turn: more than the database has cores take longer altogether, and
        would leave no connection to the doors that answer in a millisecond.
        """
        self._database = database
        self._turns = asyncio.Semaphore(at_once)
        self._edition = edition
        self._cache = Kept(cache_bytes, metrics.tile_cache_bytes.set)

    async def answer(
        self, request: Request, query: str, revision: int, allowed: frozenset[str] | None = None
    ) -> Response:
        """Answer one tile: 304 for the tag the caller has, else from memory, else made by the database.

        Args:
            request: with `z`, `x`, `y` as whole numbers in its path, `If-None-Match` and `Accept-Encoding`.
            query: statement that makes the tile.
            revision: of the data, as of this request.
            allowed: codes of the jurisdictions that the caller may see; None: all.

        Raises:
            NoSuchTile: when the address lies outside the pyramid.

        """
        path = request.path_params
        address = (path["z"], path["x"], path["y"])
        check_address(*address)
        scope = "*" if allowed is None else ",".join(sorted(allowed))
        tag = f'"{self._edition}-{revision}-{hash_text(scope)}"'
        headers = {**HEADERS, "etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        key = (query, revision, scope, *address)
        tile = self._cache.get(key)
        if tile is None:
            metrics.tile_cache_misses.inc()
            async with self._turns:
                run = asyncio.get_running_loop().run_in_executor
                tile = await run(self._database.threads, self._make, query, address, allowed)
            self._cache.put(key, tile)
        else:
            metrics.tile_cache_hits.inc()
        if not tile:
            return Response(status_code=204, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(gzip.decompress(tile), media_type=MEDIA_TYPE, headers=headers)
        return Response(tile, media_type=MEDIA_TYPE, headers={**headers, "content-encoding": "gzip"})

    def _make(self, query: str, address: Sequence[int], allowed: frozenset[str] | None) -> bytes:
        arguments: list[object] = list(address)
        with self._database.pool.connection() as connection:
            if query in SCOPED:
                arguments.append(None if allowed is None else self._ids(connection, allowed))
            row = connection.cursor(binary=True).execute(query, arguments).fetchone()
        tile: bytes = row[0] if row else b""
        return gzip.compress(tile, 1) if tile else b""

    @staticmethod
    def _ids(connection: psycopg.Connection[Any], codes: frozenset[str]) -> list[int]:
        row = connection.execute(SCOPE, (sorted(codes),)).fetchone()
        return list(row[0]) if row else []


def hash_text(text: str) -> str:
    """Shorten a scope for a tag.

    >>> hash_text("*")
    '*'
    """
    return text if text == "*" else f"{zlib.crc32(text.encode()):08x}"
