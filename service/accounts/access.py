"""Who is calling and whether they may: the access dependencies that every route declares."""

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Any

import structlog
from fastapi import Depends
from psycopg.rows import namedtuple_row
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from service.accounts.permissions import ROLE_PERMISSIONS, Permission, Role, permissions_of_scopes
from service.core import clock
from service.core.errors import Forbidden, Unauthenticated
from service.core.idempotency import CommandRoute

COOKIE = "gongdi_session"
CSRF_HEADER = "x-csrf-token"
KEY_PREFIX = "gd_"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REMEMBERED_SECONDS = 60
REMEMBERED_CALLERS = 20_000

# Method and path of what anybody may call; every other route has an access dependency, as a test of all routes sees.
PUBLIC: frozenset[str] = frozenset(
    {
        "POST /api/v1/session",
        "GET /api/v1/openapi.json",
        "GET /docs",
        "GET /healthz",
        "GET /metrics",
        "GET /readyz",
    }
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a request or job is done for, and what they may do and see."""

    kind: str
    label: str
    role: Role | None
    permissions: frozenset[Permission]
    jurisdictions: frozenset[str] | None
    lead_bureau: str | None = None
    user_id: int | None = None


def person(account: Any) -> Actor:  # noqa: ANN401 - a `User`, or a row with its columns
    """Return the actor that a user is."""
    role = Role(account.role)
    reach = _reach(account.jurisdictions)
    return Actor("user", account.username, role, ROLE_PERMISSIONS[role], reach, account.lead_bureau, account.id)


ANONYMOUS = Actor("anonymous", "anonymous", None, frozenset(), frozenset())


def system(label: str, *, kind: str = "system") -> Actor:
    """Return the actor of a command-line command (`kind="system"`) or a job (`kind="job"`): may and sees everything.

    >>> system("imports.run", kind="job").label
    'job:imports.run'
    """
    return Actor(kind, f"{kind}:{label}", None, frozenset(Permission), None)


def digest(token: str) -> bytes:
    """Return what is stored of a session token or key: its SHA-256. Both are 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class _Caller:
    """A token's owner as looked up; `csrf` is None for a key."""

    actor: Actor
    csrf: str | None
    revision: int
    good_until: float


# One per process: the key is the hash of a random token, so that no two callers or databases can meet in it.
_remembered: dict[bytes, _Caller] = {}


async def current_actor(request: Request) -> Actor:
    """Return who calls, by key (`Authorization: Bearer gd_…`) or session cookie; raise Unauthenticated if nobody.

    A look-up is remembered for at most a minute, and only while the revision "access" stands still: it grows whenever a
    user, a key or the end of a session is committed, so that a revocation acts at once in every worker. Sets
    `request.state.actor` and `request.state.revisions`. A cookie's unsafe request also has to pass the CSRF checks.
    """
    token = _credential(request)
    revisions = await request.app.state.revisions.read()
    revision = revisions.get("access", 0)
    token_hash = digest(token)
    caller = _remembered.get(token_hash)
    if caller is None or caller.revision != revision or caller.good_until < time.monotonic():
        caller = await _look_up(request, token, token_hash, revision)
    if caller.csrf is not None and request.method not in SAFE_METHODS:
        _refuse_forgery(request, caller.csrf)
    state = request.state
    state.actor, state.revisions = caller.actor, revisions
    return caller.actor


def _credential(request: Request) -> str:
    """Find the key or the session token; two of a kind are refused, because a planted second cookie is an attack."""
    bearer = cookie = None
    for name, value in request.scope["headers"]:
        if name == b"authorization":
            scheme, _, bearer = value.decode("latin-1").partition(" ")
            if scheme.lower() != "bearer" or not bearer.startswith(KEY_PREFIX):
                raise _unauthenticated()
        elif name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, content = part.strip().partition("=")
                if key == COOKIE:
                    if cookie is not None:
                        raise _unauthenticated()
                    cookie = content
    found: str | None = bearer or cookie
    if not found or len(found) > 100 or not found.isascii():  # noqa: PLR2004 - ours have 43 and 46 characters
        raise _unauthenticated()
    return found


async def session_token(request: Request) -> bytes:
    """Return what is stored of the token a request came with."""
    return digest(_credential(request))


def _unauthenticated() -> Unauthenticated:
    return Unauthenticated(
        "请先登录,或提供有效的 API 密钥。", "Sign in, or send a valid API key.", headers={"WWW-Authenticate": "Bearer"}
    )


# One statement each; the use is noted on the way, but at most every five minutes (session) or once an hour (key).
_SESSION = """
WITH seen AS (
    UPDATE user_session SET last_seen_at = now() WHERE token_hash = %(hash)s AND expires_at > now()
        AND last_seen_at BETWEEN now() - %(idle)s AND now() - interval '5 minutes')
SELECT u.id, u.username, u.role, u.lead_bureau, u.jurisdictions, s.csrf_token,
    extract(epoch FROM least(s.expires_at, s.last_seen_at + %(idle)s) - now())::float8 AS seconds_left
FROM user_session s JOIN user_account u ON u.id = s.user_id
WHERE s.token_hash = %(hash)s AND u.is_active AND s.expires_at > now() AND s.last_seen_at >= now() - %(idle)s
"""
_KEY = """
WITH used AS (
    UPDATE api_key SET last_used_at = date_trunc('hour', now()) WHERE token_hash = %(hash)s AND revoked_at IS NULL
        AND (last_used_at IS NULL OR last_used_at < date_trunc('hour', now())))
SELECT name, scopes, jurisdictions FROM api_key
WHERE token_hash = %(hash)s AND revoked_at IS NULL AND (expires_on IS NULL OR expires_on >= %(today)s)
"""


async def _look_up(request: Request, token: str, token_hash: bytes, revision: int) -> _Caller:
    find = _find_key if token.startswith(KEY_PREFIX) else _find_session
    found = await run_in_threadpool(find, request, token_hash)
    if found is None:
        raise _unauthenticated()
    actor, csrf, seconds = found
    if len(_remembered) >= REMEMBERED_CALLERS:
        _remembered.clear()
    caller = _Caller(actor, csrf, revision, time.monotonic() + min(seconds, REMEMBERED_SECONDS))
    _remembered[token_hash] = caller
    return caller


def _find_session(request: Request, token_hash: bytes) -> tuple[Actor, str | None, float] | None:
    idle = dt.timedelta(minutes=request.app.state.settings.session_idle_minutes)
    row = _one(request, _SESSION, hash=token_hash, idle=idle)
    if row is None:
        return None
    role = Role(row.role)
    actor = Actor(
        "user", row.username, role, ROLE_PERMISSIONS[role], _reach(row.jurisdictions), row.lead_bureau, row.id
    )
    return actor, row.csrf_token, row.seconds_left


def _find_key(request: Request, token_hash: bytes) -> tuple[Actor, str | None, float] | None:
    row = _one(request, _KEY, hash=token_hash, today=clock.today())
    if row is None:
        return None
    actor = Actor("api_key", f"key:{row.name}", None, permissions_of_scopes(row.scopes), _reach(row.jurisdictions))
    return actor, None, REMEMBERED_SECONDS


def _one(request: Request, statement: str, **parameters: object) -> Any:  # noqa: ANN401 - a row with the columns asked for
    with (
        request.app.state.database.pool.connection() as connection,
        connection.cursor(row_factory=namedtuple_row) as cursor,
    ):
        return cursor.execute(statement, parameters).fetchone()


def _reach(codes: Iterable[str] | None) -> frozenset[str] | None:
    return None if codes is None else frozenset(codes)


def _refuse_forgery(request: Request, csrf: str) -> None:
    given = request.headers.get(CSRF_HEADER, "")
    if not compare_digest(given.encode(), csrf.encode()):
        raise Forbidden(
            "缺少或错误的 X-CSRF-Token,请刷新页面后重试。",
            "X-CSRF-Token is missing or wrong; reload the page and try again.",
        )
    refuse_other_sites(request)


def refuse_other_sites(request: Request) -> None:
    """Refuse what a page of another site sent: by `Sec-Fetch-Site`, which a page can't set, else by `Origin`."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = f"//{request.headers.get('host', '')}"
    if site not in {None, "same-origin", "none"} or (site is None and origin is not None and not origin.endswith(own)):
        raise Forbidden("拒绝来自其他网站的请求。", "A request sent by another site's page is refused.")


@dataclass(frozen=True, slots=True)
class Requires:
    """The dependency that lets a request pass if its actor has `permission`, and gives the actor."""

    permission: Permission

    async def __call__(self, request: Request) -> Actor:
        """Check the caller of one request."""
        actor = await current_actor(request)
        if self.permission not in actor.permissions:
            log.warning("access denied", actor=actor.label, permission=self.permission, path=request.url.path)
            raise Forbidden(
                f"当前账号没有该权限:{self.permission}。", f"This account lacks the permission {self.permission}."
            )
        return actor


def requires(permission: Permission) -> Any:  # noqa: ANN401 - FastAPI's own type of a dependency
    """Name what a caller needs; stands in `Annotated` beside `Actor`, see the aliases below."""
    return Depends(Requires(permission))


class UploadRoute(CommandRoute):
    """A route that takes files: who may not is turned away before the body is read.

    The framework reads a form before it asks the dependencies; anybody could fill the disk with what is then refused.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the route's own access dependency before everything else."""
        handle = super().get_route_handler()
        doors = [each.call for each in self.dependant.dependencies if isinstance(each.call, Requires)]

        async def guarded(request: Request) -> Response:
            for door in doors:
                await door(request)
            return await handle(request)

        return guarded


async def is_still(actor: Actor, request: Request) -> bool:
    """Whether a long answer may go on: its caller is signed in, and may and sees what they did when it began."""
    try:
        return await current_actor(request) == actor
    except Unauthenticated:
        return False


async def signed_in(request: Request) -> Actor:
    """Give the actor if it is a person with a session, whatever the role; a key has none."""
    actor = await current_actor(request)
    if actor.kind != "user":
        raise Forbidden("该操作只供登录用户使用。", "Only a signed-in person can do this.")
    return actor


SignedIn = Annotated[Actor, Depends(signed_in)]
ParcelReader = Annotated[Actor, requires(Permission.PARCEL_READ)]
ParcelWriter = Annotated[Actor, requires(Permission.PARCEL_WRITE)]
ParcelDivider = Annotated[Actor, requires(Permission.PARCEL_DIVIDE)]
ParcelSurveyor = Annotated[Actor, requires(Permission.PARCEL_SURVEY)]
StageOfficer = Annotated[Actor, requires(Permission.PARCEL_STAGE)]
Exporter = Annotated[Actor, requires(Permission.PARCEL_EXPORT)]
Importer = Annotated[Actor, requires(Permission.IMPORT_RUN)]
ImportPublisher = Annotated[Actor, requires(Permission.IMPORT_PUBLISH)]
ImportReader = Annotated[Actor, requires(Permission.IMPORT_READ)]
DocumentReader = Annotated[Actor, requires(Permission.DOCUMENT_READ)]
DocumentWriter = Annotated[Actor, requires(Permission.DOCUMENT_WRITE)]
AuditReader = Annotated[Actor, requires(Permission.AUDIT_READ)]
UserManager = Annotated[Actor, requires(Permission.USER_MANAGE)]
KeyManager = Annotated[Actor, requires(Permission.APIKEY_MANAGE)]
ConstraintChecker = Annotated[Actor, requires(Permission.CONSTRAINT_CHECK)]
PlanReader = Annotated[Actor, requires(Permission.PLAN_READ)]
PlanEditor = Annotated[Actor, requires(Permission.PLAN_EDIT)]
PlanApprover = Annotated[Actor, requires(Permission.PLAN_APPROVE)]
SchemeReader = Annotated[Actor, requires(Permission.SCHEME_READ)]
SchemeEditor = Annotated[Actor, requires(Permission.SCHEME_EDIT)]
SchemeApprover = Annotated[Actor, requires(Permission.SCHEME_APPROVE)]
ListingReader = Annotated[Actor, requires(Permission.LISTING_READ)]
ListingOfficer = Annotated[Actor, requires(Permission.LISTING_RUN)]
ContractReader = Annotated[Actor, requires(Permission.CONTRACT_READ)]
ContractRunner = Annotated[Actor, requires(Permission.CONTRACT_RUN)]
ChecklistReader = Annotated[Actor, requires(Permission.CHECKLIST_READ)]
ChecklistWorker = Annotated[Actor, requires(Permission.CHECKLIST_WORK)]
ChecklistOpener = Annotated[Actor, requires(Permission.CHECKLIST_OPEN)]
ChecklistManager = Annotated[Actor, requires(Permission.CHECKLIST_MANAGE)]
LayerReader = Annotated[Actor, requires(Permission.LAYER_READ)]
LayerWithdrawer = Annotated[Actor, requires(Permission.LAYER_WITHDRAW)]
CodeReader = Annotated[Actor, requires(Permission.CODE_READ)]
RegionReader = Annotated[Actor, requires(Permission.REGION_READ)]
WorkdayReader = Annotated[Actor, requires(Permission.WORKDAY_READ)]
WorkdayManager = Annotated[Actor, requires(Permission.WORKDAY_MANAGE)]
