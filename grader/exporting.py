"""From the scores on disk to a file for another system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from grader.course import Assignment, load_assignment
from grader.errors import GraderError
from grader.opened import OpenCourse
from grader.slip_days import publish_slip_days

if TYPE_CHECKING:
    from grader.export import Filled, GradeChange
    from grader.records.scores import Score
    from grader.records.submissions import InLms, Student

Target = Literal["csv", "excel", "canvas", "moodle", "gradescope"]

ENDINGS: Mapping[Target, str] = {"excel": "xlsx", "gradescope": "zip"}
"""Of the files' names; of the others it is `csv`."""


@dataclass(frozen=True)
class Exported:
    """What was written, or would be.

    Attributes:
        notes: for the person at the terminal.
        changes: what the LMS has and what it would get; None if nobody knows what it has.
        equal: how many it has already.
    """

    file: Path
    notes: tuple[str, ...]
    changes: tuple[GradeChange, ...] | None = None
    equal: int = 0


@dataclass(frozen=True)
class _Graded:
    """What `grade` left of an assignment, and the people whom it is about.

    Attributes:
        head: what scores.json says of all scores: the late policy, when they were made.
        hand_ins: what the LMS calls them.
        template: the gradebook as the LMS exported it.
        is_raw: the points before the late penalty are wanted.
    """

    assignment: Assignment
    scores: Sequence[Score]
    head: Mapping[str, Any]
    roster: Mapping[str, Student]
    hand_ins: Sequence[InLms]
    template: Path | None
    is_raw: bool

    @property
    def places(self) -> int:
        from grader.report import places_of

        return places_of(self.head["policy"])


@dataclass(frozen=True)
class _Made:
    """A file for one system, before it is written; the rest as in `Exported`."""

    write: Callable[[Path], None]
    notes: tuple[str, ...] = ()
    changes: tuple[GradeChange, ...] | None = None
    equal: int = 0


def export(
    opened: OpenCourse,
    assignment_id: str,
    target: Target,
    *,
    output: Path | None,
    provisional: bool,
    template: Path | None = None,
    is_raw: bool = False,
    is_dry: bool = False,
    show: Callable[[Exported], None] = lambda exported: None,
) -> Exported:
    """Write the scores that `grade` left for another system.

    Args:
        template: the gradebook as the LMS exported it: the file has the rows that change alone.
        is_raw: the points before the late penalty, for an LMS that takes its own.
        is_dry: say what would change, and write nothing.
        show: told what will be written, before it is.

    Raises:
        GraderError: there are none, or some are not final and `provisional` is not given; or the
            template is none.
    """
    from grader.export import refuse_provisional
    from grader.report.words import rounding_in_words
    from grader.store.alarms import read_alarms
    from grader.store.standings import write_standings

    assignment = load_assignment(opened.course, assignment_id)
    graded = _graded(opened, assignment, template, is_raw=is_raw)
    if not provisional:
        refuse_provisional(graded.scores)
    records = opened.evidence / assignment.id
    made = _MAKERS[target](graded)
    file = (
        output or opened.results / assignment.id / f"export-{target}.{ENDINGS.get(target, 'csv')}"
    )
    alarms = [f"alarm: {each}" for each in read_alarms(records / "alarms")]
    rounding = f"points are rounded {rounding_in_words(graded.places)}"
    exported = Exported(file, (*alarms, *made.notes, rounding), made.changes, made.equal)
    show(exported)
    if not is_dry:
        made.write(file)
        # `grade` says what changes since
        write_standings(records / "exported", [score.standing for score in graded.scores])
        if assignment.late.slip_days:
            publish_slip_days(opened, assignment, graded.scores)
    return exported


def _graded(
    opened: OpenCourse, assignment: Assignment, template: Path | None, *, is_raw: bool
) -> _Graded:
    from grader.collect import names_in_lms
    from grader.report import read_scores_json

    source = opened.results / assignment.id / "scores.json"
    if not source.is_file():
        raise GraderError(
            f"{assignment.id} has no scores yet",
            at=str(source),
            fix=f"run `grader grade {assignment.id}` first",
        )
    head, scores = read_scores_json(source)
    hand_ins = names_in_lms(opened.submissions / assignment.id)
    return _Graded(assignment, scores, head, opened.roster, hand_ins, template, is_raw)


def _csv(graded: _Graded) -> _Made:
    from grader.export import export_csv

    return _Made(partial(export_csv, graded.scores, graded.roster, places=graded.places))


