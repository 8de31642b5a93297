"""How a class did, below the table of scores: in 80 columns, as in a file."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader.cli.class_summary import class_summary
from grader.grading import Graded
from grader.records.scores import QuestionScore, Score
from grader.records.verdicts import Verdict

DUE = datetime(2022, 8, 30, 9, 0, tzinfo=UTC)


def a_score(student, *, credit="1", mistake=None, ratio=None, hours=-2, flags=(), title="One"):
    verdict = Verdict("Q1", "predict", Decimal(credit), "", mistake, error_over_tolerance=ratio)
    question = QuestionScore("Q1", title, Decimal(10), 10 * Decimal(credit), (verdict,))
    points = 10 * Decimal(credit)
    return Score(
        student, "", "hw1", 1, DUE + timedelta(hours=hours), 0, points, Decimal(10), Decimal(0),
        points, "graded", flags, "", (question,),
    )  # fmt: skip


@pytest.fixture
def lines(capsys):
    """`lines(score, ...)`: what is printed, without empty lines."""

    def printed(*scores):
        class_summary(Graded("hw1: Homework 1", Path(), scores, due=DUE))
        return [line for line in capsys.readouterr().out.splitlines() if line]

    return printed


def test_scores_times_failures_borders_and_mistakes(lines):
    said = lines(
        a_score("s01", ratio=1e-9),
        a_score("s02", credit="0", mistake="forgot-bias", ratio=1.4, hours=-0.5),
        replace(a_score("s03", credit="0.5", mistake="forgot-bias", hours=5), penalty=Decimal("0.75"),
                score=Decimal("4.25"), flags=("timeout:cell 4",)),
    )  # fmt: skip
    assert said == [
        "  scores: mean 4.75 (before the penalty 5.00), median 4.25, from 0.00 to 10.00,",
        "    of 3",
        "  handed in: 2 by everybody's deadline, 1 of them in the last hour; 1 after it",
        "  failed: Cell 4 ran longer than the limit and was left out. (s03)",
        "  near the line: s02 Q1 predict, error 1.40 times what is tolerated (wrong)",
        "  question  right  part  none  most common mistake",
        f"  {'─' * 75}",
        "  Q1            1     1     1  the bias is forgotten × 2",
    ]


def test_of_two_scores_the_table_says_all(lines):
    assert lines(a_score("s01"), a_score("s02")) == []


def test_whatever_comes_from_outside_it_fits_80_columns(lines):
    odd = [
        a_score(f"{'x' * 70}{k}\x1b[31m", credit="0", mistake="slug-" * 30, ratio=1.1,
                flags=(f"exited:{'f' * 90}",))
        for k in range(12)
    ]  # fmt: skip
    said = lines(*odd)
    assert "\x1b" not in "".join(said)
    assert max(map(cell_len, said)) <= 80
    assert "  and 7 more near the line: see the page of the class" in said


def test_a_check_that_everybody_passes_is_said_to_tell_little(lines):
    said = lines(*(a_score(f"s{k:02}") for k in range(12)))
    assert any(line.startswith("  tells little: Q1 predict: nearly everybody") for line in said)
