"""The demo: an illustrative district (示意数据) that comes in through the same doors as a bureau's own data."""

import datetime as dt
import json
import os
import secrets
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.orm import Session

from service import demo_checklists, demo_courses, demo_plans, demo_supply, demo_variety
from service.accounts import commands as accounts
from service.accounts.access import system
from service.accounts.models import User
from service.accounts.permissions import ROLE_TITLES, Role, Scope
from service.audit.actions import Action
from service.audit.record import record
from service.checklist.models import ChecklistPolicy
from service.codes.loader import GIS_DATA
from service.constraints.commands import start_run
from service.constraints.jobs import run_now as compare_now
from service.constraints.models import ControlLayer, OverlayCheck, OverlayResult, OverlayRun
from service.core import clock
from service.core.db import Database, engine_for
from service.core.errors import Conflict
from service.core.plurals import Count
from service.core.settings import Settings
from service.documents import storage
from service.documents.models import Document
from service.imports.commands import create_import
from service.imports.control_layers import Control
from service.imports.jobs import run_now
from service.imports.models import Finding, Import
from service.layers.commands import load_backdrop
from service.parcels.event_commands import Lived, replay_events
from service.parcels.models import Parcel, ParcelEvent
from service.plans.models import SupplyPlan
from service.regions.commands import load_regions
from service.regions.loader import read_outlines
from service.schemes.models import SupplyScheme
from service.workdays.commands import create_order, seed_calendar
from service.workdays.models import BlockedOrder, CalendarDay, CalendarYear

TODAY = dt.date(2022, 11, 15)
"""The day the demo stands still at: the fourth quarter of the newspaper text."""
JURISDICTION = "ZDXQ"
SEED = GIS_DATA / "seed"
CONTROL_LAYERS: tuple[dict[str, Any], ...] = tuple(tomllib.loads((SEED / "control.toml").read_text("utf-8"))["layers"])
BLOCKED: tuple[dict[str, Any], ...] = tuple(tomllib.loads((SEED / "blocked.toml").read_text("utf-8"))["periods"])
PARCEL_FILES = ("parcels_west.gpkg", "parcels_university.zip", "parcels_south.geojson", "parcels_new.txt")
USERNAMES = {
    Role.ADMINISTRATOR: "admin",
    Role.PLANNER: "planner",
    Role.REGISTRAR: "registrar",
    Role.LISTING_OFFICER: "listing",
    Role.TRACK_OFFICER: "track",
    Role.APPROVER: "approver",
    Role.VIEWER: "viewer",
}
ACTOR = system("demo")
Tell = Callable[[str], None]


class HoldsRealData(Conflict):
    """The database has parcels that the demo did not bring: it is somebody's work."""

    code, title_zh, title_en = "holds-real-data", "数据库中已有正式数据", "The database holds real data"


class DemoImportRefused(Conflict):
    """A file of the demo was not published: its parcels clash with something in the database."""

    code, title_zh, title_en = "demo-import-refused", "示意数据未能导入", "A demo file was refused"


def is_loaded(session: Session) -> bool:
    """Tell whether the demo's parcels are all there with their history, and what is built on them."""
    files = {*PARCEL_FILES, *(each["file"] for each in CONTROL_LAYERS)}
    first = (SupplyPlan.id, SupplyScheme.id, ChecklistPolicy.jurisdiction_id)
    planned = all(session.scalar(select(each).limit(1)) is not None for each in first)
    return (
        planned
        and set(session.scalars(_published())) == files
        and not _lives_left(session)
        and not _blocks_left(session)
    )


