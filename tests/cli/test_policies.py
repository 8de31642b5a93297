"""Late policies other than the default, from TOML, through the command line.

One course, an assignment for each policy. Due 17:00; 9 points for `double`, 1 for `square`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.tiny import (
    ASSIGNMENT,
    DOUBLE,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    scores_csv,
    scores_json,
)

pytestmark = pytest.mark.slow

NINE = [DOUBLE]
TEN = [DOUBLE, SQUARE]
ONE = [SQUARE]


def due(month: int) -> str:
    return ASSIGNMENT.replace("2026-02-03", f"2026-{month:02}-03")


# assignment: its table [late], the hand-ins, and by student: days late, score, attempt,
# what the explanation says
POLICIES = {
    "compounding": (
        'mode = "compounding"',
        [HandIn("s01", "2026-02-05T17:01:00+08:00", NINE)],
        {"s01": ("3", "5.53", "1", "x 0.6141 = 5.53")},  # 9 x 0.85^3 = 5.527...
    ),
    "of_the_maximum": (
        'base = "maximum"',
        [HandIn("s01", "2026-02-04T17:01:00+08:00", NINE)],
        {"s01": ("2", "6.00", "1", ": - 3.00 = 6.00")},  # 2 x 0.15 x 10
    ),
    "half_an_hour": (
        "grace_minutes = 30",
        [
            HandIn("s01", "2026-02-03T17:29:59+08:00", NINE),
            HandIn("s02", "2026-02-03T17:30:00+08:00", NINE),
        ],
        {"s01": ("0", "9.00", "1", "on time"), "s02": ("1", "7.65", "1", "1 day late")},
    ),
    "no_cutoff": (
        'rate = 0.05\ncutoff_days = "never"',
        [HandIn("s01", "2026-02-13T17:00:59+08:00", NINE)],
        {"s01": ("10", "4.50", "1", "10 days late")},
    ),
    "short_cutoff": (
        "cutoff_days = 1",
        [HandIn("s01", "2026-02-04T17:01:00+08:00", NINE)],
        {"s01": ("2", "0.00", "1", "after the cut-off: x 0.00 = 0.00")},
    ),
    "one_place": (
        "places = 1",
        [HandIn("s01", "2026-02-04T17:00:59+08:00", NINE)],
        {"s01": ("1", "7.7", "1", "9.0 of 10, 1 day late")},  # 7.65, half-up
    ),
    "best": (
        'attempts = "best"',
        [
            HandIn("s01", "2026-02-03T16:00:00+08:00", ONE),
            HandIn("s01", "2026-02-04T17:01:00+08:00", NINE, attempt=2),
            HandIn("s02", "2026-02-03T16:00:00+08:00", NINE),
            HandIn("s02", "2026-02-03T17:01:00+08:00", TEN, attempt=2),
        ],
        {
            "s01": ("2", "6.30", "2", "attempt 2 counts"),  # 1 on time, or 9 x 0.70
            "s02": ("0", "9.00", "1", "attempt 1 counts"),  # 9 on time, or 10 x 0.85
        },
    ),
    "latest": (
        "",
        [
            HandIn("s01", "2026-02-03T16:00:00+08:00", TEN),
            HandIn("s01", "2026-02-03T17:01:00+08:00", NINE, attempt=2),
        ],
        {"s01": ("1", "7.65", "2", "attempt 2 counts")},
    ),
    "slip": (  # two days in the bank; one went in "slip_before", a month earlier
        "slip_days = 2",
        [HandIn(student, "2026-02-05T17:01:00+08:00", NINE) for student in ("s01", "s02")],
        {
            "s01": ("3", "6.30", "1", "1 slip day spent: x 0.70 = 6.30"),
            "s02": ("3", "7.65", "1", "2 slip days spent: x 0.85 = 7.65"),  # was excused then
        },
    ),
}


# the others of their kind are compared with a slow second policy always: tests/score/test_obvious.py
FOLLOWED = (
    POLICIES if "GRADER_TEST_SCALE" in os.environ else ("compounding", "no_cutoff", "best", "slip")
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them graded."""
    names = ["slip_before", *POLICIES]
    root = a_course(
        tmp_path_factory.mktemp("policies"),
        assignments=[*names, "not_out_yet"],
        students=["s01", "s02"],
    )
    before = [HandIn(student, "2026-01-03T18:00:00+08:00", NINE) for student in ("s01", "s02")]
    add_assignment(
        root,
        "slip_before",
        settings=due(1),
        late="slip_days = 2",
        hand_ins=before,
        decisions=[("s02", "", "excuse", "", "ill")],
    )
    for name, (late, hand_ins, _) in POLICIES.items():
        add_assignment(root, name, late=late, hand_ins=hand_ins)
    for name in FOLLOWED:
        done = grader("grade", name, cwd=root)
        assert done.returncode == 0, done.stderr
    return root


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_policy_from_toml_is_followed_and_explained(root, name):
    for student, (days, final, attempt, said) in POLICIES[name][2].items():
        row = scores_csv(root, name)[student]
        assert (row["days_late"], row["score"], row["attempt"]) == (days, final, attempt)
        assert said in scores_json(root, name)[student]["explanation"]


def test_the_policy_that_was_followed_is_kept_with_the_scores(root):
    document = json.loads((root / "reports/no_cutoff/scores.json").read_text("utf-8"))
    assert document["policy"]["rate"] == "0.05"
    assert document["policy"]["cutoff_days"] is None
