"""One process's way through the cells of a notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from grader.execute.conditions import Conditions
from grader.execute.outputs import checked_outputs
from grader.execute.process import EndedBy, EndedError, LateError, Process, now
from grader.execute.timeouts import SuspectTimeoutError, was_waiting
from grader.execute.worker import START_SECONDS, WorkerError
from grader.records.evidence import CellRun, CellStatus
from grader.records.limits import MEGABYTE, Limits
from grader.runner import wire


@dataclass(frozen=True)
class LeftOut:
    """The cells that a process is not to run, because of what they did to the processes before.

    Attributes:
        statuses: of each such cell, by its number; "not-run" if it only follows one.
        emptied: those whose imports and functions are not made either: they ended it too.
    """

    statuses: Mapping[int, CellStatus] = field(default_factory=dict)
    emptied: frozenset[int] = frozenset()

    def with_cell(self, number: int, status: CellStatus) -> LeftOut:
        """This cell too; all of it, if it was left out before."""
        if number in self.statuses:
            return replace(self, emptied=self.emptied | {number})
        return replace(self, statuses={**self.statuses, number: status})

    def with_following(self, number: int, cells: int) -> LeftOut:
        """All of the `cells` cells that follow this one too."""
        following: dict[int, CellStatus] = dict.fromkeys(range(number + 1, cells + 1), "not-run")
        return replace(self, statuses={**following, **self.statuses})


@dataclass(frozen=True)
class Pass:
    """What a process did with the cells.

    Attributes:
        cells: what each has done, all of them in their order.
        environment: interpreter and libraries, as the runner tells; "" if it has told nothing.
        began: when it began with the cells.
        ended: what has ended it; None if it has come through, and waits for probes.
        at: the cell that it was at when it ended; 0 before the first.
        flags: what the runner has noticed on the way.
        slowest: the number of the cell that took longest, and its seconds.
    """

    cells: tuple[CellRun, ...]
    environment: str
    began: float
    ended: EndedBy | Literal["out-of-time"] | None = None
    at: int = 0
    flags: tuple[str, ...] = ()
    slowest: tuple[int, float] = (0, 0.0)

    @property
    def is_ready(self) -> bool:
        return self.ended is None


def run_cells(
    process: Process,
    cells: Sequence[str],
    conditions: Conditions,
    left_out: LeftOut,
    *,
    alone: bool,
) -> Pass:
    """Run all cells once.

    Raises:
        SuspectTimeoutError: not `alone`, and a limit passed that load may explain.
        WorkerError: the process was not ready in time.
        StoppedError: the batch is being stopped.
    """
    limits = conditions.limits
    runs = {
        number: CellRun(number, left_out.statuses.get(number, "not-run"))
        for number in range(1, len(cells) + 1)
    }
    sizes: dict[int, int] = {}  # of what was sent for each cell
    environment = ""
    began = 0.0
    current = 0
    slowest = (0, 0.0)
    ended: EndedBy | Literal["out-of-time"]
    try:
        ready = _first_message(process, alone)
        if not isinstance(ready, wire.Ready):
            raise EndedError("spoke out of turn")
        environment = ready.environment[:500]
        process.send(_begin(cells, conditions, left_out))
        began = cell_began = now()
        total_deadline = began + limits.total_seconds
        for _ in range(_most_messages(cells)):
            cell_deadline = cell_began + limits.cell_seconds
            received = process.receive(min(cell_deadline, total_deadline) - now())
            message = received.content
            took, cell_began = now() - cell_began, now()
            if isinstance(message, wire.CellStarted):
                if message.number not in runs:
                    raise EndedError("spoke of a cell that there is not")
                current = message.number
            elif isinstance(message, wire.CellDone):
                if message.number not in runs:
                    raise EndedError("spoke of a cell that there is not")
                runs[message.number] = _after(message, runs[message.number], left_out)
                slowest = max(slowest, (message.number, took), key=lambda each: each[1])
                sizes[message.number] = received.size
                _check_output(sizes, limits)
            elif isinstance(message, wire.Finished):
                flags = tuple(flag[:200] for flag in message.flags[:50])
                return Pass(tuple(runs.values()), environment, began, flags=flags, slowest=slowest)
            else:
                raise EndedError("spoke out of turn")
        raise EndedError("never stopped talking")
    except LateError:
        if not alone and was_waiting(
            process, began=began, since=cell_began, limit_seconds=limits.cell_seconds
        ):
            raise SuspectTimeoutError from None
        ended = "out-of-time" if now() >= total_deadline else "timeout"
    except EndedError as error:
        ended = error.by
    return Pass(tuple(runs.values()), environment, began, ended, current)


def _first_message(process: Process, alone: bool) -> wire.FromRunner:
    """What comes before any student code has run: that it takes too long is not the student's."""
    try:
        return process.receive(START_SECONDS).content
    except LateError:
        if not alone:
            raise SuspectTimeoutError from None
        raise WorkerError(f"a process was not ready after {START_SECONDS:g} s") from None


def _most_messages(cells: Sequence[str]) -> int:
    """Two for each cell, and one for each display of an earlier cell that it updates."""
    return 1000 + 100 * len(cells)


def _check_output(sizes: Mapping[int, int], limits: Limits) -> None:
    """The runner caps what cells print; whoever has replaced the runner is capped here.

    Raises:
        EndedError: all outputs together are far over the limit.
    """
    if sum(sizes.values()) > 4 * limits.notebook_output_bytes + MEGABYTE:
        raise EndedError("showed more than a notebook may")


def _begin(cells: Sequence[str], conditions: Conditions, left_out: LeftOut) -> wire.Begin:
    limits = conditions.limits
    return wire.Begin(
        cells=tuple(
            "" if number in left_out.emptied else source for number, source in enumerate(cells, 1)
        ),
        skip=tuple(sorted(left_out.statuses)),
        prelude=conditions.prelude,
        data_files=tuple(name for name, _ in conditions.files),
        seed=conditions.seed,
        output_bytes=limits.output_bytes,
        notebook_output_bytes=limits.notebook_output_bytes,
        result_bytes=limits.result_bytes,
        memory_bytes=limits.memory_bytes,
    )


def _after(message: wire.CellDone, run: CellRun, left_out: LeftOut) -> CellRun:
    """What a cell has done, with what is told of it now.

    Raises:
        EndedError: that cannot be.
    """
    outputs = checked_outputs(message.outputs)
    if message.status == "updated":
        return replace(run, outputs=outputs)
    if message.status not in ("ok", "error", "skipped"):
        raise EndedError("sent an unknown status")
    status: CellStatus = "ok"
    if message.number in left_out.statuses:  # whatever it says: it was not to run
        status = left_out.statuses[message.number]
    elif message.status == "skipped":
        status = "skipped"
    elif message.status == "error":
        status = "memory" if message.error == "MemoryError" else "error"
    return CellRun(
        message.number, status, outputs, message.execution_count, _said(message.error, outputs)
    )


_OWN_FILE = re.compile(r"\((?:<ipython-input-)?\d+[^,()]*, line")
"""`(2042838153.py, line 24)` of a SyntaxError: a kernel's name for a cell tells nobody anything."""


def _said(name: str, outputs: Sequence[dict[str, Any]]) -> str:
    """The first line of an error; its name alone where the cell shows none."""
    for output in outputs if name else ():
        if output["output_type"] == "error" and output["ename"] == name:
            first, *_ = output["evalue"].strip().splitlines() or [""]
            first = _OWN_FILE.sub("(line", first)
            return (f"{name}: {first}" if first else name)[:200]
    return name[:200]
