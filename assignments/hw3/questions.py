"""hw3, multivariate linear regression: what is asked, and how each answer is looked at."""

import numpy as np

from grader.questions import (
    Case,
    DerivativeOf,
    Gradient,
    Mistake,
    Question,
    Returns,
    StepsAlong,
    Vectorised,
)
from reference import multivariate as ref
from reference import multivariate_mistakes as wrong


def regression(m, n, *, scale=1.0):
    """X (m, n), y (m, 1) and a w (n, 1) away from the best one."""

    def draw(rng):
        X = scale * rng.normal(size=(m, n))
        y = X @ rng.normal(size=(n, 1)) + 0.1 * scale * rng.normal(size=(m, 1))
        return X, y, rng.normal(size=(n, 1))

    return draw


def whole_numbers(rng):
    return rng.integers(-5, 6, (6, 3)), rng.integers(-5, 6, (6, 1)), rng.integers(-5, 6, (3, 1))


SMALL = (
    np.array([[1.0, 2.0], [1.0, -1.0], [1.0, 0.5]]),
    np.array([[3.0], [1.0], [2.0]]),
    np.array([[0.5], [1.5]]),
)
POINTS = [
    Case("m = 3, n = 2", SMALL, public=True),
    Case("m = 1", regression(1, 3)),
    Case("m = 2, n = 4", regression(2, 4)),
    Case("m = n = 3", regression(3, 3)),
    Case("m = 40, n = 5", regression(40, 5)),
    Case("n = 1", regression(7, 1)),
    Case("integers", whole_numbers),
    Case("large numbers", regression(10, 3, scale=1e5)),
    Case("small numbers", regression(10, 3, scale=1e-4)),
    Case("all zeros", (np.zeros((4, 2)), np.zeros((4, 1)), np.zeros((2, 1)))),
]


def sized(rng, m):
    return regression(m, 4)(rng)


INSTANCES = [
    Case("n = 2", (np.array([[1.0], [2.0]]), np.array([[3.0], [-1.0]]), 2.0), public=True),
    Case("n = 1", lambda rng: (rng.normal(size=(1, 1)), rng.normal(size=(1, 1)), rng.normal())),
    Case("n = 6", lambda rng: (rng.normal(size=(6, 1)), rng.normal(size=(6, 1)), rng.normal())),
    Case("integers", lambda rng: (rng.integers(-5, 6, (3, 1)), rng.integers(-5, 6, (3, 1)), 4)),
    Case(
        "large numbers",
        lambda rng: (rng.normal(size=(3, 1)), 1e5 * rng.normal(size=(3, 1)), 1e5 * rng.normal()),
    ),
    Case("y = 0", lambda rng: (rng.normal(size=(2, 1)), rng.normal(size=(2, 1)), 0.0)),
]

TABLES = [
    Case("2 by 2", (np.array([[1.0, 2.0], [3.0, 4.0]]),), public=True),
    Case("one row", lambda rng: (rng.normal(size=(1, 4)),)),
    Case("one column", lambda rng: (rng.normal(size=(5, 1)),)),
    Case("square", lambda rng: (rng.normal(size=(3, 3)),)),
    Case("integers", lambda rng: (rng.integers(-5, 6, (6, 3)),)),
]


def fit_case(m, n, alpha, steps):
    return lambda rng: (*regression(m, n)(rng)[:2], alpha, steps)


FITS = [
    Case("two steps", (SMALL[0], SMALL[1], 0.1, 2), public=True),
    Case("one step", fit_case(8, 3, 0.1, 1)),
    Case("m = 1", fit_case(1, 2, 0.05, 3)),
    Case("sixty steps", fit_case(40, 4, 0.1, 60)),
    Case("integers", lambda rng: (*whole_numbers(rng)[:2], 0.01, 5)),
]

