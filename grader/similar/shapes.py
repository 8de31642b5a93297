"""Expressions and statements by their shape: without own names, numbers, texts, and the order of
operands that may be swapped.

What winnowing finds ends where a line was moved or an operand swapped. A shape is found wherever it
stands: the element that a loop appends and the element of the comprehension made of it are one.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

from grader.similar.code import Fingerprint, line_starts, parsed
from grader.similar.winnowing import digest

SMALLEST = 6
"""Nodes of a shape: `x - y` alone says nothing."""
MOST = 2_000
"""Shapes of one cell that are looked at."""
_COMPARED = (
    ast.BinOp,
    ast.Call,
    ast.Compare,
    ast.ListComp,
    ast.GeneratorExp,
    ast.BoolOp,
    ast.IfExp,
)
_SWAPPED = (ast.Add, ast.Mult)


@dataclass
class _Walk:
    own: Collection[str]
    lines: list[str]
    starts: list[int]
    found: list[Fingerprint]

    def shape(self, node: ast.AST) -> tuple[str, int]:
        """Of a node, and how many nodes it has."""
        match node:
            case ast.Name(name):
                return ("$" if name in self.own else name), 1
            case ast.arg(name):
                return ("$" if name in self.own else name), 1
            case ast.Constant(value):
                if _is_number(value):
                    return "0", 1
                return ("''" if isinstance(value, (str, bytes)) else repr(value)), 1
            case ast.JoinedStr():
                return "''", 1
            case ast.Expr(ast.Constant(str())):
                return "", 0
            case ast.BinOp(left, operator, right):
                parts = [self.shape(left), self.shape(right)]
                if isinstance(operator, _SWAPPED):
                    parts.sort()
                text = f"{type(operator).__name__}({parts[0][0]},{parts[1][0]})"
                size = 1 + parts[0][1] + parts[1][1]
            case _:
                texts, size = [type(node).__name__], 1
                for name, value in ast.iter_fields(node):
                    if name in ("ctx", "type_comment", "type_ignores", "kind"):
                        continue
                    for each in value if isinstance(value, list) else [value]:
                        if isinstance(each, ast.AST):
                            shape, of = self.shape(each)
                            if isinstance(node, _BLOCKS) and name in _BODIES:
                                continue  # found by itself
                            texts.append(shape)
                            size += of
                        elif each is not None:
                            texts.append("$" if each in self.own else str(each))
                text = f"({' '.join(texts)})"
        if size >= SMALLEST and isinstance(node, (*_COMPARED, ast.stmt)) and len(self.found) < MOST:
            self.found.append(
                Fingerprint(digest("shape", text), self._at(node, ""), self._at(node, "end_"))
            )
        if len(text) > 64:
            text = f"{digest('part', text):x}"
        return text, size

    def _at(self, node: ast.AST, which: str) -> int:
        line = int(getattr(node, f"{which}lineno")) - 1
        column = int(getattr(node, f"{which}col_offset"))  # in bytes of UTF-8
        text = self.lines[line]
        if not text.isascii():
            column = len(text.encode(errors="replace")[:column].decode(errors="ignore"))
        return self.starts[line] + column


_BLOCKS = (ast.FunctionDef, ast.For, ast.While, ast.If, ast.With, ast.Try, ast.ClassDef, ast.Module)
_BODIES = ("body", "orelse", "finalbody", "handlers")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, complex)) and not isinstance(value, bool)


def shapes(source: str, own: Collection[str]) -> list[Fingerprint]:
    """The shapes of a cell's code; none if it is no Python."""
    text, tree = parsed(source)
    if tree is None:
        return []
    lines = text.split("\n")
    walk = _Walk(own, lines, line_starts(lines), [])
    try:
        walk.shape(tree)
    except RecursionError:
        return []
    return walk.found
