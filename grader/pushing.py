"""`canvas push`: our grades and pages to Canvas itself. First the difference, then only that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.canvas import open_canvas
from grader.canvas.answers import InCanvas, Submission
from grader.canvas.grades import (
    EXCUSED,
    NotPushedError,
    Page,
    Wanted,
    grade_in,
    has_page,
    is_same_grade,
    page_of,
    push_one,
)
from grader.canvas.hand_ins import owner_of
from grader.collect.lms.delivery import Owner
from grader.collect.lms.owners import Roster
from grader.course import Assignment, load_assignment
from grader.errors import GraderError
from grader.export import GradeChange, LeftOut, refuse_provisional
from grader.export.filled import grade_of
from grader.exporting import scores_of
from grader.opened import OpenCourse
from grader.records.scores import Score
from grader.report import page_file, places_of
from grader.slip_days import publish_slip_days
from grader.store.alarms import read_alarms
from grader.store.lock import only_one
from grader.store.pushed import Pushed, read_pushed, write_pushed
from grader.store.standings import read_standings, write_standings

if TYPE_CHECKING:
    from grader.canvas.connection import Connection

WITH_COMMENTS = ("submission_comments", "user", "group")
KINDS = frozenset({"points", "percent", "letter_grade", "gpa_scale"})
"""Of grading in Canvas: those that take points."""

NAMED_AT_MOST = 10


@dataclass(frozen=True)
class Push:
    """What Canvas has, and what it would get.

    Attributes:
        changes: grades; `equal` is how many are as they are.
        pages: how many pages of feedback would be attached.
        notes: for the person at the terminal.
        wanted: what is to be done, by student.
        grades: of those and of the equal ones, by student.
    """

    assignment: Assignment
    connection: Connection
    scores: tuple[Score, ...]
    changes: tuple[GradeChange, ...]
    equal: int
    pages: int
    notes: tuple[str, ...]
    wanted: tuple[Wanted, ...]
    grades: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """How many students' were pushed, and whose could not be, with the reason."""

    pushed: int
    failed: tuple[LeftOut, ...]


def plan_push(
    opened: OpenCourse,
    assignment_id: str,
    *,
    is_raw: bool = False,
    with_pages: bool = False,
    provisional: bool = False,
) -> Push:
    """Compare the scores that `grade` left with what Canvas has. Changes nothing.

    Args:
        is_raw: the points before the late penalty, where Canvas takes its own.
        with_pages: the pages of feedback, too.

    Raises:
        GraderError: nothing is graded, or not finally; Canvas can't be asked, or the assignment
            takes no points there.
    """
    assignment = load_assignment(opened.course, assignment_id)
    head, scores = scores_of(opened, assignment)
    if not provisional:
        refuse_provisional(scores)
    connection = open_canvas(opened.course, assignment)
    there = connection.assignment()
    _refuse_kinds(assignment, there)
    by_student = _by_student(opened, connection.submissions(WITH_COMMENTS))
    grades, left_out = _grades(opened, scores, by_student, places_of(head["policy"]), is_raw=is_raw)
    if there.gives_groups_one_grade:
        left_out += _without_disagreeing_groups(grades, by_student)

    records = opened.evidence / assignment.id
    kept = {who: read_pushed(records / "pushed", who, connection.address) for who in grades}
    pages, no_page = _pages(opened, assignment, grades if with_pages else {})
    wanted, changes, by_others = [], [], []
    for student, grade in grades.items():
        submission, last = by_student[student], kept[student]
        before = grade_in(submission, is_raw=is_raw)
        is_new = not is_same_grade(before, grade)
        if is_new:
            changes.append(GradeChange(student, before, grade))
            now = grade_in(submission, is_raw=last.is_raw) if last else ""
            if last and last.grade and not is_same_grade(now, last.grade):
                by_others.append(f"{student} ({last.grade}, now {now or 'none'})")
        page = pages.get(student)
        if page and (has_page(submission, page) or (last and page.digest in last.pages)):
            page = None
        if is_new or page:
            wanted.append(
                Wanted(
                    student,
                    submission.user_id,
                    grade if is_new else "",
                    is_raw,
                    page,
                    f"{assignment.title}: the attached page says how the points came to be. "
                    "Download it and open it in a browser.",
                    there.gives_groups_one_grade,
                )
            )
    notes = [
        *(f"alarm: {each}" for each in read_alarms(records / "alarms")),
        *_of_the_assignment(assignment, there, connection.address),
        *_penalties([each for each in scores if each.student in grades], by_student, is_raw),
        *_listed("somebody changed in Canvas what was pushed before", by_others),
        *_listed("there is no page of feedback of", no_page),
        *(f"{each.student} is left out: {each.reason}" for each in left_out),
    ]
    return Push(
        assignment,
        connection,
        tuple(scores),
        tuple(changes),
        len(grades) - len(changes),
        sum(each.page is not None for each in wanted),
        tuple(notes),
        # of a group the excused go first: then the grade of the others passes them by
        tuple(sorted(wanted, key=lambda each: each.grade != EXCUSED)),
        grades,
    )


