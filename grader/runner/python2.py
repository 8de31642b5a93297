"""Notebooks from the days of Python 2: what they print, and names that are gone.

Only what cannot mean anything else today is touched: a cell that Python 3 cannot read, and names
that the notebook calls. Division and the like mean what they mean now.
"""

from __future__ import annotations

import builtins
import functools
import io
import re
import tokenize
from collections.abc import Callable, Iterator, Sequence
from typing import Any

GONE: dict[str, Any] = {
    "xrange": range,
    "raw_input": lambda *prompt: builtins.input(*prompt),
    "unicode": str,
    "basestring": str,
    "long": int,
    "unichr": chr,
    "reduce": functools.reduce,
}

_CAUGHT = re.compile(r"^(\s*except\s+[\w.]+|\s*except\s+\([^)]*\))\s*,\s*(\w+)\s*:", re.M)


def gone_names(cells: Sequence[str], tolerate: Callable[[str], None]) -> dict[str, Any]:
    """The names of Python 2 that the cells call, and what they are called now."""
    source = "\n".join(cells)
    found = {
        name: thing
        for name, thing in GONE.items()
        if re.search(rf"(?<![\w.]){name}\s*\(", source)
        and not re.search(rf"(?:def|import)\s+{name}\b|(?<![\w.]){name}\s*=[^=]", source)
    }
    for name in found:
        tolerate(f"python2:{name}")
    return found


def in_python_3(source: str) -> str:
    """A cell with `print x` as `print(x)`, `except E, e` as `except E as e`, and without tabs."""
    source = _CAUGHT.sub(r"\1 as \2:", source.expandtabs(8))
    lines = source.split("\n")
    try:
        statements = list(_print_statements(source))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return source
    for (row, column), (end_row, end_column) in reversed(statements):
        lines[end_row] = lines[end_row][:end_column] + ")" + lines[end_row][end_column:]
        line = lines[row]
        rest = line[column:].lstrip()
        lines[row] = line[:column] + "(" + rest
        _end_as_python_2_does(lines, row, column, end_row)
    return "\n".join(lines)


def _end_as_python_2_does(lines: list[str], row: int, column: int, end_row: int) -> None:
    """`print >> f, x` goes to the file f; `print x,` stays on its line."""
    to_file = re.match(r"\(>>\s*([\w.]+)\s*,?\s*", lines[row][column:])
    if to_file:
        lines[row] = lines[row][:column] + "(" + lines[row][column + to_file.end() :]
        lines[end_row] = re.sub(r"\)(?!.*\))", f", file={to_file[1]})", lines[end_row], count=1)
    lines[end_row] = re.sub(r",\s*\)(?=\s*(?:#.*|;.*)?$)", ', end=" ")', lines[end_row])


Place = tuple[int, int]


def _print_statements(source: str) -> Iterator[tuple[Place, Place]]:
    """From where to where, rows counted from 0, the things to print stand."""
    begins, start, depth = True, None, 0
    last: Place = (0, 0)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        ends = token.type in (tokenize.NEWLINE, tokenize.COMMENT, tokenize.ENDMARKER)
        if start is not None and depth == 0 and (ends or token.string == ";"):
            yield start, max(last, start)
            start = None
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        if begins and token.type == tokenize.NAME and token.string == "print":
            start = (token.start[0] - 1, token.end[1])
        if token.type in (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT):
            continue
        begins = token.type == tokenize.NEWLINE or (depth == 0 and token.string in (";", ":"))
        last = (token.end[0] - 1, token.end[1])
