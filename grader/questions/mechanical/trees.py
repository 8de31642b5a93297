"""What is what in the syntax tree of a reference, and new pieces for it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

_PAIR = 2


def parameters_of(node: ast.FunctionDef) -> list[ast.arg]:
    arguments = node.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def is_call_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def method_of(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, (ast.JoinedStr, ast.List, ast.Tuple))
        or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def is_two(node: ast.expr) -> bool:
    """A 2, or a half."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return is_one(node.left) and is_two(node.right)
    return isinstance(node, ast.Constant) and node.value in (2, 0.5)


def is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def sizes_in(node: ast.FunctionDef) -> Iterator[str]:
    """Names that are lengths of arrays: `m = len(x)`, `m, n = X.shape`."""
    for each in ast.walk(node):
        if not isinstance(each, ast.Assign) or len(each.targets) != 1:
            continue
        (target,) = each.targets
        if isinstance(target, ast.Name) and is_size(each.value, frozenset()):
            yield target.id
        if not isinstance(target, ast.Tuple):
            continue
        if isinstance(each.value, ast.Attribute) and each.value.attr == "shape":
            yield from (item.id for item in target.elts if isinstance(item, ast.Name))
        elif isinstance(each.value, ast.Tuple):
            for item, value in zip(target.elts, each.value.elts, strict=False):
                if isinstance(item, ast.Name) and is_size(value, frozenset()):
                    yield item.id


def is_size(node: ast.expr, names: frozenset[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    return is_call_of(node, "len") or (isinstance(node, ast.Attribute) and node.attr == "size")


def counted_names(node: ast.expr) -> set[str]:
    """The names that a number of passes is made of; those of arrays, for their length, are none."""
    if is_size(node, frozenset()):
        return set()
    if isinstance(node, ast.Name):
        return {node.id}
    inner = (each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))
    return {name for each in inner for name in counted_names(each)}


def names_read(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not is_stored(n)}


def targets_of(statement: ast.stmt) -> list[str]:
    """The plain names that an assignment stores; none for any other statement."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return []
    (target,) = statement.targets
    items = target.elts if isinstance(target, ast.Tuple) else [target]
    names = [item.id for item in items if isinstance(item, ast.Name)]
    return names if len(names) == len(items) else []


def is_computed(statement: ast.stmt) -> bool:
    return bool(targets_of(statement)) and not set(targets_of(statement)) & names_read(statement)


def updates_in(body: Sequence[ast.stmt]) -> tuple[int, ...]:
    """Where in a loop two or more names are updated together; empty if nowhere.

    `w, b = w - alpha * dw, b - alpha * db`, or two such lines one after the other.
    """
    run: list[int] = []
    names: list[str] = []
    for place, statement in enumerate(body):
        targets = targets_of(statement)
        is_update = bool(targets) and set(targets) <= names_read(statement)
        if is_update and len(targets) > 1:
            assert isinstance(statement, ast.Assign)
            return (place,) if isinstance(statement.value, ast.Tuple) else ()
        if is_update and (not run or run[-1] == place - 1):
            run.append(place)
            names += targets
        elif len(run) < _PAIR:
            run, names = [], []
    return tuple(run) if len(run) >= _PAIR and len(set(names)) == len(names) else ()


def one_by_one(statement: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    (target,) = statement.targets
    if isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
        return list(zip(target.elts, statement.value.elts, strict=True))
    return [(target, statement.value)]


def record_in(body: Sequence[ast.stmt], updates: tuple[int, ...]) -> tuple[int, bool] | None:
    """The line of a loop that records something, and whether before the update."""
    changed = [
        place
        for place, statement in enumerate(body)
        if set(targets_of(statement)) & names_read(statement)
    ]
    if not changed:
        return None
    for place, statement in enumerate(body):
        stores = isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Subscript) for target in statement.targets
        )
        appends = (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Call)
            and method_of(statement.value) == "append"
        )
        if stores or appends:
            return place, place < changed[0]
    return None


# Trees of what is new.


def new_statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def item_of(name: str, place: int) -> ast.expr:
    return ast.Subscript(ast.Name(name, ast.Load()), ast.Constant(place), ast.Load())


def call_of(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def negated(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), node)


def one_or(switch: ast.expr, node: ast.expr) -> ast.expr:
    """1 in the place of a factor."""
    return ast.IfExp(switch, ast.Constant(1), node)


def branch(
    test: ast.expr, *body: ast.stmt, orelse: ast.stmt | list[ast.stmt] | None = None
) -> ast.If:
    others = orelse if isinstance(orelse, list) else [] if orelse is None else [orelse]
    return ast.If(test, list(body), others)


class _Filler(ast.NodeTransformer):
    def __init__(self, parts: dict[str, ast.expr]) -> None:
        self._parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self._parts[node.id]) if node.id in self._parts else node


def filled(template: str, parts: dict[str, ast.expr]) -> ast.expr:
    tree = ast.parse(template, mode="eval").body
    new = _Filler(parts).visit(tree)
    assert isinstance(new, ast.expr)
    return new
