"""Runs hostile and honest notebooks mixed, as a supervisor of its own; writes what came of them.

    python -m tests.adversarial.batch OUT SANDBOX JOBS [SECRET]

It runs as a process of its own so that it can also be run as another user, and so that whatever it
leaves behind can be counted.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
import numpy as np

from grader.execute import Asked, Conditions, Sandbox, execute_all, executed
from grader.records.evidence import Evidence, Outcome
from grader.records.limits import MEGABYTE, Limits
from grader.records.probes import Probe
from grader.records.values import Array, Mapping, Refused, Value, value_of
from grader.records.values import Sequence as Items
from tests.adversarial.attacks import PRELUDE, Attack

X = np.array([1.0, 2.0, 5.0])
HONEST = {"answer": 30.0, "second": [2.0, 4.0, 10.0], "again": 30.0}

LIMITS = Limits(
    cell_seconds=1.5,
    total_seconds=10.0,
    probe_seconds=1.5,
    cpu_seconds=20.0,
    output_bytes=100_000,
    notebook_output_bytes=400_000,
    result_bytes=MEGABYTE,
    memory_bytes=250 * MEGABYTE,
    file_bytes=8 * MEGABYTE,
    work_bytes=16 * MEGABYTE,
    files=500,
)

HONEST_CELLS = (
    "import numpy as np, pandas as pd, os, sys, threading, warnings, signal, builtins, matplotlib\n"
    "CANARY = '{token}'\n"
    "mine = sorted(n for n in os.listdir('/proc') if n.isdigit())\n"
    "print(os.getcwd(), sorted(os.listdir('.')), sorted(os.listdir('/tmp')), sorted(os.environ.items()), sys.path)\n"
    "print(sys.getrecursionlimit(), sys.getswitchinterval(), threading.active_count(), os.umask(0o22), len(mine), hasattr(builtins, 'poison'))\n"
    "print(np.geterr(), np.get_printoptions()['precision'], pd.options.display.max_rows, len(warnings.filters), signal.getsignal(signal.SIGINT))\n"
    "print(matplotlib.rcParams['figure.dpi'], matplotlib.rcParams['figure.figsize'], np.dot.__module__, 1 + 1)\n",
    "x = np.random.rand(5)\nprint(x.sum(), hash('text'))\npd.DataFrame({'x': x}).describe()",
    "import matplotlib.pyplot as plt\nplt.plot(x); plt.show()\nopen('/tmp/mine', 'w').write('x'); open('mine', 'w').write('x')",
    "def answer(x, word): return float((x * x).sum())\ndef second(x): return 2.0 * x",
)

SMALL_CELLS = ("import numpy as np\nprint(np.random.rand(5).sum())", HONEST_CELLS[-1])


def probes(hidden: str) -> tuple[Probe, ...]:
    return (
        Probe("seen", "seen", call=False),
        Probe("answer", "answer", (value_of(X), hidden)),
        Probe("second", "second", (value_of(X),)),
        Probe("again", "answer", (value_of(X), hidden)),
    )


def notebook(*cells: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def honest() -> tuple[str, ...]:
    token = os.environ.get("CANARY_HAND_IN", "")
    return tuple(cell.replace("{token}", token) for cell in HONEST_CELLS)


def hostile(attack: Attack) -> tuple[str, ...]:
    """Its cells; what it wants to reach is told to it: that it cannot be guessed is no wall."""
    paths = json.loads(os.environ.get("CANARY_PATHS", "[]"))
    known = f"known_paths = {paths!r}; known_pids = {[os.getpid(), os.getppid()]}\n"
    return tuple(known + cell if "known_" in cell else cell for cell in attack.cells)


def mixed(attacks: Sequence[Attack]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each attack between two honest notebooks."""
    yield "honest 0", honest()
    for number, attack in enumerate(attacks, start=1):
        yield attack.name, hostile(attack)
        if not attack.name.startswith("siblings: one"):  # the other one has to run beside it
            yield f"honest {number}", honest()


