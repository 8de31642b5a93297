"""What a submission did. Everything here is repeatable, except `Measurement`.

`Run` is what the cells did, `Outcome` what one probe of it gave. Both are immutable and carry their
key, a SHA-256 over everything that they depend on, so that "is it there already?" is one look-up.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.records.values import Value

CellStatus = Literal["ok", "error", "timeout", "died", "memory", "skipped", "not-run"]
"""`error`: it raised. `timeout`, `died`, `memory`: it ended the process, and was left out of the
repetition. `not-run`: the notebook ended before it."""

OutcomeStatus = Literal[
    "returned",  # `value` holds what it gave
    "raised",  # `error` holds "NameError: name 'm' is not defined", `where` the line
    "missing",  # no such name
    "not-callable",  # the name is not a function
    "timeout",
    "died",
    "memory",
    "too-large",  # the result is larger than the limit
    "not-asked",  # an argument names an outcome that has no value
    "not-run",  # the process could not be brought so far
]


@dataclass(frozen=True)
class CellRun:
    """One code cell; `number` counts from 1 over the code cells.

    `outputs` are nbformat 4 outputs (plain dictionaries). `error`: "NameError: name 'm' is not
    defined", its first line.
    """

    number: int
    status: CellStatus
    outputs: tuple[dict[str, Any], ...] = ()
    execution_count: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Run:
    key: str
    cells: tuple[CellRun, ...]
    flags: tuple[str, ...] = ()
    environment: str = ""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one probe gave.

    Attributes:
        probe: the key of what was asked. With the run's key it is the outcome's own.
        mutated: which arguments differed after the call, counted from 0.
        work: Python instructions executed by the call, if the probe asked for it.
        printed: the first characters that it printed.
        remarks: what the runner had to do to get there, such as `shadowed`.
        stopped: where a name was not there, the cells that would have made it: the first the name
            itself, each other what the one before lacked.
    """

    probe: str
    status: OutcomeStatus
    value: Value = None
    error: str = ""
    where: str = ""
    printed: str = ""
    mutated: tuple[int, ...] = ()
    work: int | None = None
    remarks: tuple[str, ...] = ()
    stopped: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measurement:
    """What was measured beside the evidence; never part of its identity.

    `slowest_cell` is the number of the cell that took longest; 0 if none has come to its end.
    """

    wall_seconds: float = 0.0
    cpu_seconds: float | None = None
    sandbox: str = "off"
    processes: int = 1
    slowest_cell: int = 0
    slowest_seconds: float = 0.0


@dataclass(frozen=True)
class Evidence:
    run: Run
    outcomes: MappingABC[str, Outcome] = field(default_factory=dict)  # by probe id
    measurement: Measurement = field(default_factory=Measurement)
