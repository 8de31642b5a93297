"""Linear regression with one feature: the line w x + b through m points.

x and y have shape (m,); w and b are numbers. The objective is

    J(w, b) = 1/(2m) sum_i (w x_i + b - y_i)^2

with the 1/2 so that its gradient carries no factor 2. w and b are numbers, so numerator and
denominator layout agree here.
"""

import numpy as np
from numpy.typing import ArrayLike

from reference.arrays import Array, floats


def predict(x: ArrayLike, w: float, b: float) -> Array:
    """The predictions w x + b, element-wise: the shape of x.

    CS5242, lecture on linear regression.
    """
    return floats(x) * w + b


def absolute_loss(y_hat: ArrayLike, y: ArrayLike) -> Array:
    """|y_hat - y|, element-wise: the shape of y. Not averaged.

    CS5242, lecture on loss functions.
    """
    return np.abs(floats(y_hat) - floats(y))


def squared_loss(y_hat: ArrayLike, y: ArrayLike) -> Array:
    """(y_hat - y)^2 / 2, element-wise: the shape of y. Not averaged.

    CS5242, lecture on loss functions.
    """
    return (floats(y_hat) - floats(y)) ** 2 / 2


def compute_cost(x: ArrayLike, y: ArrayLike, w: float, b: float) -> np.float64:
    """The objective, J(w, b) = 1/(2m) sum_i (w x_i + b - y_i)^2: the mean of the squared losses.

    Args:
        x: the feature, shape (m,).
        y: the targets, shape (m,).

    Returns:
        A number, never negative.

    CS5242, lecture on linear regression.
    """
    losses = squared_loss(predict(x, w, b), y)
    return np.sum(losses) / len(losses)


def compute_gradient(
    x: ArrayLike, y: ArrayLike, w: float, b: float
) -> tuple[np.float64, np.float64]:
    """The gradient of the objective, (dJ/dw, dJ/db).

        dJ/dw = 1/m sum_i (w x_i + b - y_i) x_i
        dJ/db = 1/m sum_i (w x_i + b - y_i)

    Args:
        x: the feature, shape (m,).
        y: the targets, shape (m,).

    Returns:
        Two numbers, that of w first.

    CS5242, lecture on gradient descent.
    """
    error = predict(x, w, b) - floats(y)
    m = len(error)
    return np.sum(error * floats(x)) / m, np.sum(error) / m


def quadratic_coefficients(
    x: ArrayLike, y: ArrayLike, b: float
) -> tuple[np.float64, np.float64, np.float64]:
    """The objective as a parabola in w with b fixed: J(w, b) = c1 w^2 + c2 w + c3.

        c1 = 1/(2m) sum_i x_i^2
        c2 = 1/m sum_i x_i (b - y_i)
        c3 = 1/(2m) sum_i (b - y_i)^2

    Args:
        x: the feature, shape (m,).
        y: the targets, shape (m,).

    Returns:
        The numbers (c1, c2, c3). c1 is never negative: the parabola opens upwards.

    CS5242, lecture on convex objectives.
    """
    x, rest = floats(x), b - floats(y)
    m = len(x)
    return np.sum(x**2) / (2 * m), np.sum(x * rest) / m, np.sum(rest**2) / (2 * m)


def descend_quadratic(c1: float, c2: float, w0: float, alpha: float, steps: int) -> Array:
    """Gradient descent on the parabola c1 w^2 + c2 w + c3, whose slope is 2 c1 w + c2.

        w <- w - alpha (2 c1 w + c2)

    Converges to -c2 / (2 c1) for 0 < alpha < 1/c1. c3 moves the parabola up and down and
    never enters.

    Returns:
        Every value of w, shape (steps + 1,): first w0, last the result.

    CS5242, lecture on gradient descent.
    """
    path = np.empty(steps + 1)
    path[0] = w0
    for k in range(steps):
        path[k + 1] = path[k] - alpha * (2 * c1 * path[k] + c2)
    return path


def gradient_descent(
    x: ArrayLike, y: ArrayLike, w: float, b: float, alpha: float, num_iters: int
) -> tuple[float, float, Array]:
    """Gradient descent on J from (w, b): `num_iters` updates of rate `alpha`.

        (w, b) <- (w - alpha dJ/dw, b - alpha dJ/db)

    Both slopes are taken at the same point, before either number moves.

    Args:
        x: the feature, shape (m,).
        y: the targets, shape (m,).

    Returns:
        (w, b, history): the numbers reached, and the objective *before* each update, shape
        (num_iters,), so that history[0] belongs to the starting point.

    CS5242, lecture on gradient descent.
    """
    w, b = float(w), float(b)
    history = np.empty(num_iters)
    for k in range(num_iters):
        history[k] = compute_cost(x, y, w, b)
        dj_dw, dj_db = compute_gradient(x, y, w, b)
        w, b = float(w - alpha * dj_dw), float(b - alpha * dj_db)
    return w, b, history


def standardised_split(height: ArrayLike, weight: ArrayLike) -> tuple[Array, Array, Array, Array]:
    """The first 80 % of the rows to train on, the rest to evaluate; heights standardised.

    The rows are in random order already, so nothing is shuffled. A height becomes
    (height - mean) / deviation, with the mean and the population standard deviation (ddof=0) of
    the *training* heights in both parts: the evaluation rows must not leak into the training.

    Args:
        height: shape (m,), m >= 2; the training heights are not all equal.
        weight: shape (m,), left as it is.

    Returns:
        (x_train, y_train, x_test, y_test): shapes (8000,) and (2000,) for 10,000 rows.

    CS5242, lecture on training and evaluation.
    """
    height, weight = floats(height), floats(weight)
    train = len(height) * 8 // 10
    mean, deviation = np.mean(height[:train]), np.std(height[:train])
    x = (height - mean) / deviation
    return x[:train].copy(), weight[:train].copy(), x[train:].copy(), weight[train:].copy()


def closed_form(x: ArrayLike, y: ArrayLike) -> tuple[np.float64, np.float64]:
    """The (w, b) that minimise J, without descent: least squares on the columns x and 1.

        w = sum_i (x_i - mean x)(y_i - mean y) / sum_i (x_i - mean x)^2
        b = mean y - w mean x

    Where many lines fit equally well (m = 1, or every x the same), the one whose (w, b) is
    shortest.

    Args:
        x: the feature, shape (m,).
        y: the targets, shape (m,).

    CS5242, lecture on linear regression.
    """
    x = floats(x)
    w, b = np.linalg.lstsq(np.column_stack([x, np.ones_like(x)]), floats(y), rcond=None)[0]
    return w, b
