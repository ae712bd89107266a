"""Exports as rows: everybody sees their own."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.core.errors import NotFound
from service.documents import subjects
from service.exports.models import Export


def visible_exports(actor: Actor) -> Select[Export]:
    """Return the exports that an actor asked for: whoever sees less must not fetch what another was given."""
    return select(Export).where(Export.created_by == actor.label)


def _visible_ids(actor: Actor) -> Select[str]:
    return visible_exports(actor).with_only_columns(cast(Export.id, Text))


subjects.register("export", _visible_ids)


def export_by_id(session: Session, actor: Actor, export_id: int) -> Export:
    """Return one export; NotFound if it is absent or another's."""
    found = session.scalar(visible_exports(actor).where(Export.id == export_id))
    if found is None:
        raise NotFound(f"没有编号为 {export_id} 的导出。", f"There is no export {export_id}.")
    return found


def export_page(session: Session, actor: Actor, *, before: int | None, limit: int) -> Sequence[Export]:
    """Return the actor's exports, newest first."""
    wanted = visible_exports(actor).order_by(Export.id.desc()).limit(limit)
    return session.scalars(wanted if before is None else wanted.where(Export.id < before)).all()


def outlived(session: Session, before: dt.datetime) -> Sequence[int]:
    """Return exports with a file that were finished before an instant."""
    return session.scalars(select(Export.id).where(Export.status == "done", Export.finished_at < before)).all()
