"""Whatever is decided, graded and taken back in whatever order: the same facts give the same scores.

A model of a few lines keeps the decisions and does the arithmetic; scores.csv, the gradebook and the
receipts have to agree with it and with one another. The operations are called as the commands do.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from grader.course import DecisionLine
from grader.deciding import decide, undo
from grader.errors import GraderError
from grader.execute import Local
from grader.gradebook import tables
from grader.gradebook.database import reading
from grader.gradebook.decisions import kept_decisions
from grader.grading import grade, score_of
from grader.opened import open_course
from grader.store.receipts import read_receipt
from tests.cli.tiny import (
    DOUBLE,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    scores_csv,
    write_table,
)

pytestmark = pytest.mark.slow

SCALE = bool(os.environ.get("GRADER_TEST_SCALE"))
LATE = "2026-02-05T09:00:00+08:00"
RIGHT = {"s01": {"Q1": 1, "Q2": 1}, "s02": {"Q1": 1, "Q2": 0}, "s03": {"Q1": 0, "Q2": 1}}
DAYS_LATE = {"s01": 0, "s02": 2, "s03": 2}
RULES = [{"Q1": 9, "Q2": 1}, {"Q1": 1, "Q2": 9}, {"Q1": 5, "Q2": 5}]
HEADER = ("student", "question", "kind", "value", "reason")


@pytest.fixture(scope="module")
def evidence_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = a_course(tmp_path_factory.mktemp("order"), students=["s01", "s02", "s03"])
    hand_ins = [
        HandIn("s01", "2026-02-03T12:00:00+08:00"),
        HandIn("s02", LATE, [DOUBLE]),
        HandIn("s03", LATE, [SQUARE]),
    ]
    add_assignment(root, hand_ins=hand_ins)
    assert grader("grade", "hw", cwd=root).returncode == 0
    (root / "gradebook.db").unlink()
    return root


class Model:
    """The decisions, each with the changes by which it counts and the one that took it back."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self.file: list[DecisionLine] = []
        self.points = RULES[0]

    def decided(self, change: int | None, lines: list[DecisionLine]) -> None:
        self.made += [{"line": line, "changes": {change}, "by": None} for line in lines]

    def taken_back(self, number: int, by: int) -> None:
        back = [each for each in self.made if each["by"] == number]
        for each in self.made:
            if number in each["changes"] and each["by"] is None:
                each["by"] = by
        for each in back:
            each["by"] = None
            each["changes"].add(by)

    def score(self, student: str) -> str:
        """Of decisions on one thing the last one counts; what the file says is told apart, for it
        is about other things here."""
        lines = [each["line"] for each in self.made if each["by"] is None]
        last = {
            (line.question, line.kind): line.value
            for line in [*lines, *self.file]
            if line.student == student
        }
        if ("", "excuse") in last:
            return ""
        maximum = sum(self.points.values())
        if ("", "override") in last:
            return f"{min(Decimal(last['', 'override']), maximum):.2f}"
        earned = sum(
            Decimal(last.get((question, "override"), worth * RIGHT[student][question]))
            for question, worth in self.points.items()
        )
        longer = int(last.get(("", "extension"), "+0d")[1:-1])
        charged = max(0, DAYS_LATE[student] - longer)
        factor = 1 - Decimal("0.15") * charged
        return str((earned * factor).quantize(Decimal("0.01"), ROUND_HALF_UP))


def worth(root: Path, points: dict[str, int]) -> None:
    file = root / "assignments/hw/assignment.toml"
    table = "".join(f"{name} = {number}\n" for name, number in points.items())
    file.write_text(re.sub(r"(Q\d = \d\n)+", table, file.read_text("utf-8")), "utf-8")


def last_change(root: Path) -> int:
    with reading(open_course(root).gradebook) as connection:
        assert connection is not None
        return connection.execute(sa.select(sa.func.max(tables.change.c.id))).scalar() or 0


