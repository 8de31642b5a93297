"""From verdicts to a score: points, statuses, flags, decisions, and the sentence."""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.records.scores import Score
from grader.records.submissions import Student, Submission
from grader.records.verdicts import Verdict
from grader.score import Attempt, Decision, LatePolicy, QuestionPoints, score

DUE = datetime(2022, 8, 30, 17, 0, tzinfo=ZoneInfo("Asia/Singapore"))  # a Tuesday
ADA = Student("A1", "Ada")
QUESTIONS = [
    QuestionPoints("Q1", "Predict", Decimal(4)),
    QuestionPoints("Q2", "Descend", Decimal("5.5")),
    QuestionPoints("Q9", "In words", Decimal("0.5")),
]


def a_verdict(question: str, credit: str | None = "1", **more: Any) -> Verdict:
    return Verdict(question, "f", None if credit is None else Decimal(credit), "because", **more)


def an_attempt(
    *verdicts: Verdict, late_by: timedelta | None = timedelta(0), number: int = 1, **more: Any
) -> Attempt:
    """All right unless other verdicts are given; `late_by=None` has no time."""
    submission = Submission(
        ADA.id,
        number,
        path=None if "problem" in more else "hw1.ipynb",
        submitted_at=None if late_by is None else DUE + late_by,
        problem=more.pop("problem", ""),
        flags=more.pop("submission_flags", ()),
    )
    all_right = tuple(a_verdict(question.id) for question in QUESTIONS)
    return Attempt(submission, verdicts or all_right, **more)


def score_of(*attempts: Attempt, **more: Any) -> Score:
    given: dict[str, Any] = {"assignment": "hw1", "due": DUE, "policy": LatePolicy()} | more
    return score(ADA, attempts, QUESTIONS, **given)


def decided(kind: Any, value: Any = None, question: str = "", reason: str = "ill") -> Decision:
    return Decision(ADA.id, question, kind, value, reason, at="decisions.csv, line 2")


def days(number: float) -> timedelta:
    return timedelta(days=number)


# the sentence


def test_a_late_score_explains_itself():
    nine = an_attempt(
        a_verdict("Q1", "0.75"), a_verdict("Q2"), a_verdict("Q9"), late_by=timedelta(hours=25.2)
    )
    assert score_of(nine).explanation == (
        "9.00 of 10, 2 days late (due Tue 17:00, handed in Wed 18:12): x 0.70 = 6.30"
    )


def test_a_score_on_time_explains_itself():
    early = score_of(an_attempt(late_by=timedelta(hours=-20.75)))
    assert early.explanation == (
        "10.00 of 10, on time (due Tue 17:00, handed in Mon 20:15) = 10.00"
    )


def test_the_seconds_of_the_grace_are_shown():
    last_second = score_of(an_attempt(late_by=timedelta(seconds=59)))
    assert last_second.explanation == (
        "10.00 of 10, on time (due Tue 17:00, handed in Tue 17:00:59) = 10.00"
    )


def test_where_weekdays_would_mislead_dates_are_given():
    assert score_of(an_attempt(late_by=days(7.5))).explanation == (
        "10.00 of 10, 8 days late (due Tue 30 Aug 2022 17:00, handed in Wed 7 Sep 2022 05:00), "
        "after the cut-off: x 0.00 = 0.00"
    )


def test_a_penalty_on_the_maximum_is_shown_as_points():
    late = score_of(an_attempt(late_by=days(0.5)), policy=LatePolicy(base="maximum"))
    assert late.explanation.endswith(": - 1.50 = 8.50")


def test_a_long_factor_is_shown_with_four_places():
    late = score_of(an_attempt(late_by=days(2.5)), policy=LatePolicy(mode="compounding"))
    assert late.explanation.endswith(": x 0.6141 = 6.14")


def explained(earned: str, late_by: timedelta, **policy: Any) -> str:
    """The sentence for one question of 10 points."""
    share = an_attempt(a_verdict("Q1", str(Decimal(earned) / 10)), late_by=late_by)
    return score(
        ADA,
        [share],
        [QuestionPoints("Q1", "It", Decimal(10))],
        assignment="hw1",
        due=DUE,
        policy=LatePolicy(**policy),
    ).explanation


def test_what_was_earned_has_the_places_that_the_product_needs():
    """3.34 x 0.85 would be 2.84."""
    said = explained("3.335", days(0.5))
    assert said.startswith("3.335 of 10, 1 day late")
    assert said.endswith(": x 0.85 = 2.83")
    said = explained("1.5", days(1.5), places=0, rate=Decimal("0.07"))
    assert said.startswith("1.5 of 10, 2 days late")
    assert said.endswith(": x 0.86 = 1")


