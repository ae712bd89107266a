"""The portfolio: readiness, tracks, bureaus and days saved over all checklists that an actor may see."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import selecting
from service.checklist.describing import lead_words
from service.checklist.list_schemas import BureauStatistic, SavedStatistic, Statistics, TrackStatistic
from service.checklist.listing import tracks
from service.checklist.read_schemas import Bureau
from service.core import clock

# `scope`: the jurisdictions asked for and seen (`selecting.scope_of`).
_SEEN = "(CAST(:scope AS int[]) IS NULL OR c.jurisdiction_id = ANY (:scope))"
_WHOLE = """
    SELECT c.status, c.readiness, count(*) AS n, sum(p.area_m2) AS area_m2
    FROM checklist c JOIN parcel p ON p.id = c.parcel_id WHERE {seen} GROUP BY 1, 2
"""
_TRACKS = """
    SELECT (t->>'number')::int AS number, sum((t->>'done')::int) AS done, sum((t->>'total')::int) AS total,
      sum((t->>'open')::int) AS open, count(*) FILTER (WHERE (t->>'late_days')::int > 0) AS late,
      count(*) FILTER (WHERE c.controlling_track = (t->>'number')::int) AS controls
    FROM checklist c, jsonb_array_elements(c.tracks) AS t
    WHERE c.status = 'running' AND {seen} GROUP BY 1
"""
_BUREAUS = """
    WITH c AS MATERIALIZED (
      SELECT id, status, forecast->'states' AS states, forecast->'due' AS due FROM checklist c WHERE {seen}
    )
    SELECT i.lead, i.track, count(*) FILTER (WHERE undone) AS open,
      count(*) FILTER (WHERE undone
        AND c.states->>i.key IN ('ready', 'in_progress', 'returned')) AS waiting,
      count(*) FILTER (WHERE undone
        AND coalesce(i.planned_finish, (c.due->>i.key)::date) < :today) AS overdue,
      count(*) FILTER (WHERE i.state = 'returned') AS returned,
      array_agg(i.finished_on - i.started_on) FILTER (WHERE i.state = 'done' AND i.started_on IS NOT NULL) AS took
    FROM c JOIN checklist_item i ON i.checklist_id = c.id
      CROSS JOIN LATERAL (
        SELECT c.status = 'running' AND i.state NOT IN ('done', 'waived', 'not_applicable') AS undone
      ) AS o
    WHERE i.required AND NOT i.dropped GROUP BY 1, 2
"""
_SAVED = """
    SELECT count(saved_workdays) AS parcels, count(sale_to_start_workdays) AS measured,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY saved_workdays) AS median_workdays,
      min(saved_workdays) AS least_workdays, max(saved_workdays) AS most_workdays,
      coalesce(sum(saved_workdays), 0) AS total_workdays,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY sale_to_start_workdays) AS median_sale_to_start,
      count(*) FILTER (WHERE sale_to_start_workdays <= promised_workdays) AS promise_kept,
      count(*) FILTER (WHERE sale_to_start_workdays > promised_workdays) AS promise_broken
    FROM checklist c WHERE status <> 'superseded' AND {seen}
"""
_MONTHS = """
    SELECT to_char(ready_on, 'YYYY-MM') AS month, count(*) AS n
    FROM checklist c WHERE status = 'running' AND blocking > 0 AND ready_on IS NOT NULL AND {seen} GROUP BY 1
"""


def statistics(session: Session, actor: Actor, jurisdictions: Sequence[str]) -> Statistics:
    """Return the portfolio, of some jurisdictions if they are named; one statement a part."""
    told = {"scope": selecting.scope_of(session, actor, jurisdictions), "today": clock.today()}

    def rows(statement: str) -> Sequence[Row[Any]]:
        return session.execute(text(statement.format(seen=_SEEN)), told).all()

    whole, bureaus = rows(_WHOLE), rows(_BUREAUS)
    running = [row for row in whole if row.status == "running"]
    statuses = dict.fromkeys(("running", "closed", "superseded"), 0)
    for row in whole:
        statuses[row.status] += row.n
    return Statistics(
        as_of=clock.today(),
        n=sum(row.n for row in running),
        status=statuses,
        readiness={row.readiness: row.n for row in running},
        area_m2={row.readiness: float(row.area_m2) for row in running},
        tracks=list(_tracks(rows(_TRACKS), bureaus)),
        bureaus=_bureaus(bureaus),
        saved=SavedStatistic.model_validate(rows(_SAVED)[0]),
        ready_by_month={row.month: row.n for row in sorted(rows(_MONTHS), key=lambda row: row.month)},
    )


def _tracks(rows: Sequence[Row[Any]], bureaus: Sequence[Row[Any]]) -> list[TrackStatistic]:
    counted = {row.number: row for row in rows}
    found = []
    for number, track in enumerate(tracks(), 1):
        row = counted.get(number)
        figures = {name: getattr(row, name, 0) for name in ("done", "total", "open", "late", "controls")}
        overdue = sum(each.overdue for each in bureaus if each.track == number)
        names = {"key": track.key, "title": track.title, "title_en": track.title_en}
        found.append(TrackStatistic(number=number, **names, **figures, overdue=overdue))
    return found


def _bureaus(rows: Sequence[Row[Any]]) -> list[BureauStatistic]:
    found = []
    for lead in sorted({row.lead for row in rows}):
        own = [row for row in rows if row.lead == lead]
        words = lead_words(lead)
        took = sorted(days for row in own for days in row.took or ())
        found.append(
            BureauStatistic(
                lead=Bureau(
                    code=lead, title=words["lead_title"], title_en=words["lead_title_en"], known=words["lead_known"]
                ),
                **{name: sum(getattr(row, name) for row in own) for name in ("open", "waiting", "overdue", "returned")},
                median_days=_middle(took),
            )
        )
    return sorted(found, key=lambda each: (-each.overdue, -each.waiting, each.lead.code))


def _middle(values: Sequence[int]) -> float | None:
    """Return the median of values in order.

    >>> _middle([1, 2, 4]), _middle([1, 2]), _middle([])
    (2.0, 1.5, None)
    """
    if not values:
        return None
    half = len(values) // 2
    return float(values[half]) if len(values) % 2 else (values[half - 1] + values[half]) / 2