def carry_out(
    opened: OpenCourse,
    push: Push,
    *,
    advance: Callable[[int, int, str, int], None] = lambda done, total, who, failed: None,
) -> Outcome:
    """Push it. Who fails is named, and the others go on.

    Raises:
        GraderError: Canvas can't be asked any more, a record can't be written, or another command
            is at work. What is done is not done again by the next push.
    """
    records = opened.evidence / push.assignment.id
    failed: list[LeftOut] = []
    undone = {each.student for each in push.wanted}
    with only_one(records, f"grader canvas push {push.assignment.id}"):
        if tuple(scores_of(opened, push.assignment)[1]) != push.scores:
            raise GraderError(
                f"{push.assignment.id} was graded again meanwhile: the difference is another now",
                fix="run the command again",
            )
        try:
            for number, wanted in enumerate(push.wanted, start=1):
                try:
                    push_one(push.connection, wanted)
                except NotPushedError as error:
                    failed.append(LeftOut(wanted.student, str(error)))
                else:
                    undone.remove(wanted.student)
                    _keep(push, wanted, records / "pushed")
                advance(number, len(push.wanted), wanted.student, len(failed))
        finally:
            _publish(opened, push, undone)
    return Outcome(len(push.wanted) - len(failed), tuple(failed))


def _refuse_kinds(assignment: Assignment, there: InCanvas) -> None:
    fix = "change that in Canvas, or export a file instead: grader export --to canvas"
    if there.grading_type is not None and there.grading_type not in KINDS:
        raise GraderError(
            f"in Canvas {assignment.id} takes no points: it is graded by {there.grading_type}",
            fix=fix,
        )
    if there.moderated_grading and not there.grades_published:
        raise GraderError(
            f"in Canvas {assignment.id} is moderated, and its final grades are not chosen yet",
            fix=fix,
        )


def _by_student(opened: OpenCourse, submissions: Sequence[Submission]) -> dict[str, Submission]:
    """Whose each submission is: by number, id, login or mail, never by a name.

    Raises:
        GraderError: two people of Canvas lead to one student.
    """
    roster = Roster.of(opened.roster)
    found: dict[str, Submission] = {}
    for submission in submissions:
        owner = owner_of(submission)
        nameless = Owner(owner.student, owner.number, owner.login, owner.email)
        student = roster.student_of(nameless)
        if student is None:
            continue
        if student in found:
            raise GraderError(
                f"two people in Canvas, {found[student].user_id} and {submission.user_id}, lead "
                f"to {student}",
                at="roster.csv",
                fix="mend lms_id, login and email there",
            )
        found[student] = submission
    return found


def _grades(
    opened: OpenCourse,
    scores: Sequence[Score],
    by_student: Mapping[str, Submission],
    places: int,
    *,
    is_raw: bool,
) -> tuple[dict[str, str], list[LeftOut]]:
    """What each is to have, and who is left out, and why."""
    grades: dict[str, str] = {}
    left_out = []
    for score in scores:
        there = by_student.get(score.student)
        grade, why = grade_of(score, places, is_raw=is_raw, excused=EXCUSED)
        if score.student not in opened.roster:
            why = "not on the roster"
        elif not why and there is None:
            why = "not in the course in Canvas, or not to be seen with this token"
        elif not why and there is not None and there.excused and grade != EXCUSED:
            why = "excused in Canvas, and not here: `grader excuse` it, or take it back in Canvas"
        if why:
            left_out.append(LeftOut(score.student, why))
        else:
            grades[score.student] = grade
    return grades, left_out


