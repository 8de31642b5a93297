"""Where our own CPU goes, by what is run and by which process runs it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.execute import cells
from benchmarks.execute.contenders import OURS, Turn, running

PROCESSES = ("supervisor", "warm, guard", "student's", "all")


def profiled(notebooks: int) -> str:
    """A table of medians over so many submissions of each kind, in turns.

    A row less the one above it is what the row adds. The student's process is what its guard
    waited for; what the supervisor and it did not take is the warm process's (its fork), the
    guard's (the walls, the second fork, the end of it all) and the init's.

    Raises:
        ContenderError: one could not be run.
    """
    kinds = {
        "no cells: forks, walls": [],
        "+ shell, seven times": ["None"] * 7,
        "+ the seven cells": cells.cells(1, plot=False),
        "+ a line plot": cells.cells(1, plot=True),
    }
    turns: dict[str, list[Turn]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name:
        folder = Path(name)
        for place, sources in enumerate(kinds.values()):
            (folder / f"{place}.ipynb").write_text(cells.notebook(sources))
        with running(OURS, folder) as ours:
            for number in range(notebooks + 1):
                for place, kind in enumerate(kinds):
                    turn = ours.run(str(place))
                    if number:
                        turns[kind].append(turn)
    head = "".join(f"{process:>13}" for process in PROCESSES)
    rows = [f"{kind:24}{_row(of)}" for kind, of in turns.items()]
    return "\n".join([f"{'CPU ms, median of ' + str(notebooks):24}{head}", *rows])


def _row(turns: list[Turn]) -> str:
    supervisor = [turn.cpu_seconds_of["supervisor"] for turn in turns]
    student = [turn.cpu_seconds_of["student"] for turn in turns]
    everything = [turn.cpu_seconds for turn in turns]
    rest = [all_ - a - b for all_, a, b in zip(everything, supervisor, student, strict=True)]
    return "".join(f"{1000 * median(of):13.1f}" for of in (supervisor, rest, student, everything))
