"""A checklist whole: its template, facts, items and what they mirror, and what follows from these.

Everything that tells a state or a day of an item goes by this: commands, gate, answers, forecasts.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.checklist import mirroring, queries
from service.checklist.mirroring import Mirrored
from service.checklist.models import Checklist, ChecklistItem
from service.checklist.network import Place, Progress, network
from service.checklist.schedule import Activity, Schedule, controlling_track, schedule
from service.checklist.states import UNFINISHED, Standing, State, Stored, standing, waiting_for
from service.checklist.template import Item, Phase, Template
from service.checklist.template_facts import Facts
from service.parcels.models import Parcel
from service.regions.models import Jurisdiction, Region
from service.workdays.calendar import Calendar


@dataclass(frozen=True)
class Picture:
    """A checklist and all that its states and days follow from. `items` are those of the template, by key."""

    checklist: Checklist
    parcel: Parcel
    place: Place
    template: Template
    facts: Facts
    items: Mapping[str, ChecklistItem]
    mirrored: Mirrored

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """What counts as stored of each item, and what it needs first."""
        return {item.key: Standing(self._stored(item), item.needs) for item in self._known}

    @cached_property
    def states(self) -> dict[str, State]:
        """The state that each item shows."""
        return standing(self.standings)

    @cached_property
    def waiting(self) -> dict[str, tuple[str, ...]]:
        """What each item waits for."""
        return waiting_for(self.standings)

    @cached_property
    def gate(self) -> tuple[str, ...]:
        """The items that must be done before the sale of this parcel, by its facts."""
        return tuple(item.key for item in self._known if item.gates and item.required(self.facts))

    @property
    def open(self) -> tuple[str, ...]:
        """Those of them that are not done or waived."""
        return tuple(key for key in self.gate if self.states[key] in UNFINISHED)

    def dates(self, key: str) -> tuple[dt.date | None, dt.date | None]:
        """Return when an item was begun and finished."""
        item, row = self.template.by_key[key], self.items[key]
        started = self.mirrored.get(item.begins or "", row.started_on)
        return started, self.mirrored.get(item.follows or "", row.finished_on)

    @cached_property
    def activities(self) -> tuple[Activity, ...]:
        """The activities of the schedule."""
        return network(self._known, self.facts, {item.key: self._progress(item) for item in self._known}, self.place)

    def forecast(self, calendar: Calendar, day: dt.date) -> Schedule:
        """Put the items in time as of a day."""
        return schedule(self.activities, calendar, day)

    def outcome(self, found: Schedule) -> tuple[dt.date, dt.date]:
        """Return when nothing before the sale will be open, and when works start on site, by a schedule."""
        after = [item.key for item in self.template.items if item.phase is Phase.after]
        return found.reached(self.gate), found.reached(after)

    def controlling_track(self, found: Schedule, calendar: Calendar) -> int | None:
        """Return the track on which most of a schedule's critical path is spent."""
        return controlling_track(found, calendar, {item.key: item.track for item in self.template.items})

    @cached_property
    def _known(self) -> tuple[Item, ...]:
        return tuple(item for item in self.template.items if item.key in self.items)

    def _stored(self, item: Item) -> Stored:
        if item.follows is not None and item.follows in self.mirrored:
            return Stored.done
        if item.begins is not None and item.begins in self.mirrored:
            return Stored.in_progress
        return Stored(self.items[item.key].state)

    def _progress(self, item: Item) -> Progress:
        row = self.items[item.key]
        planned = self.checklist.planned_sale_on if item.phase is Phase.sale else row.planned_start
        return Progress(self.standings[item.key].stored, row.days, *self.dates(item.key), planned)


def pictures(session: Session, checklists: Sequence[Checklist]) -> list[Picture]:
    """Return checklists whole, in the order given; as many statements whatever their number."""
    ids = [each.id for each in checklists]
    templates = queries.templates_of(session, {each.template_id for each in checklists})
    items, happened = queries.items_of(session, ids), mirroring.mirrored(session, ids)
    land = _land(session, [each.parcel_id for each in checklists])
    return [
        Picture(
            each,
            *land[each.parcel_id],
            templates[each.template_id],
            Facts.of(each.facts | each.derived),
            {key: row for key, row in items[each.id].items() if not row.dropped},
            happened[each.id],
        )
        for each in checklists
    ]


def picture(session: Session, checklist: Checklist) -> Picture:
    """Return one checklist whole."""
    return pictures(session, [checklist])[0]


def _land(session: Session, parcel_ids: Sequence[int]) -> dict[int, tuple[Parcel, Place]]:
    wanted = (
        select(Parcel, Jurisdiction.code, Region.code)
        .join(Jurisdiction, Jurisdiction.id == Parcel.jurisdiction_id)
        .join(Region, Region.id == Parcel.region_id, isouter=True)
        .where(Parcel.id.in_(parcel_ids))
    )
    return {
        parcel.id: (parcel, Place(frozenset(code for code in (own, parcel.county_code, region) if code is not None)))
        for parcel, own, region in session.execute(wanted)
    }