def kept_up(root: Path) -> set[str]:
    """Whose scores were kept, and may be what they were."""
    with reading(open_course(root).gradebook) as connection:
        assert connection is not None
        kept = kept_decisions(connection, "hw")
        return {each.line.student for each in kept if each.line.kind in ("stands", "at-least")}


def agree(root: Path, model: Model, said: list[str]) -> None:
    """scores.csv, the gradebook, the receipts, the model; and grading again changes nothing."""
    of_csv = {student: row["score"] for student, row in scores_csv(root).items()}
    opened = open_course(root)
    with reading(opened.gradebook) as connection:
        assert connection is not None
        rows = connection.execute(sa.select(tables.score.c.student, tables.score.c.score))
        assert {row.student: row.score or "" for row in rows} == of_csv, said
    for student, score in of_csv.items():
        receipt = read_receipt(opened.evidence / "hw/receipts", student)
        assert receipt is not None
        made = score_of(receipt).score
        assert score == ("" if made is None else f"{made}"), said
    kept = kept_up(root)
    assert {who: model.score(who) for who in of_csv if who not in kept} == {
        who: score for who, score in of_csv.items() if who not in kept
    }, "\n".join(said)


def some_line(chance: random.Random) -> DecisionLine:
    student = chance.choice(list(RIGHT))
    question, kind, value = chance.choice(
        [
            ("", "extension", f"+{chance.randint(1, 3)}d"),
            ("Q1", "override", chance.choice(["0", "0.5", "1"])),
            ("", "override", str(chance.randint(0, 9))),
            ("", "excuse", ""),
        ]
    )
    return DecisionLine(student, question, kind, value, "r")


def operate(root: Path, model: Model, chance: random.Random) -> str:
    opened = open_course(root)
    what = chance.choice(["decide", "decide", "undo", "undo", "undo", "rules", "file", "again", "one"])  # fmt: skip
    if what == "decide":
        line = some_line(chance)
        done = decide(opened, "hw", [line], sandbox="full", command="t")
        model.decided(done.change, list(done.added))
        return f"{what} {line}: {done.change}"
    if what == "undo":
        number = chance.randint(max(1, last_change(root) - 4), last_change(root))
        with contextlib.suppress(GraderError):  # of some nothing can be taken back
            taken = undo(opened, number, sandbox="full")
            assert taken.change is not None
            model.taken_back(number, taken.change)
            return f"{what} {number}: {taken.change}"
        return f"{what} {number} refused"
    if what == "rules":
        model.points = chance.choice(RULES)
        worth(root, model.points)
    if what == "file":
        model.file = [
            DecisionLine(who, "Q2", "override", chance.choice(["0.5", "1"]), "r")
            for who in RIGHT
            if chance.random() < 0.3
        ]
        rows = [(each.student, each.question, each.kind, each.value, "r") for each in model.file]
        write_table(root / "submissions/hw/decisions.csv", [HEADER, *rows])
    never_lower = what == "rules" and chance.random() < 0.5
    grade(open_course(root), "hw", never_lower=never_lower, engine=Local(jobs=1))
    if what == "one":
        grade(open_course(root), "hw", only=["s02"], engine=Local(jobs=1))
    return f"{what} {never_lower} {model.points} {model.file}"


@pytest.mark.parametrize("seed", range(40 if SCALE else 1))
def test_the_same_facts_give_the_same_scores_in_any_order(
    evidence_of_all: Path, copied: Callable[[Path], Path], seed: int
) -> None:
    root, model, chance = copied(evidence_of_all), Model(), random.Random(seed)
    grade(open_course(root), "hw", engine=Local(jobs=1))
    said: list[str] = []
    for _ in range(40 if SCALE else 10):
        said.append(operate(root, model, chance))
        agree(root, model, said)
    before = scores_csv(root)
    grade(open_course(root), "hw", engine=Local(jobs=1))
    assert {who: row["score"] for who, row in scores_csv(root).items()} == {
        who: row["score"] for who, row in before.items()
    }, "\n".join(said)