def test_a_penalty_on_the_maximum_leads_from_what_is_shown_to_what_is_left():
    """0.875 would be 0.88, and 7.50 - 0.88 is not 6.63."""
    said = explained("7.5", days(0.5), base="maximum", rate=Decimal("0.0875"))
    assert said.startswith("7.50 of 10")
    assert said.endswith(": - 0.87 = 6.63")
    assert explained("1", days(0.5), base="maximum").endswith(": - 1.50 = 0.00")


@given(
    earned=st.decimals(0, 10, places=5),
    late_by=st.floats(0.1, 8).map(days),
    rate=st.decimals(0, 1, places=3),
    mode=st.sampled_from(["linear", "compounding"]),
    base=st.sampled_from(["earned", "maximum"]),
    places=st.integers(0, 3),
)
def test_a_calculator_comes_to_the_score(earned, late_by, places, **policy):
    said = explained(str(earned), late_by, places=places, **policy)
    first, sign, second, result = re.fullmatch(
        r"(\S+) of 10, .*: ([x-]) (\S+) = (\S+)", said
    ).groups()
    exact = Decimal(first) * Decimal(second) if sign == "x" else Decimal(first) - Decimal(second)
    unit = Decimal(1).scaleb(-places)
    assert max(Decimal(0), exact).quantize(unit, ROUND_HALF_UP) == Decimal(result)


def test_the_sentence_stays_one_line():
    extended = decided("extension", days(1), reason="ill,\nsee the letter")
    assert "(ill, see the letter)" in score_of(an_attempt(), decisions=[extended]).explanation


# points


def test_a_question_earns_the_weighted_mean_of_its_checks():
    result = score_of(
        an_attempt(
            a_verdict("Q1", "1", weight=Decimal(3)),
            a_verdict("Q1", "0"),
            a_verdict("Q2", "0"),
            a_verdict("Q9", "0.5"),
        )
    )
    assert [each.earned for each in result.questions] == [3, 0, Decimal("0.25")]
    assert (result.earned, result.score, result.penalty) == (Decimal("3.25"), Decimal("3.25"), 0)


@given(st.lists(st.decimals("0.1", 9, places=3), min_size=1, max_size=7))
def test_all_right_is_exactly_all_points(weights: list[Decimal]):
    verdicts = [a_verdict(q.id, weight=weight) for q in QUESTIONS for weight in weights]
    result = score_of(an_attempt(*verdicts))
    assert [each.earned for each in result.questions] == [q.points for q in QUESTIONS]


def test_it_is_rounded_once_at_the_end():
    third = QuestionPoints("Q1", "A third", Decimal(1))
    attempt = an_attempt(a_verdict("Q1"), *[a_verdict("Q1", "0")] * 2, late_by=days(0.5))
    result = score(ADA, [attempt], [third], assignment="hw1", due=DUE, policy=LatePolicy())
    assert (result.earned, result.score) == (Decimal("0.33"), Decimal("0.28"))  # 0.2833...
    assert result.penalty == result.earned - result.score


# statuses, in the order in which they apply


def test_a_stranger_is_graded_and_named_as_one():
    result = score_of(an_attempt(), known=False)
    assert (result.status, result.score) == ("unknown_student", 10)


def test_who_is_excused_has_no_score_and_nothing_is_pending():
    pending = an_attempt(a_verdict("Q1"), a_verdict("Q2"), a_verdict("Q9", None))
    result = score_of(pending, decisions=[decided("excuse")])
    assert (result.status, result.score, result.flags) == ("excused", None, ())
    assert result.explanation.endswith("; excused (ill)")


def test_nothing_handed_in_is_missing_with_0():
    result = score_of()
    assert (result.status, result.attempt, result.score) == ("missing", None, 0)
    assert result.explanation == "nothing was handed in: 0.00 of 10"


def test_points_for_what_was_not_handed_in_say_who_gave_them():
    result = score_of(decisions=[decided("mark", Decimal("0.5"), "Q9", "told in person")])
    assert (result.status, result.score) == ("missing", Decimal("0.50"))
    assert result.explanation.endswith("; Q9 set to 0.5 by hand (told in person)")


