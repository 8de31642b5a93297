"""A folder of results: scores.csv, scores.json, summary.html and feedback/STUDENT.html."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.records.scores import Score
from grader.records.submissions import Submission
from grader.report.feedback import Findings, feedback_page
from grader.report.files import page_name, write_whole
from grader.report.summary import summary_parts
from grader.report.tables import places_of, write_scores_csv, write_scores_json

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Shown:
    """What there is to see of an attempt, beside its score.

    Attributes:
        notebook: as executed; None if there is none.
        findings, defined_in: as `feedback_page` takes them.
    """

    notebook: NotebookNode | None = None
    findings: Findings = field(default_factory=dict)
    defined_in: Mapping[str, int] = field(default_factory=dict)


def page_file(folder: Path, student: str) -> Path:
    """Where a student's page is."""
    return folder / "feedback" / page_name(student)


def write_page(
    folder: Path,
    score: Score,
    *,
    title: str,
    submission: Submission | None,
    evidence: Callable[[], Shown],
    places: int = 2,
) -> str:
    """Write the page of one student.

    Args:
        submission: the attempt that the score is about.
        evidence: gives what that attempt did.

    Returns:
        What could not be shown, for the person at the terminal, or "". A notebook that cannot be
        drawn costs its student's page the notebook, not the page.
    """
    page_of = partial(feedback_page, score, title=title, submission=submission, places=places)
    warning = ""
    try:
        seen = evidence()
        text = page_of(notebook=seen.notebook, findings=seen.findings, defined_in=seen.defined_in)
    except Exception as error:  # the fence around one student: the others get their pages
        what = f"{type(error).__name__}: {error}"
        warning = f"{score.student}: the notebook could not be shown ({what})"
        text = page_of(problem="The notebook could not be shown here.")
    file = page_file(folder, score.student)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, text)
    return warning


def write_class(
    folder: Path,
    *,
    assignment_id: str,
    title: str,
    policy: Mapping[str, Any],
    question_ids: Sequence[str],
    scores: Sequence[Score],
    due: datetime,
    generated_at: datetime,
    problems: Mapping[str, str] | None = None,
    alarms: Sequence[str] = (),
    with_page: bool = True,
) -> None:
    """Write what is about everybody: scores.csv, scores.json and summary.html; pages of students
    who are gone are removed.

    Args:
        folder: made if it is not there.
        problems: by student, what is odd about the hand-in, and where that can be put right.
        alarms: what to look at before anything else, for the summary.
        with_page: whether summary.html is made too: the dearest of the three.
    """
    pages = folder / "feedback"
    pages.mkdir(parents=True, exist_ok=True)
    places = places_of(policy)
    write_scores_csv(scores, question_ids, folder / "scores.csv", places=places)
    write_scores_json(folder / "scores.json", assignment_id, policy, scores, generated_at)
    if with_page:
        summary = summary_parts(
            title,
            scores,
            due=due,
            generated_at=generated_at,
            places=places,
            problems=problems,
            alarms=alarms,
        )
        write_whole(folder / "summary.html", summary)
    current = {page_name(score.student) for score in scores}
    with os.scandir(pages) as there:
        stale = [
            each.path for each in there if each.name.endswith(".html") and each.name not in current
        ]
    for page in stale:
        os.unlink(page)
