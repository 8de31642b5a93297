"""Known wrong solutions of `reference.univariate`, each wrong in one way, named function_mistake.

Same signatures as the right ones, so an unused parameter is part of the mistake.
"""

import numpy as np
from numpy.typing import ArrayLike

from reference.arrays import Array, floats
from reference.univariate import (
    absolute_loss,
    compute_cost,
    compute_gradient,
    descend_quadratic,
    gradient_descent,
    predict,
    quadratic_coefficients,
    squared_loss,
)


def predict_forgot_bias(x: ArrayLike, w: float, b: float) -> Array:
    """The bias is missing: w x."""
    return floats(x) * w


def predict_swapped(x: ArrayLike, w: float, b: float) -> Array:
    """Slope and bias have changed places: b x + w."""
    return floats(x) * b + w


def absolute_loss_signed(y_hat: ArrayLike, y: ArrayLike) -> Array:
    """The absolute value is missing: y_hat - y."""
    return floats(y_hat) - floats(y)


def absolute_loss_averaged(y_hat: ArrayLike, y: ArrayLike) -> np.float64:
    """One number, the mean over the examples, instead of one loss for each."""
    losses = absolute_loss(y_hat, y)
    return np.sum(losses) / losses.size


def squared_loss_without_half(y_hat: ArrayLike, y: ArrayLike) -> Array:
    """The 1/2 is missing: (y_hat - y)^2."""
    return (floats(y_hat) - floats(y)) ** 2


def squared_loss_averaged(y_hat: ArrayLike, y: ArrayLike) -> np.float64:
    """One number, the mean over the examples, instead of one loss for each."""
    losses = squared_loss(y_hat, y)
    return np.sum(losses) / losses.size


def compute_cost_missing_half(x: ArrayLike, y: ArrayLike, w: float, b: float) -> np.float64:
    """The 1/2 is missing: the sum of squares over m."""
    return 2 * compute_cost(x, y, w, b)


def compute_cost_summed(x: ArrayLike, y: ArrayLike, w: float, b: float) -> np.float64:
    """The 1/m is missing: half the sum of squares."""
    return np.sum(squared_loss(predict(x, w, b), y))


def compute_cost_forgot_bias(x: ArrayLike, y: ArrayLike, w: float, b: float) -> np.float64:
    """The prediction leaves out b."""
    return compute_cost(x, y, w, 0)


def compute_cost_absolute(x: ArrayLike, y: ArrayLike, w: float, b: float) -> np.float64:
    """The mean of the absolute losses instead of the squared ones."""
    losses = absolute_loss(predict(x, w, b), y)
    return np.sum(losses) / len(losses)


def compute_gradient_missing_mean(
    x: ArrayLike, y: ArrayLike, w: float, b: float
) -> tuple[np.float64, np.float64]:
    """The 1/m is missing: sums over the examples."""
    error = predict(x, w, b) - floats(y)
    return np.sum(error * floats(x)), np.sum(error)


def compute_gradient_factor_2(
    x: ArrayLike, y: ArrayLike, w: float, b: float
) -> tuple[np.float64, np.float64]:
    """Twice the gradient: that of an objective without the 1/2."""
    dj_dw, dj_db = compute_gradient(x, y, w, b)
    return 2 * dj_dw, 2 * dj_db


def compute_gradient_sign_flipped(
    x: ArrayLike, y: ArrayLike, w: float, b: float
) -> tuple[np.float64, np.float64]:
    """The error is y - y_hat, so both slopes have the wrong sign."""
    dj_dw, dj_db = compute_gradient(x, y, w, b)
    return -dj_dw, -dj_db


def compute_gradient_swapped(
    x: ArrayLike, y: ArrayLike, w: float, b: float
) -> tuple[np.float64, np.float64]:
    """Returns (dJ/db, dJ/dw): the wrong order."""
    dj_dw, dj_db = compute_gradient(x, y, w, b)
    return dj_db, dj_dw


def compute_gradient_forgot_bias(
    x: ArrayLike, y: ArrayLike, w: float, b: float
) -> tuple[np.float64, np.float64]:
    """The prediction leaves out b."""
    return compute_gradient(x, y, w, 0)


def compute_gradient_forgot_x(
    x: ArrayLike, y: ArrayLike, w: float, b: float
) -> tuple[np.float64, np.float64]:
    """The chain rule stops early: dJ/dw lacks the factor x and equals dJ/db."""
    _, dj_db = compute_gradient(x, y, w, b)
    return dj_db, dj_db


def quadratic_coefficients_missing_mean(
    x: ArrayLike, y: ArrayLike, b: float
) -> tuple[np.float64, np.float64, np.float64]:
    """The 1/m is missing: sums over the examples."""
    x, rest = floats(x), b - floats(y)
    return np.sum(x**2) / 2, np.sum(x * rest), np.sum(rest**2) / 2


def quadratic_coefficients_missing_half(
    x: ArrayLike, y: ArrayLike, b: float
) -> tuple[np.float64, np.float64, np.float64]:
    """The 1/2 is missing: all three are doubled."""
    c1, c2, c3 = quadratic_coefficients(x, y, b)
    return 2 * c1, 2 * c2, 2 * c3


def quadratic_coefficients_c2_sign_flipped(
    x: ArrayLike, y: ArrayLike, b: float
) -> tuple[np.float64, np.float64, np.float64]:
    """c2 uses y - b, so its sign is wrong."""
    c1, c2, c3 = quadratic_coefficients(x, y, b)
    return c1, -c2, c3


