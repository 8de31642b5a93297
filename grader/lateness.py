"""What lateness costs whom, and what another late policy would do. Changes no score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from grader.course import Assignment, load_assignment, with_other_rules
from grader.earlier import EarlierReceipts
from grader.evidence import Line
from grader.execute import Engine, Local
from grader.opened import OpenCourse
from grader.prepared import Prepared, prepare
from grader.records.scores import Score, Standing
from grader.records.submissions import Student, Submission
from grader.score import Attempt, Decided, Decision, attempts_that_count, days_late, score
from grader.score.explain import plain
from grader.score.hand_in_times import (
    EXCUSED,
    NO_TIME,
    NOTHING,
    STRETCHES,
    JustOver,
    just_over,
    stretch_of,
    where_to_stop,
)
from grader.score.impact import Change, impact
from grader.score.lost import Settled, lost_to_lateness, reckoned, settled_by
from grader.score.policy import policy_changes
from grader.slip_days import slip_days_of
from grader.store.lock import only_one
from grader.store.standings import read_standings

Advance = Callable[[int, int, str, int], None]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One student: when, and what that cost.

    Attributes:
        stretch: of the time around the deadline, one of `STRETCHES`.
        deadline: the student's own.
        slip_days: late days that cost nothing.
        lost: points that lateness took.
        reckoned: `9.00 x 0.70 = 6.30`, or "" without a time.
        settled: why lateness decides nothing.
        is_provisional: whether a person has still to look at the score.
    """

    standing: Standing
    attempt: int | None
    submitted_at: datetime | None
    stretch: str
    deadline: datetime
    slip_days: int
    lost: Decimal
    reckoned: str
    settled: Settled
    is_provisional: bool
    explanation: str

    @property
    def student(self) -> str:
        return self.standing.student


@dataclass(frozen=True, slots=True)
class Counted:
    """One attempt as if it were the only one."""

    attempt: int
    days_late: int
    reckoned: str
    score: Decimal


@dataclass(frozen=True, slots=True)
class Again:
    """A student who could have stopped before, when it was less late.

    Attributes:
        earlier: the best of what would have counted then.
        later: what counts.
    """

    student: str
    earlier: Counted
    later: Counted
    is_provisional: bool

    @property
    def gain(self) -> Decimal:
        """What handing in again brought; negative if it cost."""
        return self.later.score - self.earlier.score


@dataclass(frozen=True)
class WhatIf:
    """What other rules would do.

    Attributes:
        rules: the assignment as it would be.
        changed: what is another rule, in words.
        changes: who gains and who loses; without those whose score a person settled.
        provisional: whose score is not final, under the one or the other.
        excused, by_hand: whom no policy moves.
    """

    rules: Assignment
    changed: tuple[str, ...]
    changes: tuple[Change, ...]
    provisional: tuple[str, ...]
    excused: tuple[str, ...]
    by_hand: tuple[str, ...]


@dataclass(frozen=True)
class Lateness:
    """All of it.

    Attributes:
        students: in the order of the roster.
        counts: how many fall into each of the `STRETCHES`.
        again: who handed in again later, those to whom it cost most first.
        hints: where a deadline looks wrong, in words.
        notes: for the person at the terminal.
        executed: how many submissions ran code, of those `looked_at`.
    """

    title: str
    rules: Assignment
    students: tuple[HandedIn, ...]
    counts: Mapping[str, int]
    again: tuple[Again, ...]
    what_if: WhatIf | None
    hints: tuple[str, ...]
    notes: tuple[str, ...]
    executed: int
    looked_at: int


