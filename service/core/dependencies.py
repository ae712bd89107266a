"""What routes ask for: sessions, versions, paging, language; and the refusal of parameters nobody declared."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar, get_args, get_origin

from fastapi import Depends, Header, Query, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.requests import Request

from service.core import idempotency
from service.core.db import Database
from service.core.errors import BadRequest, PreconditionFailed, PreconditionRequired
from service.core.paging import LIMIT_DEFAULT, LIMIT_MAX, decode_cursor, encode_cursor
from service.core.schemas import Whole
from service.core.settings import Settings

LONGEST_VERSION = 9  # digits
Key = TypeVar("Key", str, int)

# What only reads the request is `async`: a plain function would be sent to a thread and back for nothing.


async def database(request: Request) -> Database:
    """Return the process's database."""
    return _database(request)


def _database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


async def settings(request: Request) -> Settings:
    """Return the process's settings."""
    found: Settings = request.app.state.settings
    return found


def read_session(request: Request) -> Iterator[Session]:
    """Give a read-only transaction that lasts as long as the answer is being sent."""
    with _database(request).read() as session:
        yield session


def write_session(request: Request) -> Iterator[Session]:
    """Give a transaction for the request's actor; it commits before the answer leaves: a failed commit is a 500.

    The access dependency stands before this one in the parameter list: it says who acts.
    """
    with _database(request).write(request.state.actor) as session:
        session.info["request_id"] = request.scope["state"].get("request_id")
        idempotency.bind(request, session, request.scope["state"].get("body", b""))
        yield session


Read = Annotated[Session, Depends(read_session)]
Write = Annotated[Session, Depends(write_session, scope="function")]
Configured = Annotated[Settings, Depends(settings)]
Data = Annotated[Database, Depends(database)]


def etag(version: int) -> str:
    """Write a row's version as an entity tag."""
    return f'"{version}"'


async def if_match(
    if_match: Annotated[str | None, Header(description="版本号 (ETag) the change is based on")] = None,
) -> int:
    """Read `If-Match`: the version of the row that the caller has seen. A weak tag never matches (RFC 9110 §13.1.1)."""
    if if_match is None:
        raise PreconditionRequired(
            "修改需要 If-Match 请求头,值为读取时得到的 ETag。",
            "A change needs an If-Match header with the ETag you read.",
        )
    if if_match.strip().startswith("W/"):
        raise PreconditionFailed(
            "弱 ETag(W/…)不能用于修改;请原样使用读取时得到的 ETag。代理服务器可能改写了它。",
            "A weak ETag (W/…) is no basis for a change; send the ETag as it was read. A proxy may have weakened it.",
        )
    tag = if_match.strip().strip('"')
    if not (tag.isascii() and tag.isdigit() and len(tag) <= LONGEST_VERSION):
        raise BadRequest("If-Match 的值无效。", "The value of If-Match is not an ETag of ours.")
    return int(tag)


IfMatch = Annotated[int, Depends(if_match)]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for, and the request that asks."""

    limit: int
    cursor: str | None
    request: Request

    def after(self, size: int) -> list[str | int | float | None] | None:
        """Return the sort key of the last row seen, or None for the first page."""
        return None if self.cursor is None else decode_cursor(self.cursor, size=size)

    def after_one(self, kind: type[Key]) -> Key | None:
        """Return the one value that a list is sorted by, of the last row seen; a value of another kind is refused."""
        if self.cursor is None:
            return None
        (key,) = decode_cursor(self.cursor, size=1)
        if type(key) is not kind:
            raise BadRequest("分页游标 cursor 不属于该列表。", "The cursor is of another list.")
        return key

    def address_after(self, key: Sequence[object]) -> str:
        """Return the address of the page that follows a row with this sort key."""
        address = self.request.url.include_query_params(cursor=encode_cursor(key))
        return str(address.replace(scheme="", netloc=""))


async def page_request(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="每页条数 rows a page"), Whole] = LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=2000, description="上一页给出的游标 from the page before")] = None,
) -> PageRequest:
    """Read the paging parameters."""
    return PageRequest(limit, cursor, request)


PageQuery = Annotated[PageRequest, Depends(page_request)]


# By identity: routes can't be hashed, live as long as their app, and their parameters never change.
_parameters: dict[int, tuple[APIRoute, dict[str, bool]]] = {}


def _declared(route: APIRoute) -> dict[str, bool]:
    """Return the names of a route's query parameters, and of each whether it takes several values."""
    known, names = _parameters.get(id(route), (None, dict[str, bool]()))
    if known is not route:
        queried = (each for each in get_flat_params(route.dependant) if isinstance(each.field_info, params.Query))
        names = {each.alias: _takes_many(each.field_info.annotation) for each in queried}
        _parameters[id(route)] = (route, names)
    return names


def _takes_many(annotation: object) -> bool:
    return any(get_origin(each) is list for each in (annotation, *get_args(annotation)))


async def refuse_unknown_parameters(request: Request) -> None:
    """Refuse a query parameter that the route does not know, and one given twice where one value is taken."""
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    if not isinstance(route, APIRoute):
        return
    declared, given = _declared(route), Counter(name for name, _ in request.query_params.multi_items())
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        names = ", ".join(name[:60] for name in unknown[:5])
        raise BadRequest(f"未知的查询参数:{names}", f"Unknown query parameters: {names}")
    repeated = ", ".join(name for name, count in given.items() if count > 1 and not declared[name])
    if repeated:
        raise BadRequest(f"只能给一个值的查询参数:{repeated}", f"Query parameters that take one value: {repeated}")
