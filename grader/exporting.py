"""From the scores on disk to a file for another system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from grader.course import Assignment, load_assignment
from grader.errors import GraderError
from grader.opened import OpenCourse
from grader.slip_days import publish_slip_days

if TYPE_CHECKING:
    from grader.export import GradeChange
    from grader.records.scores import Score

Target = Literal["csv", "canvas", "moodle"]


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
) -> Exported:
    """Write the scores that `grade` left for another system.

    Args:
        template: the gradebook as the LMS exported it: the file has the rows that change alone.
        is_raw: the points before the late penalty, for an LMS that takes its own.
        is_dry: say what would change, and write nothing.

    Raises:
        GraderError: there are none, or some are not final and `provisional` is not given; or the
            template is none.
    """
    from grader.export import export_csv, refuse_provisional
    from grader.report import places_of, read_scores_json
    from grader.store.alarms import read_alarms
    from grader.store.standings import write_standings

    assignment = load_assignment(opened.course, assignment_id)
    source = opened.results / assignment.id / "scores.json"
    if not source.is_file():
        raise GraderError(
            f"{assignment.id} has no scores yet",
            at=str(source),
            fix=f"run `grader grade {assignment.id}` first",
        )
    head, scores = read_scores_json(source)
    places = places_of(head["policy"])
    if not provisional:
        refuse_provisional(scores)
    records = opened.evidence / assignment.id
    alarms = tuple(f"alarm: {each}" for each in read_alarms(records / "alarms"))
    file = output or source.with_name(f"export-{target}.csv")
    if target == "csv":
        done = Exported(file, alarms)
        if not is_dry:
            export_csv(scores, opened.roster, file, places=places)
    else:
        done = _for_lms(
            opened, assignment, target, scores, file, template, places, is_raw=is_raw, is_dry=is_dry
        )
        penalties = _penalties(scores, target, is_raw=is_raw)
        done = Exported(file, (*alarms, *penalties, *done.notes), done.changes, done.equal)
    if not is_dry:  # `grade` says what changes since
        write_standings(records / "exported", [score.standing for score in scores])
        if assignment.late.slip_days:
            publish_slip_days(opened, assignment, scores)
    return done


def _for_lms(
    opened: OpenCourse,
    assignment: Assignment,
    target: Target,
    scores: Sequence[Score],
    file: Path,
    template: Path | None,
    places: int,
    *,
    is_raw: bool,
    is_dry: bool,
) -> Exported:
    from grader.export import export_canvas, fill_canvas, fill_moodle, read_template
    from grader.report.files import write_whole

    if template is not None:
        there = read_template(template)
        filled = (
            fill_canvas(
                there, scores, opened.roster, assignment.canvas, places=places, is_raw=is_raw
            )
            if target == "canvas"
            else fill_moodle(there, scores, opened.roster, places=places, is_raw=is_raw)
        )
        if not is_dry:
            write_whole(file, filled.text)
        notes = tuple(f"{each.student} is left out: {each.reason}" for each in filled.left_out)
        return Exported(file, notes, filled.changes, filled.equal)
    if target == "moodle":
        raise GraderError(
            "Moodle knows hand-ins by numbers of its own, which its worksheet has",
            fix="in Moodle, download the grading worksheet, and give it with --template FILE",
        )
    if not assignment.canvas:
        raise GraderError(
            f"{assignment.id} does not say which column of Canvas it is",
            at=str(assignment.folder / "assignment.toml"),
            fix="export the gradebook from Canvas (Grades, Export), copy the header of this "
            'assignment\'s column, and add it above the table [points]: canvas = "HW 1 (501)"',
        )
    exported = export_canvas(scores, opened.roster, assignment.canvas, places=places, is_raw=is_raw)
    if not is_dry:
        write_whole(file, exported.text)
    return Exported(
        file, tuple(f"{each.student} is left out: {each.reason}" for each in exported.left_out)
    )


def _penalties(scores: Sequence[Score], target: Target, *, is_raw: bool) -> tuple[str, ...]:
    """A word where a late penalty might be taken twice, or not at all."""
    late = sum(bool(score.penalty) for score in scores)
    if not late:
        return ()
    theirs = {"canvas": "Canvas", "moodle": "Moodle"}[target]
    if is_raw:
        return (
            f"the late penalty of {late} is not taken off: {theirs}'s own late policy has to do it",
        )
    return (
        f"{late} have a late penalty taken off: if {theirs}'s own late policy is on, it takes it "
        "twice; switch it off there, or export --raw",
    )
