"""What judging compares with: plain data, made once for an assignment by `grader.questions.plan`.

One `...Key` for each kind of check. A key names the probes whose outcomes it needs by their ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Union

from grader.records.probes import Argument
from grader.records.values import Numbers, Value

ShapeRule = Literal["squeeze", "exact"]
"""`squeeze`: axes of length one may be dropped or added, with a remark. `exact`: they may not."""

Comparison = Literal["elementwise", "normwise"]
"""`normwise`: one relative error for a whole gradient, |got - want| / |want|, so that a component
near zero cannot fail a right answer."""


@dataclass(frozen=True)
class KnownMistake:
    """A wrong solution with a name. `credit` is what it still earns."""

    slug: str
    hint: str = ""
    credit: Decimal = Decimal(0)


@dataclass(frozen=True)
class Change:
    """What a student may have done, and what that makes of the right answer.

    `words` complete "a solution that ...".
    """

    slug: str
    words: str
    hint: str = ""


@dataclass(frozen=True, eq=False)
class MechanicalMistakes:
    """Mechanical mistakes: changes of a reference, by themselves and two at once.

    Attributes:
        made: the changes that are in each, by their places. What each gives in a case is in
            `Expectation.mechanical`.
        alone: how many of them, the first, are one mistake by itself.
    """

    changes: tuple[Change, ...]
    made: tuple[tuple[int, ...], ...]
    alone: int


@dataclass(frozen=True)
class Twin:
    """A case again with one argument that is another, so that the right answer is another.

    Attributes:
        case: its place in the key's `cases`.
        is_bias: whether it is the bias of a prediction.
    """

    argument: str
    case: int
    probe: str
    is_bias: bool = False


@dataclass(frozen=True, eq=False)
class Expectation:
    """One case of a check.

    Attributes:
        probe: the id of the probe.
        case: its name for people, "m = 1".
        want: what the reference gives.
        scale: of the same structure: the size of the terms that `want` is summed from. Rounding
            errors are relative to it, not to the result, which may be a small difference.
        mistakes: what each known mistake would have given, by its place in the key's `mistakes`;
            None where it raised or gave no finite numbers.
        size: the number of examples m, if the case has one.
        mechanical: of each of the key's mechanical mistakes the sketch of what it gives, a number
            for each part (see `grader.judge.sketch`), shape (mistakes, parts): NaN where nobody
            looked, infinite where it raised or gave no finite numbers. None where there are none.
        features: n, the number of features, where that is known.
        other_sizes: what m could be too, in the same order in every case: the axes of the inputs
            (there are courses that keep the examples in columns).
        inputs: the arguments in a few words, for messages about public cases.
        public: whether students may see the case.
        given: fingerprints of the arguments, to know what is only handed back.
    """

    probe: str
    case: str
    want: Value
    scale: Value
    mistakes: tuple[Value | None, ...] = ()
    size: int | None = None
    inputs: str = ""
    public: bool = False
    other_sizes: tuple[int, ...] = ()
    given: tuple[str, ...] = ()
    mechanical: Numbers | None = None
    features: int | None = None


@dataclass(frozen=True, eq=False)
class Slope:
    """A line through the point of a case, along which the student's own loss was asked.

    Attributes:
        case: its place in the key's `cases`.
        direction: for each part of the gradient, of the shape of its parameter.
        step: h. The loss was asked at the point +- h direction, and +- h/2 direction.
        ahead, behind: the probes: at h, and at h/2.
    """

    case: int
    direction: tuple[Numbers, ...]
    step: float
    ahead: tuple[str, str]
    behind: tuple[str, str]


@dataclass(frozen=True, eq=False)
class DerivativeKey:
    """Credit carried forward to a gradient: that of the student's own `loss`.

    `differ`: pairs of probes that ask for other data (of the loss), or at other parameters (of the
    gradient). To what deserves these names it makes a difference.

    `shown`: lines through points of public cases, for students to look at; no verdict needs them.
    """

    loss: str
    slopes: tuple[Slope, ...]
    differ: tuple[tuple[str, str], ...]
    credit: Decimal
    shown: tuple[Slope, ...] = ()

    @property
    def probes(self) -> tuple[str, ...]:
        lines = (probe for slope in self.slopes for probe in (*slope.ahead, *slope.behind))
        return (*lines, *(other for _, other in self.differ))


@dataclass(frozen=True, eq=False)
class StepsKey:
    """Credit carried forward to a descent: one along the student's own `gradient`.

    Attributes:
        start: the parameters before the first step.
        parameters: where the descent returns each.
        reached: the probes of the descent, for 1, 2, ... steps.
        gradients: the probes of the gradient: at the start, and after each step but the last.
        losses: those of the `loss` at the same points, if there is a `history`.
        history: where the descent returns the losses before each step.
        differ: as for a `DerivativeKey`; all of them of the gradient.
    """

    gradient: str
    start: tuple[Numbers, ...]
    parameters: tuple[tuple[int | str, ...], ...]
    rate: float
    reached: tuple[str, ...]
    gradients: tuple[str, ...]
    credit: Decimal
    loss: str = ""
    losses: tuple[str, ...] = ()
    history: tuple[int | str, ...] = ()
    differ: tuple[tuple[str, str], ...] = ()

    @property
    def probes(self) -> tuple[str, ...]:
        others = (other for _, other in self.differ)
        return (*self.reached, *self.gradients, *self.losses, *others)


@dataclass(frozen=True, eq=False)
class ReturnsKey:
    """A function's return values, a gradient, or a variable.

    `accept`: other answers that are right, each for all cases.
    """

    check: str
    cases: tuple[Expectation, ...]
    rtol: float
    atol: float
    shape: ShapeRule
    comparison: Comparison
    mistakes: tuple[KnownMistake, ...] = ()
    mechanical: MechanicalMistakes | None = None
    twins: tuple[Twin, ...] = ()
    weight: Decimal = Decimal(1)
    reading: bool = False  # a variable is read, not a function called
    ignore: tuple[tuple[int | str, ...], ...] = ()  # paths that are not compared
    accept: tuple[tuple[Expectation, ...], ...] = ()
    carry: DerivativeKey | StepsKey | None = None


@dataclass(frozen=True, eq=False)
class Interval:
    """One case: every element of the answer must lie in [low, high], up to rounding."""

    probe: str
    case: str
    low: Numbers
    high: Numbers
    inputs: str = ""
    public: bool = False
    mistakes: tuple[Value | None, ...] = ()
    given: tuple[str, ...] = ()  # as in an `Expectation`


@dataclass(frozen=True, eq=False)
class WithinKey:
    """Membership in a set, such as the subdifferential [-1, 1] of |x| at 0."""

    check: str
    cases: tuple[Interval, ...]
    rtol: float
    atol: float
    outside: str  # the slug for an answer outside
    mistakes: tuple[KnownMistake, ...] = ()
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, eq=False)
class ExpressionKey:
    """An expression that was typed as text, judged by its values at points of its domain.

    Attributes:
        points: float64, (k,). Each stands for the decimal number that Python prints for it.
        want: what is exact there, rounded to float64; (k,).
        slopes: of the right answer there, to some ten digits; (k,).
        mistaken: what each known mistake gives, NaN where it is not defined; each (k,).
    """

    check: str
    probe: str
    variable: str
    points: Numbers
    want: Numbers
    slopes: Numbers
    rtol: float
    mistakes: tuple[KnownMistake, ...] = ()
    mistaken: tuple[Numbers, ...] = ()
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """The objective |X w - y|^2 / (2m). X is (m, n) with a column of ones where there is a bias."""

    X: Numbers
    y: Numbers  # (m,)


@dataclass(frozen=True)
class Parameter:
    """A variable that a training run left: its name, and the id of the probe that reads it."""

    name: str
    probe: str


@dataclass(frozen=True, eq=False)
class TrainedKey:
    """Variables that a training run left, judged by the objective that they reach.

    Attributes:
        parameters: flattened and put one after the other they are the w of `objective`.
        history: the variable with the objective before each step, for students to look at; no
            verdict needs it.
        curve: the same of the reference's run, (k,).
    """

    check: str
    parameters: tuple[Parameter, ...]
    objective: LeastSquares
    optimum: float
    within: float  # relative
    weight: Decimal = Decimal(1)
    history: Parameter | None = None
    curve: Numbers | None = None


@dataclass(frozen=True, eq=False)
class ObjectiveAtKey:
    """A number that must be the objective at the student's own trained parameters."""

    check: str
    probe: str
    parameters: tuple[Parameter, ...]
    objective: LeastSquares
    rtol: float
    mistakes: tuple[tuple[KnownMistake, LeastSquares], ...] = ()
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, eq=False)
class VectorisedKey:
    """No Python loop over the examples: the instructions executed may not grow with m.

    Credit only if the values are right too.
    """

    check: str
    small: Expectation
    large: Expectation
    rtol: float
    atol: float
    shape: ShapeRule
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, eq=False)
class PropertyCase:
    """One case, with the arguments that the author's function gets after the answer."""

    probe: str
    case: str
    arguments: tuple[Argument, ...]
    keywords: tuple[tuple[str, Argument], ...] = ()
    inputs: str = ""
    public: bool = False


@dataclass(frozen=True, eq=False)
class PropertyKey:
    """What is true of a right answer, told by a function of the author's.

    Attributes:
        place: of the check among the questions. The function itself is no data.
        source: a digest of the function's source: another one is another check.
        says: what is true, in words.
    """

    check: str
    cases: tuple[PropertyCase, ...]
    place: str
    source: str
    says: str
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class FigureKey:
    """At least so many figures are in the executed notebook."""

    check: str
    at_least: int = 1
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class WrittenKey:
    """A written answer, marked by a person."""

    check: str
    weight: Decimal = Decimal(1)


CheckKey = Union[
    ReturnsKey,
    WithinKey,
    ExpressionKey,
    TrainedKey,
    ObjectiveAtKey,
    VectorisedKey,
    PropertyKey,
    FigureKey,
    WrittenKey,
]


@dataclass(frozen=True, eq=False)
class QuestionKey:
    id: str
    title: str
    checks: tuple[CheckKey, ...]


@dataclass(frozen=True, eq=False)
class AnswerKey:
    assignment: str
    questions: tuple[QuestionKey, ...]
    fingerprint: str = ""  # of the secret that the hidden cases come from
