"""What a case expects: what the reference gives, from what size of terms, and what each known
mistake would give. Computed before any student's function sees the inputs.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from grader.errors import GraderError
from grader.questions.cases import Drawn, shown
from grader.questions.declare import Mistake
from grader.questions.draft import Draft, at, located
from grader.questions.scale import at_least, is_like, measured_scale, quiet, sizes
from grader.records.answer_key import Expectation, KnownMistake
from grader.records.values import Value, arrays_in, describe, value_of


def expectation_of(
    draft: Draft,
    name: str,
    reference: Callable[..., Any],
    drawn: Drawn,
    mistakes: Sequence[Mistake],
    scale: Callable[..., Any] | None,
    *,
    count_work: bool = False,
) -> Expectation:
    probe = draft.call(name, drawn, count_work=count_work)
    want = reference_value(reference, drawn, draft)
    refuse_nothing(want, f"the reference for {name}", at(draft, drawn))
    if scale is not None:
        size = sizes(reference_value(scale, drawn, draft))
        refuse_nothing(size, f"the scale for {name}", at(draft, drawn))
        if not is_like(size, want):
            raise GraderError(
                f"the scale for {name} is {describe(size)}, the result {describe(want)}",
                at=at(draft, drawn),
                fix="let scale return what the reference returns, in the same shapes",
            )
        size = at_least(size, want)
    else:
        size = measured_scale(reference, drawn, want, draft.place)
    return Expectation(
        probe=probe,
        case=drawn.case.name,
        want=want,
        scale=size,
        mistakes=tuple(mistaken(mistake, drawn) for mistake in mistakes),
        size=drawn.size,
        inputs=inputs_of(reference, drawn),
        public=drawn.case.public,
        other_sizes=drawn.other_sizes,
        given=drawn.given,
        features=features_of(bound_arguments(reference, drawn)),
    )


def accepted(
    draft: Draft,
    reference: Callable[..., Any],
    draws: Sequence[Drawn],
    expectations: Sequence[Expectation],
    own_scale: Callable[..., Any] | None,
) -> tuple[Expectation, ...]:
    """The same cases, as another reference answers them.

    Args:
        own_scale: the author's, which holds for this reference too.
    """
    others = []
    for drawn, expected in zip(draws, expectations, strict=True):
        want = reference_value(reference, drawn, draft)
        if own_scale is not None and is_like(expected.scale, want):
            scale = at_least(expected.scale, want)
        else:
            scale = measured_scale(reference, drawn, want, draft.place)
        others.append(replace(expected, want=want, scale=scale))
    return tuple(others)


def reference_value(function: Callable[..., Any], drawn: Drawn, draft: Draft) -> Value:
    name = getattr(function, "__name__", "the reference")
    with located(at(draft, drawn)):
        args, kwargs = drawn.for_reference()
    _refuse_misfit(function, name, args, kwargs, at(draft, drawn))
    try:
        with quiet():
            return value_of(function(*args, **kwargs))
    except Exception as error:
        raise GraderError(
            f"{name} raises {type(error).__name__}: {error}",
            at=at(draft, drawn),
            fix=f"mend {_line_in(function, error)}, or give this case other inputs",
        ) from error


def _refuse_misfit(
    function: Callable[..., Any], name: str, args: list[Any], kwargs: dict[str, Any], at: str
) -> None:
    """Refuse a case that gives the wrong number of arguments, or unknown ones."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        names = "".join(f", {key}=" for key in kwargs)
        raise GraderError(
            f"the case gives {len(args)} argument{'' if len(args) == 1 else 's'}{names}, "
            f"{name} takes {signature}: {error}",
            at=at,
            fix="let the case give the arguments in the order in which the function takes them",
        ) from error


def refuse_nothing(value: Value, what: str, at: str) -> None:
    if value is None:
        fix = "let it return something"
        raise GraderError(f"{what} gives None", at=at, fix=fix)
    if not all(np.isfinite(array.data).all() for array in arrays_in(value)):
        fix = "choose inputs for which the answer is finite"
        raise GraderError(f"{what} gives NaN or infinity", at=at, fix=fix)


def refuse_useless(
    mistakes: Sequence[Mistake],
    values: Sequence[tuple[Value | None, ...]],
    draws: Sequence[Drawn],
    draft: Draft,
) -> None:
    """Refuse a mistake that gives nothing in any case: no answer could ever resemble it."""
    if draft.public_only:
        return  # it may show in a hidden case
    for place, mistake in enumerate(mistakes):
        if any(given[place] is not None for given in values):
            continue
        args, kwargs = draws[0].for_reference()
        said = "NaN or infinity"
        try:
            with quiet():
                if value_of(mistake.wrong(*args, **kwargs)) is None:
                    said = "None"
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        raise GraderError(
            f"the mistake {mistake.slug!r} gives no numbers in any case: {said}",
            at=f"{draft.place}, key mistakes",
            fix="give it the signature of the right function, or leave it out",
        )


def _line_in(function: Callable[..., Any], error: Exception) -> str:
    """The line of the author's file in which a reference raised, if that can be told."""
    file = getattr(getattr(function, "__code__", None), "co_filename", "")
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    return f"{file}, line {lines[-1]}" if lines else "the reference"


def mistaken(mistake: Mistake, drawn: Drawn) -> Value | None:
    """What a known mistake gives; None where it gives nothing that could be recognised."""
    args, kwargs = drawn.for_reference()
    try:
        with quiet():
            value = value_of(mistake.wrong(*args, **kwargs))
    except Exception:
        return None
    finite = all(np.isfinite(array.data).all() for array in arrays_in(value))
    return value if finite else None


def known(mistakes: Sequence[Mistake]) -> tuple[KnownMistake, ...]:
    return tuple(KnownMistake(m.slug, m.hint, decimal(m.credit)) for m in mistakes)


def decimal(number: Decimal | int | float | str) -> Decimal:
    """0.1 as 0.1, not as the binary number nearest to it."""
    return Decimal(str(number))


def inputs_of(reference: Callable[..., Any], drawn: Drawn) -> str:
    try:
        names = list(inspect.signature(reference).parameters)
    except (TypeError, ValueError):
        names = []
    return shown(names, drawn.args, drawn.case.kwargs)


def bound_arguments(reference: Callable[..., Any], drawn: Drawn) -> dict[str, Any] | None:
    """The arguments of a case, as drawn, by their names in the reference and in their order.

    None where they have no names of their own.
    """
    try:
        bound = inspect.signature(reference).bind(*drawn.args, **drawn.case.kwargs)
    except (TypeError, ValueError):
        return None
    kinds = {parameter.kind for parameter in bound.signature.parameters.values()}
    if kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        return None
    return dict(bound.arguments)


_TARGETS = frozenset({"y", "y_true", "targets", "target", "labels", "t"})


def features_of(arguments: Mapping[str, Any] | None) -> int | None:
    """n, where the targets tell it from m: the other axis of a matrix that has one for them."""
    if arguments is None:
        return None
    targets = [a for name, a in arguments.items() if name.casefold() in _TARGETS]
    if len(targets) != 1:
        return None
    m = np.size(targets[0])
    for name, matrix in arguments.items():
        is_matrix = isinstance(matrix, np.ndarray) and matrix.ndim == 2
        if is_matrix and m in matrix.shape and name.casefold() not in _TARGETS:
            rows, columns = matrix.shape
            return int(columns if rows == m else rows)
    return None
