"""From questions to probes and answer key. Made once for an assignment, in the trusted process.

What a reference gives is computed here, before any student's function sees the inputs.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import singledispatch
from typing import Any

import numpy as np

from grader.errors import GraderError
from grader.judge.expressions import ExpressionError, parse
from grader.questions import declare
from grader.questions.cases import Drawn, draw, generator, shown
from grader.questions.declare import Case, Check, Mistake, Question
from grader.questions.scale import STEP, at_least, is_like, measured_scale, quiet, sizes
from grader.records.answer_key import (
    AnswerKey,
    CheckKey,
    Expectation,
    ExpressionKey,
    FigureKey,
    Interval,
    KnownMistake,
    LeastSquares,
    ObjectiveAtKey,
    Parameter,
    QuestionKey,
    ReturnsKey,
    TrainedKey,
    VectorisedKey,
    WithinKey,
    WrittenKey,
)
from grader.records.probes import Probe
from grader.records.values import Array, Mapping, Value, arrays_in, describe, value_of
from grader.records.values import Sequence as SequenceValue


@dataclass(frozen=True)
class Plan:
    """Probes for `execute`, the key for `judge`. Neither knows a student."""

    probes: tuple[Probe, ...]
    answer_key: AnswerKey


@dataclass
class _Draft:
    """One check that is being planned, and the probes so far."""

    place: str
    secret: bytes | None
    public_only: bool
    probes: list[Probe] = field(default_factory=list)

    def draws(self, cases: Sequence[Case]) -> list[Drawn]:
        return [self.draw(case) for case in cases if case.public or not self.public_only]

    def draw(self, case: Case) -> Drawn:
        with _located(f"{self.place}, case {case.name!r}"):
            return draw(case, f"{self.place}/{case.name}", self.secret)

    def call(self, target: str, drawn: Drawn, *, count_work: bool = False) -> str:
        with _located(_at(self, drawn)):
            args, kwargs = drawn.for_probe()
        name = f"{self.place}/{drawn.case.name}"
        self.probes.append(Probe(name, target, args, kwargs, count_work=count_work))
        return name

    def read(self, variable: str) -> str:
        name = f"{self.place}/read {variable}"
        if name not in {probe.id for probe in self.probes}:
            self.probes.append(Probe(name, variable, call=False))
        return name


def plan(
    assignment: str,
    questions: Sequence[Question],
    secret: bytes | None,
    *,
    fingerprint: str = "",
) -> Plan:
    """Probes and answer key of an assignment.

    Args:
        secret: what the hidden cases are drawn from; None gives the public cases alone, and leaves
            out the checks whose answer a public case would give away.

    Raises:
        GraderError: a reference raises, or gives what cannot be compared.
    """
    probes: list[Probe] = []
    keys = []
    for question in questions:
        checks = []
        for number, check in enumerate(question.checks, start=1):
            place = f"{assignment}/{question.id}/{number} {name_of(check)}"
            draft = _Draft(place, secret, public_only=secret is None)
            key = _planned(check, draft)
            if key is not None:
                checks.append(key)
                probes += draft.probes
        keys.append(QuestionKey(question.id, question.title, tuple(checks)))
    return Plan(tuple(probes), AnswerKey(assignment, tuple(keys), fingerprint))


def name_of(check: Check) -> str:
    """What a check looks at: the function or variable by its name."""
    if isinstance(check, declare.Trained):
        return ", ".join(check.names)
    if isinstance(check, declare.Figure):
        return "figure"
    if isinstance(check, declare.Written):
        return check.what
    return check.name


@singledispatch
def _planned(check: Check, draft: _Draft) -> CheckKey | None:
    raise GraderError(
        f"{type(check).__name__} is no kind of check",
        at=draft.place,
        fix="use the kinds of grader.questions: Returns, Gradient, Within, Expression, ...",
    )


@_planned.register(declare.Returns)
def _returns(check: declare.Returns, draft: _Draft) -> CheckKey | None:
    draws = draft.draws(check.cases)
    expectations = [
        _expectation(draft, check.name, check.reference, drawn, check.mistakes, check.scale)
        for drawn in draws
    ]
    if not expectations:
        return None
    _refuse_useless(check.mistakes, [case.mistakes for case in expectations], draws, draft)
    for path in check.ignore:
        if not any(_has(case.want, tuple(path)) for case in expectations):
            raise GraderError(
                f"ignore names {tuple(path)}, which the result of {check.name} does not have",
                at=draft.place,
                fix=f"the result is {describe(expectations[0].want)}",
            )
    return ReturnsKey(
        check=check.name,
        cases=tuple(expectations),
        accept=tuple(
            _accepted(draft, other, draws, expectations, check.scale) for other in check.accept
        ),
        rtol=check.rtol,
        atol=check.atol,
        shape=check.shape,
        comparison=check.comparison,
        mistakes=_known(check.mistakes),
        weight=_decimal(check.weight),
        ignore=tuple(tuple(path) for path in check.ignore),
    )


@_planned.register(declare.Vectorised)
def _vectorised(check: declare.Vectorised, draft: _Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    expectations = []
    for m in check.sizes:
        case = Case(f"m = {m}", lambda rng, m=m: check.make(rng, m), size=m)  # type: ignore[misc]
        drawn = draft.draw(case)
        expectations.append(
            _expectation(draft, check.name, check.reference, drawn, (), None, count_work=True)
        )
    small, large = expectations
    return VectorisedKey(
        check.name, small, large, check.rtol, check.atol, check.shape, _decimal(check.weight)
    )


@_planned.register(declare.Within)
def _within(check: declare.Within, draft: _Draft) -> CheckKey | None:
    intervals = []
    draws = draft.draws(check.cases)
    for drawn in draws:
        low = _numbers(_reference(check.low, drawn, draft), draft)
        high = _numbers(_reference(check.high, drawn, draft), draft)
        if low.shape != high.shape or not (low <= high).all():
            raise GraderError(
                f"low and high are no interval: [{low}, {high}]",
                at=_at(draft, drawn),
                fix="give both the shape of the answer, and low <= high in every element",
            )
        intervals.append(
            Interval(
                probe=draft.call(check.name, drawn),
                case=drawn.case.name,
                low=low,
                high=high,
                inputs=_inputs(check.low, drawn),
                public=drawn.case.public,
                mistakes=tuple(_mistaken(mistake, drawn) for mistake in check.mistakes),
            )
        )
    if not intervals:
        return None
    _refuse_useless(check.mistakes, [case.mistakes for case in intervals], draws, draft)
    return WithinKey(
        check=check.name,
        cases=tuple(intervals),
        rtol=check.rtol,
        atol=check.atol,
        outside=check.outside,
        mistakes=_known(check.mistakes),
        weight=_decimal(check.weight),
    )


@_planned.register(declare.Expression)
def _expression(check: declare.Expression, draft: _Draft) -> CheckKey | None:
    if draft.public_only:
        return None  # the public case would be the answer itself
    rng = generator(draft.place, draft.secret)
    low, high = np.array([check.domain[i % len(check.domain)] for i in range(check.points)]).T
    points = rng.uniform(low, high)

    def values(text: str) -> Any:
        try:
            return parse(text, check.variable).at(points)
        except ExpressionError as error:
            raise GraderError(
                f"the expression {text!r} cannot be read: {error}",
                at=draft.place,
                fix=f"type it as a student would, in {check.variable}: 2*x, x^2, e^x, ln(x)",
            ) from error

    want = values(check.answer)
    with np.errstate(all="ignore"):
        moved = points * (1 + STEP * rng.choice((-1.0, 1.0), points.shape))
        move = np.abs(parse(check.answer, check.variable).at(moved) - want) / STEP
    if not np.isfinite(want).all():
        raise GraderError(
            f"{check.answer} is not defined everywhere on the domain {list(check.domain)}",
            at=draft.place,
            fix="give a domain on which the answer is defined",
        )
    return ExpressionKey(
        check=check.name,
        probe=draft.read(check.name),
        variable=check.variable,
        points=points,
        want=want,
        scale=np.where(np.isfinite(move), np.maximum(np.abs(want), move), np.abs(want)),
        rtol=check.rtol,
        mistakes=_known(check.mistakes),
        mistaken=tuple(values(mistake.wrong) for mistake in check.mistakes),
        weight=_decimal(check.weight),
    )


@_planned.register(declare.Variable)
def _variable(check: declare.Variable, draft: _Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    want = _given(check.value, "the value", draft)
    expectation = Expectation(
        probe=draft.read(check.name),
        case="the notebook's own run",
        want=want,
        scale=sizes(want),
        mistakes=tuple(
            _given(mistake.wrong, f"the mistake {mistake.slug!r}", draft)
            for mistake in check.mistakes
        ),
    )
    return ReturnsKey(
        check=check.name,
        cases=(expectation,),
        rtol=check.rtol,
        atol=check.atol,
        shape=check.shape,
        comparison="elementwise",
        mistakes=_known(check.mistakes),
        weight=_decimal(check.weight),
        reading=True,
    )


@_planned.register(declare.Trained)
def _trained(check: declare.Trained, draft: _Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    objective = _least_squares(check.objective)
    best, *_ = np.linalg.lstsq(objective.X, objective.y, rcond=None)
    optimum = float(np.mean((objective.X @ best - objective.y) ** 2) / 2)
    return TrainedKey(
        check=name_of(check),
        parameters=_parameters(check.names, draft),
        objective=objective,
        optimum=optimum,
        within=check.within,
        weight=_decimal(check.weight),
    )


@_planned.register(declare.ObjectiveAt)
def _objective_at(check: declare.ObjectiveAt, draft: _Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    known = zip(_known(check.mistakes), check.mistakes, strict=True)
    return ObjectiveAtKey(
        check=check.name,
        probe=draft.read(check.name),
        parameters=_parameters(check.parameters, draft),
        objective=_least_squares(check.objective),
        rtol=check.rtol,
        mistakes=tuple((name, _least_squares(mistake.wrong)) for name, mistake in known),
        weight=_decimal(check.weight),
    )


@_planned.register(declare.Figure)
def _figure(check: declare.Figure, draft: _Draft) -> CheckKey | None:
    return FigureKey("figure", check.at_least, _decimal(check.weight))


@_planned.register(declare.Written)
def _written(check: declare.Written, draft: _Draft) -> CheckKey | None:
    return WrittenKey(check.what, _decimal(check.weight))


def _given(value: Any, what: str, draft: _Draft) -> Value:
    """The value of a variable, or what a mistake would have made of it."""
    try:
        with quiet():
            given = value_of(value() if callable(value) else value)
    except Exception as error:
        problem = f"{what} cannot be had: {type(error).__name__}: {error}"
        raise GraderError(problem, at=draft.place, fix="give an array, or a function") from error
    _refuse_nothing(given, what, draft.place)
    return given


def _parameters(names: Sequence[str], draft: _Draft) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, draft.read(name)) for name in names)


def _least_squares(data: declare.Data) -> LeastSquares:
    X = np.asarray(data.X, dtype=float)
    X = X.reshape(len(X), -1)
    if data.bias:
        X = np.column_stack([X, np.ones(len(X))])
    return LeastSquares(X, np.asarray(data.y, dtype=float).ravel())


def _expectation(
    draft: _Draft,
    name: str,
    reference: Callable[..., Any],
    drawn: Drawn,
    mistakes: Sequence[Mistake],
    scale: Callable[..., Any] | None,
    *,
    count_work: bool = False,
) -> Expectation:
    probe = draft.call(name, drawn, count_work=count_work)
    want = _reference(reference, drawn, draft)
    _refuse_nothing(want, f"the reference for {name}", _at(draft, drawn))
    if scale is not None:
        size = sizes(_reference(scale, drawn, draft))
        _refuse_nothing(size, f"the scale for {name}", _at(draft, drawn))
        if not is_like(size, want):
            raise GraderError(
                f"the scale for {name} is {describe(size)}, the result {describe(want)}",
                at=_at(draft, drawn),
                fix="let scale return what the reference returns, in the same shapes",
            )
        size = at_least(size, want)
    else:
        size = measured_scale(reference, drawn, want, draft.place)
    return Expectation(
        probe=probe,
        case=drawn.case.name,
        want=want,
        scale=size,
        mistakes=tuple(_mistaken(mistake, drawn) for mistake in mistakes),
        size=drawn.size,
        inputs=_inputs(reference, drawn),
        public=drawn.case.public,
        other_sizes=drawn.other_sizes,
    )


def _accepted(
    draft: _Draft,
    reference: Callable[..., Any],
    draws: Sequence[Drawn],
    expectations: Sequence[Expectation],
    own_scale: Callable[..., Any] | None,
) -> tuple[Expectation, ...]:
    """The same cases, as another reference answers them.

    Args:
        own_scale: the author's, which holds for this reference too.
    """
    others = []
    for drawn, expected in zip(draws, expectations, strict=True):
        want = _reference(reference, drawn, draft)
        if own_scale is not None and is_like(expected.scale, want):
            scale = at_least(expected.scale, want)
        else:
            scale = measured_scale(reference, drawn, want, draft.place)
        others.append(replace(expected, want=want, scale=scale))
    return tuple(others)


def _reference(function: Callable[..., Any], drawn: Drawn, draft: _Draft) -> Value:
    name = getattr(function, "__name__", "the reference")
    with _located(_at(draft, drawn)):
        args, kwargs = drawn.for_reference()
    _refuse_misfit(function, name, args, kwargs, _at(draft, drawn))
    try:
        with quiet():
            return value_of(function(*args, **kwargs))
    except Exception as error:
        raise GraderError(
            f"{name} raises {type(error).__name__}: {error}",
            at=_at(draft, drawn),
            fix=f"mend {_line_in(function, error)}, or give this case other inputs",
        ) from error


def _refuse_misfit(
    function: Callable[..., Any], name: str, args: list[Any], kwargs: dict[str, Any], at: str
) -> None:
    """Refuse a case that gives the wrong number of arguments, or unknown ones."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        names = "".join(f", {key}=" for key in kwargs)
        raise GraderError(
            f"the case gives {len(args)} argument{'' if len(args) == 1 else 's'}{names}, "
            f"{name} takes {signature}: {error}",
            at=at,
            fix="let the case give the arguments in the order in which the function takes them",
        ) from error


