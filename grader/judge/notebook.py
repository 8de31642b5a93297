"""Judges what is in the notebook itself: figures, and written answers (which people mark)."""

from __future__ import annotations

from grader.judge.verdicts import RIGHT, WRONG
from grader.records.answer_key import FigureKey, WrittenKey
from grader.records.evidence import Evidence
from grader.records.verdicts import Verdict


def judge_figure(question: str, key: FigureKey, evidence: Evidence) -> Verdict:
    """Right if the executed notebook shows enough figures. Their content is not judged."""
    count = sum(
        any(str(kind).startswith("image/") for kind in output.get("data", {}))
        for cell in evidence.run.cells
        for output in cell.outputs
    )
    right = count >= key.at_least
    found = f"{count or 'no'} figure{'s' if count > 1 else ''} in the executed notebook"
    return Verdict(
        question=question,
        check=key.check,
        credit=RIGHT if right else WRONG,
        reason=f"There {'are' if count > 1 else 'is'} {found}.",
        mistake=None if right else "missing",
        hint="" if right else "Draw the plot, and run the notebook from top to bottom.",
        weight=key.weight,
    )


def judge_written(question: str, key: WrittenKey, evidence: Evidence) -> Verdict:
    """Not judged: a person marks it."""
    return Verdict(
        question=question,
        check=key.check,
        credit=None,
        reason="A written answer: it is marked by a person.",
        weight=key.weight,
    )
