"""Sessions, users and keys over HTTP.

The router is a plain one, not of `CommandRoute`s: an answer with a session's token or a key must not be kept for a
repetition. Names are unique, so a repeated POST is a 409.
"""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from starlette.requests import Request

from service.accounts import access, commands, queries, session_commands
from service.accounts.access import KeyManager, SignedIn, UserManager
from service.accounts.models import User, UserSession
from service.accounts.permissions import ROLE_PERMISSIONS, Role
from service.accounts.queries import UserWithLock
from service.accounts.schemas import (
    KeyCreate,
    KeyCreated,
    KeyRead,
    PasswordChange,
    SessionRead,
    SessionUser,
    SignIn,
    UserChange,
    UserCreate,
    Username,
    UserRead,
)
from service.accounts.session_commands import Client
from service.core import clock
from service.core.dependencies import Configured, Data, IfMatch, PageQuery, Read, Write, etag
from service.core.paging import Page
from service.core.schemas import Whole

router = APIRouter(prefix="/api/v1")


def _client(request: Request) -> Client:
    return Client(request.client.host if request.client else "", request.headers.get("user-agent"))


From = Annotated[Client, Depends(_client)]
SessionToken = Annotated[bytes, Depends(access.session_token)]


@router.post("/session", dependencies=[Depends(access.refuse_other_sites)], summary="登录 Sign in")
def sign_in(body: SignIn, client: From, database: Data, settings: Configured, response: Response) -> SessionRead:
    """Open a session: sets the cookie, answers with the token that changes must carry."""
    lifetime = dt.timedelta(hours=settings.session_hours)
    opened = session_commands.sign_in(database, body.username, body.password, client, lifetime=lifetime)
    response.set_cookie(
        access.COOKIE,
        opened.token,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=settings.secure_cookies,
    )
    return _session_read(opened.user, opened.session, demo=settings.demo)


@router.get("/session", summary="当前会话 The present session")
def read_session(actor: SignedIn, token: SessionToken, session: Read, settings: Configured) -> SessionRead:
    """Say who is signed in and what they may do."""
    user, opened = queries.session_of(session, token)
    return _session_read(user, opened, demo=settings.demo)


@router.delete("/session", status_code=204, summary="退出 Sign out")
def sign_out(actor: SignedIn, token: SessionToken, session: Write, response: Response) -> None:
    """End this session."""
    session_commands.sign_out(session, actor, token)
    response.delete_cookie(access.COOKIE)


@router.delete("/sessions", status_code=204, summary="退出所有设备 Sign out everywhere")
def sign_out_everywhere(actor: SignedIn, session: Write, response: Response) -> None:
    """End every session of the signed-in person."""
    session_commands.sign_out_everywhere(session, actor)
    response.delete_cookie(access.COOKIE)


@router.put("/session/password", status_code=204, summary="修改自己的密码 Change one's own password")
def change_password(body: PasswordChange, actor: SignedIn, token: SessionToken, client: From, database: Data) -> None:
    """Change the password; other sessions of the person end."""
    session_commands.change_own_password(database, actor, body.current_password, body.new_password, client, keep=token)


@router.get("/users", summary="用户列表 Users")
def list_users(actor: UserManager, page: PageQuery, session: Read) -> Page[UserRead]:
    """List users by name."""
    found = queries.users_page(session, actor, after=page.after_one(str), limit=page.limit + 1)
    following = page.address_after([found[page.limit - 1].user.username]) if len(found) > page.limit else None
    return Page(items=[_user_read(each) for each in found[: page.limit]], next=following)


@router.post("/users", status_code=201, summary="新建用户 Create a user")
def create_user(body: UserCreate, actor: UserManager, session: Write, response: Response) -> UserRead:
    """Create a user with a first password."""
    user = commands.create_user(session, actor, **body.model_dump())
    response.headers["ETag"] = etag(user.version)
    return UserRead.model_validate(user)


@router.patch("/users/{username}", summary="修改用户 Change a user")
def change_user(
    username: Username, body: UserChange, actor: UserManager, version: IfMatch, session: Write, response: Response
) -> UserRead:
    """Change what is given; a new password ends the user's sessions and lifts a lock."""
    fields = body.model_dump(exclude_unset=True)
    password = fields.pop("password", None)
    user = commands.change_user(session, actor, username, version, **fields)
    if password is not None:
        user = commands.set_password(session, actor, username, password)
    response.headers["ETag"] = etag(user.version)
    return _user_read(queries.user_with_lock(session, user))


@router.get("/api-keys", summary="密钥列表 Keys")
def list_keys(actor: KeyManager, page: PageQuery, session: Read) -> Page[KeyRead]:
    """List keys, newest first, revoked ones included; never their secrets."""
    found = queries.keys_page(session, actor, before=page.after_one(int), limit=page.limit + 1)
    following = page.address_after([found[page.limit - 1].id]) if len(found) > page.limit else None
    return Page(items=[KeyRead.model_validate(each) for each in found[: page.limit]], next=following)


@router.post("/api-keys", status_code=201, summary="新建密钥 Create a key")
def create_key(body: KeyCreate, actor: KeyManager, session: Write) -> KeyCreated:
    """Create a key; its secret is in this answer and nowhere else."""
    key, secret = commands.create_api_key(session, actor, **body.model_dump())
    return KeyCreated(**KeyRead.model_validate(key).model_dump(), key=secret)


@router.delete("/api-keys/{key_id}", status_code=204, summary="吊销密钥 Revoke a key")
def revoke_key(key_id: Annotated[int, Path(ge=1, lt=2**31), Whole], actor: KeyManager, session: Write) -> None:
    """End a key at once."""
    commands.revoke_api_key(session, actor, key_id)


def _session_read(user: User, opened: UserSession, *, demo: bool) -> SessionRead:
    return SessionRead(
        user=SessionUser.model_validate(user),
        permissions=sorted(ROLE_PERMISSIONS[Role(user.role)]),
        csrf_token=opened.csrf_token,
        expires_at=opened.expires_at,
        today=clock.today(),
        demo=demo,
    )


def _user_read(found: UserWithLock) -> UserRead:
    return UserRead.model_validate(found.user).model_copy(update={"locked_until": found.locked_until})
