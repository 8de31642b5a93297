"""Runs one notebook and asks it the probes, whatever it does.

A process that hangs, dies or sends nonsense is replaced. The notebook is then run again without
the cell that was to blame (its function definitions are still made); a probe that ended its process
is not asked again, and the others are asked in a fresh one. All of it a bounded number of times.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.execute.keys import outcome_key, run_key
from grader.execute.notebook import code_cells
from grader.execute.process import EndedError, LateError, RunnerProcess, now
from grader.execute.values import (
    BadValueError,
    argument_to_wire,
    item_at,
    value_from_wire,
)
from grader.records.evidence import (
    CellRun,
    CellStatus,
    Evidence,
    Measurement,
    Outcome,
    OutcomeStatus,
    Run,
)
from grader.records.limits import Limits
from grader.records.probes import Argument, OutcomeOf, Probe
from grader.runner import wire

REPETITIONS = 4
"""So many cells can hang or die, one by one, before all that follows is left out."""

START_SECONDS = 60.0
"""For the interpreter and its libraries; a busy machine is slow at it."""

BUSY = 0.5
"""A process that used so much of its time limit as CPU was computing, not waiting for its turn."""


@dataclass(frozen=True)
class Conditions:
    """What an assignment gives to the code that it runs. No answers.

    Attributes:
        files: name in the work directory and content of each data file and helper module.
    """

    limits: Limits
    files: tuple[tuple[str, bytes], ...] = ()
    prelude: str = ""
    seed: int = 5242


class SuspectTimeoutError(Exception):
    """A wall-clock limit was passed without using the CPU: perhaps only the machine was busy."""


@dataclass
class _Attempts:
    """What is known of a notebook after the processes that it has ended so far."""

    skip: dict[int, CellStatus] = field(default_factory=dict)
    cells: dict[int, CellRun] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    out_of_time: bool = False
    environment: str = ""
    processes: int = 0
    cpu_seconds: float = 0.0


def execute(
    notebook: Any,
    probes: Sequence[Probe],
    conditions: Conditions,
    *,
    alone: bool = True,
    font_cache: Path | None = None,
    stop: threading.Event | None = None,
) -> Evidence:
    """Run a notebook's cells and ask the probes, in processes of their own.

    Args:
        notebook: an nbformat 4 notebook, as `read_notebook` gives it.
        alone: whether a wall-clock time-out is believed at once.
        font_cache: a folder of matplotlib's that saves it from looking for fonts.
        stop: when it is set, the work ends with a StoppedError.

    Raises:
        SuspectTimeoutError: not `alone`, and a limit passed that load may explain.
    """
    started = now()
    stop = stop or threading.Event()
    cells = code_cells(notebook)
    attempts = _Attempts()
    outcomes: dict[str, Outcome] = {}
    unanswerable: dict[str, OutcomeStatus] = {}
    first_run: dict[int, CellRun] | None = None
    left = list(probes)
    key = ""
    while first_run is None or (left and attempts.processes < REPETITIONS * 2 + 2):
        with (
            _work_directory(conditions, font_cache) as folder,
            RunnerProcess(folder, _frame_limit(conditions.limits), stop) as runner,
        ):
            attempts.processes += 1
            ready = _run_cells(runner, cells, conditions, attempts, alone)
            if not ready and attempts.processes <= REPETITIONS + 1:
                continue
            if first_run is None:
                first_run = dict(attempts.cells)
                key = run_key(cells, conditions.files, _settings(conditions), attempts.environment)
            if not ready:
                break
            left = _ask_all(runner, left, conditions, key, outcomes, unanswerable, alone)
            attempts.cpu_seconds += runner.cpu_seconds() or 0.0
    keys = {name: outcome.key for name, outcome in outcomes.items()}
    for probe in left:
        outcomes[probe.id] = Outcome(
            outcome_key(key, probe, keys), "not-run", error="the notebook could not be run so far"
        )
    assert first_run is not None
    run = Run(
        key,
        tuple(first_run[number] for number in range(1, len(cells) + 1)),
        (
            *_cell_flags(first_run),
            *(["timeout:notebook"] if attempts.out_of_time else []),
            *dict.fromkeys(attempts.flags),
        ),
        attempts.environment,
    )
    measurement = Measurement(
        wall_seconds=now() - started,
        cpu_seconds=attempts.cpu_seconds,
        processes=attempts.processes,
    )
    return Evidence(run, outcomes, measurement)


def _settings(conditions: Conditions) -> tuple[object, ...]:
    return (conditions.limits, conditions.prelude, conditions.seed)


@contextmanager
def _work_directory(conditions: Conditions, font_cache: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for file, content in conditions.files:
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if font_cache is not None:
            shutil.copytree(font_cache, folder / ".matplotlib")
        yield folder


def _frame_limit(limits: Limits) -> int:
    """Bytes of one message: one cell's outputs or one result, each capped, and some wrapping."""
    return 2 * max(limits.result_bytes, limits.output_bytes) + (1 << 20)


