"""One renderer for every error: RFC 9457 `application/problem+json`, in the caller's language. A 500 leaks nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import psycopg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SessionPoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Mount

from service.core import errors

MEDIA_TYPE = "application/problem+json"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
log = structlog.get_logger()


def wants_english(request: Request) -> bool:
    """Whether the caller prefers English (`Accept-Language`); Chinese otherwise."""
    return request.headers.get("accept-language", "").lstrip().lower().startswith("en")


def render(request: Request, error: errors.GongdiError) -> Response:
    """Write an error as a problem document."""
    english = wants_english(request)
    body: dict[str, object] = {
        "type": f"/problems/{error.code}",
        "title": error.title_en if english else error.title_zh,
        "status": error.status,
        "detail": error.en if english else error.zh,
        "code": error.code,
        "instance": request.url.path,
        "request_id": request.scope.get("state", {}).get("request_id"),
        **error.facts,
    }
    if error.errors:
        body["errors"] = [
            {"pointer": each.pointer, "code": each.code, "detail": each.en if english else each.zh}
            for each in error.errors
        ]
    return Response(orjson.dumps(body, default=str), error.status, error.headers, MEDIA_TYPE)


def handle_own(request: Request, error: Exception) -> Response:
    """Render one of our own errors."""
    assert isinstance(error, errors.GongdiError)  # noqa: S101 - registered for this class
    return render(request, error)


def handle_validation(request: Request, error: Exception) -> Response:
    """Render FastAPI's refusal: 400 for path, query and header, 422 for the body, one entry per wrong field."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    found = [_field_error(each) for each in error.errors()]
    in_body = any(each["loc"][:1] == ("body",) for each in error.errors())
    kind = errors.Invalid if in_body else errors.BadRequest
    names = list(dict.fromkeys(each.pointer for each in found))[:5]
    return render(request, kind(f"以下内容有误:{'、'.join(names)}", f"Wrong: {', '.join(names)}", errors=found))


def _field_error(raw: dict[str, object]) -> errors.FieldError:
    place = raw["loc"]
    assert isinstance(place, tuple)  # noqa: S101 - pydantic's contract
    parts = (str(part) for part in (place[1:] if place[0] == "body" else place))
    pointer = "/" + "/".join(part for part in parts if "[" not in part)  # pydantic's own names of what it tried
    code = str(raw["type"])
    return errors.FieldError(pointer, code, _in_chinese(code, raw), str(raw["msg"]))


CHINESE = {
    "missing": "缺少该项",
    "extra_forbidden": "不认识该项",
    "string_too_short": "内容过短",
    "string_too_long": "内容过长",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "decimal_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "date_from_datetime_parsing": "应为日期,如 2022-11-15",
    "date_parsing": "应为日期,如 2022-11-15",
    "datetime_parsing": "应为时刻,如 2022-11-15T08:00:00+08:00",
    "greater_than_equal": "小于允许的最小值",
    "less_than_equal": "大于允许的最大值",
    "greater_than": "应大于下限",
    "less_than": "应小于上限",
    "enum": "不在允许的取值中",
    "literal_error": "不在允许的取值中",
    "string_pattern_mismatch": "格式不符",
    "too_long": "项数过多",
    "too_short": "项数过少",
    "json_invalid": "不是有效的 JSON",
}


def _in_chinese(code: str, raw: dict[str, object]) -> str:
    allowed = (raw.get("ctx") or {}).get("expected") if isinstance(raw.get("ctx"), dict) else None  # type: ignore[attr-defined]
    return CHINESE.get(code, "内容有误") + (f":{allowed}" if allowed else "")


def handle_http(request: Request, error: Exception) -> Response:
    """Render the framework's own refusals (no such address, wrong method); ours that it wrapped keep their words.

    While it reads a form, whatever is raised becomes a 400 of the framework: also our 413 for a body beyond the limit.
    """
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    if isinstance(error.__cause__, errors.GongdiError):
        return render(request, error.__cause__)
    offered = _offered(request) if error.status_code in {404, 405} else []
    if offered and request.method not in offered:
        return render(request, errors.MethodNotAllowed(headers={"Allow": ", ".join(offered)}))
    kinds = {kind.status: kind for kind in _all_kinds(errors.GongdiError)}
    kind = kinds.get(error.status_code, errors.BadRequest if error.status_code < 500 else errors.GongdiError)  # noqa: PLR2004
    return render(request, kind(headers=error.headers))


