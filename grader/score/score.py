"""From verdicts to a score.

A question's points, their sum, the penalty, and last what people decided; one rounding at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from grader.records.scores import BY_HAND, QuestionScore, Score, Status
from grader.records.submissions import Student
from grader.records.verdicts import Verdict
from grader.score import explain
from grader.score.attempts import Attempt, attempts_that_count
from grader.score.decisions import Decided, Decision, check_decision, points_of
from grader.score.late import days_late
from grader.score.policy import LatePolicy, late_factor, left_over, rounded

ZERO = Decimal(0)


@dataclass(frozen=True)
class QuestionPoints:
    """What scoring knows of a question."""

    id: str
    title: str
    points: Decimal


def score(
    student: Student,
    attempts: Sequence[Attempt],
    questions: Sequence[QuestionPoints],
    *,
    assignment: str,
    due: datetime,
    policy: LatePolicy,
    decisions: Sequence[Decision] = (),
    slip_days: int = 0,
    known: bool = True,
) -> Score:
    """The score of one student for one assignment.

    Args:
        attempts: judged; of those that are given the policy's `attempts` choose one. Empty if
            nothing was handed in.
        due: everybody's deadline, in the course's zone.
        decisions: of everybody; those of this student apply.
        slip_days: how many this student has left.
        known: whether the roster has the student.

    Raises:
        GraderError: if a decision does not fit the assignment.
    """
    points = {question.id: question.points for question in questions}
    for decision in decisions:
        if decision.student == student.id:
            check_decision(decision, points)
    decided = Decided.of(student.id, decisions)
    counting = attempts_that_count([attempt.submission for attempt in attempts], policy)
    counted: list[Attempt | None] = [
        attempt for attempt in attempts if attempt.submission in counting
    ]
    scores = [
        _score(
            student,
            attempt,
            questions,
            assignment=assignment,
            due=due,
            policy=policy,
            decided=decided,
            slip_days=slip_days,
            known=known,
        )
        for attempt in counted or [None]
    ]
    return _best(scores)


def _best(scores: Sequence[Score]) -> Score:
    """The best; the first of equals. Which one that is can't be told while one has no score."""
    for candidate in scores:
        if candidate.score is None:
            return candidate
    return max(scores, key=lambda each: (each.score, each.status != "unreadable"))


def _score(
    student: Student,
    attempt: Attempt | None,
    questions: Sequence[QuestionPoints],
    *,
    assignment: str,
    due: datetime,
    policy: LatePolicy,
    decided: Decided,
    slip_days: int,
    known: bool,
) -> Score:
    """The score that this attempt gives."""
    decided = decided.for_attempt(attempt.submission.attempt if attempt else None)
    verdicts = attempt.verdicts if attempt else ()
    results = tuple(_question(each, verdicts, decided) for each in questions)
    earned = sum((result.earned for result in results), ZERO)
    maximum = sum((question.points for question in questions), ZERO)

    handed_in = attempt.submission.submitted_at if attempt else None
    if handed_in is not None:
        handed_in = handed_in.astimezone(due.tzinfo)  # the clock that the deadline goes by
    trouble = attempt.trouble if attempt else ""
    failure = attempt.failure if attempt else ""
    deadline = decided.deadline(due)
    days = None if handed_in is None else days_late(deadline, handed_in, grace=policy.grace)
    slipped = min(days or 0, slip_days)
    charged = (days or 0) - slipped
    left = left_over(policy, earned, maximum, charged)

    is_final = bool(decided.whole or decided.stands or decided.excuse)
    is_timeless = attempt is not None and days is None
    open_results = [result for result in results if result.id not in decided.questions]
    unsettled = (
        []
        if "" in decided.looked_at
        else [result for result in open_results if result.id not in decided.looked_at]
    )
    doubts = [] if is_final or trouble or failure else _doubts(unsettled, attempt)
    pending = [] if is_final else [each.id for each in open_results if _is_pending(each)]

    computed = rounded(left, places=policy.places)
    final: Decimal | None = computed
    kept = decided.whole or decided.stands
    if kept:
        final = rounded(min(points_of(kept), maximum), places=policy.places)
    elif failure or (is_timeless and not (trouble and earned == 0)):
        final = None
    elif decided.at_least:
        floor = min(points_of(decided.at_least), maximum)
        if decided.then is not None:  # a person may lower what a change of rules may not
            then = _left(decided.then, verdicts, questions, handed_in, due, policy, slip_days)
            floor -= max(ZERO, then - left)
        final = max(computed, rounded(max(floor, ZERO), places=policy.places))
    raised = not kept and final is not None and final > computed
    if decided.excuse:
        final = None

    status: Status
    if not known:
        status = "unknown_student"
    elif decided.excuse:
        status = "excused"
    elif attempt is None:
        status = "missing"
    elif trouble and not kept:
        status = "unreadable"
    elif (failure or is_timeless or doubts) and not kept:
        status = "needs_review"
    elif not kept and not raised and (late_factor(policy, charged) == 0 or left == 0 < earned):
        status = "zero_late"
    else:
        status = "late" if days else "graded"

    flags: list[str] = []
    if attempt is not None:
        flags += [*attempt.submission.flags, *attempt.flags]
        flags += [flag for verdict in verdicts for flag in verdict.flags]
    flags += ["no-time"] * is_timeless + ["internal-error"] * bool(failure)
    flags += [f"pending:{question}" for question in pending]
    by_hand = [each.id for each in results if any(v.check == BY_HAND for v in each.verdicts)]
    flags += [f"override:{question}" for question in by_hand]
    if decided.whole:
        flags.append("misconduct" if decided.whole.kind == "misconduct" else "override")
    elif decided.stands:
        flags.append("stands")
    flags += ["at-least"] * raised

    if attempt is None:
        head = explain.without_attempt(policy, earned, maximum)
    elif handed_in is None or days is None:
        head = explain.without_time(policy, earned, maximum, decided=is_final)
    else:
        head = explain.arithmetic(
            policy,
            earned,
            maximum,
            left,
            due=deadline,
            handed_in=handed_in,
            days=days,
            slipped=slipped,
            extension=decided.extension,
        )
    number = attempt.submission.attempt if attempt else None
    tail = explain.remarks(
        decided,
        known=known,
        by_hand=by_hand,
        policy=policy,
        trouble=trouble,
        failure=failure,
        doubts=doubts,
        attempt=number if number != 1 or policy.attempts == "best" else None,
        pending=pending,
        raised=final if raised else None,
    )

    shown = rounded(earned, places=policy.places)
    return Score(
        student=student.id,
        name=student.name,
        assignment=assignment,
        attempt=number,
        submitted_at=handed_in,
        days_late=days,
        earned=shown,
        maximum=Decimal(explain.plain(maximum)),
        penalty=ZERO if final is None else shown - final,
        score=final,
        status=status,
        flags=tuple(dict.fromkeys(flags)),
        explanation="; ".join([head, *tail]),
        questions=results,
        comments=tuple(each.reason for each in decided.comments if not each.question),
    )


