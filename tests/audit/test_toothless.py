"""A check that a known mistake passes, or zeros, or the unfilled notebook, is named."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from grader.audit.toothless import given_away, toothless, untried
from grader.questions import (
    Case,
    Data,
    Expression,
    Figure,
    Mistake,
    ObjectiveAt,
    Question,
    Returns,
    Trained,
    Variable,
    Vectorised,
    Within,
    Written,
    plan,
)
from grader.questions.load import load_questions
from grader.records.verdicts import Verdict


def key_of(*checks):
    return plan("hw", [Question("Q1", "It", list(checks))], b"secret").answer_key


def words(*checks):
    return [each.words for each in toothless(key_of(*checks))]


def without_mean(x):
    return np.sum(x**2)


POINT = [Case("one number", (np.array([3.0]),))]
POINTS = [*POINT, Case("two numbers", (np.array([3.0, 1.0]),))]
DATA = Data([0.0, 1.0, 2.0], [1.0, 3.0, 5.2])


def mean_square(cases):
    return Returns(
        "f", lambda x: np.mean(x**2), cases, mistakes=[Mistake("missing-1-over-m", without_mean)]
    )


@pytest.mark.parametrize("homework", ["hw1", "hw2", "hw3"])
def test_every_shipped_check_fails_what_is_wrong(root, homework):
    questions = load_questions(root / f"assignments/{homework}/questions.py", root)
    assert toothless(plan(homework, questions, b"secret").answer_key) == []


def test_a_mistake_that_no_case_tells_from_the_right_answer_is_named():
    assert words(mean_square(POINT)) == ["f (Q1): the known mistake 'missing-1-over-m' passes"]
    assert words(mean_square(POINTS)) == []


def test_one_that_raises_somewhere_fails_there():
    raises = Mistake("no-loop", lambda x: float(x.reshape(())) ** 2)
    assert words(Returns("f", lambda x: np.mean(x**2), POINTS, mistakes=[raises])) == []


def test_what_a_mistake_still_earns_is_no_pass():
    check = Returns("f", lambda x: x * 2, POINT, mistakes=[Mistake("a", lambda x: x, credit=1)])
    assert words(check) == []


PASSES = {
    "zeros where zero is right in every case": (
        Returns("f", lambda x: (x - x, {"a": 0.0}), POINTS),
        "f (Q1): an answer of zeros passes",
    ),
    "zeros in the interval": (
        Within("s", lambda x: -1.0, lambda x: 1.0, [Case("0", (0.0,))]),
        "s (Q1): an answer of zeros passes",
    ),
    "zeros without a loop": (
        Vectorised("v", lambda x: 0.0, lambda rng, m: (rng.normal(size=m),)),
        "v (Q1): an answer of zeros passes",
    ),
    "a mistake in the interval": (
        Within("s", lambda x: x, lambda x: 2 * x, [Case("1", (1.0,))], mistakes=[Mistake("a", lambda x: 1.5 * x)]),
        "s (Q1): the known mistake 'a' passes",
    ),
    "an expression of the same values": (
        Expression("d", "2*x", mistakes=[Mistake("a", "x + x")]),
        "d (Q1): the known mistake 'a' passes",
    ),
    "a variable within a wide tolerance": (
        Variable("v", 1.0, rtol=0.1, mistakes=[Mistake("a", 1.05)]),
        "v (Q1): the known mistake 'a' passes",
    ),
    "an optimum that anything is near": (
        Trained(["w", "b"], DATA, within=1e6),
        "w, b (Q1): what is not trained at all passes",
    ),
    "other data with the same objective": (
        ObjectiveAt("J", ["w", "b"], DATA, mistakes=[Mistake("a", DATA)]),
        "J (Q1): the known mistake 'a' passes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PASSES)
def test_every_kind_is_tried(what):
    check, said = PASSES[what]
    assert words(check) == [said]


def test_what_can_fail_is_not_named():
    others = Data([0.0, 1.0], [9.0, 2.0])
    assert words(
        Within("s", lambda x: -1.0, lambda x: 1.0 if x < 1 else -1.0, [Case("0", (0.0,)), Case("1", (1.0,))]),
        Expression("d", "2*x", mistakes=[Mistake("a", "x")]),
        Variable("zero", 0.0),
        Trained(["w", "b"], DATA),
        ObjectiveAt("J", ["w", "b"], DATA, mistakes=[Mistake("a", others)]),
        Figure(),
        Written(),
    ) == []  # fmt: skip


def test_checks_whose_teeth_nobody_has_tried_are_told_apart():
    key = key_of(mean_square(POINTS), Variable("v", 1.0), Trained(["w", "b"], DATA), Written())
    assert untried(key) == [("Q1", "v")]


def test_the_unfilled_notebook_should_earn_nothing():
    verdicts = [
        Verdict("Q1", "f", Decimal(0), ""),
        Verdict("Q2", "g", Decimal("0.5"), ""),
        Verdict("Q9", "essay", None, ""),
    ]
    assert [each.words for each in given_away(verdicts)] == [
        "g (Q2): the notebook that nobody has filled in passes"
    ]
