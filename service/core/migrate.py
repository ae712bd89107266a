"""Bring a database to this code's schema."""

from alembic import command, op
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


def script(name: str) -> str:
    """Return the text of `migrations/sql/<name>.sql`."""
    return (MIGRATIONS / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def run_script(text: str) -> None:
    """Run SQL in a migration as it stands: through the driver, which leaves its percent signs alone."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101 - narrows the type: the migration runs on a live connection
    driver.execute(text)
