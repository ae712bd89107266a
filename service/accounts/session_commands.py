"""Signing in and out: the door that guessers try.

An attempt is written down, and committed, before its password is looked at, and struck out when the password was right.
So at most five guesses at a name are hashed in fifteen minutes, however many arrive at once, and a wrong one is
remembered although its request fails. A name that nobody has is treated exactly like one that somebody has.
"""

import datetime as dt
import math
import secrets
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from service.accounts.access import ANONYMOUS, Actor, digest, person
from service.accounts.models import LoginAttempt, User, UserSession
from service.accounts.passwords import hash_password, matches, refuse_weak
from service.accounts.queries import sign_in_state, user_by_name
from service.audit.actions import Action
from service.audit.ration import Ration
from service.audit.record import record
from service.core.db import Database
from service.core.errors import FieldError, Invalid, TooManyRequests, Unauthenticated

log = structlog.get_logger()
# Five a quarter of an hour are tried of each name somebody has, but names can be made up without end.
_MADE_UP = Ration(100)


class WrongCredentials(Unauthenticated):
    """No active user has this name and password; which of the two is wrong is not said."""

    code, title_zh, title_en = "wrong-credentials", "用户名或密码错误", "Wrong user name or password"


class SignInBarred(TooManyRequests):
    """Too many wrong passwords for this name or from this address."""

    code, title_zh, title_en = "sign-in-barred", "登录已暂停", "Sign-in is barred for now"


@dataclass(frozen=True, slots=True)
class Client:
    """Where a sign-in comes from."""

    address: str
    agent: str | None


class Opened(NamedTuple):
    """A session just opened, and the token that its cookie carries."""

    token: str
    user: User
    session: UserSession


def sign_in(database: Database, username: str, password: str, client: Client, *, lifetime: dt.timedelta) -> Opened:
    """Open a session with a new token (256 random bits, kept as a hash only).

    Raises WrongCredentials, or SignInBarred with `Retry-After` before any password is looked at.
    """
    name = unicodedata.normalize("NFKC", username).strip().lower()
    user = _prove(database, name, password, client)
    if user is None:
        raise WrongCredentials
    token = secrets.token_urlsafe(32)
    with database.write(person(user)) as session:
        return Opened(token, user, open_session(session, user, token, client, lifetime=lifetime))


def open_session(session: Session, user: User, token: str, client: Client, *, lifetime: dt.timedelta) -> UserSession:
    """Enter a session for a user who has proved who they are, unless they were shut out meanwhile."""
    signed_in = update(User).where(User.id == user.id, User.is_active, User.password_hash == user.password_hash)
    if session.scalar(signed_in.values(last_login_at=func.now()).returning(User.id)) is None:
        raise WrongCredentials
    values = {
        "token_hash": digest(token),
        "user_id": user.id,
        "csrf_token": secrets.token_urlsafe(24),
        "expires_at": func.now() + lifetime,
        "address": client.address,
        "agent": client.agent and client.agent[:200],
    }
    opened = session.scalars(insert(UserSession).values(values).returning(UserSession)).one()
    record(session, Action.SESSION_OPENED, "user", user.username, after={"address": client.address})
    return opened


def sign_out(session: Session, actor: Actor, token_hash: bytes) -> None:
    """End this session; its cookie is worthless from the commit on."""
    session.execute(delete(UserSession).where(UserSession.token_hash == token_hash))
    record(session, Action.SESSION_CLOSED, "user", actor.label)


def sign_out_everywhere(session: Session, actor: Actor) -> None:
    """End every session of the actor, this one too."""
    ended = session.execute(
        delete(UserSession).where(UserSession.user_id == actor.user_id).returning(UserSession.user_id)
    ).all()
    record(session, Action.SESSION_CLOSED_EVERYWHERE, "user", actor.label, after={"count": len(ended)})


def change_own_password(
    database: Database, actor: Actor, current: str, new: str, client: Client, *, keep: bytes
) -> None:
    """Change the actor's password and end their other sessions; `keep` is the hash of this one's token.

    A wrong present password counts like a wrong one at sign-in, so that a borrowed screen can't be used to guess.
    """
    refuse_weak(new, actor.label, "/new_password")
    user = _prove(database, actor.label, current, client)
    if user is None:
        zh, en = "当前密码不正确。", "The current password is wrong."
        raise Invalid(zh, en, errors=[FieldError("/current_password", "wrong", zh, en)])
    stored = hash_password(new)
    with database.write(actor) as session:
        session.execute(update(User).where(User.id == user.id).values(password_hash=stored, version=User.version + 1))
        session.execute(delete(UserSession).where(UserSession.user_id == user.id, UserSession.token_hash != keep))
        record(session, Action.USER_PASSWORD_CHANGED, "user", actor.label)


def _prove(database: Database, username: str, password: str, client: Client) -> User | None:
    """Return the active user of this name if the password is theirs; no transaction is open while it is hashed."""
    with database.write(ANONYMOUS) as session:
        _note_attempt(session, username, client)
        user = user_by_name(session, username)
    good = matches(password, user.password_hash if user else None) and user is not None and user.is_active
    with database.write(ANONYMOUS) as session:
        if good:
            session.execute(delete(LoginAttempt).where(LoginAttempt.username == username))
        else:
            _record_refusal(session, username, user, client)
    return user if good else None


def _note_attempt(session: Session, username: str, client: Client) -> None:
    # One at a time for each name: else a hundred guesses at once would all see the four before them.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"sign-in:{username}", 0))))
    state = sign_in_state(session, username, client.address)
    until = max(filter(None, (state.name_until, state.address_until)), default=None)
    if until is not None:
        seconds = math.ceil((until - state.now).total_seconds())
        minutes = math.ceil(seconds / 60)
        raise SignInBarred(
            f"错误次数过多,请 {minutes} 分钟后再试,或请管理员重设密码。",
            f"Too many wrong passwords. Try again in {minutes} min, or ask an administrator for a new password.",
            headers={"Retry-After": str(seconds)},
        )
    session.add(LoginAttempt(username=username, address=client.address))


def _record_refusal(session: Session, username: str, user: User | None, client: Client) -> None:
    state = sign_in_state(session, username, client.address)
    if state.address_until is not None:
        record(session, Action.ADDRESS_BARRED, "address", client.address, after={"until": state.address_until})
    if user is None and not _MADE_UP.take():
        log.warning("sign-in refused", address=client.address)
        return
    # A name nobody has may be a password typed in the wrong field: it is not written where it stays for ever.
    subject = user.username if user else "unknown"
    record(session, Action.SESSION_REFUSED, "user", subject, after={"address": client.address})
    if state.name_until is not None:
        record(session, Action.USER_LOCKED, "user", subject, after={"until": state.name_until})
