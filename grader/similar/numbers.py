"""Traces of what the code computed: numbers that agree to the last bit.

A wrong answer is one of many, and whoever works alone seldom meets another's. A right one, too, has
its rounding: which bits come last depends on the order of operations, which no renaming changes.
Numbers are compared as float64: what holds them, and in which shape, the code shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from grader.records.answer_key import (
    AnswerKey,
    CheckKey,
    ObjectiveAtKey,
    PropertyKey,
    ReturnsKey,
    TrainedKey,
    WithinKey,
)
from grader.records.evidence import Evidence
from grader.records.values import Array, Value, arrays_in
from grader.records.verdicts import Verdict
from grader.similar.traces import Kind, Trace
from grader.similar.winnowing import digest

SHOWN = 6
"""Numbers of an answer that are shown."""


def numbers_of(
    key: AnswerKey,
    evidence: Evidence,
    verdicts: Sequence[Verdict],
    keys: Mapping[str, str],
) -> Iterator[Trace]:
    """The traces of one hand-in's answers.

    A wrong answer that a known mistake explains says nothing about who wrote it, and gives none.

    Args:
        verdicts: in the order of the answer key.
        keys: of the probes, by their ids: the same numbers to another question are no trace.
    """
    checks = [check for question in key.questions for check in question.checks]
    training: list[tuple[str, Value]] = []
    for check, verdict in zip(checks, verdicts, strict=False):
        if isinstance(check, (TrainedKey, ObjectiveAtKey)):
            training += _read(check, evidence)
            continue
        cases = _cases(check, evidence)
        explained = verdict.credit != 1 and _is_known(check, verdict)
        if not cases or explained:
            continue
        kind: Kind = "rounding" if verdict.credit == 1 else "wrong"
        asked = "".join(keys.get(probe, "") for probe, _ in cases)
        yield from _parts(check.check, kind, asked, [value for _, value in cases])
    if training:
        values = dict(training)
        arrays = [each for value in values.values() for each in arrays_in(value)]
        bits = b"".join(map(_bits, arrays))
        if any(map(_says_something, arrays)):
            says = ", ".join(f"{name} = {_in_short(value)}" for name, value in values.items())
            yield Trace(digest("training", f"{sorted(values)} {bits.hex()}"), "training", says)


def _is_known(check: CheckKey, verdict: Verdict) -> bool:
    """Whether the author of the course knows this mistake."""
    known = {each.slug for each in getattr(check, "mistakes", ()) if hasattr(each, "slug")}
    return verdict.mistake is not None and verdict.mistake in known


def _cases(check: CheckKey, evidence: Evidence) -> list[tuple[str, Value]]:
    """The probe and the answer of each case; none unless there is an answer in all."""
    if not isinstance(check, (ReturnsKey, WithinKey, PropertyKey)):
        return []
    found = []
    for case in check.cases:
        outcome = evidence.outcomes.get(case.probe)
        if outcome is None or outcome.status != "returned":
            return []
        found.append((case.probe, outcome.value))
    return found


def _parts(check: str, kind: Kind, asked: str, values: Sequence[Value]) -> Iterator[Trace]:
    """One trace for each part of the answer: dj_dw by itself, dj_db by itself."""
    arrays = [list(arrays_in(value)) for value in values]
    if len({len(each) for each in arrays}) != 1:
        return
    for place, part in enumerate(zip(*arrays, strict=True)):
        if kind == "wrong" and not any(_says_something(each) for each in part):
            continue
        bits = "/".join(_bits(each).hex() for each in part)
        which = f"{check}, part {place + 1}" if len(arrays[0]) > 1 else check
        says = f"{which}: {_in_short(part[0])}"
        yield Trace(digest(kind, f"{check} {place} {asked} {bits}"), kind, says)


def _says_something(array: Array) -> bool:
    """Not only zeros, of a starter that nobody filled in, and what any descent runs off to."""
    return bool((np.isfinite(array.data) & (array.data != 0)).any())


def _read(check: TrainedKey | ObjectiveAtKey, evidence: Evidence) -> list[tuple[str, Value]]:
    asked = [(each.name, each.probe) for each in check.parameters]
    if isinstance(check, ObjectiveAtKey):
        asked.append((check.check, check.probe))
    outcomes = ((name, evidence.outcomes.get(probe)) for name, probe in asked)
    return [
        (name, outcome.value)
        for name, outcome in outcomes
        if outcome is not None and outcome.status == "returned"
    ]


def _bits(array: Array) -> bytes:
    kind = "<c16" if array.data.dtype.kind == "c" else "<f8"
    return (np.ravel(array.data).astype(kind) + 0.0).tobytes()  # no -0.0


def _in_short(value: Value) -> str:
    numbers = [number for array in arrays_in(value) for number in np.ravel(array.data)[:SHOWN]]
    shown = ", ".join(
        f"{complex(n) if np.iscomplexobj(n) else float(n)!r}" for n in numbers[:SHOWN]
    )
    return f"{shown}, ..." if len(numbers) >= SHOWN else shown
