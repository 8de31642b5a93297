"""The source of a reference and of the author's functions that it calls, as syntax trees."""

from __future__ import annotations

import ast
import copy
import inspect
import linecache
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType

DEPTH = 3
"""How far helpers of helpers are followed."""


def with_helpers(reference: FunctionType) -> dict[FunctionType, ast.FunctionDef] | None:
    """The reference and the functions of the same folder that it calls, with their source."""
    folder = _folder(reference.__code__)
    node = _source(reference)
    if node is None:
        return None
    found = {reference: node}
    last = [reference]
    for _ in range(DEPTH):
        called = [helper for function in last for helper in _called(function, folder)]
        last = []
        for helper in dict.fromkeys(called):
            if helper in found:
                continue
            node = _source(helper)
            if node is not None and _is_worth_it(node):
                found[helper] = node
                last.append(helper)
    return found


def _called(function: FunctionType, folder: Path) -> Iterator[FunctionType]:
    for name in names_in(function.__code__):
        thing = function.__globals__.get(name)
        if isinstance(thing, FunctionType) and _folder(thing.__code__) == folder:
            yield thing


def _folder(code: CodeType) -> Path:
    return Path(code.co_filename).parent


def names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


def _is_worth_it(node: ast.FunctionDef) -> bool:
    """Whether it computes: not what only makes an array of its argument."""
    return any(isinstance(each, (ast.BinOp, ast.For)) for each in ast.walk(node))


@lru_cache(maxsize=32)
def _parsed(source: str) -> dict[tuple[int, str], list[ast.AST]]:
    """The functions of a file by first line and name."""
    functions: dict[tuple[int, str], list[ast.AST]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            functions.setdefault((first, node.name), []).append(node)
        elif isinstance(node, ast.Lambda):
            functions.setdefault((node.lineno, "<lambda>"), []).append(node)
    return functions


def _source(function: FunctionType) -> ast.FunctionDef | None:
    """A fresh tree of a function's source; None where it is not to be had, or is unusual."""
    code = function.__code__
    unusual = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    if code.co_flags & unusual or hasattr(function, "__wrapped__"):
        return None
    lines = linecache.getlines(code.co_filename, function.__globals__)
    try:
        nodes = _parsed("".join(lines)).get((code.co_firstlineno, code.co_name), [])
    except (SyntaxError, ValueError):
        return None
    if len(nodes) != 1:
        return None  # two lambdas in one line: which is it?
    (node,) = nodes
    if isinstance(node, ast.Lambda):
        tree = ast.FunctionDef("_lambda", copy.deepcopy(node.args), [], [])
        tree.body = [ast.Return(copy.deepcopy(node.body))]
        return tree
    assert isinstance(node, ast.FunctionDef)
    text = textwrap.dedent("".join(lines[node.lineno - 1 : node.end_lineno]))
    try:
        (copied,) = ast.parse(text).body
    except SyntaxError:  # a text within it begins further to the left
        return None
    assert isinstance(copied, ast.FunctionDef)
    if any(isinstance(each, (ast.Global, ast.Nonlocal)) for each in ast.walk(copied)):
        return None
    if isinstance(copied.body[0], ast.Expr) and isinstance(copied.body[0].value, ast.Constant):
        copied.body[:1] = [] if len(copied.body) > 1 else [ast.Pass()]
    return copied
