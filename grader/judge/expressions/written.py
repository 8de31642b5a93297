"""Items as Python reads them: with every product and all parentheses written out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.judge.expressions.errors import ExpressionError
from grader.judge.expressions.items import MAX_DEPTH, Call, Item, is_number
from grader.judge.expressions.names import TWO_ARGUMENTS
from grader.judge.expressions.readings import is_operator


def written(items: Sequence[Item], depth: int = 0) -> str:
    """
    Raises:
        ExpressionError: something is missing, or too much.
    """
    if depth > MAX_DEPTH:
        raise ExpressionError("it is nested too deeply")
    if not items:
        raise ExpressionError(
            "there is nothing between two parentheses" if depth else "it is empty"
        )
    parts: list[str] = []
    signs = 0
    for place, item in enumerate(items):
        before = items[place - 1] if place else None
        if is_operator(item):
            signs = signs + 1 if item in ("+", "-") else 0
            if signs > MAX_DEPTH:
                raise ExpressionError("it is nested too deeply")
            _check_operator(item, before, is_last=place == len(items) - 1)
            parts.append("**" if item == "^" else str(item))
            continue
        signs = 0
        if before is not None and not is_operator(before):
            if is_number(before) and is_number(item):
                raise ExpressionError(f"between {before} and {item} something is missing")
            parts.append("*")
        parts.append(_one(item, depth))
    return " ".join(parts)


def _one(item: Item, depth: int) -> str:
    if isinstance(item, list):
        return f"({written(item, depth + 1)})"
    if isinstance(item, Call):
        return _called(item.name, [written(part, depth + 1) for part in item.arguments])
    if item in _ABOUT:
        raise ExpressionError(_ABOUT[item])
    return re.sub("^0+(?=[0-9])", "", item)


_ABOUT = {
    ",": "',' has no place in it; decimals have a point, as in 0.5",
    "_": "'_' has no place in it",
}


def _called(name: str, arguments: list[str]) -> str:
    if name == "log" and len(arguments) == 2:
        return f"(ln({arguments[0]}) / ln({arguments[1]}))"
    wanted = 2 if name in TWO_ARGUMENTS else 1
    if len(arguments) != wanted:
        much = "one argument" if wanted == 1 else "two arguments"
        raise ExpressionError(f"{name} has {len(arguments)} arguments; it takes {much}")
    if name == "pow":
        return f"(({arguments[0]}) ** ({arguments[1]}))"
    if name == "ratio":
        return f"(({arguments[0]}) / ({arguments[1]}))"
    return f"{'ln' if name == 'log' else name}({', '.join(arguments)})"


def _check_operator(item: Item, before: Item | None, *, is_last: bool) -> None:
    if is_last:
        raise ExpressionError(f"something is missing after {item}")
    if item in ("*", "/", "^") and (before is None or is_operator(before)):
        raise ExpressionError(f"something is missing before {item}")
