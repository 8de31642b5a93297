"""Reading what was handed in as a notebook: what is wrong with the file, in words."""

import json
from pathlib import Path

import pytest

from grader.execute import UnreadableNotebookError, read_notebook

CELL = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": "1"}
WHOLE = {"cells": [CELL] * 9, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def problem_of(folder: Path, text: str) -> str:
    (folder / "hw1.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableNotebookError) as caught:
        read_notebook(folder / "hw1.ipynb")
    return caught.value.problem


def test_a_file_that_is_cut_off_says_where_it_breaks_off(tmp_path):
    text = json.dumps(WHOLE, indent=1)
    problem = problem_of(tmp_path, text[: text.rindex("outputs")])
    line = text[: text.rindex("outputs")].count("\n") + 1
    assert problem.startswith("the file is not whole JSON: ")
    assert f"line {line} column" in problem
    assert problem.endswith("; was it cut off?")


def test_a_file_of_another_kind_says_how_it_begins(tmp_path):
    problem = problem_of(tmp_path, "<html>log in first</html>")
    assert problem == "the file is not JSON: it starts with '<html>log in first</html>'"


@pytest.mark.parametrize("text", ["[]", "3", '{"name": "x"}'])
def test_json_that_is_no_notebook_is_called_so(tmp_path, text):
    assert problem_of(tmp_path, text).startswith("the file is not a notebook: ")


def test_an_empty_file_is_called_empty(tmp_path):
    assert problem_of(tmp_path, "\n") == "the file is empty"
