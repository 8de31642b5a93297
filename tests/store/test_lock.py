"""One command at a time, and who it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.store.lock import only_one

pytestmark = pytest.mark.slow


@pytest.fixture
def holder(tmp_path: Path):
    """A process that holds the lock until it is killed."""
    code = (
        "import sys, time, pathlib\n"
        "from grader.store.lock import only_one\n"
        "with only_one(pathlib.Path(sys.argv[1]), 'grader grade hw1'):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "hw1")], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_is_told_who_is_at_it(tmp_path: Path, holder):
    with pytest.raises(GraderError) as refused, only_one(tmp_path / "hw1", "grader rejudge hw1"):
        pass
    said = refused.value.problem
    assert said.startswith("another command is at work on hw1: grader grade hw1, process ")
    assert str(holder.pid) in said
    with only_one(tmp_path / "hw2", "grader grade hw2"):
        pass  # another assignment is free


def test_a_holder_that_was_killed_holds_no_more_and_its_leavings_go(tmp_path: Path, holder):
    left = tmp_path / "hw1" / "runs" / ".unfinished-1-x"
    left.parent.mkdir()
    left.write_text("half")
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with only_one(tmp_path / "hw1", "grader rejudge hw1"):
        assert not left.exists()
    assert not (tmp_path / "hw1" / "holder.json").exists()


@pytest.mark.parametrize("text", ["[1]", "null", "{}", ""])
def test_a_holder_that_nobody_can_read_is_no_reason_to_break_off(tmp_path: Path, holder, text):
    (tmp_path / "hw1" / "holder.json").write_text(text)
    with pytest.raises(GraderError, match="at work on hw1"), only_one(tmp_path / "hw1", "x"):
        pass
