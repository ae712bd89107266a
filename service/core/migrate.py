"""Bring a database to this code's schema."""

from alembic import command, op
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from service.core.errors import Unavailable
from service.core.health import MIGRATIONS


def configuration(owner_url: str) -> Config:
    """Return Alembic's configuration for a database, as its owner."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = owner_url
    return config


def upgrade(owner_url: str) -> None:
    """Run every migration that the database lacks; each in its own transaction.

    Raises:
        Unavailable: if the database is newer than this code, or its owner may not do what a migration does.

    """
    try:
        command.upgrade(configuration(owner_url), "head")
    except CommandError as error:
        raise Unavailable(
            f"数据库结构比本程序新: {error}", f"The database's schema is newer than this program: {error}"
        ) from error
    except DBAPIError as error:
        reason = str(error.orig).strip()
        raise Unavailable(f"数据库结构迁移失败: {reason}", f"Migrating the database failed: {reason}") from error


def script(name: str) -> str:
    """Return the text of `migrations/sql/<name>.sql`."""
    return (MIGRATIONS / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def run_script(text: str) -> None:
    """Run SQL in a migration as it stands: through the driver, which leaves its percent signs alone."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101 - narrows the type: the migration runs on a live connection
    driver.execute(text)
