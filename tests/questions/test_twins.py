"""A case is asked again with one argument that is another: who gives the same does not look at it."""

from __future__ import annotations

import numpy as np

from grader.questions import Case, Question, Returns, plan
from grader.records.answer_key import ReturnsKey


def line(x, w, b):
    return w * x + b


def descent(x, w, alpha, num_iters):
    for _ in range(num_iters):
        w = w - alpha * np.mean(x * (w * x - 1))
    return w


CASES = [
    Case("shown", (np.array([1.0, 2.0]), 0.5, 1.0), public=True),
    Case("m = 3", lambda rng: (rng.normal(size=3), 2.0, 1.0)),
    Case("m = 9", lambda rng: (rng.normal(size=9), 2.0, 1.0)),
    Case("m = 30", lambda rng: (rng.normal(size=30), 2.0, 1.0)),
    Case("large", lambda rng: (1e6 * rng.normal(size=9), 2.0, 1.0)),
    Case("no bias", lambda rng: (rng.normal(size=9), 2.0, 0.0)),
]
LINE = Returns("line", line, CASES)


def key_of(check, secret=b"secret") -> ReturnsKey:
    (question,) = plan("hw", [Question("Q1", "It", [check])], secret).answer_key.questions
    (key,) = question.checks
    return key


def test_each_argument_has_a_twin_in_the_shortest_case_of_many_examples_that_tells():
    twins = key_of(LINE).twins
    assert [(t.argument, CASES[t.case].name, t.is_bias) for t in twins] == [
        ("x", "m = 9", False),
        ("w", "m = 9", False),
        ("b", "m = 9", True),
    ]


def test_a_bias_that_is_a_start_value_is_an_argument_like_others():
    def moved(x, b):
        for _ in range(3):
            b = b + np.mean(x)
        return b

    cases = [Case("m = 9", lambda rng: (rng.normal(size=9), 1.5))]
    assert not any(twin.is_bias for twin in key_of(Returns("moved", moved, cases)).twins)


def test_a_number_of_steps_is_not_so_small_that_one_too_few_are_none():
    cases = [Case(f"{steps} steps", (np.linspace(1, 2, 9), 2.0, 0.1, steps)) for steps in (1, 2, 4)]
    twins = key_of(Returns("descent", descent, cases)).twins
    assert {cases[twin.case].name for twin in twins} == {"4 steps"}


def test_an_argument_that_does_not_matter_has_none():
    check = Returns("line", lambda x, w, b: x + b, CASES)
    assert [twin.argument for twin in key_of(check).twins] == ["x", "b"]


def test_the_public_plan_has_none():
    assert key_of(LINE, secret=None).twins == ()
