"""What waits for a person or a bureau: items to be done, to be accepted, waivers to be decided on."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, TextClause, select, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.accounts.permissions import Permission
from service.checklist import queries, selecting
from service.checklist.list_schemas import Inbox, InboxItem
from service.checklist.models import ChecklistTemplate
from service.checklist.seeing import sees_person
from service.checklist.states import State
from service.checklist.template import Item
from service.core import clock
from service.core.dependencies import PageRequest
from service.core.errors import BadRequest

NEVER = dt.date(9999, 12, 31)
# Which states are for whom. What is `open` here and can't start yet waits for others; its state is as last reckoned.
_WORK = ("ready", "in_progress", "returned")

# What is kept of a forecast is taken apart once a checklist, not once an item.
_FORECASTS = """
    WITH f AS MATERIALIZED (
      SELECT id, forecast->'states' AS states, forecast->'due' AS due, forecast->'path' AS path
      FROM checklist WHERE status = 'running' AND (CAST(:scope AS int[]) IS NULL OR jurisdiction_id = ANY (:scope))
    )
"""
# `lead`: that bureau's work; else what waits for the caller: assigned to them, to be accepted, or a waiver asked for.
_WAITING = """
    SELECT c.id AS checklist_id, c.template_id, c.planned_sale_on, p.code AS parcel, p.name AS parcel_name,
      j.code AS jurisdiction, i.key, i.track, i.lead, i.reason, i.version, i.binding, i.owner_id = :me AS mine,
      coalesce(f.states->>i.key, i.state) AS state, i.state = 'submitted' AS handed_in,
      i.asked_by IS NOT NULL AND i.state NOT IN ('done', 'waived', 'not_applicable') AS asked,
      i.state AS stored, i.planned_start, i.planned_finish, u.username, u.lead_bureau,
      coalesce(f.path ? i.key, false) AS critical,
      coalesce(i.planned_finish, (f.due->>i.key)::date, :never) AS due
    FROM checklist c JOIN f ON f.id = c.id JOIN checklist_item i ON i.checklist_id = c.id
    JOIN parcel p ON p.id = c.parcel_id JOIN jurisdiction j ON j.id = c.jurisdiction_id
    LEFT JOIN user_account u ON u.id = i.owner_id
    WHERE i.state NOT IN ('done', 'waived', 'not_applicable') AND NOT i.dropped
      AND (CAST(:lead AS text) IS NULL OR i.lead = :lead)
      AND (NOT :mine OR i.owner_id = :me)
"""
_OWN_DOING = " AND (i.owner_id = :me OR i.state = 'submitted' AND :accepts OR i.asked_by IS NOT NULL AND :waives)"
# What mirrors another record is seen to there.
_WANTED = """, w AS MATERIALIZED (
      SELECT * FROM ({waiting}) AS w WHERE (w.state = ANY (:states) OR w.asked AND :waives OR w.handed_in AND :accepts)
        AND (w.template_id, w.key) NOT IN (SELECT * FROM unnest(CAST(:templates AS int[]), CAST(:mirrors AS text[])))
    )
"""
_ROWS = "SELECT w.* FROM w"
_ORDER = "ORDER BY w.due, w.checklist_id, w.key LIMIT :limit"
# One look at what waits, for the page and for what is counted of all of it.
_PAGE = """
    SELECT t.*, page.* FROM (
      SELECT count(*) AS n, count(*) FILTER (WHERE w.due < :today) AS overdue, count(*) FILTER (WHERE w.mine) AS own
      FROM w
    ) AS t LEFT JOIN (SELECT w.* FROM w {after} ORDER BY w.due, w.checklist_id, w.key LIMIT :limit) AS page ON true
    ORDER BY page.due, page.checklist_id, page.key
