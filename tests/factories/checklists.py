"""Checklists for tests, opened through the command that everybody uses; people who act on them."""

import datetime as dt
import itertools
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.access import Actor, person
from service.accounts.models import User
from service.accounts.permissions import Role
from service.checklist.changes import ChecklistCreate, ItemEventOrder, ProofCreate
from service.checklist.commands import open_checklist
from service.checklist.forecasting import settle
from service.checklist.item_commands import take_action
from service.checklist.models import Checklist, ChecklistItem
from service.checklist.picture import picture
from service.checklist.proof_commands import add_proof
from service.checklist.queries import template_of
from service.checklist.recording import note
from service.checklist.states import UNFINISHED, Action, State, Stored
from service.documents.models import Document
from service.parcels.lifecycle import Stage
from service.parcels.models import Parcel
from tests.factories.parcels import make_parcel

_numbers = itertools.count(1)
DONE_ON = dt.date(2022, 9, 1)


def make_person(session: Session, role: Role, *, bureau: str | None = None, name: str | None = None) -> Actor:
    """A user of a role, as who they act."""
    number = next(_numbers)
    bureau = bureau or ("ecology" if role is Role.TRACK_OFFICER else None)
    user = User(
        username=f"{name or role.value}{number}", display_name=name or role.value, role=role.value,
        lead_bureau=bureau, password_hash="none",
    )  # fmt: skip
    session.add(user)
    session.flush()
    return person(user)


@contextmanager
def acting(session: Session, actor: Actor) -> Iterator[None]:
    """Let a session work for somebody."""
    before = session.info["actor"]
    session.info["actor"] = actor
    yield
    session.info["actor"] = before


def make_document(session: Session, parcel: Parcel) -> int:
    """A document of a parcel."""
    found = Document(
        subject_type="parcel", subject_id=parcel.code, title="批复", file_name="x.pdf", media_type="application/pdf",
        size_bytes=1, sha256=f"{next(_numbers):064x}", uploaded_by="test",
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found.id


def make_checklist(session: Session, parcel: Parcel | None = None, **fields: Any) -> Checklist:  # noqa: ANN401
    """A checklist of a parcel, or of a new one with an approved scheme ahead of it."""
    parcel = parcel or make_parcel(session, stage=Stage.cleared)
    own = {"template": "standard_land"}
    return open_checklist(session, session.info["actor"], ChecklistCreate(parcel=parcel.code, **{**own, **fields}))


def parcel_of(session: Session, checklist: Checklist) -> Parcel:
    """The parcel of a checklist."""
    return session.get_one(Parcel, checklist.parcel_id)


def row_of(session: Session, checklist: Checklist, key: str) -> ChecklistItem:
    """An item as it is in the database."""
    wanted = select(ChecklistItem).where(ChecklistItem.checklist_id == checklist.id, ChecklistItem.key == key)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def finish(
    session: Session,
    checklist: Checklist,
    *,
    leaving: Collection[str] = (),
    only: Collection[str] | None = None,
    on: dt.date = DONE_ON,
) -> None:
    """Have what the sale waits for done, as if each had been handed in by another and accepted; without proofs."""
    wanted = select(ChecklistItem).where(ChecklistItem.checklist_id == checklist.id, ChecklistItem.binding)
    for row in session.scalars(wanted):
        if row.key not in leaving and (only is None or row.key in only):
            row.state, row.started_on, row.finished_on, row.submitted_by = Stored.done, on, on, "another"
            row.version += 1
            note(session, checklist, Action.accept, row.key, day=on)
    settle(session, checklist)


def act(session: Session, actor: Actor, checklist: Checklist, key: str, action: str, **order: Any) -> ChecklistItem:  # noqa: ANN401
    """Let somebody act on an item as it stands."""
    version = row_of(session, checklist, key).version
    with acting(session, actor):
        new = ItemEventOrder(action=action, **order)
        return take_action(session, actor, checklist.id, key, new, version=version)[1]


def prove(
    session: Session, actor: Actor, checklist: Checklist, key: str, *, until: dt.date | None = None
) -> ChecklistItem:
    """Hand in every proof that an item asks for."""
    document = make_document(session, parcel_of(session, checklist))
    for kind in template_of(session, checklist).by_key[key].evidence:
        new = ProofCreate(evidence=kind.key, document_id=document, valid_from=DONE_ON, valid_until=until)
        with acting(session, actor):
            add_proof(session, actor, checklist.id, key, new, version=row_of(session, checklist, key).version)
    return row_of(session, checklist, key)


def first_open(session: Session, checklist: Checklist, *, hard: bool = False) -> str:
    """The key of an item that the sale waits for and that can be begun; a hard one can also be waiting."""
    seen = picture(session, checklist)
    return next(
        key
        for key, row in seen.items.items()
        if row.binding and row.hard == hard and seen.states[key] in UNFINISHED
        and (hard or seen.states[key] is State.ready)
    )  # fmt: skip
