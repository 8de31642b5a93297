"""The line that data follows, from a folder of hand-ins to a folder of results.

collect -> execute -> judge -> score -> report / export
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from grader import results
from grader.collect import collect_folder
from grader.course import Assignment, Course, course_secret, fingerprint, load_assignment
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
from grader.opened import OpenCourse, conditions_of, decisions_of
from grader.questions import Plan, Question, load_questions, plan
from grader.records.evidence import Evidence
from grader.records.scores import Score
from grader.records.submissions import Student, Submission
from grader.score import Attempt, QuestionPoints, attempts_that_count, score
from grader.slip_days import slip_days_of

Advance = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Graded:
    """What `grade` did.

    Attributes:
        problems: by student, what is odd about the hand-in, and where that can be put right.
        notes: for the person at the terminal.
    """

    title: str
    folder: Path
    scores: tuple[Score, ...]
    problems: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


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
    decisions = decisions_of(opened, assignment, everybody)
    students = _chosen(everybody, only)
    slips = slip_days_of(opened, assignment)
    secret = course_secret(course.root)
    planned = plan(assignment.id, questions, secret.encode(), fingerprint=fingerprint(secret))

    folder = opened.results / assignment.id
    before = results.scores_before(folder, assignment) if only else []
    results.make_folder(folder, afresh=not only)
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
    new = [
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
    scores = results.with_the_others(new, before)
    problems = _problems(submissions, opened.roster)
    notes = results.write_results(
        folder, assignment, questions, scores, submissions, problems, only=only
    )
    if only:
        notes = [*notes, _about_the_others(len(scores) - len(new), len(everybody) - len(scores))]
    title = f"{assignment.id}: {assignment.title}"
    return Graded(title, folder, tuple(scores), problems, tuple(notes))


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


def _problems(submissions: Sequence[Submission], roster: Mapping[str, Student]) -> dict[str, str]:
    """By student, what is odd about the latest hand-in, and who a stranger may be."""
    problems = {each.student: each.problem for each in submissions}  # in order of attempts
    alike = {student.casefold(): student for student in roster}
    for stranger in [student for student in problems if student not in roster]:
        close = get_close_matches(stranger.casefold(), alike, n=1, cutoff=0.8)
        if close:
            asked = f"is it {alike[close[0]]}?"
            problems[stranger] = "; ".join(filter(None, (problems[stranger], asked)))
    return {student: problem for student, problem in problems.items() if problem}


def _about_the_others(kept: int, absent: int) -> str:
    """What the results say of those who were not asked for."""
    if kept:
        return (
            f"the rows of {kept} other{'s' * (kept != 1)} are as they were: what changed for them "
            "since (decisions, hand-ins) is not in them; without --student it is"
        )
    return f"{absent} other{'s' * (absent != 1)} have no row yet: they were never graded"


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
        results.executed_path(folder, submission).unlink(missing_ok=True)
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
                results.keep_executed(
                    executed(open_notebook(submission), result.evidence.run, conditions.limits),
                    results.executed_path(folder, submission),
                )
                yield Attempt(submission, verdicts, _flags(result.evidence))
            except Exception as error:  # the fence around each submission of a batch
                results.keep_traceback(error, folder, submission)
                yield Attempt(submission, failure=f"{type(error).__name__}: {error}")


def _flags(evidence: Evidence) -> tuple[str, ...]:
    """What the run was flagged with, and that it was not contained as it should be."""
    sandbox = evidence.measurement.sandbox
    return (*evidence.run.flags, *([] if sandbox == "full" else [f"sandbox:{sandbox}"]))
