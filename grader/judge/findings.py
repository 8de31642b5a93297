"""What a student sees of a wrong answer: cases with their numbers, and where they differ. Pure.

A hidden case is shown only where that is asked for. Else it is counted, and nothing of it enters a
table, a picture or a number: what the verdict's own sentence says of it is all that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.judge.carry import losses_on, slopes_on
from grader.judge.compare import Rule, compare, precisions, wide
from grader.judge.returns import rule_of
from grader.judge.shapes import Pair, as_numbers, named, pairs
from grader.judge.verdicts import outcome_of
from grader.judge.within import outside_by
from grader.records.answer_key import (
    CheckKey,
    DerivativeKey,
    Expectation,
    ExpressionKey,
    Interval,
    ObjectiveAtKey,
    PropertyKey,
    ReturnsKey,
    Slope,
    StepsKey,
    TrainedKey,
    VectorisedKey,
    WithinKey,
)
from grader.records.evidence import Evidence, Outcome
from grader.records.findings import Case, Curve, Difference, Finding, Tangent
from grader.records.values import Array, Mapping, Numbers, Sequence, Value, describe, item_at

MOST_CASES = 6
MOST_DIFFERENCES = 4
ROWS, COLUMNS = 24, 48
"""Of a picture. A larger array is drawn in blocks."""
IN_FULL = 24  # numbers of one array
LONGEST = 1_000  # characters of an answer: lists in lists
LONGEST_ERROR = 200  # characters of what a student's code raised
SAYS_IT_ALL = ("missing", "not-callable", "not-run")  # then no case has anything to add


def finding_of(
    key: CheckKey, evidence: Evidence, *, is_right: bool = False, shows_hidden: bool = False
) -> Finding:
    """What there is to see of a check. Of what is right, only how training went.

    Args:
        is_right: what its verdict says.
        shows_hidden: whether hidden cases may be shown too.
    """
    if isinstance(key, TrainedKey):
        return _of_training(key, evidence)
    if is_right:
        return Finding()
    if isinstance(key, ReturnsKey):
        return _of_values(key, evidence, shows_hidden)
    if isinstance(key, VectorisedKey):
        rule = Rule(key.rtol, key.atol, key.shape, "normwise")
        return _of_cases((key.small, key.large), rule, evidence, shows_hidden)
    if isinstance(key, WithinKey):
        return _of_intervals(key, evidence, shows_hidden)
    if isinstance(key, PropertyKey):
        return _of_property(key, evidence, shows_hidden)
    if isinstance(key, (ExpressionKey, ObjectiveAtKey)):
        outcome = outcome_of(evidence, key.probe)
        if outcome.status in SAYS_IT_ALL:
            return Finding()
        return Finding((Case("as it stands in the notebook", "", None, came(outcome)),))
    return Finding()


def _of_values(key: ReturnsKey, evidence: Evidence, shows_hidden: bool) -> Finding:
    found = _of_cases(key.cases, rule_of(key), evidence, shows_hidden, is_own=key.reading)
    tangents: tuple[Tangent, ...] = ()
    curves: tuple[Curve, ...] = ()
    if isinstance(key.carry, DerivativeKey):
        tangents = tuple(_tangents(key, key.carry, evidence, shows_hidden))
    if isinstance(key.carry, StepsKey) and key.carry.history:
        curves = tuple(_histories(key, key.carry, evidence, shows_hidden))
    return Finding(found.cases, found.hidden, curves, tangents)


def _of_cases(
    expectations: tuple[Expectation, ...],
    rule: Rule,
    evidence: Evidence,
    shows_hidden: bool,
    *,
    is_own: bool = False,
) -> Finding:
    """`is_own`: of a variable, whose value the student has; what is expected may stay hidden."""
    cases: list[Case] = []
    hidden = 0
    for each in expectations:
        outcome = outcome_of(evidence, each.probe)
        if outcome.status in SAYS_IT_ALL:
            continue
        is_shown = each.public or shows_hidden
        case = _compared(each, outcome, rule)
        if case is None:
            continue
        if is_own and not is_shown:
            cases.append(Case(each.case, "", None, case.got))
        elif not is_shown:
            hidden += 1
        elif len(cases) < MOST_CASES:
            cases.append(case)
    return Finding(tuple(cases), hidden)


def _compared(expected: Expectation, outcome: Outcome, rule: Rule) -> Case | None:
    """None if it is right."""
    want = shown(expected.want)
    if outcome.status != "returned":
        return Case(expected.case, expected.inputs, want, came(outcome))
    compared = compare(expected.want, outcome.value, expected.scale, rule)
    if compared.is_right:
        return None
    got = came(outcome)
    if compared.misfit is not None:
        got += f" ({compared.misfit.words})"
        return Case(expected.case, expected.inputs, want, got)
    off: list[float] = []
    differences: list[Difference] = []
    for pair in pairs(expected.want, outcome.value, expected.scale, rule.shape, rule.ignore):
        assert isinstance(pair, Pair)
        with np.errstate(all="ignore"):
            apart = np.abs(wide(pair.got) - wide(pair.want))
        if apart.size and np.isfinite(apart).all():
            off.append(float(np.max(apart)))
        difference = _difference(pair, apart, rule)
        if difference is not None and len(differences) < MOST_DIFFERENCES:
            differences.append(difference)
    largest = max(off) if off else None
    return Case(
        expected.case, expected.inputs, want, got, largest, compared.error, tuple(differences)
    )


def _difference(pair: Pair, apart: Numbers, rule: Rule) -> Difference | None:
    """Where the two arrays differ; None where they don't, or of a single number."""
    if pair.want.size < 2:
        return None
    rtol = max([rule.rtol, *(granted for _, granted in precisions(pair.got, pair.scale))])
    size = np.maximum(np.abs(wide(pair.want)), np.abs(wide(pair.scale)))
    if rule.comparison == "normwise":
        size = np.full(size.shape, np.linalg.norm(size))
    with np.errstate(all="ignore"):
        wrong = ~(apart <= rtol * size + rule.atol)  # NaN is wrong
    if not wrong.any():
        return None
    ranked = np.where(np.isfinite(apart), apart, np.inf)
    place = np.unravel_index(int(np.argmax(np.where(wrong, ranked, -1.0))), wrong.shape)
    return Difference(
        part=named(pair.path) if pair.path else "",
        shape=pair.want.shape,
        wrong=_blocks(wrong),
        count=int(wrong.sum()),
        worst=tuple(int(k) for k in place),
        expected=shown(Array(pair.want[place])),
        got=shown(Array(pair.got[place])),
    )


