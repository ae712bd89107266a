"""Days saved, from the shipped template: 254 in a row, 151 with overlaps, 8 with all prepared; and a real case."""

import datetime as dt

import pytest

from service.checklist.network import Place
from service.checklist.saving import Way, after_sale, overlapped, saved, serial
from service.checklist.template import Basis
from service.checklist.template_loader import templates
from service.workdays.blocking import BlockedPeriod
from service.workdays.calendar import Calendar, Unit
from service.workdays.official import official_calendar

CALENDAR, ZHENGDONG = official_calendar(), templates()["zhengdong"]
SALES = [dt.date(2024, 3, 1), dt.date(2024, 6, 3), dt.date(2024, 9, 2), dt.date(2025, 3, 3)]


def workdays(first: dt.date, last: dt.date) -> list[dt.date]:
    days = (first + dt.timedelta(number) for number in range((last - first).days + 1))
    return [day for day in days if CALENDAR.is_workday(day)]


@pytest.mark.parametrize("sold_on", SALES)
def test_the_reference_example(sold_on: dt.date) -> None:
    in_row, usual, prepared = (way(ZHENGDONG, CALENDAR, sold_on) for way in (serial, overlapped, after_sale))
    assert (in_row.workdays, usual.workdays, prepared.workdays) == (254, 151, 8)
    assert in_row.critical_path == tuple(step.key for step in ZHENGDONG.traditional)
    assert usual.critical_path == (
        *("contract", "filing", "design", "review", "drawings", "drawing_review", "tender", "spoil", "construction"),
    )
    assert prepared.critical_path == ("BT-E8A", "BT-E8B", "BT-K2", "BT-K3", "BT-K4")
    registration, permit = prepared.timings["BT-E8C"], prepared.timings["BT-K2"]
    assert (registration.earliest_start, registration.earliest_finish) == (
        permit.earliest_start,
        permit.earliest_finish,
    )


def test_archaeology_after_the_sale_does_not_lengthen_the_usual_way() -> None:
    usual = overlapped(ZHENGDONG, CALENDAR, SALES[0])
    assert usual.timings["archaeology"].float_days == 151 - 10 - 36 - 5


def test_the_saving_is_half_a_year_and_more() -> None:
    """143 working days are 205–212 calendar days, laid from the four sale days; between the two ends it is 208–215."""
    found = [saved(ZHENGDONG, CALENDAR, sold_on) for sold_on in SALES]
    assert {each.saved_workdays for each in found} == {143}
    laid = [(CALENDAR.add_workdays(each.sold_on, each.saved_workdays).day - each.sold_on).days for each in found]
    assert (min(laid), max(laid)) == (205, 212)
    assert [each.saved_days for each in found] == [211, 208, 215, 212]
    assert not any(each.provisional for each in found)


def test_on_whatever_day_of_two_years_it_is_sold() -> None:
    found = [saved(ZHENGDONG, CALENDAR, day) for day in workdays(dt.date(2024, 1, 1), dt.date(2025, 12, 31))]
    assert {(each.serial.workdays, each.overlapped.workdays, each.taken.workdays) for each in found} == {(254, 151, 8)}
    days = [each.saved_days for each in found]
    assert (min(days), max(days)) == (204, 219)


def test_the_outlet_of_erqi() -> None:
    """二七 杉杉奥莱: sold 2023-08-03, begun 2023-08-16; the paper counted 8 working days, the calendar has 9."""
    found = saved(ZHENGDONG, CALENDAR, dt.date(2023, 8, 3), started_on=dt.date(2023, 8, 16))
    assert (found.taken.workdays, found.taken.days) == (9, 13)
    assert (found.promised.workdays, found.promised.ends_on) == (8, dt.date(2023, 8, 15))
    assert (found.overlapped.workdays, found.saved_workdays) == (151, 142)
    assert found.overlapped.ends_on == dt.date(2024, 3, 13)
    assert found.saved_days == (dt.date(2024, 3, 13) - dt.date(2023, 8, 16)).days == 210
    assert (found.serial.workdays, found.saved_serial_workdays) == (254, 245)


def test_who_takes_longer_saves_less_than_nothing() -> None:
    sold_on = dt.date(2023, 8, 3)
    late = saved(ZHENGDONG, CALENDAR, sold_on, started_on=CALENDAR.add_workdays(sold_on, 160).day)
    assert late.saved_workdays == -9
    assert late.saved_days < 0
    same = saved(ZHENGDONG, CALENDAR, sold_on, started_on=sold_on)
    assert (same.taken.workdays, same.saved_workdays) == (0, 151)


def test_every_input_is_labelled() -> None:
    found = saved(ZHENGDONG, CALENDAR, SALES[0]).inputs
    by_way = {way: [each for each in found if each.way is way] for way in Way}
    assert len(by_way[Way.overlapped]) == len(ZHENGDONG.traditional)
    assert sum(each.days for each in by_way[Way.overlapped]) == 254
    assert sum(each.days for each in by_way[Way.overlapped] if each.critical) == 151
    assert sum(each.days for each in by_way[Way.after_sale] if each.critical) == 8
    assert {each.unit for each in found} == {Unit.WORKDAY}
    for each in found:
        assert each.source
        assert each.verified is (each.basis is Basis.statutory)


def test_a_blocked_period_lengthens_the_promise_and_never_the_comparison() -> None:
    soil = BlockedPeriod(
        1, "封土", "Dust", dt.date(2022, 11, 15), dt.date(2023, 3, 15), frozenset({"earthwork"}), "ZDXQ"
    )
    blocked = Calendar(CALENDAR.marks, CALENDAR.known, [soil])
    here = Place(frozenset({"ZDXQ"}))
    sold_on = dt.date(2022, 11, 15)
    stopped = saved(ZHENGDONG, blocked, sold_on, place=here)
    assert stopped.promised.ends_on == dt.date(2023, 3, 17)  # two days after the order
    assert (stopped.serial.workdays, stopped.overlapped.workdays) == (254, 151)
    assert stopped.saved_workdays == 151 - stopped.promised.workdays < 143
    assert saved(ZHENGDONG, blocked, sold_on).saved_workdays == 143  # elsewhere


def test_a_year_without_a_calendar_makes_the_saving_provisional() -> None:
    found = saved(ZHENGDONG, CALENDAR, dt.date(2026, 8, 3))
    assert found.overlapped.provisional
    assert not found.promised.provisional
    assert found.provisional


def test_the_short_template_makes_the_same_comparison() -> None:
    found = saved(templates()["standard_land"], CALENDAR, SALES[0])
    assert (found.serial.workdays, found.overlapped.workdays, found.promised.workdays) == (254, 151, 8)