def load(database: Database, settings: Settings, tell: Tell = print) -> None:
    """Load what is missing of the demo: regions, base map, parcels by import, their history, one account per role.

    A second call changes nothing but accounts whose passwords are lost. Raises HoldsRealData.
    """
    clock.fix_today(settings.today or TODAY)
    with database.write(ACTOR) as session:
        _refuse_real_data(session)
        areas = load_regions(session, read_outlines((SEED / "regions.geojson").read_bytes()))
        features = load_backdrop(session, (SEED / "backdrop.geojson").read_bytes())
    tell(f"区域 Regions: {sum(areas.values())}; 底图 Base map: {features}")
    for name in PARCEL_FILES:
        _import(database, settings, SEED / name, tell)
    _compare(database, [_import_layer(database, settings, layer, tell) for layer in CONTROL_LAYERS], tell)
    with database.write(ACTOR) as session:
        lives = _lives_left(session)
        entered = replay_events(session, ACTOR, lives) if lives else 0
        blocked = _blocks_left(session)
        for each in blocked:
            create_order(session, ACTOR, **{"jurisdiction": JURISDICTION, "regions": [], **each})
        record(session, Action.DEMO_LOADED, "demo", JURISDICTION, after={"events": entered, "blocked": len(blocked)})
    tell(f"地块历史 History: {entered} 个事件 events")
    tell(f"封控时段 Blocked: {len(blocked)} 个时段 periods")
    demo_plans.load(database, settings, JURISDICTION, tell)
    demo_supply.load(database, settings, JURISDICTION, tell, besides=demo_variety.act_out)
    demo_checklists.load(database, settings, JURISDICTION, tell)
    path = write_accounts(database, settings)
    demo_checklists.assign(database)
    tell(f"演示账号 Demo accounts: {path}")


# What was built on the parcels, from what points to what is pointed at.
_BUILT = (
    *("notification", "checklist_document", "checklist_event", "checklist_origin", "checklist_item", "checklist"),
    *("checklist_policy", "checklist_run", "checklist_template"),
    *("standard_land_step", "standard_land_actual", "standard_land_indicator", "works_report", "permit"),
    *("contract_extension", "contract_exclusion", "idle_case", "payment", "instalment", "contract_event"),
    *("contract_parcel", "contract", "lot_bid", "lot_bidder", "lot_event", "lot_parcel", "lot", "notice"),
    *("scheme_step", "scheme_evidence", "scheme_use", "scheme_parcel", "supply_scheme"),
    *("plan_target_decision", "plan_target_change", "plan_target", "plan_item", "plan_event"),
    *("plan_declared_total", "supply_plan", "plan_plot"),
)
# What refuses to be changed; the other triggers of parcel_event keep counts.
_KEEPERS = {"parcel_event": "parcel_event_append_only", **dict.fromkeys(_BUILT, "USER")}


def reset(database: Database, settings: Settings, tell: Tell = print) -> None:
    """Put a demo database back to its first state, with new passwords; what was added while trying it out goes too.

    Needs the owner role (`settings.database_url`): the service itself may not delete events. The audit log stays.
    Raises HoldsRealData where parcels are and the demo never was.
    """
    clock.fix_today(settings.today or TODAY)
    engine = engine_for(str(settings.database_url), pool_size=1)
    with Session(engine) as session, session.begin():
        session.info["actor"] = ACTOR
        session.execute(text("LOCK TABLE parcel, parcel_event IN ACCESS EXCLUSIVE MODE"))
        if session.scalar(_published().limit(1)) is None:
            _refuse_real_data(session)
        for table, trigger in _KEEPERS.items():
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"))
        removed = session.scalar(select(func.count()).select_from(Parcel))
        for name in _BUILT:
            session.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - our own tables
        for model in (OverlayCheck, OverlayRun, ControlLayer, ParcelEvent, Parcel, Import, Document, BlockedOrder):
            session.execute(delete(model))
        for edited in (CalendarDay, CalendarYear):
            session.execute(delete(edited).where(edited.edited_by.is_not(None)))
        seed_calendar(session)
        for table, trigger in _KEEPERS.items():
            session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}"))
        record(session, Action.DEMO_RESET, "demo", JURISDICTION, before={"parcels": removed})
    engine.dispose()
    (settings.home / "demo.json").unlink(missing_ok=True)
    load(database, settings, tell)


def _published() -> Select[str]:
    return select(Import.file_name).where(Import.created_by == ACTOR.label, Import.status == "published").distinct()


def _import_layer(database: Database, settings: Settings, layer: dict[str, Any], tell: Tell) -> bool:
    about = Control(*(layer[name] for name in Control._fields))
    return _import(database, settings, SEED / layer["file"], tell, about)


