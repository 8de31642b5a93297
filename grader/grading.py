"""The line that data follows, from a folder of hand-ins to a folder of results.

collect -> execute -> judge -> score -> report / export
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from grader import results
from grader.audit.agreement import Agreements
from grader.course import DecisionLine, parsed
from grader.earlier import EarlierReceipts
from grader.errors import GraderError
from grader.evidence import Line
from grader.execute import Engine, Local
from grader.gradebook.keeping import keep_grading, ready
from grader.opened import OpenCourse, decisions_of
from grader.prepared import Prepared, prepare
from grader.records.scores import QuestionScore, Score
from grader.records.submissions import Student, Submission
from grader.report.files import remove_unfinished
from grader.score import Decision, attempts_that_count, score
from grader.score.closing import closes_at
from grader.score.impact import Change, impact
from grader.score.policy import policy_changes
from grader.store.alarms import read_alarms, write_alarms
from grader.store.lock import only_one
from grader.store.plans import write_plan
from grader.store.receipts import Judged, Receipt, receipt_bytes, write_receipt
from grader.store.standings import read_standings, write_standings

T = TypeVar("T")
ENOUGH = 3
"""Hand-ins, before what is true of all of them is said."""

_encode = msgspec.msgpack.Encoder(decimal_format="string").encode

Advance = Callable[[int, int, str, int], None]


@dataclass(frozen=True)
class Graded:
    """What `grade` did.

    Attributes:
        problems: by student, what is odd about the hand-in, and where that can be put right.
        notes: for the person at the terminal.
        changes: who gains and who loses against the scores before; None if there were none.
        since_export: the same against the scores that were exported last.
        executed: how many submissions ran code, of those `looked_at`; the others' evidence was
            there.
        rules_changed: what scores are made by, and is not as it was, in words.
        alarms: where many agree with one another and not with the reference, in words.
        due: everybody's deadline.
    """

    title: str
    folder: Path
    scores: tuple[Score, ...]
    problems: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] | None = None
    since_export: tuple[Change, ...] | None = None
    executed: int = 0
    looked_at: int = 0
    rules_changed: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    due: datetime | None = None


def grade(
    opened: OpenCourse,
    assignment_id: str,
    *,
    only: Sequence[str] = (),
    engine: Engine = Local(),  # noqa: B008, it is frozen
    fresh: bool = False,
    dry_run: bool = False,
    never_lower: bool = False,
    change: int | None = None,
    command: str = "grader grade",
    advance: Advance = lambda done, total, who, failed: None,
) -> Graded:
    """Grade an assignment: everybody on the roster, and everybody who handed in.

    What the records have is not executed again.

    Args:
        only: the ids of those to grade; empty is everybody. Others keep the results that they have.
        engine: where notebooks run, and what is around the students' code.
        fresh: execute everything, whatever the records have.
        dry_run: leave results and receipts as they are. Evidence that was missing is kept.
        never_lower: whose score would fall, for the same attempt and by no decision of a person,
            keeps it. That becomes a decision of its own, which later gradings follow.
        change: of the gradebook, which this belongs to; None begins one if anything changes.
        command: what the person typed, for whoever comes while this is at work.
        advance: told after each submission: how many are done, of how many, who it was, and how
            many could not be graded so far.

    Raises:
        GraderError: the configuration is wrong, and nothing has run then; another command is at
            work on the assignment; or the disk is full.
    """
    prepared = prepare(opened, assignment_id)
    students = _chosen(prepared.everybody, only)
    results.make_folder(prepared.results)
    with only_one(prepared.records, f"{command} {assignment_id}"):
        is_new = not dry_run and ready(opened.gradebook)
        before = results.scores_before(prepared.results, prepared.assignment) if only else []
        remove_unfinished(prepared.results)
        if not only and not dry_run:
            results.forget_failures(prepared.results)
        desk = _Desk(prepared, dry_run, never_lower)
        line = Line(
            prepared,
            engine,
            earlier=desk.earlier.comparable,
            is_fresh=fresh,
            on_failure=lambda error, submission: results.keep_traceback(
                error, prepared.results, submission
            ),
        )
        with closing(desk.pages):
            new = _scores(desk, line, students, advance)
            scores = results.with_the_others(new, before)
            problems = problems_of(prepared.submissions, opened.roster)
            changes = _changes(prepared.records / "standings", scores, desk.notes)
            since_export = _changes(prepared.records / "exported", scores, desk.notes)
            # some of a class are no evidence: what was said of all of it stands
            kept = prepared.records / "alarms"
            alarms = read_alarms(kept) if only else tuple(a.words for a in desk.agreements.alarms())
            if not dry_run:
                write_alarms(kept, alarms)
                desk.pages.keep_class(scores, problems, alarms, is_all=not only)
        if not dry_run:
            write_standings(prepared.records / "standings", (each.standing for each in scores))
            done = keep_grading(
                opened.gradebook,
                prepared.assignment.id,
                command=command,
                continues=change,
                students=opened.roster.values(),
                withdrawn=opened.withdrawn,
                submissions=prepared.submissions,
                scores=new,
                lines=prepared.lines,
                kept_up=desk.kept_up,
            )
            desk.notes += _about_what_was_decided_meanwhile(prepared, desk.kept_up)
            if desk.kept_up:
                desk.notes.append(_about_the_kept_up(len(desk.kept_up), done))
    if is_new and desk.lost:
        desk.notes.append(_about_the_lost(sorted(desk.lost)))
    notes = [
        *line.notes,
        *desk.earlier.notes,
        *desk.notes,
        *desk.pages.notes,
        *_defined_by_nobody(new),
    ]
    if only:
        notes.append(
            _about_the_others(len(scores) - len(new), len(prepared.everybody) - len(scores))
        )
    return Graded(
        title=prepared.title,
        folder=prepared.results,
        scores=tuple(scores),
        problems=problems,
        notes=tuple(dict.fromkeys(notes)),
        changes=changes,
        since_export=since_export,
        executed=line.executed,
        looked_at=line.looked_at,
        rules_changed=tuple(desk.rules_changed),
        alarms=alarms,
        due=prepared.assignment.due,
    )


def _changes(kept: Path, scores: Sequence[Score], notes: list[str]) -> tuple[Change, ...] | None:
    """Against the standings that were kept there; None if none were, or they cannot be read."""
    before = read_standings(kept)
    if before is None and kept.exists():
        when = "before" if kept.name == "standings" else "when they were exported last"
        notes.append(
            f"{kept} is damaged: what the scores were {when} is not known, so no change is shown"
        )
    return None if before is None else tuple(impact(before, (each.standing for each in scores)))


def shows_hidden(prepared: Prepared) -> bool:
    """Whether pages that are made now show hidden cases with their numbers."""
    assignment = prepared.assignment
    if assignment.show_hidden == "never":
        return False
    end = closes_at(assignment.due, assignment.late, prepared.decisions)
    return end is not None and datetime.now(UTC) > end


def rules_changed(before: Receipt, after: Receipt) -> list[str]:
    """What differs between the rules by which two scores are made, in words."""
    changed = [f"late policy, {each}" for each in policy_changes(before.policy, after.policy)]
    worth = {each.id: each.points for each in before.questions}
    changed += [
        f"points of {each.id}: {worth.get(each.id, 'none')} -> {each.points}"
        for each in after.questions
        if worth.get(each.id) != each.points
    ]
    here = {each.id for each in after.questions}
    changed += [f"points of {name}: {worth[name]} -> none" for name in worth if name not in here]
    if before.due != after.due:
        changed.append(f"due: {before.due:%Y-%m-%d %H:%M} -> {after.due:%Y-%m-%d %H:%M}")
    if before.plan != after.plan:
        changed.append("what is asked or expected: questions, references, cases, tolerances")
    if before.judge != after.judge:
        changed.append("the code that judges")
    return changed


def score_of(receipt: Receipt) -> Score:
    """The score that a receipt gives. Pure: the same today and months later."""
    return score(
        receipt.student,
        [judged.attempt for judged in receipt.attempts],
        receipt.questions,
        assignment=receipt.assignment,
        due=receipt.due,
        policy=receipt.policy,
        decisions=receipt.decisions,
        slip_days=receipt.slip_days,
        known=receipt.known,
    )


class Alike:
    """Most students answer alike: what is equal in scores is kept once."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}

    def shared(self, score: Score) -> Score:
        """The same score, made of what others have too. Equal is not enough: 1 is not 1.00."""

        def once(thing: T, key: object) -> T:
            kept: T = self._kept.setdefault((type(thing), key), thing)
            return kept

        questions = tuple(once(each, _digest(each)) for each in score.questions)
        return replace(
            score,
            earned=once(score.earned, str(score.earned)),
            maximum=once(score.maximum, str(score.maximum)),
            penalty=once(score.penalty, str(score.penalty)),
            score=once(score.score, str(score.score)),
            flags=once(score.flags, score.flags),
            explanation=once(score.explanation, score.explanation),
            questions=once(questions, tuple(map(id, questions))),
        )


