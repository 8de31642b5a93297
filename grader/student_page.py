"""The page of one student, from the score and from what is stored of the attempt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader.execute import executed, read_notebook
from grader.execute.definitions import names_defined
from grader.judge.findings import finding_of
from grader.records.evidence import Evidence
from grader.records.findings import Finding
from grader.records.limits import Limits
from grader.records.scores import BY_HAND, QuestionScore, Score
from grader.records.submissions import Submission
from grader.report import Shown, write_page
from grader.report.files import page_name, write_whole
from grader.store.plans import StoredPlan, read_plan
from grader.store.runs import read_run


@dataclass(frozen=True)
class Folders:
    """What is the same for all pages of an assignment; plain data, for other processes.

    Attributes:
        results: the folder with the pages.
        records: the folder with runs and plans.
        places: decimal places of points.
        limits: of the notebooks, for what is said of a cell that passed one.
    """

    results: str
    records: str
    title: str
    places: int
    limits: Limits


@dataclass(frozen=True)
class PageJob:
    """One page to make.

    Attributes:
        submission: the attempt that counts; None if there is none.
        run, plan: the keys of its evidence, and of what was asked and expected; or "".
        shows_hidden: whether hidden cases may be shown with their numbers.
    """

    score: Score
    submission: Submission | None
    run: str = ""
    plan: str = ""
    shows_hidden: bool = False


def make_page(folders: Folders, job: PageJob) -> str:
    """Write the page, and the executed notebook, which TAs find in a folder of its own too.

    Returns:
        What could not be shown, or "".

    Raises:
        GraderError: it can't be written.
    """
    return write_page(
        Path(folders.results),
        job.score,
        title=folders.title,
        submission=job.submission,
        evidence=lambda: _shown(folders, job),
        places=folders.places,
    )


def executed_file(results: Path, student: str, attempt: int | None) -> Path:
    """Where the executed notebook of an attempt is."""
    return results / "executed" / f"{page_name(student).removesuffix('.html')}-{attempt}.ipynb"


def _shown(folders: Folders, job: PageJob) -> Shown:
    submission = job.submission
    if submission is None or submission.file is None:
        return Shown()
    path = executed_file(Path(folders.results), submission.student, submission.attempt)
    records = Path(folders.records)
    try:
        stored = read_run(records / "runs", job.run) if job.run else None
        if stored is None:
            path.unlink(missing_ok=True)
            return Shown()
        notebook = executed(read_notebook(submission.file), stored.run, folders.limits)
    except BaseException:
        path.unlink(missing_ok=True)  # of an earlier run
        raise
    # put in the old one's place, never away first: somebody may be reading the answer in it
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(notebook, ensure_ascii=True, indent=1) + "\n")
    plan = _plan(records / "plans", job.plan) if job.plan else None
    findings = {}
    if plan is not None:
        evidence = stored.evidence(plan.keys)
        findings = dict(_findings(job.score, plan, evidence, shows_hidden=job.shows_hidden))
    names = {
        name
        for question in job.score.questions
        for verdict in question.verdicts
        for name in verdict.check.split(", ")
    }
    return Shown(notebook, findings, _defined_in(notebook, names))


@lru_cache(maxsize=2)
def _plan(folder: Path, key: str) -> StoredPlan | None:
    return read_plan(folder, key)


def _findings(
    score: Score, plan: StoredPlan, evidence: Evidence, *, shows_hidden: bool
) -> Iterator[tuple[tuple[str, int], Finding]]:
    keys = {question.id: question.checks for question in plan.answer_key.questions}
    for question in score.questions:
        for place, key in judged_places(question, keys.get(question.id, ())):
            verdict = question.verdicts[place]
            is_right = verdict.credit is not None and verdict.credit >= 1
            found = finding_of(key, evidence, is_right=is_right, shows_hidden=shows_hidden)
            if not found.is_empty:
                yield (question.id, place), found


def judged_places(question: QuestionScore, keys: Any) -> Iterator[tuple[int, Any]]:
    """The places of a question's verdicts, each with what it was judged by."""
    judged = [k for k, each in enumerate(question.verdicts) if each.check != BY_HAND]
    if len(judged) == len(keys):  # else it is of another plan
        yield from zip(judged, keys, strict=True)


def _defined_in(notebook: Any, names: set[str]) -> dict[str, int]:
    """By name the number of the last cell that defines it; what a later cell says counts."""
    found: dict[str, int] = {}
    number = 0
    for cell in notebook.cells:
        if cell["cell_type"] == "code":
            number += 1
            source = cell["source"]
            if any(name in source for name in names):
                found |= dict.fromkeys(_defined(source) & names, number)
    return found


_defined = lru_cache(maxsize=512)(names_defined)  # what came with the assignment, all have
