"""Right solutions that can be made of a reference alone: the same values by other roundings.

Some are right for every function: other orders of the same numbers in memory, which products of
matrices follow, and other precisions. Some are right only where the examples are treated alike: in
reverse order, or one at a time. Whether they are is seen from what they give: with another meaning
they would be far off in some case, and with the same one they differ by roundings only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.audit.calibration import cases_of
from grader.judge.compare import Rule, compare
from grader.questions import Question, Returns, Vectorised
from grader.questions.cases import Drawn
from grader.questions.draft import Draft
from grader.questions.kinds.vectorised import sized_cases
from grader.questions.plan import place_of
from grader.questions.scale import quiet
from grader.records.answer_key import AnswerKey, Expectation
from grader.records.values import Value, value_of

Function = Callable[..., Any]
Way = Callable[[Function, list[Any], dict[str, Any], "int | None"], Any]
"""Calls a function with these arguments for m examples, by another way to the same values."""

RELATED = 1e-5
"""Relative to the terms: what is further off has another meaning, not other roundings."""


def variants(
    questions: Sequence[Question],
    answer_key: AnswerKey,
    secret: bytes,
    *,
    others: Mapping[str, Sequence[Function]] | None = None,
) -> dict[str, dict[str, Value]]:
    """Right solutions by name, each with what it gives by the ids of the probes: for `calibrate`.

    Args:
        answer_key: of these questions with this secret.
        others: right solutions of the author's own, by the name of the function they are for: a
            loop for a matrix expression, say.
    """
    found: dict[str, dict[str, Value]] = {}
    for question, planned in zip(questions, answer_key.questions, strict=True):
        pairs = zip(question.checks, planned.checks, strict=True)
        for number, (check, key) in enumerate(pairs, start=1):
            if not isinstance(check, (Returns, Vectorised)):
                continue
            place = place_of(answer_key.assignment, question, number, check)
            cases = check.cases if isinstance(check, Returns) else sized_cases(check)
            draws = Draft(place, secret, public_only=False).draws(cases)
            solutions = {name: (check.reference, *way) for name, way in WAYS.items()}
            for other in (others or {}).get(check.name, ()):
                solutions[getattr(other, "__name__", "another solution")] = (other, _plainly, True)
            for name, (function, way, is_sure) in solutions.items():
                values = _answers(function, way, draws)
                if values is not None and (is_sure or _are_related(cases_of(key), values)):
                    probes = (case.probe for case in cases_of(key))
                    found.setdefault(name, {}).update(zip(probes, values, strict=True))
    return found


def _answers(function: Function, way: Way, draws: Sequence[Drawn]) -> list[Value] | None:
    """What a function gives by another way; None if that way cannot be gone."""
    values = []
    for drawn in draws:
        args, kwargs = drawn.for_reference()
        try:
            with quiet():
                values.append(value_of(way(function, args, kwargs, drawn.size)))
        except Exception:  # no long double in LAPACK; no single example in a split
            return None
    return values


def _are_related(expected: Sequence[Expectation], values: Sequence[Value]) -> bool:
    rule = Rule(RELATED, RELATED)
    pairs = zip(expected, values, strict=True)
    return all(compare(each.want, value, each.scale, rule).is_right for each, value in pairs)


def _plainly(function: Function, args: list[Any], kwargs: dict[str, Any], m: int | None) -> Any:
    return function(*args, **kwargs)


def _of(change: Callable[[Any], Any], back: Callable[[Any], Any] = lambda result: result) -> Way:
    """With every argument changed, and the result changed back."""

    def way(function: Function, args: list[Any], kwargs: dict[str, Any], m: int | None) -> Any:
        named = {name: _each(value, change) for name, value in kwargs.items()}
        return _each(function(*(_each(arg, change) for arg in args), **named), back)

    return way


def _each(thing: Any, change: Callable[[Any], Any]) -> Any:
    """A container with its arrays and numbers changed; functions and texts as they are."""
    if isinstance(thing, dict):
        return {key: _each(item, change) for key, item in thing.items()}
    if isinstance(thing, (list, tuple)):
        return type(thing)([_each(item, change) for item in thing])
    is_float = isinstance(thing, (float, np.floating))
    return change(thing) if is_float or type(thing) is np.ndarray else thing


def _as(dtype: type[np.floating[Any]]) -> Callable[[Any], Any]:
    def change(thing: Any) -> Any:
        array = np.asarray(thing)
        return array.astype(dtype)[()] if array.dtype.kind == "f" else thing

    return change


def _in_columns(thing: Any) -> Any:
    return np.asfortranarray(thing) if np.ndim(thing) > 1 else thing


def _backwards_in_memory(thing: Any) -> Any:
    """The same array, stored from its last number to its first."""
    return np.flip(np.flip(thing).copy()) if np.ndim(thing) else thing


def _reversed(function: Function, args: list[Any], kwargs: dict[str, Any], m: int | None) -> Any:
    """With the last example first."""

    def turn(thing: Any) -> Any:
        return thing[::-1].copy() if np.ndim(thing) and len(thing) == m else thing

    return _of(turn, turn)(function, args, kwargs, m)


def _one_at_a_time(joined: Callable[[list[Any]], Any]) -> Way:
    """A loop over the examples, whose results are put together."""

    def way(function: Function, args: list[Any], kwargs: dict[str, Any], m: int | None) -> Any:
        if m is None or m < 2:
            return function(*args, **kwargs)

        def only(place: int) -> Callable[[Any], Any]:
            return lambda t: t[place : place + 1] if np.ndim(t) and len(t) == m else t

        results = [_of(only(place))(function, args, kwargs, m) for place in range(m)]
        return _joined(results, joined)

    return way


def _joined(results: list[Any], joined: Callable[[list[Any]], Any]) -> Any:
    first = results[0]
    if isinstance(first, dict):
        return {key: _joined([each[key] for each in results], joined) for key in first}
    if isinstance(first, tuple):
        return tuple(_joined(list(parts), joined) for parts in zip(*results, strict=True))
    return joined(results)


def _summed(results: list[Any]) -> Any:
    total = results[0]
    for each in results[1:]:
        total = total + each
    return total


WAYS: dict[str, tuple[Way, bool]] = {
    "by columns": (_of(_in_columns), True),
    "backwards in memory": (_of(_backwards_in_memory), True),
    "in long double": (_of(_as(np.longdouble), _as(np.float64)), True),
    "in float32": (_of(_as(np.float32), _as(np.float32)), True),
    "the last example first": (_reversed, False),
    "one at a time, averaged": (_one_at_a_time(lambda r: _summed(r) / len(r)), False),
    "one at a time, summed": (_one_at_a_time(_summed), False),
    "one at a time, in a list": (_one_at_a_time(lambda r: np.concatenate(r)), False),
}
"""Ways to the same values, and whether they are right for every function."""
