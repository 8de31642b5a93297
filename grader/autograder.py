"""Inside Gradescope: grade the one hand-in of a container, and write `results/results.json`.

    /autograder/source/course           the course, its reference and secret: root's alone
    /autograder/submission              what was handed in
    /autograder/submission_metadata.json  who, when
    /autograder/results/results.json    what Gradescope reads

The student's code runs behind the best walls that the container gives, and always as a user that
owns nothing. A failure of ours writes no results: Gradescope then shows that the autograder failed,
and no points; what happened is on standard output, which staff see.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grader.check.lines import Line, looked_at
from grader.check.sheet import probes_of
from grader.collect.lms.delivery import Delivery
from grader.collect.lms.download import opened as opened_download
from grader.collect.lms.filing import Filing
from grader.collecting import notebook_chooser
from grader.course import DecisionLine, load_assignment, load_course
from grader.errors import GraderError
from grader.execute import Asked, Local, Sandbox, execute_all, read_notebook
from grader.execute.machine import best
from grader.export.gradescope import Visibility, results_json
from grader.gradebook import gradebook_at
from grader.grading import grade
from grader.opened import OpenCourse, conditions_of
from grader.questions import load_questions, properties_of
from grader.records.scores import Score
from grader.records.submissions import Student, as_text
from grader.release.sheet import sheet_of
from grader.results import FAILURES

STUDENT = "student"
"""There is one in a container; what people call them is not needed to grade."""

MOST_SAID = 10
"""Files that were not taken, by name."""

AFTER_THE_DEADLINE: Visibility = "after_due_date"
"""When the points are shown: hidden cases would be a game of guessing before."""


@dataclass(frozen=True)
class HandedIn:
    """What Gradescope says of a hand-in.

    Attributes:
        due: the student's own deadline there, if it is not everybody's.
    """

    at: datetime
    name: str
    due: datetime | None


def main(root: Path) -> None:
    """Grade, and write the results, whole or not at all.

    Raises:
        GraderError: the course is wrong, or what Gradescope says can't be read.
    """
    handed_in = read_metadata(root / "submission_metadata.json")
    walls = _walls()
    print(f"the student's code runs with: {walls}")
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        opened = _opened(root / "source" / "course", Path(name), handed_in)
        (assignment_id,) = opened.course.assignments
        not_taken = _put(opened, assignment_id, root / "submission", handed_in)
        _decide(opened, assignment_id, handed_in)
        engine = Local(jobs=1, sandbox=walls)
        (score,) = grade(opened, assignment_id, engine=engine).scores
        if score.score is None:  # Gradescope would sum the tests up, to a zero
            log = opened.results / assignment_id / FAILURES
            said = log.read_text("utf-8") if log.is_file() else ""
            raise GraderError(f"it could not be graded: {score.explanation}\n{said}")
        lines = _self_check(opened, assignment_id, walls)
    print(score.explanation)
    document = _document(
        score, lines, places=load_assignment(opened.course, assignment_id).late.places
    )
    if not_taken:
        document["output"] = "\n".join([document["output"], *not_taken])
    results = root / "results"
    results.mkdir(exist_ok=True)
    unfinished = results / ".results.json"
    unfinished.write_text(json.dumps(document, indent=1, allow_nan=False), "utf-8")
    os.replace(unfinished, results / "results.json")


def read_metadata(file: Path) -> HandedIn:
    """See gradescope-autograders.readthedocs.io, Submission Metadata.

    Raises:
        GraderError: it is not there, or says no time with an offset.
    """
    try:
        document: dict[str, Any] = json.loads(file.read_text("utf-8"))
        at = _time(document["created_at"])
        users = document.get("users") or []
        dues = [
            _time(due) for user in users if (due := (user.get("assignment") or {}).get("due_date"))
        ]
        names = as_text(", ".join(str(user.get("name") or "") for user in users))
        # of a group with several deadlines the earliest: a later one is for a person to give
        return HandedIn(at, names, min(dues) if len(dues) == len(users) and dues else None)
    except (
        *(OSError, ValueError, KeyError, TypeError, AttributeError),
        *(OverflowError, RecursionError),
    ) as error:
        raise GraderError(
            f"what Gradescope says of the hand-in can't be read: {error}", at=str(file)
        ) from error


def _time(text: str) -> datetime:
    """With its offset, and far enough from the ends of time that any zone can say it."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    for days in (-LEEWAY, LEEWAY):
        time + days  # OverflowError
    return time


