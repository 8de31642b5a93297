"""LaTeX, read by SymPy's grammar; without SymPy itself, which would compute what it reads.

The grammar gives a tree. What is on the list below becomes a text in our own notation, with all
its parentheses, and is read and evaluated as any other; everything else is not read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

from grader.judge.expressions import Expression, ExpressionError, parse
from grader.judge.expressions.characters import in_ascii

MAX_CHARACTERS = 80
"""Without blanks."""

MAX_EVENTS = 3_500_000
"""Functions that begin and end while the grammar reads; long formulas need up to 3 million, half a
second. With twenty names side by side, each one more doubles the work. It is counted, not
timed, so that a busy machine gives no other verdict."""

_SIGNS = {"\\cdot": "*", "\\times": "*", "\\div": "/"}
_IN_A_ROW = ("add", "sub", "mul", "div", "superscript", "list_of_expressions")
_GROUPS = ("group_round_parentheses", "group_square_brackets", "group_curly_parentheses")
_FUNCTIONS = {
    **{name: name for name in ("sin", "cos", "tan", "csc", "sec", "cot", "sinh", "cosh", "tanh")},
    **{name: name for name in ("asinh", "acosh", "atanh", "abs", "max", "min")},
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "exponential": "exp",
}


class _TooMuchWorkError(Exception):
    """The grammar sees too many ways to read it."""


class _NotOnTheListError(Exception):
    """The tree has something that is no expression in numbers."""


def read_by_sympys_grammar(text: str, variable: str) -> Expression | None:
    """The expression that SymPy's grammar sees in LaTeX; None if it sees none."""
    from lark.exceptions import LarkError

    plain = in_ascii(text).strip().strip("$").strip()
    plain = plain.rpartition("=")[2].strip().rstrip(".,;")
    if not plain or len("".join(plain.split())) > MAX_CHARACTERS:
        return None
    try:
        grammar = _grammar()
        with _at_most(MAX_EVENTS):
            tree = grammar.parse(plain)
        return parse(_written(tree), variable)
    except (LarkError, _NotOnTheListError, _TooMuchWorkError, ExpressionError, RecursionError):
        return None


@contextmanager
def _at_most(events: int) -> Iterator[None]:
    """
    Raises:
        _TooMuchWorkError: more functions begin and end than that.
    """
    left = events

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooMuchWorkError

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


@lru_cache(maxsize=1)
def _grammar() -> Any:
    from lark import Lark

    found = find_spec("sympy")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "parsing" / "latex" / "lark" / "grammar"
    return Lark(
        (folder / "latex.lark").read_text(encoding="utf-8"),
        source_path=f"{folder}/",
        parser="earley",
        start="latex_string",
        lexer="auto",
        ambiguity="resolve",  # all readings of a long text would be too many
        propagate_positions=False,
        maybe_placeholders=False,
        keep_all_tokens=True,
    )


def _written(node: Any) -> str:
    """A tree as a text in our notation, each part of it in parentheses.

    Raises:
        _NotOnTheListError: it has something that is not on the list.
    """
    if not hasattr(node, "children"):
        return _SIGNS.get(str(node), str(node))
    rule, parts = str(node.data), node.children
    last = f"({_written(parts[-1])})"
    if rule in ("latex_string", "number", "eq"):
        return last
    if rule in _GROUPS:
        return f"({_written(parts[1])})"
    if rule in _IN_A_ROW:
        return "".join(f"({_written(p)})" if hasattr(p, "children") else _written(p) for p in parts)
    if rule == "adjacent_expressions":
        return "*".join(f"({_written(part)})" for part in parts)
    if rule == "fraction":
        return f"({_written(parts[1])})/{last}"
    if rule == "square_root":
        return f"sqrt{last}" if len(parts) == 2 else f"root({last}, {_written(parts[1])})"
    if rule == "log":
        return _logarithm(str(parts[0]), [_written(part) for part in parts[1:]])
    if rule == "function_applied":
        return f"{parts[0]}*({_written(parts[2])})"
    if rule.endswith("_power") and rule.removesuffix("_power") in _FUNCTIONS:
        return f"{rule.removesuffix('_power')}^({_written(parts[2])}){last}"
    if rule in ("abs", "max", "min"):
        return f"{rule}({_written(parts[-2])})"
    if rule in _FUNCTIONS:
        return f"{_FUNCTIONS[rule]}{last}"
    raise _NotOnTheListError


def _logarithm(command: str, parts: list[str]) -> str:
    argument = parts[-1]
    if len(parts) == 3:  # \log _ base argument
        return f"log({argument}, {parts[1]})"
    return f"log10({argument})" if command == "\\lg" else f"ln({argument})"
