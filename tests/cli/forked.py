"""Runs `grader` commands in forks of a process that has imported what they want.

Each command has a process of its own, with its own folder, arguments, output and exit status, as from
a shell; only the half second of CPU is saved that Python takes to start and to import. Tests of what
a start costs, of environments and of signals start real ones.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MODULES = (
    "grader.cli.show",
    "grader.cli.options",
    "grader.grading",
    "grader.opened",
    "grader.exporting",
    "grader.receipts",
    "grader.validation",
    "grader.similarity",
    "grader.deciding",
    "grader.lateness",
    "grader.gradebook.decisions",
    "grader.gradebook.results",
    "sqlalchemy.dialects.sqlite",
    "grader.report.student_work",
    "nbconvert.filters.markdown_mistune",
    "pygments.lexers",
    "rich.console",
    "lark",
)


class Server:
    """Forks a process for each command; one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.forked"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, arguments: tuple[str, ...], cwd: Path) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            job = {"arguments": arguments, "cwd": str(cwd), "out": str(out), "err": str(err)}
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            status = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(
                ["grader", *arguments], status, out.read_text("utf-8"), err.read_text("utf-8")
            )


def _serve() -> None:
    for name in MODULES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # nothing for a command's collector to look at, and to copy
    replies = os.dup(1)
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            os.close(replies)
            _become(job)
            from grader.cli import main

            main()  # exits
        _, status = os.waitpid(child, 0)
        os.write(replies, f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(job: dict[str, str]) -> None:
    """The process that a shell would have started."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.chdir(job["cwd"])
    sys.argv = ["grader", *job["arguments"]]
    sys.path[0] = job["cwd"]  # as `python -m` has it


if __name__ == "__main__":
    _serve()
