"""What is about as far off as is tolerated is for a person to look at, right or wrong as it is."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from grader.questions import (
    Case,
    Data,
    Expression,
    Gradient,
    Mistake,
    ObjectiveAt,
    Returns,
    Trained,
    Variable,
    Vectorised,
    Within,
)

X = np.array([1.0, 2.0, 4.0])
CASES = [Case("one", (1.0,)), Case("two", (2.0,))]
HALF = Returns("half", lambda x: x / 2, CASES, rtol=1e-6, atol=0.0)


def times(factor):
    """Off by so many times 1e-6 of the terms."""
    return lambda x: x / 2 * (1 + factor * 1e-6)


@pytest.mark.parametrize(
    ("error", "credit", "said"),
    [
        (0.28, 1, ""),
        (0.32, 1, "the error of half is 0.32 times what is tolerated"),
        (0.98, 1, "the error of half is 0.98 times what is tolerated"),
        (1.02, 0, "the error of half is 1.02 times what is tolerated"),
        (2.9, 0, "the error of half is 2.9 times what is tolerated"),
        (3.1, 0, ""),
    ],
)
def test_between_0_3_and_3_times_the_tolerance_a_person_should_look(
    verdict_on, error, credit, said
):
    found = verdict_on(HALF, half=times(error))
    assert (found.credit, found.doubt) == (Decimal(credit), said)
    assert found.error_over_tolerance == pytest.approx(error, rel=1e-6)


def test_what_is_far_off_in_another_case_is_wrong_beyond_doubt(verdict_on):
    found = verdict_on(HALF, half=lambda x: times(0.9)(x) if x == 1 else 7.0)
    assert (found.credit, found.doubt) == (0, "")


def test_the_tolerance_is_the_one_that_is_granted_to_float32(verdict_on):
    thirds = Returns("third", lambda x: x / 3, [Case("many", (np.arange(1.0, 9.0),))])
    single = verdict_on(thirds, third=lambda x: (x / 3).astype(np.float32))
    # over the tolerance of double precision it is in the band, by the luck of the rounding
    assert 0.3 < single.error_over_tolerance < 1
    assert single.doubt == ""
    off = verdict_on(thirds, third=lambda x: (x / 3 * (1 + 9e-5)).astype(np.float32))
    assert off.credit == 1
    assert off.doubt == "the error of third is 0.9 times what is tolerated"


def test_the_nearest_of_the_answers_that_are_accepted_decides(verdict_on):
    check = Returns(
        "deviation", np.std, [Case("x", (X,))], rtol=1e-6, accept=[lambda x: np.std(x) * (1 + 2e-6)]
    )
    assert verdict_on(check, deviation=np.std).doubt == ""
    assert verdict_on(check, deviation=lambda x: np.std(x) * (1 + 2e-6)).doubt == ""
    between = verdict_on(check, deviation=lambda x: np.std(x) * (1 + 1.1e-6))
    assert between.credit == 1
    assert between.doubt


DATA = Data(X, 2 * X + np.array([0.1, -0.1, 0.2]))


def objective(w, b):
    return float(np.mean((w * X + b - DATA.y) ** 2) / 2)


NEAR = 1 + 0.8e-7
EVERY_VALUE = {
    "a variable": (Variable("v", 3.0), {"v": 3.0 * NEAR}),
    "a gradient": (Gradient("g", lambda x: 2 * x, [Case("x", (X,))]), {"g": lambda x: 2 * x * NEAR}),
    "an interval": (
        Within("s", lambda x: -1.0, lambda x: 1.0, [Case("x", (0.0,))]),
        {"s": lambda x: 1 + 0.8e-9},
    ),
    "an expression": (Expression("d", "2*x"), {"d": "2.0000000016*x"}),
    "an objective": (
        ObjectiveAt("J", ["w", "b"], DATA),
        {"w": 1.0, "b": 0.0, "J": objective(1.0, 0.0) * (1 + 0.8e-6)},
    ),
    "vectorised": (
        Vectorised("f", lambda x: np.sum(x**2), lambda rng, m: (rng.normal(size=m),)),
        {"f": lambda x: np.sum(x**2) * (1 + 0.9e-7)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", EVERY_VALUE)
def test_every_kind_that_compares_up_to_rounding_has_its_doubt(verdict_on, kind):
    check, namespace = EVERY_VALUE[kind]
    found = verdict_on(check, **namespace)
    assert found.credit == 1
    assert found.doubt.endswith(" times what is tolerated")


def test_wrong_ones_have_it_too_though_a_mistake_has_a_name(verdict_on):
    near = Mistake("near", "2.000000004*x", "so close")
    found = verdict_on(Expression("d", "2*x", mistakes=[near]), d="2.000000004*x")
    assert (found.credit, found.mistake) == (0, "near")
    assert found.doubt


def test_a_tolerance_that_is_wide_on_purpose_has_no_doubts(verdict_on):
    wide = Variable("x_train", X, rtol=1e-3, atol=1e-3)
    assert verdict_on(wide, x_train=X * (1 + 1e-3)).doubt == ""
    assert verdict_on(wide, x_train=X * (1 + 3e-3)).doubt == ""
    w, b = np.linalg.lstsq(np.column_stack([X, np.ones(3)]), DATA.y, rcond=None)[0]
    off = np.sqrt(2 * 0.009 * objective(w, b))  # 0.9 % above the optimum, of 1 %
    found = verdict_on(Trained(["w", "b"], DATA), w=w, b=b + off)
    assert found.error_over_tolerance == pytest.approx(0.9)
    assert found.doubt == ""
