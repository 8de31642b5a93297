"""Who takes part, with which interpreter, and what starts it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.execute.account import (
    Account,
    account,
    held_bytes,
    peak_resident_bytes,
    tree,
)

_VENVS = Path(__file__).parent.parent / ".venvs"
_LIBRARIES = ("numpy", "pandas", "matplotlib")
ANSWER_SECONDS = 300.0
SAMPLE_SECONDS = 0.005


class ContenderError(Exception):
    """It did not do its work; with its name and what it said."""


@dataclass(frozen=True)
class Contender:
    """One way to run a notebook.

    Attributes:
        name: of its driver.
        title: for the table.
        package: whose version is shown; None for the interpreter itself.
        version: of the package that is put into a virtual environment of its own; "" if it runs
            in ours.
        is_slow: it takes part in every fifth round only.
        is_driver: whether the driver's own memory is a part of it, or only starts it.
    """

    name: str
    title: str
    package: str | None
    version: str = ""
    is_slow: bool = False
    is_driver: bool = True


OURS = Contender("ours", "grader, full sandbox", "grader")
SCRIPT = Contender("script", "python script.py", None, is_driver=False)
FLOOR = Contender("floor", "exec in a warm fork", None)
NBCLIENT = Contender("nbclient", "nbclient", "nbclient", is_slow=True)
NBGRADER = Contender("nbgrader", "nbgrader autograde", "nbgrader", "0.9.6", is_slow=True)
OTTER = Contender("otter", "otter run", "otter-grader", "7.0.0", is_slow=True, is_driver=False)

OWN = (OURS, FLOOR, SCRIPT)
PEERS = (NBCLIENT, NBGRADER, OTTER)


def interpreter(contender: Contender) -> str:
    """The path of its Python. Installs what is missing, with the libraries in our versions."""
    if not contender.version:
        return sys.executable
    place = _VENVS / f"{contender.package}-{contender.version}"
    python = place / "bin" / "python"
    ready = place / ".ready"
    if not ready.exists():
        print(f"installing {contender.package} {contender.version} (once)", file=sys.stderr)
        wanted = [f"{contender.package}=={contender.version}", "ipykernel"]
        wanted += [f"{library}=={version(library)}" for library in _LIBRARIES]
        try:
            subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
            pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
            subprocess.run([*pip, *wanted], check=True, stderr=subprocess.PIPE, text=True)
        except subprocess.CalledProcessError as error:
            raise ContenderError(f"{contender.package}: {error.stderr or error}") from error
        ready.touch()
    return str(python)


def version_of(contender: Contender) -> str:
    if contender.version:
        return contender.version
    if contender.package is None:
        return ".".join(map(str, sys.version_info[:3]))
    return version(contender.package)


@dataclass(frozen=True)
class Turn:
    """What one submission took; for us also which of our processes took it."""

    cpu_seconds: float
    wall_seconds: float
    cpu_seconds_of: dict[str, float]


@dataclass
class Running:
    """A contender whose driver waits for work."""

    contender: Contender
    account: Account
    _process: subprocess.Popen[str]
    _log: Path
    held: list[tuple[int, int]] = field(default_factory=list)  # driver, all others

    def run(self, name: str) -> Turn:
        """Run the submission of that name.

        Raises:
            ContenderError: it could not.
        """
        before = self.account.cpu_seconds()
        self._say(name)
        answer = self._answer()
        cpu = self.account.cpu_seconds() - before
        return Turn(cpu, answer["wall_seconds"], answer.get("cpu_seconds_of", {}))

    def weigh(self, name: str) -> None:
        """As `run`, and look what it holds meanwhile."""
        over = threading.Event()

        def look() -> None:
            while not over.is_set():
                held = held_bytes(tree(self._process.pid))
                own = held.pop(self._process.pid, 0)
                self.held.append((own if self.contender.is_driver else 0, sum(held.values())))
                time.sleep(SAMPLE_SECONDS)

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            self._say(name)
            self._answer()
        finally:
            over.set()
            watcher.join()

    def peak_bytes(self) -> int:
        """The most that all of its processes held together, of what was seen."""
        return max((sum(both) for both in self.held), default=0)

    def peak_bytes_below(self) -> int:
        """The same without the driver: for us, the workers."""
        return max((below for _, below in self.held), default=0)

    def peak_bytes_of_driver(self) -> int:
        return peak_resident_bytes(self._process.pid)

    def _say(self, name: str) -> None:
        assert self._process.stdin is not None
        try:
            print(name, file=self._process.stdin, flush=True)
        except OSError:
            raise self._failed("its driver ended") from None

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], ANSWER_SECONDS)[0]:
            raise self._failed("no answer")
        line = self._process.stdout.readline()
        if not line:
            raise self._failed(f"its driver ended, with {self._process.wait(10)}")
        answer: dict[str, Any] = json.loads(line)
        if answer["error"]:
            raise self._failed(answer["error"])
        return answer

    def _failed(self, why: str) -> ContenderError:
        said = self._log.read_text(errors="replace")[-1500:]
        return ContenderError(f"{self.contender.title}: {why}\n{said}")


@contextmanager
def running(contender: Contender, folder: Path) -> Iterator[Running]:
    """Its driver, in an account of its own; gone afterwards."""
    python = interpreter(contender)
    home = folder / f"home-{contender.name}"
    home.mkdir()
    log = folder / f"{contender.name}.log"
    with ExitStack() as stack:
        process = subprocess.Popen(
            [python, str(Path(__file__).with_name("drivers.py")), contender.name, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stack.enter_context(log.open("wb")),
            env=_environment(python, home),
            cwd=home,
            text=True,
        )
        opened = stack.enter_context(account(process.pid))
        stack.callback(_end, process)
        yield Running(contender, opened, process, log)


def _environment(python: str, home: Path) -> dict[str, str]:
    """The same for all: one thread for each BLAS, no screen, no settings of anybody's."""
    return {
        "PATH": f"{Path(python).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
