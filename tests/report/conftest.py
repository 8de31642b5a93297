"""Made-up scores: one that everything is in, to be changed by `replace`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from grader.records.scores import QuestionScore, Score
from grader.records.verdicts import Verdict


@pytest.fixture
def late_score() -> Score:
    """Q1 right, Q4 half right with a known mistake, Q9 without a mark; two days late."""
    q1 = Verdict("Q1", "predict", Decimal(1), "Right in all 9 cases.")
    q4 = Verdict(
        "Q4",
        "compute_gradient",
        Decimal("0.5"),
        "dj_dw is m times the expected value in both cases (m = 2, 50).",
        "missing-1-over-m",
        "Did you take the mean over the examples?",
        49.5,
        remarks=("It changes its argument x.",),
    )
    q9 = Verdict("Q9", "answer", None, "A person reads this.")
    return Score(
        student="A0001",
        name="李 明",
        assignment="hw1",
        attempt=2,
        submitted_at=datetime(2022, 9, 1, 16, 30, 5, tzinfo=ZoneInfo("Asia/Singapore")),
        days_late=2,
        earned=Decimal("2.00"),
        maximum=Decimal("3.5"),
        penalty=Decimal("0.60"),
        score=Decimal("1.40"),
        status="late",
        flags=("timeout:cell 4", "pending:Q9"),
        explanation="2.00 of 3.5, 2 days late: x 0.70 = 1.40; Q9 is not marked yet",
        questions=(
            QuestionScore("Q1", "The prediction", Decimal(1), Decimal(1), (q1,)),
            QuestionScore("Q4", "The gradient of J", Decimal(2), Decimal(1), (q4,)),
            QuestionScore("Q9", "In your words", Decimal("0.5"), Decimal(0), (q9,)),
        ),
    )


@pytest.fixture
def missing_score() -> Score:
    return Score(
        student="A0002",
        name="Student 2",
        assignment="hw1",
        attempt=None,
        submitted_at=None,
        days_late=None,
        earned=Decimal(0),
        maximum=Decimal("3.5"),
        penalty=Decimal(0),
        score=Decimal(0),
        status="missing",
        flags=(),
        explanation="nothing handed in = 0.00",
    )