def _compare(database: Database, new: list[bool], tell: Tell) -> None:
    """Compare every parcel with the control layers, if there is a new one."""
    if not any(new):
        return
    with database.write(ACTOR) as session:
        run = start_run(session, ACTOR, None, queue=False)
    compare_now(database, run.id)
    with database.read() as session:
        results = session.scalar(select(func.count()).select_from(OverlayResult))
    tell(f"管控分析 Constraints: {results} 条结果 results")


def _import(database: Database, settings: Settings, path: Path, tell: Tell, control: Control | None = None) -> bool:
    """Bring one file in, unless it is there: submitted, read, checked and published like any other. True: it is new."""
    with database.read() as session:
        if path.name in session.scalars(_published()).all():
            return False
    with path.open("rb") as stream:
        kept = storage.keep(settings.documents_dir, stream, limit=settings.max_upload_mib << 20)
    with database.write(ACTOR) as session:
        submitted = create_import(
            session, ACTOR, kept, file_name=path.name, jurisdiction=JURISDICTION, control=control, queue=False
        )
    run_now(database, settings, submitted.id, attempts=1)
    with database.read() as session:
        done = session.get_one(Import, submitted.id)
        if done.status != "published":
            found = session.scalars(select(Finding.message).where(Finding.import_id == done.id).limit(3)).all()
            why = "; ".join(found) or done.problem or ""
            raise DemoImportRefused(f"{path.name}: {why}", f"{path.name} was not published: {why}")
        tell(f"导入 Import: {path.name} {done.published} {'宗 parcels' if control is None else '个区域 areas'}")
    return True


def _refuse_real_data(session: Session) -> None:
    ours = select(Import.id).where(Import.created_by == ACTOR.label)
    others = session.scalar(
        select(func.count()).select_from(Parcel).where(Parcel.import_id.is_(None) | Parcel.import_id.not_in(ours))
    )
    if others:
        raise HoldsRealData(
            f"数据库中有 {others} 宗不是示意数据的地块,不能装载示意数据。",
            f"The database has {Count(others):parcel|parcels} from elsewhere; the demo is not loaded into it.",
        )


def _lives_left(session: Session) -> list[Lived]:
    """The events of the seed whose parcels have nothing but their first event yet."""
    untouched = set(
        session.scalars(
            select(Parcel.code)
            .join(ParcelEvent, ParcelEvent.parcel_id == Parcel.id)
            .group_by(Parcel.code)
            .having(func.count() == 1)
        )
    )
    return [
        Lived(event.code, event.kind, event.on, event.note)
        for code, events in demo_courses.histories().items()
        if code in untouched
        for event in demo_courses.entered(events)
    ]


def _blocks_left(session: Session) -> tuple[dict[str, Any], ...]:
    """The orders of the seed, unless they have been entered; one that somebody took out since stays out."""
    entered = select(BlockedOrder.id).where(BlockedOrder.created_by == ACTOR.label).limit(1)
    return BLOCKED if session.scalar(entered) is None else ()


def write_accounts(database: Database, settings: Settings) -> Path:
    """Make one account per role and a read-only API key, with random secrets, and write them to `{home}/demo.json`.

    The file is for its owner only (0600). Nothing happens while it is there.
    """
    path = settings.home / "demo.json"
    if path.exists():
        return path
    with database.write(ACTOR) as session:
        signs = [_account(session, role) for role in Role]
        _, key = accounts.create_api_key(session, ACTOR, f"demo-{secrets.token_hex(3)}", [Scope.READ])
    found = {"url": _url(settings), "today": str(settings.today or TODAY), "accounts": signs, "api_key": key}
    _write_private(path, json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return path


def _account(session: Session, role: Role) -> dict[str, str]:
    username, password = USERNAMES[role], secrets.token_urlsafe(12)
    if session.scalar(select(User.id).where(User.username == username)) is None:
        title, bureau = ROLE_TITLES[role][0], "cultural_relics" if role is Role.TRACK_OFFICER else None
        accounts.create_user(
            session, ACTOR, username, password, display_name=f"{title}(演示)", role=role, lead_bureau=bureau
        )
    else:
        accounts.set_password(session, ACTOR, username, password)
    return {"role": role, "username": username, "password": password}


def _url(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}/"


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
