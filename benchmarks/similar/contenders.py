"""Three who rank pairs: ours, token winnowing alone, and copydetect.

Each gets the same class and gives a number for a pair; pairs without one share nothing.
"""

from __future__ import annotations

import functools
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.similar.corpus import Solution, notebook, released
from benchmarks.similar.evidence import numbers
from grader.export.dolos import python_of
from grader.similar import Given, HandIn, Ranking, kinds_of, ranked, traces_of, work_in

Scores = Mapping[tuple[int, int], float]
COPYDETECT = "0.5.0"
_VENVS = Path(__file__).parent.parent / ".venvs"


class ContenderError(Exception):
    """It did not do its work."""


@functools.cache
def given() -> Given:
    return Given.of(work_in(released()))


def notebooks(solutions: Sequence[Solution], seed: str) -> list[dict[str, Any]]:
    """The files of a class."""
    return [notebook(made, rng=Random(f"{seed} {number}")) for number, made in enumerate(solutions)]


def ours(solutions: Sequence[Solution], files: Sequence[dict[str, Any]]) -> Ranking:
    """As `grader similar` ranks them; all pairs that share anything."""
    hand_ins = [
        HandIn(f"s{number:04}", kinds_of([*traces_of(work_in(file), given()), *numbers(made)]))
        for number, (made, file) in enumerate(zip(solutions, files, strict=True))
    ]
    return ranked(hand_ins, below=len(hand_ins) ** 2)


def tokens_alone(files: Sequence[dict[str, Any]]) -> Scores:
    """Our winnowed fingerprints by themselves: the share that two have in common (Dice), as most
    tools rank by it. The released notebook's are left out."""
    sets = [
        {trace.key for trace in traces_of(work_in(file), given()) if trace.kind == "tokens"}
        for file in files
    ]
    return {
        (i, j): 2 * len(one & two) / max(len(one) + len(two), 1)
        for (i, one), (j, two) in itertools.combinations(enumerate(sets), 2)
        if one & two
    }


def copydetect(files: Sequence[dict[str, Any]]) -> tuple[Scores, float]:
    """With its defaults and the released notebook as boilerplate; also the seconds that it took.

    Of the two shares that it gives for a pair it is the larger one by which it shows pairs.

    Raises:
        ContenderError: it could not.
    """
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name:
        folder = Path(name)
        for place, file in [*enumerate(files), (None, released())]:
            cells = ["".join(c["source"]) for c in file["cells"] if c["cell_type"] == "code"]
            target = folder / ("given" if place is None else "work")
            target.mkdir(exist_ok=True)
            (target / f"{0 if place is None else place:04}.py").write_text(python_of(cells))
        started = time.monotonic()
        done = subprocess.run(
            [_interpreter(), str(Path(__file__).with_name("copydetect_driver.py")), name],
            capture_output=True,
            text=True,
            check=False,
            env={"PYTHONHASHSEED": "0", "MPLBACKEND": "Agg", "PATH": "/usr/bin:/bin"},
        )
        seconds = time.monotonic() - started
    if done.returncode != 0:
        raise ContenderError(f"copydetect: {done.stderr[-1500:]}")
    return {(i, j): score for i, j, score in json.loads(done.stdout)}, seconds


def _interpreter() -> str:
    """The Python of its virtual environment, which is made the first time."""
    place = _VENVS / f"copydetect-{COPYDETECT}"
    python = place / "bin" / "python"
    if not (place / ".ready").exists():
        print(f"installing copydetect {COPYDETECT} (once)", file=sys.stderr)
        try:
            subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
            pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
            wanted = f"copydetect=={COPYDETECT}"
            subprocess.run([*pip, wanted], check=True, stderr=subprocess.PIPE, text=True)
        except subprocess.CalledProcessError as error:
            raise ContenderError(f"copydetect: {error.stderr or error}") from error
        (place / ".ready").touch()
    return str(python)
