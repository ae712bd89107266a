"""`Idempotency-Key`: a POST that is sent again is answered again, not done again.

The key, the hash of the request and the answer are kept in the transaction of the effect itself: after a lost answer
the caller repeats the request with the same key until it hears something. Source: the IETF draft of the header
field.
"""

import datetime as dt
import functools
import hashlib
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import orjson
from fastapi import Response
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute
from sqlalchemy import DateTime, Integer, LargeBinary, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column
from starlette.datastructures import UploadFile
from starlette.requests import Request

from service.core.db import Base
from service.core.errors import BadRequest, Invalid

LONGEST_KEY = 200
KEPT_HEADERS = ("etag", "location")
HEADER: Mapping[str, object] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "重发时用同一值: 只办一次 · Sent again with the same key, it is answered again, not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}
_CHUNK = 1 << 20


class IdempotencyKey(Base):
    """An answered request: swept after a day."""

    __tablename__ = "idempotency_key"

    actor: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of method, path and body")
    status: Mapped[int | None] = mapped_column(Integer)
    headers: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), index=True)


def bind(request: Request, session: Session, body: bytes) -> None:
    """Note the request's key on its session, for `CommandRoute` to act on."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return
    if not (1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise BadRequest(
            "Idempotency-Key 应为 1–200 个可见 ASCII 字符。",
            "Idempotency-Key must be 1–200 printable ASCII characters.",
        )
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode() + body).digest()
    session.info["idempotency"] = (key, digest)


class CommandRoute(APIRoute):
    """A route whose endpoint is done at most once per `Idempotency-Key`; without the header it is an ordinary route."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:  # noqa: ANN401 - FastAPI's own signature
        """Wrap the endpoint; a route without a session (a plain read) is left alone."""
        if "POST" in kwargs.get("methods", ()) and Session in typing.get_type_hints(endpoint).values():
            kwargs["openapi_extra"] = {"parameters": [HEADER], **(kwargs.get("openapi_extra") or {})}
        super().__init__(path, _once(endpoint, kwargs.get("status_code") or 200), **kwargs)


def _once(endpoint: Callable[..., Any], status: int) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(endpoint):
        return endpoint

    @functools.wraps(endpoint)
    def answer(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the endpoint takes and gives
        session = next((value for value in kwargs.values() if isinstance(value, Session)), None)
        pending = session.info.get("idempotency") if session else None
        if session is None or pending is None:
            return endpoint(*args, **kwargs)
        key, digest = pending
        sent = {name: value for name, value in kwargs.items() if value != session.info["actor"]}
        if any(_holds_file(value) for value in sent.values()):
            digest = hashlib.sha256(b"".join((digest, *_of_form(sent)))).digest()
        row = _claim(session, key, digest)
        if row.status is not None:
            replay = {**(row.headers or {}), "Idempotency-Replayed": "true"}
            return Response(row.body, row.status, replay, "application/json")
        own = Response()
        if "response" in kwargs:
            kwargs["response"] = own
        result = endpoint(*args, **kwargs)
        row.body = orjson.dumps(jsonable_encoder(result))
        row.headers = {name: own.headers[name] for name in KEPT_HEADERS if name in own.headers}
        row.status = status
        return Response(row.body, status, row.headers, "application/json")

    return answer


def _holds_file(value: object) -> bool:
    return isinstance(value, UploadFile) or (isinstance(value, list | tuple) and any(map(_holds_file, value)))


def _of_form(values: Mapping[str, object]) -> Iterator[bytes]:
    """Give hashes of a form's values and files: what makes two forms the same request, however they were packed."""
    for name, value in sorted(values.items()):
        if isinstance(value, UploadFile):
            yield _of_file(name, value)
        elif isinstance(value, list | tuple):
            yield from _of_form({f"{name}/{place:06}": each for place, each in enumerate(value)})
        elif isinstance(value, str | int | float | Decimal | dt.date):
            yield hashlib.sha256(f"{name}={value}".encode()).digest()


def _of_file(name: str, sent: UploadFile) -> bytes:
    content = hashlib.sha256(f"{name}={sent.filename}\n".encode())
    sent.file.seek(0)
    while chunk := sent.file.read(_CHUNK):
        content.update(chunk)
    sent.file.seek(0)
    return content.digest()


def _claim(session: Session, key: str, digest: bytes) -> IdempotencyKey:
    """Take the key for this transaction; a second caller with it waits until the first has committed."""
    actor = session.info["actor"].label
    session.execute(insert(IdempotencyKey).values(actor=actor, key=key, request_hash=digest).on_conflict_do_nothing())
    row = session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key).with_for_update()
    ).one()
    if row.request_hash != digest:
        raise Invalid("该 Idempotency-Key 已用于另一请求。", "This Idempotency-Key was used for another request.")
    return row
