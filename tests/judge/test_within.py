"""Any member of the set is right, up to rounding; nothing outside of it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.questions import Case, Mistake, Within


def abs_slope(low_or_high):
    return lambda x: float(np.sign(x)) if x else low_or_high


KINK = Within(
    "slope",
    abs_slope(-1.0),
    abs_slope(1.0),
    [Case("x = 0", (0.0,), public=True), Case("x = 2", (2.0,)), Case("x = -3", (-3.0,))],
    outside="subgradient-outside-set",
    mistakes=[Mistake("returns-the-function", abs), Mistake("always-one", lambda x: 1.0)],
)


@given(st.floats(-1, 1))
def test_any_subgradient_is_right(verdict_on, at_zero):
    found = verdict_on(KINK, slope=lambda x: np.sign(x) if x else at_zero)
    assert found.credit == 1
    assert found.reason == "slope is right in all 3 cases."


@given(st.floats().filter(lambda x: not -1.0001 <= x <= 1.0001))
def test_what_is_no_subgradient_is_wrong(verdict_on, at_zero):
    found = verdict_on(KINK, slope=lambda x: np.sign(x) if x else at_zero)
    assert (found.credit, found.mistake) == (0, "subgradient-outside-set")
    assert found.error_over_tolerance > 1


def test_the_public_case_is_shown(verdict_on):
    found = verdict_on(KINK, slope=lambda x: 2.0)
    assert found.reason == (
        "slope is outside of what is allowed in 3 of 3 cases "
        "(x = 0: the number 2 with x = 0.0; x = 2: the number 2; x = -3: the number 2)."
    )


@pytest.mark.parametrize(
    "one",
    [1, 1.0, True, np.float32(1), np.int8(1), [1.0], (1.0,), np.array([[1.0]]), 1 + 0j, 1 + 1e-12],
)
def test_one_comes_in_many_types(verdict_on, one):
    assert verdict_on(KINK, slope=lambda x: one if x >= 0 else -1).credit == 1


@pytest.mark.parametrize("thing", [None, "1", [1.0, 1.0], 1 + 1j, np.nan, np.inf, {}, object()])
def test_what_is_no_such_number_is_wrong(verdict_on, thing):
    found = verdict_on(KINK, slope=lambda x: thing)
    assert found.credit == 0
    assert found.mistake


def test_float32_is_granted_its_rounding(verdict_on):
    third = Within("f", lambda: 1 / 3, lambda: 1 / 3, [Case("it", ())])
    assert verdict_on(third, f=lambda: np.float32(1 / 3)).credit == 1
    assert verdict_on(third, f=lambda: 1 / 3 + 1e-8).credit == 0


def test_an_interval_without_an_end_has_its_other_end(verdict_on):
    positive = Within("f", lambda: 0.0, lambda: np.inf, [Case("it", ())])
    assert verdict_on(positive, f=lambda: 1e300).credit == 1
    assert verdict_on(positive, f=lambda: -1.0).credit == 0


def test_a_mistake_is_named_if_it_gives_what_came_and_that_is_outside(verdict_on):
    assert verdict_on(KINK, slope=abs).mistake == "returns-the-function"
    assert verdict_on(KINK, slope=lambda x: 1.0).mistake == "always-one"
    some = Within(
        "f",
        lambda x: -1.0,
        lambda x: 1.0,
        KINK.cases,
        mistakes=[Mistake("raises-at-0", lambda x: 0.5 * x / abs(x))],
    )
    # the mistake fits wherever it gives a number; where it gives none, the answer is wrong
    assert verdict_on(some, f=lambda x: 0.5 * np.sign(x) if x else 9.0).mistake == "outside-the-set"


def test_every_element_has_its_interval(verdict_on):
    check = Within("f", lambda x: x - 1, lambda x: x + 1, [Case("it", (np.array([0.0, 10.0]),))])
    assert verdict_on(check, f=lambda x: x + 0.9).credit == 1
    assert verdict_on(check, f=lambda x: x + np.array([0.9, 1.1])).credit == 0
    assert verdict_on(check, f=lambda x: x[:, None]).remarks
