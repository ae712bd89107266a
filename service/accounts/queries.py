"""Users, sessions and keys as read."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.accounts.access import Actor
from service.accounts.models import ApiKey, LoginAttempt, User, UserSession
from service.core.errors import Unauthenticated

WRONG_BY_NAME = 5
WRONG_BY_ADDRESS = 50
THROTTLE = dt.timedelta(minutes=15)


class UserWithLock(NamedTuple):
    """A user and, while their name is locked, until when."""

    user: User
    locked_until: dt.datetime | None


class SignInState(NamedTuple):
    """What throttling knows of a name and an address; instants are null while there is no bar."""

    name_until: dt.datetime | None
    address_until: dt.datetime | None
    now: dt.datetime


def _bar_end(
    key: InstrumentedAttribute[str], value: ColumnElement[str] | InstrumentedAttribute[str], limit: int
) -> Any:  # noqa: ANN401 - an SQL expression of an instant
    """Until when a name or address is barred: 15 minutes from its newest attempt, if `limit` fall within 15 minutes."""
    attempts = select(LoginAttempt.at).where(key == value).order_by(LoginAttempt.at.desc()).limit(1)
    newest = attempts.scalar_subquery()
    limiting = attempts.offset(limit - 1).scalar_subquery()
    return case((and_(newest > func.now() - THROTTLE, limiting > newest - THROTTLE), newest + THROTTLE))


def sign_in_state(session: Session, username: str, address: str) -> SignInState:
    """Return whether this name or address is barred from trying passwords."""
    row = session.execute(
        select(
            _bar_end(LoginAttempt.username, literal(username), WRONG_BY_NAME),
            _bar_end(LoginAttempt.address, literal(address), WRONG_BY_ADDRESS),
            func.now(),
        )
    ).one()
    return SignInState(*row)


def user_by_name(session: Session, username: str) -> User | None:
    """Return the user of this name."""
    return session.scalar(select(User).where(User.username == username))


def session_of(session: Session, token_hash: bytes) -> tuple[User, UserSession]:
    """Return a session and its user; raise Unauthenticated if it ended since the caller was let in."""
    joined = select(User, UserSession).join(UserSession, UserSession.user_id == User.id)
    found = session.execute(joined.where(UserSession.token_hash == token_hash)).one_or_none()
    if found is None:
        raise Unauthenticated
    user, opened = found
    return user, opened


def _within(actor: Actor, column: InstrumentedAttribute[list[str] | None]) -> ColumnElement[bool]:
    """Whether a holder's jurisdictions lie inside the actor's own; who is limited never sees one who isn't."""
    if actor.jurisdictions is None:
        return true()
    return column.op("<@", is_comparison=True)(sorted(actor.jurisdictions))


def visible_users(actor: Actor) -> Select[User]:
    """Return the users that this administrator may see and manage."""
    return select(User).where(_within(actor, User.jurisdictions))


def visible_keys(actor: Actor) -> Select[ApiKey]:
    """Return the keys that this administrator may see and revoke."""
    return select(ApiKey).where(_within(actor, ApiKey.jurisdictions))


def users_page(session: Session, actor: Actor, *, after: str | None, limit: int) -> Sequence[UserWithLock]:
    """Return users by name, up to `limit`, after the name `after`."""
    bar = _bar_end(LoginAttempt.username, User.username, WRONG_BY_NAME)
    rows = session.execute(
        visible_users(actor).add_columns(bar).where(User.username > (after or "")).order_by(User.username).limit(limit)
    )
    return [UserWithLock(*row) for row in rows]


def user_with_lock(session: Session, user: User) -> UserWithLock:
    """Return a user and until when their name is locked."""
    return UserWithLock(
        user, session.scalar(select(_bar_end(LoginAttempt.username, literal(user.username), WRONG_BY_NAME)))
    )


def keys_page(session: Session, actor: Actor, *, before: int | None, limit: int) -> Sequence[ApiKey]:
    """Return keys, newest first, revoked ones included."""
    query = visible_keys(actor).order_by(ApiKey.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(ApiKey.id < before)).all()
