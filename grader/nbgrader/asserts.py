"""Tests as nbgrader's authors write them, read as checks of ours.

    assert squares(3) == [1, 4, 9]                   a case of `squares`
    assert np.allclose(f(x, 2), want)                a case of `f`, if x is a value written above
    y = g(3); assert y > 0                           a case of `g`
    assert n == 5                                    a variable

What is expected comes from the reference solution, not from the test: a test and a solution that
disagree are found by `grader validate`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from grader.nbgrader.source import Cell, hidden_lines

_COMPARING = frozenset(
    {
        "allclose",
        "array_equal",
        "assert_allclose",
        "assert_almost_equal",
        "assert_approx_equal",
        "assert_array_almost_equal",
        "assert_array_equal",
        "assert_equal",
        "assertEqual",
        "assertAlmostEqual",
        "isclose",
        "eq_",
    }
)
_KNOWN = frozenset({"np", "numpy", "math", "pd", "abs", "range", "list", "tuple", "float", "int"})
"""What an argument may be made of, besides literals: questions.py imports these."""


@dataclass(frozen=True)
class Call:
    """A call of a student's function, as source text."""

    function: str
    arguments: tuple[str, ...]
    keywords: tuple[tuple[str, str], ...]
    is_public: bool


@dataclass(frozen=True)
class Reading:
    """A variable that has a value, as source text."""

    name: str
    value: str


@dataclass
class Found:
    """What a cell of tests looks at.

    Attributes:
        lost: what could not be read, each in a few words with its line.
    """

    calls: list[Call] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def read_tests(cell: Cell, functions: Collection[str]) -> Found:
    """The checks that a cell of tests makes.

    Args:
        functions: the names of the functions in the solution.
    """
    found = Found()
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        found.lost.append(f"line {error.lineno}: it is not plain Python")
        return found
    hidden = hidden_lines(cell.source)
    values: dict[str, ast.expr] = {}
    for statement in tree.body:
        if _is_about_nothing(statement):
            continue
        if isinstance(statement, ast.Assign):
            value = _filled(statement.value, values)
            if _is_plain(value, functions) and _keep(statement.targets, value, values):
                continue
        elif (tested := _tested(statement)) is not None:
            is_public = statement.lineno not in hidden
            if _read(_filled(tested, values), functions, found, is_public=is_public):
                continue
        text = " ".join(ast.unparse(statement).split())
        found.lost.append(f"line {statement.lineno}: {text[:50]}{'...' if len(text) > 50 else ''}")
    return found


def _keep(targets: list[ast.expr], value: ast.expr, values: dict[str, ast.expr]) -> bool:
    """Whether a value has a name now, or each of its items has one."""
    if len(targets) != 1:
        return False
    (target,) = targets
    if isinstance(target, ast.Name):
        values[target.id] = value
        return True
    if not isinstance(target, ast.Tuple):
        return False
    names = [each.id for each in target.elts if isinstance(each, ast.Name)]
    if len(names) < len(target.elts):
        return False
    for place, name in enumerate(names):
        values[name] = ast.Subscript(value, ast.Constant(place), ast.Load())
    return True


def _is_about_nothing(statement: ast.stmt) -> bool:
    """Imports, texts and prints decide nothing."""
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)):
        return True
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    is_print = isinstance(value, ast.Call) and ast.unparse(value.func) == "print"
    return isinstance(value, ast.Constant) or is_print


def _tested(statement: ast.stmt) -> ast.expr | None:
    """What a statement demands; None if it demands nothing that is understood."""
    if isinstance(statement, ast.Assert):
        test = statement.test
        return test.operand if isinstance(test, ast.UnaryOp) else test
    return statement.value if isinstance(statement, ast.Expr) else None


def _read(tested: ast.expr, functions: Collection[str], found: Found, *, is_public: bool) -> bool:
    """Whether it is understood; then it is among the found."""
    calls = [
        node
        for node in ast.walk(tested)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in functions
    ]
    for call in calls:
        parts = [*call.args, *(keyword.value for keyword in call.keywords)]
        if not all(map(_is_plain, parts)) or any(keyword.arg is None for keyword in call.keywords):
            return False
    found.calls += [_case(call, is_public=is_public) for call in calls]
    return bool(calls) or _read_variable(tested, found)


def _case(call: ast.Call, *, is_public: bool) -> Call:
    return Call(
        ast.unparse(call.func),
        tuple(ast.unparse(arg) for arg in call.args),
        tuple((str(keyword.arg), ast.unparse(keyword.value)) for keyword in call.keywords),
        is_public,
    )


def _read_variable(tested: ast.expr, found: Found) -> bool:
    """`n == 5`, `np.allclose(x, [1, 2])`: the value of a variable."""
    sides = _sides(tested)
    for side, other in (sides, sides[::-1]) if len(sides) == 2 else ():
        if isinstance(side, ast.Name) and side.id not in _KNOWN and _is_plain(other):
            found.readings.append(Reading(side.id, ast.unparse(other)))
            return True
    return False


def _sides(tested: ast.expr) -> list[ast.expr]:
    """The two sides of what has to be equal; nothing if that is not what is demanded."""
    if isinstance(tested, ast.Compare) and [type(each) for each in tested.ops] == [ast.Eq]:
        return [tested.left, tested.comparators[0]]
    if not isinstance(tested, ast.Call):
        return []
    name = ast.unparse(tested.func).rsplit(".", 1)[-1]
    if name in _COMPARING:
        return tested.args[:2]
    if name == "all" and tested.args:  # np.all(x == y)
        return _sides(tested.args[0])
    if name == "all" and isinstance(tested.func, ast.Attribute):  # (x == y).all()
        return _sides(tested.func.value)
    return []


def _is_plain(value: ast.expr, functions: Collection[str] = ()) -> bool:
    """Whether it is made of literals and of libraries, and of calls of these functions."""
    nodes = list(ast.walk(value))
    if any(isinstance(node, (ast.Lambda, ast.Await, ast.NamedExpr, ast.Starred)) for node in nodes):
        return False
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    return all(name.id in _KNOWN or name.id in functions or name.id in bound for name in names)


class _Fill(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._values.get(node.id, node) if isinstance(node.ctx, ast.Load) else node


def _filled(value: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    """With values in the places of the names that have them."""
    copied = ast.parse(ast.unparse(value), mode="eval").body
    filled: ast.expr = _Fill(values).visit(copied)
    return filled
