"""Mistakes that need no author: a reference's own source, rewritten as a student's slip would.

The source gets a switch at every place where it can go wrong, and is compiled once. A mistake is a
set of switches that are on: two mistakes at once cost no more than one. Helper functions that stand
beside the reference are rewritten with it.

References are the author's code, and this runs in the grader's own process. No student's source is
ever looked at here.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from grader.questions.mechanical.switches import Edit, Rewriter, Switches
from grader.questions.mechanical.written import names_in, with_helpers

Function = Callable[..., Any]

MOST_WORK = 300
"""Calls of functions and passes of loops that one call may take."""


@dataclass(frozen=True, eq=False)
class Rewritten:
    """A reference with switches.

    Attributes:
        function: it gives what the reference gives while all are off.
        names: under which the reference and its helpers were known to each other, and what stands
            there now.
        counts: parameters that are numbers of steps.
        changed: parameters that the reference gives other values.
    """

    function: FunctionType
    edits: tuple[Edit, ...]
    names: dict[str, FunctionType]
    counts: frozenset[str]
    changed: frozenset[str]
    _on: list[bool]
    _work: _Work

    def switch(self, edits: Sequence[Edit]) -> None:
        """Make these mistakes from now on, and no others."""
        self._on[:] = [False] * len(self._on)
        for edit in edits:
            for place in edit.switches:
                self._on[place] = True

    def begin(self) -> None:
        """Count the work of the next call."""
        self._work.done = 0

    @property
    def work(self) -> int:
        """Calls of functions and passes of loops since it was begun."""
        return self._work.done


class TooMuchWorkError(Exception):
    """A mistake may make a loop go on for ever."""


class _Work:
    """Counts, and stops what goes on for too long."""

    done = 0

    def tick(self) -> None:
        self.done += 1
        if self.done > MOST_WORK:
            raise TooMuchWorkError


def rewritten(reference: Function) -> Rewritten | None:
    """The reference with switches; None where its source is not to be had, or is too unusual."""
    if not isinstance(reference, FunctionType):
        return None
    found = with_helpers(reference)
    if found is None:
        return None
    switches = Switches()
    work = _Work()
    runtime = {
        "_on": switches.on,
        "_tick": work.tick,
        "_minus": _minus,
        "_plus": _plus,
        "_square": _square,
        "_chosen": _chosen,
        "_turned": _turned,
        "_given": _given,
        "_zeros": np.zeros,
    }
    made: dict[FunctionType, FunctionType] = {}
    counts: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    for function, node in found.items():
        writer = Rewriter(node, switches, is_helper=function is not reference)
        if function is reference:
            counts, changed = writer.steps, writer.stored
        new = _compiled(function, writer.rewrite(), runtime)
        if new is None:
            return None
        made[function] = new
    names = {}
    for new in made.values():
        for name, thing in list(new.__globals__.items()):
            if isinstance(thing, FunctionType) and thing in made:
                new.__globals__[name] = names[name] = made[thing]
    edits = switches.edits()
    return Rewritten(made[reference], edits, names, counts, changed, switches.on, work)


def rebound(function: Function, names: Mapping[str, Function]) -> Function:
    """The same function, calling these in the place of what it knows under their names."""
    if not isinstance(function, FunctionType) or not set(names) & set(names_in(function.__code__)):
        return function
    new = FunctionType(
        function.__code__,
        {**function.__globals__, **names},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    new.__kwdefaults__ = function.__kwdefaults__
    return new


def _compiled(
    function: FunctionType, node: ast.FunctionDef, runtime: dict[str, Any]
) -> FunctionType | None:
    module = ast.fix_missing_locations(ast.Module([node], []))
    names = {**function.__globals__, **runtime}
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    try:
        names |= {name: cell.cell_contents for name, cell in cells}
        scratch: dict[str, Any] = {}
        exec(compile(module, "<rewritten>", "exec"), names, scratch)
    except (SyntaxError, ValueError, TypeError):
        return None
    new = scratch[node.name]
    assert isinstance(new, FunctionType)
    new.__defaults__, new.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    return new


# What stands in the rewritten source in the place of an operator.


def _minus(a: Any, b: Any, negative: bool, plus: bool, sign: bool) -> Any:
    if plus:
        return a + b
    if sign:
        return np.sign(a - b)
    return -(a - b) if negative else a - b


def _plus(a: Any, b: Any, minus: bool) -> Any:
    return a - b if minus else a + b


def _square(a: Any, exponent: Any, absolute: bool, plain: bool) -> Any:
    if absolute:
        return abs(a)
    return a if plain else a**exponent


def _chosen(thing: Any, right: str, wrong: str, is_wrong: bool) -> Any:
    """An attribute: `np.mean`, or `np.sum`."""
    return getattr(thing, wrong if is_wrong else right)


def _turned(matrix: Any, not_at_all: bool) -> Any:
    return matrix if not_at_all else matrix.T


def _given(value: Any, twice: bool, half: bool, negative: bool, swapped: bool) -> Any:
    """What a helper returns."""
    if not (twice or half or negative or swapped):
        return value
    if isinstance(value, tuple):
        parts = value[::-1] if swapped else value
        return tuple(_given(part, twice, half, negative, False) for part in parts)
    if swapped:
        raise TypeError("one value cannot be swapped")
    return value * ((2 if twice else 1) * (0.5 if half else 1) * (-1 if negative else 1))
