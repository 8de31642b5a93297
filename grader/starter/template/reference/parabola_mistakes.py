"""What goes wrong in {assignment}, as functions: a hand-in that gives the same gets the name."""

import numpy as np

from reference.parabola import slope


def slope_forgot_x(x, y, w):
    return np.mean(w * x - y)


def slope_uphill(x, y, w):
    return -slope(x, y, w)
