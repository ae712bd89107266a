"""Carrying out an import: once at a time, idempotent, all or nothing. It may be killed anywhere and run again."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import procrastinate
import psycopg
import pyarrow as pa
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import system
from service.core import clock, memory
from service.core.db import Database, driver_connection
from service.core.jobs import ATTEMPTS, RETRY, Frame, Progress, queue
from service.core.settings import Settings
from service.documents.models import Document
from service.documents.storage import path_of
from service.geo import crs
from service.imports import commands, control_layers, queries, review_commands
from service.imports.checking import Checked, check_against_existing, check_file
from service.imports.commands import RUN, Declared
from service.imports.map_models import SavedMap
from service.imports.mapping import Assignment, assigned
from service.imports.matching import check_matched, match
from service.imports.mending import mended, still_true
from service.imports.models import Import
from service.imports.proposing import Saved, profiles
from service.imports.publication import changing, obstacles, publish_staged, recheck, take_back
from service.imports.publish import Edition, publish
from service.imports.report import Report
from service.imports.sandbox import Reading, read_again, read_file
from service.imports.staging import note_repairs, stage
from service.imports.states import AT_WORK, STAGES
from service.parcels import following
from service.parcels import queries as parcels

_FRAME = Frame(RUN, "import_id", "import", lock=4_490_001, at_work=AT_WORK)
_ACTOR = system(RUN, kind="job")
_GIVEN_UP = (
    "导入多次中断，已停止，没有地块入库。请联系管理员 · "
    "The import broke off repeatedly and was stopped; nothing was published. Tell an administrator."
)
_BROKEN = (
    "导入程序出错，没有地块入库。请联系管理员（导入 {id}）· "
    "The import failed by a fault of ours; nothing was published. Tell an administrator (import {id})."
)
_FURTHER = """
UPDATE import SET stage = %(stage)s, done = %(done)s, total = coalesce(%(total)s, total)
WHERE id = %(id)s AND (array_position(%(order)s::text[], %(stage)s), %(done)s)
    > (coalesce(array_position(%(order)s::text[], stage), 0), done)
