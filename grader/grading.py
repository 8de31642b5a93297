"""The line that data follows, from a folder of hand-ins to a folder of results.

collect -> execute -> judge -> score -> report / export
"""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from grader.collect import collect_folder
from grader.course import (
    Assignment,
    Course,
    course_secret,
    find_course,
    fingerprint,
    load_assignment,
    load_course,
    read_decisions,
    read_roster,
)
from grader.errors import GraderError
from grader.execute import (
    Conditions,
    Sandbox,
    UnreadableNotebookError,
    default_jobs,
    execute_all,
    executed,
    read_notebook,
)
from grader.judge import judge
from grader.questions import Plan, Question, load_questions, plan
from grader.records.evidence import Evidence
from grader.records.scores import Score
from grader.records.submissions import Student, Submission
from grader.score import (
    Attempt,
    Decided,
    Decision,
    QuestionPoints,
    attempts_that_count,
    days_late,
    score,
    slip_days_left,
)

Advance = Callable[[int, int, str], None]


@dataclass(frozen=True)
class OpenCourse:
    """A course, and where its hand-ins and results are."""

    course: Course
    submissions: Path
    results: Path
    roster: Mapping[str, Student]


@dataclass(frozen=True)
class Graded:
    title: str
    folder: Path
    scores: tuple[Score, ...]
    warnings: tuple[str, ...] = ()


def open_course(
    start: Path | None, *, submissions: Path | None = None, out: Path | None = None
) -> OpenCourse:
    """Find and read a course.

    Args:
        start: the course's folder; None looks from the current folder upwards.
        submissions: a folder laid out like the course's submissions/.
        out: where results go, one folder an assignment.

    Raises:
        GraderError: there is no course, or its configuration is wrong.
    """
    course = load_course(start if start is not None else find_course(Path.cwd()))
    hand_ins = submissions if submissions is not None else course.root / "submissions"
    if not hand_ins.is_dir():
        raise GraderError(
            "there is no folder of hand-ins",
            at=str(hand_ins),
            fix="make it, with HW/STUDENT/*.ipynb and HW/manifest.csv, or give --submissions DIR",
        )
    own_roster = hand_ins / "roster.csv"
    roster = read_roster(own_roster if own_roster.is_file() else course.root / "roster.csv")
    return OpenCourse(course, hand_ins, out if out is not None else course.root / "reports", roster)


def grade(
    opened: OpenCourse,
    assignment_id: str,
    *,
    only: Sequence[str] = (),
    jobs: int | None = None,
    sandbox: Sandbox = "full",
    advance: Advance = lambda done, total, who: None,
) -> Graded:
    """Grade an assignment: everybody on the roster, and everybody who handed in.

    Args:
        only: the ids of those to grade; empty is everybody. Others keep the results that they have.
        jobs: how many notebooks run at a time.
        sandbox: what is around the students' code.
        advance: told after each submission: how many are done, of how many, and who it was.

    Raises:
        GraderError: the configuration is wrong. Nothing has run then.
    """
    course = opened.course
    assignment = load_assignment(course, assignment_id)
    questions = _questions(course, assignment)
    submissions = collect_folder(opened.submissions / assignment.id, assignment.notebook.name)
    everybody = _everybody(opened.roster, submissions)
    decisions = _decisions(opened, assignment, everybody)
    students = _chosen(everybody, only)
    secret = course_secret(course.root)
    planned = plan(assignment.id, questions, secret.encode(), fingerprint=fingerprint(secret))

    before = _scores_before(opened.results / assignment.id, assignment) if only else []
    folder = _folder_for_results(opened.results / assignment.id)
    counted = [
        submission
        for student in students
        for submission in attempts_that_count(
            [each for each in submissions if each.student == student], assignment.late
        )
    ]
    attempts: dict[str, list[Attempt]] = {student: [] for student in students}
    judged = _judged(
        counted, planned, conditions_of(assignment), folder, jobs or default_jobs(), sandbox
    )
    with closing(judged):
        for done, attempt in enumerate(judged, 1):
            attempts[attempt.submission.student].append(attempt)
            advance(done, len(counted), attempt.submission.student)

    points = [
        QuestionPoints(question.id, question.title, assignment.points[question.id])
        for question in questions
    ]
    slips = _slip_days(opened, assignment)
    scores = [
        score(
            opened.roster.get(student, Student(student, "")),
            attempts[student],
            points,
            assignment=assignment.id,
            due=assignment.due,
            policy=assignment.late,
            decisions=decisions,
            slip_days=slips(student),
            known=student in opened.roster,
        )
        for student in students
    ]
    scores = _with_the_others(scores, before)
    warnings = _report(folder, assignment, questions, scores, submissions, only=only)
    return Graded(f"{assignment.id}: {assignment.title}", folder, tuple(scores), tuple(warnings))


