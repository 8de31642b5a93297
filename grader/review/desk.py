"""One assignment while it is reviewed: what there is to see, and what a person decides.

Everything is read anew for each page, for others decide too; what does not change while the server
runs (questions, rubrics, the instructor's notebook) is read once.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from grader.course import Assignment, DecisionLine, load_assignment, parsed
from grader.errors import GraderError
from grader.gradebook import thing_of
from grader.gradebook.address import source_of_lines
from grader.opened import OpenCourse, lines_in_force, lines_of
from grader.prepared import questions_of
from grader.questions import Question, Rubric, Written
from grader.records.scores import BY_HAND, QuestionScore, Score
from grader.release.bundle import read_instructors
from grader.release.strip import split, stripped
from grader.report import read_scores_json
from grader.review.answers import Place, answer_at, places, same, text_of
from grader.review.queue import Item, queue, was_written
from grader.student_page import executed_file

COMMAND = "grader review"
MOST_REUSED = 9
MOST_PLACES = 6
"""Of points: more decimal places are a slip, and a number without end in the gradebook."""


class StaleError(Exception):
    """Somebody decided about the same question since the page was shown; `said` is what."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


@dataclass(frozen=True)
class Look:
    """How things stand at one moment.

    Attributes:
        seen: the last event of the gradebook's history: what a decision is based on.
        lines: decisions in force.
    """

    scores: Mapping[str, Score]
    lines: tuple[DecisionLine, ...]
    items: tuple[Item, ...]
    seen: int

    def of(self, student: str, question: str) -> Item | None:
        for item in self.items:
            if (item.student, item.question) == (student, question):
                return item
        return None


@dataclass(frozen=True)
class Verdict:
    """What a person says about one question of some students.

    Attributes:
        rubric: the places of the items that apply.
        points: in the place of the rubric's sum; None takes the sum.
        as_judged: leave the points as they are, and ask no more.
    """

    students: tuple[str, ...]
    question: str
    rubric: tuple[int, ...] = ()
    points: Decimal | None = None
    as_judged: bool = False
    comment: str = ""


