"""Properties of training, ready-made: what matters of a descent, whatever its digits.

Each gives a function for `Property`:

    Property("gradient_descent", falls(at=(2,)), SMALL_RATES, says="the objective falls")
    Property("gradient_descent", grows(at=(2,)), LARGE_RATES, says="the objective grows")
    Property("gradient_descent", comes_near(objective, optimum, 0.01), LONG_RUNS,
             says="it comes within 1 % of the optimum")

`at` is the path of the history in what comes back: `(2,)` the third value, `("cost",)` an item of a
dict, `()` the result itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.records.values import Numbers

Holds = Callable[..., Any]
Path = tuple[int | str, ...]

SLACK = 1e-9
"""Relative: by so much an objective may rise through rounding, once it has come to rest."""


def falls(at: Path = ()) -> Holds:
    """The history of the objective never rises, and ends below where it began."""

    def holds(result: Any, *arguments: Any, **named: Any) -> Any:
        history, problem = _history(result, at)
        if problem:
            return False, "wrong-shape", problem
        if not np.isfinite(history).all():
            return False, "not-finite", "there is NaN or infinity in the history"
        rises = np.diff(history) > SLACK * np.abs(history[:-1])
        if rises.any():
            step = int(np.argmax(rises))
            before, after = history[step : step + 2]
            return False, "objective-rises", f"it rises from {before:.6g} to {after:.6g}"
        if len(history) > 1 and not history[-1] < history[0]:
            return False, "not-trained", f"it stays at {history[0]:.6g}"
        return True

    return holds


def grows(at: Path = (), *, factor: float = 10.0) -> Holds:
    """The history of the objective ends above `factor` times where it began, or overflows: what a
    descent has to do when its rate is too large."""

    def holds(result: Any, *arguments: Any, **named: Any) -> Any:
        history, problem = _history(result, at)
        if problem:
            return False, "wrong-shape", problem
        if not np.isfinite(history).all() or history[-1] > factor * abs(history[0]):
            return True
        return False, "does-not-grow", f"it goes from {history[0]:.6g} to {history[-1]:.6g}"

    return holds


def comes_near(
    objective: Callable[..., float],
    optimum: Callable[..., float] | float,
    within: float = 0.01,
    *,
    atol: float = 1e-9,
) -> Holds:
    """The objective at what comes back is within `within` (0.01 is 1 %) of its optimum.

    Args:
        objective: of what came and the arguments of the case.
        optimum: of the arguments of the case; or a number.
        atol: what is allowed besides, for an optimum of 0.
    """

    def holds(result: Any, *arguments: Any, **named: Any) -> Any:
        best = float(optimum(*arguments, **named)) if callable(optimum) else float(optimum)
        reached = float(objective(result, *arguments, **named))
        if not np.isfinite(best):
            raise ValueError(f"the optimum is {best}")
        if not np.isfinite(reached):
            return False, "not-finite", f"the objective at it is {reached}"
        if reached <= best + within * abs(best) + atol:
            return True
        said = f"the objective at it is {reached:.6g}, its optimum {best:.6g}"
        return False, "not-trained", f"{said}; {100 * within:g} % above that is allowed"

    return holds


def _history(result: Any, at: Path) -> tuple[Numbers, str]:
    """The numbers at a path, in one row; and what is wrong, if they are not there."""
    found = result
    try:
        for step in at:
            found = found[step]
        history = np.asarray(found, dtype=float).ravel()
    except (TypeError, ValueError, LookupError):
        return np.empty(0), "there is no history of numbers where it should be"
    return history, "" if history.size else "the history is empty"
