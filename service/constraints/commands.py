"""What changes control layers and what is known of parcels by them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.audit.actions import Action
from service.audit.record import record
from service.constraints import overlaying, queries
from service.constraints.apart import Overlayer
from service.constraints.catalogue import control_types
from service.constraints.models import ControlLayer, OverlayRun
from service.core import clock, jobs
from service.core.db import driver_connection
from service.core.errors import Conflict, FieldError, Invalid
from service.parcels import reading
from service.parcels.queries import standing

RUN = "constraints.run"
_OVERLAYER = Overlayer()
_WAIT_SECONDS = 5.0  # for one parcel: others of this process wait for the same child
FINISHED = ("done", "failed")


class UnknownControlType(Invalid):
    """A type of control layer that is not in `gis_data/constraints`."""

    code, title_zh, title_en = "unknown-control-type", "未知的管控类型", "Unknown type of control layer"


class UnknownParcels(Invalid):
    """A selection names parcels that are absent or not visible; `codes` lists them."""

    code, title_zh, title_en = "unknown-parcels", "选择中有未知地块", "Unknown parcels in the selection"


class NotInForce(Conflict):
    """A version of a control layer that was replaced or withdrawn."""

    code, title_zh, title_en = "layer-not-in-force", "图层已不是现行版本", "Layer not in force"


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(4490003)")  # publishing and withdrawing
_PIECES_GONE = text("DELETE FROM control_piece WHERE layer_id = ANY (:ids)")


class LayerEdition(NamedTuple):
    """What a new version of a control layer is and where it comes from."""

    type: str
    name: str
    source: str
    dated_on: dt.date
    jurisdiction_id: int
    document_id: int
    import_id: int
    imported_by: str


class Area(NamedTuple):
    """One area of a layer: the file's row, its name and own columns, its shape and the shape's pieces (WKB)."""

    row: int
    name: str | None
    attributes: str
    wkb: bytes
    pieces: list[bytes]


def check_type(key: str) -> None:
    """Refuse a type that nobody has described. Raises UnknownControlType."""
    if key not in control_types():
        zh, en = f"没有管控类型 {key[:60]}", f"There is no control type {key[:60]}"
        raise UnknownControlType(f"{zh}。", f"{en}.", errors=[FieldError("/type", "unknown-control-type", zh, en)])


def publish_layer(session: Session, edition: LayerEdition, areas: Sequence[Area]) -> ControlLayer:
    """Put a new version of a control layer in force; the one before stays as history, without its pieces.

    Readers see the old version or the new one, never both or neither: all of it is the caller's one transaction.
    Raises UnknownControlType.
    """
    check_type(edition.type)
    known = (
        ControlLayer.jurisdiction_id == edition.jurisdiction_id,
        ControlLayer.type == edition.type,
        ControlLayer.name == edition.name,
    )
    session.execute(_ONE_AT_A_TIME)
    version = session.scalar(select(func.max(ControlLayer.version)).where(*known)) or 0
    superseded = update(ControlLayer).where(*known, ControlLayer.superseded_at.is_(None))
    before = session.scalars(superseded.values(superseded_at=clock.now()).returning(ControlLayer.id)).all()
    session.execute(_PIECES_GONE, {"ids": list(before)})
    layer = ControlLayer(**edition._asdict(), version=version + 1, features=len(areas))
    session.add(layer)
    session.flush()
    _add_areas(session, layer.id, areas)
    after = {**edition._asdict(), "version": layer.version, "features": len(areas), "supersedes": list(before)}
    record(session, Action.CONTROL_LAYER_PUBLISHED, "control_layer", layer.id, after=after)
    return layer


def withdraw_layer(session: Session, actor: Actor, layer_id: int, reason: str) -> ControlLayer:
    """Take a version out of force (撤回); no earlier one comes back by it. What it meant for parcels is out of date.

    Raises:
        NotFound: absent or not visible.
        NotInForce: replaced or withdrawn already.

    """
    session.execute(_ONE_AT_A_TIME)
    layer, _ = queries.layer_by_id(session, actor, layer_id)
    if layer.superseded_at is not None:
        raise NotInForce(
            f"图层“{layer.name}”第 {layer.version} 版已不是现行版本。", "This version is not in force any more."
        )
    results = queries.results_by_layer(session, layer.id)
    layer.superseded_at, layer.withdrawn_by, layer.withdrawal_reason = clock.now(), actor.label, reason
    session.execute(_PIECES_GONE, {"ids": [layer.id]})
    before = {"type": layer.type, "name": layer.name, "version": layer.version, "results": results}
    record(session, Action.CONTROL_LAYER_WITHDRAWN, "control_layer", layer.id, before=before, after={"reason": reason})
    return layer


def _add_areas(session: Session, layer_id: int, areas: Sequence[Area]) -> None:
    connection = driver_connection(session)
    (sequence,) = connection.execute("SELECT pg_get_serial_sequence('control_feature', 'id')").fetchone() or ("",)
    taken = "SELECT array_agg(nextval(%s::regclass)) FROM generate_series(1, %s)"
    (ids,) = connection.execute(taken, (sequence, len(areas))).fetchone() or ((),)
    with connection.cursor() as cursor:
        columns = "id, layer_id, row, name, attributes, geom"
        with cursor.copy(f"COPY control_feature ({columns}) FROM STDIN") as copy:
            for number, area in zip(ids, areas, strict=True):
                copy.write_row((number, layer_id, area.row, area.name, area.attributes, area.wkb.hex()))
        with cursor.copy("COPY control_piece (layer_id, feature_id, geom) FROM STDIN") as copy:
            for number, area in zip(ids, areas, strict=True):
                for piece in area.pieces:
                    copy.write_row((layer_id, number, piece.hex()))
        cursor.execute("ANALYZE control_piece, control_feature")


def check_parcel(session: Session, actor: Actor, number: str) -> int:
    """Compare one parcel with the control layers in force, now; return its id.

    Raises:
        NotFound: absent or not visible.
        AmbiguousNumber: several parcels have this lot number.
        TooComplex: the shapes can't be overlaid in time.

    """
    parcel = reading.parcel(driver_connection(session), actor, number).members
    subject = queries.subjects(session, [parcel["id"]])
    before = _summary(session, parcel["id"])
    found = overlaying.overlay(overlaying.ask(session, subject), _OVERLAYER, seconds=_WAIT_SECONDS)
    overlaying.keep(session, found, actor.label)
    after = _summary(session, parcel["id"])
    record(session, Action.PARCEL_CONSTRAINTS_CHECKED, "parcel", parcel["code"], before=before, after=after)
    return subject[0].id


def wake() -> None:
    """Have the overlay's child ready soon: somebody looks at a parcel's constraints and may ask for new ones."""
    _OVERLAYER.wake()


def _summary(session: Session, parcel_id: int) -> dict[str, Any]:
    """What the layers say of a parcel, for the record: by layer and version, the rule and the land in m²."""
    rows = queries.results_of(session, parcel_id, shapes=False)
    return {f"{row.type}/{row.layer}#{row.version}": f"{row.rule} {row.area_m2}" for row in rows}


def start_run(session: Session, actor: Actor, codes: Sequence[str] | None, *, queue: bool = True) -> OverlayRun:
    """Begin a comparison of many parcels: of a selection, or (None) of all that the actor may see.

    With `queue` a job carries it out; else the caller does.

    Raises:
        UnknownParcels: a code is absent or not visible.

    """
    ids: list[int] | None = None
    if codes is not None:
        known = standing(session, actor, codes)
        if unknown := sorted(set(codes) - known.keys()):
            shown = "、".join(code[:60] for code in unknown[:10])
            raise UnknownParcels(
                f"没有地块 {shown}。", f"There are no parcels {shown}.", facts={"codes": unknown[:100]}
            )
        ids = sorted(known.values())
    run = OverlayRun(parcel_ids=ids, jurisdictions=queries.scope_of(actor), created_by=actor.label)
    session.add(run)
    session.flush()
    session.refresh(run)
    after = {"parcels": "all" if ids is None else len(ids)}
    record(session, Action.OVERLAY_RUN_STARTED, "overlay_run", run.id, after=after)
    if queue:
        jobs.defer(session, RUN, run_id=run.id)
    return run


def finish_run(session: Session, run_id: int, *, results: int, problem: str | None = None) -> None:
    """Write how a run ended: done, or failed with a problem for a person. A finished one is left alone."""
    run = session.get_one(OverlayRun, run_id, with_for_update=True)
    if run.status in FINISHED:
        return
    run.status = "done" if problem is None else "failed"
    run.problem, run.finished_at = problem, clock.now()
    after = {"status": run.status, "parcels": run.done, "results": results, "problem": problem}
    record(session, Action.OVERLAY_RUN_FINISHED, "overlay_run", run_id, after=after)
