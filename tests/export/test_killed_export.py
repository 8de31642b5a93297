"""`grader export`, killed at any instant: there is the file before, or the new one, whole."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from grader.records.scores import Score
from grader.report import page_file, write_scores_json
from tests.cli.tiny import a_course, add_assignment, write_table

pytestmark = [
    pytest.mark.slow,
    pytest.mark.scale,
]

IS_LARGE = os.environ.get("GRADER_TEST_SCALE") == "1"
TIMES = 100 if IS_LARGE else 8
STUDENTS = [f"s{n:02}" for n in range(60)]

# starts once, and forks for each export: a start costs more than all of it
DRIVER = """
import importlib, os, random, signal, sys, time, zipfile
times, target, *files = int(sys.argv[1]), sys.argv[2], *sys.argv[3:]
for name in ("grader.exporting", "grader.archiving", "grader.cli.show", "grader.cli.export",
             "grader.store.standings", "grader.store.alarms", "filelock", "xlsxwriter"):
    importlib.import_module(name)
sys.argv = ["grader", "export", "hw", "--to", target, "--template", "gradebook.csv", "--feedback"]
if target == "excel":
    sys.argv[5:7] = []
from grader.cli import main

def start():
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        main()
    return child

def status(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def contents():
    return [open(file, "rb").read() if os.path.exists(file) else None for file in files]

began = time.monotonic()
assert status(start()) == 0
whole = time.monotonic() - began
new = contents()
draw = random.Random(7)
killed = 0
for number in range(times):
    for file in files:
        open(file, "wb").write(b"old")
    child = start()
    time.sleep(draw.uniform(0, 1.1 * whole))
    os.kill(child, signal.SIGKILL)
    killed += status(child) != 0
    for file, found, expected in zip(files, contents(), new):
        if found in (b"old", expected):
            continue
        assert file.endswith(".xlsx"), file  # it has the time in it
        assert zipfile.ZipFile(file).testzip() is None and len(found) > 0.9 * len(expected)
    visible = [name for name in os.listdir(os.path.dirname(files[0])) if name[0] != "."]
    assert set(visible) <= {"feedback", "scores.json", *map(os.path.basename, files)}, visible
assert status(start()) == 0
assert target == "excel" or contents() == new
print(killed)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = a_course(tmp_path / "course")
    add_assignment(root, settings='title = "T"\ndue = 2026-02-03T17:00:00\nnotebook = "hw.ipynb"\ncanvas = "HW (501)"\n')  # fmt: skip
    header = ("student", "name", "lms_id")
    write_table(root / "roster.csv", [header, *((s, s, f"4{s[1:]}") for s in STUDENTS)])
    manifest = ("student", "attempt", "file", "submitted_at", "source", "lms_file")
    write_table(root / "submissions/hw/manifest.csv", [manifest, *((s, 1, "hw.ipynb", "", "canvas", f"x_4{s[1:]}_9{s[1:]}_hw.ipynb") for s in STUDENTS)])  # fmt: skip
    gradebook = [("Student", "ID", "Section", "HW (501)"), *((s, f"4{s[1:]}", "A", "") for s in STUDENTS)]  # fmt: skip
    write_table(root / "gradebook.csv", gradebook)
    folder = root / "reports/hw"
    (folder / "feedback").mkdir(parents=True)
    points = Decimal("8.50")
    scores = [
        Score(s, s, "hw", 1, None, 0, points, Decimal(10), Decimal(0), points, "graded", (), "")
        for s in STUDENTS
    ]
    write_scores_json(folder / "scores.json", "hw", {"places": 2}, scores, datetime.now(UTC))
    for s in STUDENTS:
        page_file(folder, s).write_bytes(f"<p>{s}</p>".encode() + os.urandom(20_000).hex().encode())
    return root


@pytest.mark.parametrize("target", ["canvas", "excel"] if IS_LARGE else ["canvas"])
def test_an_export_is_there_whole_or_not_at_all(root: Path, target: str):
    ending = "xlsx" if target == "excel" else "csv"
    files = [root / f"reports/hw/export-{target}.{ending}", root / f"reports/hw/feedback-{target}.zip"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(TIMES), target, *map(str, files)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= TIMES // 3  # the others were done before
