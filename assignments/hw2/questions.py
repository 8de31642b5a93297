"""hw2, derivatives: what is asked, and how each answer is looked at."""

import numpy as np

from grader.questions import (
    Case,
    Expression,
    Formula,
    Mistake,
    Question,
    Returns,
    Within,
)
from reference import derivatives as ref
from reference import derivatives_mistakes as wrong

POSITIVE = ((0.2, 3.0),)
BOTH_SIGNS = ((-3.0, -0.2), (0.2, 3.0))


HINTS = {
    "not-differentiated": "That is the function itself; its derivative is asked for.",
    "constant-has-slope-one": "A constant does not change: what is its slope?",
    "forgot-constant-factor": "(c f)' = c f'.",
    "treated-as-constant": "It changes with x.",
    "forgot-exponent-factor": "(x^n)' = n x^(n - 1): the exponent comes down as a factor.",
    "exponent-not-lowered": "(x^n)' = n x^(n - 1): the exponent goes down by one.",
    "integrated": "That is an antiderivative.",
    "dropped-linear-term": "A sum is differentiated term by term.",
    "linear-term-kept": "A sum is differentiated term by term, every term.",
    "product-of-derivatives": "(u v)' = u' v + u v', not u' v'.",
    "half-the-product-rule": "(u v)' = u' v + u v': two terms.",
    "forgot-quotient-rule": "(u / v)' = (u' v - u v') / v^2.",
    "plus-in-quotient-rule": "(u / v)' = (u' v - u v') / v^2: a minus.",
    "denominator-not-squared": "(u / v)' = (u' v - u v') / v^2.",
    "power-rule-on-exponential": "(e^x)' = e^x: x is in the exponent.",
    "forgot-chain-rule": "ln(u)' = u' / u.",
    "inner-derivative-only": "ln(u)' = u' / u.",
    "differentiated-inside-only": "ln(u)' = u' / u.",
    "logarithm-of-inner-derivative": "ln(u)' = u' / u, with u as it was.",
}


def typed(name):
    # ln(x + x^2) has real values for x > 0 and for x < -1
    domain = {"d7": ((-3.0, -1.2), (0.2, 3.0))}.get(name, BOTH_SIGNS)
    return Expression(
        name,
        ref.ANSWERS[name],
        domain=domain,
        mistakes=[
            Mistake(slug, text, HINTS.get(slug, ""))
            for slug, text in wrong.MISTAKEN_ANSWERS[name].items()
        ],
    )


# f, its second and third derivative bound on the cases' neighbourhoods below
CURVES = {
    "x**2": (lambda x: 2 * x, lambda x: 2.0, lambda x: 0.0),
    "x**3 - 2*x": (lambda x: 3 * x**2 - 2, lambda x: 6 * (abs(x) + 0.1), lambda x: 6.0),
    "np.exp(x)": (np.exp, lambda x: np.exp(x + 0.1), lambda x: np.exp(x + 0.1)),
    "np.sin(3*x)": (lambda x: 3 * np.cos(3 * x), lambda x: 9.0, lambda x: 27.0),
}


def truth(text, x, h):
    """The derivative of the curve, and how far a difference quotient with this h may be off.

    One-sided: h max|f''| / 2; central: h^2 max|f'''| / 6; and the rounding of f, over h.
    """
    slope, second, third = CURVES[text]
    size = abs(eval(text, {"np": np, "x": x})) + abs(x * slope(x)) + 1e-3
    allowed = h * second(x) / 2 + h * h * third(x) / 6 + 8 * np.finfo(float).eps * size / h
    return slope(x), 1.01 * allowed


def low(f, x, h):
    value, allowed = truth(f.text, x, h)
    return value - allowed


def high(f, x, h):
    value, allowed = truth(f.text, x, h)
    return value + allowed


def slope_case(name, text, x, h, *, public=False):
    return Case(name, lambda rng: (Formula(text), x if x is not None else rng.normal(), h), public)


SLOPES = [
    slope_case("x^2 at 3, h = 0.001", "x**2", 3.0, 1e-3, public=True),
    slope_case("x^2 at random, h = 0.1", "x**2", None, 0.1),
    slope_case("x^3 - 2x, h = 0.0001", "x**3 - 2*x", None, 1e-4),
    slope_case("e^x, h = 0.00001", "np.exp(x)", None, 1e-5),
    slope_case("sin(3x), h = 0.001", "np.sin(3*x)", None, 1e-3),
    slope_case("x^2 at 0", "x**2", 0.0, 1e-2),
    slope_case("a whole number", "x**3 - 2*x", 2, 1e-4),
]

SCALARS = [
    Case("x = 2", (2.0,), public=True),
    Case("x = -3", (-3.0,), public=True),
    Case("x = 0", (0.0,)),
    Case("x = -0.0", (-0.0,)),
    Case("x = 0, a whole number", (0,)),
    Case("x = 7, a whole number", (7,)),
    Case("x = 0.001", (1e-3,)),
    Case("x = -0.001", (-1e-3,)),
    Case("a large x", lambda rng: (1e5 * (1 + rng.random()),)),
    Case("a negative x", lambda rng: (-1 - rng.random(),)),
]


