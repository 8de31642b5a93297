"""scores.csv and scores.json, as docs and other programs rely on them; and the way back.

Columns and keys are a contract: adding one is a change for other people.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import msgspec

from grader.errors import GraderError
from grader.records.scores import QuestionScore, Score, Status
from grader.records.verdicts import Verdict
from grader.report.csv_text import (
    csv_lines,
    flags_text,
    neutralised,
    places_for,
    points_text,
    time_text,
)
from grader.report.files import write_whole

SCHEMA = 1
COLUMNS = (
    "student",
    "name",
    "assignment",
    "attempt",
    "submitted_at",
    "days_late",
    "earned",
    "maximum",
    "penalty",
    "score",
    "status",
    "flags",
)


def write_scores_csv(
    scores: Sequence[Score], question_ids: Sequence[str], path: Path, *, places: int = 2
) -> None:
    """One row a score: the columns of the contract, then one a question (points before penalty).

    Blank: what there is not, such as the score of somebody excused, or the questions of somebody
    who handed nothing in.

    Args:
        places: decimal places of points, as the late policy has them.

    Raises:
        GraderError: if a question has the name of another column.
    """
    clashes = sorted(set(question_ids) & set(COLUMNS))
    if clashes:
        raise GraderError(
            f"a question cannot be called {clashes[0]}: scores.csv has a column of that name",
            fix="give the question another id, such as Q1",
        )
    header = (*COLUMNS, *question_ids)
    rows = (_row(each, question_ids, places) for each in scores)
    write_whole(path, csv_lines(chain([header], rows)))


def _row(score: Score, question_ids: Sequence[str], places: int) -> list[object]:
    return [
        score.student,
        neutralised(score.name),
        score.assignment,
        "" if score.attempt is None else score.attempt,
        time_text(score.submitted_at),
        "" if score.days_late is None else score.days_late,
        points_text(score.earned, places),
        points_text(score.maximum, places_for(score.maximum, places)),
        points_text(score.penalty, places),
        points_text(score.score, places),
        score.status,
        flags_text(score.flags),
        *question_cells(score, question_ids, places),
    ]


def question_cells(score: Score, question_ids: Sequence[str], places: int) -> list[str]:
    """The points of each question as text, "" where nothing was handed in."""
    if score.attempt is None:
        return [""] * len(question_ids)
    shown = {
        question.id: points_text(question.earned, places_for(question.points, places))
        for question in score.questions
    }
    return [shown.get(id, "") for id in question_ids]


def places_of(policy: Mapping[str, Any]) -> int:
    """Decimal places of points under the late policy that a scores.json keeps."""
    places = policy.get("places", 2)
    return places if isinstance(places, int) else 2


def _score_entry(score: Score) -> dict[str, Any]:
    return {
        "student": score.student,
        "name": score.name,
        "assignment": score.assignment,
        "attempt": score.attempt,
        "submitted_at": None if score.submitted_at is None else score.submitted_at.isoformat(),
        "days_late": score.days_late,
        "earned": f"{score.earned:f}",
        "maximum": f"{score.maximum:f}",
        "penalty": f"{score.penalty:f}",
        "score": None if score.score is None else f"{score.score:f}",
        "status": score.status,
        "flags": list(score.flags),
        "explanation": score.explanation,
        "comments": list(score.comments),
        "questions": [
            {
                "id": question.id,
                "title": question.title,
                "points": f"{question.points:f}",
                "earned": f"{question.earned:f}",
                "verdicts": [_verdict_entry(verdict) for verdict in question.verdicts],
                "comments": list(question.comments),
            }
            for question in score.questions
        ],
    }


def _verdict_entry(verdict: Verdict) -> dict[str, Any]:
    ratio = verdict.error_over_tolerance
    return {
        "check": verdict.check,
        "credit": None if verdict.credit is None else float(verdict.credit),
        "reason": verdict.reason,
        "mistake": verdict.mistake,
        "hint": verdict.hint,
        "error_over_tolerance": (
            None if ratio is None or not math.isfinite(ratio) else float(ratio)
        ),
    }


def write_scores_json(
    path: Path,
    assignment_id: str,
    policy: Mapping[str, Any],
    scores: Iterable[Score],
    generated_at: datetime,
) -> None:
    """Write scores.json, one score after the other: a class of thousands is never one text."""
    head = {
        "schema": SCHEMA,
        "assignment": assignment_id,
        "generated_at": generated_at.isoformat(),
        "policy": msgspec.to_builtins(dict(policy)),
    }
    write_whole(path, _json_parts(head, scores))


_OPENS = b'"scores": [\n'
"""Ends the first line of a scores.json; then there is a line for each score, and `]}`."""


def _json_parts(head: Mapping[str, Any], scores: Iterable[Score]) -> Iterator[str]:
    dumps = partial(json.dumps, ensure_ascii=False, allow_nan=False)
    yield f'{dumps(head)[:-1]}, "scores": ['
    for number, score in enumerate(scores):
        yield f"{',' if number else ''}\n{dumps(_score_entry(score))}"
    yield "\n]}\n"


class _VerdictEntry(msgspec.Struct):
    check: str
    credit: Decimal | None
    reason: str
    mistake: str | None
    hint: str
    error_over_tolerance: float | None


class _QuestionEntry(msgspec.Struct):
    id: str
    title: str
    points: Decimal
    earned: Decimal
    verdicts: tuple[_VerdictEntry, ...]
    comments: tuple[str, ...] = ()


class _ScoreEntry(msgspec.Struct):
    student: str
    name: str
    assignment: str
    attempt: int | None
    submitted_at: Annotated[datetime, msgspec.Meta(tz=True)] | None
    days_late: int | None
    earned: Decimal
    maximum: Decimal
    penalty: Decimal
    score: Decimal | None
    status: Status
    flags: tuple[str, ...]
    explanation: str
    questions: tuple[msgspec.Raw, ...]
    comments: tuple[str, ...] = ()


class _Head(msgspec.Struct):
    schema: int


class _Document(_Head):
    assignment: str
    generated_at: str
    policy: dict[str, Any]
    scores: tuple[_ScoreEntry, ...]


_decode_document = msgspec.json.Decoder(_Document).decode
_decode_entry = msgspec.json.Decoder(_ScoreEntry).decode
_decode_question = msgspec.json.Decoder(_QuestionEntry).decode

_NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _OtherLayoutError(msgspec.DecodeError):
    """Not the lines that `write_scores_json` writes: what it is, the whole of it says."""


def read_scores_json(path: Path) -> tuple[dict[str, Any], list[Score]]:
    """The head of a scores.json (all but its scores), and its scores.

    What the file does not hold (weights, remarks, doubts) is at its default: enough for tables,
    too little for a student's page. `explanation` has the doubts.

    Raises:
        GraderError: if there is no such file, or it is not a scores.json of this schema.
    """
    reader = _Reader()
    try:
        with path.open("rb") as file:
            try:
                return reader.lines(file, path)
            except _NO_JSON:  # or JSON that somebody else laid out
                file.seek(0)
                return reader.document(file.read(), path)
    except FileNotFoundError as error:
        raise GraderError(
            "there are no scores yet", at=str(path), fix="grade the assignment first"
        ) from error
    except _NO_JSON as error:
        raise GraderError(
            f"this is not a scores.json: {error}", at=str(path), fix="grade again"
        ) from error


class _Reader:
    """Reads scores. Most students answer alike: what is equal of their questions is kept once."""

    def __init__(self) -> None:
        self._questions: dict[bytes, QuestionScore] = {}

    def document(self, text: bytes, path: Path) -> tuple[dict[str, Any], list[Score]]:
        schema = msgspec.json.decode(text, type=_Head).schema
        if schema != SCHEMA:
            raise GraderError(
                f"these scores have schema {schema}, and this grader reads schema {SCHEMA}",
                at=str(path),
                fix="use the grader that wrote the file, or grade again",
            )
        document = _decode_document(text)
        head = {
            "schema": document.schema,
            "assignment": document.assignment,
            "generated_at": document.generated_at,
            "policy": document.policy,
        }
        return head, [self._score(entry) for entry in document.scores]

    def lines(self, lines: Iterator[bytes], path: Path) -> tuple[dict[str, Any], list[Score]]:
        """Score by score: a class of many thousands is never one text.

        Raises:
            msgspec.DecodeError: they are not exactly those that `write_scores_json` writes.
        """
        first = next(lines, b"")
        if not first.endswith(_OPENS):
            raise _OtherLayoutError
        head, _ = self.document(first + b"]}", path)
        return head, list(self._scores(lines))

    def _scores(self, lines: Iterator[bytes]) -> Iterator[Score]:
        line, may_follow, must_follow = b"", True, False
        for line in lines:
            if line.startswith(b"]"):
                break
            if not may_follow:
                raise _OtherLayoutError
            may_follow = must_follow = line.endswith(b",\n")
            yield self._score(_decode_entry(line[:-2] if must_follow else line))
        if must_follow or line != b"]}\n" or next(lines, None) is not None:
            raise _OtherLayoutError

    def _score(self, entry: _ScoreEntry) -> Score:
        fields = msgspec.structs.asdict(entry)
        fields["questions"] = tuple(self._question(bytes(raw)) for raw in entry.questions)
        return Score(**fields)

    def _question(self, raw: bytes) -> QuestionScore:
        if raw not in self._questions:
            entry = _decode_question(raw)
            self._questions[raw] = QuestionScore(
                entry.id,
                entry.title,
                entry.points,
                entry.earned,
                tuple(
                    Verdict(question=entry.id, **msgspec.structs.asdict(verdict))
                    for verdict in entry.verdicts
                ),
                entry.comments,
            )
        return self._questions[raw]
