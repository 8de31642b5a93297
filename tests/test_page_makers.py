"""Processes that make pages: what goes wrong with one page is that page's, and none outlives us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from grader.errors import GraderError
from grader.page_makers import PageMakers
from grader.records.limits import Limits
from grader.records.scores import QuestionScore, Score
from grader.records.verdicts import Verdict
from grader.student_page import Folders, PageJob

pytestmark = pytest.mark.slow

VERDICT = Verdict("Q1", "predict", Decimal("0.50"), "", error_over_tolerance=float("inf"))
SCORE = Score(
    *("s01", "李 明", "hw1", 1, datetime(2022, 9, 1, 16, 30, 5, tzinfo=ZoneInfo("Asia/Singapore"))),
    *(2, Decimal("2.00"), Decimal("3.5"), Decimal("0.60"), Decimal("1.40"), "late"),
    *((), "2.00 of 3.5", (QuestionScore("Q1", "One", Decimal(1), Decimal("0.5"), (VERDICT,)),)),
)


def folders(path):
    return Folders(str(path / "results"), str(path / "records"), "hw1: One", 2, Limits())


def test_pages_are_made_in_other_processes_with_times_and_points_as_they_were(tmp_path):
    with closing(PageMakers(folders(tmp_path), 1)) as makers:
        for student in ("s01", "s02"):
            makers.submit(PageJob(replace(SCORE, student=student), None))
        assert sorted(makers.finished()) == [("s01", ""), ("s02", "")]
    text = (tmp_path / "results/feedback/s02.html").read_text("utf-8")
    assert "16:30:05 (UTC+08:00)" in text
    assert "1.40" in text


def test_what_cannot_be_written_is_told_as_it_would_be_here(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results/feedback").write_text("a file")
    with closing(PageMakers(folders(tmp_path), 1)) as makers:
        makers.submit(PageJob(SCORE, None))
        ((student, warning),) = makers.finished()
    assert student == "s01"
    assert "the page could not be made" in warning


def test_a_full_disk_ends_it(tmp_path):
    (tmp_path / "results/feedback/s01.html").mkdir(parents=True)
    with closing(PageMakers(folders(tmp_path), 1)) as makers:
        makers.submit(PageJob(SCORE, None))
        with pytest.raises(GraderError, match="a result can't be written"):
            list(makers.finished())


def children_of(process):
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False
    )
    return [int(each) for each in found.stdout.split()]


def is_there(process):
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked up in /proc")
def test_makers_end_when_who_started_them_is_killed(tmp_path):
    code = (
        "import sys, time; sys.path.insert(0, '.')\n"
        "from tests.test_page_makers import *\n"
        "from pathlib import Path\n"
        f"makers = PageMakers(folders(Path({str(tmp_path)!r})), 1)\n"
        "makers.submit(PageJob(SCORE, None)); list(makers.finished())\n"
        "print('made', flush=True); time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "made\n"
    makers = children_of(process.pid)
    assert makers
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    until = time.monotonic() + timedelta(seconds=30).total_seconds()
    while any(map(is_there, makers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_there, makers))


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked up in /proc")
def test_where_a_maker_is_killed_another_goes_on_with_its_page(tmp_path):
    with closing(PageMakers(folders(tmp_path), 1)) as makers:
        makers.submit(PageJob(SCORE, None))
        assert list(makers.finished()) == [("s01", "")]
        (maker,) = [each for each in children_of(os.getpid()) if "page_makers" in cmdline(each)]
        os.kill(maker, signal.SIGKILL)
        for student in ("s02", "s03"):
            makers.submit(PageJob(replace(SCORE, student=student), None))
        assert dict(makers.finished()) == {"s02": "", "s03": ""}


def cmdline(process):
    try:
        with open(f"/proc/{process}/cmdline") as file:
            return file.read()
    except OSError:  # `ps` itself
        return ""
