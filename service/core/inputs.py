"""The one input layer: every request passes it before a route sees it (design §9, rule 3).

It gives the request its id, bounds the body, and refuses what no route could mean: bytes that are not text, NUL,
lone surrogates, NaN, numbers beyond 64 bits, names given twice, nesting without end. After it: logs, metrics,
security headers.
"""

import json
import re
import time
import uuid
from collections import Counter
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.core import metrics, problems
from service.core.errors import BadRequest, GongdiError, TooLarge, UnsupportedMedia

MAX_URL = 8 * 1024
MAX_DEPTH = 32
# Routes read numbers from the path; Python refuses to read one of 4,300 digits, and none of ours has a hundred.
LONG_NUMBER = re.compile(rb"[0-9]{100}")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
SLOW_SECONDS = 1.0
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
log = structlog.get_logger()

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
}


class InputLayer:
    """ASGI middleware around the whole service."""

    def __init__(self, app: ASGIApp, *, max_body: int, max_upload: int) -> None:
        """Take the largest JSON body and the largest multipart body, in bytes."""
        self.app, self.max_body, self.max_upload = app, max_body, max_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request, pass it on, and record what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        state: dict[str, Any] = scope.setdefault("state", {})
        given = headers.get("x-request-id", "")
        request_id = state["request_id"] = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        status = 500
        asked_for_head = scope["method"] == "HEAD"
        # Every GET is also a HEAD (RFC 9110 §9.3.2): probes of load balancers ask so. A copy: the server keeps its own.
        inner = {**scope, "method": "GET"} if asked_for_head else scope

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["x-request-id"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    out.setdefault(name, value)
            elif asked_for_head:
                message = {**message, "body": b""}
            await send(message)

        try:
            check_address(scope)
            receive = await self._checked_body(scope, headers, receive)
        except GongdiError as error:
            await problems.render(Request(scope), error)(scope, receive, answer)
        else:
            await self.app(inner, receive, answer)
        finally:
            _record({**inner, "method": scope["method"]}, status, time.perf_counter() - started)

    async def _checked_body(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        """Read and check a JSON body at once; only count a multipart body while it streams through."""
        if scope["method"] in SAFE:
            return receive
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            return _counted(receive, self.max_upload, headers)
        body = await _whole(receive, self.max_body, headers)
        if body and not (kind == "application/json" or kind.endswith("+json")):
            raise UnsupportedMedia("请求体应为 application/json。", "The body must be application/json.")
        if body:
            check_json(body)
        scope["state"]["body"] = body
        return _replayed(body, receive)


def check_address(scope: Scope) -> None:
    """Refuse an address that is too long or is not UTF-8 text without control characters.

    Raises:
        BadRequest: naming neither path nor value, which may hold anything.

    """
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"]
    if len(raw) + len(query) > MAX_URL:
        raise BadRequest("地址过长(上限 8 KB)。", "The address is longer than 8 KB.")
    for part in (raw, query.replace(b"+", b" ")):
        try:
            text = unquote_to_bytes(part).decode()
        except UnicodeDecodeError:
            raise BadRequest("地址不是有效的 UTF-8。", "The address is not valid UTF-8.") from None
        if CONTROL.search(text):
            raise BadRequest("地址含控制字符。", "The address holds a control character.")
    if LONG_NUMBER.search(unquote_to_bytes(raw)):
        raise BadRequest("地址中的数字过长。", "A number in the address is too long.")


def check_json(body: bytes) -> None:
    """Refuse a JSON text that is ambiguous or out of range; a good one passes unchanged.

    Raises:
        BadRequest: with the reason.

    >>> check_json(b'{"a": [1, 2.5, "x"]}')
    >>> check_json(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    service.core.errors.BadRequest: The body is not acceptable JSON: the name "a" stands twice.
    """
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_bounded_int,
            parse_float=_finite,
        )
    except RecursionError:
        reason: str | None = "nested too deeply"
    except UnicodeDecodeError:
        reason = "not UTF-8"
    except json.JSONDecodeError as error:
        reason = f"{error.msg} (line {error.lineno}, column {error.colno})"
    except ValueError as error:
        reason = str(error)
    else:
        reason = _unfit(value, 1)
    if reason:
        raise BadRequest(f"请求体不是可接受的 JSON:{reason}。", f"The body is not acceptable JSON: {reason}.")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        msg = f'the name "{twice[:60]}" stands twice'
        raise ValueError(msg)
    return found


def _no_constant(name: str) -> object:
    msg = f"{name} is not a JSON number"
    raise ValueError(msg)


def _bounded_int(digits: str) -> int:
    if len(digits) > 20 or not -(2**63) <= (number := int(digits)) < 2**63:  # noqa: PLR2004 - no 64-bit number is longer
        msg = "a whole number is beyond 64 bits"
        raise ValueError(msg)
    return number


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        msg = "a number is too large"
        raise ValueError(msg)
    return number


def _unfit(value: object, depth: int) -> str | None:
    """Return why a parsed value can't be stored: depth, NUL, lone surrogates; None when it can."""
    if depth > MAX_DEPTH:
        return f"nested deeper than {MAX_DEPTH}"
    if isinstance(value, str):
        return _unfit_text(value)
    if isinstance(value, dict):
        return next((why for item in value.items() for part in item if (why := _unfit(part, depth + 1))), None)
    if isinstance(value, list):
        return next((why for part in value if (why := _unfit(part, depth + 1))), None)
    return None


def _unfit_text(text: str) -> str | None:
    if "\x00" in text:
        return "text holds a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "text holds a lone surrogate"
    return None


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"内容超过上限 {limit >> 20} MiB。",
        f"Larger than the limit of {limit >> 20} MiB.",
        facts={"limit_bytes": limit},
    )


def _declared_within(headers: Headers, limit: int) -> None:
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise BadRequest("Content-Length 无效。", "Content-Length is not a number.")
    if int(length) > limit:
        raise _too_large(limit)


async def _whole(receive: Receive, limit: int, headers: Headers) -> bytes:
    _declared_within(headers, limit)
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read as one message, then whatever comes after it."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return pending.pop() if pending else await receive()

    return next_message


def _counted(receive: Receive, limit: int, headers: Headers) -> Receive:
    _declared_within(headers, limit)
    size = 0

    async def next_message() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        return message

    return next_message


def _record(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "other")
    metrics.observe(scope["method"], route, status, seconds)
    notable = status >= 400 or scope["method"] not in SAFE or seconds > SLOW_SECONDS  # noqa: PLR2004 - the first error status
    if notable:
        actor = getattr(scope["state"].get("actor"), "label", None)
        log.info(
            "request",
            request_id=scope["state"]["request_id"],
            method=scope["method"],
            path=scope["path"][:200],
            status=status,
            ms=round(seconds * 1000, 1),
            actor=actor,
        )
