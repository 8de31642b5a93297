"""Copies in disguise: what somebody does who hands in another's solution and hopes."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from benchmarks.similar import words
from benchmarks.similar.corpus import (
    BUGGY,
    FUNCTIONS,
    NAMES,
    Solution,
    commented,
    solution,
    tightened,
)

DISGUISES = ("renamed", "reordered", "rewritten", "half")
"""Each does what those before it do: names, format and comments; order of statements and operands;
loops for comprehensions and back; and half of the functions are the copier's own."""


@dataclass(frozen=True)
class Classroom:
    """`pairs`: of those who share work, by their places, with the disguise."""

    solutions: tuple[Solution, ...]
    pairs: Mapping[tuple[int, int], str]


def classroom(seed: str, size: int, *, copies: int) -> Classroom:
    """So many students; `copies` of them hand in what another one wrote, in disguise.

    The last three of the copies, if there are ten, have one source: a group.
    """
    rng = Random(f"{seed} copies")
    own = [solution(f"{seed} {number}") for number in range(size)]
    places = rng.sample(range(size), 2 * copies)
    pairs: dict[tuple[int, int], str] = {}
    group: list[int] = []
    for number in range(copies):
        source, copier = places[2 * number : 2 * number + 2]
        disguise = DISGUISES[number % len(DISGUISES)]
        if copies >= 10 and number >= copies - 3:
            group = group or [source]
            source, disguise = group[0], DISGUISES[number % 3]
        if not own[source].bug:
            own[source] = _with_a_bug(f"{seed} {source}")
        own[copier] = disguised(own[source], disguise, by=own[copier], rng=rng)
        for other in group or [source]:
            pairs[min(other, copier), max(other, copier)] = disguise
        if group:
            group.append(copier)
    return Classroom(tuple(own), pairs)


def _with_a_bug(seed: str) -> Solution:
    for number in range(100):
        made = solution(f"{seed} again {number}")
        if made.bug:
            return made
    raise AssertionError(BUGGY)


def disguised(source: Solution, disguise: str, *, by: Solution, rng: Random) -> Solution:
    """The same work under another name; the bug stays in."""
    depth = DISGUISES.index(disguise)
    kept = set(FUNCTIONS)
    if disguise == "half":
        own = rng.sample([name for name in FUNCTIONS if name != source.bug], len(FUNCTIONS) // 2)
        kept -= set(own)
    functions = {
        name: _disguised(source.functions[name], depth, rng) if name in kept else by.functions[name]
        for name in FUNCTIONS
    }
    same_training = disguise != "half" and rng.random() < 0.6
    return replace(
        by,
        functions=functions,
        training=_disguised(source.training, min(depth, 1), rng) if same_training else by.training,
        plot=by.plot if rng.random() < 0.7 else source.plot,
        answer=by.answer if rng.random() < 0.6 else words.reworded(source.answer, rng),
        settings=source.settings if same_training else by.settings,
        added=source.added if rng.random() < 0.2 and depth == 0 else by.added,
        bug=source.bug,
    )


def _disguised(text: str, depth: int, rng: Random) -> str:
    tree = ast.parse(text)
    if depth >= 2:
        tree = _Loops().visit(tree)
    if depth >= 1:
        _reorder(tree, rng)
    tree = _renamed(tree, rng)
    plain = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    plain = commented(plain, rng.choice((0, 0.2, 0.4)), rng, "a copy")
    return tightened(plain) if rng.random() < 0.5 else plain


# what Q7 asks for by name
_ASKED = {"w", "b", "x", "y", "history", "test_cost", "x_train", "y_train", "x_test", "y_test",
          "alpha", "num_iters"}  # fmt: skip


def _renamed(tree: ast.AST, rng: Random) -> ast.AST:
    """Every name that is assigned gets another one."""
    given = {
        arg.arg for node in ast.walk(tree) if isinstance(node, ast.arguments) for arg in node.args
    }
    stored = sorted(
        {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        - given
        - _ASKED
    )
    everything = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | given
    pool = sorted({name for names in NAMES.values() for name in names} - everything - _ASKED)
    new = dict(zip(stored, rng.sample(pool, len(stored)), strict=True))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
    return tree


def _reorder(tree: ast.AST, rng: Random) -> None:
    """Neighbours that don't need one another are swapped, and operands of sums and products."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and rng.random() < 0.4:
            node.left, node.right = node.right, node.left
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for k in range(len(body) - 1):
            one, two = body[k], body[k + 1]
            if _is_plain(one) and _is_plain(two) and _independent(one, two) and rng.random() < 0.5:
                body[k], body[k + 1] = two, one


def _is_plain(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and not any(
        isinstance(each, ast.Call) and getattr(each.func, "attr", "") in ("append", "pop")
        for each in ast.walk(node)
    )


def _independent(one: ast.stmt, two: ast.stmt) -> bool:
    def names(node: ast.stmt, kind: type) -> set[str]:
        return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, kind)}

    stored = names(one, ast.Store), names(two, ast.Store)
    loaded = names(one, ast.Load), names(two, ast.Load)
    return not (stored[0] & (stored[1] | loaded[1]) or stored[1] & loaded[0])


class _Loops(ast.NodeTransformer):
    """A loop that sums or collects becomes a comprehension, and the other way round."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        body: list[ast.stmt] = []
        for each in node.body:
            body += self._other(each)
        node.body = body
        return node

    def _other(self, node: ast.stmt) -> list[ast.stmt]:
        match node:
            case ast.For(target, iterator, [*parts]) if all(_adds(part) for part in parts) and not (
                _reads_what_it_adds(parts)
            ):
                return [
                    ast.AugAssign(
                        part.target,
                        ast.Add(),
                        ast.Call(
                            ast.Name("sum", ast.Load()),
                            [
                                ast.ListComp(
                                    part.value, [ast.comprehension(target, iterator, [], 0)]
                                )
                            ],
                            [],
                        ),
                    )
                    for part in parts
                    if isinstance(part, ast.AugAssign)
                ]
            case ast.Return(ast.ListComp(element, [ast.comprehension(target, iterator, [])])):
                return [
                    ast.parse("collected = []").body[0],
                    ast.For(target, iterator, [_append(element)], []),
                    ast.parse("return collected").body[0],
                ]
            case ast.Assign(
                [ast.Name(name)], ast.Call(function, [ast.ListComp(element, [generator])])
            ):
                return [
                    ast.parse("collected = []").body[0],
                    ast.For(generator.target, generator.iter, [_append(element)], []),
                    ast.Assign(
                        [ast.Name(name, ast.Store())],
                        ast.Call(function, [ast.Name("collected", ast.Load())], []),
                    ),
                ]
        return [node]


def _adds(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.AugAssign)
        and isinstance(node.op, ast.Add)
        and isinstance(node.target, ast.Name)
    )


def _reads_what_it_adds(parts: list[ast.stmt]) -> bool:
    added = [part for part in parts if isinstance(part, ast.AugAssign)]
    targets = {part.target.id for part in added if isinstance(part.target, ast.Name)}
    read = {n.id for part in added for n in ast.walk(part.value) if isinstance(n, ast.Name)}
    return bool(targets & read)


def _append(element: ast.expr) -> ast.stmt:
    call = ast.parse("collected.append(0)").body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    call.value.args = [element]
    return call
