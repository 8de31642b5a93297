"""What `grader similar` costs: a course of so many hand-ins, with their evidence, on disk."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.similar.corpus import ROOT, solution
from benchmarks.similar.course import write_course


def seconds_of(students: int, *, seed: int) -> tuple[float, int]:
    """CPU seconds of the command on one core, with all that it reads and writes; and how many
    hand-ins it compared numbers of."""
    ids = [f"s{number:05}" for number in range(students)]
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name:
        course = Path(name) / "course"
        write_course(course, {each: solution(f"{seed} cost {each}") for each in ids})
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "grader", "similar", "hw1", "--json"],
            cwd=course,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = json.loads(done.stdout)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds, int(said["with_numbers"])
