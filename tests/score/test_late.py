"""The late days of DESIGN section 8, a second before each boundary and at it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.score import LatePolicy, days_late, late_factor

SINGAPORE = ZoneInfo("Asia/Singapore")
BERLIN = ZoneInfo("Europe/Berlin")  # clocks go forward on 2026-03-29, back on 2026-10-25
DUE = datetime(2026, 2, 3, 17, 0, tzinfo=SINGAPORE)
FACTORS = ["1", "0.85", "0.70", "0.55", "0.40", "0.25", "0.10", "0", "0"]


@pytest.mark.parametrize("day", range(8))
def test_a_late_day_starts_at_one_minute_past_and_costs_what_the_table_says(day: int):
    before = DUE + timedelta(days=day, seconds=59)
    at = before + timedelta(seconds=1)
    assert (days_late(DUE, before), days_late(DUE, at)) == (day, day + 1)
    assert late_factor(LatePolicy(), days_late(DUE, before)) == Decimal(FACTORS[day])
    assert late_factor(LatePolicy(), days_late(DUE, at)) == Decimal(FACTORS[day + 1])


def test_the_cut_off_comes_seven_days_and_a_minute_after_the_deadline():
    gentle = LatePolicy(rate=Decimal("0.01"))
    last = DUE + timedelta(days=7, seconds=59)
    assert late_factor(gentle, days_late(DUE, last)) == Decimal("0.93")
    assert late_factor(gentle, days_late(DUE, last + timedelta(seconds=1))) == 0


def test_a_part_of_a_second_is_not_a_second():
    assert days_late(DUE, DUE + timedelta(seconds=59, milliseconds=900)) == 0


def test_grace_replaces_the_minute():
    grace = timedelta(minutes=10)
    assert days_late(DUE, DUE + timedelta(minutes=9, seconds=59), grace=grace) == 0
    assert days_late(DUE, DUE + grace, grace=grace) == 1
    assert days_late(DUE, DUE, grace=timedelta(0)) == 1


def test_the_zone_of_the_hand_in_does_not_matter():
    assert days_late(DUE, datetime(2026, 2, 3, 9, 0, 59, tzinfo=UTC)) == 0
    assert days_late(DUE, datetime(2026, 2, 3, 9, 1, tzinfo=UTC)) == 1


@pytest.mark.parametrize(("month", "day"), [(3, 28), (10, 24)])
def test_a_change_of_the_clocks_moves_no_deadline(month: int, day: int):
    due = datetime(2026, month, day, 17, tzinfo=BERLIN)
    next_day = due + timedelta(days=1)  # 17:00 on the wall, 23 or 25 hours later
    assert days_late(due, next_day + timedelta(seconds=59)) == 1
    assert days_late(due, next_day + timedelta(seconds=60)) == 2


def test_a_day_that_started_stays_started_when_the_clocks_go_back():
    due = datetime(2026, 10, 24, 2, 30, tzinfo=BERLIN)  # 02:31 comes twice the next night
    first = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN)
    again = datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=BERLIN)
    assert days_late(due, first) == days_late(due, again) == 2


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="both times need a zone"):
        days_late(DUE, DUE.replace(tzinfo=None))


minutes = st.integers(-3 * 1440, 12 * 1440)


@given(minutes, minutes, st.sampled_from([SINGAPORE, BERLIN]), st.integers(0, 23))
def test_handing_in_earlier_is_never_later(one: int, other: int, zone: ZoneInfo, hour: int):
    due = datetime(2026, 10, 22, hour, 30, tzinfo=zone)
    earlier, later = (
        due.astimezone(UTC) + timedelta(minutes=each) for each in sorted((one, other))
    )
    assert days_late(due, earlier) <= days_late(due, later)


@given(st.integers(-100_000, 1_000_000), st.integers(0, 3600))
def test_it_equals_counting_days_one_by_one(seconds: int, grace: int):
    handed_in = DUE + timedelta(seconds=seconds)
    starts, day = 0, DUE + timedelta(seconds=grace)
    while day <= handed_in:
        starts, day = starts + 1, day + timedelta(days=1)
    assert days_late(DUE, handed_in, grace=timedelta(seconds=grace)) == starts
