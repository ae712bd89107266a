"""Totals, targets and progress without a database."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.plans import progress, targets
from service.plans.attributes import Gaps, missing
from service.plans.classes import ALL, USES, Dimension
from service.plans.progress import Row
from service.plans.reconcile import Tally, differences, lines, sum_of, summed
from service.plans.targets import TargetStanding
from service.rules.book import rulebook

NONE = Decimal("0.00")
RULE = next(rule for rule in rulebook().rules if rule.id == "R33")
AREAS = st.decimals(min_value="0.01", max_value="999999.99", places=2)
MONTHS = st.none() | st.integers(1, 12)
ROWS = st.lists(
    st.builds(
        lambda member, month, area, supplied: (
            Row(member, month or 7, 0, NONE, 1, area) if supplied else Row(member, month, 1, area, 0, NONE)
        ),
        st.sampled_from(["a", "b", None]), MONTHS, AREAS, st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


def test_a_difference_of_a_hundredth_is_told() -> None:
    sums = summed([Tally("commercial", None, "410105", 1, 2, "new", "listing", 1, Decimal("10000.00"))])
    printed = {(Dimension.total, ALL): Decimal("10000.01"), (Dimension.use_class, "commercial"): Decimal("10000.00")}
    (found,) = differences(lines(sums, printed), {})
    assert found.figures["difference"].value == "0.01"
    assert "相差 0.000001 公顷" in found.message[0]
    assert found.severity == "warn"


def test_printed_members_without_items_are_compared_too() -> None:
    found = differences(lines(summed([]), {(Dimension.district, "410105"): Decimal(5)}), {"410105": "金水区"})
    assert [each.where for each in found] == [{"district": "410105"}]
    assert "金水区" in found[0].message[0]


def test_other_uses_are_the_four_without_a_line_of_their_own() -> None:
    sums = summed([Tally(use, None, None, None, None, None, None, 1, Decimal(1)) for use in USES])
    assert sum_of(sums, Dimension.use_class, "other").area_m2 == 4
    assert sum_of(sums, Dimension.total, ALL).area_m2 == 7


@pytest.mark.parametrize(
    ("gaps", "told"),
    [
        (Gaps(0, 0, 0, 0, 0), [{}]),
        (Gaps(9, 0, 0, 0, 0), []),
        (Gaps(9, 1, 2, 3, 4), [{"missing": each} for each in ("structure", "timing", "parcel", "use")]),
    ],
)
def test_r33_the_five_attributes(gaps: Gaps, told: list[dict[str, str]]) -> None:
    found = list(missing(gaps, RULE))
    assert [dict(each.where) for each in found] == told
    assert all(each.severity == "block" and each.rule == "R33" for each in found)


@given(ROWS, st.dates(dt.date(2021, 6, 1), dt.date(2023, 6, 1)))
def test_progress_is_the_naive_recount(rows: list[Row], day: dt.date) -> None:
    over = [month for month in range(1, 13) if targets.end_of(dt.date(2022, month, 1)) <= day]
    for found in progress.measured(rows, 2022, day):
        own = [row for row in rows if row.member == found.member]
        assert found.planned_m2 == sum(row.planned_m2 for row in own)
        assert found.supplied_m2 == sum(row.supplied_m2 for row in own)
        assert found.due_m2 == sum(row.planned_m2 for row in own if (row.month or 12) in over)
        assert found.gap_m2 == found.due_m2 - found.supplied_m2
        assert found.months_left == 12 - len(over)
        left = max(found.planned_m2 - found.supplied_m2, NONE)
        if over == list(range(1, 13)):
            assert found.pace_m2 == (None if left else 0)
        else:
            assert found.pace_m2 is not None
            assert abs(found.pace_m2 * found.months_left - left) <= Decimal("0.06")
    whole = progress.whole(rows, 2022, day)
    assert whole.planned_m2 == sum(row.planned_m2 for row in rows)


@given(ROWS)
def test_months_make_quarters_and_quarters_the_year(rows: list[Row]) -> None:
    months = progress.months(rows)
    dated = [row for row in rows if row.month is not None]
    assert months[-1].planned_so_far_m2 == sum(row.planned_m2 for row in dated)
    assert months[-1].supplied_so_far_m2 == sum(row.supplied_m2 for row in dated)
    quarters = progress.measured(progress.by_time(rows, Dimension.quarter), 2022, dt.date(2022, 11, 15))
    for found in quarters:
        if found.member is not None:
            own = [month for month in months if (month.month + 2) // 3 == int(found.member)]
            assert found.planned_m2 == sum(month.planned_m2 for month in own)
            assert found.supplied_m2 == sum(month.supplied_m2 for month in own)


NOV, DEC = dt.date(2022, 11, 1), dt.date(2022, 12, 1)


@pytest.mark.parametrize(
    ("before", "after", "day", "needed"),
    [
        (NOV, DEC, 25, False),
        (NOV, DEC, 26, True),
        (DEC, NOV, 26, True),
        (DEC, dt.date(2023, 1, 1), 30, False),
        (dt.date(2022, 10, 1), DEC, 1, True),
        (None, DEC, 30, False),
    ],
)
def test_the_lock_window_begins_five_days_before_the_end(
    before: dt.date | None, after: dt.date, day: int, *, needed: bool
) -> None:
    assert targets.needs_approval(before, after, dt.date(2022, 11, day), 5) is needed


@pytest.mark.parametrize(
    ("month", "reached", "today", "expected"),
    [
        (NOV, None, dt.date(2022, 10, 31), TargetStanding.later),
        (NOV, None, dt.date(2022, 11, 30), TargetStanding.due),
        (NOV, None, dt.date(2022, 12, 1), TargetStanding.overdue),
        (NOV, dt.date(2022, 11, 30), dt.date(2022, 12, 1), TargetStanding.met),
        (NOV, dt.date(2022, 12, 1), dt.date(2022, 12, 1), TargetStanding.met_late),
        (NOV, dt.date(2022, 12, 2), dt.date(2022, 12, 1), TargetStanding.overdue),
        (None, None, dt.date(2022, 12, 1), TargetStanding.undated),
    ],
)
def test_how_a_target_stands(
    month: dt.date | None, reached: dt.date | None, today: dt.date, expected: TargetStanding
) -> None:
    assert targets.standing(month, reached, today) is expected