@dataclass
class Desk:
    """See the module."""

    opened: OpenCourse
    assignment: Assignment
    questions: tuple[Question, ...]
    places: Mapping[str, Place]
    _scores: tuple[float, dict[str, Score]] = (0.0, {})
    _answers: dict[tuple[str, int | None, str], tuple[float, str]] = field(default_factory=dict)

    @property
    def results(self) -> Path:
        return self.opened.results / self.assignment.id

    def look(self) -> Look:
        """Read how things stand.

        Raises:
            GraderError: there are no scores yet, or the gradebook can't be read.
        """
        from grader.gradebook.changes import last_event
        from grader.gradebook.database import reading

        with reading(self.opened.gradebook) as connection:
            # before the decisions: one that comes between is then told as new
            seen = 0 if connection is None else last_event(connection)
        lines = lines_in_force(self.opened, self.assignment)
        scores = self._read_scores()
        return Look(scores, tuple(lines), tuple(queue(list(scores.values()), lines)), seen)

    def _read_scores(self) -> dict[str, Score]:
        file = self.results / "scores.json"
        written = file.stat().st_mtime if file.exists() else 0.0
        if written != self._scores[0] or not written:
            _, scores = read_scores_json(file)
            self._scores = written, {each.student: each for each in scores}
        return self._scores[1]

    def rubric(self, question: str) -> tuple[Rubric, ...]:
        """What to look for: the author's, or all and nothing."""
        for each in self.questions:
            for check in each.checks if each.id == question else ():
                if isinstance(check, Written) and check.rubric:
                    return tuple(check.rubric)
        return ()

    def is_written(self, question: str) -> bool:
        return any(
            isinstance(check, Written)
            for each in self.questions
            if each.id == question
            for check in each.checks
        )

    def worth(self, question: str) -> Decimal:
        return self.assignment.points.get(question, self.assignment.maximum)

    def title(self, question: str) -> str:
        return next((each.title for each in self.questions if each.id == question), "")

    def notebook(self, score: Score) -> Any:
        """The executed notebook; None if there is none."""
        file = executed_file(self.results, score.student, score.attempt)
        try:
            notebook = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            return None
        is_one = isinstance(notebook, dict) and isinstance(notebook.get("cells"), list)
        return notebook if is_one else None

    def answer(self, score: Score, question: str) -> str:
        """What a student wrote; "" if it is not to be found."""
        place = self.places.get(question)
        if place is None:
            return ""
        key = (score.student, score.attempt, question)
        written = self._written(score)
        if self._answers.get(key, (-1.0,))[0] != written:  # a file may come in another's place
            notebook = self.notebook(score)
            cells = [] if notebook is None else notebook["cells"]
            self._answers[key] = written, text_of(cells, answer_at(cells, place))
        return self._answers[key][1]

    def _written(self, score: Score) -> float:
        """When the executed notebook was; 0 if there is none."""
        try:
            return executed_file(self.results, score.student, score.attempt).stat().st_mtime
        except OSError:
            return 0.0

    def basis(self, look: Look, student: str, question: str) -> str:
        """A digest of what a decision rests on: the attempt, the answer or what the grader found,
        and what was decided before, in the gradebook or in decisions.csv."""
        score = look.scores[student]
        given = self.given(look, student, question)
        found = None if self.is_written(question) else question_of(score, question)
        facts = (
            score.attempt,
            self.answer(score, question),
            [(v.check, str(v.credit), v.reason) for v in found.verdicts if v.check != BY_HAND]
            if found is not None
            else [],
            None if given is None else (given.kind, given.value, given.reason),
        )
        return hashlib.sha256(repr(facts).encode(errors="replace")).hexdigest()[:16]

    def behind(self, look: Look) -> list[str]:
        """Whose scores do not follow the points that people gave: this was killed, say."""
        given: dict[tuple[str, str], Decimal | None] = {}
        for each in look.lines:
            if thing_of(each)[2] == "points" and each.question:
                given[each.student, each.question] = number_in(each.value)
        return [
            student
            for student, score in look.scores.items()
            if score.attempt is not None
            and any(
                question.earned != given[student, question.id]
                if (student, question.id) in given
                else was_written(question)
                for question in score.questions
            )
        ]

    def alike(self, look: Look, student: str, question: str) -> list[str]:
        """Who else, of those who wait, has the same written answer."""
        own = same(self.answer(look.scores[student], question))
        if not own:  # not found: nobody knows whose is the same
            return []
        return [
            item.student
            for item in look.items
            if item.question == question
            and item.student != student
            and not item.is_done
            and item.why == "written"
            and same(self.answer(look.scores[item.student], question)) == own
        ]

    def reused(self, look: Look, question: str) -> list[str]:
        """Comments on this question, the most common first."""
        counted = Counter(
            each.reason
            for each in look.lines
            if each.kind == "comment" and each.question == question
        )
        return [text for text, _ in counted.most_common(MOST_REUSED)]

    def comment_of(self, look: Look, student: str, question: str) -> str:
        """The one that stands; the last, if there are several."""
        found = [
            each.reason
            for each in look.lines
            if (each.kind, each.student, each.question) == ("comment", student, question)
        ]
        return found[-1] if found else ""

    def given(self, look: Look, student: str, question: str) -> DecisionLine | None:
        """The points that a person gave, if one did."""
        wanted = ("points", student, question)
        last = None
        for each in look.lines:
            who, about, kind = thing_of(each)
            if (kind, who, about) == wanted:
                last = each
        return last

    def points_of(self, verdict: Verdict) -> Decimal:
        """What a verdict gives: its points, or the sum of the rubric's, from 0 to what it is
        worth.

        Raises:
            GraderError: there is nothing to go by.
        """
        if verdict.points is not None:
            return verdict.points
        rubric = self.rubric(verdict.question)
        if not rubric:
            raise GraderError("say how many points", fix="a number in the field points")
        takes = all(each.worth < 0 for each in rubric)  # what is wrong is taken off
        if not verdict.rubric and not takes:
            raise GraderError("nothing is ticked", fix="for no points say so: None, or 0")
        total = sum((rubric[place].worth for place in set(verdict.rubric)), Decimal(0))
        total += self.worth(verdict.question) if takes else 0
        return min(max(total, Decimal(0)), self.worth(verdict.question))

    def ticked(self, question: str, reason: str) -> set[int]:
        """The rubric's items whose words are the reason. An item may hold a semicolon itself."""
        rest, found = f"; {reason}; ", set()
        rubric = self.rubric(question)
        for place in sorted(range(len(rubric)), key=lambda place: -len(rubric[place].says)):
            words = f"; {rubric[place].says}; "
            if words in rest:
                found.add(place)
                rest = rest.replace(words, "; ; ", 1)
        return found

    def decide(
        self, verdict: Verdict, *, seen: int, look: Look, basis: str, comment: str = ""
    ) -> int | None:
        """Write it into the gradebook.

        Args:
            seen: of the `Look` that the person saw; `basis` is what it said of the first student.
            look: how things stand now.
            comment: the one that the person saw: the verdict's comes in its place.

        Returns:
            The change's number; None if all of it stands already.

        Raises:
            StaleError: somebody decided about the same since; nothing is written.
            GraderError: it can't be followed; nothing is written.
        """
        from grader.gradebook import decisions
        from grader.gradebook.changes import ChangeSet
        from grader.gradebook.database import writing

        new = [self._line(verdict, look.scores[student]) for student in verdict.students]
        if verdict.comment:
            new += [
                DecisionLine(student, verdict.question, "comment", "", verdict.comment)
                for student in verdict.students
            ]
        parsed(new, self.assignment)  # refuses what can't be: one such line, and nothing is graded
        address, name = self.opened.gradebook, self.assignment.id
        with writing(address) as connection:
            self._refuse_stale(connection, verdict, seen)
            if basis != self.basis(look, verdict.students[0], verdict.question):
                raise StaleError(
                    "What you saw does not stand any more: another hand-in or answer was graded, "
                    "or decisions.csv says something else. Look at it again"
                )
            change = ChangeSet(connection, "decision", COMMAND, assignment=name)
            decisions.import_lines(
                change, name, lines_of(self.opened, self.assignment), source_of_lines(address)
            )
            kept = decisions.kept_decisions(connection, name)
            comments = [
                each
                for each in kept
                if each.line.kind == "comment"
                and each.line.student in verdict.students
                and each.line.question == verdict.question
                and each.line.reason == comment != verdict.comment
                and not each.source
            ]
            decisions.take_back(change, name, comments)
            standing = {thing_of(each.line): each.line for each in kept}
            added = [
                each
                for each in new
                if (there := standing.get(thing_of(each))) is None or not there.says_the_same(each)
            ]
            decisions.add(change, name, added)
            change.write()
        return change.number_if_any

    def _line(self, verdict: Verdict, score: Score) -> DecisionLine:
        if verdict.as_judged:
            value = f"yes@{score.attempt}" if score.attempt else "yes"
            return DecisionLine(score.student, verdict.question, "looked-at", value)
        rubric = self.rubric(verdict.question)
        reason = "; ".join(rubric[place].says for place in sorted(set(verdict.rubric)))
        kind = "mark" if self.is_written(verdict.question) else "override"
        if kind == "override" and not reason:
            reason = verdict.comment or "looked at by a person"
        points = f"{self.points_of(verdict):f}"
        return DecisionLine(score.student, verdict.question, kind, points, reason)

    def _refuse_stale(self, connection: Any, verdict: Verdict, seen: int) -> None:
        from grader.gradebook.changes import history

        since = [
            each
            for student in verdict.students
            for each in history(
                connection, assignment=self.assignment.id, student=student, after=seen
            )
            if each.what == "decision"
            and (each.after or each.before or {}).get("question") == verdict.question
        ]
        if since:
            last = since[-1]
            facts = last.after or last.before or {}
            words = " ".join(filter(None, (facts["kind"], facts["value"], facts["reason"])))
            when = last.at.astimezone(self.opened.course.timezone)
            verb = "" if last.after else " took back"
            raise StaleError(f"{last.author}{verb} at {when:%H:%M}: {words}")

    def take_back(self, change: int) -> tuple[str, ...]:
        """Take a change of this screen back; whom it concerns.

        Raises:
            GraderError: nothing of it can be taken back any more.
        """
        from grader.gradebook.database import writing
        from grader.gradebook.undoing import take_back_change

        with writing(self.opened.gradebook) as connection:
            done = take_back_change(connection, change, self.opened.gradebook)
        return done.students


