"""What of a typed answer is the expression: not `f'(x) =`, not `lambda x:`, not dollar signs."""

from __future__ import annotations

import re

from grader.judge.expressions.errors import ExpressionError
from grader.judge.expressions.names import is_known

_QUOTED = re.compile(r"^\s*(['\"`])(.*)\1\s*$", re.DOTALL)
_DELIMITERS = re.compile(r"\$|\\[()\[\]]|\\(?:begin|end)\s*{[a-z]+\*?}")
_TEXT = re.compile(r"\\(?:math(?:rm|it|bf)|text(?:rm|it|bf)?|operatorname\*?)\s*{([A-Za-z ]*)}")
_IDLE = re.compile(
    r"\\(?:(?:left|right)\s*\.|(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|limits|rm|it|"
    r"quad|qquad|boxed)(?![A-Za-z])|[,;:!~&\s\\])"
)
_COMMANDS = {
    "*": "cdot times ast bullet",
    "/": "div",
    "|": "lvert rvert vert mid",
    "=": "to rightarrow Rightarrow longrightarrow implies mapsto therefore approx equiv",
    "'": "prime",
    "≠": "ne neq",
    "≤": "le leq leqslant",
    "≥": "ge geq geqslant",
    "(": "lbrace lbrack",
    ")": "rbrace rbrack",
}
_SIGNS = {command: sign for sign, commands in _COMMANDS.items() for command in commands.split()}
_PAIRS = (("!=", "≠"), ("<=", "≤"), (">=", "≥"), ("->", "="), ("=>", "="), (":=", "="))
_MODULES = re.compile(r"\b(?:np|numpy|math|cmath|sp|sympy|sym|torch|jnp)\.(?=[A-Za-z])")
_OF_SYMPY = re.compile(r"^\s*(Eq|Lambda|Poly)\((.*)\)\s*$", re.DOTALL)
_LABEL = re.compile(
    r"\s*(?:[A-Za-z]\w*'*\s*(?:\(\s*\w+\s*\))?|d\w*\s*/\s*d\w+.*|\\frac\s*{\s*d.*)\s*", re.DOTALL
)


def without_decoration(text: str) -> str:
    """Without quotes, dollar signs, LaTeX's spaces, and the names of modules."""
    quoted = _QUOTED.match(text)
    plain = _DELIMITERS.sub(" ", quoted[2] if quoted else text)
    plain = _TEXT.sub(r" \1 ", plain)
    if "\\" in plain:
        plain = re.sub(r"\\+(?=[A-Za-z])", r"\\", plain).replace("&", " ").replace("~", " ")
        plain = re.sub(r"\\([A-Za-z]+)", lambda m: _SIGNS.get(m[1], m[0]), plain)
        plain = plain.replace("\\{", "(").replace("\\}", ")").replace("\\|", "|")
        plain = _IDLE.sub(" ", plain)
    plain = re.sub(r"\^\s*(?:{\s*'+\s*}|')", "'", plain)  # f^{\prime}
    for typed, sign in _PAIRS:
        plain = plain.replace(typed, sign)
    return _MODULES.sub("", plain)


def sides(text: str) -> list[str]:
    """The parts between `=`, the last first."""
    found = _OF_SYMPY.match(text)
    if found:
        parts = at_commas(found[2])
        text = parts[0] if found[1] == "Poly" else parts[-1]
    return text.split("=")[::-1]


def stated(text: str, variable: str) -> str:
    """The expression that an answer states: what stands after the last `=`, if that is not `y`.

    Raises:
        ExpressionError: the last `=` belongs to a condition, as in `1/x, x = 2`.
    """
    last, *before = sides(text)
    if before and _begins_condition(before[0], variable):
        raise ExpressionError(f"it ends with a condition on {variable}; type the expression alone")
    if before and _LABEL.fullmatch(last) and not is_known(last, variable):
        last = next((side for side in before if side.strip()), last)
    return without_head(last, variable).strip().rstrip(".;,").strip()


def _begins_condition(text: str, variable: str) -> bool:
    """Whether it ends as in `1/x, x`, `1/x for x` or `1/x (x`."""
    found = re.search(rf"(?:[,;(\[]|\b([A-Za-z]+)\s)\s*{variable}\s*$", text)
    return found is not None and (found[1] is None or not is_known(found[1], variable))


def without_head(text: str, variable: str) -> str:
    """Without `f'(x):`, `Answer:`, `lambda x:`, `def f(x): return`."""
    head, colon, rest = text.partition(":")
    if colon and not is_known(head, variable) and re.fullmatch(r"[\w\s'^{}()/\\]+", head):
        text = rest
    return re.sub(r"^\s*return\b", "", text)


def at_commas(text: str) -> list[str]:
    """Split at the commas that are in no parentheses."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
