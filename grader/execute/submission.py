"""Runs one notebook and asks it the probes, whatever it does.

A process that hangs, dies or sends nonsense is replaced. The notebook is then run again without
the cell that was to blame (its imports and functions are still made, unless they end the process
too); a probe that ended its process is not asked again, and the others are asked in a fresh one.
All of it a bounded number of times.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from grader.execute.conditions import Conditions
from grader.execute.keys import conditions_key, notebook_key, probe_keys, run_key
from grader.execute.notebook import code_cells
from grader.execute.process import EndedError, LateError, Process, now
from grader.execute.sandbox import Start
from grader.execute.stopped import with_cause
from grader.execute.values import (
    BadValueError,
    Payload,
    argument_to_wire,
    item_at,
    value_from_wire,
)
from grader.execute.worker import START_SECONDS, WorkerError
from grader.records.evidence import (
    CellRun,
    CellStatus,
    Evidence,
    Measurement,
    Outcome,
    OutcomeStatus,
    Run,
)
from grader.records.limits import MEGABYTE, Limits
from grader.records.probes import Argument, OutcomeOf, Probe
from grader.runner import wire

REPETITIONS = 4
"""So many cells can hang or die, one by one, before all that follows is left out."""

BUSY = 0.5
"""A process that used so much of its time limit as CPU was computing, not waiting for its turn."""


RESULTS = 4
"""So many times the limit of one result is the limit of all that a submission returns."""


class SuspectTimeoutError(Exception):
    """A wall-clock limit was passed without using the CPU: perhaps only the machine was busy."""


@dataclass
class _Attempts:
    """What is known of a notebook after the processes that it has ended so far."""

    skip: dict[int, CellStatus] = field(default_factory=dict)
    emptied: set[int] = field(default_factory=set)  # of those: their definitions ended it too
    cells: dict[int, CellRun] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)  # of what was sent for each cell
    flags: list[str] = field(default_factory=list)
    out_of_time: bool = False
    environment: str = ""
    processes: int = 0
    cpu_seconds: float = 0.0
    result_bytes: int = 0
    began: float = 0.0  # when the process that runs began with the cells


def execute(
    notebook: Any,
    probes: Sequence[Probe],
    conditions: Conditions,
    start: Start,
    *,
    earlier: Mapping[str, Outcome] | None = None,
    sandbox: str = "off",
    alone: bool = True,
) -> Evidence:
    """Run a notebook's cells and ask the probes, in processes of their own.

    Args:
        notebook: an nbformat 4 notebook, as `read_notebook` gives it.
        start: how a process is started.
        earlier: what this run gave before for other probes, by their ids: arguments may name it.
        sandbox: what `start` puts around it, for the measurement.
        alone: whether a wall-clock time-out is believed at once.

    Raises:
        SuspectTimeoutError: not `alone`, and a limit passed that load may explain.
        StoppedError: the batch is being stopped.
        WorkerError: no process could be had.
    """
    started = now()
    cells = code_cells(notebook)
    attempts = _Attempts()
    outcomes = dict(earlier or {})
    keys = probe_keys(probes, {name: outcome.probe for name, outcome in outcomes.items()})
    unanswerable: dict[str, OutcomeStatus] = {}
    first_run: dict[int, CellRun] | None = None
    left = list(probes)
    key = ""
    while first_run is None or (left and attempts.processes < REPETITIONS * 2 + 2):
        with start(conditions.limits) as process:
            attempts.processes += 1
            ready = _run_cells(process, cells, conditions, attempts, alone)
            if ready or attempts.processes > REPETITIONS + 1:
                if first_run is None:
                    first_run = dict(attempts.cells)
                    key = run_key(
                        notebook_key(cells), conditions_key(conditions), attempts.environment
                    )
                if ready:
                    left = _ask_all(
                        process, left, conditions, keys, outcomes, unanswerable, attempts, alone
                    )
        attempts.cpu_seconds += process.cpu_seconds() or 0.0
        if first_run is not None and not ready:
            break
    for probe in left:
        said = "the notebook could not be run so far"
        outcomes[probe.id] = Outcome(keys[probe.id], "not-run", error=said)
    assert first_run is not None
    runs = tuple(first_run[number] for number in range(1, len(cells) + 1))
    for probe in probes:
        outcomes[probe.id] = with_cause(outcomes[probe.id], probe.target, cells, runs)
    run = Run(
        key,
        runs,
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
        sandbox=sandbox,
        processes=attempts.processes,
    )
    return Evidence(run, {probe.id: outcomes[probe.id] for probe in probes}, measurement)


def _run_cells(
    process: Process,
    cells: Sequence[str],
    conditions: Conditions,
    attempts: _Attempts,
    alone: bool,
) -> bool:
    """Run all cells once. True if the process is ready for probes; else `attempts` says more."""
    limits = conditions.limits
    attempts.sizes = {}
    attempts.cells = {
        number: CellRun(number, attempts.skip.get(number, "not-run"))
        for number in range(1, len(cells) + 1)
    }
    current = 0
    try:
        ready = _first_message(process, alone)
        if not isinstance(ready, wire.Ready):
            raise EndedError("spoke out of turn")
        attempts.environment = ready.environment[:500]
        process.send(_begin(cells, conditions, attempts))
        attempts.began = cell_began = now()
        total_deadline = now() + limits.total_seconds
        for _ in range(_most_messages(cells)):
            cell_deadline = cell_began + limits.cell_seconds
            received = process.receive(min(cell_deadline, total_deadline) - now())
            message = received.content
            cell_began = now()
            if isinstance(message, wire.CellStarted):
                if not 1 <= message.number <= len(cells):
                    raise EndedError("spoke of a cell that there is not")
                current = message.number
            elif isinstance(message, wire.CellDone):
                _take_cell(message, attempts)
                attempts.sizes[message.number] = received.size
                _check_output(attempts, limits)
            elif isinstance(message, wire.Finished):
                attempts.flags = [flag[:200] for flag in message.flags[:50]]
                return True
            else:
                raise EndedError("spoke out of turn")
        raise EndedError("never stopped talking")
    except LateError:
        if not alone and _was_waiting(process, attempts, cell_began, limits.cell_seconds):
            raise SuspectTimeoutError from None
        if now() >= total_deadline:
            attempts.out_of_time = True
            _leave_out_rest(attempts, max(0, current - 1), len(cells))
        else:
            _blame(attempts, current, "timeout", len(cells))
    except EndedError as error:
        _blame(attempts, current, _ENDED_BY.get(error.limit, "died"), len(cells))
    return False


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


def _check_output(attempts: _Attempts, limits: Limits) -> None:
    """The runner caps what cells print; whoever has replaced the runner is capped here.

    Raises:
        EndedError: all outputs together are far over the limit.
    """
    if sum(attempts.sizes.values()) > 4 * limits.notebook_output_bytes + MEGABYTE:
        raise EndedError("showed more than a notebook may")


_ENDED_BY: dict[str, Literal["timeout", "memory"]] = {"memory": "memory", "cpu": "timeout"}


def _was_waiting(process: Process, attempts: _Attempts, since: float, limit_seconds: float) -> bool:
    """Whether a process that is late may only have waited for its turn on a busy machine.

    What it used before `since` cannot be more CPU than time had passed, so the rest is the least
    that it has used after.
    """
    used = process.cpu_seconds()
    return used is None or used - (since - attempts.began) < BUSY * limit_seconds


def _begin(cells: Sequence[str], conditions: Conditions, attempts: _Attempts) -> wire.Begin:
    limits = conditions.limits
    return wire.Begin(
        cells=tuple(
            "" if number in attempts.emptied else source for number, source in enumerate(cells, 1)
        ),
        skip=tuple(sorted(attempts.skip)),
        prelude=conditions.prelude,
        data_files=tuple(name for name, _ in conditions.files),
        seed=conditions.seed,
        output_bytes=limits.output_bytes,
        notebook_output_bytes=limits.notebook_output_bytes,
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
        message.number, status, outputs, message.execution_count, _said(message.error, outputs)
    )


def _said(name: str, outputs: Sequence[dict[str, Any]]) -> str:
    """The first line of an error; its name alone where the cell shows none."""
    for output in outputs if name else ():
        if output["output_type"] == "error" and output["ename"] == name:
            first, *_ = output["evalue"].strip().splitlines() or [""]
            return (f"{name}: {first}" if first else name)[:200]
    return name[:200]


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
    if not _is_json(output):
        raise EndedError("sent what is not an output")
    return {"output_type": kind} | {name: output[name] for name in fields}


JSON_DEPTH = 30
JSON_ITEMS = 100_000
"""Of one output; an interactive plot with tens of thousands of points has so many. An empty object
is one byte of a message, and 64 of memory."""


def _is_json(output: dict[str, Any]) -> bool:
    """Whether it can be written as JSON, and is neither too deep nor made of too much."""
    layer: list[Any] = [output]
    items = 0
    for _ in range(JSON_DEPTH):
        below: list[Any] = []
        for thing in layer:
            if isinstance(thing, dict):
                if not all(isinstance(key, str) for key in thing):
                    return False
                below += thing.values()
            elif isinstance(thing, list):
                below += thing
            elif not (thing is None or isinstance(thing, (str, int, float))):  # and bool
                return False
        items += len(below)
        if not below or items > JSON_ITEMS:
            return items <= JSON_ITEMS
        layer = below
    return False


def _blame(attempts: _Attempts, current: int, status: CellStatus, cells: int) -> None:
    """Leave the cell out next time; after too many of them, all that follow too."""
    if current in attempts.skip:
        attempts.emptied.add(current)
    elif current:
        attempts.skip[current] = status
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
    process: Process,
    probes: Sequence[Probe],
    conditions: Conditions,
    keys: Mapping[str, str],
    outcomes: dict[str, Outcome],
    unanswerable: dict[str, OutcomeStatus],
    attempts: _Attempts,
    alone: bool,
) -> list[Probe]:
    """Ask one probe after the other. Returns those left when the process has ended."""
    for place, probe in enumerate(probes):
        ended = unanswerable.get(probe.target)
        if ended is not None:
            # it would end this process as well, and cost the same time again
            reason = f"an earlier call of {probe.target} ended its process"
            outcomes[probe.id] = Outcome(keys[probe.id], ended, error=reason)
            continue
        try:
            args, kwargs = _filled_in(probe, outcomes)
        except LookupError as error:
            outcomes[probe.id] = Outcome(keys[probe.id], "not-asked", error=str(error))
            continue
        asked = now()
        limit = conditions.limits.probe_seconds
        status: OutcomeStatus
        try:
            outcome = _ask(process, probe, args, kwargs, limit, attempts)
        except LateError:
            if not alone and _was_waiting(process, attempts, asked, limit):
                raise SuspectTimeoutError from None
            status, why = "timeout", f"no answer within {limit:g} s"
        except EndedError as error:
            status, why = _ENDED_BY.get(error.limit, "died"), f"its process {error.why}"
        else:
            if attempts.result_bytes > RESULTS * conditions.limits.result_bytes:
                outcome = Outcome("", "too-large", error="all its results together")
            outcomes[probe.id] = replace(outcome, probe=keys[probe.id])
            continue
        unanswerable[probe.target] = status
        outcomes[probe.id] = Outcome(keys[probe.id], status, error=why)
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
    process: Process,
    probe: Probe,
    args: list[Argument],
    kwargs: list[tuple[str, Argument]],
    limit_seconds: float,
    attempts: _Attempts,
) -> Outcome:
    if process.has_message():
        raise EndedError("answered before it was asked")
    nonce = secrets.token_hex(8)
    process.send(
        wire.Ask(
            nonce=nonce,
            target=probe.target,
            call=probe.call,
            args=tuple(argument_to_wire(arg) for arg in args),
            kwargs=tuple((name, argument_to_wire(arg)) for name, arg in kwargs),
            count_work=probe.count_work,
        )
    )
    message = process.receive(limit_seconds)
    reply = message.content
    if not isinstance(reply, wire.Reply) or reply.nonce != nonce:
        raise EndedError("gave an answer to another question")
    attempts.result_bytes += message.size
    return _outcome(reply, message.payload)


_REPLIES: dict[str, OutcomeStatus] = {
    "returned": "returned",
    "raised": "raised",
    "missing": "missing",
    "not-callable": "not-callable",
    "memory": "memory",
    "too-large": "too-large",
    "not-asked": "not-asked",
}


def _outcome(reply: wire.Reply, payload: bytes) -> Outcome:
    status = _REPLIES.get(reply.status)
    if status is None:
        raise EndedError("sent an unknown status")
    try:
        value = value_from_wire(reply.value, Payload(payload))
    except BadValueError as error:
        raise EndedError(f"sent {error}") from None
    return Outcome(
        probe="",
        status=status,
        value=value,
        error=reply.error[:500],
        where=reply.where[:300],
        printed=reply.printed[:500],
        mutated=reply.mutated[:20],
        work=reply.work,
        remarks=tuple(remark[:100] for remark in reply.remarks[:5]),
    )