class _Desk:
    """Where attempts become scores, receipts and pages, one student at a time."""

    def __init__(self, prepared: Prepared, dry_run: bool, never_lower: bool) -> None:
        self.prepared = prepared
        self.kept_up: list[DecisionLine] = []
        self.lost: set[str] = set()  # whose decisions of the gradebook were followed before only
        self._never_lower = never_lower
        self.pages = results.Pages(prepared, shows_hidden=shows_hidden(prepared))
        self.agreements = Agreements(prepared.assignment.id)
        self.notes: list[str] = []
        self.rules_changed: dict[str, None] = {}
        self._dry_run = dry_run
        self._receipts = prepared.records / "receipts"
        self.earlier = EarlierReceipts(prepared)
        self._decisions: dict[str, list[Decision]] = {}
        for decision in prepared.decisions:
            self._decisions.setdefault(decision.student, []).append(decision)
        self._alike = Alike()
        if not dry_run:
            write_plan(prepared.records / "plans", prepared.plan_record)

    def settle(self, student: str, judged: Sequence[Judged]) -> Score:
        """The student's score, with its receipt and page."""
        prepared = self.prepared
        receipt = Receipt(
            student=prepared.opened.roster.get(student, Student(student, "")),
            assignment=prepared.assignment.id,
            known=student in prepared.opened.roster,
            attempts=tuple(sorted(judged, key=lambda each: each.attempt.submission.attempt)),
            questions=prepared.points,
            due=prepared.assignment.due,
            policy=prepared.assignment.late,
            decisions=tuple(self._decisions.get(student, ())),
            slip_days=prepared.slip_days(student),
            plan=prepared.plan_key,
            judge=self.earlier.judge,
            fingerprint=prepared.planned.answer_key.fingerprint,
        )
        before = self.earlier.of(student)
        if before is not None and _of_the_gradebook(before) > _of_the_gradebook(receipt):
            self.lost.add(student)
        made = score_of(receipt)
        if self._never_lower and before is not None:
            floor = _floor(before, receipt, made)
            if floor is not None:
                decision = parsed([floor], prepared.assignment)
                receipt = replace(receipt, decisions=(*receipt.decisions, *decision))
                made = score_of(receipt)
                self.kept_up.append(floor)
        is_new = before is None or receipt_bytes(before) != receipt_bytes(receipt)
        is_outdated = before is not None and self.earlier.is_outdated(before)
        if is_new and before is not None:
            self.rules_changed |= dict.fromkeys(rules_changed(before, receipt))
        made = self._alike.shared(made)
        counted = [j for j in judged if j.attempt.submission.attempt == made.attempt]
        for one in counted:
            self.agreements.add(student, one.run, one.attempt.verdicts)
        if not self._dry_run:
            if is_new or is_outdated:
                write_receipt(self._receipts, receipt)
            self.pages.keep(
                made,
                counted[0] if counted else None,
                prepared.plan_key,
                prepared.planned.answer_key,
            )
        return made


