"""Classes of hw1, as many as are wanted: independent solutions from a grammar, and planted copies.

A student is drawn: how each function is written (the grammar of `benchmarks.judging.styles`, the
common ways more often than the odd ones), names, spacing, comments, the settings of the training,
words of the written answer, slips of the pen, mostly one bug. Two students drawn by themselves
share what is common, as in a class.
"""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.judging.grammar import Rules
from benchmarks.judging.mutants import a_mutant
from benchmarks.judging.styles import STYLES
from benchmarks.similar import words

ROOT = Path(__file__).parents[2]
FUNCTIONS = (
    "predict",
    "absolute_loss",
    "squared_loss",
    "compute_cost",
    "compute_gradient",
    "quadratic_coefficients",
    "descend_quadratic",
    "gradient_descent",
)
CELLS = {
    "hw1-q1-code": ("predict",),
    "hw1-q2-code": ("absolute_loss", "squared_loss"),
    "hw1-q3-code": ("compute_cost",),
    "hw1-q4-code": ("compute_gradient",),
    "hw1-q5-code": ("quadratic_coefficients", "descend_quadratic"),
    "hw1-q6-code": ("gradient_descent",),
}
BUGGY = 0.5
"""How many have a bug somewhere."""
USES_OWN = 0.45
"""How often a function calls those that were written before, as the instructor's does."""
_RULE = re.compile(r"<(\w+)>")

# the short ways, which most take: they call what was written before
SHORT: Mapping[str, tuple[str, ...]] = {
    "compute_cost": (
        "def compute_cost(x, y, w, b):\n    return np.mean(squared_loss(predict(x, w, b), y))\n",
        "def compute_cost(x, y, w, b):\n    m = len(x)\n    R = np.sum(squared_loss(predict(x, w, b), y)) / m\n    return R\n",
        "def compute_cost(x, y, w, b):\n    r = predict(x, w, b)\n    return np.mean((r - y) ** 2) / 2\n",
        "def compute_cost(x, y, w, b):\n    m = x.shape[0]\n    e = predict(x, w, b) - y\n    return np.sum(e ** 2) / (2 * m)\n",
        "def compute_cost(x, y, w, b):\n    m = len(x)\n    R = 0\n    for i in range(m):\n        R += squared_loss(predict(x[i], w, b), y[i])\n    return R / m\n",
    ),
    "compute_gradient": (
        "def compute_gradient(x, y, w, b):\n    e = predict(x, w, b) - y\n    A = np.mean(e * x)\n    B = np.mean(e)\n    return A, B\n",
        "def compute_gradient(x, y, w, b):\n    m = len(x)\n    e = predict(x, w, b) - y\n    A = np.sum(e * x) / m\n    B = np.sum(e) / m\n    return A, B\n",
        "def compute_gradient(x, y, w, b):\n    m = x.shape[0]\n    A = 0\n    B = 0\n    for i in range(m):\n        e = w * x[i] + b - y[i]\n        A += e * x[i]\n        B += e\n    return A / m, B / m\n",
        "def compute_gradient(x, y, w, b):\n    m = x.shape[0]\n    r = predict(x, w, b)\n    A = (1 / m) * np.dot(r - y, x)\n    B = (1 / m) * np.sum(r - y)\n    return A, B\n",
    ),
    "gradient_descent": (
        "def gradient_descent(x, y, w, b, alpha, num_iters):\n    history = []\n    for i in range(num_iters):\n        history.append(compute_cost(x, y, w, b))\n        A, B = compute_gradient(x, y, w, b)\n        w = w - alpha * A\n        b = b - alpha * B\n    return w, b, history\n",
        "def gradient_descent(x, y, w, b, alpha, num_iters):\n    history = np.zeros(num_iters)\n    for i in range(num_iters):\n        history[i] = compute_cost(x, y, w, b)\n        A, B = compute_gradient(x, y, w, b)\n        w -= alpha * A\n        b -= alpha * B\n    return w, b, history\n",
        "def gradient_descent(x, y, w, b, alpha, num_iters):\n    history = []\n    for _ in range(num_iters):\n        R = compute_cost(x, y, w, b)\n        A, B = compute_gradient(x, y, w, b)\n        w, b = w - alpha * A, b - alpha * B\n        history.append(R)\n    return w, b, np.array(history)\n",
    ),
    "quadratic_coefficients": (
        "def quadratic_coefficients(x, y, b):\n    A = np.mean(x ** 2) / 2\n    B = np.mean(x * (b - y))\n    C = np.mean((b - y) ** 2) / 2\n    return A, B, C\n",
        "def quadratic_coefficients(x, y, b):\n    m = len(x)\n    A = np.sum(x ** 2) / (2 * m)\n    B = np.sum(x * (b - y)) / m\n    C = np.sum((b - y) ** 2) / (2 * m)\n    return A, B, C\n",
    ),
}  # fmt: skip

