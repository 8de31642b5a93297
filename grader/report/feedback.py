"""The page of one student: the score and why, question by question, then the notebook as it ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.scores import Score
from grader.records.submissions import Submission
from grader.report.pages import page
from grader.report.student_work import student_work

if TYPE_CHECKING:
    from nbformat import NotebookNode


def feedback_page(
    score: Score,
    *,
    title: str,
    submission: Submission | None = None,
    notebook: NotebookNode | None = None,
    problem: str = "",
    places: int = 2,
) -> str:
    """One HTML file that needs no network and no script.

    Args:
        title: the assignment's.
        submission: the attempt that was graded; None if nothing was handed in.
        notebook: as executed; None if there is nothing to show.
        problem: why there is no notebook, in words for the student.
        places: decimal places of points, as the late policy has them.
    """
    import markupsafe

    # ours to trust only because `student_work` sanitizes it
    work = None if notebook is None else markupsafe.Markup(student_work(notebook))
    return page(
        "feedback.html",
        score=score,
        title=title,
        submission=submission,
        work=work,
        problem=problem,
        places=places,
    )