def test_a_file_that_is_no_notebook_is_unreadable_with_the_reason():
    result = score_of(an_attempt(problem="handed in as a.py"))
    blank = score_of(Attempt(an_attempt(problem="handed in as a.py").submission))
    assert result.status == blank.status == "unreadable"
    assert (blank.earned, blank.score, blank.is_provisional) == (0, 0, True)
    assert blank.explanation.endswith("; the hand-in can't be read: handed in as a.py")


def test_a_corrupt_notebook_is_unreadable():
    attempt = Attempt(an_attempt().submission, unreadable="not JSON")
    assert (score_of(attempt).status, score_of(attempt).score) == ("unreadable", 0)


def test_without_a_time_there_is_no_score_and_never_a_silent_on_time():
    result = score_of(an_attempt(late_by=None))
    assert (result.status, result.score, result.penalty) == ("needs_review", None, 0)
    assert (result.days_late, result.earned, result.flags) == (None, 10, ("no-time",))
    assert "no hand-in time is known" in result.explanation


def test_a_failure_of_ours_gives_no_score():
    result = score_of(Attempt(an_attempt().submission, failure="KeyError: 'b'"))
    assert (result.status, result.score) == ("needs_review", None)
    assert result.flags == ("internal-error",)
    assert "a failure of the grader: KeyError: 'b'" in result.explanation


def test_a_doubt_asks_for_a_person_and_keeps_the_score():
    doubtful = an_attempt(a_verdict("Q1", doubt="odd"), a_verdict("Q2"), a_verdict("Q9"))
    result = score_of(doubtful)
    assert (result.status, result.score) == ("needs_review", 10)
    assert result.explanation.endswith("; a person should look at it: odd")


def test_a_question_that_nobody_judged_is_a_doubt():
    result = score_of(an_attempt(a_verdict("Q1"), a_verdict("Q2")))
    assert result.status == "needs_review"
    assert result.explanation.endswith("Q9 was not judged")


@pytest.mark.parametrize(
    ("late_by", "status"),
    [(0, "graded"), (0.5, "late"), (5.5, "late"), (6.5, "zero_late"), (40, "zero_late")],
)
def test_lateness_shows_in_the_status(late_by: float, status: str):
    assert score_of(an_attempt(late_by=days(late_by))).status == status


def test_a_penalty_on_the_maximum_can_leave_nothing():
    few = an_attempt(a_verdict("Q1", "0.25"), a_verdict("Q2", "0"), a_verdict("Q9", "0"))
    late = Attempt(an_attempt(late_by=days(0.5)).submission, few.verdicts)
    assert score_of(late, policy=LatePolicy(base="maximum")).status == "zero_late"


# pending and decisions


def test_a_written_answer_is_pending_until_it_is_marked():
    written = an_attempt(a_verdict("Q1"), a_verdict("Q2"), a_verdict("Q9", None))
    before = score_of(written)
    assert (before.score, before.flags) == (Decimal("9.50"), ("pending:Q9",))
    assert before.explanation.endswith("; Q9 is not marked yet")
    after = score_of(written, decisions=[decided("mark", Decimal("0.5"), "Q9")])
    assert (after.score, after.flags, after.is_provisional) == (10, (), False)


def test_a_marked_answer_says_its_mark_and_the_reason():
    written = an_attempt(a_verdict("Q1"), a_verdict("Q2"), a_verdict("Q9", None))
    before = score_of(written).questions[-1].verdicts[0]
    assert (before.credit, before.reason) == (None, "because")
    mark = decided("mark", Decimal("0.25"), "Q9", reason="what but not why")
    after = score_of(written, decisions=[mark]).questions[-1].verdicts[0]
    assert after.credit == Decimal("0.5")
    assert after.reason == "A person gave it 0.25 of 0.5 (what but not why)."


def test_a_mark_is_subject_to_the_penalty():
    written = an_attempt(
        a_verdict("Q1", "0"), a_verdict("Q2", "0"), a_verdict("Q9", None), late_by=days(1.5)
    )
    marked = score_of(written, decisions=[decided("mark", Decimal("0.5"), "Q9")])
    assert marked.score == Decimal("0.35")


def test_of_two_decisions_the_last_counts():
    twice = [decided("mark", Decimal("0.5"), "Q9"), decided("mark", Decimal(0), "Q9")]
    assert score_of(an_attempt(), decisions=twice).score == Decimal("9.50")


def test_decisions_about_others_change_nothing():
    other = Decision("B2", "", "override", Decimal(1))
    assert score_of(an_attempt(), decisions=[other]) == score_of(an_attempt())