def _of_the_gradebook(receipt: Receipt) -> int:
    return sum(each.at.startswith("gradebook") for each in receipt.decisions)


def _floor(before: Receipt, now: Receipt, made: Score) -> DecisionLine | None:
    """The score by the rules before, if it falls by those of now: not by another attempt or a
    decision."""
    if _of_people(before) != _of_people(now):
        before = replace(before, decisions=now.decisions)  # what they are worth by the rules before
    try:
        was = score_of(before)
    except GraderError:  # there was no place for one of them
        return None
    if was.score is None or made.score is None or made.score >= was.score:
        return None
    numbers = [each.attempt.submission.attempt for each in now.attempts]
    if was.attempt not in numbers and (numbers or was.attempt is not None):
        return None
    return DecisionLine(
        student=made.student,
        question="",
        kind="at-least",
        value=f"{was.score:f}@{was.attempt}" if was.attempt else f"{was.score:f}",
        reason="graded again, and nobody was to lose by it",
        at="gradebook",
    )


def _of_people(receipt: Receipt) -> list[Decision]:
    return [
        replace(each, at="", reason="")
        for each in receipt.decisions
        if each.kind not in ("at-least", "stands", "published", "comment")
    ]


def _digest(question: QuestionScore) -> bytes:
    return hashlib.blake2b(_encode(question), digest_size=16).digest()


