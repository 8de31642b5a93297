"""From the scores on disk to a file for another system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
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
    from grader.archiving import PagesToSend
    from grader.export import Filled, GradeChange, LeftOut
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
        archive: of the students' pages, if it is wanted, and how many are in it.
    """

    file: Path
    notes: tuple[str, ...]
    changes: tuple[GradeChange, ...] | None = None
    equal: int = 0
    archive: Path | None = None
    pages: int = 0


@dataclass(frozen=True)
class _Graded:
    """What `grade` left of an assignment, and the people whom it is about.

    Attributes:
        head: what scores.json says of all scores: the late policy, when they were made.
        hand_ins: what the LMS calls them.
        results, submissions: the assignment's folders.
        template: the gradebook as the LMS exported it.
        is_raw: the points before the late penalty are wanted.
    """

    assignment: Assignment
    scores: Sequence[Score]
    head: Mapping[str, Any]
    roster: Mapping[str, Student]
    hand_ins: Sequence[InLms]
    results: Path
    submissions: Path
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
    with_pages: bool = False,
    archive: Path | None = None,
    show: Callable[[Exported], None] = lambda exported: None,
) -> Exported:
    """Write the scores that `grade` left for another system, and the students' pages.

    Args:
        template: the gradebook as the LMS exported it: the file has the rows that change alone.
        is_raw: the points before the late penalty, for an LMS that takes its own.
        is_dry: say what would change, and write nothing.
        with_pages: also make an archive of the students' pages, under names that the LMS knows.
        archive: where, if not among the results.
        show: told what will be written, before it is.

    Raises:
        GraderError: there are none, or some are not final and `provisional` is not given; or the
            template is none.
    """
    from grader.export import refuse_provisional
    from grader.report.files import write_zip
    from grader.store.lock import only_one
    from grader.store.standings import write_standings

    assignment = load_assignment(opened.course, assignment_id)
    records = opened.evidence / assignment.id
    # pages and scores are to be of one moment
    alone = only_one(records, f"grader export {assignment.id}") if with_pages else nullcontext()
    with alone:
        graded = _graded(opened, assignment, template, is_raw=is_raw)
        if not provisional:
            refuse_provisional(graded.scores)
        made = _MAKERS[target](graded)
        pages = _pages(graded, target) if with_pages else None
        results = opened.results / assignment.id
        exported = Exported(
            output or results / f"export-{target}.{ENDINGS.get(target, 'csv')}",
            (*_alarms(records), *made.notes, *(pages.notes if pages else ()), _rounding(graded)),
            made.changes,
            made.equal,
            (archive or results / f"feedback-{target}.zip") if pages and pages.count else None,
            pages.count if pages else 0,
        )
        show(exported)
        if not is_dry:
            made.write(exported.file)
            # `grade` says what changes since
            write_standings(records / "exported", [score.standing for score in graded.scores])
            if assignment.late.slip_days:
                publish_slip_days(opened, assignment, graded.scores)
            if pages and exported.archive:
                write_zip(exported.archive, pages.contents())
    return exported


def _alarms(records: Path) -> list[str]:
    from grader.store.alarms import read_alarms

    return [f"alarm: {each}" for each in read_alarms(records / "alarms")]


def _rounding(graded: _Graded) -> str:
    from grader.report.words import rounding_in_words

    return f"points are rounded {rounding_in_words(graded.places)}"


def _pages(graded: _Graded, target: Target) -> PagesToSend:
    from grader.archiving import pages_to_send
    from grader.export import layout_of, moodle_participants, read_template

    participants = None
    if target == "moodle" and graded.template is not None:
        template = read_template(graded.template, known_by="Identifier")
        participants = moodle_participants(template, graded.roster, graded.hand_ins)
    return pages_to_send(
        layout_of(target, graded.hand_ins),
        graded.scores,
        graded.hand_ins,
        graded.roster,
        results=graded.results,
        hand_ins_folder=graded.submissions,
        participants=participants,
    )


def _graded(
    opened: OpenCourse, assignment: Assignment, template: Path | None, *, is_raw: bool
) -> _Graded:
    from grader.collect import names_in_lms

    head, scores = scores_of(opened, assignment)
    folder = opened.submissions / assignment.id
    return _Graded(
        assignment,
        scores,
        head,
        opened.roster,
        names_in_lms(folder),
        opened.results / assignment.id,
        folder,
        template,
        is_raw,
    )


def scores_of(
    opened: OpenCourse, assignment: Assignment
) -> tuple[Mapping[str, Any], Sequence[Score]]:
    """What `grade` left: what scores.json says of all scores, and the scores.

    Raises:
        GraderError: nothing has been graded yet.
    """
    from grader.report import read_scores_json

    source = opened.results / assignment.id / "scores.json"
    if not source.is_file():
        raise GraderError(
            f"{assignment.id} has no scores yet",
            at=str(source),
            fix=f"run `grader grade {assignment.id}` first",
        )
    return read_scores_json(source)


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
    from grader.export import export_canvas, fill_canvas, groups_apart, read_template

    column = graded.assignment.canvas
    if graded.template is not None:
        filled = fill_canvas(
            read_template(graded.template, known_by="ID"),
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
    apart = [
        f"{' and '.join(group)} handed in together and have different scores: Canvas gives one to "
        "the whole group, unless the assignment grades each student individually"
        for group in groups_apart(graded.scores, graded.hand_ins, is_raw=graded.is_raw)
    ]
    return _filled(filled, (*_penalties(graded, "Canvas"), *apart))


def _moodle(graded: _Graded) -> _Made:
    from grader.export import fill_moodle, read_template

    if graded.template is None:
        raise GraderError(
            "Moodle knows hand-ins by numbers of its own, which its worksheet has",
            fix="in Moodle, download the grading worksheet, and give it with --template FILE",
        )
    template = read_template(graded.template, known_by="Identifier")
    filled = fill_moodle(
        template,
        graded.scores,
        graded.roster,
        graded.hand_ins,
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


def _about_left_out(left_out: Sequence[LeftOut]) -> list[str]:
    """A line for each reason: a class of 300 with a template of one section is no 280 lines."""
    by_reason: dict[str, list[str]] = {}
    for each in left_out:
        by_reason.setdefault(each.reason, []).append(each.student)
    return [
        f"{', '.join(who)} {'is' if len(who) == 1 else 'are'} left out: {reason}"
        for reason, who in by_reason.items()
    ]


def _filled(filled: Filled, notes: Sequence[str]) -> _Made:
    from grader.report.files import write_whole

    return _Made(
        partial(write_whole, content=filled.text),
        (
            *notes,
            *filled.notes,
            *_about_left_out(filled.left_out),
        ),
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
