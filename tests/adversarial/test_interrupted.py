"""A grader that is killed, or stopped with Ctrl-C, in the middle of a batch full of hostile loops."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.slow

HOSTILE = (
    "import os, signal, time\n"
    "for _ in range(5):\n"
    "    if os.fork() == 0:\n"
    "        os.setsid()\n"
    "        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
    "        while True: time.sleep(0.01)\n"
    "open('started', 'w').close()\n"
    "sum(range(10**12))"
)


@pytest.fixture
def grading(root: Path, tmp_path: Path):
    """A `grader grade` that has reached hostile loops, and the folder for its temporary files."""
    course = tmp_path / "course"  # with a secret of its own, whoever runs this
    for name in ("reference", "assignments"):
        shutil.copytree(root / name, course / name)
    shutil.copy(root / "course.toml", course)
    submissions = tmp_path / "submissions"
    rows = ["student,file,submitted_at"]
    for number in range(1, 5):
        student = f"s{number:02}"
        file = submissions / "hw1" / student / "hw1.ipynb"
        file.parent.mkdir(parents=True)
        cells = [nbformat.v4.new_code_cell(HOSTILE)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
        rows.append(f"{student},{student}/hw1.ipynb,2026-01-01T12:00:00+08:00")
    (submissions / "hw1" / "manifest.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (submissions / "roster.csv").write_text(
        "student,name\ns01,A\ns02,B\ns03,C\ns04,D\n", encoding="utf-8"
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    # whatever is orphaned comes to this process, and is counted there
    mark = secrets.token_hex(8)
    code = (
        "import ctypes, os, signal, subprocess, sys, time\n"
        # a suite that runs under nohup, or behind `&`, ignores some, and so would the grader
        "for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(n, signal.SIG_DFL)\n"
        "ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"
        "p = subprocess.Popen(sys.argv[1:], start_new_session=True)\n"
        "print(p.pid, flush=True)\n"
        "p.wait()\n"
        "sys.stdin.readline()\n"
    )
    command = [sys.executable, "-m", "grader", "grade", "hw1", "--course", str(course), "--jobs", "2", "--submissions", str(submissions), "--out", str(tmp_path / mark)]  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", code, *command],
        cwd=root, env=os.environ | {"TMPDIR": str(temporary)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as keeper:  # fmt: skip
        assert keeper.stdout is not None
        grader = int(keeper.stdout.readline())
        deadline = time.monotonic() + 60
        while len(descendants(keeper.pid)) < 15:  # two submissions have started their five daemons
            assert time.monotonic() < deadline, "the batch did not start"
            time.sleep(0.05)
        time.sleep(0.5)
        try:
            yield keeper.pid, grader, temporary
        finally:
            keeper.kill()


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children: list[str] = []
        with suppress(OSError):  # it has ended, perhaps while it was looked at
            # started by any thread of it
            for task in Path(f"/proc/{waiting[0]}/task").glob("*/children"):
                with suppress(OSError):
                    children += task.read_text().split()
        own = [int(child) for child in dict.fromkeys(children)]
        found += own
        waiting = waiting[1:] + own
    return found


def alive(pids: list[int]) -> list[str]:
    """Those that are not merely waiting to be reaped, with what they are."""
    names = []
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        if stat.rpartition(")")[2].split()[0] not in "ZX":
            names.append(stat.rpartition(")")[0])
    return names


@pytest.mark.parametrize(
    "end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name
)
def test_nothing_goes_on_after_the_grader(grading, end):
    keeper, grader, temporary = grading
    mounts = Path("/proc/self/mountinfo").read_text()
    everyone = descendants(keeper)
    os.kill(grader, end)
    deadline = time.monotonic() + 60  # measured: 0.3 to 0.4; the machine may be busy
    while alive(everyone) + alive(descendants(keeper)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert alive(everyone) == []
    assert alive(descendants(keeper)) == []
    assert Path("/proc/self/mountinfo").read_text() == mounts
    left = [path.name for path in temporary.iterdir()]
    if end == signal.SIGINT:
        assert left == []
    # who is killed cannot tidy up: the copies of the data files and of the list of fonts stay
    assert all(name.startswith("grader-") for name in left)
    for path in temporary.rglob("*"):
        assert path.suffix in (".csv", ".json", ".py", "")
