"""A folder of results: scores.csv, scores.json, summary.html and feedback/STUDENT.html."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.records.scores import Score
from grader.records.submissions import Submission
from grader.report.feedback import feedback_page
from grader.report.files import page_name, write_whole
from grader.report.summary import summary_page
from grader.report.tables import (
    places_of,
    scores_document,
    write_scores_csv,
    write_scores_json,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode


def write_report(
    folder: Path,
    *,
    assignment_id: str,
    title: str,
    policy: Mapping[str, Any],
    question_ids: Sequence[str],
    scores: Sequence[Score],
    due: datetime,
    generated_at: datetime,
    submission_of: Callable[[Score], Submission | None],
    notebook_of: Callable[[Score], NotebookNode | None],
    problems: Mapping[str, str] | None = None,
    only: Collection[str] = (),
) -> list[str]:
    """Write all result files of an assignment; pages of students who are gone are removed.

    Args:
        folder: made if it is not there.
        submission_of: the attempt that a score is about.
        notebook_of: that attempt's executed notebook. Asked for one student at a time.
        problems: by student, what is odd about the hand-in, and where that can be put right.
        only: whose pages are written; empty is everybody's. Scores that were read back from
            scores.json lack what a page needs (remarks), and the pages of their students are there.

    Returns:
        What could not be shown, one line each, for the person at the terminal. A notebook that
        cannot be drawn costs its student's page the notebook, not the page.
    """
    pages = folder / "feedback"
    pages.mkdir(parents=True, exist_ok=True)
    places = places_of(policy)
    write_scores_csv(scores, question_ids, folder / "scores.csv", places=places)
    document = scores_document(assignment_id, policy, scores, generated_at)
    write_scores_json(document, folder / "scores.json")
    summary = summary_page(
        title, scores, due=due, generated_at=generated_at, places=places, problems=problems
    )
    write_whole(folder / "summary.html", summary)

    warnings = []
    for score in scores:
        if only and score.student not in only:
            continue
        page_of = partial(
            feedback_page, score, title=title, submission=submission_of(score), places=places
        )
        try:
            text = page_of(notebook=notebook_of(score))
        except Exception as error:  # the fence around one student: the others get their pages
            what = f"{type(error).__name__}: {error}"
            warnings.append(f"{score.student}: the notebook could not be shown ({what})")
            text = page_of(problem="The notebook could not be shown here.")
        write_whole(pages / page_name(score.student), text)
    if not only:
        current = {page_name(score.student) for score in scores}
        for page in pages.glob("*.html"):
            if page.name not in current:
                page.unlink()
    return warnings
