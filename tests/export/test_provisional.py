from decimal import Decimal

import pytest

from grader.errors import GraderError
from grader.export import refuse_provisional
from grader.records.scores import Score


def a_score(student, status="graded", flags=()):
    zero = Decimal(0)
    return Score(
        student, "a name", "hw1", 1, None, 0, zero, Decimal(10), zero, zero, status, flags, ""
    )


def test_final_scores_pass():
    refuse_provisional([a_score("A1"), a_score("A2", "late"), a_score("A3", "zero_late")])


def test_open_scores_are_refused_by_name_with_the_reason():
    scores = [
        a_score("A1"),
        a_score("A2", "needs_review"),
        a_score("A3", flags=("pending:Q9",)),
        a_score("A4", "unreadable", ("pending:Q8", "pending:Q9")),
    ]
    with pytest.raises(GraderError) as caught:
        refuse_provisional(scores)
    assert caught.value.problem == (
        "3 of 4 scores are not final: A2 (needs_review), A3 (Q9 has no mark), "
        "A4 (unreadable, Q8 has no mark, Q9 has no mark)"
    )
    assert "--provisional" in caught.value.fix


def test_what_makes_a_review_necessary_is_said():
    with pytest.raises(GraderError, match=r"A1 \(needs_review: no-time, Q9 has no mark\)"):
        refuse_provisional([a_score("A1", "needs_review", ("no-time", "import:x", "pending:Q9"))])


def test_a_long_list_is_cut():
    with pytest.raises(GraderError, match=r"A9 \(needs_review\) and 40 more"):
        refuse_provisional([a_score(f"A{k}", "needs_review") for k in range(50)])