def _run_cells(
    runner: RunnerProcess,
    cells: Sequence[str],
    conditions: Conditions,
    attempts: _Attempts,
    alone: bool,
) -> bool:
    """Run all cells once. True if the runner is ready for probes; else `attempts` says more."""
    limits = conditions.limits
    attempts.cells = {
        number: CellRun(number, attempts.skip.get(number, "not-run"))
        for number in range(1, len(cells) + 1)
    }
    current = 0
    try:
        ready = runner.receive(START_SECONDS)
        if not isinstance(ready, wire.Ready):
            raise EndedError("spoke out of turn")
        attempts.environment = ready.environment[:500]
        runner.send(_begin(cells, conditions, attempts))
        total_deadline = now() + limits.total_seconds
        cpu_before = runner.cpu_seconds() or 0.0
        cell_deadline = now() + limits.cell_seconds
        while True:
            message = runner.receive(min(cell_deadline, total_deadline) - now())
            cell_deadline = now() + limits.cell_seconds
            if isinstance(message, wire.CellStarted):
                if not 1 <= message.number <= len(cells):
                    raise EndedError("spoke of a cell that there is not")
                current = message.number
                cpu_before = runner.cpu_seconds() or 0.0
            elif isinstance(message, wire.CellDone):
                _take_cell(message, attempts)
            elif isinstance(message, wire.Finished):
                attempts.flags = [flag[:200] for flag in message.flags[:50]]
                return True
            else:
                raise EndedError("spoke out of turn")
    except LateError:
        used = runner.cpu_seconds()
        was_waiting = used is None or used - cpu_before < BUSY * limits.cell_seconds
        if not alone and was_waiting:
            raise SuspectTimeoutError from None
        if now() >= total_deadline:
            attempts.out_of_time = True
            _leave_out_rest(attempts, max(0, current - 1), len(cells))
        else:
            _blame(attempts, current, "timeout", len(cells))
    except EndedError:
        _blame(attempts, current, "died", len(cells))
    attempts.cpu_seconds += runner.cpu_seconds() or 0.0
    return False


def _begin(cells: Sequence[str], conditions: Conditions, attempts: _Attempts) -> wire.Begin:
    limits = conditions.limits
    return wire.Begin(
        cells=tuple(cells),
        skip=tuple(sorted(attempts.skip)),
        prelude=conditions.prelude,
        data_files=tuple(name for name, _ in conditions.files),
        seed=conditions.seed,
        output_bytes=limits.output_bytes,
        result_bytes=limits.result_bytes,
        memory_bytes=limits.memory_bytes,
    )


def _take_cell(message: wire.CellDone, attempts: _Attempts) -> None:
    run = attempts.cells.get(message.number)
    if run is None:
        raise EndedError("spoke of a cell that there is not")
    outputs = tuple(_checked(output) for output in message.outputs)
    if message.status == "updated":
        attempts.cells[message.number] = replace(run, outputs=outputs)
        return
    if message.status not in ("ok", "error", "skipped"):
        raise EndedError("sent an unknown status")
    status: CellStatus = "ok"
    if message.status == "skipped":
        status = attempts.skip.get(message.number, "skipped")
    elif message.status == "error":
        status = "memory" if message.error == "MemoryError" else "error"
    attempts.cells[message.number] = CellRun(
        message.number, status, outputs, message.execution_count, message.error[:200]
    )


_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "stream": {"name": str, "text": str},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict, "execution_count": (int, type(None))},
    "error": {"ename": str, "evalue": str, "traceback": list},
}


def _checked(output: dict[str, Any]) -> dict[str, Any]:
    """An output of nbformat 4 with exactly its fields.

    Raises:
        EndedError: it is none.
    """
    kind = output.get("output_type")
    fields = _FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        raise EndedError("sent what is not an output")
    for name, types in fields.items():
        if not isinstance(output.get(name), types):
            raise EndedError("sent what is not an output")
    if kind == "error" and not all(isinstance(line, str) for line in output["traceback"]):
        raise EndedError("sent what is not an output")
    return {"output_type": kind} | {name: output[name] for name in fields}


def _blame(attempts: _Attempts, current: int, status: CellStatus, cells: int) -> None:
    """Leave the cell out next time; after too many of them, all that follow too."""
    if current:
        attempts.skip.setdefault(current, status)
    if attempts.processes >= REPETITIONS or not current:
        _leave_out_rest(attempts, current, cells)


def _leave_out_rest(attempts: _Attempts, current: int, cells: int) -> None:
    for number in range(current + 1, cells + 1):
        attempts.skip.setdefault(number, "not-run")


