"""The contenders, each in a process of its own that runs one submission for each line it reads.

    python drivers.py NAME FOLDER

A line is the name of a submission: FOLDER has it as NAME.ipynb and NAME.py. The answer is a line of
JSON: the seconds that it took, and an error or nothing. This file is run by the interpreters of
other graders too, so it imports nothing of ours before it is known to be us.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TextIO

Run = Callable[[str], str]
"""Run the submission of that name. Returns what went wrong, or nothing."""


def serve(run: Run, said: TextIO) -> None:
    for line in sys.stdin:
        began = time.perf_counter()
        error = run(line.strip())
        _answer(said, time.perf_counter() - began, error)


def _answer(said: TextIO, wall_seconds: float, error: str, **more: Any) -> None:
    answer = {"wall_seconds": wall_seconds, "error": error} | more
    print(json.dumps(answer), file=said, flush=True)


def ours(folder: Path, said: TextIO) -> None:
    """`execute_all` with one job, given a submission whenever the last one is done with.

    With one job it opens a notebook when everything of the one before is gone; so that is where
    the next line is waited for.
    """
    from grader.execute import Asked, Conditions, execute_all, read_notebook
    from grader.records.limits import Limits

    taken = threading.Event()
    error = ""
    began = began_cpu = student = 0.0

    def next_notebook(number: int) -> Any:
        nonlocal began, began_cpu
        if number:
            taken.wait()  # `execute_all` has given out what came of the one before
            taken.clear()
            wall = time.perf_counter() - began
            parts = {"supervisor": time.process_time() - began_cpu, "student": student}
            _answer(said, wall, error, cpu_seconds_of=parts)
        name = sys.stdin.readline().strip()
        began, began_cpu = time.perf_counter(), time.process_time()
        if not name:
            raise EOFError
        return Asked(read_notebook(folder / f"{name}.ipynb"), ())

    conditions = Conditions(Limits())
    results = execute_all(count(), next_notebook, conditions, jobs=1, sandbox="full")
    for done in results:
        if isinstance(done.failure, EOFError):
            taken.set()  # another one waits already, and will find the same
            return
        if done.evidence is None:
            error = repr(done.failure)
        else:
            states = [cell.status for cell in done.evidence.run.cells]
            error = "" if set(states) <= {"ok"} else str(states)
            student = done.evidence.measurement.cpu_seconds or 0.0
        taken.set()


def floor(folder: Path, said: TextIO) -> None:
    """The cells alone: `exec` in a fork of a process that has run such a notebook before.

    No walls, no shell, no outputs: what no grader can go below.
    """
    import gc

    import matplotlib.pyplot  # noqa: F401
    import pandas  # noqa: F401

    def cells(name: str) -> None:
        notebook = json.loads((folder / f"{name}.ipynb").read_text())
        space: dict[str, Any] = {"__name__": "__main__"}
        for number, cell in enumerate(notebook["cells"], start=1):
            exec(compile(cell["source"], f"<cell {number}>", "exec"), space)

    warmed = False

    def run(name: str) -> str:
        nonlocal warmed
        if not warmed:
            cells(name)
            gc.collect()
            gc.freeze()
            warmed = True
        child = os.fork()
        if child == 0:
            status = 1
            try:
                cells(name)
                status = 0
            finally:
                os._exit(status)
        return "" if os.waitpid(child, 0)[1] == 0 else "it failed"

    serve(run, said)


def script(folder: Path, said: TextIO) -> None:
    """`python NAME.py`: the same cells as a program; a figure is made and not rendered."""
    serve(lambda name: _command([sys.executable, str(folder / f"{name}.py")]), said)


def nbclient(folder: Path, said: TextIO) -> None:
    """A fresh kernel for each notebook, and nbclient imported once for all."""
    import nbformat
    from nbclient import NotebookClient

    def run(name: str) -> str:
        notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
        return ""

    serve(run, said)


def nbgrader(folder: Path, said: TextIO) -> None:
    """What `nbgrader autograde` does for each student, imported once for all; with one test cell,
    without which it has nothing to grade."""
    from nbgrader.apps import NbGraderAPI  # type: ignore[import-not-found]
    from traitlets.config import Config

    course = folder / "nbgrader"
    (course / "source" / "ps1").mkdir(parents=True)
    config = Config()
    config.CourseDirectory.root = str(course)
    config.ClearSolutions.enforce_metadata = False
    api = NbGraderAPI(config=config)

    def put(name: str, place: Path) -> None:
        notebook = json.loads((folder / f"{name}.ipynb").read_text())
        test = {"grade": True, "grade_id": "t1", "locked": True, "points": 1, "solution": False,
                "task": False, "schema_version": 3, "cell_type": "code"}  # fmt: skip
        last = notebook["cells"][-1]
        notebook["cells"].append(
            last | {"source": "assert w > 0", "metadata": {"nbgrader": test}, "outputs": []}
        )
        place.mkdir(parents=True, exist_ok=True)
        (place / "n.ipynb").write_text(json.dumps(notebook))

    def run(name: str) -> str:
        if not (course / "release").exists():
            put(name, course / "source" / "ps1")
            made = api.generate_assignment("ps1")
            if not made["success"]:
                return str(made)[-300:]
        put(name, course / "submitted" / name / "ps1")
        done = api.autograde("ps1", name)
        return "" if done["success"] else str(done)[-300:]

    serve(run, said)


def otter(folder: Path, said: TextIO) -> None:
    """`otter run`, a command for each notebook; with one test, without which it does not run."""
    case = {"code": ">>> bool(w > 0)\nTrue", "hidden": False, "locked": False}
    suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    test = {"name": "q1", "points": 1, "suites": [suite]}
    own = folder / "otter"
    (own / "tests").mkdir(parents=True)
    (own / "tests" / "q1.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    program = str(Path(sys.executable).parent / "otter")
    error = _command(
        [program, "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], own
    )

    def run(name: str) -> str:
        results = own / name
        results.mkdir()
        command = [program, "run", "-a", str(own / "autograder.zip"), "-o", str(results)]
        failed = error or _command([*command, str(folder / f"{name}.ipynb")], own)
        done = results / "results.json"
        return failed or ("" if done.exists() else "it left no results")

    serve(run, said)


def _command(command: list[str], folder: Path | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
    )
    return f"{command[0]}: exit status {done.returncode}" if done.returncode else ""


DRIVERS = {driver.__name__: driver for driver in (ours, script, floor, nbclient, nbgrader, otter)}


@contextmanager
def _own_stdout() -> Iterator[TextIO]:
    """The pipe for answers; what anybody else prints goes to stderr."""
    with os.fdopen(os.dup(1), "w") as said:
        os.dup2(2, 1)
        yield said


if __name__ == "__main__":
    shutil.rmtree(Path(sys.argv[2]) / sys.argv[1], ignore_errors=True)
    with _own_stdout() as own:
        DRIVERS[sys.argv[1]](Path(sys.argv[2]), own)
