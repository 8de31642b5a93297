"""Names that are known: functions, constants, the variable. And words, as what they are made of."""

from __future__ import annotations

import re

_ALIASES = {
    "ln": "",
    "log": "",
    "log10": "",
    "log2": "",
    "log1p": "",
    "expm1": "",
    "exp": "",
    "sqrt": "",
    "cbrt": "",
    "abs": "fabs absolute",
    "sign": "sgn signum",
    "sin": "",
    "cos": "",
    "tan": "tg",
    "cot": "ctg cotan",
    "sec": "",
    "csc": "cosec",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan arctg",
    "sinh": "",
    "cosh": "",
    "tanh": "",
    "coth": "",
    "sech": "",
    "csch": "",
    "asinh": "arcsinh arsinh",
    "acosh": "arccosh arcosh",
    "atanh": "arctanh artanh",
    "sigmoid": "expit sigma",
    "relu": "",
    "pow": "power",
    "root": "",
    "ratio": "rational fraction",
    "max": "maximum",
    "min": "minimum",
}
FUNCTIONS = {alias: name for name, more in _ALIASES.items() for alias in (name, *more.split())}
"""What is typed, and the name by which it is evaluated."""

TWO_ARGUMENTS = frozenset({"pow", "root", "ratio", "max", "min"})
INVERSES = {name: f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
CONSTANTS = frozenset({"e", "pi"})


def is_variable(name: object) -> bool:
    """Whether a variable may have this name: ASCII letters that mean nothing else."""
    means_more = (name in FUNCTIONS and name != "sigma") or name in CONSTANTS
    return isinstance(name, str) and name.isascii() and name.isalpha() and not means_more


def names_in(word: str, variable: str) -> list[str] | None:
    """A run of letters as known names, the longest first: "xe" is x and e. None if it is not.

    A capital letter is as good as a small one.
    """
    known = sorted({variable, *FUNCTIONS, *CONSTANTS}, key=len, reverse=True)
    found = []
    rest = word
    while rest:
        name = next((each for each in known if rest.startswith(each)), None) or next(
            (each for each in known if rest.lower().startswith(each.lower())), None
        )
        if name is None:
            return None
        found.append(name if name == variable else FUNCTIONS.get(name, name))
        rest = rest[len(name) :]
    return found


def is_known(text: str, variable: str) -> bool:
    """Whether all words of a text are known names."""
    return all(names_in(word, variable) for word in re.findall("[A-Za-z]+", text))
