"""What goes where: standard output, standard error, a terminal, a pipe; and stopping early."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.tiny import DOUBLE, HandIn, a_course, add_assignment, command, grader

pytestmark = pytest.mark.slow

ON_TIME = "2026-02-03T12:00:00+08:00"
SLOW = ["import time\ntime.sleep(20)", DOUBLE]
needs_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="there is no pty module")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One good notebook, one file that is none, one absent."""
    root = a_course(tmp_path_factory.mktemp("streams"), students=["s01", "s02", "s03"])
    garbage = HandIn("s02", ON_TIME, content=b"my homework")
    add_assignment(root, hand_ins=[HandIn("s01", ON_TIME), garbage])
    return root


@pytest.fixture(scope="module")
def asked_for_json(root: Path) -> subprocess.CompletedProcess[str]:
    return grader("grade", "hw", "--json", cwd=root)


def test_json_is_one_document_and_the_only_thing_on_standard_output(root, asked_for_json):
    assert asked_for_json.returncode == 0
    tool = [sys.executable, "-m", "json.tool"]
    taken = subprocess.run(tool, input=asked_for_json.stdout, capture_output=True, text=True)
    assert taken.returncode == 0, taken.stderr
    document = json.loads(asked_for_json.stdout)
    assert [score["status"] for score in document["scores"]] == ["graded", "unreadable", "missing"]
    written = (root / "reports/hw/scores.json").read_text("utf-8")
    assert asked_for_json.stdout == written


def test_everything_else_is_on_standard_error_and_no_progress_without_a_terminal(
    root, asked_for_json
):
    assert asked_for_json.stderr.splitlines() == [
        "1 of 2 notebooks were executed.",
        f"pages: {root}/reports/hw/summary.html",
    ]


def test_a_name_that_the_terminal_has_no_letters_for_stops_nothing(tmp_path):
    root = a_course(tmp_path, students=["王"])
    add_assignment(root)
    narrow = {"PYTHONIOENCODING": "cp1252"}
    as_json = subprocess.run(
        command("grade", "hw", "--json"), cwd=root, env=os.environ | narrow, capture_output=True
    )
    assert json.loads(as_json.stdout.decode("utf-8"))["scores"][0]["student"] == "王"
    table = grader("grade", "hw", cwd=root, env=narrow)
    assert (table.returncode, r"\u738b" in table.stdout) == (0, True), table.stderr


def in_a_terminal(root: Path, *arguments: str, **env: str) -> tuple[int, str, str]:
    """Exit status, standard output (a pipe), and what a terminal as standard error got."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        command(*arguments),
        cwd=root,
        env={**kept, "TERM": "xterm-256color", **env},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # on Linux a terminal without another end can't be read
            break
        if not part:
            break
        seen += part
    os.close(ours)
    out, _ = process.communicate()
    return process.returncode, out, seen.decode()


CLEAR_LINE = "\x1b[2K"
UP = "\x1b[1A"
SHOW_CURSOR = "\x1b[?25h"


@needs_a_terminal
def test_a_terminal_sees_progress_that_leaves_nothing_behind(root):
    status, out, seen = in_a_terminal(root, "grade", "hw")
    assert status == 0
    assert "grading hw" in seen
    assert re.search(
        "[12]/2.*1 failed", seen
    )  # it is drawn ten times a second, and both may end in between
    # the last that is written: cursor shown, up to the bar's line, the line cleared
    assert seen.endswith(f"{SHOW_CURSOR}\r{UP}{CLEAR_LINE}")
    assert "\x1b" not in out
    assert_table(out)


def assert_table(out: str) -> None:
    """The score table, and below it what a person has to look at, and why."""
    assert re.search(r"^ +s01 +10.00 +0 +10.00 +graded", out, re.M)
    assert "1 graded, 1 unreadable, 1 missing" in out
    assert "s02: 0.00 of 10" in out
    assert "the file is not JSON: it starts with 'my homework'" in " ".join(out.split())
    assert max(map(len, out.splitlines()[:-1])) <= 80


@needs_a_terminal
def test_no_color_is_respected_in_warnings_progress_and_errors(root):
    off = ("--sandbox", "off")
    for arguments in (("grade", "hw", "--student", "s02", *off), ("grade", "hw1", *off)):
        _, _, seen = in_a_terminal(root, *arguments, NO_COLOR="1")
        assert "warning: no sandbox" in seen
        assert not [code for code in ("\x1b[3", "\x1b[1m", "\x1b[38;") if code in seen]
    _, _, colourful = in_a_terminal(root, "grade", "hw1", *off)
    assert "\x1b[33mwarning" in colourful
    assert "\x1b[31m\x1b[1merror: " in colourful


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_reader_that_has_seen_enough_is_no_traceback(root, options):
    process = subprocess.Popen(
        command("grade", "hw", *options),
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()  # a `head` that is gone already
    assert "Traceback" not in (said := process.stderr.read()), said
    assert "Exception" not in said
    process.stderr.close()
    process.wait()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
@pytest.mark.parametrize("arguments", [("grade", "hw", "--json"), ("--help",)])
def test_a_full_disk_is_an_error_in_words(root, arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command(*arguments), cwd=root, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert "error: No space left on device\n  at:  standard output\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.fixture(scope="module")
def slow_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six notebooks that wait for 20 s each."""
    students = [f"s{number:02}" for number in range(6)]
    root = a_course(tmp_path_factory.mktemp("slow"), students=students)
    add_assignment(root, hand_ins=[HandIn(student, ON_TIME, SLOW) for student in students])
    return root


def runners(of: int) -> list[int]:
    """The processes that this `grade` started, in sessions of their own."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent, _, session = map(int, stat.read_text().rpartition(")")[2].split()[1:4])
        except (OSError, ValueError):
            continue
        if parent == of and session == int(stat.parent.name):
            found.append(session)
    return found


def is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def hear_signals() -> None:
    """In the child: a suite that runs under nohup, or behind `&`, ignores some, and so would it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def stopped_with(number: int, root: Path, tmp_path: Path) -> tuple[int, str, str, float, list[int]]:
    """Exit status, outputs, seconds until the end, and the runners that there were."""
    process = subprocess.Popen(
        command("grade", "hw", "--jobs", "2"),
        cwd=root,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    )
    deadline = time.monotonic() + 30
    while len(started := runners(process.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)  # in the middle of a cell, or of making the shell: either will do
    assert len(started) == 2
    before = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err, time.monotonic() - before, started


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_stopping_a_batch_is_prompt_leaves_no_process_and_says_so(slow_course, tmp_path, name):
    status, out, err, seconds, started = stopped_with(getattr(signal, name), slow_course, tmp_path)
    assert status == 1
    assert seconds < 5
    assert out == ""
    assert err.endswith("stopped: what is done is kept, run the command again to go on\n")
    assert "Traceback" not in err
    assert not [process for process in started if is_there(process)]
    assert list(tmp_path.iterdir()) == []  # no work directory either
    assert not (slow_course / "reports/hw/scores.json").exists()
