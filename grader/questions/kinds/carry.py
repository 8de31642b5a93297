"""Plans what tells whether a wrong answer is right on top of an earlier mistake.

All of it is asked of the student's own functions: nothing of the reference enters the sandbox.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.errors import GraderError
from grader.questions.cases import Drawn, generator, stand_in
from grader.questions.declare import DerivativeOf, Returns, StepsAlong
from grader.questions.draft import Draft
from grader.questions.expected import decimal
from grader.questions.scale import quiet
from grader.records.answer_key import DerivativeKey, Expectation, Slope, StepsKey
from grader.records.probes import OutcomeOf
from grader.records.values import Array, Numbers, Value, item_at, value_of

STEP = 1e-3
"""Relative to the parameters. A parabola has no truncation error at all, another loss one of 1e-6;
of float32, whose roundings are divided by it, enough is left; and it seldom steps over a kink."""

LINES = 2  # through the points of so many cases
STEPS = 3  # of a descent


def plan_carry(
    check: Returns, draws: Sequence[Drawn], cases: Sequence[Expectation], draft: Draft
) -> DerivativeKey | StepsKey | None:
    """The key for `check.carry`; None where no case lends itself to it.

    Raises:
        GraderError: it names what is not there.
    """
    if isinstance(check.carry, DerivativeOf):
        return _derivative(check, check.carry, draws, cases, draft)
    if isinstance(check.carry, StepsAlong):
        return _steps(check, check.carry, draws, draft)
    return None


def _derivative(
    check: Returns,
    carry: DerivativeOf,
    draws: Sequence[Drawn],
    cases: Sequence[Expectation],
    draft: Draft,
) -> DerivativeKey | None:
    rng = generator(f"{draft.place}/carry", draft.secret)
    slopes: list[Slope] = []
    differ: list[tuple[str, str]] = []
    movable = []
    for place, drawn in sorted(enumerate(draws), key=lambda each: each[1].case.public):
        args = _arguments(check, drawn, carry.wrt, "wrt", draft)
        if all(_is_movable(args[name]) for name in carry.wrt) and (drawn.size or 2) > 1:
            movable.append((place, drawn, args))
    chosen = movable[:LINES]
    largest = max(chosen, key=lambda each: each[1].size or 0, default=(0,))[0]
    for place, drawn, args in chosen:
        point = [args[name] for name in carry.wrt]
        _refuse_other_shapes(cases[place].want, point, carry, draft)
        slopes.append(_line(carry, place, drawn, args, rng, draft))
        if slopes[-1].case == largest:
            ahead, direction = slopes[-1].ahead, slopes[-1].direction
            moved = {n: v + STEP * d for n, v, d in zip(carry.wrt, point, direction, strict=True)}
            for name, other in _other_data(args, carry.wrt, rng):
                there = args | moved | {name: other}
                told = _ask(draft, carry.loss, drawn, there, f"another {name}")
                differ.append((ahead[0], told))
            elsewhere = {name: _elsewhere(args[name], rng) for name in carry.wrt}
            told = _ask(draft, check.name, drawn, args | elsewhere, "elsewhere")
            differ.append((cases[place].probe, told))
    if not slopes:
        return None
    public = [each for each in movable[LINES:] if each[1].case.public][:1]
    free = generator(f"{draft.place}/shown", None)  # of public cases the secret knows nothing
    shown = tuple(_line(carry, *each, free, draft) for each in public)
    return DerivativeKey(carry.loss, tuple(slopes), tuple(differ), decimal(carry.credit), shown)


def _line(
    carry: DerivativeOf,
    place: int,
    drawn: Drawn,
    args: Mapping[str, Any],
    rng: np.random.Generator,
    draft: Draft,
) -> Slope:
    """A line through the point of a case, with what is asked of the loss along it."""
    point = [args[name] for name in carry.wrt]
    direction = tuple(_direction(each, rng) for each in point)
    asked = []
    for factor in (1.0, 0.5, -1.0, -0.5):
        there = {
            name: _like(value, value + factor * STEP * along)
            for name, value, along in zip(carry.wrt, point, direction, strict=True)
        }
        asked.append(_ask(draft, carry.loss, drawn, {**args, **there}, f"{factor:+g} h"))
    return Slope(place, direction, STEP, (asked[0], asked[1]), (asked[2], asked[3]))


def _steps(
    check: Returns, carry: StepsAlong, draws: Sequence[Drawn], draft: Draft
) -> StepsKey | None:
    names = [name for name in carry.arguments if name not in carry.parameters]
    needed = [*names, carry.rate, carry.steps]
    longest = 0
    for each in draws:
        args = _arguments(check, each, needed, "arguments", draft)
        if isinstance(args[carry.rate], float) and longest < args[carry.steps]:
            longest, drawn, own = args[carry.steps], each, args
    if not longest:
        return None
    with quiet():
        none = {name: stand_in(value) for name, value in own.items()} | {carry.steps: 0}
        begin = value_of(check.reference(**none))
    try:
        start: list[Any] = [item_at(begin, tuple(path)) for path in carry.parameters.values()]
        if carry.history is not None:
            item_at(begin, tuple(carry.history))
    except LookupError as error:
        raise GraderError(
            f"carry names a path which the result of {check.name} does not have: {error}",
            at=draft.place,
            fix='give paths into the result, such as parameters={"w": (0,), "b": (1,)}',
        ) from error
    count = min(STEPS, longest)
    reached = [
        _ask(draft, check.name, drawn, {**own, carry.steps: k}, f"{k} steps")
        for k in range(1, count + 1)
    ]

    def at_point(k: int) -> dict[str, Any]:
        """What the gradient and the loss are called with after k steps."""
        begun = dict(zip(carry.parameters, start, strict=True))
        if k:
            begun = {n: OutcomeOf(reached[k - 1], tuple(p)) for n, p in carry.parameters.items()}
        return {name: begun[name] if name in begun else own[name] for name in carry.arguments}

    def ask(target: str, arguments: Mapping[str, Any], where: str) -> str:
        return draft.ask(target, list(arguments.values()), {}, f"{target}, {where}")

    places = range(count)
    gradients = [ask(carry.gradient, at_point(k), f"after {k} steps") for k in places]
    losses = [ask(carry.loss, at_point(k), f"after {k} steps") for k in places if carry.loss]
    rng = generator(f"{draft.place}/carry", draft.secret)
    data = {name: own[name] for name in names}
    others = [(f"another {n}", {n: other}) for n, other in _other_data(data, (), rng)]
    moved = {n: _elsewhere(at_point(0)[n].data, rng) for n in carry.parameters}
    differ = [
        (gradients[0], ask(carry.gradient, at_point(0) | other, where))
        for where, other in (*others, ("elsewhere", moved))
    ]
    return StepsKey(
        gradient=carry.gradient,
        start=tuple(each.data.astype(float) for each in start if isinstance(each, Array)),
        parameters=tuple(map(tuple, carry.parameters.values())),
        rate=float(own[carry.rate]),
        reached=tuple(reached),
        gradients=tuple(gradients),
        credit=decimal(carry.credit),
        loss=carry.loss,
        losses=tuple(losses),
        history=tuple(carry.history or ()),
        differ=tuple(differ),
    )


def _arguments(
    check: Returns, drawn: Drawn, needed: Sequence[str], key: str, draft: Draft
) -> dict[str, Any]:
    """The arguments of a case by their names in the reference."""
    bound = inspect.signature(check.reference).bind(*drawn.args, **drawn.case.kwargs)
    for name in needed:
        if name not in bound.arguments:
            raise GraderError(
                f"carry names {name!r}, which is no argument of the reference of {check.name}",
                at=f"{draft.place}, key carry.{key}",
                fix=f"its arguments are {', '.join(bound.arguments)}",
            )
    return dict(bound.arguments)


def _other_data(
    args: Mapping[str, Any], parameters: Sequence[str], rng: np.random.Generator
) -> Iterator[tuple[str, Any]]:
    """For each array that is no parameter its name, and another of its shape."""
    for name, value in args.items():
        if name not in parameters and isinstance(value, np.ndarray):
            yield name, value + 10 * (np.std(value) + 1) * rng.normal(size=value.shape)


def _is_movable(value: object) -> bool:
    """Whether it is a parameter that can move: floats, not all zero."""
    array = np.asarray(value)
    return array.dtype.kind == "f" and bool(array.any())


def _direction(value: Any, rng: np.random.Generator) -> Numbers:
    """How a parameter moves: by about its own size, up or down, no component by much less."""
    array = np.asarray(value, dtype=float)
    signs = rng.choice((-1.0, 1.0), array.shape)
    return np.asarray(np.max(np.abs(array)) * signs * rng.uniform(0.5, 1.0, array.shape))


def _elsewhere(value: Any, rng: np.random.Generator) -> Any:
    """A parameter far from where it was, so that no residual of much size keeps its sign."""
    array = np.asarray(value, dtype=float)
    size = np.max(np.abs(array), initial=0) or 1.0
    return _like(value, -100 * array + size * rng.normal(size=array.shape))


def _like(value: Any, moved: Any) -> Any:
    return moved if isinstance(value, np.ndarray) else float(moved)


def _refuse_other_shapes(
    want: Value, point: Sequence[Any], carry: DerivativeOf, draft: Draft
) -> None:
    """Refuse a `wrt` that is not what the gradient has its parts for."""
    sizes = [part.data.size for part in parts_of(want, len(point))]
    if sizes != [np.size(each) for each in point]:
        raise GraderError(
            f"the gradient has parts of {sizes} numbers, {', '.join(carry.wrt)} "
            f"have {[np.size(each) for each in point]}",
            at=f"{draft.place}, key carry.wrt",
            fix="name the arguments that it is derived in, in the order of the results",
        )


def parts_of(want: Value, count: int) -> list[Array]:
    """A gradient by parameter: itself, where there is one."""
    paths: list[tuple[int, ...]] = [()] if count == 1 else [(place,) for place in range(count)]
    try:
        found = [item_at(want, path) for path in paths]
    except LookupError:
        return []
    return [each for each in found if isinstance(each, Array)]


def _ask(draft: Draft, target: str, drawn: Drawn, arguments: Mapping[str, Any], where: str) -> str:
    """Call a function of the student's as the case calls it, with these arguments."""
    named = drawn.case.kwargs
    args = [value for name, value in arguments.items() if name not in named]
    kwargs = {name: value for name, value in arguments.items() if name in named}
    return draft.ask(target, args, kwargs, f"{drawn.case.name}: {target}, {where}")