def columns(m, n):
    return lambda rng: (rng.normal(size=(m, n)), rng.normal(size=(n, 1)))


SQUARE = [
    Case("2 by 2", (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0], [-1.0]])), True),
    Case("1 by 1", columns(1, 1)),
    Case("3 by 3", columns(3, 3)),
    Case("6 by 6", columns(6, 6)),
    Case("integers", lambda rng: (rng.integers(-5, 6, (4, 4)), rng.integers(-5, 6, (4, 1)))),
    Case("large numbers", lambda rng: (1e5 * rng.normal(size=(3, 3)), rng.normal(size=(3, 1)))),
]
MATRICES = [
    Case("2 by 3", (np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),), public=True),
    Case("1 by 4", lambda rng: (rng.normal(size=(1, 4)),)),
    Case("5 by 2", lambda rng: (rng.normal(size=(5, 2)),)),
    Case("square", lambda rng: (rng.normal(size=(3, 3)),)),
    Case("integers", lambda rng: (rng.integers(-5, 6, (3, 4)),)),
]
VECTORS = [
    Case("n = 2", (np.array([[1.0], [2.0]]), np.array([[3.0], [-1.0]])), public=True),
    Case("n = 1", lambda rng: (rng.normal(size=(1, 1)), rng.normal(size=(1, 1)))),
    Case("n = 5", lambda rng: (rng.normal(size=(5, 1)), rng.normal(size=(5, 1)))),
    Case("integers", lambda rng: (rng.integers(-5, 6, (3, 1)), rng.integers(-5, 6, (3, 1)))),
]

QUESTIONS = [
    Question("Q1", "Seven derivatives", checks=[typed(name) for name in ref.ANSWERS]),
    Question(
        "Q2",
        "The derivative by numbers",
        checks=[
            Within(
                "numerical_derivative",
                low,
                high,
                cases=SLOPES,
                outside="not-the-derivative",
                mistakes=[
                    Mistake(
                        "not-divided",
                        wrong.numerical_derivative_not_divided,
                        "A slope is a difference of f over a difference of x.",
                    ),
                    Mistake(
                        "factor-2",
                        wrong.numerical_derivative_divided_by_h,
                        "From x - h to x + h the step is 2h.",
                    ),
                    Mistake(
                        "factor-2",
                        wrong.numerical_derivative_forward_over_2h,
                        "From x to x + h the step is h.",
                    ),
                    Mistake("times-h", wrong.numerical_derivative_times_h, "Divide by the step."),
                    Mistake("sign-flipped", wrong.numerical_derivative_sign_flipped),
                ],
            )
        ],
    ),
    Question(
        "Q3",
        "Kinks",
        checks=[
            Within(
                "abs_derivative",
                lambda x: ref.abs_subgradient_bounds(x)[0],
                lambda x: ref.abs_subgradient_bounds(x)[1],
                cases=SCALARS,
                outside="subgradient-outside-set",
                mistakes=[
                    Mistake("returns-the-function", wrong.abs_derivative_returns_abs),
                    Mistake("always-one", wrong.abs_derivative_always_one),
                    Mistake("sign-flipped", wrong.abs_derivative_sign_flipped),
                ],
            ),
            Within(
                "relu_derivative",
                lambda x: ref.relu_subgradient_bounds(x)[0],
                lambda x: ref.relu_subgradient_bounds(x)[1],
                cases=SCALARS,
                outside="subgradient-outside-set",
                mistakes=[
                    Mistake("returns-the-function", wrong.relu_derivative_returns_relu),
                    Mistake("abs-for-relu", wrong.relu_derivative_of_abs),
                    Mistake("always-one", wrong.relu_derivative_always_one),
                ],
            ),
        ],
    ),
    Question(
        "Q4",
        "Vectors and matrices",
        checks=[
            Returns(
                "d_Ax_dx",
                ref.d_Ax_dx,
                cases=MATRICES,
                shape="exact",
                mistakes=[Mistake("transposed", wrong.d_Ax_dx_not_transposed)],
            ),
            Returns(
                "d_xTAx_dx",
                ref.d_xTAx_dx,
                cases=SQUARE,
                shape="exact",
                mistakes=[
                    Mistake(
                        "symmetric-only",
                        wrong.d_xTAx_dx_symmetric_only,
                        "2Ax holds for a symmetric A. What is it for any other?",
                    ),
                    Mistake("half-of-it", wrong.d_xTAx_dx_only_Ax, "x stands on both sides of A."),
                    Mistake("half-of-it", wrong.d_xTAx_dx_only_ATx, "x stands on both sides of A."),
                    Mistake("transposed", wrong.d_xTAx_dx_transposed),
                ],
            ),
            Returns(
                "d_wTx_dw",
                ref.d_wTx_dw,
                cases=VECTORS,
                shape="exact",
                mistakes=[
                    Mistake("wrong-variable", wrong.d_wTx_dw_returns_w, "In w, not in x."),
                    Mistake("transposed", wrong.d_wTx_dw_transposed),
                ],
            ),
        ],
    ),
]