def _refuse_nothing(value: Value, what: str, at: str) -> None:
    if value is None:
        fix = "let it return something"
        raise GraderError(f"{what} gives None", at=at, fix=fix)
    if not all(np.isfinite(array.data).all() for array in arrays_in(value)):
        fix = "choose inputs for which the answer is finite"
        raise GraderError(f"{what} gives NaN or infinity", at=at, fix=fix)


def _refuse_useless(
    mistakes: Sequence[Mistake],
    values: Sequence[tuple[Value | None, ...]],
    draws: Sequence[Drawn],
    draft: _Draft,
) -> None:
    """Refuse a mistake that gives nothing in any case: no answer could ever resemble it."""
    if draft.public_only:
        return  # it may show in a hidden case
    for place, mistake in enumerate(mistakes):
        if any(given[place] is not None for given in values):
            continue
        args, kwargs = draws[0].for_reference()
        said = "NaN or infinity"
        try:
            with quiet():
                if value_of(mistake.wrong(*args, **kwargs)) is None:
                    said = "None"
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        raise GraderError(
            f"the mistake {mistake.slug!r} gives no numbers in any case: {said}",
            at=f"{draft.place}, key mistakes",
            fix="give it the signature of the right function, or leave it out",
        )


def _has(value: Value, path: tuple[int | str, ...]) -> bool:
    if not path:
        return True
    step, rest = path[0], path[1:]
    if isinstance(value, SequenceValue) and isinstance(step, int) and step < len(value.items):
        return _has(value.items[step], rest)
    if isinstance(value, Mapping):
        return any(key == step and _has(item, rest) for key, item in value.items)
    return False


