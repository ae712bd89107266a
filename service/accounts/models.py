"""Users, their sessions, and the keys of programs."""

import datetime as dt

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from service.core.db import Base


class User(Base):
    """A person of the bureau, or of a bureau that owns tracks."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("username = lower(username) AND username ~ '^[a-z0-9_.-]{2,40}$'", name="username"),
        CheckConstraint("role <> 'track_officer' OR lead_bureau IS NOT NULL", name="track_officer_has_bureau"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    username: Mapped[str] = mapped_column(Text, unique=True)
    display_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text, comment="see accounts/permissions.py")
    lead_bureau: Mapped[str | None] = mapped_column(Text, comment="code of the list lead_bureau; of a track officer")
    jurisdictions: Mapped[list[str] | None] = mapped_column(ARRAY(Text), comment="codes this user may see; null: all")
    password_hash: Mapped[str] = mapped_column(Text, comment="argon2id")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="true")
    last_login_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")


class UserSession(Base):
    """A signed-in browser: known to the server, so that it can be ended at once."""

    __tablename__ = "user_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, comment="SHA-256 of the cookie's value")
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_seen_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    address: Mapped[str | None] = mapped_column(Text, comment="client address at sign-in")
    agent: Mapped[str | None] = mapped_column(Text, comment="browser's name for itself, cut to 200")


class ApiKey(Base):
    """A program's key: only its hash is kept."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, comment="SHA-256 of the key")
    prefix: Mapped[str] = mapped_column(Text, comment="first characters, to recognise a key by")
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="read, write")
    jurisdictions: Mapped[list[str] | None] = mapped_column(ARRAY(Text), comment="codes this key may see; null: all")
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_on: Mapped[dt.date | None]
    last_used_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True), comment="to the hour")
    revoked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class LoginAttempt(Base):
    """A wrong password, or one being tried now; names and addresses are throttled by it. Swept after a day.

    The one truth about lock-out: a name is locked whether or not a user has it, so that nobody learns who exists.
    """

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_username", "username", "at"),
        Index("ix_login_attempt_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    username: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
