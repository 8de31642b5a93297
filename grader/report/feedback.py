"""The page of one student: the score and why, question by question, then the notebook as it ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.records.findings import Finding
from grader.records.scores import QuestionScore, Score
from grader.records.submissions import Submission
from grader.records.verdicts import Verdict
from grader.report.pages import page
from grader.report.student_work import ShownCell, student_cells

if TYPE_CHECKING:
    from nbformat import NotebookNode

Findings = Mapping[tuple[str, int], Finding]
"""By question, and by the place of the verdict among the question's."""


@dataclass(frozen=True)
class Said:
    """A verdict that stands beside a cell, and where the page says more of it."""

    verdict: Verdict
    question: QuestionScore
    anchor: str


@dataclass(frozen=True)
class Stretch:
    """Cells in one frame, with the verdicts beside it; `cells` says which, in words."""

    html: Any  # trusted: sanitized
    cells: str
    said: tuple[Said, ...] = ()


def feedback_page(
    score: Score,
    *,
    title: str,
    submission: Submission | None = None,
    notebook: NotebookNode | None = None,
    problem: str = "",
    places: int = 2,
    findings: Findings | None = None,
    defined_in: Mapping[str, int] | None = None,
) -> str:
    """One HTML file that needs no network and no script.

    Args:
        title: the assignment's.
        submission: the attempt that was graded; None if nothing was handed in.
        notebook: as executed; None if there is nothing to show.
        problem: why there is no notebook, in words for the student.
        places: decimal places of points, as the late policy has them.
        findings: what there is to see of verdicts, beyond their words.
        defined_in: by the name of a function or variable the number of the cell that defines it.
    """
    return page(
        "feedback.html",
        score=score,
        title=title,
        submission=submission,
        stretches=None if notebook is None else _stretches(score, notebook, defined_in or {}),
        problem=problem,
        places=places,
        findings=findings or {},
    )


def _stretches(
    score: Score, notebook: NotebookNode, defined_in: Mapping[str, int]
) -> list[Stretch]:
    """The notebook cut so that each cell with a verdict has a frame of its own."""
    said: dict[int, list[Said]] = {}
    for number, question in enumerate(score.questions, 1):
        for verdict in question.verdicts:
            names = verdict.check.split(", ")
            for place in dict.fromkeys(defined_in[n] for n in names if n in defined_in):
                said.setdefault(place, []).append(Said(verdict, question, str(number)))
    found: list[Stretch] = []
    between: list[ShownCell] = []
    for cell in student_cells(notebook):
        if cell.number is None or cell.number not in said:
            between.append(cell)
            continue
        if between:
            found.append(_stretch(between))
        found.append(_stretch([cell], said[cell.number]))
        between = []
    return [*found, _stretch(between)] if between or not found else found


def _stretch(cells: Iterable[ShownCell], said: Iterable[Said] = ()) -> Stretch:
    import markupsafe

    cells = list(cells)
    numbers = [cell.number for cell in cells if cell.number is not None]
    which = "text"
    if numbers:
        which = f"cell {numbers[0]}"
        if len(numbers) > 1:
            which = f"cells {numbers[0]} to {numbers[-1]}"
    # ours to trust only because `student_cells` sanitizes it
    html = markupsafe.Markup("".join(cell.html for cell in cells))
    return Stretch(html, which, tuple(said))
