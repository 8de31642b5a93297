"""What an author writes: questions, and the checks of each.

A check says what is asked and holds the reference solution; `plan` turns it into probes (inputs)
and a key (expected values). The functions given here are called in the grader's own process only.
A slip is refused where it is written; see `slips`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Union, get_args

import numpy as np

from grader.judge.expressions import is_variable
from grader.questions import slips
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

    def __post_init__(self) -> None:
        slips.identifier(self, "name")


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

    def __post_init__(self) -> None:
        slips.text(self, "name", example="m = 1")
        slips.arguments(self)
        slips.keywords(self)
        slips.count(self, "size", optional=True)
        if not isinstance(self.public, bool):
            slips.refuse(self, "public", f"is {self.public!r}", "it may be True or False")


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

    def __post_init__(self) -> None:
        slips.slug(self, "slug")
        slips.number(self, "credit", most=1)
        if not isinstance(self.hint, str):
            slips.refuse(self, "hint", f"is {self.hint!r:.60}", "give a text for the student")


@dataclass(frozen=True, kw_only=True)
class _Check:
    weight: Decimal | int | str = 1
    mistakes: Sequence[Mistake] = ()

    def __post_init__(self) -> None:
        slips.number(self, "weight")
        slips.mistakes(self, *self._wrong_solutions())

    def _wrong_solutions(self) -> tuple[Callable[[Any], bool] | None, str]:
        """What `wrong` of a mistake has to be here, and in words; (None, "") if there are none."""
        return None, ""


@dataclass(frozen=True)
class DerivativeOf:
    """Credit carried forward: the answer is the derivative of the student's own loss.

    The loss is asked along random lines through the points of some cases, and the answer compared
    with central differences. Only where the loss is wrong, and once for one wrong loss.

    Attributes:
        loss: the name of the loss in the notebook. It takes the arguments of the gradient, in the
            same order, and is judged by another check.
        wrt: the arguments of the reference that it is derived in, in the order of the results.
        credit: from 0 to 1, what such an answer earns.
    """

    loss: str
    wrt: Sequence[str]
    credit: Decimal | int | str = "0.5"

    def __post_init__(self) -> None:
        slips.identifier(self, "loss")
        slips.identifiers(self, "wrt")
        slips.number(self, "credit", most=1)


@dataclass(frozen=True)
class StepsAlong:
    """Credit carried forward: each step of a descent is w - alpha times the student's own gradient.

    The descent is asked for 1, 2, ... steps, and the own gradient (and loss) at each point that it
    came to. Only where that gradient, or loss, is wrong, and once for one of them.

    Attributes:
        gradient: its name in the notebook. It is judged by another check.
        arguments: what it is called with: arguments of the descent, and `parameters`.
        parameters: where the descent returns each, as a path: `{"w": (0,), "b": (1,)}`. In the
            order in which the gradient returns their derivatives.
        rate: the argument of the descent that is the learning rate.
        steps: the one that is the number of steps.
        history: where it returns the losses before each step, if it does.
        loss: what these are: the name of the loss, called as the gradient is.
        credit: from 0 to 1, what such an answer earns.
    """

    gradient: str
    arguments: Sequence[str]
    parameters: Mapping[str, tuple[int | str, ...]]
    rate: str = "alpha"
    steps: str = "num_iters"
    history: tuple[int | str, ...] | None = None
    loss: str = ""
    credit: Decimal | int | str = "0.5"

    def __post_init__(self) -> None:
        for key in ("gradient", "rate", "steps"):
            slips.identifier(self, key)
        slips.identifiers(self, "arguments")
        slips.number(self, "credit", most=1)
        missing = [name for name in self.parameters if name not in self.arguments]
        if not self.parameters or missing:
            fix = 'name arguments of the gradient, with paths: {"w": (0,), "b": (1,)}'
            slips.refuse(self, "parameters", f"is {self.parameters!r:.60}", fix)
        if (self.history is None) != (not self.loss):
            fix = 'give both: history=(2,), loss="compute_cost"; or none'
            slips.refuse(self, "history", f"is {self.history!r}, loss is {self.loss!r}", fix)


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
        carry: what a wrong answer earns that is right on top of an earlier mistake.
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
    carry: DerivativeOf | StepsAlong | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.identifier(self, "name")
        slips.function(self, "reference", example="ref.compute_cost")
        _check_cases(self)
        if self.carry is not None and not isinstance(self.carry, (DerivativeOf, StepsAlong)):
            fix = 'write DerivativeOf("compute_cost", wrt=("w", "b")), or StepsAlong(...)'
            slips.refuse(self, "carry", f"is {self.carry!r:.60}", fix)
        slips.tolerances(self)
        slips.one_of(self, "shape", get_args(ShapeRule))
        slips.one_of(self, "comparison", get_args(Comparison))
        slips.function(self, "scale", example="ref.terms_of_cost", optional=True)
        slips.paths(self, "ignore")

    def _wrong_solutions(self) -> tuple[Callable[[Any], bool] | None, str]:
        return callable, "a function"


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

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.identifier(self, "name")
        slips.function(self, "low", example="lambda x: -1.0")
        slips.function(self, "high", example="lambda x: 1.0")
        _check_cases(self)
        slips.tolerances(self)
        slips.slug(self, "outside")

    def _wrong_solutions(self) -> tuple[Callable[[Any], bool] | None, str]:
        return callable, "a function"


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

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.identifier(self, "name")
        slips.text(self, "answer", example="2*x + 1")
        if not is_variable(self.variable):
            fix = "give letters that are no function and no constant: 'x', 't', 'theta'"
            slips.refuse(self, "variable", f"is {self.variable!r}", fix)
        slips.intervals(self, "domain")
        slips.tolerances(self)
        slips.count(self, "points")

    def _wrong_solutions(self) -> tuple[Callable[[Any], bool] | None, str]:
        return lambda wrong: isinstance(wrong, str), '"2*x"'


@dataclass(frozen=True)
class Variable(_Check):
    """The variable `name` has this value; `value` may be a function that makes it."""

    name: str
    value: Any
    rtol: float = RTOL
    atol: float = ATOL
    shape: ShapeRule = "squeeze"

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.identifier(self, "name")
        slips.tolerances(self)
        slips.one_of(self, "shape", get_args(ShapeRule))

    def _wrong_solutions(self) -> tuple[Callable[[Any], bool] | None, str]:
        return lambda wrong: wrong is not None, "wrong_value"


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

    def __post_init__(self) -> None:
        slips.least_squares(self)


@dataclass(frozen=True)
class Trained(_Check):
    """The variables `names` reach the objective's optimum within `within` (0.01 is 1 %).

    Attributes:
        history: the variable with the objective before each step, if notebooks have one: pages draw
            it. It earns nothing, and its absence costs nothing.
        curve: the same of the reference's run, to draw beside it; or a function that gives it.
    """

    names: Sequence[str]
    objective: Data
    within: float = 0.01
    history: str = ""
    curve: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.identifiers(self, "names")
        if self.history:
            slips.identifier(self, "history")
        _check_objective(self, self.objective)
        slips.number(self, "within", above=0)


@dataclass(frozen=True)
class ObjectiveAt(_Check):
    """The variable `name` is the objective at the student's own trained variables.

    `mistakes`: here `wrong` is the `Data` that the mistake would have evaluated on.
    """

    name: str
    parameters: Sequence[str]
    objective: Data
    rtol: float = 1e-6

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.identifier(self, "name")
        slips.identifiers(self, "parameters")
        _check_objective(self, self.objective)
        slips.tolerances(self)

    def _wrong_solutions(self) -> tuple[Callable[[Any], bool] | None, str]:
        return lambda wrong: isinstance(wrong, Data), "Data(X_TRAIN, Y_TRAIN)"


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

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.identifier(self, "name")
        slips.function(self, "reference", example="ref.compute_cost")
        slips.function(self, "make", example="lambda rng, m: (rng.normal(size=m),)")
        small, large = self.sizes if len(self.sizes) == 2 else (0, 0)
        if not (isinstance(small, int) and isinstance(large, int) and 1 <= small < large):
            slips.refuse(self, "sizes", f"is {self.sizes!r}", "give two sizes, as (20, 220)")
        slips.tolerances(self)
        slips.one_of(self, "shape", get_args(ShapeRule))


@dataclass(frozen=True)
class Property(_Check):
    """What `name` returns has a property: for what is not right by its digits, such as training.

    Attributes:
        holds: is called in the grader's own process with what came, then with the arguments of the
            case. It returns True; False, a reason in words for the student, or `(False, slug)`;
            or None if it cannot tell. Then, and where it raises, a person has to look.
        says: what is true of a right answer, in words: "the objective falls in every step".
    """

    name: str
    holds: Function
    cases: Sequence[Case]
    says: str

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.identifier(self, "name")
        slips.function(self, "holds", example="falls(at=(2,))")
        _check_cases(self)
        slips.text(self, "says", example="the objective falls in every step")


@dataclass(frozen=True)
class Figure(_Check):
    """The executed notebook shows at least so many figures."""

    at_least: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.count(self, "at_least")


@dataclass(frozen=True)
class Rubric:
    """One thing that a person looks for: its points are given, or taken if they are negative."""

    says: str
    points: float | str | Decimal

    def __post_init__(self) -> None:
        slips.text(self, "says", example="says why there is a limit near 2")
        try:
            worth = Decimal(str(self.points))
        except InvalidOperation:
            worth = Decimal("NaN")
        if isinstance(self.points, bool) or not worth.is_finite() or not worth:
            slips.refuse(self, "points", f"is {self.points!r}", "a number, such as 0.5 or -0.5")

    @property
    def worth(self) -> Decimal:
        """As written: 0.1 is a tenth."""
        return Decimal(str(self.points))


@dataclass(frozen=True)
class Written(_Check):
    """A written answer; a person marks it (a `mark` in decisions.csv).

    Attributes:
        rubric: what to give or take points for, in the order of the keys in `grader review`.
    """

    what: str = "written answer"
    rubric: Sequence[Rubric] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        slips.text(self, "what", example="the learning rate")
        if self.rubric:
            slips.instances(self, "rubric", Rubric, 'Rubric("says why", 0.5)')
            slips.different(self, "rubric", [each.says for each in self.rubric])


Check = Union[
    Returns,
    Gradient,
    Within,
    Expression,
    Variable,
    Trained,
    ObjectiveAt,
    Vectorised,
    Property,
    Figure,
    Written,
]


@dataclass(frozen=True)
class Question:
    """One question. Its points stand in assignment.toml, under the same id."""

    id: str
    title: str
    checks: Sequence[Check]

    def __post_init__(self) -> None:
        slips.text(self, "id", example="Q1")
        slips.text(self, "title", example="The objective")
        slips.instances(self, "checks", _Check, 'Returns("compute_cost", ...)')
        if not any(Decimal(str(check.weight)) for check in self.checks):
            fix = "give at least one of them a weight above 0"
            slips.refuse(self, "checks", "have the weight 0, all of them", fix)


def _check_cases(check: Returns | Within | Property) -> None:
    slips.instances(check, "cases", Case, 'Case("m = 1", lambda rng: (...))')
    slips.different(check, "cases", [case.name for case in check.cases])


def _check_objective(check: Trained | ObjectiveAt, objective: object) -> None:
    if not isinstance(objective, Data):
        problem = f"is a {type(objective).__name__}"
        slips.refuse(check, "objective", problem, "give Data(X, y)")
