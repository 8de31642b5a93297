"""Judges what is in the notebook itself: figures, and written answers (which people mark)."""

from __future__ import annotations

from grader.judge.verdicts import right, what_became_of, wrong
from grader.records.answer_key import FigureKey, WrittenKey
from grader.records.evidence import Evidence
from grader.records.verdicts import Verdict


def judge_figure(question: str, key: FigureKey, evidence: Evidence) -> Verdict:
    """Right if the executed notebook shows enough figures. Their content is not judged."""
    drawn = [
        cell
        for cell in evidence.run.cells
        for output in cell.outputs
        if any(str(kind).startswith("image/") for kind in output.get("data", {}))
    ]
    count = len(drawn)
    there = "is no figure" if not count else "is 1 figure" if count == 1 else f"are {count} figures"
    there = f"There {there} in the executed notebook"
    if count >= key.at_least:
        whole = sum(cell.status == "ok" for cell in drawn)
        numbers = ", ".join(
            str(n) for n in dict.fromkeys(c.number for c in drawn if c.status != "ok")
        )
        remark = f"a cell stopped after it had begun to draw: {numbers}"
        return right(question, key, f"{there}.", remarks=[] if whole >= key.at_least else [remark])
    stopped = [cell for cell in evidence.run.cells if cell.status != "ok"]
    hint = "Draw the plot, and run the notebook from top to bottom."
    if stopped:
        said = "; ".join(f"cell {cell.number} {what_became_of(cell)}" for cell in stopped[:3])
        if len(stopped) > 3:
            numbers = ", ".join(str(cell.number) for cell in stopped)
            said = f"cells {numbers}; see there"
        hint = f"Is it in one of the cells that stopped? {said[:1].upper()}{said[1:]}."
    asked = "" if key.at_least == 1 else f"; {key.at_least} are asked for"
    return wrong(question, key, f"{there}{asked}.", "missing", hint=hint)


def judge_written(question: str, key: WrittenKey, evidence: Evidence) -> Verdict:
    """Not judged: a person marks it."""
    return Verdict(
        question=question,
        check=key.check,
        credit=None,
        reason="A written answer: it is marked by a person.",
        weight=key.weight,
    )