def lateness(
    opened: OpenCourse,
    assignment_id: str,
    *,
    other: Mapping[str, str] | None = None,
    engine: Engine = Local(),  # noqa: B008, it is frozen
    advance: Advance = lambda done, total, who, failed: None,
) -> Lateness:
    """What lateness cost everybody, by today's rules, decisions and hand-ins.

    Scores, receipts, pages and the gradebook stay as they are. Of an earlier attempt that was less
    late the evidence is looked up, or made and kept.

    Args:
        other: rules to compare with, in the words of course.toml; none if there are none.

    Raises:
        GraderError: the configuration or one of the other rules is wrong, and nothing has run then;
            or another command is at work on the assignment.
    """
    rules = load_assignment(opened.course, assignment_id)
    elsewhere = _with_other_bank(opened, rules, other) if other else None
    prepared = prepare(opened, assignment_id)
    with only_one(prepared.records, f"grader late {assignment_id}"):
        line = Line(
            prepared,
            engine,
            earlier=EarlierReceipts(prepared).comparable,
        )
        office = _Office(prepared, elsewhere)
        seen = list(_seen(office, line, advance))
        notes = (*line.notes, *_of_the_last_grading(prepared, [each.now for each in seen]))
    return Lateness(
        title=prepared.title,
        rules=rules,
        students=tuple(each.now for each in seen),
        counts=_counts([each.now for each in seen]),
        again=tuple(sorted((each.again for each in seen if each.again), key=_by_gain)),
        what_if=_what_if(rules, office.others, seen) if office.others else None,
        hints=tuple(_hints(rules, [each.now for each in seen])),
        notes=tuple(dict.fromkeys(notes)),
        executed=line.executed,
        looked_at=line.looked_at,
    )


