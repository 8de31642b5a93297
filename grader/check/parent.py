"""Runs a notebook in a process of its own, within time limits; evidence comes back."""

from __future__ import annotations

import io
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.check.child import Job, read, write
from grader.check.sheet import Sheet, probes_of
from grader.records.evidence import CellRun, Evidence, Outcome, OutcomeStatus, Run
from grader.records.probes import Probe

MOST_PROCESSES = 10
START_SECONDS = 60.0
"""For the interpreter to start, before the first cell."""


@dataclass(frozen=True)
class Executed:
    """What a fresh run gave. `seconds`: of each cell, by number."""

    evidence: Evidence
    seconds: dict[int, float]
    missing_files: tuple[str, ...]


@dataclass
class _Attempt:
    """What one process told before it ended."""

    cells: dict[int, CellRun] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    ended_in: int | str | None = None  # a cell, or a probe
    ended_by: OutcomeStatus = "died"


def execute(
    sheet: Sheet,
    cells: Sequence[str],
    beside: Path,
    command: Sequence[str],
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Executed:
    """Run the cells afresh, as grading will: errors stop nothing, and what hangs is left out.

    Args:
        beside: the folder whose data files are copied to where the cells run.
        command: starts a process that ends up in `child.serve`.
        advance: told how many cells have run, of how many.
    """
    with tempfile.TemporaryDirectory(prefix="check-", ignore_cleanup_errors=True) as folder:
        missing = _copied(sheet.files, beside, Path(folder))
        found = _until_done(sheet, tuple(cells), folder, command, advance)
    flags = tuple(
        f"{'exited' if cell.status == 'died' else cell.status}:cell {cell.number}"
        for cell in found.cells.values()
        if cell.status in ("timeout", "died")
    )
    run = Run("", tuple(found.cells[number] for number in sorted(found.cells)), flags)
    return Executed(Evidence(run, found.outcomes), found.seconds, missing)


def _copied(names: Sequence[str], source: Path, target: Path) -> tuple[str, ...]:
    """Copy the files that are there; returns the names of the others."""
    missing = []
    for name in names:
        if (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)
        else:
            missing.append(name)
    return tuple(missing)


def _until_done(
    sheet: Sheet,
    cells: tuple[str, ...],
    folder: str,
    command: Sequence[str],
    advance: Callable[[int, int], None],
) -> _Attempt:
    """Start again without what ended the process before, until one comes to its end."""
    ended: dict[int, CellRun] = {}
    outcomes: dict[str, Outcome] = {}
    probes = probes_of(sheet)
    attempt = _Attempt()
    for _ in range(MOST_PROCESSES):
        job = Job(
            cells=cells,
            skip=tuple(ended),
            prelude=sheet.prelude,
            seed=sheet.seed,
            result_bytes=sheet.allowed.result_bytes,
            folder=folder,
            probes=probes,
            earlier=outcomes,
        )
        attempt = _once(job, sheet, command, advance)
        outcomes.update(attempt.outcomes)
        attempt.cells.update(ended)
        attempt.outcomes = outcomes
        if attempt.ended_in is None:
            break
        if isinstance(attempt.ended_in, int):
            number = attempt.ended_in
            status = "timeout" if attempt.ended_by == "timeout" else "died"
            ended[number] = attempt.cells[number] = CellRun(number, status)  # type: ignore[arg-type]
        else:
            _give_up(attempt, probes, outcomes)
    for number in range(1, len(cells) + 1):
        attempt.cells.setdefault(number, CellRun(number, "not-run"))
    for probe in probes:
        outcomes.setdefault(probe.id, Outcome("", "not-run", error="it was not come to"))
    return attempt


def _give_up(attempt: _Attempt, probes: Sequence[Probe], outcomes: dict[str, Outcome]) -> None:
    """A function that ended the process is not called again: it would end the next one too."""
    target = next(probe.target for probe in probes if probe.id == attempt.ended_in)
    for probe in probes:
        if probe.target == target and probe.call and probe.id not in outcomes:
            outcomes[probe.id] = Outcome("", attempt.ended_by, error="it ended its process")


def _once(
    job: Job, sheet: Sheet, command: Sequence[str], advance: Callable[[int, int], None]
) -> _Attempt:
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert isinstance(process.stdin, io.BufferedWriter)
    assert isinstance(process.stdout, io.BufferedReader)
    messages: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_pump, args=(process.stdout, messages), daemon=True).start()
    attempt = _Attempt()
    doing: int | str | None = None
    limit = START_SECONDS
    cells_end = time.monotonic() + START_SECONDS + sheet.allowed.total_seconds
    began = time.monotonic()
    try:
        write(process.stdin, job)
        while True:
            try:
                message = messages.get(timeout=max(0.0, limit - (time.monotonic() - began)))
            except queue.Empty:
                attempt.ended_in, attempt.ended_by = doing, "timeout"
                return attempt
            if message is None:
                attempt.ended_in = doing
                return attempt
            kind, *told = message
            if kind == "end":
                return attempt
            now = time.monotonic()
            took, began = now - began, now
            if kind == "cell":
                doing = told[0]
                limit = min(sheet.allowed.cell_seconds, max(0.0, cells_end - began))
            elif kind == "done":
                _cell_done(attempt, told, took)
                advance(told[0], len(job.cells))
            elif kind == "asking":
                doing, limit = told[0], sheet.allowed.probe_seconds
            else:
                attempt.outcomes[told[0]] = told[1]
    except BrokenPipeError:
        return attempt
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def _cell_done(attempt: _Attempt, told: Sequence[Any], seconds: float) -> None:
    number, error, figures = told
    attempt.seconds[number] = seconds
    outputs = ({"data": {"image/png": ""}},) * figures
    status = "error" if error else "ok"
    attempt.cells[number] = CellRun(number, status, outputs, error=error)  # type: ignore[arg-type]


def _pump(stream: Any, messages: queue.Queue[Any]) -> None:
    try:
        while (message := read(stream)) is not None:
            messages.put(message)
    except Exception:  # the pipe is gone, or the cells wrote into it
        pass
    messages.put(None)