def _blocks(wrong: Numbers) -> Numbers:
    """As a picture of at most `ROWS` by `COLUMNS`: the share that is wrong in each block."""
    flat = np.atleast_2d(np.squeeze(wrong)).astype(float)
    flat = flat.reshape(flat.shape[0], -1)
    return _pooled(_pooled(flat, ROWS).T, COLUMNS).T


def _pooled(rows: Numbers, most: int) -> Numbers:
    if len(rows) <= most:
        return rows
    return np.array([part.mean(axis=0) for part in np.array_split(rows, most)])


def _of_intervals(key: WithinKey, evidence: Evidence, shows_hidden: bool) -> Finding:
    cases: list[Case] = []
    hidden = 0
    for each in key.cases:
        outcome = outcome_of(evidence, each.probe)
        if outcome.status in SAYS_IT_ALL or _lies_within(each, outcome, key):
            continue
        if not (each.public or shows_hidden):
            hidden += 1
        elif len(cases) < MOST_CASES:
            allowed = f"from {shown(Array(each.low))} to {shown(Array(each.high))}"
            cases.append(Case(each.case, each.inputs, allowed, came(outcome)))
    return Finding(tuple(cases), hidden)


def _lies_within(case: Interval, outcome: Outcome, key: WithinKey) -> bool:
    if outcome.status != "returned":
        return False
    low = Array(case.low)
    (pair,) = pairs(low, outcome.value, low, "squeeze")
    return isinstance(pair, Pair) and outside_by(pair.got, case.low, case.high, key) <= 1


def _of_property(key: PropertyKey, evidence: Evidence, shows_hidden: bool) -> Finding:
    """Which case it was the author's function knows, and the verdict says: here are those that
    may be seen, with what came."""
    seen = [case for case in key.cases if case.public or shows_hidden][:MOST_CASES]
    cases = []
    for each in seen:
        outcome = outcome_of(evidence, each.probe)
        if outcome.status not in SAYS_IT_ALL:
            cases.append(Case(each.case, each.inputs, key.says, came(outcome)))
    return Finding(tuple(cases))


