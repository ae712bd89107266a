"""From items and their progress to activities: what the sale waits for, what takes no time, what has happened."""

import datetime as dt

import pytest

from service.checklist.network import Place, Progress, network
from service.checklist.schedule import Activity, Schedule, schedule
from service.checklist.states import Standing, State, Stored, standing
from service.checklist.template import Phase
from service.checklist.template_facts import Facts
from service.checklist.template_loader import templates
from service.workdays.blocking import Work
from service.workdays.calendar import Calendar

ZHENGDONG = templates()["zhengdong"]
RAW = Facts(
    uses=frozenset({"industrial"}),
    method="listing",
    cleared=False,
    relics=True,
    relics_found=False,
    rezoning=False,
    separate_siting=False,
    soil_risk=False,
    energy_review=False,
    tender_required=False,
)
CLEARED = Facts.of({**RAW.to_json(), "cleared": True})
FRIDAY = dt.date(2024, 3, 1)
WEEKDAYS = Calendar({}, range(1990, 2061))


def activities(facts: Facts, **progress: Progress) -> dict[str, Activity]:
    told = {f"BT-{key}": value for key, value in progress.items()}
    return {each.key: each for each in network(ZHENGDONG.items, facts, told)}


def scheduled(facts: Facts, **progress: Progress) -> Schedule:
    return schedule(activities(facts, **progress).values(), WEEKDAYS, FRIDAY)


def test_the_sale_waits_for_all_that_must_be_done_before_it() -> None:
    needs = set(activities(CLEARED)["BT-E7"].needs)
    assert needs == {"BT-E6"} | {item.key for item in ZHENGDONG.gate if item.required(CLEARED)}
    assert "BT-H4" not in needs  # optional
    assert "BT-D7" not in needs  # the land is clean already


def test_the_way_to_the_sale_on_raw_land_is_the_expropriation() -> None:
    """§7.1: 216 working days, with 30, 20 and 10 calendar days counted as 22, 14 and 8."""
    found = scheduled(RAW)
    path = "A1 B1 B2 D1 D2 D3 D4 E1 D5 D6 D7 E2 E3 E4 E5 E6 E7"
    assert found.critical_path[:17] == tuple(f"BT-{key}" for key in path.split())
    counted = {30: 22, 20: 14, 10: 8}
    items = [ZHENGDONG.by_key[key] for key in found.critical_path[:17]]
    assert sum(item.days if item.unit == "workday" else counted[item.days] for item in items) == 216
    sale = WEEKDAYS.workdays_between(FRIDAY, found.timings["BT-E7"].earliest_finish).workdays
    assert sale in range(214, 219)


def test_the_design_line_runs_inside_it_and_leads_on_clean_land() -> None:
    assert sum(ZHENGDONG.by_key[f"BT-{key}"].days for key in ("C2", "C3", "C4", "C5")) == 100
    assert not scheduled(RAW).timings["BT-C5"].critical
    found = scheduled(CLEARED)
    path = "A1 B1 B2 C2 C3 C4 C5 K3P E7 E8A E8B K2 K3 K4"
    assert found.critical_path == tuple(f"BT-{key}" for key in path.split())
    assert found.timings["BT-D7"].float_days is None
    assert found.ends_on < scheduled(RAW).ends_on


def test_what_does_not_apply_or_is_waived_takes_no_time_and_passes_on() -> None:
    assert activities(CLEARED)["BT-E1"].skipped
    assert not activities(RAW)["BT-E1"].skipped
    assert activities(RAW, A1=Progress(Stored.waived))["BT-A1"].skipped
    assert activities(RAW, A1=Progress(Stored.not_applicable))["BT-A1"].skipped
    found = scheduled(CLEARED)
    assert found.timings["BT-E3"].earliest_start > found.timings["BT-E0"].earliest_finish  # E3 ← E2 ← … ← E1 ← E0


