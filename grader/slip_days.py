"""Who has how many of a term's slip days for which assignment: told by hand-ins and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.collect import collect_folder
from grader.course import Assignment, DecisionLine, load_assignment
from grader.opened import OpenCourse, decisions_of
from grader.records.scores import Score
from grader.records.submissions import Submission
from grader.score import Decided, Decision, attempts_that_count, days_late
from grader.score.slip import Claim, Share, shared


@dataclass(frozen=True)
class SlipPlan:
    """How the slip days of a term are spent.

    Attributes:
        bank: of each student.
        assignments: in order of the deadlines.
        claims, shares: by student, in that order; of those for whom there is something to tell.
    """

    bank: int
    assignments: tuple[str, ...]
    claims: Mapping[str, Sequence[Claim]]
    shares: Mapping[str, Sequence[Share]]


def slip_days_of(opened: OpenCourse, assignment: Assignment) -> Callable[[str], int]:
    """How many slip days each student has at their disposal for this assignment."""
    if assignment.late.slip_days == 0:
        return lambda student: 0
    plan = slip_plan(opened, assignment)
    place = plan.assignments.index(assignment.id)
    untouched = min(plan.bank, assignment.late.slip_days)
    return lambda student: plan.shares[student][place].may if student in plan.shares else untouched


def slip_plan(opened: OpenCourse, wanted: Assignment | None = None) -> SlipPlan:
    """The plan of the whole term.

    Args:
        wanted: what matters is this assignment's share: later hand-ins are not looked at.

    Raises:
        GraderError: an assignment's configuration or decisions can't be read.
    """
    loaded = [
        load_assignment(opened.course, name)
        for name in opened.course.assignments
        if (wanted is not None and name == wanted.id) or (opened.submissions / name).is_dir()
    ]
    loaded = sorted((each for each in loaded if each.late.slip_days), key=lambda each: each.due)
    own = (wanted,) if wanted is not None else loaded
    bank = opened.course.late.slip_days or max((each.late.slip_days for each in own), default=0)
    claims: dict[str, list[Claim]] = {}
    for place, assignment in enumerate(loaded):
        is_later = wanted is not None and assignment.due > wanted.due
        for student, claim in _claims(opened, assignment, with_hand_ins=not is_later).items():
            none_yet = [Claim(0, each.late.slip_days) for each in loaded]
            claims.setdefault(student, none_yet)[place] = claim
    shares = {student: shared(bank, each) for student, each in claims.items()}
    return SlipPlan(bank, tuple(each.id for each in loaded), claims, shares)


def publish_slip_days(opened: OpenCourse, assignment: Assignment, scores: Sequence[Score]) -> int:
    """Keep what exported scores have spent, so that it does not move by what happens elsewhere.

    Returns:
        Of how many students it is kept anew.
    """
    from grader.gradebook import thing_of
    from grader.gradebook.changes import ChangeSet
    from grader.gradebook.database import writing
    from grader.gradebook.decisions import add, kept_decisions

    spent = _spent_by(opened, assignment)
    lines = [
        DecisionLine(
            each.student,
            "",
            "published",
            f"{min(each.days_late, spent(each.student))}@{each.attempt}",
        )
        for each in scores
        if each.days_late and each.attempt is not None
    ]
    with writing(opened.gradebook) as connection:
        kept = {
            thing_of(each.line): each.line for each in kept_decisions(connection, assignment.id)
        }
        new = [
            line
            for line in lines
            if (same := kept.get(thing_of(line))) is None or same.value != line.value
        ]
        change = ChangeSet(connection, "decision", "grader export", assignment=assignment.id)
        add(change, assignment.id, new)
        change.write()
    return len(new)


def _spent_by(opened: OpenCourse, assignment: Assignment) -> Callable[[str], int]:
    """How many were at a student's disposal when the score was made: by now it may be others."""
    from grader.store.receipts import read_receipt
    from grader.store.record_file import DamagedRecordError

    now = slip_days_of(opened, assignment)

    def then(student: str) -> int:
        try:
            receipt = read_receipt(opened.evidence / assignment.id / "receipts", student)
        except DamagedRecordError:
            receipt = None
        return now(student) if receipt is None else receipt.slip_days

    return then


def _claims(opened: OpenCourse, assignment: Assignment, *, with_hand_ins: bool) -> dict[str, Claim]:
    """Of those who were late, or of whom something is said."""
    decisions: dict[str, list[Decision]] = {}
    for each in decisions_of(opened, assignment):
        decisions.setdefault(each.student, []).append(each)
    decided = {student: Decided.of(student, each) for student, each in decisions.items()}
    counting = _counting(opened, assignment) if with_hand_ins else {}
    most = assignment.late.slip_days
    claims = {}
    for student in dict.fromkeys([*counting, *decided]):
        own = decided.get(student, Decided())
        hand_in = counting.get(student)
        days = 0
        if hand_in is not None and hand_in.submitted_at is not None and own.excuse is None:
            due = own.deadline(assignment.due)
            days = days_late(due, hand_in.submitted_at, grace=assignment.late.grace)
        own = own.for_attempt(hand_in.attempt if hand_in else None) if with_hand_ins else own
        said, published = own.slip_days, own.published
        if not with_hand_ins:  # what is set apart for later is not to be spent before
            days = max(said or 0, published or 0)
        if days or said is not None or published is not None:
            claims[student] = Claim(days, most, said, published)
    return claims


def _counting(opened: OpenCourse, assignment: Assignment) -> dict[str, Submission]:
    """The attempt of each student that spends slip days: the one that counts."""
    if not (opened.submissions / assignment.id).is_dir():
        return {}
    by_student: dict[str, list[Submission]] = {}
    for each in collect_folder(opened.submissions / assignment.id, assignment.notebook.name):
        by_student.setdefault(each.student, []).append(each)
    best = _best_so_far(opened, assignment.id) if assignment.late.attempts == "best" else {}
    latest = replace(assignment.late, attempts="latest")
    found: dict[str, Submission] = {}
    for student, attempts in by_student.items():
        chosen = [each for each in attempts if each.attempt == best.get(student)]
        counting = chosen or attempts_that_count(attempts, latest)
        if counting:
            found[student] = counting[0]
    return found


def _best_so_far(opened: OpenCourse, assignment_id: str) -> dict[str, int]:
    """Which attempt was the best when it was graded; the latest stands for it until then."""
    if not opened.gradebook.is_there:
        return {}
    from grader.gradebook.database import reading
    from grader.gradebook.results import counted_attempts

    with reading(opened.gradebook) as connection:
        return {} if connection is None else counted_attempts(connection, assignment_id)
