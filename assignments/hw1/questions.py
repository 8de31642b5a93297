"""hw1, univariate linear regression: what is asked, and how each answer is looked at."""

from pathlib import Path

import numpy as np

from grader.questions import (
    Case,
    Data,
    DerivativeOf,
    Figure,
    Gradient,
    Mistake,
    ObjectiveAt,
    Question,
    Returns,
    Rubric,
    StepsAlong,
    Trained,
    Variable,
    Written,
)
from reference import univariate as ref
from reference import univariate_mistakes as wrong

DATA = np.loadtxt(Path(__file__).parent / "data" / "weight-height.csv", delimiter=",", skiprows=1)
HEIGHT, WEIGHT = DATA.T
X_TRAIN, Y_TRAIN, X_TEST, Y_TEST = ref.standardised_split(HEIGHT, WEIGHT)


def line(m, *, scale=1.0):
    """x and y of m examples around a random line, and a point (w, b) away from it."""

    def draw(rng):
        x = scale * rng.normal(size=m)
        y = rng.normal() * x + scale * rng.normal() + 0.1 * scale * rng.normal(size=m)
        return x, y, 0.5 + rng.random(), -0.5 - rng.random()

    return draw


def whole_numbers(rng):
    return rng.integers(-9, 10, 7), rng.integers(-9, 10, 7), 2, -3


POINTS = [
    Case("three points", (np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 5.0]), 0.5, 1.0), True),
    Case("m = 1", line(1)),
    Case("m = 2", line(2)),
    Case("m = 50", line(50)),
    Case("integers", whole_numbers),
    Case("large numbers", line(20, scale=1e5)),
    Case("small numbers", line(20, scale=1e-4)),
    Case("all zeros", (np.zeros(4), np.zeros(4), 0.0, 0.0)),
]


def without_y(case):
    """The same case for predict(x, w, b)."""
    if callable(case.args):
        return Case(case.name, lambda rng: [case.args(rng)[i] for i in (0, 2, 3)], case.public)
    return Case(case.name, [case.args[i] for i in (0, 2, 3)], case.public)


PAIRS = [
    Case("three pairs", (np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 1.0])), public=True),
    Case("one pair", lambda rng: (rng.normal(size=1), rng.normal(size=1))),
    Case("both signs", lambda rng: (rng.normal(size=30), rng.normal(size=30))),
    Case("integers", lambda rng: (rng.integers(-9, 10, 7), rng.integers(-9, 10, 7))),
    Case("large numbers", lambda rng: (1e5 * rng.normal(size=9), 1e5 * rng.normal(size=9))),
]


def fixed_bias(case):
    """The same case for quadratic_coefficients(x, y, b)."""
    if callable(case.args):
        return Case(case.name, lambda rng: [case.args(rng)[i] for i in (0, 1, 3)], case.public)
    return Case(case.name, [case.args[i] for i in (0, 1, 3)], case.public)


PARABOLAS = [
    Case("three steps", (2.0, -8.0, 0.5, 0.1, 3), public=True),
    Case("no step", lambda rng: (1.5, -2.0, rng.normal(), 0.1, 0)),
    Case("one step", lambda rng: (1 + rng.random(), rng.normal(), rng.normal(), 0.2, 1)),
    Case("forty steps", lambda rng: (1 + rng.random(), rng.normal(), rng.normal(), 0.05, 40)),
    Case("a rate that diverges", lambda rng: (1 + rng.random(), 2.0, rng.normal(), 1.3, 10)),
    Case("integers", (1, -6, 0, 0.25, 5)),
]


def descent(m, alpha, steps, *, scale=1.0):
    def draw(rng):
        return (*line(m, scale=scale)(rng), alpha, steps)

    return draw


