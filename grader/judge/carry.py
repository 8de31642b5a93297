"""Whether a wrong answer is right on top of an earlier mistake of the same student.

A gradient against the slope of the student's own loss, by central differences along a line through
a point: (J(p + h v) - J(p - h v)) / 2h is v . grad J(p) up to h^2, and up to roundings of J over h.
It is taken for h and h/2, whose difference tells how far it can be trusted; at a kink it cannot.
See Nocedal and Wright, Numerical Optimization, 2nd ed., section 8.1.

A descent against w - alpha g, with g from the student's own gradient at each point that it came to.

An earlier answer that says nothing (constant, zero, not finite, its own input) carries nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from grader.judge.compare import precisions, wide
from grader.judge.shapes import Misfit, as_numbers, pairs
from grader.judge.verdicts import outcome_of
from grader.records.answer_key import DerivativeKey, Expectation, ReturnsKey, Slope, StepsKey
from grader.records.evidence import Evidence
from grader.records.values import Array, Numbers, arrays_in, item_at
from grader.records.verdicts import Verdict

SLOPE = 1e-5
"""Between a gradient and a slope by differences, relative to the terms of v . grad J."""

UNTRUSTED = 1e-2
"""A slope that is uncertain by more than this, relatively, is not believed."""

SINGLE_ROUNDING = float(np.finfo(np.float32).eps)

UPDATE = 1e-7
"""Between a step and w - alpha g, relative to the size of both."""


@dataclass(frozen=True)
class Carried:
    """Credit that is carried forward, if one of `causes` is wrong and its mistake is not used up.

    `words` complete "It ...".
    """

    causes: tuple[str, ...]
    words: str
    slug: str
    credit: Decimal


@dataclass(frozen=True)
class Checked:
    """One check by itself: its verdict, and what it would earn on top of an earlier mistake."""

    verdict: Verdict
    carried: Carried | None = None


@dataclass(frozen=True)
class Slopes:
    """On one line: the slope of the own loss, how uncertain it is, what the gradient says it is,
    and the size of the terms that this is summed from."""

    measured: float
    uncertainty: float
    claimed: float
    terms: float

    @property
    def is_trusted(self) -> bool:
        return self.uncertainty <= UNTRUSTED * abs(self.measured)

    @property
    def error(self) -> float:
        """The difference over what is tolerated."""
        off = abs(self.measured - self.claimed)
        return off / (SLOPE * self.terms + 2 * self.uncertainty) if off else 0.0

    @property
    def agree(self) -> bool:
        return self.is_trusted and self.error <= 1


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a descent: w - alpha g by the own gradient, what came, and how far off it is,
    over what is tolerated. All parameters in one vector."""

    expected: Numbers
    got: Numbers
    error: float


def settled(checked: Sequence[Checked]) -> tuple[Verdict, ...]:
    """The verdicts of a submission, in order, with credit carried forward once for each mistake."""
    wrong = {
        one.verdict.check
        for one in checked
        if one.verdict.credit is not None and one.verdict.credit < 1
    }
    roots: dict[str, str] = {}  # a function that was carried, and whose mistake it shows
    used: dict[str, str] = {}  # a mistake, and the function that had credit for it
    verdicts = []
    for one in checked:
        verdict, carried = one.verdict, one.carried
        causes = [] if carried is None else [name for name in carried.causes if name in wrong]
        if carried is not None and causes:
            root = roots.get(causes[0], causes[0])
            roots[verdict.check] = root
            verdict = _with_credit(verdict, carried, causes[0], used.get(root, ""))
            used.setdefault(root, verdict.check)
        verdicts.append(verdict)
    return tuple(verdicts)


def _with_credit(verdict: Verdict, carried: Carried, cause: str, before: str) -> Verdict:
    """The verdict with the credit, or with the reason why it has none."""
    said = f"But it {carried.words}"
    if before:
        said += f"; credit for that mistake was carried forward already, to {before}."
    else:
        said += (
            f", which is wrong: {carried.credit.normalize():f} of the credit is carried forward."
        )
    return replace(
        verdict,
        credit=verdict.credit if before else max(carried.credit, verdict.credit or Decimal(0)),
        reason=f"{verdict.reason} {said}",
        mistake=carried.slug,
        hint=f"Mend {cause} first: this may be right already.",
        answer="",  # the earlier one speaks for both
    )