LEEWAY = timedelta(days=1000)


def _walls() -> Sandbox:
    found = best()
    if found == "off" and os.geteuid() == 0:
        return "user"
    return found


def _opened(course: Path, folder: Path, handed_in: HandedIn) -> OpenCourse:
    submissions = folder / "submissions"
    submissions.mkdir()
    return OpenCourse(
        load_course(course),
        submissions=submissions,
        results=folder / "reports",
        evidence=folder / "evidence",
        gradebook=gradebook_at(folder),
        fingerprints=folder / "fingerprints",
        roster={STUDENT: Student(STUDENT, handed_in.name)},
    )


def _put(
    opened: OpenCourse, assignment_id: str, files: Path, handed_in: HandedIn
) -> tuple[str, ...]:
    """The hand-in where grading finds it; an archive within it is opened, with care.

    Returns:
        Which files of it were not taken, and why, in words.
    """
    assignment = load_assignment(opened.course, assignment_id)
    folder = opened.submissions / assignment_id
    folder.mkdir()
    filing = Filing(folder, "gradescope", notebook_chooser(opened, assignment))
    with opened_download(files) as there:
        delivery = Delivery("submission", (), tuple(there.files), handed_in.at)
        filed = filing.put(STUDENT, delivery, handed_in.at)
        refused = (*there.refused, *filed.refused)
    filing.write_manifest()
    said = [f"Not taken: {as_text(each.name)}: {as_text(each.reason)}" for each in refused]
    more = [f"and {len(said) - MOST_SAID} others"] if len(said) > MOST_SAID else []
    return (*said[:MOST_SAID], *more)


def _decide(opened: OpenCourse, assignment_id: str, handed_in: HandedIn) -> None:
    """A student's own deadline in Gradescope is an extension."""
    from grader.gradebook.changes import ChangeSet
    from grader.gradebook.database import writing
    from grader.gradebook.decisions import add

    due = load_assignment(opened.course, assignment_id).due
    if handed_in.due is None or handed_in.due <= due:
        return
    line = DecisionLine(STUDENT, "", "extension", handed_in.due.isoformat(), "in Gradescope")
    with writing(opened.gradebook) as connection:
        change = ChangeSet(connection, "decision", "autograder", assignment=assignment_id)
        add(change, assignment_id, [line])
        change.write()


def _self_check(opened: OpenCourse, assignment_id: str, walls: Sandbox) -> tuple[Line, ...]:
    """What the public cases say, which a student may see at once."""
    course = opened.course
    assignment = load_assignment(course, assignment_id)
    questions = load_questions(assignment.questions_file, course.root)
    sheet = sheet_of(course, assignment, questions)
    notebooks = sorted((opened.submissions / assignment_id / STUDENT).rglob("*.ipynb"))
    chosen = _graded_notebook(opened.submissions / assignment_id, notebooks)
    if chosen is None:
        return ()
    done = execute_all(
        [chosen],
        lambda file: Asked(read_notebook(file), probes_of(sheet)),
        conditions_of(assignment),
        jobs=1,
        sandbox=walls,
    )
    for one in done:
        if one.evidence is not None:
            properties = properties_of(assignment.id, questions)
            return looked_at(sheet, one.evidence, properties=properties).lines
    return ()


def _graded_notebook(folder: Path, notebooks: list[Path]) -> Path | None:
    from grader.collect import collect_folder

    if not notebooks:
        return None
    submission = collect_folder(folder, notebooks[0].name)[-1]
    return submission.file


def _document(score: Score, lines: tuple[Line, ...], *, places: int) -> dict[str, Any]:
    """Public cases at once; points when the deadline is over."""
    hidden = {question.id: AFTER_THE_DEADLINE for question in score.questions}
    document = results_json(score, places=places, of_questions=hidden)
    signs = {"passed": "passed", "failed": "failed"}
    shown = [
        {
            "name": f"Self-check, {line.question}: {line.check}",
            "name_format": "text",
            "output": "\n".join(filter(None, (line.text, line.hint and f"Hint: {line.hint}"))),
            "output_format": "text",
            "visibility": "visible",
            **({"status": signs[line.state]} if line.state in signs else {}),
        }
        for line in lines
    ]
    return {**document, "tests": [*shown, *document["tests"]]}


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except GraderError as problem:
        print(f"error: {problem}")
        sys.exit(1)
