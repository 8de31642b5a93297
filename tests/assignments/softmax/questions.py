import numpy as np

from grader.questions import Case, DerivativeOf, Gradient, Mistake, Question, Returns
from reference import softmax as ref


def data(m, n, k, scale=1.0):
    return lambda rng: (
        scale * rng.normal(size=(m, n)),
        rng.integers(0, k, size=m),
        rng.normal(size=(n, k)),
    )


X = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]])
PUBLIC = Case("three examples", (X, np.array([0, 1, 1]), np.array([[0.5, -1.0], [1.0, 0.0]])), True)
CASES = [
    PUBLIC,
    Case("one example", data(1, 3, 2)),
    Case("square", data(4, 4, 4)),
    Case("many", data(60, 5, 3)),
    Case("large numbers", data(9, 3, 3, scale=3)),
]
ROWS = [
    Case("two rows", (np.array([[0.0, 1.0], [2.0, 2.0]]),), True),
    Case("square", lambda rng: (rng.normal(size=(3, 3)),)),
    Case("large", lambda rng: (1000 + rng.normal(size=(4, 3)),)),
]
QUESTIONS = [
    Question("Q1", "Softmax", [
        Returns("softmax", ref.softmax, ROWS, mistakes=[Mistake("wrong-axis", ref.softmax_of_columns)]),
    ]),
    Question("Q2", "Cross entropy", [
        Returns("loss", ref.loss, CASES, mistakes=[Mistake("missing-1-over-m", ref.loss_summed)]),
    ]),
    Question("Q3", "Its gradient", [
        Gradient(
            "gradient", ref.gradient, CASES,
            mistakes=[Mistake("forgot-the-labels", ref.gradient_without_y, "Subtract the one-hot y.")],
            carry=DerivativeOf("loss", wrt=["W"]),
        ),
    ]),
    Question("Q4", "Accuracy", [
        Returns("accuracy", ref.accuracy, CASES, mistakes=[Mistake("error-rate", ref.error_rate)]),
    ]),
]  # fmt: skip