def carried_by(key: ReturnsKey, evidence: Evidence) -> Carried | None:
    """What a wrong answer earns that is right on top of the student's own earlier one."""
    if isinstance(key.carry, DerivativeKey) and _is_derivative(key, key.carry, evidence):
        words = f"is the derivative of your own {key.carry.loss}"
        return Carried((key.carry.loss,), words, "wrong-loss", key.carry.credit)
    if isinstance(key.carry, StepsKey) and _are_steps(key.carry, evidence):
        words = f"takes its steps along your own {key.carry.gradient}"
        causes = tuple(filter(None, (key.carry.gradient, key.carry.loss)))
        return Carried(causes, words, "carried-forward", key.carry.credit)
    return None


def slopes_of(key: ReturnsKey, carry: DerivativeKey, evidence: Evidence) -> list[Slopes | None]:
    """For each line the two slopes; None where a value is not there, or does not fit."""
    return [slopes_on(key, slope, evidence) for slope in carry.slopes]


def is_no_derivative(key: ReturnsKey, evidence: Evidence) -> bool:
    """Whether the own loss has, beyond doubt, another derivative on some line."""
    if not isinstance(key.carry, DerivativeKey):
        return False
    found = slopes_of(key, key.carry, evidence)
    return any(each is not None and each.is_trusted and not each.agree for each in found)


def _is_derivative(key: ReturnsKey, carry: DerivativeKey, evidence: Evidence) -> bool:
    found = slopes_of(key, carry, evidence)
    trusted = [each for each in found if each is not None and each.is_trusted]
    if None in found or not trusted or not all(each.agree for each in trusted):
        return False
    return all(_differ(evidence, *pair) for pair in carry.differ)


def _differ(evidence: Evidence, one: str, other: str) -> bool:
    """Whether two probes gave numbers, and not the same."""
    found = []
    for probe in (one, other):
        outcome = outcome_of(evidence, probe)
        arrays = [array.data for array in arrays_in(outcome.value)]
        if outcome.status != "returned" or not arrays:
            return False
        found.append(np.concatenate([array.ravel() for array in arrays]))
    return not np.array_equal(found[0], found[1])


def losses_on(slope: Slope, evidence: Evidence) -> Numbers | None:
    """The own loss at -h, -h/2, h/2 and h on a line; None where it gave no number."""
    probes = (*slope.behind, *reversed(slope.ahead))
    found = [_number(evidence, probe) for probe in probes]
    there = [float(each) for each in found if each is not None]
    return np.array(there) if len(there) == len(probes) else None


def slopes_on(key: ReturnsKey, slope: Slope, evidence: Evidence) -> Slopes | None:
    """The two slopes on one line; None where a value is not there, or does not fit."""
    parts = _gradient(key.cases[slope.case], key, evidence)
    if parts is None or len(parts) != len(slope.direction):
        return None
    by_step = []
    noise = 0.0
    steps = (slope.step, slope.step / 2)
    for ahead, behind, h in zip(slope.ahead, slope.behind, steps):  # noqa: B905 (3.10)
        up, down = _number(evidence, ahead), _number(evidence, behind)
        if up is None or down is None:
            return None
        by_step.append((float(up) - float(down)) / (2 * h))
        unit = SINGLE_ROUNDING if precisions(up, up) else np.finfo(float).eps
        noise = float(unit * max(abs(up), abs(down)) / h)
    terms = [
        (part.ravel(), along.ravel())
        for part, along in zip(parts, slope.direction)  # noqa: B905 (3.10)
    ]
    if any(part.shape != along.shape for part, along in terms):
        return None
    claimed = float(sum(part @ along for part, along in terms))
    size = float(sum(np.abs(part) @ np.abs(along) for part, along in terms))
    return Slopes(by_step[1], abs(by_step[1] - by_step[0]) + noise, claimed, size)


def _gradient(case: Expectation, key: ReturnsKey, evidence: Evidence) -> list[Numbers] | None:
    """The parts of the student's gradient, finite and of the shapes that were expected."""
    outcome = outcome_of(evidence, case.probe)
    if outcome.status != "returned":
        return None
    parts = []
    for pair in pairs(case.want, outcome.value, case.scale, key.shape, key.ignore):
        if isinstance(pair, Misfit) or not np.isfinite(pair.got).all():
            return None
        parts.append(wide(pair.got))
    return parts


