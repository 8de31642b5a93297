"""`python -m benchmarks.check`: the self-check beside `python script.py`. See the package."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from grader.course import load_assignment, load_course
from grader.execute import code_cells
from grader.questions import load_questions
from grader.release.bundle import bundle, read_instructors

ROOT = Path(__file__).parents[2]
HOMEWORK = "hw1"
TARGET = 1.5
"""So many times the script's time, at most."""


def measured(rounds: int) -> dict[str, list[tuple[float, float]]]:
    """CPU and wall seconds of each, in turns; the first round is for caches."""
    course = load_course(ROOT)
    assignment = load_assignment(course, HOMEWORK)
    questions = load_questions(assignment.questions_file, ROOT)
    notebook: Any = read_instructors(assignment)
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name:
        folder = Path(name)
        for file, data in bundle(course, assignment, questions, notebook).items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        (folder / assignment.notebook.name).write_bytes(assignment.notebook.read_bytes())
        (folder / "script.py").write_text("\n\n".join(code_cells(notebook)), encoding="utf-8")
        took: dict[str, list[tuple[float, float]]] = {"script.py": [], "check.py": []}
        for number in range(rounds + 1):
            for program, found in took.items():
                once = _timed([sys.executable, program], folder)
                if number:
                    found.append(once)
    return took


def _timed(command: Sequence[str], folder: Path) -> tuple[float, float]:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                          env={"MPLBACKEND": "Agg", "PATH": "/usr/bin:/bin"})  # fmt: skip
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{command[-1]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, wall


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, metavar="N", help="default: 10")
    args = parser.parse_args(arguments)
    if args.rounds < 1:
        parser.error("--rounds: at least 1")
    took = measured(args.rounds)
    print(f"The instructor's {HOMEWORK}, {args.rounds} times each in turns: medians.\n")
    print(f"{'':12}{'CPU ms':>8}{'wall ms':>9}")
    for program, found in took.items():
        cpu, wall = (median(each[place] for each in found) for place in (0, 1))
        print(f"{program:12}{1000 * cpu:8.0f}{1000 * wall:9.0f}")
    for place, what in ((0, "CPU"), (1, "wall time")):
        pairs = zip(took["check.py"], took["script.py"], strict=True)
        ratio = median(ours[place] / script[place] for ours, script in pairs)
        verdict = "met" if ratio <= TARGET else "MISSED"
        print(f"target: {what} at most {TARGET:g} times the script's: {ratio:.2f}, {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