def _scores(desk: _Desk, line: Line, students: Sequence[str], advance: Advance) -> list[Score]:
    """The scores of these students, in their order."""
    prepared = desk.prepared
    by_student: dict[str, list[Submission]] = {}
    for submission in prepared.submissions:
        by_student.setdefault(submission.student, []).append(submission)
    policy = prepared.assignment.late
    counted = {
        student: attempts_that_count(by_student.get(student, ()), policy) for student in students
    }
    del by_student
    total = sum(map(len, counted.values()))
    waiting: dict[str, list[Judged]] = {student: [] for student in students if counted[student]}
    scores: dict[str, Score] = {}
    every = (submission for attempts in counted.values() for submission in attempts)
    failed = 0
    with closing(line.judged(every)) as judged:
        for done, one in enumerate(judged, 1):
            failed += bool(one.attempt.failure or one.attempt.unreadable)
            student = one.attempt.submission.student
            waiting[student].append(one)
            if len(waiting[student]) == len(counted[student]):
                scores[student] = desk.settle(student, waiting.pop(student))
            advance(done, total, student, failed)
    for student in students:
        if student not in scores:
            scores[student] = desk.settle(student, ())
    return [scores[student] for student in students]


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


def problems_of(submissions: Sequence[Submission], roster: Mapping[str, Student]) -> dict[str, str]:
    """By student, what is odd about the latest hand-in, and who a stranger may be."""
    problems = {each.student: each.problem for each in submissions}  # in order of attempts
    alike = {student.casefold(): student for student in roster}
    for stranger in [student for student in problems if student not in roster]:
        close = get_close_matches(stranger.casefold(), alike, n=1, cutoff=0.8)
        if close:
            asked = f"is it {alike[close[0]]}?"
            problems[stranger] = "; ".join(filter(None, (problems[stranger], asked)))
    return {student: problem for student, problem in problems.items() if problem}


def _defined_by_nobody(scores: Sequence[Score]) -> list[str]:
    """A name that is in no hand-in at all is perhaps a slip of the author's."""
    seen: dict[tuple[str, str], list[bool]] = {}
    for each in scores:
        for question in each.questions:
            for verdict in question.verdicts:
                is_missing = verdict.mistake == "missing" and "is not defined" in verdict.reason
                seen.setdefault((question.id, verdict.check), []).append(is_missing)
    return [
        f"nobody defines {check} ({question}): does the notebook ask for it under this name?"
        for (question, check), missing in seen.items()
        if len(missing) >= ENOUGH and all(missing)
    ]


def _about_the_kept_up(number: int, change: int | None) -> str:
    return (
        f"{number} would have less now, and keep{'s' * (number == 1)} the score before "
        f"(change {change} of the gradebook; grader gradebook undo {change} takes it all back)"
    )


def _about_what_was_decided_meanwhile(
    prepared: Prepared, kept_up: Sequence[DecisionLine]
) -> list[str]:
    """Decisions were read before an hour of running; a person may have written some since."""
    try:
        now = decisions_of(prepared.opened, prepared.assignment, prepared.everybody)
    except GraderError as error:
        return [f"since this began, decisions were written that can't be followed: {error.problem}"]
    ours = {_facts(each) for each in parsed(kept_up, prepared.assignment)}
    then = {_facts(each) for each in prepared.decisions} | ours
    who = sorted({facts[0] for facts in then ^ {_facts(each) for each in now}})
    if not who:
        return []
    return [
        f"since this began, something was decided about {', '.join(who)}: the scores do not follow "
        f"it yet; grade {prepared.assignment.id} again"
    ]


def _facts(decision: Decision) -> tuple[Any, ...]:
    values = (decision.kind, decision.value, decision.attempt, decision.reason)
    return decision.student, decision.question, *values


def _about_the_lost(students: Sequence[str]) -> str:
    return (
        "the gradebook is new, and scores before followed decisions that another one had: of "
        f"{', '.join(students)}. If it was lost, `grader gradebook restore FILE` puts a backup back"
    )


def _about_the_others(kept: int, absent: int) -> str:
    """What the results say of those who were not asked for."""
    if kept:
        return (
            f"the rows of {kept} other{'s' * (kept != 1)} are as they were: what changed for them "
            "since (decisions, hand-ins, questions) is not in them; grade everybody, and it is"
        )
    return f"{absent} other{'s' * (absent != 1)} have no row yet: they were never graded"
