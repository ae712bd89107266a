"""What changes users and their rights."""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.accounts.access import KEY_PREFIX, Actor, digest
from service.accounts.bindings import refuse_unknown
from service.accounts.models import ApiKey, LoginAttempt, User, UserSession
from service.accounts.passwords import hash_password, refuse_weak
from service.accounts.permissions import Role, Scope
from service.accounts.queries import visible_keys, visible_users
from service.audit.actions import Action
from service.audit.record import record
from service.core import clock
from service.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, PreconditionFailed

SHOWN_OF_KEY = 9


class UserFields(TypedDict, total=False):
    """What may change of a user."""

    display_name: str
    role: Role
    lead_bureau: str | None
    jurisdictions: list[str] | None
    is_active: bool


def create_user(session: Session, actor: Actor, username: str, password: str, **fields: Unpack[UserFields]) -> User:
    """Create a user.

    Raises Conflict for a taken name, Invalid for a weak password, a track officer without a bureau, or a bureau or
    jurisdiction that isn't there, Forbidden for a reach beyond the actor's own.
    """
    refuse_weak(password, username, "/password")
    if session.scalar(select(User.id).where(User.username == username)) is not None:
        raise Conflict(f"用户名 {username} 已存在。", f"The user name {username} is taken.")
    user = User(username=username, password_hash=hash_password(password), **fields)
    _refuse_unfit(actor, user)
    _refuse_unknown(session, fields)
    session.add(user)
    session.flush()
    record(session, Action.USER_CREATED, "user", username, after=_facts(user))
    return user


def change_user(session: Session, actor: Actor, username: str, version: int, **fields: Unpack[UserFields]) -> User:
    """Change a user; what they may do changes with the commit, and their sessions end if that is something else now.

    Nobody changes their own role, reach or activity: so there is always an administrator left.
    """
    user = _locked_user(session, actor, username)
    if user.version != version:
        raise PreconditionFailed
    if user.id == actor.user_id and fields.keys() - {"display_name"}:
        raise Forbidden(
            "不能修改自己的角色、管辖范围或停用自己。", "You can't change your own role, reach or activity."
        )
    before = _facts(user)
    for name, value in fields.items():
        setattr(user, name, value)
    _refuse_unfit(actor, user)
    _refuse_unknown(session, fields)
    after = _facts(user)
    if after != before:
        user.version += 1
        session.flush()
        if any(before[name] != after[name] for name in ("role", "is_active", "jurisdictions", "lead_bureau")):
            _end_sessions(session, user)
        record(session, Action.USER_CHANGED, "user", username, before=before, after=after)
    return user


def set_password(session: Session, actor: Actor, username: str, password: str) -> User:
    """Give a user a new password, end their sessions and lift a lock."""
    user = _locked_user(session, actor, username)
    if user.id == actor.user_id:
        raise Forbidden(
            "请在“我的账号”中修改自己的密码。", "Change your own password in your account, with the present one."
        )
    refuse_weak(password, username, "/password")
    user.password_hash = hash_password(password)
    user.version += 1
    session.flush()
    _end_sessions(session, user)
    session.execute(delete(LoginAttempt).where(LoginAttempt.username == username))
    record(session, Action.USER_PASSWORD_SET, "user", username)
    return user


def create_api_key(
    session: Session,
    actor: Actor,
    name: str,
    scopes: Sequence[Scope],
    *,
    expires_on: dt.date | None = None,
    jurisdictions: list[str] | None = None,
) -> tuple[ApiKey, str]:
    """Create a key for a program; return it and its secret, which is kept nowhere.

    Raises Conflict for a taken name, Invalid for a day past or a jurisdiction that isn't there, Forbidden for a reach
    beyond the actor's own.
    """
    if session.scalar(select(ApiKey.id).where(ApiKey.name == name)) is not None:
        raise Conflict(f"密钥名称 {name} 已存在(含已吊销的)。", f"A key named {name} exists (revoked ones count).")
    if expires_on is not None and expires_on < clock.today():
        zh, en = "有效期已过。", "The expiry date is in the past."
        raise Invalid(zh, en, errors=[FieldError("/expires_on", "past", zh, en)])
    _refuse_wider(actor, jurisdictions)
    refuse_unknown(session, "jurisdictions", jurisdictions)
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        name=name,
        token_hash=digest(secret),
        prefix=secret[:SHOWN_OF_KEY],
        scopes=sorted(set(scopes)),
        jurisdictions=jurisdictions,
        created_by=actor.label,
        expires_on=expires_on,
    )
    session.add(key)
    session.flush()
    shown = {"name": name, "scopes": key.scopes, "jurisdictions": jurisdictions, "expires_on": expires_on}
    record(session, Action.KEY_CREATED, "api_key", key.id, after=shown)
    return key, secret


def revoke_api_key(session: Session, actor: Actor, key_id: int) -> None:
    """End a key for good, in every worker, with the commit; a second time changes nothing."""
    key = session.scalar(visible_keys(actor).where(ApiKey.id == key_id).with_for_update())
    if key is None:
        raise NotFound("没有该密钥。", "No such key.")
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        record(session, Action.KEY_REVOKED, "api_key", key.id, after={"name": key.name})


def sweep(session: Session, *, idle: dt.timedelta) -> None:
    """Delete sessions that have ended by themselves and attempts older than a day."""
    over = (UserSession.expires_at < func.now()) | (UserSession.last_seen_at < func.now() - idle)
    ended = session.execute(delete(UserSession).where(over).returning(UserSession.user_id)).all()
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < func.now() - dt.timedelta(days=1)))
    if ended:
        record(session, Action.SESSION_SWEPT, "session", "expired", after={"count": len(ended)})


def _locked_user(session: Session, actor: Actor, username: str) -> User:
    user = session.scalar(visible_users(actor).where(User.username == username).with_for_update())
    if user is None:
        raise NotFound("没有该用户。", "No such user.")
    return user


def _facts(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in UserFields.__annotations__}


def _end_sessions(session: Session, user: User) -> None:
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def _refuse_unfit(actor: Actor, user: User) -> None:
    if user.role == Role.TRACK_OFFICER and not user.lead_bureau:
        zh, en = "部门经办必须指定牵头部门。", "A track officer needs a lead bureau."
        raise Invalid(zh, en, errors=[FieldError("/lead_bureau", "missing", zh, en)])
    _refuse_wider(actor, user.jurisdictions)


def _refuse_unknown(session: Session, fields: UserFields) -> None:
    refuse_unknown(session, "jurisdictions", fields.get("jurisdictions"))
    refuse_unknown(session, "lead_bureau", fields.get("lead_bureau"))


def _refuse_wider(actor: Actor, jurisdictions: Sequence[str] | None) -> None:
    """Nobody hands out more than they have."""
    if actor.jurisdictions is not None and not (jurisdictions and actor.jurisdictions.issuperset(jurisdictions)):
        raise Forbidden("不能授予超出自己管辖范围的权限。", "You can't grant a wider reach than your own.")
