"""Fixtures on a real PostGIS: a private cluster, one migrated template, a copy per worker.

`session` rolls back; `client`, `as_role` and `database` commit for real (hot doors and workers see it) and the
tables are emptied afterwards. Nothing is mocked but the date.
"""

import datetime as dt
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from service import demo
from service.accounts.access import CSRF_HEADER, Actor, system
from service.accounts.permissions import Role
from service.core import clock
from service.core.cluster import ClusterUrls, ensure
from service.core.db import Database
from service.core.migrate import upgrade
from service.core.settings import Settings
from service.main import create_app
from service.workdays.commands import seed_calendar
from tests.caller import Caller

ROOT = Path(__file__).parents[1]
TODAY = dt.date(2022, 11, 15)


@pytest.fixture(scope="session")
def cluster() -> ClusterUrls:
    """The tests' own server, without durability; left running between runs."""
    return ensure(ROOT / ".local" / "test", durable=False)


def _database_of(urls: ClusterUrls, name: str) -> ClusterUrls:
    return ClusterUrls(*(make_conninfo(getattr(urls, each), dbname=name) for each in ClusterUrls.__slots__))


@contextmanager
def _one_at_a_time(admin: psycopg.Connection[Any], lock: int) -> Iterator[None]:
    admin.execute("SELECT pg_advisory_lock(%s)", (lock,))
    try:
        yield
    finally:
        admin.execute("SELECT pg_advisory_unlock(%s)", (lock,))


def _is_there(admin: psycopg.Connection[Any], name: str) -> bool:
    return admin.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def _rename(admin: psycopg.Connection[Any], old: str, new: str) -> None:
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _digest(*folders: str) -> str:
    """Sixteen digits that change with any file of these folders."""
    found = hashlib.sha256()
    for path in sorted(path for folder in folders for path in (ROOT / folder).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _template(urls: ClusterUrls, admin: psycopg.Connection[Any]) -> str:
    """Migrate a template once per state of the migrations; other workers wait for the one that does it."""
    name = f"template_{_digest('migrations')}"
    with _one_at_a_time(admin, 4711):
        if not _is_there(admin, name):
            making = f"{name}_making"
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(making)))
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER gongdi_owner").format(sql.Identifier(making)))
            with psycopg.connect(make_conninfo(urls.superuser_url, dbname=making), autocommit=True) as connection:
                connection.execute(
                    "CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm; ALTER SCHEMA public OWNER TO gongdi_owner"
                )
            upgrade(_database_of(urls, making).owner_url)
            _seed(_database_of(urls, making))
            _rename(admin, making, name)
    return name


def _seed(urls: ClusterUrls) -> None:
    """Fill what `gongdi db upgrade` fills after the migrations."""
    seeded = Database(Settings(database_url=urls.owner_url, app_url=urls.app_url, public_url=urls.public_url))
    with seeded.write(system("test")) as session:
        seed_calendar(session)
    seeded.close()


@pytest.fixture(scope="session")
def new_database(cluster: ClusterUrls) -> Iterator[Callable[..., ClusterUrls]]:
    """Make a fresh, migrated database, or one like another that nobody uses; dropped at the end of the run."""
    made: list[str] = []
    with psycopg.connect(make_conninfo(cluster.superuser_url, dbname="postgres"), autocommit=True) as admin:
        template = _template(cluster, admin)

        def make(like: ClusterUrls | None = None) -> ClusterUrls:
            name = f"test_{os.getpid()}_{secrets.token_hex(4)}"
            source = template if like is None else str(conninfo_to_dict(like.owner_url)["dbname"])
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER gongdi_owner").format(
                    *map(sql.Identifier, (name, source))
                )
            )
            made.append(name)
            return _database_of(cluster, name)

        yield make
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def urls(new_database: Callable[[], ClusterUrls]) -> ClusterUrls:
    """This worker's database, one address per role; without the entries of its making, like after every test."""
    made = new_database()
    with psycopg.connect(made.superuser_url, autocommit=True) as connection:
        connection.execute(EMPTIED)
    return made


@pytest.fixture(scope="session")
def settings(urls: ClusterUrls, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings as the demo has them, on this worker's database."""
    return Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=urls.owner_url,
        app_url=urls.app_url,
        public_url=urls.public_url,
        demo=True,
        today=TODAY,
        log_level="warning",
        pool_size=4,
        session_pool_size=4,
    )


class Demo(NamedTuple):
    """A database with the demo district, the home that goes with it, and what loading it told."""

    urls: ClusterUrls
    settings: Settings
    told: list[str]


@pytest.fixture(scope="session")
def _first_demo(cluster: ClusterUrls, new_database: Callable[..., ClusterUrls]) -> Demo:
    """The demo as the loader leaves it, once per state of the sources; every use is a copy."""
    name = f"demo_{_digest('migrations', 'gis_data', 'service')}"
    urls, home = _database_of(cluster, name), ROOT / ".local" / "test" / name
    own = Settings(
        home=home,
        database_url=urls.owner_url,
        app_url=urls.app_url,
        public_url=urls.public_url,
        demo=True,
        today=TODAY,
        log_level="warning",
        map_notice="示意数据 illustrative",
    )
    told = home.with_suffix(".json")
    with (
        psycopg.connect(make_conninfo(cluster.superuser_url, dbname="postgres"), autocommit=True) as admin,
        _one_at_a_time(admin, 4712),
    ):
        if not _is_there(admin, name):
            fresh = new_database()
            told.write_text(json.dumps(_load_demo(own, fresh)), encoding="utf-8")
            _rename(admin, str(conninfo_to_dict(fresh.owner_url)["dbname"]), name)
    return Demo(urls, own, json.loads(told.read_text(encoding="utf-8")))


