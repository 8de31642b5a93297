"""What a text may have been meant as, where something got lost or was added.

3x2          3x^2    a superscript that was lost on the way from a page
0,5x         0.5x    a decimal comma
2x (by the power rule)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.judge.expressions.names import names_in
from grader.judge.expressions.statements import sides

_CODE = re.compile(r"__|['\"`;]|\b(?:import|lambda|eval|exec|open)\b")
_REMARK = re.compile(r"[(\[][^()\[\]]*(?:[a-z]{2}|[<>≠≤≥=])[^()\[\]]*[)\]]\s*$")
_COMPARISON = re.compile(r"[<>≠≤≥]")


def meant_by(text: str, variable: str) -> Iterator[str]:
    """Other texts, each with one thing put right; of a plain text."""
    yield re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text)
    yield from sides(text)[1:]
    yield _with_superscripts(text, variable)
    yield re.sub(r"\bexp\s*(?=\^|\*\*)", "e", text)
    yield re.sub(r"(?<=[0-9])[eE](?=[-+]?[0-9])", " e ", text)  # 2e-3x as 2e - 3x
    yield re.sub(r"\b([0-9]+) ([0-9]+)/([0-9]+)\b", r"(\1+\2/\3)", text)
    if not _CODE.search(text):
        yield from _without_words(text, variable)


def _with_superscripts(text: str, variable: str) -> str:
    """3x2 as 3x^2, and xex as x e^x."""
    text = re.sub(rf"(?<=e)({variable})(?!p)", r"^\1", text)
    text = re.sub(rf"((?:{variable}|\)))([0-9]+)", r"\1^\2", text)
    return re.sub(r"\be(?=\()", "e^", text)


def _without_words(text: str, variable: str) -> Iterator[str]:
    """Without the words, the conditions and the remarks around it."""
    yield _REMARK.sub("", text)
    words = [
        found
        for found in re.finditer(r"\\?[A-Za-z]+", text)
        if not found[0].startswith("\\") and names_in(found[0], variable) is None
    ]
    cuts = [found.start() for found in words]
    cuts += [found.start() for found in re.finditer(r",\s", text)]
    cuts += [found.start() - 1 for found in _COMPARISON.finditer(text)]
    if cuts:
        yield text[: max(0, min(cuts))].rstrip(" ([,:-#")
    if words and re.match(r"[\s:]", text[words[-1].end() :]):
        yield text[words[-1].end() :]
