"""What has no name is described by what is true of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.questions import Case, Returns

CASES = [
    Case("m = 1", (np.array([2.0]),)),
    Case("m = 4", (np.array([1.0, -2.0, 3.0, 5.0]),)),
    Case("m = 5", (np.array([0.5, 4.0, -3.0, 1.0, 2.5]),)),
    Case("zeros", (np.zeros(3),)),
]


def cubes(x):
    return x**3


def both(x):
    return x**3, np.sum(x)


DESCRIBED = {
    "one entry": (
        lambda x: np.append(cubes(x)[:-1], cubes(x)[-1] + 1),
        "All of it is right but the last number",
    ),
    "some digits": (lambda x: cubes(x) * (1 + 1e-4 * np.sin(x + 1)), "to 4 digits"),
    "some cases": (lambda x: cubes(x) + np.sin(x) ** 2, "It is right in the case zeros"),
    "too large": (lambda x: cubes(x) + np.cos(x) ** 2, "too large in every case that is wrong"),
    "another shape": (lambda x: np.append(x, [1.0, 2.0]), "shape (1,) is asked for"),
    "numbers": (lambda x: np.cos(x * 3) + 9 * x, "Its shape is right, its numbers are not."),
}


@pytest.mark.parametrize("how", DESCRIBED)
def test_what_is_true_of_an_answer_without_a_name_is_said(verdict_on, how):
    wrong, said = DESCRIBED[how]
    cases = CASES[1:3] if how == "one entry" else CASES
    found = verdict_on(Returns("cubes", cubes, cases), cubes=wrong)
    assert said in found.reason
    assert found.mistake in (None, "wrong-shape")


def test_the_parts_that_are_right_are_named(verdict_on):
    found = verdict_on(Returns("both", both, CASES), both=lambda x: (np.cos(3 * x), np.sum(x)))
    assert found.mistake is None
    assert "The 2nd value is right" in found.reason


def test_nothing_is_said_twice(verdict_on):
    """Which cases are wrong is said already: few that are right are said, many are not."""
    found = verdict_on(
        Returns("cubes", cubes, CASES), cubes=lambda x: cubes(x) + (len(x) == 5) * np.cos(x)
    )
    assert "It is right" not in found.reason


@given(st.integers(0, 10**6), st.lists(st.floats(0.1, 9), min_size=5, max_size=5))
def test_what_no_mistake_explains_has_no_name(verdict_on, seed, amplitudes):
    """Noise of any size is no known mistake."""
    rng = np.random.default_rng(seed)
    noise = {len(x): rng.normal(size=len(x)) for (x,) in (case.args for case in CASES)}
    size = amplitudes[0]
    assume(size > 1e-3)
    found = verdict_on(
        Returns("cubes", cubes, CASES), cubes=lambda x: cubes(x) + size * noise[len(x)]
    )
    assert (found.credit, found.mistake) == (0, None)