def _with_other_bank(
    opened: OpenCourse, rules: Assignment, other: Mapping[str, str]
) -> tuple[OpenCourse, Assignment]:
    """The course and the assignment by the other rules.

    Slip days are a term's: another number is one in course.toml. How many of them may be spent on
    the assignment is for its own file to say, as ever.
    """
    others = with_other_rules(rules, other)
    if "slip_days" not in other:
        return opened, others
    late = replace(opened.course.late, slip_days=others.late.slip_days)
    course = replace(opened.course, late=late)
    most = load_assignment(course, rules.id).late.slip_days
    return replace(opened, course=course), replace(
        others, late=replace(others.late, slip_days=most)
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a student; `other` is the score under the other rules, if there are any."""

    now: HandedIn
    again: Again | None
    other: Standing | None
    other_attempt: int | None = None
    other_is_settled: bool = False
    is_provisional: bool = False


class _Office:
    """Where one student's attempts are scored: by the rules, by others, and each alone."""

    def __init__(self, prepared: Prepared, elsewhere: tuple[OpenCourse, Assignment] | None) -> None:
        self.prepared = prepared
        self.rules, self.others = prepared.assignment, elsewhere[1] if elsewhere else None
        self._slip_days = prepared.slip_days
        self._other_slip_days = slip_days_of(*elsewhere) if elsewhere else None
        self._decisions: dict[str, list[Decision]] = {}
        for decision in prepared.decisions:
            self._decisions.setdefault(decision.student, []).append(decision)

    def wanted(self, submissions: Sequence[Submission]) -> tuple[Submission, ...]:
        """Those of one student's attempts whose verdicts are needed."""
        wanted = set(attempts_that_count(submissions, self.rules.late))
        if self.others is not None:
            wanted |= set(attempts_that_count(submissions, self.others.late))
        if len(submissions) > 1:
            deadline = self._decided(submissions[0].student).deadline(self.rules.due)
            days = [self._days(each, deadline) for each in submissions]
            wanted |= {submissions[place] for place in where_to_stop(days)}
        return tuple(each for each in submissions if each in wanted)

    def see(self, student: str, attempts: Sequence[Attempt]) -> _Seen:
        """What lateness did to one student.

        Args:
            attempts: in order, those that were `wanted`.
        """
        made = self._score(student, attempts, self.rules)
        now = self._handed_in(made)
        again = None if now.settled else self._again(made, attempts)
        if self.others is None:
            return _Seen(now, again, None)
        other = self._score(student, attempts, self.others)
        return _Seen(
            now,
            again,
            other.standing,
            other_attempt=other.attempt,
            other_is_settled=bool(settled_by(other)),
            is_provisional=now.is_provisional or _is_open(other),
        )

    def _score(self, student: str, attempts: Sequence[Attempt], rules: Assignment) -> Score:
        left = self._slip_days if rules is self.rules else self._other_slip_days
        assert left is not None
        return score(
            self.prepared.opened.roster.get(student, Student(student, "")),
            attempts,
            self.prepared.points,
            assignment=rules.id,
            due=rules.due,
            policy=rules.late,
            decisions=self._decisions.get(student, ()),
            slip_days=left(student),
            known=student in self.prepared.opened.roster,
        )

    def _handed_in(self, made: Score) -> HandedIn:
        deadline = self._decided(made.student).deadline(self.rules.due)
        settled = settled_by(made)
        if made.submitted_at is not None and made.days_late is not None:
            stretch = stretch_of(deadline, made.submitted_at, made.days_late)
        elif made.attempt is not None:
            stretch = NO_TIME
        else:
            stretch = EXCUSED if settled == "excused" else NOTHING
        slip_days = self._slip_days(made.student)
        return HandedIn(
            standing=made.standing,
            attempt=made.attempt,
            submitted_at=made.submitted_at,
            stretch=stretch,
            deadline=deadline,
            slip_days=min(slip_days, made.days_late or 0),
            lost=lost_to_lateness(made),
            reckoned=reckoned(made, self.rules.late, slip_days=slip_days),
            settled=settled,
            is_provisional=_is_open(made),
            explanation=made.explanation,
        )

    def _again(self, made: Score, attempts: Sequence[Attempt]) -> Again | None:
        """Against the best of what would have counted, had the student stopped when it was less
        late; None if nothing would have, or no more and no less."""
        later = self._counted(made)
        if later is None:
            return None
        before = [each for each in attempts if each.submission.attempt < later.attempt]
        deadline = self._decided(made.student).deadline(self.rules.due)
        days = [self._days(each.submission, deadline) for each in before]
        if self.rules.late.attempts == "latest":
            places: Sequence[int] = where_to_stop([*days, later.days_late])
        else:
            places = [
                k for k, late in enumerate(days) if late is not None and late < later.days_late
            ]
        alone = [self._score(made.student, [before[place]], self.rules) for place in places]
        known = [(each, counted) for each in alone if (counted := self._counted(each)) is not None]
        if not known:
            return None
        best, earlier = max(known, key=lambda pair: pair[1].score)
        if earlier.score == later.score:
            return None
        return Again(made.student, earlier, later, _is_open(made) or _is_open(best))

    def _counted(self, made: Score) -> Counted | None:
        if made.attempt is None or made.days_late is None or made.score is None:
            return None
        words = reckoned(made, self.rules.late, slip_days=self._slip_days(made.student))
        return Counted(made.attempt, made.days_late, words, made.score)

    def _days(self, submission: Submission, deadline: datetime) -> int | None:
        time = submission.submitted_at
        return None if time is None else days_late(deadline, time, grace=self.rules.late.grace)

    def _decided(self, student: str) -> Decided:
        return Decided.of(student, self._decisions.get(student, ()))


def _is_open(made: Score) -> bool:
    return made.is_provisional and not settled_by(made)


def _seen(office: _Office, line: Line, advance: Advance) -> Iterator[_Seen]:
    """Everybody, in the order of the roster; verdicts are let go as soon as a student is done."""
    prepared = office.prepared
    by_student: dict[str, list[Submission]] = {}
    for submission in prepared.submissions:  # in order of attempts
        by_student.setdefault(submission.student, []).append(submission)
    wanted = {student: office.wanted(mine) for student, mine in by_student.items()}
    total = sum(map(len, wanted.values()))
    waiting: dict[str, list[Attempt]] = {}
    seen: dict[str, _Seen] = {}
    failed = 0
    every = (submission for mine in wanted.values() for submission in mine)
    with closing(line.judged(every)) as judged:
        for done, one in enumerate(judged, 1):
            failed += bool(one.attempt.failure or one.attempt.unreadable)
            student = one.attempt.submission.student
            mine = waiting.setdefault(student, [])
            mine.append(one.attempt)
            if len(mine) == len(wanted[student]):
                mine.sort(key=lambda each: each.submission.attempt)
                seen[student] = office.see(student, waiting.pop(student))
            advance(done, total, student, failed)
    for student in prepared.everybody:
        yield seen.pop(student) if student in seen else office.see(student, ())


def _counts(students: Sequence[HandedIn]) -> dict[str, int]:
    counts = Counter(each.stretch for each in students)
    return {stretch: counts[stretch] for stretch in STRETCHES}


def _by_gain(again: Again) -> tuple[Decimal, str]:
    return again.gain, again.student


def _hints(rules: Assignment, students: Sequence[HandedIn]) -> Iterator[str]:
    """Where many are just over the line, the line may be the mistake."""
    times = [(each.deadline, each.submitted_at) for each in students if each.submitted_at]
    found: JustOver = just_over(times, rules.late)
    if found.may_be_an_hour_off:
        later = rules.due.replace(tzinfo=None) + timedelta(hours=1)
        yield (
            f"{found.hour} handed in within the first hour of being late, {found.hour_before} in "
            "the hour before: is an hour wrong, in `due` or in the times of the manifest? "
            f"--due {later.isoformat()} shows what that would change"
        )
    elif found.are_minutes_late:
        minutes = rules.late.grace // timedelta(minutes=1) + 10
        yield (
            f"{found.minutes} handed in within the first ten minutes of being late: "
            f"--grace-minutes {minutes} shows what they lose by it"
        )


def _of_the_last_grading(prepared: Prepared, students: Sequence[HandedIn]) -> Iterator[str]:
    """Whether these scores are those that the students have."""
    name = prepared.assignment.id
    before = read_standings(prepared.records / "standings")
    if before is None:
        yield f"nobody was graded yet: these are the scores that `grader grade {name}` would give"
        return
    differ = len(impact(before, (each.standing for each in students)))
    if differ:
        yield (
            f"{differ} of these scores {'is' if differ == 1 else 'are'} not as graded last, for "
            f"something has changed since: `grader rejudge {name} --dry-run` says what"
        )


def _what_if(rules: Assignment, others: Assignment, seen: Sequence[_Seen]) -> WhatIf:
    changed = policy_changes(rules.late, others.late)
    if rules.due != others.due:
        changed.append(f"due: {rules.due:%Y-%m-%d %H:%M} -> {others.due:%Y-%m-%d %H:%M}")
    settled = [each for each in seen if each.now.settled and each.other_is_settled]
    moving = [each for each in seen if not (each.now.settled and each.other_is_settled)]
    changes = impact(
        (each.now.standing for each in moving), (each.other for each in moving if each.other)
    )
    by_student = {each.now.student: each for each in moving}
    return WhatIf(
        rules=others,
        changed=tuple(changed),
        changes=tuple(_with_remarks(each, by_student[each.student]) for each in changes),
        provisional=tuple(each.now.student for each in moving if each.is_provisional),
        excused=tuple(e.now.student for e in settled if e.now.settled == "excused"),
        by_hand=tuple(e.now.student for e in settled if e.now.settled == "by hand"),
    )


def _with_remarks(change: Change, seen: _Seen) -> Change:
    before, after = seen.now.attempt, seen.other_attempt
    why = [f"attempt {before} -> {after}"] if before != after else []
    why += change.why
    if not why and seen.other is not None:  # by less than `impact` makes words of
        why = [f"penalty {plain(seen.now.standing.penalty)} -> {plain(seen.other.penalty)}"]
    return replace(change, why=(*why, *["not final yet"] * seen.is_provisional))
