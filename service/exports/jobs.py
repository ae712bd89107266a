"""Exports in the background: written by the worker, kept as a document for a week. A job may run twice."""

import datetime as dt
import shutil
import tempfile
from pathlib import Path

import procrastinate

from service.accounts.access import Actor, system
from service.core import clock
from service.core.db import Database, driver_connection
from service.core.errors import GongdiError
from service.core.jobs import ATTEMPTS, RETRY, Frame, Progress, queue
from service.core.settings import Settings
from service.documents import storage
from service.exports import commands, files, queries
from service.exports.commands import RUN, UNHURRIED
from service.exports.files import Heard
from service.exports.models import Export

KEPT_DAYS = 7
_FRAME = Frame(RUN, "export_id", "export", lock=4_490_005)
_PROGRESS = "UPDATE export SET done = %(done)s WHERE id = %(id)s"
_LARGEST_FILE = 1 << 40
_ACTOR = system(RUN, kind="job")
_BROKEN = "导出程序出错，请联系管理员（导出 {id}）· The export failed by a fault of ours: tell an administrator ({id})."


@queue.task(name=RUN, pass_context=True, retry=RETRY)
def run(context: procrastinate.JobContext, *, export_id: int) -> None:
    """Carry out a queued export; it may run twice."""
    extra = context.additional_context
    run_now(extra["database"], extra["settings"], export_id)


def run_now(database: Database, settings: Settings, export_id: int, *, attempts: int = ATTEMPTS) -> None:
    """Carry out an export in this process; a finished one is left alone.

    What the asker can mend is reported at once; a fault of ours is raised, until `attempts` runs are spent on it.
    """
    with _FRAME.alone(database, export_id) as noting:
        with database.write(_ACTOR) as session:
            export = commands.start(session, export_id)
        if export is None:
            return
        progress = Progress(noting, _PROGRESS)
        with _FRAME.last_attempt_told(
            export_id, export.attempts, attempts, lambda _: _give_up(database, export_id, _BROKEN.format(id=export_id))
        ):
            try:
                _carry_out(database, settings, export, lambda done: progress(done=done, id=export_id))
            except GongdiError as error:
                _give_up(database, export_id, f"{error.zh} · {error.en}")


def _carry_out(database: Database, settings: Settings, export: Export, heard: Heard) -> None:
    asker = Actor(
        "job", export.created_by, None, frozenset(), None if export.reach is None else frozenset(export.reach)
    )
    order = files.order_told(export.order)
    with working_folder(settings) as folder, database.read() as session:
        connection = driver_connection(session)
        connection.execute(UNHURRIED)
        written = files.write(connection, asker, order, Path(folder), heard)
        with written.path.open("rb") as file:
            kept = storage.keep(settings.documents_dir, file, limit=_LARGEST_FILE)
    with database.write(_ACTOR) as session:
        commands.finish(session, _ACTOR, export.id, kept, written=written.rows)


def working_folder(settings: Settings) -> tempfile.TemporaryDirectory[str]:
    """Make a private folder for one file being written; it goes when the block ends."""
    folder = settings.home / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="writing-", dir=folder)


def _give_up(database: Database, export_id: int, problem: str) -> None:
    with database.write(_ACTOR) as session:
        commands.fail(session, export_id, problem)


@queue.periodic(cron="*/10 * * * *")
@queue.task(name="exports.sweep", queueing_lock="exports.sweep", pass_context=True)
def sweep(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Report exports that nobody carries out any more as failed; take back files a week old, and crashes' leavings."""
    extra = context.additional_context
    sweep_now(extra["database"], extra["settings"])


def sweep_now(database: Database, settings: Settings) -> None:
    """Do what `sweep` does, in this process."""
    _FRAME.sweep(database, lambda export_id: _give_up(database, export_id, _BROKEN.format(id=export_id)))
    with database.read() as session:
        outlived = queries.outlived(session, clock.now() - dt.timedelta(days=KEPT_DAYS))
    for export_id in outlived:
        with database.write(_ACTOR) as session:
            commands.expire(session, export_id)
    for folder in (settings.home / "exports").glob("writing-*"):
        if storage.is_old(folder):
            shutil.rmtree(folder, ignore_errors=True)
