"""Whether students are told what is asked of them, and what costs points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.records.answer_key import (
    AnswerKey,
    CheckKey,
    FigureKey,
    ReturnsKey,
    VectorisedKey,
    WrittenKey,
)
from grader.records.probes import Probe

VECTORISED = re.compile(r"vectori[sz]|loop|matri", re.IGNORECASE)
SHAPE = re.compile(r"shape|column|\brow|transpos|layout|\(\s*\w+\s*,\s*\w*\s*\)", re.IGNORECASE)
FIGURE = re.compile(r"plot|figure|draw|graph|picture", re.IGNORECASE)
WRITTEN = re.compile(r"\?|words|explain|describe|discuss|why|comment|write", re.IGNORECASE)


MARKED = re.compile(r"```.*?```|`[^`]+`|\$[^$]+\$|\*[^*\n]+\*", re.DOTALL)
"""What stands out from a text: code, formulas, and what is emphasised."""


def not_mentioned(probes: Sequence[Probe], cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names that are asked for and that the notebook never says.

    "best" in a sentence is a word, and no name: one that might be a word has to stand in code or
    to be marked as such; `predict_y` may stand anywhere.

    Args:
        cells: of the students' version, in nbformat 4.
    """
    text = "\n".join("".join(cell["source"]) for cell in cells)
    marked = "\n".join(
        source if cell["cell_type"] == "code" else "\n".join(MARKED.findall(source))
        for cell in cells
        for source in ["".join(cell["source"])]
    )
    names = dict.fromkeys(probe.target for probe in probes)
    return [
        name
        for name in names
        if not re.search(
            rf"(?<!\w){re.escape(name)}(?!\w)",
            marked if name.isalpha() and name.islower() else text,
        )
    ]


def sections(cells: Sequence[Mapping[str, Any]], questions: Sequence[str]) -> dict[str, str]:
    """What the notebook says of each question: from the heading that names it to the next one that
    names another. Of a question that no heading names, all of the text.

    Args:
        cells: of the students' version, in nbformat 4.
        questions: their ids.
    """
    found: dict[str, list[str]] = {}
    whole: list[str] = []
    current = ""
    for cell in cells:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("#"):
                named = [each for each in questions if re.search(rf"\b{re.escape(each)}\b", line)]
                current = named[0] if named else current
            found.setdefault(current, []).append(line)
            whole.append(line)
    return {each: "\n".join(found.get(each, whole)) for each in questions}


def not_announced(answer_key: AnswerKey, texts: Mapping[str, str]) -> list[str]:
    """What costs points and is not in the notebook's text, in words.

    Args:
        texts: of each question's section, by its id.
    """
    return [
        f"{key.check} ({question.id}): {what}"
        for question in answer_key.questions
        for key in question.checks
        for pattern, what in _deductions(key)
        if not pattern.search(texts[question.id])
    ]


def _deductions(key: CheckKey) -> Iterator[tuple[re.Pattern[str], str]]:
    if isinstance(key, VectorisedKey):
        yield VECTORISED, "a loop over the examples costs points, and the text never speaks of it"
    if isinstance(key, ReturnsKey) and key.shape == "exact" and not key.reading:
        yield SHAPE, "another shape costs points, and the text never speaks of shapes"
    if isinstance(key, FigureKey):
        yield FIGURE, "a missing figure costs points, and the text never asks for one"
    if isinstance(key, WrittenKey):
        yield WRITTEN, "a written answer is graded, and the text never asks for one"