def desk_for(opened: OpenCourse, assignment_id: str) -> Desk:
    """Read what does not change.

    Raises:
        GraderError: the assignment is wrong.
    """
    assignment = load_assignment(opened.course, assignment_id)
    questions = questions_of(opened.course, assignment)
    return Desk(opened, assignment, questions, _places_of(assignment, questions))


def _places_of(assignment: Assignment, questions: Sequence[Question]) -> dict[str, Place]:
    """Where each written answer is to be; nothing, if the instructor's notebook does not tell."""
    written = [
        each.id for each in questions if any(isinstance(check, Written) for check in each.checks)
    ]
    if not written or not assignment.notebook.is_file():
        return {}
    try:
        notebook = read_instructors(assignment)
        cells = stripped(notebook, assignment.notebook.name)["cells"]
        solutions = [
            number
            for number, cell in enumerate(notebook["cells"])
            if cell["cell_type"] == "markdown" and split(cell, assignment.notebook.name)[1]
        ]
    except GraderError:
        return {}
    found = places(cells, solutions, len(written))
    return {} if found is None else dict(zip(written, found, strict=True))


def number_in(text: str) -> Decimal | None:
    """None if it is none: decisions.csv may hold anything."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def points_from(text: str) -> Decimal | None:
    """The field `points`; None if it is empty.

    Raises:
        GraderError: it is no number.
    """
    if not text.strip():
        return None
    try:
        points = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        points = Decimal("NaN")
    exponent = points.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MOST_PLACES or points.adjusted() > MOST_PLACES:
        raise GraderError(f"{text.strip()[:40]!r} is not a number of points", fix="such as 0.5")
    return points


def question_of(score: Score, question: str) -> QuestionScore | None:
    return next((each for each in score.questions if each.id == question), None)
