"""Grading again, after something changed."""

from __future__ import annotations

import pytest

from tests.cli.tiny import DOUBLE, HandIn, a_course, add_assignment, grader, scores_csv

pytestmark = pytest.mark.slow

AT = "2026-02-03T16:40:00+08:00"


def test_the_page_shows_nothing_of_an_earlier_run_beside_a_hand_in_that_cannot_be_read(tmp_path):
    root = a_course(tmp_path)
    add_assignment(root, hand_ins=[HandIn("s01", AT, cells=(DOUBLE, "print('of the first run')"))])
    page = root / "reports/hw/feedback/s01.html"
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert "of the first run" in page.read_text("utf-8")
    (root / "submissions/hw/s01/1/hw.ipynb").write_text("{", "utf-8")
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert scores_csv(root)["s01"]["status"] == "unreadable"
    assert "of the first run" not in page.read_text("utf-8")
