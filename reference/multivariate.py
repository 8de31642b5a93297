"""Linear regression with n features: by explicit loops, and by matrices.

X has shape (m, n), one example a row, the column of ones for the bias already in it; y is (m, 1)
and w is (n, 1), columns. The objective is

    J(w) = |Xw - y|^2 / (2m)

Denominator layout: J is a number, so dJ/dw has the shape of w, (n, 1).
"""

import numpy as np
from numpy.typing import ArrayLike

from reference.arrays import Array, floats


def add_bias(X: ArrayLike) -> Array:
    """[1 X]: a column of ones in front, (m, n) -> (m, n + 1), so that w[0] is the bias.

    CS5242, lecture on multivariate linear regression.
    """
    X = floats(X)
    return np.hstack([np.ones((len(X), 1)), X])


def single_instance_gradient(w: ArrayLike, x: ArrayLike, y: float) -> Array:
    """The gradient of one example's loss, (w^T x - y)^2 / 2: the residual times x.

        d/dw = (w^T x - y) x

    Args:
        w: shape (n, 1).
        x: one example as a column, shape (n, 1).
        y: its target, a number.

    Returns:
        Shape (n, 1). Denominator layout: a number by a column is a column.

    CS5242, lecture on multivariate linear regression.
    """
    x = floats(x)
    residual = np.sum(floats(w) * x) - floats(y)
    return residual * x


def cost_loop(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> np.float64:
    """J(w) = 1/(2m) sum_i (sum_j X_ij w_j - y_i)^2, by explicit loops.

    Args:
        X: shape (m, n), the bias column in it.
        y: shape (m, 1).
        w: shape (n, 1).

    Returns:
        A number, not a (1, 1) array.

    CS5242, lecture on multivariate linear regression.
    """
    X, y, w = floats(X), floats(y), floats(w)
    m, n = len(X), len(w)
    total = np.float64(0)
    for i in range(m):
        prediction = np.float64(0)
        for j in range(n):
            prediction += X[i, j] * w[j, 0]
        total += (prediction - y[i, 0]) ** 2
    return total / (2 * m)


def gradient_loop(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """The gradient of J by explicit loops: the mean of the examples' gradients.

        dJ/dw_j = 1/m sum_i (sum_k X_ik w_k - y_i) X_ij

    Args:
        X: shape (m, n), the bias column in it.
        y: shape (m, 1).
        w: shape (n, 1).

    Returns:
        Shape (n, 1). Denominator layout: the shape of w.

    CS5242, lecture on multivariate linear regression.
    """
    X, y, w = floats(X), floats(y), floats(w)
    m, n = len(X), len(w)
    gradient = np.zeros_like(w)
    for i in range(m):
        prediction = np.float64(0)
        for j in range(n):
            prediction += X[i, j] * w[j, 0]
        for j in range(n):
            gradient[j, 0] += (prediction - y[i, 0]) * X[i, j]
    return gradient / m


def cost_matrix(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> np.float64:
    """J(w) = |Xw - y|^2 / (2m), vectorised.

    Args:
        X: shape (m, n), the bias column in it.
        y: shape (m, 1).
        w: shape (n, 1).

    Returns:
        A number, not a (1, 1) array.

    CS5242, lecture on vectorisation.
    """
    residual = floats(X) @ floats(w) - floats(y)
    return np.sum(residual**2) / (2 * len(residual))


def gradient_matrix(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> Array:
    """dJ/dw = X^T (Xw - y) / m, vectorised.

    Args:
        X: shape (m, n), the bias column in it.
        y: shape (m, 1).
        w: shape (n, 1).

    Returns:
        Shape (n, 1). Denominator layout: the shape of w. In numerator layout it would be the
        row (Xw - y)^T X / m.

    CS5242, lecture on vectorisation.
    """
    X = floats(X)
    return X.T @ (X @ floats(w) - floats(y)) / len(X)


def fit(X: ArrayLike, y: ArrayLike, alpha: float, num_iters: int) -> tuple[Array, Array]:
    """Gradient descent on J from w = 0: `num_iters` updates w <- w - alpha dJ/dw.

    Args:
        X: shape (m, n), the bias column in it.
        y: shape (m, 1).

    Returns:
        (w, history): w of shape (n, 1), and the objective *before* each update, shape
        (num_iters,), so that history[0] belongs to w = 0.

    CS5242, lecture on gradient descent.
    """
    X, y = floats(X), floats(y)
    w = np.zeros((X.shape[1], 1))
    history = np.empty(num_iters)
    for k in range(num_iters):
        history[k] = cost_matrix(X, y, w)
        w = w - alpha * gradient_matrix(X, y, w)
    return w, history


def normal_equation(X: ArrayLike, y: ArrayLike) -> Array:
    """The w that minimises J, without descent: the solution of X^T X w = X^T y, shape (n, 1).

    Solved as a least-squares problem in X: X^T X would square the condition number. Where many w
    fit equally well (m < n, or columns that depend on each other), the shortest.

    Args:
        X: shape (m, n), the bias column in it.
        y: shape (m, 1).

    CS5242, lecture on multivariate linear regression.
    """
    return floats(np.linalg.lstsq(floats(X), floats(y), rcond=None)[0])