def conditions_of(assignment: Assignment) -> Conditions:
    """What an assignment gives to the code that it runs: data, helper modules, limits."""
    data_root = assignment.folder / "data"
    files = []
    for path in (*assignment.data, *assignment.helpers):
        inside = path.is_relative_to(data_root)
        name = path.relative_to(data_root).as_posix() if inside else path.name
        files.append((name, path.read_bytes()))
    return Conditions(
        assignment.limits, tuple(files), assignment.prelude, preload=assignment.preload
    )


def _questions(course: Course, assignment: Assignment) -> tuple[Question, ...]:
    questions = load_questions(assignment.questions_file, course.root)
    ids = [question.id for question in questions]
    settings = assignment.folder / "assignment.toml"
    for name in ids:
        if name not in assignment.points:
            raise GraderError(
                f"the question {name} has no points",
                at=f"{settings}, table [points]",
                fix=f"add {name} = 1, say",
            )
    for name in assignment.points:
        if name not in ids:
            raise GraderError(
                f"there are points for {name}, which is no question",
                at=f"{settings}, table [points]",
                fix=f"the questions are {', '.join(ids)}",
            )
    return questions


def _everybody(roster: Mapping[str, Student], submissions: Sequence[Submission]) -> list[str]:
    """The roster in its order, then those that it does not know."""
    return list(dict.fromkeys([*roster, *sorted({each.student for each in submissions})]))


def _chosen(everybody: Sequence[str], only: Sequence[str]) -> list[str]:
    for student in only:
        if student not in everybody:
            close = get_close_matches(student, everybody, n=1)
            raise GraderError(
                f"there is no student {student}" + (f"; did you mean {close[0]}?" if close else ""),
                at="--student",
                fix="give an id of roster.csv, or of a folder of hand-ins",
            )
    return [student for student in everybody if not only or student in only]


def _folder_for_results(folder: Path) -> Path:
    """The folder, made, and tried: before an hour of running, not after.

    Raises:
        GraderError: nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise GraderError(
            f"the results can't be written: {error.strerror}",
            at=str(folder),
            fix="make a folder of it that you may write to, or name another with --out DIR",
        ) from error


def _decisions(
    opened: OpenCourse, assignment: Assignment, students: Sequence[str] = ()
) -> tuple[Decision, ...]:
    file = opened.submissions / assignment.id / "decisions.csv"
    return read_decisions(file, assignment, students=students)


def _judged(
    submissions: Sequence[Submission],
    planned: Plan,
    conditions: Conditions,
    folder: Path,
    jobs: int,
    sandbox: Sandbox,
) -> Generator[Attempt, None, None]:
    """Each submission as an attempt, executed and judged, in the order in which they end."""
    readable = []
    for submission in submissions:
        # of an earlier run: a page must not show it beside what became of this one
        _executed_path(folder, submission).unlink(missing_ok=True)
        if submission.file is None:
            yield Attempt(submission)
        else:
            readable.append(submission)

    def open_notebook(submission: Submission) -> Any:
        assert submission.file is not None
        return read_notebook(submission.file)

    running = execute_all(
        readable, open_notebook, planned.probes, conditions, jobs=jobs, sandbox=sandbox
    )
    with closing(running):  # at once when the batch is stopped, not when memory is collected
        for result in running:
            submission = result.work
            if isinstance(result.failure, UnreadableNotebookError):
                yield Attempt(submission, unreadable=result.failure.problem)
                continue
            try:
                if result.evidence is None:
                    raise result.failure or RuntimeError("no evidence")
                verdicts = judge(result.evidence, planned.answer_key)
                _keep_executed(
                    executed(open_notebook(submission), result.evidence.run),
                    _executed_path(folder, submission),
                )
                yield Attempt(submission, verdicts, _flags(result.evidence))
            except Exception as error:  # the fence around each submission of a batch
                _keep_traceback(error, folder, submission)
                yield Attempt(submission, failure=f"{type(error).__name__}: {error}")


def _flags(evidence: Evidence) -> tuple[str, ...]:
    """What the run was flagged with, and that it was not contained as it should be."""
    sandbox = evidence.measurement.sandbox
    return (*evidence.run.flags, *([] if sandbox == "full" else [f"sandbox:{sandbox}"]))


def _executed_path(folder: Path, submission: Submission) -> Path:
    from grader.report.files import page_name

    stem = page_name(submission.student).removesuffix(".html")
    return folder / "executed" / f"{stem}-{submission.attempt}.ipynb"


def _keep_executed(notebook: Any, path: Path) -> None:
    """The executed notebook on disk: pages are made from it, one at a time, and TAs open it."""
    import json

    from grader.report.files import write_whole

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(notebook, ensure_ascii=True, indent=1) + "\n")


def _keep_traceback(error: Exception, folder: Path, submission: Submission) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(traceback.format_exception(error))
    with (folder / "failures.log").open("a", encoding="utf-8") as log:
        log.write(f"{submission.student}, attempt {submission.attempt}\n{text}\n")


def _slip_days(opened: OpenCourse, assignment: Assignment) -> Callable[[str], int]:
    """How many of the term's slip days each student has left when this assignment is due."""
    bank = assignment.late.slip_days
    if bank == 0:
        return lambda student: 0
    earlier = [
        load_assignment(opened.course, name)
        for name in opened.course.assignments
        if name != assignment.id
    ]
    spent: dict[str, list[int]] = {}
    for other in sorted(earlier, key=lambda each: each.due):
        if other.due >= assignment.due:
            continue
        decisions = _decisions(opened, other)
        handed_in = collect_folder(opened.submissions / other.id, other.notebook.name)
        for student in {each.student for each in handed_in}:
            own = [each for each in handed_in if each.student == student]
            latest = attempts_that_count(own, replace(other.late, attempts="latest"))
            time = latest[0].submitted_at if latest else None
            decided = Decided.of(student, decisions)
            if time is not None and decided.excuse is None:
                due = decided.deadline(other.due)
                spent.setdefault(student, []).append(days_late(due, time, grace=other.late.grace))
    return lambda student: slip_days_left(bank, spent.get(student, []))


