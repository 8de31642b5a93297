"""Who gains, who loses, and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from grader.records.scores import QuestionStanding, Standing
from grader.score.impact import impact


def a_standing(student="s01", q1="2", mistakes=(), *, days=0, penalty="0", status="graded"):
    earned = Decimal(q1) + 1
    questions = (QuestionStanding("Q1", Decimal(q1), mistakes), QuestionStanding("Q2", Decimal(1)))
    taken = Decimal(penalty)
    return Standing(student, status, days, earned, taken, earned - taken, questions)


def test_equal_scores_are_no_change():
    assert impact([a_standing()], [a_standing()]) == []
    # another name for the same mistake changes no score
    assert impact([a_standing("s01", "0", ("a",))], [a_standing("s01", "0", ("b",))]) == []


def test_a_question_says_its_points_and_what_was_found():
    wrong = a_standing("s01", "0.5", ("factor-2",))
    (change,) = impact([a_standing()], [wrong])
    assert (change.before, change.after, change.gain) == (3, Decimal("1.5"), Decimal("-1.5"))
    assert change.why == ("Q1 2 -> 0.5 (factor-2)",)
    (change,) = impact([wrong], [a_standing()])
    assert change.why == ("Q1 0.5 -> 2 (was factor-2)",)


def test_lateness_says_the_days_or_the_penalty():
    late = a_standing(days=2, penalty="0.9", status="late")
    (change,) = impact([a_standing()], [late])
    assert change.why == ("days late 0 -> 2", "graded -> late")
    (change,) = impact([late], [replace(late, penalty=Decimal("0.6"), score=Decimal("2.4"))])
    assert change.why == ("penalty 0.9 -> 0.6",)
    # and also where points change with it; but not where the same share of other points is taken
    (change,) = impact([late], [a_standing(q1="1", days=2, penalty="0.4", status="late")])
    assert change.why == ("Q1 2 -> 1", "penalty 0.9 -> 0.4")
    (change,) = impact([late], [a_standing(q1="1", days=2, penalty="0.6", status="late")])
    assert change.why == ("Q1 2 -> 1",)


def test_people_come_and_go_and_lose_their_score():
    (change,) = impact([], [a_standing()])
    assert (change.before, change.why) == (None, ("was not there",))
    (change,) = impact([a_standing()], [])
    assert (change.after, change.gain, change.why) == (None, -3, ("is gone",))
    (change,) = impact([a_standing()], [replace(a_standing(), score=None, status="excused")])
    assert (change.after, change.why) == (None, ("graded -> excused",))


def test_those_who_lose_most_come_first():
    before = [a_standing("s01"), a_standing("s02"), a_standing("s03")]
    after = [a_standing("s01", "3"), a_standing("s02", "1"), a_standing("s03", "0")]
    assert [each.student for each in impact(before, after)] == ["s03", "s02", "s01"]


def test_a_third_of_a_point_is_not_written_out():
    (change,) = impact([a_standing()], [a_standing(q1=str(Decimal(1) / 3))])
    assert change.why == ("Q1 2 -> 0.3333",)


points = st.decimals(0, 5, places=2).map(str)


@given(st.dictionaries(st.sampled_from("abcdef"), points), st.dictionaries(st.sampled_from("abcdef"), points))  # fmt: skip
def test_exactly_those_whose_score_differs_are_listed(before, after):
    changes = impact(
        [a_standing(who, q1) for who, q1 in before.items()],
        [a_standing(who, q1) for who, q1 in after.items()],
    )
    differ = {who for who in {*before, *after} if before.get(who) != after.get(who)}
    listed = {each.student: each for each in changes}
    # "1.0" and "1" are the same points
    assert set(listed) <= differ
    for who in differ - set(listed):
        assert Decimal(before[who]) == Decimal(after[who])
    assert all(each.why for each in changes)
