"""The table of scores at a terminal."""

from decimal import Decimal
from pathlib import Path

import pytest

from grader.cli.show import score_table
from grader.grading import Graded
from grader.records.scores import Score


def a_score(*flags: str) -> Score:
    return Score(
        student="s01",
        name="Student 01",
        assignment="hw1",
        attempt=1,
        submitted_at=None,
        days_late=0,
        earned=Decimal("9.5"),
        maximum=Decimal(10),
        penalty=Decimal(0),
        score=Decimal("9.5"),
        status="graded",
        flags=flags,
        explanation="",
        questions=(),
    )


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (("import:utils",), "import:utils"),
        (("import:utils", "salvaged:cell 8"), "import:utils,..."),
        (("path:/content/drive/MyDrive/hw1/data.csv",), "path:/content/drive/M..."),
    ],
)
def test_what_to_know_is_cut_and_never_lost(capsys, flags, shown):
    score_table(Graded("hw1: Lines", Path(), (a_score(*flags),)))
    (row,) = (line for line in capsys.readouterr().out.splitlines() if "s01" in line)
    assert row.split("graded")[1].strip() == shown
