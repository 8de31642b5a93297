"""When people hand in, and what it took from them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records.submissions import Student, Submission
from grader.records.verdicts import Verdict
from grader.score import Attempt, Decision, LatePolicy, QuestionPoints, days_late, score
from grader.score.hand_in_times import STRETCHES, just_over, stretch_of, where_to_stop
from grader.score.lost import lost_to_lateness, reckoned, settled_by

DUE = datetime(2026, 2, 3, 17, 0, tzinfo=ZoneInfo("Asia/Singapore"))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("after", "stretch"),
    [
        (timedelta(days=-1) - SECOND, "more than a day before"),
        (timedelta(days=-1), "6 to 24 hours before"),
        (timedelta(hours=-6) - SECOND, "6 to 24 hours before"),
        (timedelta(hours=-6), "1 to 6 hours before"),
        (timedelta(hours=-1) - SECOND, "1 to 6 hours before"),
        (timedelta(hours=-1), "in the last hour"),
        (timedelta(0), "in the last hour"),
        (SECOND, "within the grace"),
        (59 * SECOND, "within the grace"),
        (60 * SECOND, "day 1"),
        (timedelta(days=6, minutes=1), "day 7"),
        (timedelta(days=7, minutes=1), "later"),
    ],
)
def test_each_stretch_ends_where_the_next_begins(after: timedelta, stretch: str):
    assert stretch_of(DUE, DUE + after, days_late(DUE, DUE + after)) == stretch
    assert stretch in STRETCHES


def test_many_just_over_the_line_are_seen():
    def found(*minutes: float) -> Any:
        times = [(DUE, DUE + timedelta(minutes=each)) for each in minutes]
        return just_over(times, LatePolicy())

    off = found(-50, 1, 20, 40, 55, 60.9, 61)  # the rush comes an hour later
    assert (off.minutes, off.hour, off.hour_before) == (1, 5, 1)
    assert off.may_be_an_hour_off
    slow = found(*range(-59, 0), 0.9, 1, 5, 10.9, 30)
    assert (slow.minutes, slow.hour, slow.hour_before) == (3, 4, 60)
    assert (slow.may_be_an_hour_off, slow.are_minutes_late) == (False, True)
    spread = found(-10, -20, -30, -40, *range(1, 60, 4))
    assert not found(-1, 1, 2).are_minutes_late
    assert not spread.are_minutes_late


late = st.none() | st.integers(0, 5)


@given(st.lists(late, max_size=8))
def test_a_student_could_have_stopped_where_all_that_follows_is_later(days):
    """The obvious way: had there been a cut-off after so many days, which one would have counted?"""
    would_count = set()
    if days and days[-1] is not None:
        for most in range(days[-1]):
            kept = [place for place, each in enumerate(days) if each is not None and each <= most]
            would_count |= set(kept[-1:])
    assert where_to_stop(days) == tuple(sorted(would_count))


def made(credit: str = "1", *, after: timedelta, slip_days: int = 0, kind: Any = None, value: Any = None, **policy: Any):  # fmt: skip
    """The score of one question of 9 points, and its line."""
    rules = LatePolicy(**policy)
    attempt = Attempt(
        Submission("s01", 1, "hw.ipynb", DUE + after), (Verdict("Q1", "f", Decimal(credit), ""),)
    )
    decisions = [] if kind is None else [Decision("s01", "", kind, value, "a reason")]
    result = score(
        Student("s01", ""), [attempt], [QuestionPoints("Q1", "", Decimal(9))], assignment="hw",
        due=DUE, policy=rules, decisions=decisions, slip_days=slip_days,
    )  # fmt: skip
    return result, reckoned(result, rules, slip_days=slip_days)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "lost", "line"),
    [
        ({"after": -DAY}, "0", "9.00"),
        ({"after": 2 * DAY}, "2.70", "9.00 x 0.70 = 6.30"),
        ({"after": 2 * DAY, "base": "maximum"}, "2.70", "9.00 - 2.70 = 6.30"),
        ({"after": 2 * DAY, "slip_days": 1}, "1.35", "9.00 x 0.85 = 7.65"),
        ({"after": 2 * DAY, "slip_days": 2}, "0", "9.00 x 1.00 = 9.00"),
        ({"after": 8 * DAY}, "9.00", "9.00 x 0.00 = 0.00"),
        ({"after": DAY, "credit": "0"}, "0", "0.00 x 0.85 = 0.00"),
        ({"after": DAY, "kind": "extension", "value": DAY}, "0", "9.00"),
        # no re-grade was to lower it: 8 stays, and 1 is what was lost
        ({"after": 2 * DAY, "kind": "at-least", "value": Decimal(8)}, "1.00", "9.00 x 0.70 = 6.30, and stays 8.00"),
        ({"after": 2 * DAY, "kind": "override", "value": Decimal(3)}, "0", "9.00 x 0.70 = 6.30, and stays 3.00"),
        ({"after": 2 * DAY, "kind": "excuse"}, "0", "9.00 x 0.70 = 6.30"),
    ],
)  # fmt: skip
def test_what_was_lost_and_how_it_is_reckoned(given, lost, line):
    result, said = made(**given)
    assert (lost_to_lateness(result), said) == (Decimal(lost), line)


def test_a_decision_of_a_person_settles_a_score():
    kinds = {"override": Decimal(3), "stands": Decimal(3), "misconduct": None, "excuse": None, "at-least": Decimal(8), "comment": None}  # fmt: skip
    settled = {
        kind: settled_by(made(after=2 * DAY, kind=kind, value=value)[0])
        for kind, value in kinds.items()
    }
    assert settled == {
        **dict.fromkeys(("override", "stands", "misconduct"), "by hand"),
        "excuse": "excused",
        **dict.fromkeys(("at-least", "comment"), ""),
    }