COST_MISTAKES = {
    "cost_loop": [
        Mistake("missing-1-over-m", wrong.cost_loop_summed),
        Mistake("factor-2", wrong.cost_loop_missing_half),
        Mistake("last-example", wrong.cost_loop_last_example, "Add to the sum in every pass."),
    ],
    "cost_matrix": [
        Mistake("missing-1-over-m", wrong.cost_matrix_summed),
        Mistake("factor-2", wrong.cost_matrix_missing_half),
        Mistake("norm-not-squared", wrong.cost_matrix_norm_not_squared, "The norm is squared."),
    ],
}
GRADIENT_MISTAKES = {
    "gradient_loop": [
        Mistake("missing-1-over-m", wrong.gradient_loop_summed),
        Mistake("factor-2", wrong.gradient_loop_factor_2),
        Mistake("sign-flipped", wrong.gradient_loop_sign_flipped),
        Mistake("last-example", wrong.gradient_loop_last_example, "Add to the sum in every pass."),
    ],
    "gradient_matrix": [
        Mistake("missing-1-over-m", wrong.gradient_matrix_summed),
        Mistake("factor-2", wrong.gradient_matrix_factor_2),
        Mistake("sign-flipped", wrong.gradient_matrix_sign_flipped),
    ],
}

QUESTIONS = [
    Question(
        "Q1",
        "The bias column",
        checks=[
            Returns(
                "add_bias",
                ref.add_bias,
                cases=TABLES,
                shape="exact",
                mistakes=[
                    Mistake("wrong-order", wrong.add_bias_at_end, "The ones come first."),
                    Mistake("zeros-for-ones", wrong.add_bias_zeros, "The bias is multiplied by 1."),
                    Mistake("transposed", wrong.add_bias_as_row, "A column, not a row."),
                ],
            )
        ],
    ),
    Question(
        "Q2",
        "The gradient of one example",
        checks=[
            Gradient(
                "single_instance_gradient",
                ref.single_instance_gradient,
                cases=INSTANCES,
                mistakes=[
                    Mistake("sign-flipped", wrong.single_instance_gradient_sign_flipped),
                    Mistake("factor-2", wrong.single_instance_gradient_factor_2),
                    Mistake(
                        "forgot-residual",
                        wrong.single_instance_gradient_without_residual,
                        "How large the error is matters.",
                    ),
                    Mistake(
                        "forgot-x",
                        wrong.single_instance_gradient_without_x,
                        "The derivative of w^T x in w is x.",
                    ),
                ],
            )
        ],
    ),
    Question(
        "Q3",
        "The objective, with a loop",
        checks=[Returns("cost_loop", ref.cost_loop, POINTS, mistakes=COST_MISTAKES["cost_loop"])],
    ),
    Question(
        "Q4",
        "Its gradient, with a loop",
        checks=[
            Gradient(
                "gradient_loop",
                ref.gradient_loop,
                POINTS,
                mistakes=GRADIENT_MISTAKES["gradient_loop"],
                carry=DerivativeOf("cost_loop", wrt=["w"]),
            )
        ],
    ),
    Question(
        "Q5",
        "The objective, with matrices",
        checks=[
            Returns(
                "cost_matrix",
                ref.cost_matrix,
                POINTS,
                weight=2,
                mistakes=COST_MISTAKES["cost_matrix"],
            ),
            Vectorised("cost_matrix", ref.cost_matrix, sized),
        ],
    ),
    Question(
        "Q6",
        "Its gradient, with matrices",
        checks=[
            Gradient(
                "gradient_matrix",
                ref.gradient_matrix,
                POINTS,
                weight=2,
                mistakes=GRADIENT_MISTAKES["gradient_matrix"],
                carry=DerivativeOf("cost_matrix", wrt=["w"]),
            ),
            Vectorised("gradient_matrix", ref.gradient_matrix, sized),
        ],
    ),
    Question(
        "Q7",
        "Training",
        checks=[
            Returns(
                "fit",
                ref.fit,
                FITS,
                mistakes=[
                    Mistake("sign-flipped", wrong.fit_ascent, "Go downhill."),
                    Mistake("wrong-iteration-count", wrong.fit_one_short),
                    Mistake(
                        "wrong-iteration-count",
                        wrong.fit_history_after,
                        "The history holds the objective before each update.",
                    ),
                    Mistake("wrong-start", wrong.fit_starts_at_ones, "Start from w = 0."),
                ],
                carry=StepsAlong(
                    "gradient_matrix",
                    arguments=("X", "y", "w"),
                    parameters={"w": (0,)},
                    history=(1,),
                    loss="cost_matrix",
                ),
            )
        ],
    ),
]
