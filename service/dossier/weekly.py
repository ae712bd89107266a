"""The weekly summary of checklists (八同步周报): what stands on it, read in one snapshot."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.accounts.access import Actor
from service.checklist import inbox, listing, queries, selecting
from service.checklist.describing import lead_words
from service.checklist.list_schemas import Statistics
from service.checklist.selecting import ChecklistFilters
from service.checklist.statistics import statistics
from service.core import clock
from service.dossier.order import Language
from service.regions.queries import jurisdiction_rows

MOST_PARCELS = 1_000
MOST_OVERDUE = 60
_WEEK = dt.timedelta(7)
_EVENTS = text("""
    SELECT e.kind, count(*) AS n FROM checklist_event e JOIN checklist c ON c.id = e.checklist_id
    WHERE e.recorded_at >= :since AND e.kind = ANY (:kinds)
      AND (CAST(:scope AS int[]) IS NULL OR c.jurisdiction_id = ANY (:scope)) GROUP BY 1
""")

READINESS: Mapping[str, tuple[str, str]] = {
    "ready": ("已就绪", "Ready"),
    "on_time": ("按期", "On time"),
    "late": ("将逾期", "Late"),
    "blocked": ("受阻", "Blocked"),
}
EVENTS: Mapping[str, tuple[str, str]] = {
    "opened": ("打开清单", "Checklists opened"),
    "accept": ("完成事项", "Items done"),
    "return": ("退回事项", "Items returned"),
    "waive": ("豁免事项", "Items waived"),
    "expire": ("材料到期", "Evidence expired"),
    "closed": ("关闭清单", "Checklists closed"),
}


class Overdue(NamedTuple):
    """An item whose day has passed."""

    parcel: str
    title: str
    lead: str
    due_on: dt.date
    days: int


class Weekly(NamedTuple):
    """The summary: the portfolio, what happened in the seven days to `day`, every parcel, what is overdue.

    `places` are the jurisdictions it is of; `left_out`: parcels beyond the most that a summary lists.
    """

    day: dt.date
    language: Language
    places: list[str]
    portfolio: Statistics
    events: dict[str, int]
    tracks: list[str]
    rows: list[dict[str, Any]]
    left_out: int
    overdue: list[Overdue]


def weekly(session: Session, actor: Actor, jurisdictions: Sequence[str], language: Language) -> Weekly:
    """Return the summary of what an actor may see, of some jurisdictions if they are named."""
    filters = ChecklistFilters(jurisdiction=jurisdictions)
    rows = listing.matrix_rows(session, actor, filters, after=None, limit=MOST_PARCELS)
    portfolio = statistics(session, actor, jurisdictions)
    titles = [word_of((each.title, each.title_en), language) for each in listing.tracks()]
    return Weekly(
        clock.today(),
        language,
        _places(session, actor, jurisdictions, language),
        portfolio,
        _events(session, actor, jurisdictions),
        titles,
        rows,
        portfolio.n - len(rows),
        _overdue(session, actor, jurisdictions, language),
    )


def word_of(words: tuple[str, str], language: Language) -> str:
    """Return the word of a language."""
    return words[language == "en"]


def _places(session: Session, actor: Actor, jurisdictions: Sequence[str], language: Language) -> list[str]:
    rows = jurisdiction_rows(session, actor, shapes=False)
    asked = (row for row in rows if not jurisdictions or row.code in jurisdictions)
    return [word_of((row.name, row.name_en), language) for row in asked]


def _events(session: Session, actor: Actor, jurisdictions: Sequence[str]) -> dict[str, int]:
    since = dt.datetime.combine(clock.today() - _WEEK + dt.timedelta(1), dt.time.min, clock.CHINA)
    told = {"since": since, "kinds": list(EVENTS), "scope": selecting.scope_of(session, actor, jurisdictions)}
    return dict.fromkeys(EVENTS, 0) | {row.kind: row.n for row in session.execute(_EVENTS, told)}


def _overdue(session: Session, actor: Actor, jurisdictions: Sequence[str], language: Language) -> list[Overdue]:
    rows = inbox.overdue_items(session, actor, jurisdictions, limit=MOST_OVERDUE)
    templates = queries.templates_of(session, {row.template_id for row in rows}) if rows else {}
    found = []
    for row in rows:
        item, words = templates[row.template_id].by_key[row.key], lead_words(row.lead)
        lead = word_of((words["lead_title"], words["lead_title_en"]), language)
        title = word_of((item.title, item.title_en), language)
        found.append(Overdue(row.parcel, title, lead, row.due, (clock.today() - row.due).days))
    return found
