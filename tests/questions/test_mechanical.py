"""Mistakes that the grader makes of a reference itself stand in the key, and cost little."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from grader.questions import Case, Mistake, Question, Returns, plan


def mean_square(x, y, w, b):
    m = len(x)
    total = 0.0
    for i in range(m):
        total += (w * x[i] + b - y[i]) ** 2
    return total / (2 * m)


def newton(a):
    """Rewritten with a slip it would go on for ever."""
    root = a
    while abs(root * root - a) > 1e-9 * a:
        root = (root + a / root) / 2
    return root


def lengthy(x):
    for _ in range(100_000):
        x = 0.5 * x + 1
    return x


def noisy(x):
    noisy.calls += 1
    return x * noisy.calls + 1


noisy.calls = 0


def points(m):
    return lambda rng: (rng.normal(size=m), rng.normal(size=m), rng.normal(), rng.normal())


CASES = [Case(f"m = {m}", points(m)) for m in (1, 2, 5, 30)]
NUMBERS = [Case(str(n), (float(n),)) for n in (2, 3, 7)]


def key_of(check, secret=b"secret"):
    (question,) = plan("hw", [Question("Q1", "It", [check])], secret).answer_key.questions
    (key,) = question.checks
    return key


def names(key):
    changes, made = key.mechanical.changes, key.mechanical.made[: key.mechanical.alone]
    return [changes[place].slug for (place,) in made]


def test_there_are_single_ones_and_two_at_once_each_with_a_number_for_each_case():
    key = key_of(Returns("mean_square", mean_square, CASES))
    found = names(key)
    for slug in ("forgot-bias", "wrong-iteration-count", "overwritten-sum", "ignores-argument"):
        assert slug in found
    assert len(key.mechanical.made) > key.mechanical.alone
    for case in key.cases:
        assert case.mechanical.shape == (len(key.mechanical.made), 1)


def test_no_two_give_the_same():
    key = key_of(Returns("mean_square", mean_square, CASES))
    rows = np.stack([case.mechanical[: key.mechanical.alone, 0] for case in key.cases], axis=1)
    for place, row in enumerate(rows):
        same = np.isclose(rows[:place], row, rtol=1e-9, equal_nan=True).all(axis=1)
        assert not same.any()


def test_what_is_a_multiple_of_the_right_answer_is_left_to_the_judge():
    assert "missing-1-over-m" not in names(key_of(Returns("mean_square", mean_square, CASES)))


def test_a_plan_is_the_same_each_time():
    one, other = (key_of(Returns("mean_square", mean_square, CASES)) for _ in range(2))
    assert one.mechanical.changes == other.mechanical.changes
    for first, second in zip(one.cases, other.cases, strict=True):
        assert np.array_equal(first.mechanical, second.mechanical, equal_nan=True)


def test_a_slip_that_goes_on_for_ever_is_stopped():
    assert names(key_of(Returns("newton", newton, NUMBERS)))


LEFT_ALONE = {
    "one case": Returns("mean_square", mean_square, CASES[2:3]),
    "a reference that takes long": Returns("lengthy", lengthy, NUMBERS),
    "no source": Returns("newton", functools.partial(newton), NUMBERS),
    "another answer each time": Returns("noisy", noisy, NUMBERS),
    "an answer that is no number": Returns("text", lambda x: f"{x}", NUMBERS),
}


@pytest.mark.parametrize("how", LEFT_ALONE)
def test_where_they_cannot_be_made_well_there_are_none(how):
    assert key_of(LEFT_ALONE[how]).mechanical is None


def test_the_public_plan_has_none():
    cases = [Case("shown", (np.array([1.0, 2.0]), np.array([2.0, 3.0]), 0.5, 1.0), public=True)]
    assert key_of(Returns("mean_square", mean_square, cases), None).mechanical is None


def rooted(x, y, w, b):
    return np.sqrt(mean_square(x, y, w, b))


def test_one_of_the_author_s_and_a_mechanical_one_come_together():
    """`rooted` builds on the reference: where that forgets the bias, it does."""
    mistake = Mistake("my-root", rooted)
    key = key_of(Returns("mean_square", mean_square, CASES, mistakes=[mistake]))
    made = [{key.mechanical.changes[p].slug for p in places} for places in key.mechanical.made]
    assert {"my-root", "forgot-bias"} in made
