"""The whole way from a text to an expression, in the documented reading and in others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from grader.judge.expressions.characters import in_ascii
from grader.judge.expressions.errors import ExpressionError
from grader.judge.expressions.items import items_of
from grader.judge.expressions.meant import meant_by
from grader.judge.expressions.printed import printed
from grader.judge.expressions.program import Step, program_of, value_of
from grader.judge.expressions.readings import DOCUMENTED, ONE_WAY, Reading, decided, two_ways
from grader.judge.expressions.statements import stated, without_decoration
from grader.judge.expressions.written import written
from grader.records.values import Numbers

MAX_LENGTH = 400


@dataclass(frozen=True)
class Expression:
    """A text that was read. `text` is how it was understood, in Python's notation."""

    text: str
    variable: str
    program: tuple[Step, ...]
    has_odd_roots: bool = False

    def value(self, point: Decimal) -> Decimal:
        """At one point; NaN where there is no real number, infinite where it is too large.

        Raises:
            UndecidedError: so many digits cancel that it is not known.
        """
        return value_of(self.program, self.variable, point)

    def at(self, points: Numbers) -> Numbers:
        """At `points`, shape (k,), as float64. Each is the decimal number that Python prints for
        it.

        Raises:
            UndecidedError: as above.
        """
        return np.array([float(self.value(exact(point))) for point in points])


def exact(point: float) -> Decimal:
    """The decimal number that is meant by a float64, 0.1 by 0.1."""
    return Decimal(repr(float(point)))


def parse(text: str, variable: str = "x") -> Expression:
    """Read an expression in one variable, as it is documented.

    Raises:
        ExpressionError: it is empty, too long, nested too deeply, or not an expression.
    """
    return read(plain(text), variable, DOCUMENTED)


def plain(text: str) -> str:
    """In ASCII, without decoration.

    Raises:
        ExpressionError: it is too long.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"it is longer than {MAX_LENGTH} characters")
    return without_decoration(in_ascii(text))


def other_expressions(text: str, variable: str = "x") -> Iterator[Expression]:
    """What the text may have meant, other than what it is read as: the likeliest first.

    For doubts alone. A text that is refused may be read here, without its comma or its words.
    """
    try:
        typed = plain(text)
    except ExpressionError:
        return
    seen: set[tuple[Step, ...]] = set()
    for meant in dict.fromkeys((typed, *meant_by(typed, variable))):
        for expression in _in_all_ways(meant, variable):
            if expression.program not in seen and (seen or meant != typed):
                yield expression
            seen.add(expression.program)


def as_one_quotient(text: str, variable: str = "x") -> Expression | None:
    """What the text would be with parentheses around all before its one `/`, and all after it."""
    return _read_or_none(plain(text), variable, Reading(quotient="whole"))


def _in_all_ways(text: str, variable: str) -> Iterator[Expression]:
    """As documented, if that can be; then in each way that makes a difference; then in two."""
    documented = _read_or_none(text, variable, DOCUMENTED)
    if documented is None:
        return
    yield documented
    effective = []
    for reading in ONE_WAY:
        expression = _read_or_none(text, variable, reading)
        if expression is not None and expression.program != documented.program:
            effective.append(reading)
            yield expression
    for reading in two_ways(effective):
        expression = _read_or_none(text, variable, reading)
        if expression is not None:
            yield expression


def _read_or_none(text: str, variable: str, reading: Reading) -> Expression | None:
    try:
        return read(text, variable, reading)
    except ExpressionError:
        return None


def read(text: str, variable: str, reading: Reading) -> Expression:
    """Of a plain text."""
    items = items_of(stated(text, variable), variable)
    source = written(decided(items, reading))
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("it is not a complete expression") from error
    program = program_of(tree, source, variable)
    if reading.odd_roots:
        program = tuple(
            step._replace(name="rooted **") if step.name == "**" else step for step in program
        )
    return Expression(printed(tree, source), variable, program, reading.odd_roots)