def test_a_question_can_be_set_by_hand_which_settles_its_doubt():
    doubtful = an_attempt(a_verdict("Q1", "0", doubt="odd"), a_verdict("Q2"), a_verdict("Q9"))
    result = score_of(doubtful, decisions=[decided("override", Decimal(4), "Q1", "typo")])
    assert (result.status, result.score) == ("graded", 10)
    assert result.explanation.endswith("; Q1 set to 4 by hand (typo)")


def test_what_a_person_decided_is_told_before_what_was_found():
    judged = an_attempt(a_verdict("Q1", "0"), a_verdict("Q2"), a_verdict("Q9"))
    for kind in ("override", "mark"):
        result = score_of(judged, decisions=[decided(kind, Decimal(3), "Q1", "typo")])
        by_hand, found = result.questions[0].verdicts
        assert (by_hand.check, by_hand.credit, found) == (
            *("by hand", Decimal(3) / QUESTIONS[0].points),
            judged.verdicts[0],
        )
        assert by_hand.reason.startswith(f"A person gave it 3 of {QUESTIONS[0].points} (typo).")
        assert result.flags == ("override:Q1",)
        assert result.explanation.endswith("; Q1 set to 3 by hand (typo)")


def test_a_score_set_by_hand_leaves_no_question_of_lateness():
    result = score_of(an_attempt(late_by=None), decisions=[decided("override", Decimal(3))])
    assert "lateness" not in result.explanation
    assert result.flags == ("no-time", "override")


@pytest.mark.parametrize(
    "attempts",
    [
        [],
        [an_attempt(late_by=days(3.5))],
        [an_attempt(late_by=None)],
        [an_attempt(problem="a.py")],
        [Attempt(an_attempt().submission, failure="oops")],
    ],
)
def test_a_whole_score_set_by_hand_is_final(attempts: list[Attempt]):
    result = score_of(*attempts, decisions=[decided("override", Decimal("7.5"))])
    assert result.score == Decimal("7.50")
    assert result.penalty == result.earned - result.score
    assert not result.is_provisional
    assert result.explanation.endswith("; the score is set to 7.50 by hand (ill)")


@pytest.mark.parametrize("value", [DUE + timedelta(days=2), timedelta(days=2)])
def test_an_extension_moves_the_deadline_and_the_cut_off(value: Any):
    gentle = LatePolicy(rate=Decimal("0.01"))

    def extended(late_by: timedelta) -> Score:
        decisions = [decided("extension", value)]
        return score_of(an_attempt(late_by=late_by), policy=gentle, decisions=decisions)

    assert extended(timedelta(days=2, seconds=59)).days_late == 0
    assert extended(timedelta(days=2, seconds=60)).days_late == 1
    assert extended(timedelta(days=9, seconds=59)).score == Decimal("9.30")
    assert extended(timedelta(days=9, seconds=60)).score == 0
    assert "due Thu 17:00 after an extension (ill)" in extended(days(1)).explanation


@pytest.mark.parametrize("value", ["0.51", "-0.1", "NaN"])
def test_a_mark_outside_of_its_question_is_refused_with_its_place(value: str):
    with pytest.raises(GraderError, match=r"decisions\.csv, line 2") as refused:
        score_of(an_attempt(), decisions=[decided("mark", Decimal(value), "Q9")])
    assert refused.value.fix == "a number from 0 to 0.5"