"""


class _Refused(Exception):
    """Errors came to light while the rows were being written; none of them stays."""


Watch = Callable[[str, int, int | None], None]
"""Hears stage, rows done and rows of the file."""


@queue.task(name=RUN, pass_context=True, retry=RETRY)
def run(context: procrastinate.JobContext, *, import_id: int) -> None:
    """Carry out a queued import; it may run twice."""
    extra = context.additional_context
    run_now(extra["database"], extra["settings"], import_id)


def run_now(
    database: Database, settings: Settings, import_id: int, watch: Watch | None = None, *, attempts: int = ATTEMPTS
) -> None:
    """Carry out an import in this process; a finished one is left alone.

    A fault of ours is raised again, until `attempts` runs have been spent on the import: then it is reported as failed.

    Raises:
        AlreadyRunning: another process is at it.

    """
    memory.keep_little()
    pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps some for every thread that ever used it
    with _FRAME.alone(database, import_id) as connection:
        with database.write(_ACTOR) as session:
            found = commands.start(session, import_id)
        if found is None:
            return
        work = _Work(database, settings, found, _Progress(Progress(connection, _FURTHER), import_id, watch))
        try:
            with _FRAME.last_attempt_told(
                import_id,
                found.attempts,
                attempts,
                lambda error: _give_up(database, import_id, _problem(error, import_id)),
            ):
                work.carry_on()
        finally:
            if not _is_staged(database, import_id):
                shutil.rmtree(work.folder, ignore_errors=True)
            memory.give_back()


def _is_staged(database: Database, import_id: int) -> bool:
    """Whether an import waits for review: then what was read of its file is kept, to be mapped anew."""
    with database.read() as session:
        return session.get_one(Import, import_id).status == "staged"


@queue.periodic(cron="* * * * *")
@queue.task(name="imports.sweep", queueing_lock="imports.sweep", pass_context=True)
def sweep(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks are told the time
    """Report imports that nobody carries out any more as failed, and remove what killed runs left behind."""
    extra = context.additional_context
    sweep_now(extra["database"], extra["settings"])


def sweep_now(database: Database, settings: Settings) -> None:
    """Do what `sweep` does, in this process."""
    _FRAME.sweep(database, lambda import_id: _give_up(database, import_id, _GIVEN_UP))
    with database.read() as session:
        left = {folder.name: folder for folder in (settings.home / "imports").glob("[0-9]*")}
        for import_id in queries.finished(session, list(map(int, left))):
            shutil.rmtree(left[str(import_id)], ignore_errors=True)


def _give_up(database: Database, import_id: int, problem: str) -> None:
    with database.write(_ACTOR) as session:
        commands.fail(session, import_id, problem)


def _problem(error: Exception, import_id: int) -> str:
    if isinstance(error, psycopg.errors.DiskFull):
        return "数据库磁盘已满，没有地块入库 · The database's disk is full; nothing was published."
    return _BROKEN.format(id=import_id)


@dataclass(slots=True)
class _Progress:
    """Writes how far a run has come, seen at once by everybody; never backwards, not even in a second run."""

    write: Progress
    import_id: int
    watch: Watch | None
    total: int | None = None

    def __call__(self, stage: str, done: int = 0) -> None:
        if self.watch is not None:
            self.watch(stage, done, self.total)
        at_once = done in {0, self.total}
        told = {"stage": stage, "done": done, "total": self.total, "id": self.import_id, "order": list(STAGES)}
        self.write(at_once=at_once, **told)


@dataclass(slots=True)
class _Work:
    """One run of one import."""

    database: Database
    settings: Settings
    found: Import
    progress: _Progress

    @property
    def folder(self) -> Path:
        """The run's own folder; a run that was killed left it behind."""
        return self.settings.home / "imports" / str(self.found.id)

    def carry_on(self) -> None:
        """Do what the import waits for; give it up when it was begun too often."""
        if self.found.attempts > ATTEMPTS:
            _give_up(self.database, self.found.id, _GIVEN_UP)
        elif self.found.status == "publishing":
            self.publish_staged()
        elif self.found.status == "undoing":
            self.undo()
        else:
            self.carry_out()

    def carry_out(self) -> None:
        """Read, check, then publish or refuse, or stage for review."""
        with self.database.read() as session:
            sha256 = session.get_one(Document, self.found.document_id).sha256
            areas = queries.areas(session)
            jurisdiction = queries.jurisdiction_area(session, self.found.jurisdiction_id)
        reading = self._read(path_of(self.settings.documents_dir, sha256))
        report = Report()
        report.add(still_true(reading.findings, self.found.repairs))
        if reading.rows == 0:
            self._finish(report, reading, sha256)
            return
        self.progress.total = reading.rows
        self.progress("checking")
        table = pa.Table.from_batches(reading.batches())
        if self.found.control is not None:
            self._publish_control(table, report, reading, sha256)
            return
        table = mended(table, self.found.repairs)
        columns = self._columns(table)
        maps = None if columns is None else (assigned(columns.assignments),)
        today = clock.today()
        with check_file(table, areas, jurisdiction, report, import_id=self.found.id, today=today, maps=maps) as checked:
            if columns is not None:
                self._stage(checked, reading, columns.described)
                return
            try:
                self._publish(checked, reading, sha256)
            except _Refused:
                self._finish(report, reading, sha256)

    def _read(self, file: Path) -> Reading:
        """Read the file in the sandbox, or take what an earlier run has read of it."""
        whole = self.folder / "whole"  # stands once everything was read
        if whole.exists():
            return read_again(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        self.progress("reading")
        said = Declared(**self.found.declared)
        reading = read_file(file, self.folder, crs=said.crs, encoding=said.encoding, layer=said.layer, hear=self._hear)
        if reading.rows:
            whole.touch()
        return reading

    def _columns(self, table: pa.Table) -> "_Columns | None":
        """What the columns of a file under review fill: as a person said, else as is proposed."""
        if self.found.mode == "direct":
            return None
        described = self.found.mapping
        if described is None:
            with self.database.read() as session:
                saved = [Saved(each.name, _assignments(each.columns)) for each in self._maps(session)]
            described = [each.as_dict() for each in profiles(table, saved)]
        return _Columns(described, _assignments(described))

    def _maps(self, session: Session) -> Sequence[SavedMap]:
        return queries.maps_for(session, self.found.jurisdiction_id)

    def _stage(self, checked: Checked, reading: Reading, described: list[dict[str, Any]]) -> None:
        """Compare with the parcels that are there and put the rows where a person reviews them, in one transaction."""
        with self.writing() as session:
            connection = driver_connection(session)
            matches = match(connection, checked, self.found.jurisdiction_id)
            check_matched(connection, checked, matches)
            checked.settle()
            self.progress("staging")
            progress = partial(self.progress, "staging")
            edition = self._edition(_epsg(reading))
            summary = stage(connection, checked.rows, matches, edition, progress=progress)
            note_repairs(connection, self.found.id, self.found.repairs)
            commands.note_staged(
                session,
                self.found.id,
                checked.report,
                nature=_nature(reading),
                mapping=described,
                summary=summary,
                rows=reading.rows,
            )

    def publish_staged(self) -> None:
        """Publish what was reviewed, if it still holds; else back to review."""
        self.progress("publishing")
        with self.writing() as session:
            connection = driver_connection(session)
            columns = reversed(self.found.mapping or [])
            report = Report(columns={each["field"]: each["column"] for each in columns if each["field"]})
            recheck(connection, self.found.id, self.found.jurisdiction_id, report)
            if report.errors:
                commands.note_stale(session, self.found.id, report)
                return
            edition = self._edition(self.found.source_crs)
            following.note(session, changing(connection, self.found.id))
            commands.note_published(session, self.found.id, publish_staged(connection, edition))

    def undo(self) -> None:
        """Take a publication back, if nothing was built on it meanwhile; else it stays published."""
        try:
            with self.writing() as session:
                connection = driver_connection(session)
                review_commands.refuse_built_on(obstacles(connection, self.found.id))
                following.note(session, changing(connection, self.found.id, back=True))
                gone, restored = take_back(connection, self.found.id)
                commands.note_undone(session, self.found.id, gone, restored)
        except review_commands.BuiltOn as error:
            _give_up(self.database, self.found.id, f"{error.zh} · {error}")

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that may take its time and is the only one that writes boundaries."""
        with self.database.write(_ACTOR) as session:
            session.execute(text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"))
            session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            parcels.lock_map(session)
            yield session

    def _hear(self, rows: int) -> None:
        """Pass on how many rows have been read; how many there are is known at the end."""
        self.progress("reading", rows)

    def _publish(self, checked: Checked, reading: Reading, sha256: str) -> None:
        """Publish or refuse in one transaction; raise `_Refused` if errors came to light after rows were written."""

        def confirm(*, wait: bool) -> None:
            checked.settle(wait=wait)
            if checked.report.errors:
                raise _Refused

        with self.writing() as session:
            connection = driver_connection(session)
            check_against_existing(connection, checked, self.found.jurisdiction_id)
            if checked.report.errors:
                checked.settle()
            else:
                self.progress("publishing")
                edition = self._edition(_epsg(reading))
                publish(connection, checked.rows, edition, progress=self.progress, confirm=confirm)
            self._note(session, checked.report, reading, sha256)

    def _publish_control(self, table: pa.Table, report: Report, reading: Reading, sha256: str) -> None:
        """Put a control layer in force, or refuse it, in one transaction."""
        areas = [] if report.errors else control_layers.check(table, report)
        with self.database.write(_ACTOR) as session:
            session.execute(text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"))
            if not report.errors:
                self.progress("publishing")
                control_layers.publish(session, self.found, areas)
            self._note(session, report, reading, sha256)

    def _finish(self, report: Report, reading: Reading, sha256: str) -> None:
        with self.database.write(_ACTOR) as session:
            self._note(session, report, reading, sha256)

    def _note(self, session: Session, report: Report, reading: Reading, sha256: str) -> None:
        commands.finish(session, self.found.id, report, sha256=sha256, nature=_nature(reading), rows=reading.rows)

    def _edition(self, epsg: int | None) -> Edition:
        zone = crs.ZONES.get(epsg or 0)
        return Edition(
            import_id=self.found.id,
            document_id=self.found.document_id,
            jurisdiction_id=self.found.jurisdiction_id,
            actor=self.found.decided_by or self.found.created_by,
            today=clock.today(),
            source_crs=epsg,
            zone_prefixed=zone is not None and zone.prefixed,
        )


class _Columns(NamedTuple):
    """The columns of a file as the mapping page shows them, and what each fills."""

    described: list[dict[str, Any]]
    assignments: tuple[Assignment, ...]


def _assignments(columns: Iterable[Mapping[str, Any]]) -> tuple[Assignment, ...]:
    names = ("column", "field", "list", "unit", "bound")
    return tuple(Assignment(**{name: each[name] for name in names}) for each in columns)


def _epsg(reading: Reading) -> int | None:
    """EPSG number of the file's CRS; None for one that has no number."""
    try:
        return crs.recognise(reading.source_crs or "").epsg
    except crs.CrsRefused:
        return None


def _nature(reading: Reading) -> dict[str, object]:
    return {
        "format": reading.format,
        "layer": reading.layer,
        "source_crs": _epsg(reading),
        "encoding": reading.encoding,
    }
