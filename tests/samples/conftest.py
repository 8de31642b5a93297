"""The samples, graded through the command line, once for each assignment."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

Scores = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def report(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`report("hw2")`: the folder of results that `grade` leaves."""
    out = tmp_path_factory.mktemp("reports")

    @functools.cache
    def folder(assignment: str) -> Path:
        command = [sys.executable, "-m", "grader", "grade", assignment]
        command += ["--submissions", "submissions/samples", "--out", str(out)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return out / assignment

    return folder


@pytest.fixture(scope="session")
def graded(report: Callable[[str], Path]) -> Callable[[str], Scores]:
    """`graded("hw2")`: the scores of scores.json, by student."""

    @functools.cache
    def scores(assignment: str) -> Scores:
        written = json.loads((report(assignment) / "scores.json").read_text(encoding="utf-8"))
        return {score["student"]: score for score in written["scores"]}

    return scores


@pytest.fixture(scope="session")
def assert_score() -> Callable[..., None]:
    """Compare one student's score with a row of a table."""

    def check(
        score: dict[str, Any],
        status: str,
        days_late: int,
        earned: str,
        final: str,
        flags: set[str],
        lost: dict[str, tuple[str, str | None]],
        reason: str,
    ) -> None:
        found = {question["id"]: question for question in score["questions"]}
        for name, question in found.items():
            points, slug = lost.get(name, (question["points"], None))
            assert Decimal(question["earned"]) == Decimal(points), (name, question, reason)
            slugs = {verdict["mistake"] for verdict in question["verdicts"]}
            assert slug is None or slug in slugs, (name, question, reason)
        assert set(lost) <= set(found)
        assert (score["status"], score["days_late"]) == (status, days_late), (score, reason)
        assert (score["earned"], score["score"]) == (earned, final), (score, reason)
        assert flags <= set(score["flags"]), (score, reason)

    return check


@pytest.fixture(scope="session")
def assert_pages(report: Callable[[str], Path]) -> Callable[..., None]:
    """Each student's page has the explanation, a reason for each lost point, and the notebook."""

    def check(assignment: str, scores: Scores) -> None:
        for student, score in scores.items():
            file = report(assignment) / "feedback" / f"{student}.html"
            page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
            text = " ".join(page.get_text(" ").split())
            assert score["explanation"] in text
            for question in score["questions"]:
                for verdict in question["verdicts"]:
                    if verdict["credit"] is not None and verdict["credit"] < 1:
                        assert verdict["reason"], (student, question["id"])
                        assert " ".join(verdict["reason"].split()) in text
            if score["attempt"] is not None and score["status"] != "unreadable":
                assert page.select_one(".theirs .nb-code")

    return check
