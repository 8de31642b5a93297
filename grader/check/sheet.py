"""What students may know of an assignment: public cases, and what each question is worth."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np

from grader.records import answer_key, probes, values
from grader.records.answer_key import CheckKey
from grader.records.plain import from_plain, records_in, to_plain
from grader.records.probes import Probe
from grader.records.values import Numbers

Kind = Literal["judged", "typed", "read", "vectorised", "written", "hidden"]
"""`judged`: on public cases. `typed`, `read`: a text or variable of which is only said how it was
read. `hidden`: there is no public case."""


@dataclass(frozen=True, eq=False)
class PublicCheck:
    """One thing that is looked at.

    Attributes:
        name: of the function or variable; or what it is, such as "figure".
        names: the variables that are read.
        key: what is expected on the public cases, of a `judged` one.
        variable: of a typed expression.
        weight: the share of its question.
        has_hidden: whether cases that students do not see decide too.
    """

    name: str
    kind: Kind
    names: tuple[str, ...] = ()
    key: CheckKey | None = None
    variable: str = "x"
    weight: Decimal = Decimal(1)
    has_hidden: bool = False


@dataclass(frozen=True, eq=False)
class PublicQuestion:
    id: str
    title: str
    points: Decimal
    checks: tuple[PublicCheck, ...]


@dataclass(frozen=True)
class LateStep:
    """Handed in before `until` (ISO 8601, with an offset), the points are worth this `factor`."""

    until: str
    factor: Decimal


@dataclass(frozen=True)
class Allowed:
    """Seconds and bytes that grading allows."""

    cell_seconds: float
    total_seconds: float
    probe_seconds: float
    result_bytes: int


@dataclass(frozen=True, eq=False)
class Sheet:
    """Everything that a self-check needs.

    Attributes:
        assignment: its id, "hw1".
        notebook: the name under which it should be handed in.
        files: that lie beside the notebook when it is graded.
        prelude: code that runs before the first cell.
        late: the steps of the late policy, in order; after the last one the score is 0.
        late_is_simple: whether a factor says what lateness costs (not of the maximum, say).
    """

    course: str
    assignment: str
    title: str
    notebook: str
    questions: tuple[PublicQuestion, ...]
    probes: tuple[Probe, ...]
    files: tuple[str, ...]
    prelude: str
    seed: int
    allowed: Allowed
    late: tuple[LateStep, ...]
    late_is_simple: bool = True

    @property
    def points(self) -> Decimal:
        return sum((question.points for question in self.questions), Decimal(0))

    def names_read(self) -> tuple[str, ...]:
        """The variables that are looked at, without anything being said of their value."""
        checks = [check for question in self.questions for check in question.checks]
        return tuple(dict.fromkeys(name for check in checks for name in check.names))


def reading(name: str) -> str:
    """The id of the probe that reads a variable."""
    return f"read {name}"


def probes_of(sheet: Sheet) -> tuple[Probe, ...]:
    """All that is asked: the public cases, and the variables that are read."""
    reads = (Probe(reading(name), name, call=False) for name in sheet.names_read())
    return (*sheet.probes, *reads)


_RECORDS = records_in(answer_key, probes, values, sys.modules[__name__])


def sheet_to_json(sheet: Sheet) -> str:
    """As text that people can read too."""
    return json.dumps(to_plain(sheet, _listed), ensure_ascii=True)


def sheet_from_json(text: str) -> Sheet:
    found: Any = from_plain(json.loads(text), _RECORDS, _array)
    assert isinstance(found, Sheet)
    return found


def _listed(array: Numbers) -> Any:
    if array.dtype.kind == "c":
        return [[number.real, number.imag] for number in array.ravel().tolist()]
    return array.ravel().tolist()


def _array(data: Any, dtype: np.dtype[Any]) -> Numbers:
    if dtype.kind == "c":
        data = [complex(real, imaginary) for real, imaginary in data]
    return np.array(data, dtype=dtype)