# each name of the grammar, and what a person may call it
NAMES: Mapping[str, tuple[str, ...]] = {
    "e": ("error", "err", "diff", "residual", "e", "delta", "errors", "d", "res", "gap", "dev"),
    "R": ("cost", "total", "result", "J", "s", "ans", "value", "out", "total_cost", "acc", "ret"),
    "A": ("dj_dw", "dw", "grad_w", "dJdw", "gw", "dJ_dw", "a", "c1", "first", "slope"),
    "B": ("dj_db", "db", "grad_b", "dJdb", "gb", "dJ_db", "bb", "c2", "second", "offset"),
    "C": ("c3", "c", "third", "const", "c_3", "rest_term"),
    "m": ("m", "n", "size", "N", "num", "count", "n_samples", "length"),
    "i": ("i", "k", "j", "idx", "t", "it"),
    "d": ("d", "diff_i", "delta", "err_i", "residual_i", "gap"),
    "p": ("p", "xi", "a", "x_i", "each_x", "u"),
    "q": ("q", "yi", "c", "y_i", "each_y", "v"),
    "r": ("r", "rest", "z", "pred", "f_wb", "y_pred", "tmp", "yhat"),
    "path": ("path", "ws", "w_values", "trajectory", "w_history", "points", "w_list", "values"),
    "history": ("history", "J_history", "costs", "hist", "losses", "cost_history", "Js"),
    "out": ("out", "y_hat", "preds", "predictions", "result", "f"),
    "best": ("best", "w_star", "opt", "minimum", "fixed"),
    "each": ("each", "xi", "v", "item", "val"),
    "k": ("k", "step", "t", "i", "n"),
    "D": ("D", "A", "design", "M"),
}
COMMON_NAMES = 0.5
"""How often a person takes the first name of the list, which lecture and notebook use."""


@dataclass(frozen=True)
class Cell:
    """`id`: of the released notebook's cell whose place it takes; "" for one that was added."""

    kind: str
    source: str
    id: str = ""
    own_id: str = ""


@dataclass(frozen=True)
class Solution:
    """A hand-in: its cells in order, and what a front end wrote into the file.

    Attributes:
        functions: the source of each function, as it stands in the cells.
        training: that of the cell that trains.
        added: cells that are not in the released notebook.
        settings: rate and number of the training's steps.
    """

    functions: Mapping[str, str]
    training: str
    plot: str
    answer: str
    added: tuple[Cell, ...]
    settings: tuple[str, str]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    bug: str = ""


def solution(seed: str) -> Solution:
    """One student's, by themselves."""
    rng = Random(seed)
    manner = {rule: rng.random() for rule in ("half", "number")}
    style = _Style.drawn(rng)
    sources = {name: _function(name, rng, manner) for name in FUNCTIONS}
    bug = ""
    if rng.random() < BUGGY:
        bug = rng.choice(FUNCTIONS)
        sources[bug] = a_mutant(sources[bug], rng) + "\n"
    functions = {name: style.applied(source, rng, name) for name, source in sources.items()}
    rate, steps = words.settings(rng)
    training = style.applied(words.training(rng, rate, steps), rng, "training")
    plot = style.applied(words.plot(rng), rng, "plot")
    added = tuple(
        Cell("code", style.applied(source, rng, "added"), own_id=f"{rng.getrandbits(32):08x}")
        for source in words.added_cells(rng)
    )
    return Solution(
        functions,
        training,
        plot,
        words.answer(rng, rate),
        added,
        (rate, steps),
        words.metadata(rng),
        bug,
    )


def _function(name: str, rng: Random, manner: Mapping[str, float]) -> str:
    if name in SHORT and rng.random() < USES_OWN:
        return _likely(SHORT[name], rng)
    start, rules = STYLES[name]
    source = _chosen(start, rules, rng, manner)
    return source.replace("np.longdouble", "np.float64")  # ten times as slow, and rare


