"""LaTeX that another reader finds right: `grade` and `replay` say the same of it."""

from __future__ import annotations

import pytest

from tests.cli.tiny import HandIn, a_course, add_assignment, grader, scores_json

pytestmark = pytest.mark.slow

QUESTIONS = """
from grader.questions import Expression, Question

QUESTIONS = [
    Question("Q1", "A logarithm", checks=[Expression("d1", "log10(x)", domain=((0.2, 3.0),))]),
    Question("Q2", "Two", checks=[Expression("d2", "2")]),
]
"""
TYPED = {
    "s01": r'd1, d2 = r"\lg x", 2',
    "s02": r'd1, d2 = r"\lg x^3", 2',
    "s03": r'd1, d2 = r"\log_{10} x", 2',
}


def test_a_second_opinion_asks_for_a_person_and_is_repeatable(tmp_path):
    root = a_course(tmp_path, students=sorted(TYPED))
    hand_ins = [HandIn(who, "2026-02-03T12:00:00+08:00", [cell]) for who, cell in TYPED.items()]
    add_assignment(root, questions=QUESTIONS, hand_ins=hand_ins)
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    scores = scores_json(root)
    assert [scores[who]["status"] for who in sorted(TYPED)] == ["needs_review", "graded", "graded"]
    assert [scores[who]["earned"] for who in sorted(TYPED)] == ["1.00", "1.00", "10.00"]
    for who in TYPED:
        again = grader("replay", "hw", who, cwd=root)
        assert "Made again from the records: the same." in again.stdout
