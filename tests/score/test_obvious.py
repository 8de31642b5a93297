"""Each score equals that of a slow, obvious second implementation; and what is true of all policies.

Policies of all kinds, in zones whose clocks change by an hour, by half an hour, or never; deadlines
beside those changes; hand-ins to the microsecond beside each boundary. The same hundred of each in
every run, thousands of others with GRADER_TEST_SCALE.
"""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from grader.course.clock import local_time
from grader.records.scores import Score
from grader.records.submissions import Student, Submission
from grader.records.verdicts import Verdict
from grader.score import (
    Attempt,
    Decision,
    LatePolicy,
    QuestionPoints,
    days_late,
    late_factor,
    score,
)
from tests.score import obvious

IS_SCALE = "GRADER_TEST_SCALE" in os.environ
many = settings(
    max_examples=3000 if IS_SCALE else 100,
    derandomize=not IS_SCALE,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

WHO = Student("s01", "One")
# zones, with days of 2026 in whose night the clocks go forward or back
NIGHTS = {
    "Europe/London": [(3, 28), (10, 24)],
    "America/New_York": [(3, 7), (10, 31)],
    "Australia/Lord_Howe": [(10, 3), (4, 4)],  # by half an hour
    "Asia/Singapore": [(12, 31)],  # never
}
SINGAPORE = ZoneInfo("Asia/Singapore")
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Late:
    """A hand-in: where, by which deadline on the wall, and when."""

    zone: ZoneInfo
    due: datetime
    handed_in: datetime
    policy: LatePolicy

    @property
    def deadline(self) -> datetime:
        return self.due.replace(tzinfo=None)


policies = st.builds(
    LatePolicy,
    rate=st.sampled_from(["0", "0.05", "0.15", "0.25", "0.3", "1"]).map(Decimal)
    | st.decimals(0, 1, places=3),
    mode=st.sampled_from(["linear", "compounding"]),
    grace=st.sampled_from([0, 1, 59, 60, 90, 600, 5400]).map(lambda s: timedelta(seconds=s))
    | st.timedeltas(timedelta(0), timedelta(hours=30)),
    cutoff_days=st.none() | st.integers(0, 10),
    base=st.sampled_from(["earned", "maximum"]),
    places=st.integers(0, 3),
)
beside = st.sampled_from([-1, 1]).flatmap(
    lambda sign: st.sampled_from([0, 1, 999_999, 10**6, 59 * 10**6, 60 * 10**6, 3600 * 10**6]).map(
        lambda n: sign * n * MICROSECOND
    )
)
anywhere = st.timedeltas(timedelta(days=-2), timedelta(days=1))


def on_the_wall(month: int, day: int, hour: int, minute: int) -> datetime:
    """A time of 2026 as the clock shows it."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


def late_by(
    zone: str, due: datetime, wall: datetime, *, fold: int = 0, policy: LatePolicy | None = None
) -> Late:
    """A hand-in when the clock on the wall shows `wall`; `fold`: for the second time."""
    place = ZoneInfo(zone)
    instant = wall.replace(tzinfo=place, fold=fold).astimezone(UTC)
    return Late(place, local_time(due, place), instant, policy or LatePolicy())


@st.composite
def hand_ins(draw: Any) -> Late:
    """Beside the begin of a late day, or anywhere; in the hour that comes twice, too."""
    zone = draw(st.sampled_from(list(NIGHTS)))
    night = draw(st.sampled_from(NIGHTS[zone]))
    clock = draw(st.sampled_from([(1, 45), (17, 0), (23, 59), (0, 0), (2, 15)]))
    policy = draw(policies)
    due = on_the_wall(*night, *clock)
    begins = due + policy.grace + timedelta(days=draw(st.sampled_from([1, 1, 1, 0, 2, 6, 7, 8])))
    wall = begins + draw(beside | anywhere)
    try:
        return late_by(zone, due, wall, fold=draw(st.integers(0, 1)), policy=policy)
    except ValueError:  # such a deadline can't be written in TOML: the clock skips or repeats it
        assume(False)
        raise


SPRING = late_by("Europe/London", on_the_wall(3, 28, 17, 0), on_the_wall(3, 29, 17, 1))
AUTUMN = late_by("America/New_York", on_the_wall(10, 31, 17, 0), on_the_wall(11, 1, 16, 30))
AGAIN = late_by(
    "Australia/Lord_Howe", on_the_wall(4, 4, 1, 45), on_the_wall(4, 5, 1, 40), fold=1
)  # after 1:46, when the second late day began
SKIPPED = late_by("Europe/London", on_the_wall(3, 28, 1, 45), on_the_wall(3, 29, 2, 0))


QUESTIONS = {"Q1": Decimal("2.3"), "Q2": Decimal(1), "Q3": Decimal("3.25"), "Q4": Decimal("0.45")}
checks = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 7]), st.sampled_from(["0", "0.5", "0.25", "1", "0.333"])),
    min_size=1,
    max_size=4,
)
results = st.fixed_dictionaries(dict.fromkeys(QUESTIONS, checks))
ALL_RIGHT = {name: [(1, "1")] for name in QUESTIONS}
extensions = st.none() | st.integers(0, 5).map(lambda days: timedelta(days=days))


def scored(late: Late, found: dict[str, list[tuple[int, str]]], **more: Any) -> Score:
    """By the grader."""
    verdicts = [
        Verdict(name, "f", Decimal(credit), "because", weight=Decimal(weight))
        for name, each in found.items()
        for weight, credit in each
    ]
    attempt = Attempt(Submission(WHO.id, 1, "hw.ipynb", late.handed_in), tuple(verdicts))
    questions = [QuestionPoints(name, name, worth) for name, worth in QUESTIONS.items()]
    extension = more.pop("extension", None)
    decisions = [] if extension is None else [Decision(WHO.id, "", "extension", extension, "ill")]
    return score(
        WHO, [attempt], questions, assignment="hw", due=late.due, policy=late.policy,
        decisions=decisions, **more,
    )  # fmt: skip


def rules_of(policy: LatePolicy) -> obvious.Rules:
    return obvious.Rules(
        rate=Fraction(policy.rate),
        compounding=policy.mode == "compounding",
        grace=policy.grace,
        cutoff=policy.cutoff_days,
        of_the_maximum=policy.base == "maximum",
        places=policy.places,
    )


THIRDS = {
    "Q1": [(1, "1")],
    "Q2": [(1, "1"), (1, "0"), (1, "0")],
    "Q3": [(1, "0")],
    "Q4": [(1, "0")],
}


@many
@given(hand_ins(), results, st.integers(0, 3), extensions)
@example(SPRING, ALL_RIGHT, 0, None)
@example(AUTUMN, ALL_RIGHT, 0, None)
@example(AGAIN, ALL_RIGHT, 0, None)
@example(SKIPPED, ALL_RIGHT, 0, None)
def test_each_score_equals_that_of_the_second_implementation(late, found, slip_days, longer):
    got = scored(late, found, extension=longer, slip_days=slip_days)
    rules = rules_of(late.policy)
    deadline = late.deadline + (longer or timedelta(0))
    days = obvious.late_days(deadline, late.handed_in, late.zone, rules.grace)
    charged = obvious.charged_days(days, slip_days)
    worth = {name: Fraction(points) for name, points in QUESTIONS.items()}
    facts = {name: [(w, Fraction(c)) for w, c in each] for name, each in found.items()}
    earned = obvious.points(worth, facts)
    maximum = sum(worth.values())
    left = obvious.half_up(obvious.left_of(rules, earned, maximum, charged), rules.places)
    before = obvious.half_up(earned, rules.places)
    assert got.days_late == days
    assert Fraction(got.earned) == before
    assert Fraction(got.score) == left
    assert Fraction(got.penalty) == before - left


@pytest.mark.parametrize(
    ("late", "days"), [(SPRING, 2), (AUTUMN, 1), (AGAIN, 2), (SKIPPED, 2)]
)  # fmt: skip
def test_the_second_implementation_counts_as_people_do(late: Late, days: int):
    assert obvious.late_days(late.deadline, late.handed_in, late.zone, late.policy.grace) == days


@many
@given(policies, st.integers(0, 12))
def test_the_factor_equals_taking_the_share_of_each_day(policy, days):
    want = obvious.share(rules_of(policy), days)
    # 28 digits: more than compounding a rate of three digits for nine days has
    assert abs(Fraction(late_factor(policy, days)) - want) <= Fraction(1, 10**27)


def test_thirds_that_are_added_up_are_rounded_as_what_they_are():
    """2.3 and three times a third are 3.3, and 3.3 x 0.85 is 2.805: half up that is 2.81."""
    due = datetime(2026, 2, 3, 17, tzinfo=SINGAPORE)
    names = [QuestionPoints("Q1", "", Decimal("2.3"))] + [
        QuestionPoints(f"Q{n}", "", Decimal(1)) for n in (2, 3, 4)
    ]
    verdicts = [Verdict("Q1", "f", Decimal(1), "")] + [
        Verdict(f"Q{n}", "f", Decimal(credit), "") for n in (2, 3, 4) for credit in (1, 0, 0)
    ]
    late = Attempt(Submission(WHO.id, 1, "hw.ipynb", due + timedelta(hours=1)), tuple(verdicts))
    got = score(WHO, [late], names, assignment="hw", due=due, policy=LatePolicy())
    assert (got.earned, got.score) == (Decimal("3.30"), Decimal("2.81"))
    assert got.explanation.endswith("3.30 x 0.85 = 2.81") or got.explanation.endswith(
        ": x 0.85 = 2.81"
    )


@many
@given(
    hand_ins(),
    results,
    st.integers(0, 3),
    extensions,
    st.timedeltas(timedelta(0), timedelta(days=3)) | beside.map(abs),
)
def test_handing_in_earlier_never_costs_more(late, found, slip_days, longer, earlier):
    early = Late(late.zone, late.due, late.handed_in - earlier, late.policy)
    one, other = (
        scored(each, found, extension=longer, slip_days=slip_days) for each in (early, late)
    )
    assert one.days_late <= other.days_late
    assert one.penalty <= other.penalty
    assert one.score >= other.score


@many
@given(hand_ins(), results, st.integers(0, 3), extensions)
def test_a_penalty_is_never_below_zero_nor_above_what_was_earned(late, found, slip_days, longer):
    got = scored(late, found, extension=longer, slip_days=slip_days)
    assert 0 <= got.penalty <= got.earned <= obvious_maximum(late.policy)
    assert 0 <= got.score <= got.earned


def obvious_maximum(policy: LatePolicy) -> Decimal:
    """7, in as many places as scores have."""
    return sum(QUESTIONS.values(), Decimal(0)).quantize(Decimal(1).scaleb(-policy.places))


@many
@given(hand_ins(), results, st.integers(0, 3), st.integers(0, 5), st.integers(0, 5))
def test_an_extension_never_hurts_and_a_longer_one_never_more(late, found, slip_days, days, more):
    none = scored(late, found, slip_days=slip_days)
    short = scored(late, found, slip_days=slip_days, extension=timedelta(days=days))
    long = scored(late, found, slip_days=slip_days, extension=timedelta(days=days + more))
    assert none.score <= short.score <= long.score
    assert none.days_late >= short.days_late >= long.days_late


@many
@given(hand_ins(), results, st.integers(0, 5))
def test_an_extension_in_days_is_one_until_that_time_of_day(late, found, days):
    wall = late.deadline + timedelta(days=days)
    try:
        until = local_time(wall, late.zone)
    except ValueError:  # the clock never shows it, or twice
        assume(False)
        raise
    one, other = (scored(late, found, extension=each) for each in (timedelta(days=days), until))
    assert (one.days_late, one.score) == (other.days_late, other.score)


@many
@given(hand_ins(), results, st.integers(0, 5))
def test_a_slip_day_more_never_hurts(late, found, slip_days):
    fewer, more = (scored(late, found, slip_days=n) for n in (slip_days, slip_days + 1))
    assert fewer.score <= more.score


def a_zone(rule: str) -> ZoneInfo:
    """A zone by a rule of POSIX, `GMT0BST,M3.5.0/1,M10.5.0`, as a file of the zone's data has it."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 1)
    one_type = struct.pack(">lbb", 0, 0, 0) + b"\0"
    block = b"TZif2" + bytes(15) + counts + one_type
    return ZoneInfo.from_file(io.BytesIO(block * 2 + f"\n{rule}\n".encode()), key="Course/Zone")


@st.composite
def rules(draw: Any) -> str:
    """Offsets from -11 to +12 hours; no summer time, or one of 20 minutes to 2 hours."""
    standard = draw(st.integers(-12 * 60, 11 * 60))
    if draw(st.booleans()):
        return f"AAA{_clock(standard)}"
    ahead = draw(st.sampled_from([20, 30, 60, 120]))
    start, end = (
        f"M{month}.{draw(st.integers(1, 5))}.0/{draw(st.integers(0, 4))}"
        for month in draw(st.permutations([4, 10]))
    )
    return f"AAA{_clock(standard)}BBB{_clock(standard - ahead)},{start},{end}"


def _clock(minutes: int) -> str:
    """Of POSIX: west is positive."""
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"


@many
@given(
    rules(),
    rules(),
    st.sampled_from([4, 10]),
    st.integers(1, 30),
    st.integers(0, 23),
    anywhere | beside,
    st.integers(0, 9),
    policies,
)
@example(
    "AAA0", "AAA0BBB-1,M4.1.0/1,M10.5.0/1", 10, 24, 17, timedelta(minutes=-40), 1, LatePolicy()
)  # fmt: skip
def test_other_rules_of_the_zone_move_no_wall_clock_deadline(
    one, other, month, day, hour, off, late, policy
):
    """A government abolishes summer time: the same clocks on the wall give the same late days."""
    due = on_the_wall(month, day, hour, 30)
    wall = due + policy.grace + timedelta(days=late) + off
    days = set()
    for zone in map(a_zone, (one, other)):
        for time in (due, wall):  # which the clock shows, and shows once
            try:
                local_time(time, zone)
            except ValueError:
                assume(False)
        # nor has the clock shown a later time, and gone back
        handed_in = wall.replace(tzinfo=zone).astimezone(UTC)
        assume(obvious.furthest_shown(handed_in, zone) == wall)
        days.add(days_late(due.replace(tzinfo=zone), handed_in, grace=policy.grace))
    assert len(days) == 1


@pytest.mark.parametrize(
    ("rule", "month", "summer"),
    [("GMT0BST,M3.5.0/1,M10.5.0", 7, 60), ("GMT0", 7, 0), ("GMT0BST,M3.5.0/1,M10.5.0", 1, 0)],
)
def test_a_rule_makes_the_zone_that_it_says(rule: str, month: int, summer: int):
    offset = datetime(2026, month, 1, tzinfo=a_zone(rule)).utcoffset()
    assert offset == timedelta(minutes=summer)