def _cell_flags(cells: dict[int, CellRun]) -> Iterator[str]:
    names = {"timeout": "timeout", "died": "exited", "memory": "memory"}
    for number, run in sorted(cells.items()):
        if run.status in names:
            yield f"{names[run.status]}:cell {number}"


def _ask_all(
    runner: RunnerProcess,
    probes: Sequence[Probe],
    conditions: Conditions,
    key: str,
    outcomes: dict[str, Outcome],
    unanswerable: dict[str, OutcomeStatus],
    alone: bool,
) -> list[Probe]:
    """Ask one probe after the other. Returns those left when the process has ended."""
    keys = {name: outcome.key for name, outcome in outcomes.items()}

    def note(probe: Probe, make: Callable[[str], Outcome]) -> None:
        keys[probe.id] = outcome_key(key, probe, keys)
        outcomes[probe.id] = make(keys[probe.id])

    for place, probe in enumerate(probes):
        ended = unanswerable.get(probe.target)
        if ended is not None:
            # it would end this process as well, and cost the same time again
            reason = f"an earlier call of {probe.target} ended its process"
            note(probe, lambda k, s=ended, r=reason: Outcome(k, s, error=r))  # type: ignore[misc]
            continue
        try:
            args, kwargs = _filled_in(probe, outcomes)
        except LookupError as error:
            note(probe, lambda k, e=error: Outcome(k, "not-asked", error=str(e)))  # type: ignore[misc]
            continue
        cpu_before = runner.cpu_seconds() or 0.0
        status: OutcomeStatus
        try:
            outcome = _ask(runner, probe, args, kwargs, conditions.limits)
        except LateError:
            used = runner.cpu_seconds()
            waited = used is None or used - cpu_before < BUSY * conditions.limits.probe_seconds
            if not alone and waited:
                raise SuspectTimeoutError from None
            status, why = "timeout", f"no answer within {conditions.limits.probe_seconds:g} s"
        except EndedError as error:
            status, why = "died", f"its process {error.why}"
        else:
            note(probe, lambda k, o=outcome: replace(o, key=k))  # type: ignore[misc]
            continue
        unanswerable[probe.target] = status
        note(probe, lambda k, s=status, w=why: Outcome(k, s, error=w))  # type: ignore[misc]
        return list(probes[place + 1 :])
    return []


def _filled_in(
    probe: Probe, outcomes: dict[str, Outcome]
) -> tuple[list[Argument], list[tuple[str, Argument]]]:
    """The arguments, with earlier outcomes in their places.

    Raises:
        LookupError: an earlier outcome has no value.
    """

    def fill(argument: Argument) -> Argument:
        if not isinstance(argument, OutcomeOf):
            return argument
        earlier = outcomes.get(argument.probe)
        if earlier is None or earlier.status != "returned":
            raise LookupError("it needs a value that was not there")
        try:
            return item_at(earlier.value, argument.path)
        except LookupError:
            raise LookupError("it needs a value that was not there") from None

    return [fill(arg) for arg in probe.args], [(name, fill(arg)) for name, arg in probe.kwargs]


def _ask(
    runner: RunnerProcess,
    probe: Probe,
    args: list[Argument],
    kwargs: list[tuple[str, Argument]],
    limits: Limits,
) -> Outcome:
    if runner.has_message():
        raise EndedError("answered before it was asked")
    nonce = secrets.token_hex(8)
    runner.send(
        wire.Ask(
            nonce=nonce,
            target=probe.target,
            call=probe.call,
            args=tuple(argument_to_wire(arg) for arg in args),
            kwargs=tuple((name, argument_to_wire(arg)) for name, arg in kwargs),
            count_work=probe.count_work,
        )
    )
    reply = runner.receive(limits.probe_seconds)
    if not isinstance(reply, wire.Reply) or reply.nonce != nonce:
        raise EndedError("gave an answer to another question")
    return _outcome(reply)


_REPLIES: dict[str, OutcomeStatus] = {
    "returned": "returned",
    "raised": "raised",
    "missing": "missing",
    "not-callable": "not-callable",
    "memory": "memory",
    "too-large": "too-large",
    "not-asked": "not-asked",
}


def _outcome(reply: wire.Reply) -> Outcome:
    status = _REPLIES.get(reply.status)
    if status is None:
        raise EndedError("sent an unknown status")
    try:
        value = value_from_wire(reply.value)
    except BadValueError as error:
        raise EndedError(f"sent {error}") from None
    return Outcome(
        key="",
        status=status,
        value=value,
        error=reply.error[:500],
        where=reply.where[:300],
        printed=reply.printed[:500],
        mutated=reply.mutated[:20],
        work=reply.work,
        remarks=tuple(remark[:100] for remark in reply.remarks[:5]),
    )