def _line_in(function: Callable[..., Any], error: Exception) -> str:
    """The line of the author's file in which a reference raised, if that can be told."""
    file = getattr(getattr(function, "__code__", None), "co_filename", "")
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    return f"{file}, line {lines[-1]}" if lines else "the reference"


def _mistaken(mistake: Mistake, drawn: Drawn) -> Value | None:
    """What a known mistake gives; None where it gives nothing that could be recognised."""
    args, kwargs = drawn.for_reference()
    try:
        with quiet():
            value = value_of(mistake.wrong(*args, **kwargs))
    except Exception:
        return None
    finite = all(np.isfinite(array.data).all() for array in arrays_in(value))
    return value if finite else None


def _numbers(value: Value, draft: _Draft) -> Any:
    if not isinstance(value, Array):
        raise GraderError(
            f"a bound is {describe(value)}", at=draft.place, fix="let it be one array, or a number"
        )
    return value.data.astype(float)


def _known(mistakes: Sequence[Mistake]) -> tuple[KnownMistake, ...]:
    return tuple(KnownMistake(m.slug, m.hint, _decimal(m.credit)) for m in mistakes)


def _decimal(number: Decimal | int | float | str) -> Decimal:
    """0.1 as 0.1, not as the binary number nearest to it."""
    return Decimal(str(number))


def _inputs(reference: Callable[..., Any], drawn: Drawn) -> str:
    try:
        names = list(inspect.signature(reference).parameters)
    except (TypeError, ValueError):
        names = []
    return shown(names, drawn.args, drawn.case.kwargs)


def _at(draft: _Draft, drawn: Drawn) -> str:
    return f"{draft.place}, case {drawn.case.name!r}"


@contextmanager
def _located(place: str) -> Iterator[None]:
    """What is refused inside is refused at this place."""
    try:
        yield
    except GraderError as error:
        raise GraderError(error.problem, at=error.at or place, fix=error.fix) from error
