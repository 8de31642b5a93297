"""Real schedulers and workers, as processes on loopback; what they hold, and who runs what."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

DASK = [str(Path(sys.executable).with_name("dask"))]
ROOT = Path(__file__).parents[2]


class Cluster:
    """A scheduler and its workers: `dask scheduler`, `dask worker`, as an operator types them."""

    def __init__(self, folder: Path, *options: str, env: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._options = options
        self._env = env or {}
        self._all: list[subprocess.Popen[bytes]] = []
        told = folder / f"scheduler-{time.monotonic_ns()}.json"
        self.scheduler = self._start(
            ["scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told)], {}
        )
        wait_for(lambda: told.is_file() and told.stat().st_size > 0)
        self.address: str = json.loads(told.read_text())["address"]

    def worker(self, env: Mapping[str, str] | None = None, nanny: bool = False) -> int:
        """Start one; its process id, or its nanny's."""
        arguments = ["worker", self.address, "--nthreads", "1", "--memory-limit", "0"]
        arguments += ["--local-directory", str(self._folder), "--nanny" if nanny else "--no-nanny"]
        return self._start(arguments, env or {}).pid

    def close(self) -> None:
        for process in reversed(self._all):
            process.terminate()
        for process in self._all:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, arguments: list[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*DASK, *arguments, "--no-dashboard", *self._options],
                stdout=log,
                stderr=log,
                env={**os.environ, **self._env, **env},
            )
        self._all.append(process)
        return process


@contextmanager
def a_cluster(
    folder: Path,
    *options: str,
    workers: int = 1,
    nanny: bool = False,
    env: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    cluster = Cluster(folder, *options, env=env)
    try:
        for _ in range(workers):
            cluster.worker(nanny=nanny)
        yield cluster
    finally:
        cluster.close()


class Grading:
    """`grader grade hw` at work."""

    def __init__(self, root: Path, *options: str, env: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "grader", "grade", "hw", *options],
            cwd=root,
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        self.status: int | None = None
        self.out = self.err = ""

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def ctrl_c(self) -> None:
        """As a terminal does it: to the command, and all that it has started."""
        os.killpg(self._process.pid, signal.SIGINT)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def end(self) -> Grading:
        self.out, self.err = self._process.communicate(timeout=120)
        self.status = self._process.returncode
        return self


def wait_for(there: Callable[[], object], seconds: float = 60.0) -> None:
    """Until it is so; a machine that is shared is given time."""
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def runs_in(root: Path) -> list[str]:
    """The keys of the runs that are stored."""
    return sorted(file.name for file in (root / "evidence/hw/runs").glob("??/[0-9a-f]*"))


def processes() -> dict[int, tuple[int, str]]:
    """The parent and the command line of each process."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text()
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        found[int(folder.name)] = int(status.rpartition(")")[2].split()[1]), line.strip()
    return found


def sleeping(seconds: str) -> int | None:
    """The process `sleep SECONDS`, which a notebook has started."""
    return next((pid for pid, (_, line) in processes().items() if line == f"sleep {seconds}"), None)


def above(pid: int) -> list[tuple[int, str]]:
    """The processes above one, with their command lines; the nearest first."""
    everything = processes()
    found = []
    while pid in everything and everything[pid][0] > 1:
        pid = everything[pid][0]
        found.append((pid, everything.get(pid, (0, ""))[1]))
    return found


def below(pid: int) -> list[int]:
    """A process and all that are below it."""
    everything = processes()
    found = [pid]
    for each in found:
        found += [child for child, (parent, _) in everything.items() if parent == each]
    return found


def memory_of(pid: int) -> Iterator[bytes]:
    """What a process holds, piece by piece, as far as it is there."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
        with open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                place, rights = line.split()[:2]
                if not rights.startswith("rw"):
                    continue
                low, high = (int(end, 16) for end in place.split("-"))
                for start in range(low, high, 1 << 22):
                    try:
                        memory.seek(start)
                        yield memory.read(min(high - start, 1 << 22) + 64)
                    except (OSError, ValueError, OverflowError):
                        continue
    except OSError:
        return