def _of_training(key: TrainedKey, evidence: Evidence) -> Finding:
    if key.history is None:
        return Finding()
    outcome = outcome_of(evidence, key.history.probe)
    own = _curve(outcome.value) if outcome.status == "returned" else None
    if own is None:
        return Finding()
    reference = np.empty(0) if key.curve is None else key.curve
    return Finding(curves=(Curve(f"the variable {key.history.name}", own, reference),))


def _histories(
    key: ReturnsKey, carry: StepsKey, evidence: Evidence, shows_hidden: bool
) -> Iterator[Curve]:
    """The longest run that may be seen."""
    longest: Curve | None = None
    for each in key.cases:
        outcome = outcome_of(evidence, each.probe)
        if not (each.public or shows_hidden) or outcome.status != "returned":
            continue
        own, reference = (_curve_at(value, carry.history) for value in (outcome.value, each.want))
        if own is None or reference is None:
            continue
        if longest is None or len(longest.reference) < len(reference):
            longest = Curve(f"the case {each.case}", own, reference)
    if longest is not None:
        yield longest


def _curve_at(value: Value, path: tuple[int | str, ...]) -> Numbers | None:
    try:
        return _curve(item_at(value, path))
    except LookupError:
        return None


def _curve(value: Value) -> Numbers | None:
    """Two real numbers or more, (k,)."""
    numbers = as_numbers(value) if isinstance(value, (Array, Sequence)) else None
    if numbers is None or numbers.dtype.kind not in "iuf" or numbers.size < 2:
        return None
    return wide(numbers).ravel() if max(numbers.shape) == numbers.size else None


def _tangents(
    key: ReturnsKey, carry: DerivativeKey, evidence: Evidence, shows_hidden: bool
) -> Iterator[Tangent]:
    lines: list[Slope] = [
        line
        for line in (*carry.shown, *carry.slopes)
        if shows_hidden or key.cases[line.case].public
    ]
    for line in lines[:MOST_DIFFERENCES]:
        found = slopes_on(key, line, evidence)
        losses = losses_on(line, evidence)
        if found is None or losses is None:
            continue
        yield Tangent(
            name=key.cases[line.case].case,
            loss=carry.loss,
            at=np.array([-1.0, -0.5, 0.5, 1.0]),
            losses=losses,
            step=line.step,
            measured=found.measured,
            answered=found.claimed,
            agree=found.agree,
        )


def came(outcome: Outcome) -> str:
    """What a probe gave, in words."""
    if outcome.status == "returned":
        said = shown(outcome.value)
        return said if len(said) <= LONGEST else f"{said[:LONGEST]} ..."
    at = f" ({outcome.where})" if outcome.where else ""
    said = f"{outcome.status} {outcome.error}".strip()
    return f"{said[:LONGEST_ERROR]}{at}"


def shown(value: Value) -> str:
    """A value with its numbers, as far as one reads them; a large one with its first and last."""
    if isinstance(value, Array):
        if not value.data.ndim:
            return str(value.data) if value.data.dtype.kind in "bc" else f"{value.data.item():.8g}"
        if value.data.size > IN_FULL:  # its first and last
            ends = np.concatenate([value.data.ravel()[:3], value.data.ravel()[-3:]]).tolist()
            first, last = (", ".join(map(_number, part)) for part in (ends[:3], ends[3:]))
            return f"{first}, ..., {last}: an array of shape {value.data.shape}"
        return np.array2string(
            value.data, separator=", ", max_line_width=60, formatter={"float_kind": _number}
        )
    if isinstance(value, Sequence) and len(value.items) <= IN_FULL:
        open, close = "[]" if value.origin == "list" else "()"
        return open + ", ".join(map(shown, value.items)) + close
    if isinstance(value, Mapping) and len(value.items) <= IN_FULL:
        return "{" + ", ".join(f"{key!r}: {shown(item)}" for key, item in value.items) + "}"
    return describe(value)


def _number(number: Any) -> str:
    return f"{number:.7g}" if isinstance(number, float) else str(number)
