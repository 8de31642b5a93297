"""Killed at any instant, the next run completes and equals one that nobody disturbed."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.store.record_file import UNFINISHED
from tests.cli.tiny import DOUBLE, SQUARE, HandIn, a_course, add_assignment, grader, scores_csv

pytestmark = [
    pytest.mark.slow,
]

ALL = os.environ.get("GRADER_TEST_SCALE") == "1"
"""`make scale`: at every call, and at 20 instants; else at some."""

ON_TIME = "2026-02-03T12:00:00+08:00"
HAND_INS = [
    HandIn("s01", ON_TIME, [DOUBLE, SQUARE]),
    HandIn("s02", ON_TIME, [DOUBLE, "import time; time.sleep(0.3)"]),
    HandIn("s03", ON_TIME, [DOUBLE, "def square(x): return 2 * x"]),
]
DYING = """
import os, runpy, signal, sys
name, number = sys.argv[1], int(sys.argv[2])
real, calls = getattr(os, name), 0
def dying(*args, **kwargs):
    global calls
    calls += 1
    if calls == number:
        os.killpg(0, signal.SIGKILL)
    return real(*args, **kwargs)
setattr(os, name, dying)
sys.argv = ["grader", "grade", "hw"]
runpy.run_module("grader", run_name="__main__")
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = a_course(tmp_path_factory.mktemp("killed"), students=["s01", "s02", "s03", "s04"])
    add_assignment(root, hand_ins=HAND_INS)
    assert grader("export", "hw", "--to", "csv", cwd=root).returncode == 1  # nothing there yet
    (root / "course.secret").write_text("the same for all\n")
    return root


@pytest.fixture(scope="module")
def undisturbed(course, tmp_path_factory):
    root = shutil.copytree(course, tmp_path_factory.mktemp("undisturbed") / "course")
    assert grader("grade", "hw", cwd=root).returncode == 0
    return root


@pytest.fixture
def root(course, tmp_path):
    return shutil.copytree(course, tmp_path / "course")


def in_a_group(*command: str, cwd: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def records(root: Path, folder: str) -> dict[str, bytes]:
    base = root / "evidence/hw" / folder
    return {str(file.relative_to(base)): file.read_bytes() for file in base.glob("**/*") if file.is_file()}  # fmt: skip


def assert_goes_on(root: Path, undisturbed: Path) -> None:
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert scores_csv(root) == scores_csv(undisturbed)
    assert records(root, "receipts") == records(undisturbed, "receipts")
    assert set(records(root, "runs")) == set(records(undisturbed, "runs"))
    pages = "reports/hw/feedback"
    assert sorted(os.listdir(root / pages)) == sorted(os.listdir(undisturbed / pages))
    assert not list(root.rglob(f"{UNFINISHED}*"))
    assert not list(root.rglob("*.tmp"))
    again = grader("rejudge", "hw", cwd=root)
    assert re.search(r"^0 of 3 notebooks were executed", again.stdout, re.M)


def processes_in(folder: Path) -> list[str]:
    """What still runs with this folder as its own, or on its command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder) in os.readlink(entry / "cwd") and int(entry.name) != os.getpid():
                found.append((entry / "cmdline").read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_killed_at_a_call(root, undisturbed, tmp_path, call):
    for number in range(1, 200) if ALL else {"fsync": (2,), "replace": (9,)}[call]:
        copy = shutil.copytree(root, tmp_path / f"at-{number}")
        status = in_a_group("-c", DYING, call, str(number), cwd=copy).wait()
        if status == 0:  # it has made fewer such calls
            assert ALL
            break
        assert status == -signal.SIGKILL
        assert_goes_on(copy, undisturbed)
        shutil.rmtree(copy)


def test_killed_at_any_instant_and_no_process_is_left(root, undisturbed, tmp_path):
    draw = random.Random(5)
    for number in range(20 if ALL else 1):
        copy = shutil.copytree(root, tmp_path / f"instant-{number}")
        process = in_a_group("-m", "grader", "grade", "hw", cwd=copy)
        time.sleep(draw.uniform(0.3, 2.5))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 10
        while processes_in(copy) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert processes_in(copy) == []
        assert_goes_on(copy, undisturbed)
        shutil.rmtree(copy)


def test_two_at_once_do_not_mix_and_the_second_is_told_who_is_at_it(root, undisturbed):
    first = in_a_group("-m", "grader", "grade", "hw", cwd=root)
    holder = root / "evidence/hw/holder.json"
    while not holder.exists() and first.poll() is None:
        time.sleep(0.02)
    second = grader("rejudge", "hw", cwd=root)
    assert first.wait() == 0
    assert second.returncode == 1
    assert re.search(rf"at work on hw: grader grade hw, process {first.pid} on ", second.stderr)
    assert_goes_on(root, undisturbed)


@pytest.mark.parametrize("kilobytes", [40, 64] if "GRADER_TEST_SCALE" in os.environ else [64])
def test_a_full_disk_ends_with_words_and_an_intact_store(root, undisturbed, tmp_path, kilobytes):
    """A small file system of its own, in a namespace of its own."""
    out = tmp_path / "small"
    out.mkdir()
    script = (
        f"mount -t tmpfs -o size={kilobytes}k none {out} && "
        f"{sys.executable} -m grader grade hw --out {out}; status=$?; "
        f"cp -r {out} {tmp_path}/left; exit $status"
    )
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    done = subprocess.run(
        ["unshare", *user, "--mount", "sh", "-c", script],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert re.search(r"^error: .*(disk is full|No space left on device).*\d+ KB", done.stderr, re.M)
    assert re.search(rf"^  at:  {out}/", done.stderr, re.M)
    (out / "evidence").mkdir()
    shutil.copytree(tmp_path / "left" / "evidence", out / "evidence", dirs_exist_ok=True)
    again = grader("grade", "hw", "--out", str(out), cwd=root)
    assert again.returncode == 0, again.stderr
    assert "damaged" not in again.stderr
    assert (out / "hw/scores.csv").read_bytes() == (
        undisturbed / "reports/hw/scores.csv"
    ).read_bytes()
