"""Credit carried forward: a right answer on top of an earlier mistake, and what deserves none."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest

from grader.errors import GraderError
from grader.questions import (
    Case,
    DerivativeOf,
    Gradient,
    Question,
    Returns,
    StepsAlong,
    plan,
)
from grader.records.verdicts import Verdict
from reference import multivariate
from reference import univariate as ref

HALF = Decimal("0.5")


def point(m):
    def draw(rng):
        x = rng.normal(size=m)
        return x, rng.normal(size=m) - 2 * x, 0.5 + rng.random(), -0.5 - rng.random()

    return draw


POINTS = [Case(f"m = {m}", point(m)) for m in (1, 2, 30)]
DESCENTS = [
    Case("one step", lambda rng: (*point(8)(rng), 0.1, 1)),
    Case("twenty steps", lambda rng: (*point(20)(rng), 0.1, 20)),
]
QUESTIONS = [
    Question("Q1", "J", [Returns("compute_cost", ref.compute_cost, POINTS)]),
    Question(
        "Q2",
        "Its gradient",
        [
            Gradient(
                "compute_gradient",
                ref.compute_gradient,
                POINTS,
                carry=DerivativeOf("compute_cost", wrt=("w", "b")),
            )
        ],
    ),
    Question(
        "Q3",
        "Descent",
        [
            Returns(
                "gradient_descent",
                ref.gradient_descent,
                DESCENTS,
                carry=StepsAlong(
                    "compute_gradient",
                    arguments=("x", "y", "w", "b"),
                    parameters={"w": (0,), "b": (1,)},
                    history=(2,),
                    loss="compute_cost",
                ),
            )
        ],
    ),
]


def descends(cost, gradient):
    """A right descent, on top of these."""

    def gradient_descent(x, y, w, b, alpha, num_iters):
        history = []
        for _ in range(num_iters):
            history.append(cost(x, y, w, b))
            dw, db = gradient(x, y, w, b)
            w, b = w - alpha * dw, b - alpha * db
        return w, b, history

    return gradient_descent


@pytest.fixture(scope="session")
def judged(verdicts_on) -> Callable[..., dict[str, Verdict]]:
    """`judged(compute_cost=f)`: the verdicts by function; what is not given is right."""

    def verdicts(*, secret=b"a secret", **own) -> dict[str, Verdict]:
        cost = own.get("compute_cost", ref.compute_cost)
        gradient = own.get("compute_gradient", ref.compute_gradient)
        names = {
            "compute_cost": cost,
            "compute_gradient": gradient,
            "gradient_descent": descends(cost, gradient),
        }
        return {each.check: each for each in verdicts_on(QUESTIONS, names | own, secret)}

    return verdicts


def residual(x, y, w, b):
    return w * x + b - y


# losses that are wrong, each with its own right gradient
LOSSES = {
    "without the half": (
        lambda x, y, w, b: np.mean(residual(x, y, w, b) ** 2),
        lambda x, y, w, b: (
            2 * np.mean(residual(x, y, w, b) * x),
            2 * np.mean(residual(x, y, w, b)),
        ),
    ),
    "summed": (
        lambda x, y, w, b: np.sum(residual(x, y, w, b) ** 2) / 2,
        lambda x, y, w, b: (np.sum(residual(x, y, w, b) * x), np.sum(residual(x, y, w, b))),
    ),
    "to the fourth": (
        lambda x, y, w, b: np.mean(residual(x, y, w, b) ** 4),
        lambda x, y, w, b: (
            4 * np.mean(residual(x, y, w, b) ** 3 * x),
            4 * np.mean(residual(x, y, w, b) ** 3),
        ),
    ),
    "absolute": (
        lambda x, y, w, b: np.mean(np.abs(residual(x, y, w, b))),
        lambda x, y, w, b: (
            np.mean(np.sign(residual(x, y, w, b)) * x),
            np.mean(np.sign(residual(x, y, w, b))),
        ),
    ),
    "in single precision": (
        lambda x, y, w, b: np.float32(np.sum(np.float32(residual(x, y, w, b)) ** 2)),
        lambda x, y, w, b: (
            2 * np.sum(residual(x, y, w, b) * x),
            2 * np.sum(residual(x, y, w, b)),
        ),
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_the_derivative_of_the_own_wrong_loss_has_half_the_credit(judged, name):
    cost, gradient = LOSSES[name]
    found = judged(compute_cost=cost, compute_gradient=gradient)
    assert found["compute_cost"].credit == 0
    assert (found["compute_gradient"].credit, found["compute_gradient"].mistake) == (
        HALF,
        "wrong-loss",
    )
    assert "But it is the derivative of your own compute_cost, which is wrong" in (
        found["compute_gradient"].reason
    )


@pytest.mark.parametrize("name", LOSSES)
def test_no_secret_decides_whether_credit_is_carried(judged, name):
    cost, gradient = LOSSES[name]
    for number in range(40 if "GRADER_TEST_SCALE" in os.environ else 4):
        found = judged(compute_cost=cost, compute_gradient=gradient, secret=str(number).encode())
        assert found["compute_gradient"].credit == HALF, number
        if name != "to the fourth":
            found = judged(compute_gradient=gradient, secret=str(number).encode())
            assert found["gradient_descent"].credit == HALF, number


def test_a_gradient_that_is_not_the_own_loss_s_has_none_and_is_told(judged):
    found = judged(
        compute_cost=LOSSES["summed"][0],
        compute_gradient=lambda x, y, w, b: (np.mean(x * y) + w, np.mean(y) - b),
    )
    assert found["compute_gradient"].credit == 0
    assert "not the derivative of your own compute_cost either" in found["compute_gradient"].reason


def test_with_a_right_loss_a_wrong_gradient_has_none(judged):
    found = judged(compute_gradient=LOSSES["summed"][1])
    assert (found["compute_cost"].credit, found["compute_gradient"].credit) == (1, 0)


SILLY = {
    "zero": (lambda x, y, w, b: 0.0, lambda x, y, w, b: (0.0, 0.0)),
    "constant": (lambda x, y, w, b: 3.0, lambda x, y, w, b: (0.0, 0.0)),
    "no data": (lambda x, y, w, b: w**2 + b**2, lambda x, y, w, b: (2 * w, 2 * b)),
    "linear": (lambda x, y, w, b: w + b, lambda x, y, w, b: (1.0, 1.0)),
    "without y": (
        lambda x, y, w, b: np.mean((w * x + b) ** 2),
        lambda x, y, w, b: (2 * np.mean((w * x + b) * x), 2 * np.mean(w * x + b)),
    ),
    "without the square": (
        lambda x, y, w, b: np.mean(residual(x, y, w, b)),
        lambda x, y, w, b: (np.mean(x), 1.0),
    ),
    "linear in w and b": (
        lambda x, y, w, b: w * np.mean(x) + b * np.mean(y),
        lambda x, y, w, b: (np.mean(x), np.mean(y)),
    ),
    "nan": (lambda x, y, w, b: np.nan, lambda x, y, w, b: (np.nan, np.nan)),
    "a text": (lambda x, y, w, b: "0", lambda x, y, w, b: (0.0, 0.0)),
    "raises": (lambda x, y, w, b: 1 / 0, lambda x, y, w, b: (0.0, 0.0)),
    "random": (lambda x, y, w, b: np.random.rand(), lambda x, y, w, b: (0.3, 0.7)),
}


@pytest.mark.parametrize("name", SILLY)
def test_a_silly_loss_carries_nothing(judged, name):
    cost, gradient = SILLY[name]
    found = judged(compute_cost=cost, compute_gradient=gradient)
    assert [each.credit for each in found.values()] == [0, 0, 0]


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "to the fourth"])  # diverges
def test_a_right_descent_along_the_own_wrong_gradient_has_half_the_credit(judged, name):
    found = judged(compute_gradient=LOSSES[name][1])
    assert (found["compute_cost"].credit, found["compute_gradient"].credit) == (1, 0)
    assert (found["gradient_descent"].credit, found["gradient_descent"].mistake) == (
        HALF,
        "carried-forward",
    )
    assert "But it takes its steps along your own compute_gradient, which is wrong" in (
        found["gradient_descent"].reason
    )


def test_a_history_of_the_own_wrong_loss_has_half_the_credit(judged):
    found = judged(compute_cost=LOSSES["summed"][0])
    assert found["compute_gradient"].credit == 1
    assert found["gradient_descent"].credit == HALF


def test_one_mistake_carries_credit_once(judged):
    cost, gradient = LOSSES["summed"]
    found = judged(compute_cost=cost, compute_gradient=gradient)
    assert [each.credit for each in found.values()] == [0, HALF, 0]
    assert "carried forward already, to compute_gradient" in found["gradient_descent"].reason


def test_two_mistakes_carry_it_twice(judged):
    found = judged(
        compute_cost=LOSSES["summed"][0],
        compute_gradient=lambda x, y, w, b: (
            np.mean(x * y) + w,
            np.mean(y) - b,
        ),
    )
    assert [each.credit for each in found.values()] == [0, 0, HALF]


WRONG_DESCENTS = {
    "uphill": lambda x, y, w, b, alpha, n, g: (w + alpha * g[0], b + alpha * g[1]),
    "half a step": lambda x, y, w, b, alpha, n, g: (w - alpha / 2 * g[0], b - alpha / 2 * g[1]),
    "the rate is left out": lambda x, y, w, b, alpha, n, g: (w - 0.01 * g[0], b - 0.01 * g[1]),
    "b stays": lambda x, y, w, b, alpha, n, g: (w - alpha * g[0], b),
}


@pytest.mark.parametrize("name", WRONG_DESCENTS)
def test_a_wrong_descent_along_a_wrong_gradient_has_none(judged, name):
    cost, gradient = ref.compute_cost, LOSSES["summed"][1]

    def gradient_descent(x, y, w, b, alpha, num_iters):
        history = []
        for _ in range(num_iters):
            history.append(cost(x, y, w, b))
            g = gradient(x, y, w, b)
            w, b = WRONG_DESCENTS[name](x, y, w, b, alpha, num_iters, g)
        return w, b, history

    found = judged(compute_gradient=gradient, gradient_descent=gradient_descent)
    assert found["gradient_descent"].credit == 0


def test_updates_one_after_the_other_are_no_descent_along_a_wrong_gradient(judged):
    cost, gradient = ref.compute_cost, LOSSES["summed"][1]

    def gradient_descent(x, y, w, b, alpha, num_iters):
        history = []
        for _ in range(num_iters):
            history.append(cost(x, y, w, b))
            w = w - alpha * gradient(x, y, w, b)[0]
            b = b - alpha * gradient(x, y, w, b)[1]
        return w, b, history

    found = judged(compute_gradient=gradient, gradient_descent=gradient_descent)
    assert found["gradient_descent"].credit == 0


DEGENERATE = {
    "zero": lambda x, y, w, b: (0.0, 0.0),
    "constant": lambda x, y, w, b: (1.0, -1.0),
    "its input": lambda x, y, w, b: (w, b),
    "infinite": lambda x, y, w, b: (np.inf, 1.0),
    "without w and b": lambda x, y, w, b: (np.mean(x), np.mean(y)),
    "without y": lambda x, y, w, b: (np.mean((w * x + b) * x), np.mean(w * x + b)),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_a_degenerate_gradient_carries_nothing(judged, name):
    found = judged(compute_gradient=DEGENERATE[name])
    assert found["gradient_descent"].credit == 0


@pytest.mark.parametrize("shape", [(-1,), (-1, 1), (1, -1)])
def test_parameters_that_are_arrays_are_followed_in_any_shape(verdicts_on, shape):
    def regression(m):
        return lambda rng: (
            rng.normal(size=(m, 3)),
            rng.normal(size=(m, 1)),
            rng.normal(size=(3, 1)),
        )

    points = [Case(f"m = {m}", regression(m)) for m in (2, 9)]
    fits = [Case("ten steps", lambda rng: (*regression(9)(rng)[:2], 0.1, 10))]
    questions = [
        Question("Q1", "J", [Returns("cost", multivariate.cost_matrix, points)]),
        Question(
            "Q2",
            "Its gradient",
            [
                Gradient(
                    "gradient",
                    multivariate.gradient_matrix,
                    points,
                    carry=DerivativeOf("cost", wrt=["w"]),
                )
            ],
        ),
        Question(
            "Q3",
            "Training",
            [
                Returns(
                    "fit",
                    multivariate.fit,
                    fits,
                    carry=StepsAlong(
                        "gradient",
                        arguments=("X", "y", "w"),
                        parameters={"w": (0,)},
                        history=(1,),
                        loss="cost",
                        credit="0.25",
                    ),
                )
            ],
        ),
    ]

    def cost(X, y, w):
        return np.sum((X @ w.reshape(-1, 1) - y) ** 2)

    def gradient(X, y, w):
        return (2 * X.T @ (X @ w.reshape(-1, 1) - y)).reshape(shape)

    def fit(X, y, alpha, num_iters):
        w, history = np.zeros(X.shape[1]).reshape(shape), []
        for _ in range(num_iters):
            history.append(multivariate.cost_matrix(X, y, w.reshape(-1, 1)))
            w = w - alpha * gradient(X, y, w)
        return w, np.array(history)

    names = {"cost": cost, "gradient": gradient, "fit": fit}
    assert [each.credit for each in verdicts_on(questions, names)] == [0, HALF, 0]

    def right_cost(X, y, w):
        return multivariate.cost_matrix(X, y, w.reshape(-1, 1))

    names = {"cost": right_cost, "gradient": gradient, "fit": fit}
    assert [each.credit for each in verdicts_on(questions, names)] == [1, 0, Decimal("0.25")]


def test_nothing_of_the_reference_is_asked(judged):
    """Probes hold inputs alone: the same for whatever reference."""
    other = [
        Question("Q1", "J", [Returns("compute_cost", ref.compute_cost, POINTS)]),
        Question(
            "Q2",
            "Its gradient",
            [
                Gradient(
                    "compute_gradient",
                    lambda x, y, w, b: (7.0, 8.0),
                    POINTS,
                    carry=DerivativeOf("compute_cost", wrt=("w", "b")),
                )
            ],
        ),
    ]
    probes = plan("hw", other, b"a secret").probes
    same = plan("hw", QUESTIONS, b"a secret").probes[: len(probes)]
    assert [(p.id, p.target) for p in probes] == [(p.id, p.target) for p in same]
    for one, two in zip(probes, same, strict=True):
        for a, b in zip(one.args, two.args, strict=True):
            np.testing.assert_array_equal(a.data, b.data)


@pytest.mark.parametrize(
    ("carry", "said"),
    [
        (DerivativeOf("compute_cots", wrt=("w", "b")), "which no other check looks at"),
        (DerivativeOf("compute_cost", wrt=("w", "c")), "no argument of the reference"),
        (DerivativeOf("compute_cost", wrt=("x", "b")), "has parts of"),
    ],
)
def test_a_slip_of_the_author_is_refused(carry, said):
    questions = [
        QUESTIONS[0],
        Question("Q2", "G", [Gradient("g", ref.compute_gradient, POINTS, carry=carry)]),
    ]
    with pytest.raises(GraderError) as caught:
        plan("hw", questions, b"a secret")
    assert said in str(caught.value)