def _without_disagreeing_groups(
    grades: dict[str, str], by_student: Mapping[str, Submission]
) -> list[LeftOut]:
    """Take out of `grades` whose group would get one grade, and is to have several."""
    groups: dict[int, list[str]] = {}
    for student, submission in by_student.items():
        is_excused = submission.excused or grades.get(student) == EXCUSED
        if submission.group_id is not None and not is_excused:
            groups.setdefault(submission.group_id, []).append(student)
    left_out = []
    for members in groups.values():
        theirs = {student: grades.get(student, "none") for student in members}
        if len(set(theirs.values())) < 2:
            continue
        said = ", ".join(f"{student} {grade}" for student, grade in theirs.items())
        for student in members:
            if grades.pop(student, None):
                why = f"in Canvas the group has one grade, and here they differ: {said}"
                left_out.append(LeftOut(student, why))
    return left_out


def _pages(
    opened: OpenCourse, assignment: Assignment, grades: Mapping[str, str]
) -> tuple[dict[str, Page], list[str]]:
    pages: dict[str, Page] = {}
    without = []
    for student in grades:
        try:
            file = page_file(opened.results / assignment.id, student)
            pages[student] = page_of(file, assignment.id)
        except OSError:
            without.append(student)
    return pages, without


def _of_the_assignment(assignment: Assignment, there: InCanvas, address: str) -> list[str]:
    """What may show that it is another assignment; and whether students will see it."""
    notes = [f"to {there.name or 'an assignment without a name'}, {address}"]
    title = assignment.canvas.strip().removesuffix(f"({assignment.canvas_number})").strip()
    if title and there.name and title != assignment.canvas_number and title != there.name.strip():
        notes.append(f"in assignment.toml it is called {title!r}, and in Canvas {there.name!r}")
    if there.points_possible is not None and there.points_possible != assignment.maximum:
        notes.append(
            f"in Canvas it is worth {there.points_possible.normalize():f} points, and here "
            f"{assignment.maximum.normalize():f}"
        )
    if there.post_manually is not None:
        notes.append(
            "students see nothing of it until you post the grades in Canvas"
            if there.post_manually
            else "students see each grade at once"
        )
    return notes


def _penalties(
    scores: Sequence[Score], by_student: Mapping[str, Submission], is_raw: bool
) -> list[str]:
    """By whom the late penalty is taken."""
    late = [score.student for score in scores if score.penalty]
    if not late:
        return []
    if not is_raw:
        return [
            f"{len(late)} have a late penalty taken off, and Canvas is told not to take its own: "
            "it will show them as not late"
        ]
    untouched = [who for who in late if by_student[who].late_policy_status == "none"]
    return [
        f"the late penalty of {len(late)} is not taken off: Canvas's own late policy has to do it",
        *_listed("Canvas takes none from those whom somebody set to not late", untouched),
    ]


def _listed(what: str, who: Sequence[str]) -> list[str]:
    if not who:
        return []
    more = f" and {len(who) - NAMED_AT_MOST} more" if len(who) > NAMED_AT_MOST else ""
    return [f"{what}: {', '.join(who[:NAMED_AT_MOST])}{more}"]


def _keep(push: Push, wanted: Wanted, folder: Path) -> None:
    address = push.connection.address
    last = read_pushed(folder, wanted.student, address)
    pages = last.pages if last else ()
    if wanted.page is not None:
        pages = (*(each for each in pages if each != wanted.page.digest), wanted.page.digest)
    grade = push.grades[wanted.student]
    now = datetime.now(UTC)
    write_pushed(folder, Pushed(wanted.student, address, grade, wanted.is_raw, pages, now))


def _publish(opened: OpenCourse, push: Push, undone: set[str]) -> None:
    """Keep what has left the house, as `export` does: `grade` says what changes since."""
    file = opened.evidence / push.assignment.id / "exported"
    before = {each.student: each for each in read_standings(file) or ()}
    out = [score for score in push.scores if score.student not in undone]
    now = {score.student: score.standing for score in out}
    kept = {who: before[who] for who in undone if who in before}
    write_standings(file, [*now.values(), *kept.values()])
    if push.assignment.late.slip_days:
        publish_slip_days(opened, push.assignment, out)
