"""{assignment}: what is asked, and how each answer is looked at."""

import numpy as np

from grader.questions import (
    Case,
    DerivativeOf,
    Expression,
    Gradient,
    Mistake,
    Question,
    Returns,
    Written,
)
from reference import parabola as ref
from reference import parabola_mistakes as wrong


def points(m, scale=1.0):
    """m examples and a w: drawn from the secret of the course, the same for everybody."""
    return lambda rng: (scale * rng.normal(size=m), scale * rng.normal(size=m), 0.5 + rng.random())


# Public cases are in the students' self-check, with their numbers. Hidden ones decide too: vary the
# number of examples (one, too), the scale, whole numbers, zeros.
CASES = [
    Case("two points", (np.array([1.0, 2.0]), np.array([1.0, 3.0]), 0.5), public=True),
    Case("one point", points(1)),
    Case("two others", points(2)),
    Case("thirty", points(30)),
    Case("whole numbers", lambda rng: (rng.integers(-9, 10, 6), rng.integers(-9, 10, 6), 2)),
    Case("large numbers", points(9, scale=1e5)),
]

QUESTIONS = [
    Question(
        "Q1",
        "The objective J(w)",
        checks=[Returns("objective", ref.objective, CASES)],
    ),
    Question(
        "Q2",
        "Its slope, and where it is zero",
        checks=[
            Gradient(
                "slope",
                ref.slope,
                CASES,
                weight=2,
                mistakes=[
                    Mistake("forgot-x", wrong.slope_forgot_x, "The inner derivative is x."),
                    Mistake("sign-flipped", wrong.slope_uphill),
                ],
                # who derives a wrong objective rightly still earns half
                carry=DerivativeOf("objective", wrt=["w"]),
            ),
            Returns(
                "best",
                ref.best,
                [
                    Case("two points", (np.array([1.0, 2.0]), np.array([1.0, 3.0])), public=True),
                    Case("thirty", lambda rng: (rng.normal(size=30), rng.normal(size=30))),
                ],
            ),
        ],
    ),
    Question(
        "Q3",
        "A derivative, typed",
        checks=[
            Expression(
                "d1",
                "2*x*e^x + x^2*e^x",
                mistakes=[
                    Mistake("product-of-derivatives", "2*x*e^x", "(u v)' = u' v + u v'."),
                ],
            ),
        ],
    ),
    Question("Q4", "In your own words", checks=[Written()]),
]