def _excel(graded: _Graded) -> _Made:
    from grader.export import workbook
    from grader.report.files import write_whole

    due = graded.assignment.due
    now = datetime.now(due.tzinfo)
    content = workbook(
        graded.scores,
        graded.roster,
        facts=_facts(graded, now),
        zone=due.tzinfo,
        made_at=now,
        places=graded.places,
    )
    return _Made(partial(write_whole, content=content))


def _facts(graded: _Graded, now: datetime) -> list[tuple[str, str]]:
    """What there is to say of all scores: for a sheet beside them."""
    from grader.report.words import policy_in_words, rounding_in_words, time_in_words

    assignment, policy = graded.assignment, graded.head["policy"]
    waiting = [score.student for score in graded.scores if score.is_provisional]
    return [
        ("Assignment", f"{assignment.id}: {assignment.title}"),
        ("Due", time_in_words(assignment.due)),
        *policy_in_words(policy),
        ("Rounding", f"{rounding_in_words(graded.places)}, once, at the end"),
        ("Earned, and the questions", "points before the late penalty; score = earned - penalty"),
        ("Times", f"in {assignment.due.tzinfo}"),
        ("Graded", time_in_words(datetime.fromisoformat(graded.head["generated_at"]))),
        ("Exported", time_in_words(now)),
        ("Not final", ", ".join(waiting) or "none"),
    ]


def _canvas(graded: _Graded) -> _Made:
    from grader.export import export_canvas, fill_canvas, read_template

    column = graded.assignment.canvas
    if graded.template is not None:
        filled = fill_canvas(
            read_template(graded.template),
            graded.scores,
            graded.roster,
            column,
            places=graded.places,
            is_raw=graded.is_raw,
        )
    elif column:
        filled = export_canvas(
            graded.scores, graded.roster, column, places=graded.places, is_raw=graded.is_raw
        )
    else:
        raise GraderError(
            f"{graded.assignment.id} does not say which column of Canvas it is",
            at=str(graded.assignment.folder / "assignment.toml"),
            fix="export the gradebook from Canvas (Grades, Export), copy the header of this "
            'assignment\'s column, and add it above the table [points]: canvas = "HW 1 (501)"',
        )
    return _filled(filled, _penalties(graded, "Canvas"))


def _moodle(graded: _Graded) -> _Made:
    from grader.export import fill_moodle, read_template

    if graded.template is None:
        raise GraderError(
            "Moodle knows hand-ins by numbers of its own, which its worksheet has",
            fix="in Moodle, download the grading worksheet, and give it with --template FILE",
        )
    filled = fill_moodle(
        read_template(graded.template),
        graded.scores,
        graded.roster,
        places=graded.places,
        is_raw=graded.is_raw,
    )
    return _filled(filled, _penalties(graded, "Moodle"))


def _gradescope(graded: _Graded) -> _Made:
    from grader.export import results_files
    from grader.report.files import write_zip

    files, left_out = results_files(graded.scores, graded.hand_ins, places=graded.places)
    return _Made(
        partial(write_zip, entries=files),
        (
            "Gradescope imports no results.json: they are for an autograder, see docs/export.md; "
            "grades go to the LMS by --to canvas or moodle",
            *(f"{each.student} is left out: {each.reason}" for each in left_out),
        ),
    )


_MAKERS: Mapping[Target, Callable[[_Graded], _Made]] = {
    "csv": _csv,
    "excel": _excel,
    "canvas": _canvas,
    "moodle": _moodle,
    "gradescope": _gradescope,
}


def _filled(filled: Filled, notes: Sequence[str]) -> _Made:
    from grader.report.files import write_whole

    return _Made(
        partial(write_whole, content=filled.text),
        (*notes, *(f"{each.student} is left out: {each.reason}" for each in filled.left_out)),
        filled.changes,
        filled.equal,
    )


def _penalties(graded: _Graded, lms: str) -> tuple[str, ...]:
    """A word where a late penalty might be taken twice, or not at all."""
    late = sum(bool(score.penalty) for score in graded.scores)
    if not late:
        return ()
    if graded.is_raw:
        return (
            f"the late penalty of {late} is not taken off: {lms}'s own late policy has to do it",
        )
    return (
        f"{late} have a late penalty taken off: if {lms}'s own late policy is on, it takes it "
        "twice; switch it off there, or export --raw",
    )
