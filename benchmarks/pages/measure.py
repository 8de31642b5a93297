"""Commands with their time on the wall, and the CPU of all that they started."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evidence.measure import CommandFailedError

COMMAND = Path(__file__).parent.parent / "evidence" / "command.py"


@dataclass(frozen=True)
class Took:
    """`peak_bytes`: the most that the first process held, where that was asked for."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int = 0


def grader(course: Path, *arguments: str) -> Took:
    """`grader ARGUMENTS` in a course.

    Raises:
        CommandFailedError: it could not do it.
    """
    peak = course / ".peak"
    took = together([[sys.executable, "-P", str(COMMAND), str(peak), *arguments]], course)
    return Took(took.wall_seconds, took.cpu_seconds, int(peak.read_text()))


def nbconvert(notebooks: Sequence[Path], folder: Path, *, processes: int) -> Took:
    """`jupyter nbconvert --to html` of all these, by so many processes at a time.

    Raises:
        CommandFailedError: one of them could not do it.
    """
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--log-level", "ERROR"]
    command += ["--output-dir", str(folder)]
    shares = [list(map(str, notebooks[k::processes])) for k in range(processes)]
    took = together([[*command, *share] for share in shares if share], folder.parent)
    made = len(list(folder.glob("*.html")))
    if made != len(notebooks):
        raise CommandFailedError(f"nbconvert made {made} pages of {len(notebooks)}")
    return took


def together(commands: Sequence[Sequence[str]], folder: Path) -> Took:
    """All of these at once, until the last has ended.

    Raises:
        CommandFailedError: one of them could not do it.
    """
    before, start = _waited_for(), time.perf_counter()
    running = [
        subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for command in commands
    ]
    complaints = [process.communicate()[1] for process in running]
    took = Took(time.perf_counter() - start, _waited_for() - before)
    for process, complaint in zip(running, complaints, strict=True):
        if process.returncode:
            raise CommandFailedError(f"{' '.join(process.args[:5])} ...\n{complaint[-1500:]}")
    return took


def _waited_for() -> float:
    """CPU of all that has ended, with what it had waited for itself."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
