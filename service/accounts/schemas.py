"""Wire shapes of sessions, users and keys."""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from pydantic.config import JsonDict

from service.accounts.passwords import LENGTH_MAX
from service.accounts.permissions import Permission, Role, Scope
from service.core.schemas import CalendarDay, Input, Line, Output

Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{2,40}$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=LENGTH_MAX)]
Jurisdictions = Annotated[list[Line], Field(min_length=1, max_length=500, description="codes; null: all jurisdictions")]


def _left_out() -> Any:  # noqa: ANN401 - pydantic's own type of a field
    """A member that may be left out but, unless its type says so, not be null; only those given are read."""
    return Field(None, json_schema_extra=_without_default)


def _without_default(schema: JsonDict) -> None:
    schema.pop("default", None)


class SignIn(Input):
    """What the sign-in form sends."""

    username: Annotated[str, StringConstraints(max_length=100)] = Field(examples=["registrar"])
    password: Annotated[str, StringConstraints(max_length=LENGTH_MAX)]


class PasswordChange(Input):
    """A user's own change of password."""

    current_password: Annotated[str, StringConstraints(max_length=LENGTH_MAX)]
    new_password: Password


class SessionUser(Output):
    """The signed-in person."""

    username: str
    display_name: str
    role: Role
    lead_bureau: str | None
    jurisdictions: list[str] | None


class SessionRead(Output):
    """A session, as the web needs it: `csrf_token` goes back in `X-CSRF-Token` with every change."""

    user: SessionUser
    permissions: list[Permission]
    csrf_token: str
    expires_at: dt.datetime
    today: dt.date
    demo: bool


class UserCreate(Input):
    """A new user."""

    username: Username = Field(examples=["li.registrar"])
    display_name: Line
    role: Role
    lead_bureau: Line | None = None
    jurisdictions: Jurisdictions | None = None
    password: Password


class UserChange(Input):
    """What changes of a user; what is left out stays."""

    display_name: Line = _left_out()
    role: Role = _left_out()
    lead_bureau: Line | None = _left_out()
    jurisdictions: Jurisdictions | None = _left_out()
    is_active: bool = _left_out()
    password: Password = _left_out()


class UserRead(SessionUser):
    """A user as administrators see it."""

    is_active: bool
    locked_until: dt.datetime | None = None
    last_login_at: dt.datetime | None
    created_at: dt.datetime
    version: int


class KeyCreate(Input):
    """A new key for a program."""

    name: Annotated[str, StringConstraints(pattern=r"^[\w.-]{2,60}$")] = Field(examples=["trading-centre"])
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=2)]
    expires_on: CalendarDay | None = Field(None, description="last day it works; null: until revoked")
    jurisdictions: Jurisdictions | None = None


class KeyRead(Output):
    """A key without its secret."""

    id: int
    name: str
    prefix: str
    scopes: list[Scope]
    jurisdictions: list[str] | None
    created_by: str
    created_at: dt.datetime
    expires_on: dt.date | None
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None


class KeyCreated(KeyRead):
    """A key with its secret, shown this once."""

    key: str = Field(examples=["gd_…"])
