"""docs/judging.md: every example is planned, answered and judged, and reads as the page says."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from grader.judge.expressions import ExpressionError, parse
from grader.judge.mistakes import HINTS

PAGE = (Path(__file__).parents[2] / "docs" / "judging.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# what an author does before anyone is asked: a program, and what it prints
PROGRAMS = [(one[1], other[1]) for one, other in pairwise(BLOCKS) if other[0] == "printed"]
_JUDGED = [b for b in BLOCKS if b[0] != "printed" and b[1] not in dict(PROGRAMS)]
EXAMPLES = [tuple(_JUDGED[place : place + 3]) for place in range(0, len(_JUDGED), 3)]


def test_each_example_is_a_question_a_notebook_and_a_verdict():
    assert len(EXAMPLES) >= 9
    assert len(PROGRAMS) >= 3
    for example in EXAMPLES:
        assert [kind for kind, _ in example] == ["python", "student", "verdict"]


def in_lines(verdict):
    yield verdict.reason
    if verdict.mistake:
        yield f"{verdict.mistake}: {verdict.hint}"
    if verdict.credit not in (0, 1, None):
        yield f"credit: {verdict.credit}"
    if verdict.doubt:
        yield f"doubt: {verdict.doubt}"
    for remark in verdict.remarks:
        yield f"remark: {remark}"


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_reads_as_the_page_says(verdicts_on, tmp_path, place):
    (_, author), (_, student), (_, said) = EXAMPLES[place]
    course: dict[str, object] = {}
    file = tmp_path / "questions.py"
    file.write_text(author, encoding="utf-8")
    exec(compile(author, str(file), "exec"), course)
    notebook: dict[str, object] = {"np": np}
    exec(student, notebook)
    verdicts = verdicts_on(course["QUESTIONS"], notebook)
    lines = [line for verdict in verdicts for line in in_lines(verdict)]
    # how many instructions a loop takes is Python's affair
    counted = [
        re.sub(r"\d+ Python instructions(.*), \d+ for", r"N\1, N for", line) for line in lines
    ]
    expected = re.sub(r"\d+ Python instructions(.*), \d+ for", r"N\1, N for", said)
    assert "\n".join(counted) + "\n" == expected


@pytest.mark.parametrize("place", range(len(PROGRAMS)))
def test_a_program_prints_what_the_page_says(capsys, place):
    program, printed = PROGRAMS[place]
    exec(program, {})
    assert capsys.readouterr().out == printed


def test_every_kind_of_check_has_an_example(verdicts_on):
    import grader.questions as public
    from grader.questions.declare import _Check

    kinds = [n for n in public.__all__ if isinstance(getattr(public, n), type) and issubclass(getattr(public, n), _Check)]  # fmt: skip
    assert len(kinds) == 11
    authors = "".join(author for (_, author), *_ in EXAMPLES)
    for kind in kinds:
        assert f"{kind}(" in authors, kind


def test_the_names_that_the_page_lists_have_hints():
    section = PAGE.partition("## How a mistake gets its name")[2].partition("```")[0]
    slugs = re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", section)
    assert "missing-1-over-m" in slugs
    assert set(slugs) <= set(HINTS)


def test_what_the_table_says_is_read_is_read():
    section = PAGE.partition("## How a typed expression is read")[2]
    typed = re.findall(r"`([^`]+)`", section.partition("|---|---|")[2].partition("Refused")[0])
    assert len(typed) > 20
    for text in typed:
        assert parse(text).text
    refused = re.findall(r"`([^`]+)`", section.partition("Refused")[2].partition("**")[0])
    assert len(refused) >= 5
    for text in refused:
        with pytest.raises(ExpressionError):
            parse(text)
