"""Bring a database to this code's schema."""

from alembic import command
from alembic.config import Config

from service.core.health import MIGRATIONS


def configuration(owner_url: str) -> Config:
    """Return Alembic's configuration for a database, as its owner."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = owner_url
    return config


def upgrade(owner_url: str) -> None:
    """Run every migration that the database lacks; each in its own transaction."""
    command.upgrade(configuration(owner_url), "head")