def _chosen(start: str, rules: Rules, rng: Random, manner: Mapping[str, float]) -> str:
    """As `benchmarks.judging.grammar.chosen_once`, the first alternatives more often."""
    while found := _RULE.search(start):
        rule = found[1]
        own = Random(manner[rule]) if rule in manner else rng  # a habit: the same everywhere
        start = start.replace(found[0], _likely(rules[rule], own))
    return start


def _likely(alternatives: Sequence[str], rng: Random) -> str:
    """By Zipf's law, in the order of the list."""
    weights = [1 / (place + 1) for place in range(len(alternatives))]
    return rng.choices(alternatives, weights)[0]


@dataclass(frozen=True)
class _Style:
    """How a person types: names, spaces, comments, what they leave of the docstring."""

    names: Mapping[str, str]
    tight: bool
    comments: float
    spacious: bool

    @staticmethod
    def drawn(rng: Random) -> _Style:
        taken: set[str] = {"x", "y", "w", "b"}
        names = {}
        for name, pool in NAMES.items():
            free = [each for each in pool if each not in taken] or [name]
            names[name] = free[0] if rng.random() < COMMON_NAMES else rng.choice(free)
            taken.add(names[name])
        return _Style(
            names, rng.random() < 0.4, rng.choice((0, 0, 0.1, 0.3, 0.6)), rng.random() < 0.3
        )

    def applied(self, source: str, rng: Random, about: str) -> str:
        source = renamed(source, self.names) if about in FUNCTIONS else source
        source = commented(source, self.comments, rng, about)
        if self.spacious:
            source = re.sub(r"\n(    return)", r"\n\n\1", source)
        return tightened(source) if self.tight else source


def renamed(source: str, names: Mapping[str, str]) -> str:
    """With the local names replaced, and what is given left as it is."""

    def other(match: re.Match[str]) -> str:
        return names.get(match[0], match[0])

    return re.sub(r"(?<![\w.'\"])[A-Za-z_]\w*(?!\s*\()", other, source)


def commented(source: str, how_often: float, rng: Random, about: str) -> str:
    lines = []
    for line in source.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() and rng.random() < how_often and not line.startswith("def "):
            comment = words.comment(rng, about)
            if rng.random() < 0.5:
                lines.append(f"{indent}# {comment}")
            else:
                line = f"{line}  # {comment}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def tightened(source: str) -> str:
    """Without the spaces around operators."""
    code = re.compile(r" (\*\*|\*|/|\+|-|==|>|<) (?![^\n]*#)")
    return code.sub(r"\1", source)


@functools.cache
def released() -> dict[str, Any]:
    """The notebook that students get."""
    from grader.release.strip import stripped

    notebook = json.loads((ROOT / "assignments/hw1/hw1.ipynb").read_text("utf-8"))
    return stripped(notebook, "hw1.ipynb")


@functools.cache
def _docstrings() -> dict[str, str]:
    """What stands below each `def` in the released notebook."""
    found = {}
    for cell in released()["cells"]:
        if cell.get("id") in CELLS:
            for node in ast.parse("".join(cell["source"])).body:
                if isinstance(node, ast.FunctionDef):
                    found[node.name] = ast.get_docstring(node, clean=False) or ""
    return found


def notebook(made: Solution, *, rng: Random) -> dict[str, Any]:
    """The file, as a front end leaves it."""
    cells: list[dict[str, Any]] = []
    for cell in released()["cells"]:
        id = cell.get("id", "")
        source = "".join(cell["source"])
        if id in CELLS:
            source = "\n\n".join(_as_handed_in(name, made.functions[name]) for name in CELLS[id])
        elif id == "hw1-q7-code":
            source = made.training
        elif id == "hw1-q8-code":
            source = made.plot
        elif id == "hw1-q9-answer":
            source = made.answer
        cells.append({**cell, "source": source})
    for each in made.added:
        place = rng.randrange(20, len(cells))
        cells.insert(place, _cell(each))
    return {
        "cells": cells,
        "metadata": dict(made.metadata),
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _as_handed_in(name: str, source: str) -> str:
    """With the docstring that the released notebook has."""
    head, _, body = source.partition("\n")
    return f'{head}\n    """{_docstrings()[name]}"""\n{body}'


def _cell(cell: Cell) -> dict[str, Any]:
    made: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": cell.own_id or cell.id,
        "metadata": {},
        "source": cell.source,
    }
    if cell.kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made


__all__ = ["Cell", "Solution", "notebook", "replace", "solution"]