def _number(evidence: Evidence, probe: str) -> Numbers | None:
    """One finite real number."""
    outcome = outcome_of(evidence, probe)
    value = outcome.value
    if outcome.status != "returned" or not isinstance(value, Array) or value.data.size != 1:
        return None
    if value.data.dtype.kind not in "iuf" or not np.isfinite(value.data).all():
        return None
    return value.data.reshape(())


def _are_steps(carry: StepsKey, evidence: Evidence) -> bool:
    if not all(step is not None and step.error <= 1 for step in steps_of(carry, evidence)):
        return False
    gradient = _parts(evidence, carry.gradients[0], len(carry.start)) or []
    same = (
        np.array_equal(g.ravel(), w.ravel())
        for g, w in zip(gradient, carry.start)  # noqa: B905 (3.10)
    )
    if all(same) or not all(_differ(evidence, *pair) for pair in carry.differ):
        return False
    return _has_history(carry, evidence)


def steps_of(carry: StepsKey, evidence: Evidence) -> list[Step | None]:
    """The steps of the descent; None where a value is not there, or does not fit."""
    count = len(carry.start)
    points: list[list[Numbers] | None] = [list(carry.start)]
    for probe in carry.reached:
        points.append(_values(evidence, probe, carry.parameters))
    gradients = [_parts(evidence, probe, count) for probe in carry.gradients]
    return [
        _step(before, after, gradient, carry.rate)
        for before, after, gradient in zip(points, points[1:], gradients)  # noqa: B905 (3.10)
    ]


def _step(
    before: list[Numbers] | None,
    after: list[Numbers] | None,
    gradient: list[Numbers] | None,
    rate: float,
) -> Step | None:
    if before is None or after is None or gradient is None:
        return None
    expected, came, error = [], [], 0.0
    for w, w_next, g in zip(before, after, gradient):  # noqa: B905 (3.10)
        if not w.size == w_next.size == g.size:
            return None
        step = rate * wide(g).ravel()
        want, got = wide(w).ravel() - step, wide(w_next).ravel()
        rtol = max([UPDATE, *(granted for _, granted in precisions(w_next, w_next))])
        tolerated = rtol * (np.abs(wide(w).ravel()) + np.abs(step))
        wrong = want != got
        error = max(error, float(np.max(np.abs(got - want)[wrong] / tolerated[wrong], initial=0)))
        expected.append(want)
        came.append(got)
    return Step(np.concatenate(expected), np.concatenate(came), error)


def _has_history(carry: StepsKey, evidence: Evidence) -> bool:
    """Whether the losses of the longest descent are the own losses at its points."""
    if not carry.losses:
        return True
    history = _vector(evidence, carry.reached[-1], carry.history)
    own = [_number(evidence, probe) for probe in carry.losses]
    if history is None or history.size != len(own) or None in own:
        return False
    expected = np.asarray(own, dtype=float)
    rtol = max([UPDATE, *(granted for _, granted in precisions(history, history))])
    off = np.abs(wide(history).ravel() - expected)
    return bool((off <= rtol * np.abs(expected)).all()) and bool(np.ptp(expected))


def _vector(evidence: Evidence, probe: str, path: tuple[int | str, ...]) -> Numbers | None:
    """Finite real numbers at a path of what came."""
    outcome = outcome_of(evidence, probe)
    if outcome.status != "returned":
        return None
    try:
        found = as_numbers(item_at(outcome.value, path))
    except LookupError:
        return None
    if found is None or found.dtype.kind not in "iuf" or not np.isfinite(found).all():
        return None
    return found


def _values(
    evidence: Evidence, probe: str, paths: Sequence[tuple[int | str, ...]]
) -> list[Numbers] | None:
    found = [_vector(evidence, probe, path) for path in paths]
    there = [each for each in found if each is not None]
    return there if len(there) == len(found) else None


def _parts(evidence: Evidence, probe: str, count: int) -> list[Numbers] | None:
    """A gradient by its parameters."""
    return _values(evidence, probe, [()] if count == 1 else [(place,) for place in range(count)])
