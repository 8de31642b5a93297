"""Reads expressions as students type them, and evaluates them; never as code.

    2x   2*x   2·x   x^2   x**2   x²   e^x   exp(x)   ln x   \\frac{1+2x}{x+x^2}   f'(x) = 3

The way of a text, and the module that knows each step:

    characters   odd ones as those that mean the same in ASCII: x² is x^(2)
    statements   the expression alone: not `f'(x) =`, not the dollar signs of LaTeX
    items        names, numbers and signs; what is in parentheses is a list of them
    readings     what the notation leaves open: is 1/2x (1/2)x, or 1/(2x)?
    written      the text that Python's own parser gets, with all products and parentheses
    program      its tree through a whitelist, and the value at a point, to as many digits as it
                 takes (precise)

Everything is bounded, so that nothing costs more than a moment: the length, the depth, the
exponents that are multiplied out, the digits.
"""

from __future__ import annotations

from grader.judge.expressions.errors import ExpressionError
from grader.judge.expressions.expression import (
    Expression,
    as_one_quotient,
    exact,
    other_expressions,
    parse,
)
from grader.judge.expressions.names import is_variable
from grader.judge.expressions.precise import digits
from grader.judge.expressions.program import UndecidedError

__all__ = [
    "Expression",
    "ExpressionError",
    "UndecidedError",
    "as_one_quotient",
    "digits",
    "exact",
    "is_variable",
    "other_expressions",
    "parse",
]
