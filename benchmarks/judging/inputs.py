"""Inputs of the corpus' own: the judge's cases are drawn elsewhere, and know nothing of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Generator = np.random.Generator
Draw = Callable[[Generator], tuple[Any, ...]]


def _line(rng: Generator) -> tuple[Any, ...]:
    m = int(rng.integers(3, 9))
    return rng.normal(size=m), 2 + rng.normal(size=m), 1.5 + rng.random(), -2.5 - rng.random()


def _of(draw: Draw, *places: int) -> Draw:
    """Some of the arguments of another function."""

    def picked(rng: Generator) -> tuple[Any, ...]:
        args = draw(rng)
        return tuple(args[place] for place in places)

    return picked


def _matrix(rng: Generator) -> tuple[Any, ...]:
    m, n = int(rng.integers(5, 9)), int(rng.integers(2, 5))
    return rng.normal(size=(m, n)), 1 + rng.normal(size=(m, 1)), rng.normal(size=(n, 1))


def _cubic(x: Any) -> Any:
    return x**3 - 5 * x


def _column(rng: Generator) -> Any:
    return rng.normal(size=(4, 1))


INPUTS: Mapping[str, Draw] = {
    "predict": _of(_line, 0, 2, 3),
    "absolute_loss": lambda rng: _line(rng)[:2],
    "squared_loss": lambda rng: _line(rng)[:2],
    "compute_cost": _line,
    "compute_gradient": _line,
    "quadratic_coefficients": _of(_line, 0, 1, 3),
    "descend_quadratic": lambda rng: (1 + rng.random(), -3.0, 2.0 + rng.random(), 0.3, 4),
    "gradient_descent": lambda rng: (*_line(rng), 0.2, 3),
    # so small a step that one-sided quotients, which are right, are no other function
    "numerical_derivative": lambda rng: (_cubic, 1 + rng.random(), 1e-7),
    "abs_derivative": lambda rng: (float(rng.choice([-1, 1]) * (1 + rng.random())),),
    "relu_derivative": lambda rng: (float(rng.choice([-1, 1]) * (1 + rng.random())),),
    "d_Ax_dx": lambda rng: (rng.normal(size=(3, 4)),),
    "d_xTAx_dx": lambda rng: (rng.normal(size=(4, 4)), _column(rng)),
    "d_wTx_dw": lambda rng: (_column(rng), _column(rng)),
    "add_bias": lambda rng: (rng.normal(size=(3, 4)),),
    "single_instance_gradient": lambda rng: (_column(rng), _column(rng), 2 + rng.random()),
    "cost_loop": _matrix,
    "gradient_loop": _matrix,
    "cost_matrix": _matrix,
    "gradient_matrix": _matrix,
    "fit": lambda rng: (*_matrix(rng)[:2], 0.2, 3),
}
"""Where a function is known to be the reference or not; by its name."""

SCALES = (1e-6, 1e-3, 1e3, 1e6)
"""Right solutions are also tried on numbers of these sizes."""

SCALED: Mapping[str, Callable[[Generator, float], tuple[Any, ...]]] = {
    "predict": lambda rng, scale: (scale * _line(rng)[0], 1.7, -2.3 * scale),
    "absolute_loss": lambda rng, scale: tuple(scale * each for each in _line(rng)[:2]),
    "squared_loss": lambda rng, scale: tuple(scale * each for each in _line(rng)[:2]),
    **dict.fromkeys(
        ("compute_cost", "compute_gradient"),
        lambda rng, scale: (*(scale * each for each in _line(rng)[:2]), 1.7, -2.3 * scale),
    ),
    "quadratic_coefficients": lambda rng, scale: (
        *(scale * each for each in _line(rng)[:2]),
        -2.3 * scale,
    ),
    "d_Ax_dx": lambda rng, scale: (scale * rng.normal(size=(3, 4)),),
    "d_xTAx_dx": lambda rng, scale: (scale * rng.normal(size=(4, 4)), _column(rng)),
    "d_wTx_dw": lambda rng, scale: (_column(rng), scale * _column(rng)),
    "add_bias": lambda rng, scale: (scale * rng.normal(size=(3, 4)),),
    "single_instance_gradient": lambda rng, scale: (_column(rng), scale * _column(rng), scale),
    **dict.fromkeys(
        ("cost_loop", "gradient_loop", "cost_matrix", "gradient_matrix"),
        lambda rng, scale: tuple(
            factor * each for factor, each in zip((scale, scale, 1), _matrix(rng), strict=True)
        ),
    ),
}
