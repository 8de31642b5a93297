"""What an author gets wrong when he declares a question, in words, before anything runs.

Each function looks at one field and raises a `GraderError` that names the declaration, its key and
what may stand there. `load_questions` adds the file and the line.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import numpy as np

from grader.errors import GraderError

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def refuse(thing: object, key: str, problem: str, fix: str) -> NoReturn:
    """Raise what says that `key` of a declaration is wrong."""
    name = next(
        (n for n in (getattr(thing, key, None) for key in ("name", "slug", "id", "what")) if n), ""
    )
    kind = type(thing).__name__
    at = f"{kind} {name!r}" if isinstance(name, str) and name else kind
    raise GraderError(f"{key} {problem}", at=f"{at}, key {key}", fix=fix)


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean 'exact'? `, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}? " if close else ""


def text(thing: object, key: str, *, example: str) -> None:
    value = getattr(thing, key)
    if not isinstance(value, str) or not value.strip():
        refuse(thing, key, f"is {_short(value)}", f"give a text, such as {example!r}")


def identifier(thing: object, key: str) -> None:
    """The name of a function or variable in the notebook."""
    _identifier(thing, key, getattr(thing, key))


def identifiers(thing: object, key: str) -> None:
    names = _many(thing, key, 'a list of names, such as ["w", "b"]')
    for name in names:
        _identifier(thing, key, name)


def _identifier(thing: object, key: str, name: object) -> None:
    if not isinstance(name, str) or not name.isidentifier():
        fix = "give the name in the notebook, as text: 'compute_cost'"
        refuse(thing, key, f"is {_short(name)}", fix)


def slug(thing: object, key: str) -> None:
    value = getattr(thing, key)
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        fix = "give small letters, digits and hyphens: 'missing-1-over-m'"
        refuse(thing, key, f"is {_short(value)}", fix)


def function(thing: object, key: str, *, example: str, optional: bool = False) -> None:
    value = getattr(thing, key)
    if not callable(value) and not (optional and value is None):
        fix = f"give the function itself, without calling it: {example}"
        refuse(thing, key, f"is {_short(value)}, which cannot be called", fix)


def one_of(thing: object, key: str, allowed: Sequence[str]) -> None:
    value = getattr(thing, key)
    if value not in allowed:
        fix = f"{nearest(str(value), allowed)}it may be {' or '.join(map(repr, allowed))}"
        refuse(thing, key, f"is {_short(value)}", fix)


def number(
    thing: object, key: str, *, above: float | None = None, least: float = 0, most: float = math.inf
) -> None:
    """A finite number in [least, most], or greater than `above`."""
    value = getattr(thing, key)
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    fits = found.is_finite() and found <= Decimal(most)
    fits = fits and (found > Decimal(str(above)) if above is not None else found >= Decimal(least))
    if isinstance(value, bool) or not fits:
        low = f"greater than {above:g}" if above is not None else f"{least:g} or more"
        high = "" if most == math.inf else f", at most {most:g}"
        refuse(thing, key, f"is {_short(value)}", f"give a number, {low}{high}")


def tolerances(thing: object) -> None:
    """`rtol` and `atol`, if it has them."""
    number(thing, "rtol", above=0, most=0.5)
    if hasattr(thing, "atol"):
        number(thing, "atol")


def count(thing: object, key: str, *, optional: bool = False) -> None:
    value = getattr(thing, key)
    if optional and value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        refuse(thing, key, f"is {_short(value)}", "give a whole number, 1 or more")


def instances(thing: object, key: str, kind: type, example: str) -> None:
    """At least one thing of this kind in a list."""
    for item in _many(thing, key, f"a list, such as [{example}]"):
        if not isinstance(item, kind):
            what = kind.__name__.strip("_")
            refuse(thing, key, f"holds {_short(item)}, which is no {what}", f"write {example}")


def different(thing: object, key: str, names: Sequence[str]) -> None:
    """No name twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        refuse(thing, key, f"has two of the name {twice!r}", "give each a name of its own")


