r"""From text to items: names, numbers and signs, and lists of them where there are parentheses.

2x(x + 1)        "2", "x", ["x", "+", "1"]
\frac{1}{x}|x|   [["1"], "/", ["x"]], Call("abs", (["x"],))
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

from grader.judge.expressions.errors import ExpressionError
from grader.judge.expressions.names import FUNCTIONS, names_in

MAX_DEPTH = 40


@dataclass(frozen=True)
class Call:
    """A function with its arguments, where the notation leaves no doubt: `|x|`, `\\sqrt{x}`."""

    name: str
    arguments: tuple[Sequence[Item], ...]


Item = Union[str, "list[Item]", Call]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<natural> loge(?=\s*\() )
    | (?P<number> (?:[0-9]+\.?[0-9]*|\.[0-9]+)
                  (?:[eE][-+][0-9]+ | [eE][0-9]+(?![\w.^(]))? )
    | (?P<word> (?:log10|log2)(?=\s*\() | (?:log1p|expm1)\b | [A-Za-z]+ )
    | (?P<command> \\[A-Za-z]+ )
    | \.(?=[*/^])                                          # x.^2
    | (?P<sign> \*\* | [-+*/^_()\[\]{}|,√'] )
    )""",
    re.VERBOSE,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_WHY_NOT = {
    "C": "C stands for any number; type the one expression that is asked for",
    "c": "c stands for any number; type the one expression that is asked for",
    "i": "i is no real number",
    "I": "I is no real number",
    "j": "j is no real number",
    "d": "a derivative is not worked out",
    "Derivative": "the derivative is not worked out; call .doit()",
    "diff": "the derivative is not worked out",
    "zoo": "it is infinite",
    "oo": "it is infinite",
    "inf": "it is infinite",
    "infty": "it is infinite",
    "nan": "it is no number",
}


def items_of(text: str, variable: str) -> list[Item]:
    """
    Raises:
        ExpressionError: a character or a name is not known, or parentheses do not match.
    """
    cursor = _Cursor(_tokens(text, variable))
    return _items_until("", cursor, 0)


def is_number(item: Item) -> bool:
    return isinstance(item, str) and (item[0].isdigit() or item[0] == ".")


def is_function(item: Item) -> bool:
    return isinstance(item, str) and item in FUNCTIONS


def _tokens(text: str, variable: str) -> list[str]:
    tokens = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionError(_about(text[place:].lstrip()[:1]))
        place = match.end()
        if match["natural"] is not None:
            tokens.append("log")
        elif match["word"] is not None:
            tokens += _names(match["word"], variable)
        elif match["command"] is not None:
            tokens += _of_command(match["command"], variable)
        elif match["number"] is not None:
            tokens.append(match["number"])
        elif match["sign"] is not None:
            tokens.append("^" if match["sign"] == "**" else match["sign"])
    return tokens


def _names(word: str, variable: str) -> list[str]:
    names = names_in(word, variable)
    if names is None:
        raise ExpressionError(_WHY_NOT.get(word) or f"the name {word!r} is not known")
    return names


def _of_command(command: str, variable: str) -> list[str]:
    if command in ("\\frac", "\\dfrac", "\\tfrac", "\\cfrac"):
        return ["\\frac"]
    if command in ("\\sqrt", "\\over"):
        return [command]
    names = names_in(command[1:], variable)
    if names is None or len(names) > 1:
        raise ExpressionError(_WHY_NOT.get(command[1:]) or f"the command {command} is not known")
    return names


def _about(character: str) -> str:
    if character in "<>≠≤≥":
        return f"{character!r} makes it a condition; type the expression alone"
    if character == ";":
        return "';' separates several; type one expression"
    if character == "!":
        return "'!' has no place in it"
    return f"{character!r} has no place in it"


class _Cursor:
    """A place in the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]

    @property
    def next(self) -> str:
        """The next token; "" at the end."""
        return self._tokens[-1] if self._tokens else ""

    def take(self) -> str:
        return self._tokens.pop()

    def push(self, token: str) -> None:
        self._tokens.append(token)


def _items_until(closing: str, cursor: _Cursor, depth: int) -> list[Item]:
    """The items up to the parenthesis that closes these; "" is the end of the text."""
    if depth > MAX_DEPTH:
        raise ExpressionError("it is nested too deeply")
    items: list[Item] = []
    while cursor.next:
        if cursor.next == closing and not (closing == "|" and not _is_complete(items)):
            cursor.take()
            return _over(items)
        items.append(_item(cursor, depth))
    if closing:
        raise ExpressionError(
            "a | is not closed" if closing == "|" else "a parenthesis is not closed"
        )
    return _over(items)


def _is_complete(items: list[Item]) -> bool:
    return bool(items) and items[-1] not in ("+", "-", "*", "/", "^") and not is_function(items[-1])


def _item(cursor: _Cursor, depth: int) -> Item:
    token = cursor.take()
    if token in _CLOSING:
        return _items_until(_CLOSING[token], cursor, depth + 1)
    if token in _CLOSING.values():
        raise ExpressionError(f"there is a {token} too many")
    if token == "|":
        return Call("abs", (_items_until("|", cursor, depth + 1),))
    if token == "\\frac":
        return [_argument(cursor, depth), "/", _argument(cursor, depth)]
    if token == "\\sqrt":
        degree: Item = "2"
        if cursor.next == "[":
            degree = _item(cursor, depth)
        argument = _listed(_argument(cursor, depth))
        return (
            Call("sqrt", (argument,))
            if degree in ("2", ["2"])
            else Call("root", (argument, _listed(degree)))
        )
    if token == "√":
        return "sqrt"
    if token == "'":
        raise ExpressionError("a derivative (') is not worked out")
    return token


def _argument(cursor: _Cursor, depth: int) -> Item:
    r"""Of a command: what is in braces, or one digit, or one name: \frac12, \frac x2."""
    if depth > MAX_DEPTH:
        raise ExpressionError("it is nested too deeply")
    if not cursor.next:
        raise ExpressionError("an argument of \\frac or \\sqrt is missing")
    if is_number(cursor.next) and len(cursor.next) > 1:
        digits = cursor.take()
        cursor.push(digits[1:])
        return digits[0]
    return _item(cursor, depth + 1)


def _listed(item: Item) -> list[Item]:
    return item if isinstance(item, list) else [item]


def _over(items: list[Item]) -> list[Item]:
    r"""{a \over b} is \frac{a}{b}."""
    if "\\over" not in items:
        return items
    place = items.index("\\over")
    return [items[:place], "/", items[place + 1 :]]