DESCENTS = [
    Case(
        "two steps from three points",
        (np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 5.0]), 0.5, 1.0, 0.1, 2),
        public=True,
    ),
    Case("one step", descent(8, 0.1, 1)),
    Case("two steps with m = 1", descent(1, 0.05, 2)),
    Case("thirty steps", descent(40, 0.1, 30)),
    Case("a small rate", descent(12, 1e-3, 25)),
    Case("integers", lambda rng: (*whole_numbers(rng), 0.01, 6)),
]

RUBRIC = [
    Rubric("too small: every step goes downhill, and 50 do not arrive", 0.1),
    Rubric("too large: jumps across the valley, and J grows", 0.1),
    Rubric("1 is special: with c1 = 1/2 one step leads to the lowest point", 0.15),
    Rubric("the limit near 2: a step multiplies the distance by 1 - alpha", 0.15),
]

QUESTIONS = [
    Question(
        "Q1",
        "The model",
        checks=[
            Returns(
                "predict",
                ref.predict,
                cases=[without_y(case) for case in POINTS],
                mistakes=[
                    Mistake("forgot-bias", wrong.predict_forgot_bias),
                    Mistake("wrong-order", wrong.predict_swapped, "w multiplies x, b is added."),
                ],
            )
        ],
    ),
    Question(
        "Q2",
        "Two losses",
        checks=[
            Returns(
                "absolute_loss",
                ref.absolute_loss,
                cases=PAIRS,
                mistakes=[
                    Mistake("sign-flipped", wrong.absolute_loss_signed, "The loss is never < 0."),
                    Mistake("averaged", wrong.absolute_loss_averaged, "One loss for each example."),
                ],
            ),
            Returns(
                "squared_loss",
                ref.squared_loss,
                cases=PAIRS,
                mistakes=[
                    Mistake("factor-2", wrong.squared_loss_without_half),
                    Mistake("averaged", wrong.squared_loss_averaged, "One loss for each example."),
                ],
            ),
        ],
    ),
    Question(
        "Q3",
        "The objective J(w, b)",
        checks=[
            Returns(
                "compute_cost",
                ref.compute_cost,
                cases=POINTS,
                mistakes=[
                    Mistake("factor-2", wrong.compute_cost_missing_half),
                    Mistake("missing-1-over-m", wrong.compute_cost_summed),
                    Mistake("forgot-bias", wrong.compute_cost_forgot_bias),
                    Mistake("absolute-for-squared", wrong.compute_cost_absolute),
                ],
            )
        ],
    ),
    Question(
        "Q4",
        "The gradient of J",
        checks=[
            Gradient(
                "compute_gradient",
                ref.compute_gradient,
                cases=POINTS,
                mistakes=[
                    Mistake("missing-1-over-m", wrong.compute_gradient_missing_mean),
                    Mistake("factor-2", wrong.compute_gradient_factor_2),
                    Mistake("sign-flipped", wrong.compute_gradient_sign_flipped),
                    Mistake("wrong-order", wrong.compute_gradient_swapped),
                    Mistake("forgot-bias", wrong.compute_gradient_forgot_bias),
                    Mistake(
                        "forgot-x",
                        wrong.compute_gradient_forgot_x,
                        "The derivative in w has a factor x that the one in b has not.",
                    ),
                ],
                carry=DerivativeOf("compute_cost", wrt=("w", "b")),
            )
        ],
    ),
    Question(
        "Q5",
        "J as a parabola in w",
        checks=[
            Returns(
                "quadratic_coefficients",
                ref.quadratic_coefficients,
                cases=[fixed_bias(case) for case in POINTS],
                mistakes=[
                    Mistake("missing-1-over-m", wrong.quadratic_coefficients_missing_mean),
                    Mistake("factor-2", wrong.quadratic_coefficients_missing_half),
                    Mistake("sign-flipped", wrong.quadratic_coefficients_c2_sign_flipped),
                    Mistake(
                        "half-linear-term",
                        wrong.quadratic_coefficients_half_c2,
                        "The mixed term of a square counts twice.",
                    ),
                    Mistake("forgot-bias", wrong.quadratic_coefficients_forgot_bias),
                    Mistake("wrong-order", wrong.quadratic_coefficients_reversed),
                ],
            ),
            Returns(
                "descend_quadratic",
                ref.descend_quadratic,
                cases=PARABOLAS,
                mistakes=[
                    Mistake("wrong-iteration-count", wrong.descend_quadratic_one_short),
                    Mistake("factor-2", wrong.descend_quadratic_half_gradient),
                    Mistake(
                        "forgot-linear-term",
                        wrong.descend_quadratic_forgot_c2,
                        "The slope of c1 w^2 + c2 w + c3 has two terms.",
                    ),
                    Mistake("sign-flipped", wrong.descend_quadratic_ascent, "Go downhill."),
                    Mistake(
                        "cut-to-integers",
                        wrong.descend_quadratic_cut_to_integers,
                        "An array made from an integer w0 holds integers only: start from a float.",
                    ),
                ],
            ),
        ],
    ),
    Question(
        "Q6",
        "Gradient descent",
        checks=[
            Returns(
                "gradient_descent",
                ref.gradient_descent,
                cases=DESCENTS,
                mistakes=[
                    Mistake("sequential-update", wrong.gradient_descent_sequential),
                    Mistake("sign-flipped", wrong.gradient_descent_ascent, "Go downhill."),
                    Mistake(
                        "wrong-iteration-count",
                        wrong.gradient_descent_history_after,
                        "The history holds the objective before each update.",
                    ),
                    Mistake("wrong-iteration-count", wrong.gradient_descent_one_step_short),
                    Mistake("wrong-order", wrong.gradient_descent_swapped),
                ],
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
    Question(
        "Q7",
        "Split, train, evaluate",
        checks=[
            Variable(
                "x_train",
                X_TRAIN,
                # the sample standard deviation (ddof = 1) differs by 6e-5
                rtol=1e-3,
                atol=1e-3,
                mistakes=[
                    Mistake(
                        "not-standardised",
                        wrong.standardised_split_unstandardised(HEIGHT, WEIGHT)[0],
                        "Subtract the mean of the training heights, divide by their deviation.",
                    ),
                    Mistake(
                        "test-data-leaks",
                        wrong.standardised_split_all_rows(HEIGHT, WEIGHT)[0],
                        "Mean and deviation come from the training heights alone.",
                    ),
                ],
            ),
            Variable("y_train", Y_TRAIN),
            Variable(
                "x_test",
                X_TEST,
                rtol=1e-3,
                atol=1e-3,
                mistakes=[
                    Mistake(
                        "not-standardised",
                        wrong.standardised_split_unstandardised(HEIGHT, WEIGHT)[2],
                        "Subtract the mean of the training heights, divide by their deviation.",
                    ),
                    Mistake(
                        "standardised-apart",
                        wrong.standardised_split_apart(HEIGHT, WEIGHT)[2],
                        "Use the training heights' mean and deviation for the test heights too.",
                    ),
                ],
            ),
            Variable("y_test", Y_TEST),
            Trained(
                ["w", "b"],
                Data(X_TRAIN, Y_TRAIN),
                within=0.01,
                weight=4,
                history="history",
                curve=lambda: ref.gradient_descent(X_TRAIN, Y_TRAIN, 0.0, 0.0, 0.1, 100)[2],
            ),
            ObjectiveAt(
                "test_cost",
                ["w", "b"],
                Data(X_TEST, Y_TEST),
                rtol=1e-3,
                weight=2,
                mistakes=[
                    Mistake(
                        "training-data",
                        Data(X_TRAIN, Y_TRAIN),
                        "Evaluate on the examples that were kept aside.",
                    )
                ],
            ),
        ],
    ),
    Question("Q8", "A plot of data and fit", checks=[Figure()]),
    Question("Q9", "The learning rate, in your own words", checks=[Written(rubric=RUBRIC)]),
]
