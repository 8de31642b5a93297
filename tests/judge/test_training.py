"""A training run is judged by the objective that it reached."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judge.training import objective_at
from grader.questions import Data, Mistake, ObjectiveAt, Trained
from grader.records.answer_key import LeastSquares

RNG = np.random.default_rng(1)
X = RNG.normal(size=50)
Y = 3 * X + 2 + 0.5 * RNG.normal(size=50)
A = np.column_stack([X, np.ones(50)])
BEST = np.linalg.lstsq(A, Y, rcond=None)[0]
OTHER = Data(X[:20], Y[:20] + 1)
TRAINED = Trained(["w", "b"], Data(X, Y))


def J(w, b):
    return float(np.mean((w * X + b - Y) ** 2) / 2)


COST = ObjectiveAt("cost", ["w", "b"], Data(X, Y), mistakes=[Mistake("other-data", OTHER)])


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_the_optimum_is_right_in_any_shape(verdict_on, shape):
    w, b = (np.full(shape, value) for value in BEST)
    found = verdict_on(TRAINED, w=w, b=b)
    assert found.credit == 1
    assert "(up to 1 % is allowed)" in found.reason


@pytest.mark.parametrize(("percent", "credit"), [(0.98, 1), (1.02, 0)])
def test_the_boundary_is_one_percent_above_the_optimum(verdict_on, percent, credit):
    # along b: J(b + d) = J + d^2 / 2
    off = np.sqrt(2 * percent / 100 * J(*BEST))
    found = verdict_on(TRAINED, w=BEST[0], b=BEST[1] + off)
    assert (found.credit, found.mistake) == (credit, None if credit else "not-trained")
    assert f"{percent:.3g} % above its optimum" in found.reason


@pytest.mark.parametrize(
    ("w", "b", "slug"),
    [
        (np.nan, 1.0, "not-finite"),
        (np.inf, 1.0, "not-finite"),
        (1e200, 1.0, "not-trained"),
        ("3", 1.0, "wrong-dtype"),
        (None, 1.0, "wrong-dtype"),
        (1j, 1.0, "wrong-dtype"),
        ([1.0, 2.0], 1.0, "wrong-shape"),
        (np.empty(0), 1.0, "wrong-shape"),
    ],
)
def test_what_are_no_parameters_is_said(verdict_on, w, b, slug):
    found = verdict_on(TRAINED, w=w, b=b)
    assert (found.credit, found.mistake) == (0, slug)
    assert found.error_over_tolerance is None or found.error_over_tolerance > 1


def test_data_that_can_be_fitted_exactly_has_to_be_fitted_to_its_digits(verdict_on):
    exact = Trained(["w", "b"], Data(X, 3 * X + 2))
    assert verdict_on(exact, w=3.0, b=2.0 + 1e-8).credit == 1
    assert verdict_on(exact, w=3.0, b=2.001).credit == 0


def test_the_objective_at_one_s_own_parameters_is_right_far_from_the_optimum_too(verdict_on):
    found = verdict_on(COST, w=1.0, b=0.0, cost=J(1.0, 0.0))
    assert found.credit == 1
    assert found.reason.endswith("is the objective at your parameters.")


@pytest.mark.parametrize(
    ("cost", "slug"),
    [
        (2 * J(1, 0), "factor-2"),
        (objective_at(LeastSquares(np.column_stack([X[:20], np.ones(20)]), Y[:20] + 1), np.array([1.0, 0.0])), "other-data"),
        (1.001 * J(1, 0), None),
        (0.0, None),
        (-J(1, 0), None),
        (np.nan, "not-finite"),
        ("1", "wrong-dtype"),
        (1j, "wrong-dtype"),
        ([1.0, 2.0], "wrong-dtype"),
        (None, "wrong-dtype"),
    ],
)  # fmt: skip
def test_another_number_is_wrong(verdict_on, cost, slug):
    found = verdict_on(COST, w=1.0, b=0.0, cost=cost)
    assert (found.credit, found.mistake) == (0, slug)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("noise", [1.0, 1e-6])
def test_the_objective_is_compared_at_every_scale_and_in_every_fit(verdict_on, scale, noise):
    y = scale * (3 * X + 2 + noise * RNG.normal(size=50))
    w, b = np.linalg.lstsq(A, y, rcond=None)[0]
    check = ObjectiveAt("cost", ["w", "b"], Data(X, y))
    right = sum((w * a + b - c) ** 2 for a, c in zip(X[::-1], y[::-1], strict=True)) / 100
    assert verdict_on(check, w=w, b=b, cost=right).credit == 1
    for wrong in (0.0, 1.01 * right, 2 * right):
        assert verdict_on(check, w=w, b=b, cost=wrong).credit == 0


def test_float32_is_granted_its_rounding(verdict_on):
    single = np.float32(J(1.0, 0.0)) * np.float32(1 + 1e-5)
    for cost in (single, float(single)):
        assert verdict_on(COST, w=1.0, b=0.0, cost=cost).credit == 1


def test_twice_the_objective_is_recognised_within_the_author_s_tolerance(verdict_on):
    wide = ObjectiveAt("cost", ["w", "b"], Data(X, Y), rtol=1e-3)
    assert verdict_on(wide, w=1.0, b=0.0, cost=2.0004 * J(1, 0)).mistake == "factor-2"


def test_parameters_that_are_missing_are_named(verdict_on):
    assert verdict_on(COST, w=1.0, cost=1.0).reason == "b is not defined in the notebook."
    assert verdict_on(COST, w=1.0, b=np.inf, cost=1.0).reason == (
        "the objective at your parameters is not finite."
    )
