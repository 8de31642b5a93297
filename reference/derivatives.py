"""Derivatives: by hand, numerically, at a kink, and of vectors.

Vectors are columns. Layout is *denominator layout*: for x in R^n and y in R^m, dy/dx has shape
(n, m), its entry (i, j) being dy_j/dx_i. The derivative of a number by a column is then a column
of the same shape. (Numerator layout is the transpose.)
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from reference.arrays import Array, floats

# What is differentiated in x, and the result: text as a student would type it.
# CS5242, lecture on derivatives: power, sum, product, quotient and chain rule.
FUNCTIONS = {
    "d1": "3",
    "d2": "3*x",
    "d3": "x^2",
    "d4": "3*x + x^2",
    "d5": "x*x^2",
    "d6": "e^x/x",
    "d7": "ln(x + x^2)",
}
ANSWERS = {
    "d1": "0",
    "d2": "3",
    "d3": "2*x",
    "d4": "3 + 2*x",
    "d5": "3*x^2",
    "d6": "(x*e^x - e^x)/x^2",
    "d7": "(1 + 2*x)/(x + x^2)",
}


def numerical_derivative(f: Callable[[float], float], x: float, h: float) -> float:
    """The central difference (f(x + h) - f(x - h)) / (2h).

    Its error is about h^2 f'''(x) / 6, where that of the one-sided (f(x + h) - f(x)) / h is
    h f''(x) / 2. Below h of about 1e-5 the rounding of f, divided by h, takes over.

    Args:
        f: a function from a number to a number.
        x: where, a number.
        h: the step, not zero.

    CS5242, lecture on derivatives.
    """
    x, h = float(x), float(h)
    return float((f(x + h) - f(x - h)) / (2 * h))


def abs_derivative(x: float) -> float:
    """A subgradient of |x| at a number x: -1, 1, and 0 at the kink, where [-1, 1] all are.

    CS5242, lecture on derivatives: subgradients.
    """
    return float(np.sign(x))


def relu_derivative(x: float) -> float:
    """A subgradient of max(0, x) at a number x: 0, 1, and 0 at the kink, where [0, 1] all are.

    CS5242, lecture on derivatives: subgradients.
    """
    return 1.0 if x > 0 else 0.0


def abs_subgradient_bounds(x: float) -> tuple[float, float]:
    """The least and the greatest subgradient of |x| at a number x: (-1, 1) at 0.

    CS5242, lecture on derivatives: subgradients.
    """
    return (-1.0, 1.0) if x == 0 else (abs_derivative(x), abs_derivative(x))


def relu_subgradient_bounds(x: float) -> tuple[float, float]:
    """The least and the greatest subgradient of max(0, x) at a number x: (0, 1) at 0.

    CS5242, lecture on derivatives: subgradients.
    """
    return (0.0, 1.0) if x == 0 else (relu_derivative(x), relu_derivative(x))


def d_Ax_dx(A: ArrayLike) -> Array:
    """d(Ax)/dx = A^T.

    Denominator layout: A (m, n), x (n, 1), Ax (m, 1), so the derivative is (n, m). In numerator
    layout it would be A.

    CS5242, lecture on vector and matrix derivatives.
    """
    return floats(A).T


def d_xTAx_dx(A: ArrayLike, x: ArrayLike) -> Array:
    """d(x^T A x)/dx = (A + A^T) x, which is 2 A x only if A is symmetric.

    Denominator layout: A (n, n), x (n, 1), x^T A x a number, so the derivative is a column,
    (n, 1). In numerator layout it would be the row x^T (A + A^T).

    CS5242, lecture on vector and matrix derivatives.
    """
    A = floats(A)
    return (A + A.T) @ floats(x)


def d_wTx_dw(w: ArrayLike, x: ArrayLike) -> Array:
    """d(w^T x)/dw = x; w does not enter.

    Denominator layout: w and x (n, 1), w^T x a number, so the derivative is a column, (n, 1).
    In numerator layout it would be the row x^T.

    CS5242, lecture on vector and matrix derivatives.
    """
    return floats(x)
