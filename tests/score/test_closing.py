"""From when on nobody can hand in for points: only then may answers be seen."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from grader.score import Decision, LatePolicy
from grader.score.closing import closes_at

ZONE = ZoneInfo("Asia/Singapore")
DUE = datetime(2026, 2, 3, 17, 0, tzinfo=ZONE)


def extension(student, value, kind="extension"):
    return Decision(student, "", kind, value, "ill")


def test_under_the_courses_policy_it_is_the_end_of_the_sixth_late_day():
    assert closes_at(DUE, LatePolicy(), []) == datetime(2026, 2, 9, 17, 1, tzinfo=ZONE)


def test_the_last_extension_of_anybody_counts_and_of_one_student_the_last_one_said():
    lines = [
        extension("s01", timedelta(days=30)),
        extension("s01", timedelta(days=2)),
        extension("s02", datetime(2026, 2, 10, 17, 0, tzinfo=ZONE)),
        extension("s03", timedelta(days=-3)),
    ]
    assert closes_at(DUE, LatePolicy(), lines) == datetime(2026, 2, 16, 17, 1, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        (LatePolicy(rate=Decimal(1)), 0),
        (LatePolicy(cutoff_days=0), 0),
        (LatePolicy(rate=Decimal(0), cutoff_days=3), 3),
        (LatePolicy(slip_days=4), 10),
    ],
)
def test_late_days_that_leave_something_come_after_it(policy, days):
    end = closes_at(DUE, policy, [])
    assert end == DUE + timedelta(minutes=1, days=days)


def test_a_policy_that_always_leaves_something_never_closes():
    policy = LatePolicy(mode="compounding", cutoff_days=None)
    assert closes_at(DUE, policy, [extension("s01", timedelta(days=1))]) is None
