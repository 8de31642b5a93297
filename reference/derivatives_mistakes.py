"""Known wrong solutions of `reference.derivatives`, each wrong in one way, named function_mistake.

Same signatures as the right ones, so an unused parameter is part of the mistake.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from reference.arrays import Array, floats
from reference.derivatives import abs_derivative, d_Ax_dx, d_wTx_dw, d_xTAx_dx, relu_derivative

# Wrong texts for `reference.derivatives.ANSWERS`, by the slug of what went wrong.
MISTAKEN_ANSWERS = {
    "d1": {
        "not-differentiated": "3",
        "constant-has-slope-one": "1",
    },
    "d2": {
        "not-differentiated": "3*x",
        "forgot-constant-factor": "1",
        "treated-as-constant": "0",
    },
    "d3": {
        "not-differentiated": "x^2",
        "forgot-exponent-factor": "x",
        "exponent-not-lowered": "2*x^2",
        "integrated": "x^3/3",
    },
    "d4": {
        "not-differentiated": "3*x + x^2",
        "dropped-linear-term": "2*x",
        "linear-term-kept": "3*x + 2*x",
        "forgot-exponent-factor": "3 + x",
    },
    "d5": {
        "not-differentiated": "x^3",
        "product-of-derivatives": "2*x",
        "half-the-product-rule": "2*x^2",
        "forgot-exponent-factor": "x^2",
        "exponent-not-lowered": "3*x^3",
    },
    "d6": {
        "not-differentiated": "e^x/x",
        "forgot-quotient-rule": "e^x",
        "sign-flipped": "(e^x - x*e^x)/x^2",
        "plus-in-quotient-rule": "(x*e^x + e^x)/x^2",
        "denominator-not-squared": "(x*e^x - e^x)/x",
        "power-rule-on-exponential": "(x*x*e^(x - 1) - e^x)/x^2",
    },
    "d7": {
        "not-differentiated": "ln(x + x^2)",
        "forgot-chain-rule": "1/(x + x^2)",
        "inner-derivative-only": "1 + 2*x",
        "differentiated-inside-only": "ln(1 + 2*x)",
        "logarithm-of-inner-derivative": "1/(1 + 2*x)",
    },
}


def numerical_derivative_not_divided(f: Callable[[float], float], x: float, h: float) -> float:
    """The difference f(x + h) - f(x - h) is not divided by 2h."""
    x, h = float(x), float(h)
    return float(f(x + h) - f(x - h))


def numerical_derivative_divided_by_h(f: Callable[[float], float], x: float, h: float) -> float:
    """The central difference is divided by h instead of 2h."""
    x, h = float(x), float(h)
    return float((f(x + h) - f(x - h)) / h)


def numerical_derivative_forward_over_2h(f: Callable[[float], float], x: float, h: float) -> float:
    """The forward difference is divided by 2h instead of h."""
    x, h = float(x), float(h)
    return float((f(x + h) - f(x)) / (2 * h))


def numerical_derivative_times_h(f: Callable[[float], float], x: float, h: float) -> float:
    """Precedence: `/ 2 * h` halves and multiplies by h instead of dividing by it."""
    x, h = float(x), float(h)
    return float((f(x + h) - f(x - h)) / 2 * h)


def numerical_derivative_sign_flipped(f: Callable[[float], float], x: float, h: float) -> float:
    """f(x - h) - f(x + h): the sign is wrong."""
    x, h = float(x), float(h)
    return float((f(x - h) - f(x + h)) / (2 * h))


def abs_derivative_returns_abs(x: float) -> float:
    """The function |x| itself, not its derivative."""
    return float(np.abs(x))


def abs_derivative_always_one(x: float) -> float:
    """1 on both sides of the kink."""
    return 1.0


def abs_derivative_sign_flipped(x: float) -> float:
    """1 left of the kink and -1 right of it."""
    return -abs_derivative(x)


def abs_derivative_undefined_at_zero(x: float) -> float:
    """x / |x|: right but at the kink, where it is not a number."""
    return float("nan") if x == 0 else abs_derivative(x)


def relu_derivative_returns_relu(x: float) -> float:
    """The function max(0, x) itself, not its derivative."""
    return float(max(0, x))


def relu_derivative_of_abs(x: float) -> float:
    """The derivative of |x|: -1 left of the kink."""
    return abs_derivative(x)


def relu_derivative_always_one(x: float) -> float:
    """1 on both sides of the kink."""
    return 1.0


def relu_derivative_undefined_at_zero(x: float) -> float:
    """Right but at the kink, where it is not a number."""
    return float("nan") if x == 0 else relu_derivative(x)


def d_Ax_dx_not_transposed(A: ArrayLike) -> Array:
    """A instead of A^T: numerator layout."""
    return floats(A)


def d_xTAx_dx_symmetric_only(A: ArrayLike, x: ArrayLike) -> Array:
    """2 A x: right only for a symmetric A."""
    return 2 * floats(A) @ floats(x)


def d_xTAx_dx_only_Ax(A: ArrayLike, x: ArrayLike) -> Array:
    """A x: half of the product rule."""
    return floats(A) @ floats(x)


def d_xTAx_dx_only_ATx(A: ArrayLike, x: ArrayLike) -> Array:
    """A^T x: half of the product rule."""
    return d_Ax_dx(A) @ floats(x)


def d_xTAx_dx_transposed(A: ArrayLike, x: ArrayLike) -> Array:
    """The row x^T (A + A^T), (1, n): numerator layout."""
    return d_xTAx_dx(A, x).T


def d_wTx_dw_returns_w(w: ArrayLike, x: ArrayLike) -> Array:
    """w: the derivative by x, not by w."""
    return floats(w)


def d_wTx_dw_transposed(w: ArrayLike, x: ArrayLike) -> Array:
    """The row x^T, (1, n): numerator layout."""
    return d_wTx_dw(w, x).T
