"""From Python's tree of an expression, through a whitelist, to steps; and their values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from grader.judge.expressions import precise
from grader.judge.expressions.errors import ExpressionError
from grader.judge.expressions.precise import ONE, TWO, Ball

DIGITS = (50, 100, 200)
"""Computed with so many; with the next only where these were not enough."""

RELATIVE = Decimal("1e-25")
ABSOLUTE = Decimal("1e-40")
"""A value is known once its error is below one of them: below the second it is 0, in effect."""

NOT_DEFINED = Decimal("NaN")
INFINITE = Decimal("Infinity")


class UndecidedError(ArithmeticError):
    """The value is not known, even with the most digits that are tried."""


class Step(NamedTuple):
    """In postfix. `takes` counts the values before it: 0 for a number or the variable."""

    name: str
    takes: int


_TAKING_ONE: dict[str, Callable[[Ball], Ball]] = {
    "-": operator.neg,
    "ln": precise.ln,
    "log2": lambda a: precise.ln(a) / precise.ln(TWO),
    "log10": lambda a: precise.ln(a) / precise.ln(Ball(Decimal(10))),
    "log1p": lambda a: precise.ln(ONE + a),
    "exp": precise.exp,
    "expm1": lambda a: precise.exp(a) - ONE,
    "sqrt": precise.sqrt,
    "cbrt": lambda a: precise.root(a, Ball(Decimal(3))),
    "abs": precise.absolute,
    "sign": precise.sign,
    "sin": precise.sin,
    "cos": precise.cos,
    "tan": lambda a: precise.sin(a) / precise.cos(a),
    "cot": lambda a: precise.cos(a) / precise.sin(a),
    "sec": lambda a: ONE / precise.cos(a),
    "csc": lambda a: ONE / precise.sin(a),
    "asin": precise.asin,
    "acos": lambda a: precise.pi() / TWO - precise.asin(a),
    "atan": precise.atan,
    "sinh": precise.sinh,
    "cosh": precise.cosh,
    "tanh": precise.tanh,
    "coth": lambda a: ONE / precise.tanh(a),
    "sech": lambda a: ONE / precise.cosh(a),
    "csch": lambda a: ONE / precise.sinh(a),
    "asinh": precise.asinh,
    "acosh": precise.acosh,
    "atanh": precise.atanh,
    "sigmoid": lambda a: ONE / (ONE + precise.exp(-a)),
    "relu": lambda a: precise.larger(a, Ball(Decimal(0))),
}
_TAKING_TWO: dict[str, Callable[[Ball, Ball], Ball]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "rooted **": precise.rooted_power,
    "root": precise.root,
    "max": precise.larger,
    "min": precise.smaller,
}
_CONSTANTS: dict[str, Callable[[], Ball]] = {"e": precise.e, "pi": precise.pi}
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def program_of(tree: ast.expr, source: str, variable: str) -> tuple[Step, ...]:
    """
    Args:
        source: what `tree` was parsed from, in one line: numbers are read from it as they stand.

    Raises:
        ExpressionError: there is something that is not on the list.
    """
    steps: list[Step] = []

    def add(node: ast.expr) -> None:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            if (
                isinstance(node.op, ast.Pow)
                and isinstance(node.left, ast.Name)
                and node.left.id == "e"
            ):
                add(node.right)
                steps.append(Step("exp", 1))
                return
            add(node.left)
            add(node.right)
            steps.append(Step(_OPERATORS[type(node.op)], 2))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            add(node.operand)
            if isinstance(node.op, ast.USub):
                steps.append(Step("-", 1))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            known = {1: set(_TAKING_ONE), 2: set(_TAKING_TWO)}.get(len(node.args), set())
            if node.func.id not in known:
                raise ExpressionError(f"{node.func.id} is no function that is known")
            for argument in node.args:
                add(argument)
            steps.append(Step(node.func.id, len(node.args)))
        elif isinstance(node, ast.Name) and (node.id == variable or node.id in _CONSTANTS):
            steps.append(Step(node.id, 0))
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            steps.append(Step(source[node.col_offset : node.end_col_offset], 0))
        else:
            raise ExpressionError("it is not made of numbers, functions and + - * / ^ alone")

    add(tree)
    return tuple(steps)


def value_of(program: tuple[Step, ...], variable: str, point: Decimal) -> Decimal:
    """The value at a point, exact to 25 digits or more; NaN where there is none.

    It is infinite from 10^400 on, and where something on the way is too large to compute.

    Raises:
        UndecidedError: so many digits cancel that it is not known.
    """
    for count in DIGITS:
        with precise.digits(count):
            try:
                value = _run(program, variable, point)
            except precise.TooLargeError:
                return INFINITE
            except precise.UndefinedError:
                return NOT_DEFINED
            except precise.ImpreciseError:
                continue
            if value.off <= abs(value.mid) * RELATIVE:
                return value.mid if value.mid.adjusted() < 400 else INFINITE.copy_sign(value.mid)
            if abs(value.mid) + value.off <= ABSOLUTE:
                return Decimal(0)
    raise UndecidedError


def _run(program: tuple[Step, ...], variable: str, point: Decimal) -> Ball:
    stack: list[Ball] = []
    for name, takes in program:
        if takes == 2:
            right = stack.pop()
            stack.append(_TAKING_TWO[name](stack.pop(), right))
        elif takes == 1:
            stack.append(_TAKING_ONE[name](stack.pop()))
        elif name == variable:
            stack.append(Ball(point))
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name]())
        else:
            stack.append(precise.number(name))
    (value,) = stack
    return value