def many(attacks: Sequence[Attack]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A hundred small honest notebooks, and these after each fifth."""
    for number in range(100):
        yield f"honest {number}", SMALL_CELLS
        if number % 5 == 0 and number // 5 < len(attacks):
            yield attacks[number // 5].name, hostile(attacks[number // 5])


def run(
    works: Sequence[tuple[str, tuple[str, ...]]], sandbox: Sandbox, jobs: int, limits: Limits
) -> dict[str, Any]:
    """Everything that came of each work, as plain JSON."""
    conditions = Conditions(limits, (("data.csv", b"1,2\n"),), PRELUDE)
    hidden = os.environ.get("CANARY_HIDDEN", "")
    results: dict[str, Any] = {}
    opened = {name: notebook(*cells) for name, cells in works}
    began = time.monotonic()
    for done in execute_all(
        list(opened),
        lambda name: Asked(opened[name], probes(hidden)),
        conditions,
        jobs=jobs,
        sandbox=sandbox,
    ):
        results[done.work] = (
            {"failure": f"{type(done.failure).__name__}: {done.failure}"}
            if done.evidence is None
            else plain(done.evidence) | {"notebook": _written(opened[done.work], done.evidence)}
        )
    return {
        "results": results,
        "seconds": time.monotonic() - began,
        "peak_kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def _written(source: nbformat.NotebookNode, evidence: Evidence) -> bool:
    """Whether the executed notebook can be written, as the pages need it."""
    try:
        nbformat.writes(executed(source, evidence.run, Limits()))
    except Exception:
        return False
    return True


def plain(evidence: Evidence) -> dict[str, Any]:
    run = evidence.run
    return {
        "key": run.key,
        "flags": run.flags,
        "environment": run.environment,
        "cells": [
            [cell.number, cell.status, cell.outputs, cell.execution_count, cell.error]
            for cell in run.cells
        ],
        "outcomes": {name: _outcome(outcome) for name, outcome in evidence.outcomes.items()},
        "wall_seconds": evidence.measurement.wall_seconds,
        "processes": evidence.measurement.processes,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "probe": outcome.probe,
        "status": outcome.status,
        "value": _value(outcome.value),
        "error": outcome.error,
        "where": outcome.where,
        "printed": outcome.printed,
        "mutated": outcome.mutated,
        "work": outcome.work,
        "remarks": outcome.remarks,
    }


def _value(value: Value) -> Any:
    """Plain data, told apart by type; of large arrays the beginning."""
    if isinstance(value, Array):
        assert type(value.data) is np.ndarray
        flat = value.data.ravel()[:100]
        return {"shape": value.data.shape, "dtype": str(value.data.dtype), "hex": flat.tobytes().hex(), "numbers": [repr(n) for n in flat.tolist()], "origin": value.origin}  # fmt: skip
    if isinstance(value, Items):
        return {"items": [_value(item) for item in value.items[:100]], "origin": value.origin}
    if isinstance(value, Mapping):
        return {"keys": [[key[:100], _value(item)] for key, item in value.items[:100]]}
    if isinstance(value, Refused):
        return {"refused": value.origin, "reason": value.reason}
    return value


def watched(
    command: Sequence[str], environment: dict[str, str], seconds: float
) -> tuple[int, str, list[str]]:
    """Run a command; give its exit status, what it said, and the processes that it left."""
    code = (
        "import ctypes, subprocess, sys, time\n"
        "ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"  # PR_SET_CHILD_SUBREAPER: orphans come here
        "status = subprocess.call(sys.argv[1:])\n"
        "time.sleep(0.3)\n"
        "import os\n"
        "left = open(f'/proc/self/task/{os.getpid()}/children').read().split()\n"
        "stats = [open(f'/proc/{p}/stat').read().split() for p in left]\n"
        "print('LEFT', *[s[1] for s in stats if s[2] not in 'ZX'])\n"  # not only waiting to be reaped
        "sys.exit(status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        env=environment, capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip
    said, _, left = done.stdout.rpartition("LEFT")
    return done.returncode, said + done.stderr, left.split()


def main(out: str, sandbox: Sandbox, jobs: str, which: str, *_: str) -> None:
    from tests.adversarial import attacks

    works = (
        many(getattr(attacks, which))
        if which in ("NOBODY", "TWENTY")
        else mixed(getattr(attacks, which))
    )
    results = run(list(works), sandbox, int(jobs), LIMITS)
    Path(out).write_text(json.dumps(results, default=str), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