def _left(
    decided: Decided,
    verdicts: Sequence[Verdict],
    questions: Sequence[QuestionPoints],
    handed_in: datetime | None,
    due: datetime,
    policy: LatePolicy,
    slip_days: int,
) -> Decimal:
    """What the attempt is worth after the penalty, with these decisions; not rounded."""
    earned = sum((_question(each, verdicts, decided).earned for each in questions), ZERO)
    maximum = sum((each.points for each in questions), ZERO)
    days = 0
    if handed_in is not None:
        days = days_late(decided.deadline(due), handed_in, grace=policy.grace)
    return left_over(policy, earned, maximum, max(0, days - slip_days))


def _question(
    question: QuestionPoints, verdicts: Sequence[Verdict], decided: Decided
) -> QuestionScore:
    mine = tuple(verdict for verdict in verdicts if verdict.question == question.id)
    decision = decided.questions.get(question.id)
    if decision is None:
        earned = earned_of(question.points, mine)
    else:
        earned = points_of(decision)
        mine = _with_decision(mine, question, decision)
    comments = tuple(each.reason for each in decided.comments if each.question == question.id)
    return QuestionScore(question.id, question.title, question.points, earned, mine, comments)


def _with_decision(
    verdicts: tuple[Verdict, ...], question: QuestionPoints, decision: Decision
) -> tuple[Verdict, ...]:
    """What a person gave and why: as the verdict on a written answer, or before the machine's."""
    given = points_of(decision)
    credit = given / question.points if question.points else Decimal(1)
    if verdicts and all(verdict.credit is None for verdict in verdicts):
        reason = explain.marked(decision, question.points)
        return tuple(replace(verdict, credit=credit, reason=reason) for verdict in verdicts)
    reason = explain.marked(decision, question.points, instead=bool(verdicts))
    return (Verdict(question.id, BY_HAND, credit, reason), *verdicts)


def earned_of(points: Decimal, verdicts: Sequence[Verdict]) -> Decimal:
    """The points times the weighted mean of the credits. One division: all right is all points."""
    total = sum((verdict.weight for verdict in verdicts), ZERO)
    if total == 0:
        return ZERO
    got = sum((verdict.weight * (verdict.credit or ZERO) for verdict in verdicts), ZERO)
    return points if got == total else points * got / total


def _is_pending(result: QuestionScore) -> bool:
    return any(verdict.credit is None for verdict in result.verdicts)


def _doubts(results: Sequence[QuestionScore], attempt: Attempt | None) -> list[str]:
    """What a person should look at. A question that nobody judged is our omission, not a zero."""
    if attempt is None:
        return []
    doubts = [verdict.doubt for each in results for verdict in each.verdicts if verdict.doubt]
    return [*dict.fromkeys(doubts)] + [
        f"{each.id} was not judged" for each in results if not each.verdicts
    ]
