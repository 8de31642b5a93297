"""docs/authoring.md: the course on the page is a whole one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.course.settings import _Assignment
from tests.cli.tiny import grader, scores_csv, scores_json, write_notebook

PAGE = (Path(__file__).parents[2] / "docs" / "authoring.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```([\w./]+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.slow
def test_the_course_on_the_page_is_graded_as_the_page_says(tmp_path):
    for name, text in BLOCKS.items():
        if "." in name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    # what is said of hidden cases depends on their numbers
    (tmp_path / "course.secret").write_text("the same each time\n", "utf-8")
    cells = BLOCKS["student"].split("\n\n\n")
    assert len(cells) == 2
    write_notebook(tmp_path / "submissions/hw1/s01/hw1.ipynb", cells)
    done = grader("grade", "hw1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = scores_csv(tmp_path, "hw1")
    assert (rows["s01"]["score"], rows["s02"]["status"]) == ("2.00", "missing")
    _, model = scores_json(tmp_path, "hw1")["s01"]["questions"]
    assert "expected 6, got 5" in model["verdicts"][0]["reason"]
    write_notebook(tmp_path / "assignments/hw1/hw1.ipynb", cells)
    said, shown = grader("validate", "hw1", cwd=tmp_path).stdout, BLOCKS["validate"]
    measured = re.compile(r"cell \d, \d+\.\d s")
    assert measured.sub("", said) == measured.sub("", shown)


def test_the_page_names_every_key_of_an_assignment():
    named = set(re.findall(r"^\| `\[?(\w+)\]?` \|", PAGE, re.MULTILINE))
    needed = {"title", "due", "notebook", "points"}
    assert named | needed == set(_Assignment.__struct_fields__)
    for key in needed:
        assert re.search(rf"^\[?{key}\b", BLOCKS["assignments/hw1/assignment.toml"], re.MULTILINE)