def test_a_done_item_holds_its_days_even_where_it_does_not_apply() -> None:
    day = dt.date(2024, 2, 20)
    done = activities(CLEARED, D1=Progress(Stored.done, started=day, finished=day))["BT-D1"]
    assert (done.started, done.finished, done.skipped) == (day, day, False)


@pytest.mark.parametrize("stored", [Stored.in_progress, Stored.submitted, Stored.returned])
def test_what_has_begun_is_counted_from_its_day(stored: Stored) -> None:
    begun = Progress(stored, started=dt.date(2024, 2, 26), finished=dt.date(2024, 2, 28))
    each = activities(CLEARED, A1=begun)["BT-A1"]
    assert (each.started, each.finished) == (dt.date(2024, 2, 26), None)
    assert scheduled(CLEARED, A1=begun).timings["BT-A1"].earliest_finish == dt.date(2024, 3, 8)


def test_an_open_item_has_not_begun_whatever_its_dates_say() -> None:
    each = activities(CLEARED, A1=Progress(started=FRIDAY, finished=FRIDAY))["BT-A1"]
    assert (each.started, each.finished) == (None, None)


def test_a_duration_and_a_start_can_be_supposed() -> None:
    supposed = activities(CLEARED, C4=Progress(days=25, earliest=dt.date(2024, 9, 2)))["BT-C4"]
    assert (supposed.days, supposed.earliest) == (25, dt.date(2024, 9, 2))
    assert scheduled(CLEARED, C4=Progress(days=25)).ends_on < scheduled(CLEARED).ends_on
    assert scheduled(CLEARED, C4=Progress(days=30)).workdays == scheduled(CLEARED).workdays - 10


def test_works_lie_where_the_parcel_lies() -> None:
    place = Place(frozenset({"ZDXQ"}), frozenset({"school"}))
    found = {each.key: each.work for each in network(ZHENGDONG.items, RAW, {}, place)}
    assert {key: work for key, work in found.items() if work} == {
        "BT-D6": Work("demolition", place.areas, place.classes),
        "BT-G4": Work("land_levelling", place.areas, place.classes),
        "BT-K4": Work("earthwork", place.areas, place.classes),
    }


def test_what_follows_the_sale_waits_for_it() -> None:
    found = scheduled(CLEARED)
    sale = found.timings["BT-E7"].earliest_finish
    after = [item.key for item in ZHENGDONG.items if item.phase is Phase.after]
    assert all(found.timings[key].earliest_start > sale for key in after)
    assert all("BT-E7" in each.needs for key, each in activities(CLEARED).items() if key in after)
    assert found.reached([item.key for item in ZHENGDONG.gate]) < sale


def test_an_item_that_can_be_begun_waits_for_nothing_in_the_schedule() -> None:
    """States and schedule agree on what comes first."""
    shown = standing(
        {
            item.key: Standing(Stored.open if item.applies(CLEARED) else Stored.not_applicable, item.needs)
            for item in ZHENGDONG.items
        }
    )
    assert [key for key, state in shown.items() if state is State.ready] == ["BT-A1"]
    finished = dt.date(2024, 2, 29)
    done = {f"BT-{key}" for key in ("A1", "A2", "A3", "B1", "B2", "C1", "E0")}
    progress = {key: Progress(Stored.done, started=finished, finished=finished) for key in done}
    stored = {
        item.key: Stored.done if item.key in done else Stored.open if item.applies(CLEARED) else Stored.not_applicable
        for item in ZHENGDONG.items
    }
    shown = standing({item.key: Standing(stored[item.key], item.needs) for item in ZHENGDONG.items})
    ready = {key for key, state in shown.items() if state is State.ready}
    found = schedule(network(ZHENGDONG.items, CLEARED, progress), WEEKDAYS, FRIDAY)
    first = dt.date(2024, 3, 4), dt.date(2024, 3, 2)  # working and calendar days
    assert ready == {"BT-C2", "BT-E3", "BT-F1"}
    assert {key for key in stored if stored[key] is Stored.open and found.timings[key].earliest_start in first} == ready