def _load_demo(own: Settings, urls: ClusterUrls) -> list[str]:
    """Load the demo into a fresh database and the home of `own`; return what it told."""
    shutil.rmtree(own.home, ignore_errors=True)
    settings, told = own.model_copy(update=urls.settings()), list[str]()
    database = Database(settings)
    database.pool.open()
    demo.load(database, settings, told.append)
    database.close()
    return told


@pytest.fixture(scope="session")
def new_demo(
    _first_demo: Demo, new_database: Callable[..., ClusterUrls], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Demo]:
    """Make a demo of one's own."""

    def make() -> Demo:
        urls, home = new_database(_first_demo.urls), tmp_path_factory.mktemp("demo")
        shutil.copytree(_first_demo.settings.home, home, dirs_exist_ok=True)
        own = _first_demo.settings.model_copy(update={"home": home} | urls.settings())
        return Demo(urls, own, [*_first_demo.told])

    return make


@pytest.fixture(scope="session")
def owner(urls: ClusterUrls) -> Iterator[psycopg.Connection[Any]]:
    """An autocommit connection as the owner role: to look behind the service's back."""
    with psycopg.connect(urls.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def superuser(urls: ClusterUrls) -> Iterator[psycopg.Connection[Any]]:
    """An autocommit connection as superuser: to tamper, and to empty tables."""
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        yield connection


TABLES = """
    notification checklist_document checklist_event checklist_origin checklist_item checklist checklist_template
    checklist_policy checklist_run
    lot_bid lot_bidder lot_event lot_parcel lot notice
    contract_event contract_extension contract_exclusion contract_parcel instalment payment permit works_report
    standard_land_indicator standard_land_actual standard_land_step idle_case contract
    scheme_step scheme_evidence scheme_use scheme_parcel supply_scheme
    plan_target_decision plan_target_change plan_target plan_item plan_event plan_declared_total supply_plan plan_plot
    blocked_period
    overlay_result overlay_check overlay_run control_piece control_feature control_layer
    audit_entry parcel_event parcel_land_use parcel_survey parcel lineage_revival lineage_operation
    parcel_tally region_tally parcel_history_tally export
    import_finding staged_parcel import_change field_map import document region jurisdiction backdrop_feature
    idempotency_key login_attempt user_session api_key user_account revision_touch jobs.procrastinate_events
    jobs.procrastinate_periodic_defers jobs.procrastinate_jobs
"""
EMPTIED = f"""
SET session_replication_role = replica;
{"; ".join(f"DELETE FROM {table}" for table in TABLES.split())};
UPDATE audit_head SET seq = 0, hash = sha256('gongdi audit');
UPDATE revision SET value = value + 1;
SET session_replication_role = origin;
"""


@pytest.fixture(scope="session")
def app(settings: Settings) -> FastAPI:
    """The service itself."""
    return create_app(settings)


@pytest.fixture(scope="session")
def _running(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def database(settings: Settings, superuser: psycopg.Connection[Any]) -> Iterator[Database]:
    """The database with real commits; emptied after the test."""
    clock.fix_today(TODAY)
    database = Database(settings)
    database.pool.open()
    yield database
    database.close()
    superuser.execute(EMPTIED)


@pytest.fixture
def client(_running: TestClient, superuser: psycopg.Connection[Any]) -> Iterator[TestClient]:
    """An anonymous caller of the running service; tables are emptied after the test."""
    clock.fix_today(TODAY)
    _running.cookies.clear()
    yield _running
    _running.cookies.clear()
    superuser.execute(EMPTIED)


@pytest.fixture
def as_role(client: TestClient, owner: psycopg.Connection[Any]) -> Callable[..., Caller]:
    """Sign in as a new user of a role, without the cost of a password hash."""

    def sign_in(
        role: Role | str, *, jurisdictions: list[str] | None = None, bureau: str = "natural_resources"
    ) -> Caller:
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        username = f"{role}.{secrets.token_hex(3)}"
        own = bureau if role == Role.TRACK_OFFICER else None
        owner.execute(
            "WITH u AS (INSERT INTO user_account"
            " (username, display_name, role, lead_bureau, jurisdictions, password_hash)"
            " VALUES (%s, %s, %s, %s, %s, 'none') RETURNING id)"
            " INSERT INTO user_session (token_hash, user_id, csrf_token, expires_at)"
            " SELECT %s, id, %s, now() + interval '1 hour' FROM u",
            (username, username, str(role), own, jurisdictions, hashlib.sha256(token.encode()).digest(), csrf),
        )
        return Caller(client, {"cookie": f"gongdi_session={token}", CSRF_HEADER: csrf}, username)

    return sign_in


@pytest.fixture
def actor() -> Actor:
    """An actor that may and sees everything."""
    return system("test")


@pytest.fixture
def session(settings: Settings, urls: ClusterUrls, actor: Actor) -> Iterator[Session]:
    """A session in a transaction that is rolled back; commits inside it only end a savepoint. Role gongdi_app."""
    clock.fix_today(TODAY)
    database = Database(settings)
    with database.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            session.info["actor"] = actor
            yield session
        outer.rollback()
    database.close()
