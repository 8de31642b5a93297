"""Runs one notebook and asks it the probes, whatever it does.

A process that hangs, dies or sends nonsense is replaced. The notebook is then run again without
the cell that was to blame (its imports and functions are still made, unless they end the process
too); a probe that ended its process is not asked again, and the others are asked in a fresh one.
All of it a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.execute.asking import Answers, ask_all, not_asked
from grader.execute.conditions import Conditions
from grader.execute.keys import conditions_key, notebook_key, probe_keys, run_key
from grader.execute.notebook import code_cells
from grader.execute.process import now
from grader.execute.running import LeftOut, Pass, run_cells
from grader.execute.sandbox import Start
from grader.execute.stopped import with_causes
from grader.records.evidence import CellRun, Evidence, Measurement, Outcome, Run
from grader.records.probes import Probe

REPETITIONS = 4
"""So many cells can hang or die, one by one, before all that follows is left out."""


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
    left_out = LeftOut()
    kept: Pass | None = None  # whose cells are the run's
    answers = Answers(tuple(probes), earlier or {})
    keys = probe_keys(probes, {name: outcome.probe for name, outcome in answers.outcomes.items()})
    key = environment = ""
    flags: tuple[str, ...] = ()
    out_of_time = False
    processes = 0
    cpu_seconds = 0.0
    while kept is None or (answers.left and processes < REPETITIONS * 2 + 2):
        with start(conditions.limits) as process:
            processes += 1
            done = run_cells(process, cells, conditions, left_out, alone=alone)
            left_out = _left_out_after(done, left_out, all_that_follow=processes >= REPETITIONS)
            environment = done.environment or environment
            out_of_time = out_of_time or done.ended == "out-of-time"
            if kept is None and (done.is_ready or processes > REPETITIONS + 1):
                kept = done
                key = run_key(notebook_key(cells), conditions_key(conditions), environment)
            if done.is_ready:
                flags = done.flags
                answers = ask_all(
                    process, answers, keys, conditions.limits, began=done.began, alone=alone
                )
        cpu_seconds += process.cpu_seconds() or 0.0
        if kept is not None and not done.is_ready:
            break
    answers = not_asked(answers, keys)
    outcomes = with_causes(answers.outcomes, probes, cells, kept.cells)
    run = Run(
        key,
        kept.cells,
        (
            *_cell_flags(kept.cells),
            *(["timeout:notebook"] if out_of_time else []),
            *dict.fromkeys(flags),
        ),
        environment,
    )
    measurement = Measurement(
        wall_seconds=now() - started,
        cpu_seconds=cpu_seconds,
        sandbox=sandbox,
        processes=processes,
        slowest_cell=kept.slowest[0],
        slowest_seconds=kept.slowest[1],
    )
    return Evidence(run, outcomes, measurement)


def _left_out_after(done: Pass, left_out: LeftOut, *, all_that_follow: bool) -> LeftOut:
    """What the next process leaves out: the cell that was to blame for the end of this one.

    Args:
        all_that_follow: it was one too many of them.
    """
    cells = len(done.cells)
    if done.ended is None:
        return left_out
    if done.ended == "out-of-time":
        return left_out.with_following(max(0, done.at - 1), cells)
    if done.at:
        left_out = left_out.with_cell(done.at, done.ended)
    return left_out.with_following(done.at, cells) if all_that_follow or not done.at else left_out


def _cell_flags(cells: Sequence[CellRun]) -> Iterator[str]:
    names = {"timeout": "timeout", "died": "exited", "memory": "memory"}
    for cell in cells:
        if cell.status in names:
            yield f"{names[cell.status]}:cell {cell.number}"