"""
_AFTER = "WHERE (w.due, w.checklist_id, w.key) > (:due, :id, :key)"


def _statement(waiting: str, *wanted: str) -> TextClause:
    return text(" ".join([_FORECASTS, _WANTED.format(waiting=waiting), *wanted]))


def inbox(session: Session, actor: Actor, page: PageRequest, *, lead: str | None, mine: bool, waiting: bool) -> Inbox:
    """Return the open items of a bureau (the actor's own if none is named), overdue first.

    Without a bureau: what is assigned to the actor, was handed in for them to accept, or asks them for a waiver.
    `waiting`: also what can't start yet.
    """
    bureau = lead or actor.lead_bureau
    asked = _WAITING if bureau else _WAITING + _OWN_DOING
    told = _parameters(session, actor, bureau, mine=mine, waiting=waiting)
    after = _after(page)
    statement = _statement(asked, _PAGE.format(after=_AFTER if after else ""))
    told |= {**(after or {}), "limit": page.limit + 1, "today": clock.today()}
    found = session.execute(statement, told).all()
    counted, rows = found[0], [row for row in found if row.key is not None]
    templates = queries.templates_of(session, {row.template_id for row in rows}) if rows else {}
    items = [_item(actor, row, templates[row.template_id].by_key[row.key]) for row in rows[: page.limit]]
    following = None
    if len(rows) > page.limit:
        last = rows[page.limit - 1]
        following = page.address_after([last.due, last.checklist_id, last.key])
    return Inbox(
        today=clock.today(), lead=bureau, n=counted.n, overdue=counted.overdue, mine=counted.own, items=items,
        next=following,
    )  # fmt: skip


def open_items(session: Session, actor: Actor, lead: str | None, *, limit: int) -> Sequence[Row[Any]]:
    """Return the open items that somebody sets by hand, of a bureau or of all, by parcel."""
    told = _parameters(session, actor, lead, mine=False, waiting=True) | {"accepts": True, "waives": True}
    by_parcel = "ORDER BY w.parcel, w.checklist_id, w.track, w.key LIMIT :limit"
    return session.execute(_statement(_WAITING, _ROWS, by_parcel), {**told, "limit": limit}).all()


def overdue_items(session: Session, actor: Actor, jurisdictions: Sequence[str], *, limit: int) -> Sequence[Row[Any]]:
    """Return the open items whose day has passed, of all bureaus, the longest overdue first."""
    told = _parameters(session, actor, None, mine=False, waiting=True) | {"accepts": True, "waives": True}
    told |= {"scope": selecting.scope_of(session, actor, jurisdictions), "today": clock.today(), "limit": limit}
    return session.execute(_statement(_WAITING, _ROWS, "WHERE w.due < :today", _ORDER), told).all()


def _parameters(session: Session, actor: Actor, bureau: str | None, *, mine: bool, waiting: bool) -> dict[str, Any]:
    return {
        "scope": selecting.scope_of(session, actor),
        "lead": bureau,
        "me": actor.user_id or -1,
        "mine": mine,
        "states": [*_WORK, State.cannot_start.value] if waiting else list(_WORK),
        "accepts": Permission.CHECKLIST_ACCEPT in actor.permissions,
        "waives": Permission.CHECKLIST_WAIVE in actor.permissions,
        **_mirrors(session),
        "never": NEVER,
    }


def _mirrors(session: Session) -> dict[str, list[Any]]:
    """Return the items that nobody sets by hand, each with its template's id."""
    ids = session.scalars(select(ChecklistTemplate.id)).all()
    found = [
        (number, item.key)
        for number, template in queries.templates_of(session, ids).items()
        for item in template.items
        if item.follows is not None or item.begins is not None
    ]
    return {"templates": [each[0] for each in found], "mirrors": [each[1] for each in found]}


def _after(page: PageRequest) -> dict[str, Any] | None:
    match page.after(3):
        case None:
            return None
        case [str() as day, int() as number, str() as key]:
            try:
                return {"due": dt.date.fromisoformat(day), "id": number, "key": key}
            except ValueError:
                pass
    raise BadRequest("分页游标 cursor 不属于该列表。", "The cursor is of another list.")


def _item(actor: Actor, row: Any, item: Item) -> InboxItem:  # noqa: ANN401 - columns by name
    today = clock.today()
    due = None if row.due == NEVER else row.due
    seen = row.username is not None and sees_person(actor, row.lead_bureau)
    return InboxItem(
        checklist_id=row.checklist_id,
        parcel=row.parcel,
        parcel_name=row.parcel_name,
        jurisdiction=row.jurisdiction,
        key=row.key,
        title=item.title,
        title_en=item.title_en,
        track=row.track,
        lead=row.lead,
        state=row.state,
        state_reason=row.reason,
        waits_for=_waits_for(row),
        mine=row.mine is True,
        owner=row.username if seen else None,
        owner_hidden=row.username is not None and not seen,
        due_on=due,
        days_left=None if due is None else (due - today).days,
        overdue=due is not None and due < today,
        critical=row.critical,
        blocking=row.binding,
        planned_sale_on=row.planned_sale_on,
        version=row.version,
    )


def _waits_for(row: Any) -> Any:  # noqa: ANN401 - columns by name
    if row.asked:
        return "waiver"
    return "acceptance" if row.handed_in else "work"
