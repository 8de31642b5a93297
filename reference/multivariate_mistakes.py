"""Known wrong solutions of `reference.multivariate`, each wrong in one way, named function_mistake.

Same signatures as the right ones, so an unused parameter is part of the mistake.
"""

import numpy as np
from numpy.typing import ArrayLike

from reference.arrays import Array, floats
from reference.multivariate import (
    cost_loop,
    cost_matrix,
    fit,
    gradient_loop,
    gradient_matrix,
    single_instance_gradient,
)


def add_bias_at_end(X: ArrayLike) -> Array:
    """The column of ones stands behind X, not in front."""
    X = floats(X)
    return np.hstack([X, np.ones((len(X), 1))])


def add_bias_zeros(X: ArrayLike) -> Array:
    """The column in front is of zeros, so the bias never counts."""
    X = floats(X)
    return np.hstack([np.zeros((len(X), 1)), X])


def add_bias_as_row(X: ArrayLike) -> Array:
    """A row of ones on top, (m + 1, n): one more example instead of one more feature."""
    X = floats(X)
    return np.vstack([np.ones((1, X.shape[1])), X])


def single_instance_gradient_sign_flipped(w: ArrayLike, x: ArrayLike, y: float) -> Array:
    """The residual is y - w^T x, so the sign is wrong."""
    return -single_instance_gradient(w, x, y)


def single_instance_gradient_factor_2(w: ArrayLike, x: ArrayLike, y: float) -> Array:
    """Twice the gradient: that of a loss without the 1/2."""
    return 2 * single_instance_gradient(w, x, y)


def single_instance_gradient_without_residual(w: ArrayLike, x: ArrayLike, y: float) -> Array:
    """x alone: the derivative of the prediction, not of the loss."""
    return floats(x)


def single_instance_gradient_without_x(w: ArrayLike, x: ArrayLike, y: float) -> Array:
    """The chain rule stops early: the residual alone, in every component."""
    x = floats(x)
    return np.full_like(x, np.sum(floats(w) * x) - floats(y))


def single_instance_gradient_transposed(w: ArrayLike, x: ArrayLike, y: float) -> Array:
    """The row, (1, n): numerator layout."""
    return single_instance_gradient(w, x, y).T


def cost_loop_summed(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> np.float64:
    """The 1/m is missing: half the sum of squares."""
    return cost_loop(X, y, w) * len(floats(X))


def cost_loop_missing_half(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> np.float64:
    """The 1/2 is missing: the sum of squares over m."""
    return 2 * cost_loop(X, y, w)


def cost_loop_last_example(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> np.float64:
    """`=` for `+=`: the sum keeps the last example only, over 2m."""
    X, y = floats(X), floats(y)
    return cost_loop(X[-1:], y[-1:], w) / len(X)


def gradient_loop_summed(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """The 1/m is missing: a sum over the examples."""
    return gradient_loop(X, y, w) * len(floats(X))


def gradient_loop_factor_2(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """Twice the gradient: that of an objective without the 1/2."""
    return 2 * gradient_loop(X, y, w)


def gradient_loop_sign_flipped(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """The residual is y - Xw, so the sign is wrong."""
    return -gradient_loop(X, y, w)


def gradient_loop_transposed(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """The row, (1, n): numerator layout."""
    return gradient_loop(X, y, w).T


def gradient_loop_last_example(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """`=` for `+=`: the sum keeps the last example only, over m."""
    X, y = floats(X), floats(y)
    return gradient_loop(X[-1:], y[-1:], w) / len(X)


def cost_matrix_summed(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> np.float64:
    """The 1/m is missing: half the squared norm."""
    return cost_matrix(X, y, w) * len(floats(X))


def cost_matrix_missing_half(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> np.float64:
    """The 1/2 is missing: the squared norm over m."""
    return 2 * cost_matrix(X, y, w)


def cost_matrix_norm_not_squared(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> np.float64:
    """The norm is not squared: |Xw - y| / (2m)."""
    residual = floats(X) @ floats(w) - floats(y)
    return np.sum(residual**2) ** 0.5 / (2 * len(residual))


def gradient_matrix_summed(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """The 1/m is missing: X^T (Xw - y)."""
    return gradient_matrix(X, y, w) * len(floats(X))


def gradient_matrix_factor_2(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """Twice the gradient: that of an objective without the 1/2."""
    return 2 * gradient_matrix(X, y, w)


def gradient_matrix_sign_flipped(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """The residual is y - Xw, so the sign is wrong."""
    return -gradient_matrix(X, y, w)


def gradient_matrix_transposed(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """The row, (1, n): numerator layout."""
    return gradient_matrix(X, y, w).T


def fit_ascent(X: ArrayLike, y: ArrayLike, alpha: float, num_iters: int) -> tuple[Array, Array]:
    """The sign of the update: climbs instead of descending."""
    with np.errstate(over="ignore", invalid="ignore"):  # climbs without end
        return fit(X, y, -alpha, num_iters)


def fit_one_short(X: ArrayLike, y: ArrayLike, alpha: float, num_iters: int) -> tuple[Array, Array]:
    """One update too few, and one entry of the history."""
    return fit(X, y, alpha, max(num_iters - 1, 0))


def fit_history_after(
    X: ArrayLike, y: ArrayLike, alpha: float, num_iters: int
) -> tuple[Array, Array]:
    """The history holds the objective after each update, not before it."""
    w, history = fit(X, y, alpha, num_iters)
    return w, np.append(history, cost_matrix(X, y, w))[1:]


def fit_starts_at_ones(
    X: ArrayLike, y: ArrayLike, alpha: float, num_iters: int
) -> tuple[Array, Array]:
    """Starts from w = 1 instead of w = 0."""
    # Descent from 1 towards y is descent from 0 towards y - X 1, moved by 1.
    ones = np.ones((floats(X).shape[1], 1))
    w, history = fit(X, floats(y) - floats(X) @ ones, alpha, num_iters)
    return w + ones, history