def _offered(request: Request) -> list[str]:
    """Return the methods that an address of the interface takes, of all routes that it fits; none for a page's.

    The framework names those of one route only, or takes a request that no route takes for one of a page.
    """
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]

    def takes(method: str) -> bool:
        asked = {"type": "http", "path": request.scope["path"], "root_path": "", "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in routes)

    found = [method for method in METHODS if takes(method)]
    return ["GET", "HEAD", *found[1:]] if "GET" in found else found  # the input layer makes every HEAD a GET


def _all_kinds(root: type[errors.GongdiError]) -> Iterator[type[errors.GongdiError]]:
    for kind in root.__subclasses__():
        yield from _all_kinds(kind)
        yield kind


def handle_database(request: Request, error: Exception) -> Response:
    """Turn what the database refused into what the caller can do about it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    log.warning(
        "database refused", error=type(cause).__name__, state=getattr(cause, "sqlstate", None), detail=str(cause)[:500]
    )
    return render(request, _meaning(cause))


def _busy(_: psycopg.Error) -> errors.GongdiError:
    return errors.Conflict(
        "另一操作正在修改同一数据,请稍后重试。", "Somebody else is changing the same data; try again."
    )


def _slow(_: psycopg.Error) -> errors.GongdiError:
    return errors.Unavailable(
        "查询耗时过长,已中止;请缩小范围。", "The query took too long; narrow it.", headers={"Retry-After": "1"}
    )


def _clashing(cause: psycopg.Error) -> errors.GongdiError:
    return errors.Conflict(facts={"constraint": cause.diag.constraint_name})


def _impossible(cause: psycopg.Error) -> errors.GongdiError:
    return errors.Invalid(
        "内容超出数据库可接受的范围。",
        "A value is outside what the database takes.",
        facts={"constraint": cause.diag.constraint_name},
    )


def _away(_: object) -> errors.GongdiError:
    return errors.Unavailable(
        "数据库暂不可用,请稍后重试。", "The database is away; try again.", headers={"Retry-After": "2"}
    )


CONSTRAINTS: dict[str, Callable[[psycopg.Error], errors.GongdiError]] = {}
"""What the refusal of a constraint means, where a package that stands above says it in its own words."""

# The first row that fits decides; what fits none is a bug of ours.
MEANINGS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any], errors.GongdiError]], ...] = (
    ((psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure), _busy),
    (psycopg.errors.QueryCanceled, _slow),
    (psycopg.errors.CheckViolation, _impossible),
    (psycopg.IntegrityError, _clashing),
    (psycopg.DataError, _impossible),
    ((psycopg.OperationalError, PoolTimeout, SessionPoolTimeout), _away),
)


def _meaning(cause: BaseException | None) -> errors.GongdiError:
    if isinstance(cause, psycopg.Error) and cause.diag.constraint_name in CONSTRAINTS:
        return CONSTRAINTS[cause.diag.constraint_name](cause)
    make = next((make for kinds, make in MEANINGS if isinstance(cause, kinds)), None)
    return make(cause) if make else errors.GongdiError()


def handle_unexpected(request: Request, error: Exception) -> Response:
    """Answer a bug: the words are fixed, the facts go to the log only."""
    log.error("unexpected", path=request.url.path, exc_info=error)
    return render(request, errors.GongdiError())


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(errors.GongdiError, handle_own)
    app.add_exception_handler(RequestValidationError, handle_validation)
    app.add_exception_handler(HTTPException, handle_http)
    for kind in (psycopg.Error, DBAPIError, PoolTimeout, SessionPoolTimeout):
        app.add_exception_handler(kind, handle_database)
    app.add_exception_handler(Exception, handle_unexpected)
