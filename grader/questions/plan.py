"""From questions to probes and answer key. Made once for an assignment, in the trusted process.

What a reference gives is computed here, before any student's function sees the inputs.
"""

from __future__ import annotations

import inspect
import random
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import singledispatch
from typing import Any

import numpy as np

from grader.errors import GraderError
from grader.judge.expressions import ExpressionError, parse
from grader.questions import declare
from grader.questions.cases import Drawn, draw, generator, perturbed, shown, stand_in
from grader.questions.declare import Case, Check, Mistake, Question
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
    QuestionKey,
    ReturnsKey,
    TrainedKey,
    VectorisedKey,
    WithinKey,
    WrittenKey,
)
from grader.records.probes import Probe
from grader.records.values import Array, Mapping, Value, arrays_in, value_of
from grader.records.values import Sequence as SequenceValue

SEED = 5242
"""Set before each call of a reference, as the runner does before each probe."""

STEP = 1e-3
"""Inputs move by this much, relatively, to see the size of the terms of a result."""


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
        names = [case.name for case in cases]
        if len(set(names)) != len(names):
            raise GraderError("two cases have the same name", at=self.place)
        chosen = [case for case in cases if case.public or not self.public_only]
        return [draw(case, f"{self.place}/{case.name}", self.secret) for case in chosen]

    def call(self, target: str, drawn: Drawn, *, count_work: bool = False) -> str:
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
    expectations = [
        _expectation(draft, check.name, check.reference, drawn, check.mistakes, check.scale)
        for drawn in draft.draws(check.cases)
    ]
    if not expectations:
        return None
    return ReturnsKey(
        check=check.name,
        cases=tuple(expectations),
        rtol=check.rtol,
        atol=check.atol,
        shape=check.shape,
        comparison=check.comparison,
        mistakes=_known(check.mistakes),
        weight=Decimal(check.weight),
        ignore=tuple(tuple(path) for path in check.ignore),
    )


@_planned.register(declare.Vectorised)
def _vectorised(check: declare.Vectorised, draft: _Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    expectations = []
    for m in check.sizes:
        case = Case(f"m = {m}", lambda rng, m=m: check.make(rng, m))  # type: ignore[misc]
        drawn = draw(case, f"{draft.place}/{case.name}", draft.secret)
        expectations.append(
            _expectation(draft, check.name, check.reference, drawn, (), None, count_work=True)
        )
    small, large = expectations
    return VectorisedKey(
        check.name, small, large, check.rtol, check.atol, check.shape, Decimal(check.weight)
    )


@_planned.register(declare.Within)
def _within(check: declare.Within, draft: _Draft) -> CheckKey | None:
    intervals = []
    for drawn in draft.draws(check.cases):
        low = _numbers(_reference(check.low, drawn, draft), draft)
        high = _numbers(_reference(check.high, drawn, draft), draft)
        if not (low <= high).all():
            raise GraderError(f"the interval is empty: [{low}, {high}]", at=_at(draft, drawn))
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
    return WithinKey(
        check=check.name,
        cases=tuple(intervals),
        rtol=check.rtol,
        atol=check.atol,
        outside=check.outside,
        mistakes=_known(check.mistakes),
        weight=Decimal(check.weight),
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
                f"the expression {text!r} is refused: {error}", at=draft.place
            ) from error

    want = values(check.answer)
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
        rtol=check.rtol,
        mistakes=_known(check.mistakes),
        mistaken=tuple(values(mistake.wrong) for mistake in check.mistakes),
        weight=Decimal(check.weight),
    )