@pytest.mark.parametrize(
    ("decision", "problem"),
    [
        (decided("mark", Decimal(1), "Q7"), "there is no question 'Q7'"),
        (decided("mark", Decimal(1)), "a mark needs a question"),
        (decided("extension", days(1), "Q1"), "an extension is for the whole assignment"),
        (decided("override", Decimal(11)), "11 is not between 0 and 10"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(decision: Decision, problem: str):
    with pytest.raises(GraderError, match=problem):
        score_of(an_attempt(), decisions=[decision])


def test_slip_days_take_the_late_days():
    result = score_of(an_attempt(late_by=days(1.5)), slip_days=1)
    assert (result.days_late, result.score, result.status) == (2, Decimal("8.50"), "late")
    assert "), 1 slip day spent: x 0.85 = 8.50" in result.explanation


# flags and attempts


def test_flags_are_collected_in_order_without_repetition():
    attempt = an_attempt(
        a_verdict("Q1", flags=("exited:f", "timeout:cell 4")),
        a_verdict("Q2"),
        a_verdict("Q9", None),
        flags=("timeout:cell 4",),
        submission_flags=("renamed:a.ipynb",),
    )
    assert score_of(attempt).flags == (
        "renamed:a.ipynb",
        "timeout:cell 4",
        "exited:f",
        "pending:Q9",
    )


def test_the_latest_attempt_counts_or_the_best_after_its_penalty():
    wrong = [a_verdict(question.id, "0.5") for question in QUESTIONS]
    early = an_attempt(*wrong, number=1)
    late = an_attempt(number=2, late_by=days(3.5))
    latest = score_of(early, late)
    best = score_of(early, late, policy=LatePolicy(attempts="best"))
    assert (latest.attempt, latest.score) == (2, Decimal("4.00"))
    assert (best.attempt, best.score) == (1, Decimal("5.00"))
    assert latest.explanation.endswith("; attempt 2 counts")


def test_which_is_best_cannot_be_told_while_one_has_no_score():
    undated = an_attempt(number=2, late_by=None)
    result = score_of(an_attempt(), undated, policy=LatePolicy(attempts="best"))
    assert (result.status, result.score) == ("needs_review", None)


# properties

credits = st.lists(st.decimals(0, 1, places=2), min_size=len(QUESTIONS), max_size=len(QUESTIONS))
policies = st.builds(
    LatePolicy,
    rate=st.decimals(0, 1, places=2),
    mode=st.sampled_from(["linear", "compounding"]),
    base=st.sampled_from(["earned", "maximum"]),
    cutoff_days=st.none() | st.integers(0, 9),
)
offsets = st.integers(-2 * 1440, 12 * 1440).map(lambda minutes: timedelta(minutes=minutes))


def attempt_with(shares: list[Decimal], late_by: timedelta) -> Attempt:
    pairs = zip(QUESTIONS, shares, strict=True)
    return an_attempt(*[a_verdict(q.id, str(share)) for q, share in pairs], late_by=late_by)


@given(credits, policies, offsets, offsets)
def test_handing_in_earlier_never_costs_more(shares, policy, one, other):
    early, late = (
        score_of(attempt_with(shares, each), policy=policy) for each in sorted((one, other))
    )
    assert 0 <= early.penalty <= late.penalty <= late.earned


@given(credits, policies, offsets, st.integers(0, 9))
def test_an_extension_never_hurts(shares, policy, late_by, longer):
    attempt = attempt_with(shares, late_by)
    extended = score_of(attempt, policy=policy, decisions=[decided("extension", days(longer))])
    assert extended.score >= score_of(attempt, policy=policy).score


@given(credits, offsets)
def test_it_equals_the_obvious_reckoning(shares, late_by):
    earned = sum(q.points * share for q, share in zip(QUESTIONS, shares, strict=True))
    handed_in = (DUE + late_by).astimezone(UTC)
    factor, start = Decimal(1), DUE.astimezone(UTC) + timedelta(minutes=1)
    while start <= handed_in:  # Singapore keeps its clocks, so days are 24 hours
        factor, start = factor - Decimal("0.15"), start + timedelta(hours=24)
    want = (earned * max(factor, Decimal(0))).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    assert score_of(attempt_with(shares, late_by)).score == want


def test_what_a_person_decides_since_lowers_a_score_that_was_kept_up_by_what_it_takes():
    nine = decided("at-least", Decimal(9))
    five = an_attempt(a_verdict("Q1"), a_verdict("Q2", "0"), a_verdict("Q9"))  # 4.50
    lower, higher = decided("override", Decimal(1), "Q1"), decided("override", Decimal(5), "Q2")
    assert score_of(five, decisions=[nine]).score == Decimal("9.00")
    assert score_of(five, decisions=[nine, lower]).score == Decimal("6.00")
    assert score_of(five, decisions=[lower, nine]).score == Decimal("9.00")
    assert score_of(five, decisions=[nine, higher]).score == Decimal("9.50")
    assert score_of(five, decisions=[nine, lower, higher]).score == Decimal("9.00")


def test_time_that_is_given_or_taken_since_a_score_was_kept_up():
    late = an_attempt(late_by=days(2))
    nine, more = decided("at-least", Decimal(9)), decided("extension", timedelta(days=2))
    none = decided("extension", timedelta(days=0))
    assert score_of(late, decisions=[nine, more]).score == Decimal("10.00")
    assert score_of(late, decisions=[more, nine, none]).score == Decimal("7.00")
    assert score_of(late, decisions=[nine, decided("slip-days", Decimal(0))]).score == Decimal(
        "7.00"
    )