def _scores_before(folder: Path, assignment: Assignment) -> list[Score]:
    """The scores on disk, beside which some new ones are to stand.

    Raises:
        GraderError: they follow other rules than today's. A file holds scores of one policy.
    """
    from grader.report import read_scores_json

    file = folder / "scores.json"
    if not file.is_file():
        return []
    head, before = read_scores_json(file)
    points = dict(assignment.points)
    worth = [{each.id: each.points for each in score.questions} for score in before]
    differs = [
        what
        for what, same in (
            ("the late policy", head["policy"] == _policy_record(assignment)),
            ("the points of the questions", all(each == points for each in worth if each)),
        )
        if not same
    ]
    if differs:
        raise GraderError(
            f"{' and '.join(differs)} changed since the others were graded",
            at=str(file),
            fix=f"grade everybody again: grader grade {assignment.id}, without --student",
        )
    return before


def _with_the_others(scores: Sequence[Score], before: Sequence[Score]) -> list[Score]:
    """These scores in the place of their earlier ones; everybody else's as they were."""
    new = {each.student: each for each in scores}
    kept = [new.pop(each.student, each) for each in before]
    return [*kept, *new.values()]


def _report(
    folder: Path,
    assignment: Assignment,
    questions: Sequence[Question],
    scores: Sequence[Score],
    submissions: Sequence[Submission],
    *,
    only: Sequence[str] = (),
) -> list[str]:
    """Write the results. Pages of others than `only` stay: their scores came from scores.json,
    which has less than a page shows."""
    from grader.report import write_report

    by_attempt = {(each.student, each.attempt): each for each in submissions}

    def submission_of(score: Score) -> Submission | None:
        return by_attempt.get((score.student, score.attempt or 0))

    def notebook_of(score: Score) -> Any:
        submission = submission_of(score)
        if submission is None:
            return None
        path = _executed_path(folder, submission)
        return read_notebook(path) if path.is_file() else None

    return write_report(
        folder,
        assignment_id=assignment.id,
        title=f"{assignment.id}: {assignment.title}",
        policy=_policy_record(assignment),
        question_ids=[question.id for question in questions],
        scores=scores,
        due=assignment.due,
        generated_at=datetime.now(assignment.due.tzinfo).replace(microsecond=0),
        submission_of=submission_of,
        notebook_of=notebook_of,
        only=only,
    )


def _policy_record(assignment: Assignment) -> dict[str, Any]:
    """The late policy as scores.json keeps it."""
    policy = assignment.late
    return {
        "due": assignment.due.isoformat(),
        "rate": str(policy.rate),
        "mode": policy.mode,
        "grace_seconds": int(policy.grace.total_seconds()),
        "cutoff_days": policy.cutoff_days,
        "base": policy.base,
        "places": policy.places,
        "slip_days": policy.slip_days,
        "attempts": policy.attempts,
    }


@dataclass(frozen=True)
class Exported:
    file: Path
    notes: tuple[str, ...]


def export(
    opened: OpenCourse, assignment_id: str, target: str, *, output: Path | None, provisional: bool
) -> Exported:
    """Write the scores that `grade` left for another system.

    Raises:
        GraderError: there are none, or some are not final and `provisional` is not given.
    """
    from grader.export import export_canvas, export_csv, refuse_provisional
    from grader.report import places_of, read_scores_json
    from grader.report.files import write_whole

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
    file = output or source.with_name(f"export-{target}.csv")
    if target == "csv":
        export_csv(scores, opened.roster, file, places=places)
        return Exported(file, ())
    if not assignment.canvas:
        raise GraderError(
            f"{assignment.id} does not say which column of Canvas it is",
            at=str(assignment.folder / "assignment.toml"),
            fix="export the gradebook from Canvas (Grades, Export), copy the header of this "
            'assignment\'s column, and add it above the table [points]: canvas = "HW 1 (501)"',
        )
    exported = export_canvas(scores, opened.roster, assignment.canvas, places=places)
    write_whole(file, exported.text)
    return Exported(file, tuple(f"{e.student} is left out: {e.reason}" for e in exported.left_out))