@_planned.register(declare.Variable)
def _variable(check: declare.Variable, draft: _Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    want = value_of(check.value() if callable(check.value) else check.value)
    expectation = Expectation(
        probe=draft.read(check.name),
        case="the notebook's own run",
        want=want,
        scale=_mapped(want, np.abs),
        mistakes=tuple(
            value_of(mistake.wrong() if callable(mistake.wrong) else mistake.wrong)
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
        weight=Decimal(check.weight),
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
        parameters=tuple(draft.read(name) for name in check.names),
        objective=objective,
        optimum=optimum,
        within=check.within,
        weight=Decimal(check.weight),
    )


@_planned.register(declare.ObjectiveAt)
def _objective_at(check: declare.ObjectiveAt, draft: _Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    known = zip(_known(check.mistakes), check.mistakes, strict=True)
    return ObjectiveAtKey(
        check=check.name,
        probe=draft.read(check.name),
        parameters=tuple(draft.read(name) for name in check.parameters),
        objective=_least_squares(check.objective),
        rtol=check.rtol,
        mistakes=tuple((name, _least_squares(mistake.wrong)) for name, mistake in known),
        weight=Decimal(check.weight),
    )


@_planned.register(declare.Figure)
def _figure(check: declare.Figure, draft: _Draft) -> CheckKey | None:
    return FigureKey("figure", check.at_least, Decimal(check.weight))


@_planned.register(declare.Written)
def _written(check: declare.Written, draft: _Draft) -> CheckKey | None:
    return WrittenKey(check.what, Decimal(check.weight))


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
    want = _reference(reference, drawn, draft)
    for array in arrays_in(want):
        if not np.isfinite(array.data).all():
            raise GraderError(
                f"the reference for {name} gives NaN or infinity",
                at=_at(draft, drawn),
                fix="choose inputs for which the answer is finite",
            )
    if scale is not None:
        size = _mapped(_reference(scale, drawn, draft), np.abs)
    else:
        size = _measured_scale(reference, drawn, want, draft)
    return Expectation(
        probe=draft.call(name, drawn, count_work=count_work),
        case=drawn.case.name,
        want=want,
        scale=size,
        mistakes=tuple(_mistaken(mistake, drawn) for mistake in mistakes),
        size=drawn.size,
        inputs=_inputs(reference, drawn),
        public=drawn.case.public,
    )


def _reference(function: Callable[..., Any], drawn: Drawn, draft: _Draft) -> Value:
    args, kwargs = drawn.for_reference()
    try:
        with _quiet():
            return value_of(function(*args, **kwargs))
    except Exception as error:
        name = getattr(function, "__name__", "the reference")
        raise GraderError(
            f"{name} raises {type(error).__name__}: {error}",
            at=_at(draft, drawn),
            fix=f"mend {_line_in(function, error)}, or give this case other inputs",
        ) from error


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
        with _quiet():
            value = value_of(mistake.wrong(*args, **kwargs))
    except Exception:
        return None
    finite = all(np.isfinite(array.data).all() for array in arrays_in(value))
    return value if finite else None


def _measured_scale(
    reference: Callable[..., Any], drawn: Drawn, want: Value, draft: _Draft
) -> Value:
    """The size of the terms of a result: how far it moves when its inputs move, over the step.

    A stable computation errs by a few roundings of its inputs, that is by a few times 1e-16 of
    this. The result itself may be much smaller, when terms cancel.
    """
    rng = generator(f"{draft.place}/scale", b"scale")
    size = _mapped(want, np.abs)
    for integers in (True, False):
        moved = []
        for _ in range(4):
            args = [perturbed(stand_in(a), rng, STEP, integers=integers) for a in drawn.args]
            kwargs = {
                name: perturbed(stand_in(a), rng, STEP, integers=integers)
                for name, a in drawn.case.kwargs.items()
            }
            try:
                with _quiet():
                    moved.append(value_of(reference(*args, **kwargs)))
            except Exception:
                moved.append(None)
        try:
            for value in moved:
                size = _larger(size, want, value)
        except ValueError:
            continue  # it does not take these inputs: try with fewer of them moved
        return size
    return _mapped(want, np.abs)


def _larger(size: Value, want: Value, moved: Value) -> Value:
    """Element-wise the maximum of `size` and |moved - want| / STEP.

    Raises:
        ValueError: `moved` is of another structure.
    """
    if isinstance(want, Array) and isinstance(moved, Array) and isinstance(size, Array):
        if want.data.shape != moved.data.shape:
            raise ValueError("shape")
        if want.data.dtype.kind in "bO":
            return size
        with np.errstate(all="ignore"):
            move = np.abs(moved.data - want.data) / STEP
        return Array(np.where(np.isfinite(move), np.maximum(size.data, move), size.data))
    if isinstance(want, SequenceValue) and isinstance(moved, SequenceValue):
        assert isinstance(size, SequenceValue)
        if len(want.items) != len(moved.items):
            raise ValueError("length")
        parts = zip(size.items, want.items, moved.items, strict=True)
        return SequenceValue(tuple(_larger(*part) for part in parts))
    if isinstance(want, Mapping) and isinstance(moved, Mapping):
        assert isinstance(size, Mapping)
        if [key for key, _ in want.items] != [key for key, _ in moved.items]:
            raise ValueError("keys")
        triples = zip(size.items, want.items, moved.items, strict=True)
        return Mapping(tuple((s[0], _larger(s[1], w[1], v[1])) for s, w, v in triples))
    if type(want) is not type(moved):
        raise ValueError("type")
    return size


def _mapped(value: Value, function: Callable[[Any], Any]) -> Value:
    if isinstance(value, Array):
        return Array(
            np.asarray(function(value.data.astype(float, copy=False)))
            if value.data.dtype.kind != "c"
            else np.asarray(function(value.data))
        )
    if isinstance(value, SequenceValue):
        return SequenceValue(tuple(_mapped(item, function) for item in value.items))
    if isinstance(value, Mapping):
        return Mapping(tuple((key, _mapped(item, function)) for key, item in value.items))
    return value


def _numbers(value: Value, draft: _Draft) -> Any:
    if not isinstance(value, Array):
        raise GraderError("a bound is one array of numbers", at=draft.place)
    return value.data.astype(float)


def _known(mistakes: Sequence[Mistake]) -> tuple[KnownMistake, ...]:
    return tuple(KnownMistake(m.slug, m.hint, Decimal(m.credit)) for m in mistakes)


def _inputs(reference: Callable[..., Any], drawn: Drawn) -> str:
    try:
        names = list(inspect.signature(reference).parameters)
    except (TypeError, ValueError):
        names = []
    return shown(names, drawn.args)


def _at(draft: _Draft, drawn: Drawn) -> str:
    return f"{draft.place}, case {drawn.case.name!r}"


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings, fixed random numbers; what was there before comes back."""
    numpy_state, state = np.random.get_state(), random.getstate()
    np.random.seed(SEED)
    random.seed(SEED)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(numpy_state)
        random.setstate(state)
