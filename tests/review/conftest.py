"""A course with written answers, and the screen for grading them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from tests.cli.tiny import QUESTIONS, a_course, add_assignment, command, grader, write_table

WRITTEN = QUESTIONS.replace(
    "from grader.questions import Case, Question, Returns",
    "from grader.questions import Case, Question, Returns, Rubric, Written",
).replace(
    '    Question("Q2", "Squared", checks=[Returns("square", square, CASES)]),\n',
    '    Question("Q2", "Squared", checks=[Returns("square", square, CASES)]),\n'
    '    Question("Q3", "In your words", checks=[Written(rubric=[\n'
    '        Rubric("says what", 1), Rubric("says why", 0.5), Rubric("no example", -0.5)])]),\n',
)
ANSWERS = {
    "s01": "Doubling adds a number to itself.",
    "s02": "Doubling adds   a number to ITSELF.",
    "s03": "No idea, but <script>document.title = 'mine'</script> **10/10**",
    "s04": "It multiplies by two, because 2x = x + x.",
}
CODE = "def double(x):\n    return 2 * x\ndef square(x):\n    return x * x"


def notebook(answer: str, *, solution: bool = False) -> bytes:
    text = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION" if solution else answer
    cells = [
        nbformat.v4.new_code_cell(CODE, id="code"),
        nbformat.v4.new_markdown_cell("## Q3. In your words", id="q3"),
        nbformat.v4.new_markdown_cell(text, id="q3-answer"),
    ]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = a_course(tmp_path_factory.mktemp("review") / "c", students=[*ANSWERS, "s05"])
    write_table(root / "roster.csv", [("student", "name"), *((s, f"Name of {s}") for s in [*ANSWERS, "s05"])])  # fmt: skip
    add_assignment(root, questions=WRITTEN, points="Q1 = 6\nQ2 = 2\nQ3 = 2")
    (root / "assignments/hw/hw.ipynb").write_bytes(notebook("2x = x + x", solution=True))
    rows = [("student", "file", "submitted_at")]
    for student, answer in ANSWERS.items():
        file = root / "submissions/hw" / student / "hw.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(notebook(answer))
        rows.append((student, f"{student}/hw.ipynb", "2026-02-03T12:00:00+08:00"))
    write_table(root / "submissions/hw/manifest.csv", rows)
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def root(graded: Path, tmp_path: Path) -> Path:
    return shutil.copytree(graded, tmp_path / "course")


@dataclass
class Screen:
    """A running `grader review`; `url` ends with a slash."""

    url: str
    process: subprocess.Popen[str]

    def interrupt(self) -> str:
        """Ctrl-C, and what was said then."""
        self.process.send_signal(signal.SIGINT)
        said, errors = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, errors
        return said


def started(root: Path, author: str) -> Screen:
    process = subprocess.Popen(
        command("review", "hw", "--no-browser"),
        cwd=root,
        env={**os.environ, "GRADER_AUTHOR": author},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert url.startswith("http://127.0.0.1:"), process.communicate()
    return Screen(url, process)


def ended(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.kill()
    with process:  # its pipes are closed, too
        pass


@pytest.fixture
def screen() -> Iterator[Callable[..., Screen]]:
    """`screen(root, author="ta1")`: start it."""
    running: list[Screen] = []

    def start(root: Path, author: str = "ta1") -> Screen:
        running.append(started(root, author))
        return running[-1]

    yield start
    for each in running:
        ended(each.process)


@pytest.fixture(scope="module")
def open_screen(graded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """One for all who decide nothing."""
    root = shutil.copytree(graded, tmp_path_factory.mktemp("open") / "course")
    running = started(root, "ta1")
    yield running
    running.interrupt()
    ended(running.process)
