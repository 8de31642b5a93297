"""Reads expressions as students type them, and evaluates them; never as code.

    2x   2*x   2·x   x^2   x**2   x²   e^x   exp(x)   ln x   \\frac{1+2x}{x+x^2}   f'(x) = 3

A tokenizer normalises the text, Python's own `ast` parses it, a whitelist of nodes is evaluated in
float64 on arrays. Everything is bounded, so that nothing costs more than a moment. `1/2x` is read
from left to right, as (1/2)x, and `ln 2x^2` as ln(2x^2).
"""

from __future__ import annotations

import ast
import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from grader.records.values import Numbers

MAX_LENGTH = 400
MAX_DEPTH = 40

_FUNCTIONS = {
    "ln": np.log,
    "log": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
}
_CONSTANTS = {"e": np.e, "pi": np.pi}
_OPERATORS = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ˣ", "0123456789-+()x")
_SIGNS = str.maketrans({"·": "*", "⋅": "*", "×": "*", "∗": "*", "−": "-", "–": "-", "÷": "/",
                        "[": "(", "]": ")", "π": "pi", "\u00a0": " ",
                        # what an East Asian keyboard types
                        "（": "(", "）": ")", "＋": "+", "－": "-", "＊": "*", "／": "/",
                        "＾": "^", "＝": "=", "\u3000": " ",
                        # what is copied from a page, or from a PDF
                        "∙": "*", "•": "*", "\u2062": "*", "∕": "/", "⁄": "/", "ˆ": "^", "ℯ": "e",
                        "\u200b": "", "\u2060": "", "\ufeff": ""})  # fmt: skip
_MATHEMATICAL = re.compile("[\U0001d400-\U0001d7ff]")  # italic letters and their kind
_TOKEN = re.compile(
    r"\s*(?:([0-9]+\.?[0-9]*(?:[eE][-+][0-9]+)?|\.[0-9]+)|([A-Za-z]+)|(\*\*|[-+*/^()]))"
)
_LIBRARIES = re.compile(r"\b(?:np|numpy|math|sp|sympy)\.(?=[A-Za-z])")


class ExpressionError(ValueError):
    """The text cannot be read as an expression; the message says why."""


@dataclass(frozen=True)
class Expression:
    """A text that was read. `text` is how it was understood, in Python's notation."""

    text: str
    variable: str
    tree: ast.expr

    def at(self, points: Numbers) -> Numbers:
        """Values at `points`, shape (k,), float64; NaN or infinity where it is not defined."""
        with np.errstate(all="ignore"):
            value = _evaluated(self.tree, self.variable, points)
        return np.broadcast_to(np.asarray(value, dtype=np.float64), points.shape).copy()


def is_variable(name: object) -> bool:
    """Whether a variable may have this name: ASCII letters that mean nothing else."""
    known = name in _FUNCTIONS or name in _CONSTANTS
    return isinstance(name, str) and name.isascii() and name.isalpha() and not known


