"""What an author writes: questions, and the checks of each.

A check says what is asked and holds the reference solution; `plan` turns it into probes (inputs)
and a key (expected values). The functions given here are called in the grader's own process only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Union

import numpy as np

from grader.records.answer_key import Comparison, ShapeRule

RTOL = 1e-7
"""Relative to the size of the terms that a value is summed from; see docs/judging.md."""
ATOL = 1e-14

Function = Callable[..., Any]
Draw = Callable[[np.random.Generator], Sequence[Any]]


@dataclass(frozen=True)
class Own:
    """An argument: the student's own function (or variable) of this name.

    `reference` stands in for it when the expected value is computed.
    """

    name: str
    reference: Any


@dataclass(frozen=True)
class Case:
    """One named set of inputs.

    Attributes:
        name: for people, "m = 1".
        args: the arguments, or a function that draws them from a generator. Numbers, text, None,
            lists, tuples, dicts, arrays; `Own` and `Formula` for functions.
        public: whether students see this case in the self-check. Public cases are the same for
            every secret.
        size: m, the number of examples; by default the length of the first array.
    """

    name: str
    args: Sequence[Any] | Draw
    public: bool = False
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    size: int | None = None


@dataclass(frozen=True)
class Mistake:
    """A known wrong solution: what it computes, its name, and what to tell who made it.

    Attributes:
        slug: such as `missing-1-over-m`. For the common ones a hint is built in.
        wrong: a function with the signature of the right one; for a `Variable` the wrong value; for
            an `Expression` its text.
        credit: from 0 to 1, what the answer still earns.
    """

    slug: str
    wrong: Any
    hint: str = ""
    credit: Decimal | int | str = 0


@dataclass(frozen=True, kw_only=True)
class _Check:
    weight: Decimal | int | str = 1
    mistakes: Sequence[Mistake] = ()


@dataclass(frozen=True)
class Returns(_Check):
    """The function `name` returns what `reference` returns, on every case.

    Attributes:
        rtol: relative to `scale`, see below.
        scale: a function with the reference's signature that gives, in the same structure as the
            result, the size of the terms that it is summed from. By default this is measured: how
            much the reference moves when its inputs move a little.
        shape: "squeeze" (axes of length one do not matter, but are remarked on) or "exact".
        ignore: paths into the result that are not compared, such as `(2,)` or `("cache",)`.
        accept: other references, whose results are right too: a standard deviation with m - 1, say.
            One of them must fit all cases.
    """

    name: str
    reference: Function
    cases: Sequence[Case]
    rtol: float = RTOL
    atol: float = ATOL
    shape: ShapeRule = "squeeze"
    scale: Function | None = None
    ignore: Sequence[tuple[int | str, ...]] = ()
    accept: Sequence[Function] = ()
    comparison: Comparison = "elementwise"


@dataclass(frozen=True)
class Gradient(Returns):
    """As `Returns`, with one relative error for each whole array of the gradient."""

    comparison: Comparison = "normwise"


@dataclass(frozen=True)
class Within(_Check):
    """Every element of what `name` returns lies between what `low` and `high` give.

    For a subgradient, any member of the set; for an approximation, its error bound.
    """

    name: str
    low: Function
    high: Function
    cases: Sequence[Case]
    rtol: float = 1e-9
    atol: float = 1e-12
    outside: str = "outside-the-set"


@dataclass(frozen=True)
class Expression(_Check):
    """The text variable `name` is an expression in `variable` equal to `answer` on `domain`.

    Attributes:
        domain: intervals in which the two are compared, at random points.
    """

    name: str
    answer: str
    variable: str = "x"
    domain: Sequence[tuple[float, float]] = ((-3.0, -0.2), (0.2, 3.0))
    rtol: float = 1e-9
    points: int = 24


@dataclass(frozen=True)
class Variable(_Check):
    """The variable `name` has this value; `value` may be a function that makes it."""

    name: str
    value: Any
    rtol: float = RTOL
    atol: float = ATOL
    shape: ShapeRule = "squeeze"


@dataclass(frozen=True)
class Data:
    """The data of a least-squares objective |X w - y|^2 / (2m).

    Attributes:
        X: (m, n), or (m,) for one feature.
        bias: whether the last parameter is a bias (a column of ones is added as the last).
    """

    X: Any
    y: Any
    bias: bool = True


@dataclass(frozen=True)
class Trained(_Check):
    """The variables `names` reach the objective's optimum within `within` (0.01 is 1 %)."""

    names: Sequence[str]
    objective: Data
    within: float = 0.01


@dataclass(frozen=True)
class ObjectiveAt(_Check):
    """The variable `name` is the objective at the student's own trained variables.

    `mistakes`: here `wrong` is the `Data` that the mistake would have evaluated on.
    """

    name: str
    parameters: Sequence[str]
    objective: Data
    rtol: float = 1e-6


@dataclass(frozen=True)
class Vectorised(_Check):
    """The function `name` has no Python loop over the examples.

    The instructions that a call executes are counted at two sizes; they may not grow with m.

    Attributes:
        make: gives the arguments for m examples: `make(rng, m)`.
    """

    name: str
    reference: Function
    make: Callable[[np.random.Generator, int], Sequence[Any]]
    sizes: tuple[int, int] = (20, 220)
    rtol: float = RTOL
    atol: float = ATOL
    shape: ShapeRule = "squeeze"


@dataclass(frozen=True)
class Figure(_Check):
    """The executed notebook shows at least so many figures."""

    at_least: int = 1


@dataclass(frozen=True)
class Written(_Check):
    """A written answer; a person marks it (a `mark` in decisions.csv)."""

    what: str = "written answer"


Check = Union[
    Returns,
    Gradient,
    Within,
    Expression,
    Variable,
    Trained,
    ObjectiveAt,
    Vectorised,
    Figure,
    Written,
]


@dataclass(frozen=True)
class Question:
    """One question. Its points stand in assignment.toml, under the same id."""

    id: str
    title: str
    checks: Sequence[Check]
