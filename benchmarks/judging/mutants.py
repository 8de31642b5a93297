"""Wrong solutions made by a machine: a reference with one thing changed.

Operators, constants, names, signs, axes, order, comparisons, and what is left out. A machine has no
idea of what students get wrong, and so tries what no author thought of.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from types import ModuleType

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.Lt,
    ast.Lt: ast.Gt,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
}
_FUNCTIONS = {
    "sum": ("mean", "prod", "cumsum"),
    "abs": ("square", "sign"),
    "sign": ("abs",),
    "hstack": ("vstack",),
    "ones": ("zeros",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "range": ("reversed_range",),
}

Change = Callable[[ast.AST], Iterator[tuple[str, ast.AST]]]


@dataclass(frozen=True)
class Mutant:
    """A function of this name, changed: what, where, and the source."""

    function: str
    change: str
    source: str


def mutants(module: ModuleType, function: str) -> list[Mutant]:
    """All of one function, each with one change."""
    tree, places = _places(inspect.getsource(getattr(module, function)))
    found = {}
    for place, line, change, other in places:
        source = _with(tree, place, other)
        if source is not None and source not in found:
            found[source] = Mutant(function, f"{change}, line {line}", source)
    return list(found.values())


def a_mutant(source: str, rng: Random) -> str:
    """The source of a function with one change, whichever; as it was, if none can be made."""
    tree, places = _places(source)
    rng.shuffle(places)
    made = (_with(tree, place, other) for place, _, _, other in places)
    return next((each for each in made if each is not None), source)


def _places(source: str) -> tuple[ast.Module, list[tuple[int, int, str, ast.AST]]]:
    """A function without docstring and annotations; where it can be changed, in which line, how,
    and what comes there."""
    tree = ast.parse(source)
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    if ast.get_docstring(definition) is not None:
        del definition.body[0]
    definition.returns = None
    for argument in definition.args.args:
        argument.annotation = None
    arguments = [each.arg for each in definition.args.args]
    return tree, [
        (place, getattr(node, "lineno", 0), change, other)
        for place, node in enumerate(ast.walk(definition))
        for change, other in _changed(node, arguments)
    ]


def _with(tree: ast.Module, place: int, other: ast.AST) -> str | None:
    """The source with the node at this place replaced."""
    changed = copy.deepcopy(tree)
    (definition,) = changed.body
    target = list(ast.walk(definition))[place]
    for parent in ast.walk(definition):
        for field, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, field, other)
            elif isinstance(value, list) and any(each is target for each in value):
                place_in = next(i for i, each in enumerate(value) if each is target)
                value[place_in] = other
    try:
        return ast.unparse(ast.fix_missing_locations(changed))
    except (TypeError, AttributeError):
        return None


def _changed(node: ast.AST, arguments: list[str]) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.BinOp(left, operator, right):
            name = type(operator).__name__
            for other in _OPERATORS.get(type(operator), ()):
                yield f"{name} for {other.__name__}", ast.BinOp(left, other(), right)
            yield f"{name} swapped", ast.BinOp(right, operator, left)
            yield f"{name}: right side left out", left
            yield f"{name}: left side left out", right
        case ast.Constant(value) if isinstance(value, (int, float)) and not isinstance(value, bool):
            for other in (value + 1, value - 1, -value, 2 * value, value + 0.001):
                yield f"{value} for {other}", ast.Constant(other)
        case ast.UnaryOp(ast.USub(), operand):
            yield "minus left out", operand
        case ast.Attribute(value, "T"):
            yield "not transposed", value
        case ast.Attribute(ast.Name("np") as numpy, attr) if attr in _FUNCTIONS:
            for name in _FUNCTIONS[attr]:
                yield f"{attr} for {name}", ast.Attribute(numpy, name, ast.Load())
        case ast.Name(name, ast.Load()) if name in arguments:
            for other in arguments:
                if other != name:
                    yield f"{name} for {other}", ast.Name(other, ast.Load())
        case ast.Compare(left, [operator], right) if type(operator) in _COMPARISONS:
            other = _COMPARISONS[type(operator)]
            yield f"{other.__name__}", ast.Compare(left, [other()], right)
        case ast.Call(ast.Name("range"), [stop]):
            shorter = ast.BinOp(stop, ast.Sub(), ast.Constant(1))
            yield "one pass fewer", ast.Call(ast.Name("range", ast.Load()), [shorter], [])
            yield (
                "starts at 1",
                ast.Call(ast.Name("range", ast.Load()), [ast.Constant(1), stop], []),
            )
        case ast.AugAssign(target, operator, value):
            yield "not added up", ast.Assign([target], value)
            yield "taken away", ast.AugAssign(target, ast.Sub(), value)
        case ast.Tuple(elements, ast.Load()) if len(elements) > 1:
            yield "in reverse", ast.Tuple(elements[::-1], ast.Load())
            yield "first for all", ast.Tuple([elements[0]] * len(elements), ast.Load())
        case ast.List(elements, ast.Load()) if len(elements) > 1:
            yield "in reverse", ast.List(elements[::-1], ast.Load())
        case ast.Return(value) if value is not None and not isinstance(value, ast.Tuple):
            yield "negated", ast.Return(ast.UnaryOp(ast.USub(), value))
            yield "0.1 % more", ast.Return(ast.BinOp(ast.Constant(1.001), ast.Mult(), value))