def parse(text: str, variable: str = "x") -> Expression:
    """Read an expression in one variable.

    Raises:
        ExpressionError: it is empty, too long, nested too deeply, or not an expression.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"it is longer than {MAX_LENGTH} characters")
    text = _MATHEMATICAL.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    plain = _without_latex(_with_powers(text).translate(_SIGNS).strip().strip("$").strip())
    plain = _LIBRARIES.sub("", plain).rstrip(" .;,")
    if "=" in plain:
        plain = plain.rpartition("=")[2]
    tokens = _with_products(_tokens(plain, variable), variable)
    if not tokens:
        raise ExpressionError("it is empty")
    _check_depth(tokens)
    normal = " ".join(tokens)
    try:
        tree = ast.parse(normal, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("it is not a complete expression") from error
    _check(tree, variable)
    return Expression(normal, variable, tree)


def _with_powers(text: str) -> str:
    """x² as x^(2)."""
    return re.sub(
        "[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ˣ]+", lambda match: f"^({match[0].translate(_SUPERSCRIPTS)})", text
    )


def _without_latex(text: str) -> str:
    text = re.sub(r"\\(?:mathrm|text|operatorname)\s*{([A-Za-z]*)}", r" \1 ", text)
    text = re.sub(
        r"\\(?:left|right|,|;|!|quad|displaystyle|[bB]igg?[lr]?|rm|mathrm|text|operatorname)",
        "",
        text,
    )
    text = re.sub(r"\\(?:cdot|times)", "*", text).replace("\\div", "/")
    text = re.sub(r"\\[dt]?frac(?:\s*(\d)|\s+([A-Za-z]))", r"\\frac{\1\2}", text)
    text = re.sub(r"\\[dt]?frac\s*{([^{}]*)}\s*([0-9A-Za-z])", r"\\frac{\1}{\2}", text)
    for _ in range(MAX_DEPTH):
        shorter = re.sub(r"\\[dt]?frac\s*{([^{}]*)}\s*{([^{}]*)}", r"((\1)/(\2))", text)
        shorter = re.sub(r"\\sqrt\s*{([^{}]*)}", r"sqrt(\1)", shorter)
        shorter = re.sub(r"(?<!})\s*(?<!frac){([^{}]*)}(?!\s*{)", r"(\1)", shorter)
        if shorter == text:
            break
        text = shorter
    return text.replace("{", "(").replace("}", ")").replace("\\", "")


def _tokens(text: str, variable: str) -> list[str]:
    tokens = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionError(f"{text[place:].lstrip()[:1]!r} has no place in it")
        number, word, operator = match.groups()
        if number is not None:
            tokens.append(number)
        elif word is not None:
            tokens += _words(word, variable)
        else:
            tokens.append("**" if operator == "^" else operator)
        place = match.end()
    return tokens


def _words(word: str, variable: str) -> list[str]:
    """A run of letters as known names, longest first: "xe" is x and e."""
    known = sorted({variable, *_FUNCTIONS, *_CONSTANTS}, key=len, reverse=True)
    found = []
    rest = word
    while rest:
        name = next((n for n in known if rest.startswith(n)), None)
        if name is None:
            lower = rest.lower()
            name = next((n for n in known if lower.startswith(n)), None)
        if name is None:
            raise ExpressionError(f"the name {word!r} is not known")
        found.append(name)
        rest = rest[len(name) :]
    return found


def _with_products(tokens: list[str], variable: str) -> list[str]:
    """Write out the products that people leave out, and parentheses after `ln x`."""
    result: list[str] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if result and _ends_value(result[-1]) and _starts_value(token):
            if _is_number(result[-1]) and _is_number(token):
                raise ExpressionError(f"between {result[-1]} and {token} something is missing")
            result.append("*")
        result.append(token)
        place += 1
        if token in _FUNCTIONS and (place == len(tokens) or tokens[place] != "("):
            end = _argument_end(tokens, place, variable)
            if end == place:
                raise ExpressionError(f"{token} has no argument")
            result += ["(", *_with_products(tokens[place:end], variable), ")"]
            place = end
    return result


def _argument_end(tokens: list[str], place: int, variable: str) -> int:
    """Where the argument of `ln 2x^2` ends: numbers and names, each with its power.

    `ln x e^x` is a product of two: a power of a constant begins a new factor.
    """
    start = place
    while place < len(tokens):
        token = tokens[place]
        if not (token == variable or token in _CONSTANTS or _is_number(token)):
            break
        is_power = tokens[place + 1 : place + 2] == ["**"]
        if is_power and token in _CONSTANTS and place > start:
            break
        place = _power_end(tokens, place + 1)
    return place


def _power_end(tokens: list[str], place: int) -> int:
    """Where the powers that begin at `place` end: `^2`, `^-1`, `^(x + 1)`, `^x^2`."""
    while tokens[place : place + 1] == ["**"]:
        place += 1
        while tokens[place : place + 1] in (["-"], ["+"]):
            place += 1
        depth = 0
        while place < len(tokens):
            depth += (tokens[place] == "(") - (tokens[place] == ")")
            place += 1
            if depth <= 0:
                break
    return place


def _is_number(token: str) -> bool:
    return token[0].isdigit() or token[0] == "."


def _ends_value(token: str) -> bool:
    return token == ")" or _is_number(token) or (token.isalpha() and token not in _FUNCTIONS)


def _starts_value(token: str) -> bool:
    return token == "(" or _is_number(token) or token.isalpha()


def _check_depth(tokens: list[str]) -> None:
    depth = 0
    run = 0  # of signs, which nest too; so do powers, but no more than MAX_LENGTH / 2
    for token in tokens:
        depth += (token == "(") - (token == ")")
        run = run + 1 if token in ("-", "+") else (run if token == "(" else 0)
        if depth > MAX_DEPTH or run > MAX_DEPTH:
            raise ExpressionError("it is nested too deeply")


def _check(node: ast.expr, variable: str) -> None:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        _check(node.left, variable)
        _check(node.right, variable)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        _check(node.operand, variable)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id not in _FUNCTIONS or len(node.args) != 1 or node.keywords:
            raise ExpressionError(f"{node.func.id} is no function that is known")
        _check(node.args[0], variable)
    elif isinstance(node, ast.Name):
        if node.id != variable and node.id not in _CONSTANTS:
            raise ExpressionError(f"the name {node.id!r} is not known")
    elif not (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
        raise ExpressionError("it is not an expression of numbers, functions and + - * / ^")


def _evaluated(node: ast.expr, variable: str, points: Numbers) -> Numbers:
    if isinstance(node, ast.BinOp):
        left = _evaluated(node.left, variable, points)
        right = _evaluated(node.right, variable, points)
        return np.asarray(_OPERATORS[type(node.op)](left, right))
    if isinstance(node, ast.UnaryOp):
        value = _evaluated(node.operand, variable, points)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return np.asarray(_FUNCTIONS[node.func.id](_evaluated(node.args[0], variable, points)))
    if isinstance(node, ast.Name):
        return points if node.id == variable else np.asarray(_CONSTANTS[node.id])
    assert isinstance(node, ast.Constant)
    try:
        return np.asarray(float(node.value))  # type: ignore[arg-type]
    except OverflowError:
        return np.asarray(np.inf)