def mistakes(thing: object, fits: Callable[[Any], bool] | None, what: str) -> None:
    """The `mistakes` of a check, whose `wrong` is `what`; with `fits` None it knows none."""
    found = _many(thing, "mistakes", "a list of Mistake(...)", some=False)
    if found and fits is None:
        fix = "leave it out: this kind of check names what is wrong by itself"
        refuse(thing, "mistakes", "is not looked at here", fix)
    example = f'write Mistake("missing-1-over-m", {what})'
    for mistake in found:
        wrong = getattr(mistake, "wrong", None)
        if not (hasattr(mistake, "slug") and hasattr(mistake, "wrong")):
            refuse(thing, "mistakes", f"holds {_short(mistake)}, which is no Mistake", example)
        if fits is not None and not fits(wrong):
            problem = f"has for {mistake.slug!r} the wrong solution {_short(wrong)}"
            refuse(thing, "mistakes", problem, example)


def arguments(thing: object) -> None:
    """The `args` of a case: a function that draws them, or a list or tuple."""
    value = thing.args  # type: ignore[attr-defined]
    if not callable(value) and not isinstance(value, (list, tuple)):
        fix = "write (x, y, w, b), for one argument (x,), or a function: lambda rng: (...)"
        refuse(thing, "args", f"is {_short(value)}, not the arguments in their order", fix)


def keywords(thing: object) -> None:
    value = thing.kwargs  # type: ignore[attr-defined]
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        refuse(thing, "kwargs", f"is {_short(value)}", 'write {"alpha": 0.1}')


def paths(thing: object, key: str) -> None:
    """Paths into a result."""
    for path in _many(thing, key, "a list of paths: [(2,)]", some=False):
        steps = path if isinstance(path, (list, tuple)) else None
        if not steps or not all(isinstance(step, (int, str)) for step in steps):
            fix = 'write [(2,)] for the third value, [("cache",)] for the item of a dict'
            refuse(thing, key, f"holds {_short(path)}, which is no path", fix)


def intervals(thing: object, key: str) -> None:
    """Pairs of finite numbers, low before high."""
    fix = "write ((0.2, 3.0),), or two intervals: ((-3.0, -0.2), (0.2, 3.0))"
    for pair in _many(thing, key, "a list of intervals: ((0.2, 3.0),)"):
        ends = pair if isinstance(pair, (list, tuple)) and len(pair) == 2 else ()
        numbers = [end for end in ends if isinstance(end, (int, float)) and math.isfinite(end)]
        if len(numbers) != 2 or not numbers[0] < numbers[1]:
            refuse(thing, key, f"holds {_short(pair)}, which is no interval", fix)


def least_squares(thing: object) -> None:
    """`X` and `y` of a least-squares objective: finite, as many rows as targets, y not all zero."""
    arrays = {}
    for key in ("X", "y"):
        try:
            arrays[key] = np.asarray(getattr(thing, key), dtype=float)
        except (TypeError, ValueError):
            refuse(thing, key, f"is {_short(getattr(thing, key))}", "give an array of numbers")
        if not arrays[key].size or not np.isfinite(arrays[key]).all():
            refuse(thing, key, "is empty, or has NaN or infinity", "give an array of numbers")
    rows = len(np.atleast_1d(arrays["X"]))
    if rows != arrays["y"].size:
        problem = f"has {rows} rows, y has {arrays['y'].size} numbers"
        refuse(thing, "X", problem, "one row of X for each target: did you swap the two?")
    if not arrays["y"].any():
        refuse(thing, "y", "is all zeros", "give data that something can be trained on")


def _many(thing: object, key: str, what: str, *, some: bool = True) -> Sequence[Any]:
    value = getattr(thing, key)
    if not isinstance(value, (list, tuple)):
        refuse(thing, key, f"is {_short(value)}", f"give {what}")
    if some and not value:
        refuse(thing, key, "is empty", f"give {what}")
    return value


def _short(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if is_dataclass(value) and not isinstance(value, type):
        return f"one {type(value).__name__}"
    if isinstance(value, type) or not callable(value):
        shown = repr(value)
        return shown if len(shown) <= 60 else f"{shown[:57]}..."
    return f"the function {getattr(value, '__name__', type(value).__name__)}"
