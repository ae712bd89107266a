"""Settings of one running service; nothing else reads the environment."""

import datetime as dt
import ipaddress
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All settings, each from `GONGDI_<NAME>`; frozen once built."""

    model_config = SettingsConfigDict(env_prefix="GONGDI_", frozen=True, extra="ignore")

    home: Path = Field(Path(".local"), description="Folder of the private database, documents and secrets.")
    database_url: str | None = Field(
        None, description="PostgreSQL URL of the owner role; unset: a private cluster in home."
    )
    app_url: str | None = Field(
        None, description="URL of role gongdi_app; unset: database_url with SET ROLE gongdi_app."
    )
    public_url: str | None = Field(None, description="URL of role gongdi_public; unset: database_url with that role.")
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the server listens on.")
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="Addresses and networks of reverse proxies whose X-Forwarded-For is believed, with commas between.",
    )
    base_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#]+)?$",
        description="Address that clients reach the service by, https://gongdi.example; unset: TileJSON gives paths.",
    )
    demo: bool = Field(False, description="Demo mode: illustrative data, plain-HTTP cookies, a fixed date.")
    today: dt.date | None = Field(
        None, description="Fixes the service's date (demo: 2022-11-15); unset: the real date."
    )
    secure_cookies: bool = Field(
        False, description="Send the session cookie over HTTPS only; required unless on loopback."
    )
    pool_size: int = Field(8, ge=2, le=64, description="Database connections per worker for the hot read doors.")
    session_pool_size: int = Field(
        8, ge=2, le=64, description="Database connections per worker for commands and rich reads."
    )
    statement_timeout_ms: int = Field(15_000, ge=100, description="Longest statement of a request, in milliseconds.")
    lock_timeout_ms: int = Field(3_000, ge=50, description="Longest wait for a row lock, in milliseconds.")
    max_body_mib: int = Field(10, ge=1, description="Largest JSON body, in MiB.")
    max_upload_mib: int = Field(512, ge=1, description="Largest uploaded file, in MiB.")
    import_four_eyes: bool = Field(
        False, description="An import under review is published by another person than the one who brought it in."
    )
    tile_cache_mib: int = Field(256, ge=0, description="Memory for encoded tiles per worker, in MiB.")
    tiles_at_once: int = Field(
        4, ge=1, le=64, description="Tiles made at the same time per worker; best about the database's cores."
    )
    session_idle_minutes: int = Field(30, ge=1, description="A session unused for this long ends.")
    session_hours: int = Field(12, ge=1, description="A session ends after this long whatever happens.")
    map_notice: str = Field("", description="Map approval number (审图号) or data notice shown on the map.")
    log_level: str = Field("info", description="Least severe level that is logged.")
    log_json: bool = Field(False, description="Log lines as JSON, one object a line.")

    @property
    def documents_dir(self) -> Path:
        """Where the original files are kept, by content hash."""
        return self.home / "documents"

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in {"127.0.0.1", "localhost", "::1"}

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, listed: str) -> str:
        """Refuse `*` and names: whoever is believed can give any address as their own, and so is never throttled."""
        for each in filter(None, listed.split(",")):
            ipaddress.ip_network(each.strip())
        return listed

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Self:
        if not (self.on_loopback or self.secure_cookies or self.demo):
            msg = "GONGDI_SECURE_COOKIES must be true when the server listens beyond loopback"
            raise ValueError(msg)
        if self.today is not None and not self.demo:
            msg = "GONGDI_TODAY fixes the date for a demo only (GONGDI_DEMO): keys would never expire"
            raise ValueError(msg)
        return self
