"""Reference solutions of {assignment}: J(w), the mean of (w x - y)^2 / 2 over m examples.

    J'(w)  = mean((w x - y) x)
    w*     = sum(x y) / sum(x^2)      where J'(w) is 0
"""

import numpy as np


def objective(x, y, w):
    return np.mean((w * x - y) ** 2) / 2


def slope(x, y, w):
    return np.mean((w * x - y) * x)


def best(x, y):
    return np.sum(x * y) / np.sum(x**2)