def quadratic_coefficients_half_c2(
    x: ArrayLike, y: ArrayLike, b: float
) -> tuple[np.float64, np.float64, np.float64]:
    """The 2 of the mixed term is forgotten: c2 is half of what it should be."""
    c1, c2, c3 = quadratic_coefficients(x, y, b)
    return c1, c2 / 2, c3


def quadratic_coefficients_forgot_bias(
    x: ArrayLike, y: ArrayLike, b: float
) -> tuple[np.float64, np.float64, np.float64]:
    """The prediction leaves out b."""
    return quadratic_coefficients(x, y, 0)


def quadratic_coefficients_reversed(
    x: ArrayLike, y: ArrayLike, b: float
) -> tuple[np.float64, np.float64, np.float64]:
    """Returns (c3, c2, c1): the wrong order."""
    c1, c2, c3 = quadratic_coefficients(x, y, b)
    return c3, c2, c1


def descend_quadratic_one_short(c1: float, c2: float, w0: float, alpha: float, steps: int) -> Array:
    """One step too few: `steps` values, the starting point among them."""
    return descend_quadratic(c1, c2, w0, alpha, steps)[:-1]


def descend_quadratic_half_gradient(
    c1: float, c2: float, w0: float, alpha: float, steps: int
) -> Array:
    """The slope is taken to be c1 w + c2 instead of 2 c1 w + c2."""
    return descend_quadratic(c1 / 2, c2, w0, alpha, steps)


def descend_quadratic_forgot_c2(c1: float, c2: float, w0: float, alpha: float, steps: int) -> Array:
    """The slope is taken to be 2 c1 w: c2 is left out."""
    return descend_quadratic(c1, 0, w0, alpha, steps)


def descend_quadratic_ascent(c1: float, c2: float, w0: float, alpha: float, steps: int) -> Array:
    """The sign of the update: climbs instead of descending."""
    with np.errstate(over="ignore", invalid="ignore"):  # climbs without end
        return descend_quadratic(c1, c2, w0, -alpha, steps)


def descend_quadratic_cut_to_integers(
    c1: float, c2: float, w0: float, alpha: float, steps: int
) -> Array:
    """The path is an array of the start's own kind: from an integer, each value is cut to one."""
    path = np.full(steps + 1, w0)
    for k in range(steps):
        path[k + 1] = path[k] - alpha * (2 * c1 * path[k] + c2)
    return path.astype(np.float64)


def gradient_descent_sequential(
    x: ArrayLike, y: ArrayLike, w: float, b: float, alpha: float, num_iters: int
) -> tuple[float, float, Array]:
    """b is updated at the new w, not from the same point."""
    w, b = float(w), float(b)
    history = np.empty(num_iters)
    for k in range(num_iters):
        history[k] = compute_cost(x, y, w, b)
        w = float(w - alpha * compute_gradient(x, y, w, b)[0])
        b = float(b - alpha * compute_gradient(x, y, w, b)[1])
    return w, b, history


def gradient_descent_ascent(
    x: ArrayLike, y: ArrayLike, w: float, b: float, alpha: float, num_iters: int
) -> tuple[float, float, Array]:
    """The sign of the update: climbs instead of descending."""
    with np.errstate(over="ignore", invalid="ignore"):  # climbs without end
        return gradient_descent(x, y, w, b, -alpha, num_iters)


def gradient_descent_history_after(
    x: ArrayLike, y: ArrayLike, w: float, b: float, alpha: float, num_iters: int
) -> tuple[float, float, Array]:
    """The history holds the objective after each update, not before it."""
    w, b, history = gradient_descent(x, y, w, b, alpha, num_iters)
    return w, b, np.append(history, compute_cost(x, y, w, b))[1:]


def gradient_descent_one_step_short(
    x: ArrayLike, y: ArrayLike, w: float, b: float, alpha: float, num_iters: int
) -> tuple[float, float, Array]:
    """One update too few, and one entry of the history."""
    return gradient_descent(x, y, w, b, alpha, max(num_iters - 1, 0))


def gradient_descent_swapped(
    x: ArrayLike, y: ArrayLike, w: float, b: float, alpha: float, num_iters: int
) -> tuple[float, float, Array]:
    """Returns (b, w, history): the wrong order."""
    w, b, history = gradient_descent(x, y, w, b, alpha, num_iters)
    return b, w, history


def standardised_split_unstandardised(
    height: ArrayLike, weight: ArrayLike
) -> tuple[Array, Array, Array, Array]:
    """Raw inches: the heights are not standardised."""
    x, y = floats(height), floats(weight)
    train = len(x) * 8 // 10
    return x[:train], y[:train], x[train:], y[train:]


def standardised_split_all_rows(
    height: ArrayLike, weight: ArrayLike
) -> tuple[Array, Array, Array, Array]:
    """Mean and deviation of all the heights, so the evaluation rows leak into the training."""
    height = floats(height)
    x = (height - np.mean(height)) / np.std(height)
    return standardised_split_unstandardised(x, weight)


def standardised_split_apart(
    height: ArrayLike, weight: ArrayLike
) -> tuple[Array, Array, Array, Array]:
    """The evaluation heights are standardised with their own mean and deviation."""
    x_train, y_train, x_test, y_test = standardised_split_unstandardised(height, weight)
    x_train = (x_train - np.mean(x_train)) / np.std(x_train)
    x_test = (x_test - np.mean(x_test)) / np.std(x_test)
    return x_train, y_train, x_test, y_test
