"""What waits for a person; where a written answer is found; which answers are the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from grader.course import DecisionLine
from grader.records.scores import QuestionScore, Score
from grader.records.verdicts import Verdict
from grader.review.answers import Place, answer_at, places, same, text_of
from grader.review.queue import queue


def a_score(*verdicts: Verdict, status: str = "graded") -> Score:
    questions = tuple(
        QuestionScore(v.question, "", Decimal(1), v.credit or Decimal(0), (v,)) for v in verdicts
    )
    return Score(
        "s01",
        "",
        "hw",
        1,
        None,
        0,
        Decimal(1),
        Decimal(1),
        Decimal(0),
        Decimal(1),
        status,
        (),
        "why",
        questions,
    )  # type: ignore[arg-type]


def a_verdict(question: str = "Q1", credit: str | None = "1", **more: Any) -> Verdict:
    return Verdict(question, "f", None if credit is None else Decimal(credit), "", **more)


def waits(score: Score, *lines: tuple[str, str]) -> list[tuple[str, str, bool]]:
    decisions = [DecisionLine("s01", question, kind, reason="r") for question, kind in lines]
    return [(each.question, each.why, each.is_done) for each in queue([score], decisions)]


@pytest.mark.parametrize(
    ("ratio", "is_near"),
    [
        (None, False),
        (0.3, False),
        (0.4, True),
        (1.0, True),
        (2.9, True),
        (3.1, False),
        (float("inf"), False),
    ],
)
def test_near_the_tolerance_is_near_on_either_side(ratio, is_near):
    found = waits(a_score(a_verdict(error_over_tolerance=ratio)))
    assert found == ([("Q1", "borderline", False)] if is_near else [])


def test_doubt_comes_before_nearness_and_is_done_when_somebody_decided():
    doubtful = a_score(a_verdict(error_over_tolerance=1.0, doubt="odd"), status="needs_review")
    assert waits(doubtful) == [("Q1", "review", False)]
    for kind in ("override", "looked-at", "mark"):
        assert waits(doubtful, ("Q1", kind)) == [("Q1", "review", True)]
    assert waits(doubtful, ("Q1", "comment")) == [("Q1", "review", False)]


def test_a_score_that_nobody_can_tell_is_there_as_a_whole():
    assert waits(a_score(a_verdict(), status="needs_review")) == [("", "review", False)]


def test_written_answers_wait_for_a_mark_and_can_be_looked_at_again():
    assert waits(a_score(a_verdict(credit=None))) == [("Q1", "written", False)]
    marked = Verdict("Q1", "f", Decimal(1), "A person gave it 1 of 1.")
    assert waits(a_score(marked), ("Q1", "mark")) == [("Q1", "written", True)]


def test_a_look_at_one_attempt_settles_nothing_of_another():
    doubtful = a_score(a_verdict(doubt="odd"), status="needs_review")
    for value, is_done in (("", True), ("yes", True), ("yes@1", True), ("yes@2", False)):
        line = DecisionLine("s01", "Q1", "looked-at", value)
        assert [each.is_done for each in queue([doubtful], [line])] == [is_done]


def test_the_whole_is_done_once_somebody_said_so_whether_scores_follow_or_not():
    doubtful = a_score(a_verdict(), status="needs_review")
    assert waits(doubtful, ("", "override")) == [("", "review", True)]


def test_an_appeal_is_open_until_something_is_decided_after_it():
    score = a_score(a_verdict())
    assert waits(score, ("Q1", "override"), ("Q1", "appeal")) == [("Q1", "appeal", False)]
    assert waits(score, ("Q1", "appeal"), ("Q1", "looked-at")) == [("Q1", "appeal", True)]
    assert waits(score, ("", "appeal")) == [("", "appeal", False)]
    assert waits(score, ("Q1", "appeal"), ("Q1", "override"), ("Q1", "appeal"))[0][2] is False


def cells(*texts: str, ids: bool = True) -> list[dict[str, Any]]:
    return [
        {"cell_type": "code" if text.startswith("x") else "markdown", "source": text, **({"id": f"c{n}"} if ids else {})}
        for n, text in enumerate(texts)
    ]  # fmt: skip


TEMPLATE = cells("## Q1", "x = 1", "## Q2. Why?", "YOUR ANSWER HERE", "## Q3", "x = 2")


def test_an_answer_is_found_by_its_cell_or_between_its_neighbours():
    (place,) = places(TEMPLATE, [3], 1) or ()
    assert place == Place("c3", "## Q2. Why?", "## Q3")
    with_id = cells("## Q1", "x = 1", "## Q2. Why?", "Because.", "## Q3")
    assert text_of(with_id, answer_at(with_id, place)) == "Because."
    old = cells(
        "## Q1", "x = 9", "x = 10", "## Q2. Why?", "Because.", "And so on.", "## Q3", ids=False
    )
    assert text_of(old, answer_at(old, place)) == "Because.\n\nAnd so on."
    moved = cells("## Q2 is gone", "Because.", ids=False)
    assert answer_at(moved, place) == []
    nothing = cells("## Q2. Why?", "## Q3", ids=False)
    assert answer_at(nothing, place) == []


def test_which_cell_belongs_to_which_question_is_not_guessed():
    assert places(TEMPLATE, [3], 2) is None


def test_answers_that_say_the_same_are_the_same():
    assert same("Because  IT\nis.") == same("because it is.")
    assert same("a - b") != same("a + b")
