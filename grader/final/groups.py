"""Work of groups: who is in which, what a group got, and what differs for one of them.

    groups:       student,group
    marks:        group,mark
    adjustments:  student,adjustment,reason

An adjustment is points that are added (`5`, `+5`, `-10`), or a factor (`x0.8`), or `excused`, or
`missing` for who did nothing. A mark never falls below 0; it may rise above the maximum, and is
flagged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from grader.course import Row, read_rows
from grader.course.weights import MarksFile
from grader.errors import GraderError
from grader.final.exact import exactly
from grader.final.marks import WORDS, GivenMark, not_unique, number_of, unknown
from grader.final.refusals import refuse

ROSTER = "roster.csv"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What differs for one of a group; `amount` is for `add` and `times`."""

    kind: Literal["add", "times", "excused", "missing"]
    amount: Decimal
    reason: str

    def of(self, mark: Decimal) -> Decimal:
        """The mark that it makes of the group's, never below 0."""
        with exactly():
            made = mark * self.amount if self.kind == "times" else mark + self.amount
            return max(Decimal(0), made)

    def __str__(self) -> str:
        """`+ 5, led the team`."""
        reason = " ".join(self.reason.split())
        if self.kind == "times":
            return f"x {self.amount:f}, {reason}"
        return f"{'-' if self.amount < 0 else '+'} {abs(self.amount):f}, {reason}"


def read_groups(
    marks: MarksFile, students: Collection[str], withdrawn: Collection[str]
) -> dict[str, str]:
    """The group of each student who has one.

    Args:
        students: of the roster, the withdrawn among them: they count for no group's size.

    Raises:
        GraderError: names all that can't be right: somebody unknown, or in two groups; a group of
            too many.
    """
    assert marks.groups is not None
    rows = read_rows(marks.groups, required=("student", "group"))
    errors = []
    first: dict[str, Row] = {}
    members: dict[str, list[Row]] = {}
    for row in rows:
        student, group = row["student"], row["group"]
        if student not in students:
            errors.append(unknown(row, "student", students, ROSTER))
            continue
        before = first.setdefault(student, row)
        if before is not row:
            same = before["group"] == group
            problem = f"is there twice, in lines {before.line} and {row.line}"
            in_two = f"is in two groups, {before['group'] or '(none)'} and {group or '(none)'}"
            errors.append(
                GraderError(
                    f"{student} {problem if same else in_two}",
                    at=row.at("student" if same else "group"),
                    fix=f"remove line {row.line}, or line {before.line}",
                )
            )
        elif group and student not in withdrawn:
            members.setdefault(group, []).append(row)
    for group, those in members.items():
        if len(those) > marks.group_size:
            named = ", ".join(row["student"] for row in those)
            errors.append(
                GraderError(
                    f"the group {group} has {len(those)} members ({named}), and there may be "
                    f"{marks.group_size}",
                    at=those[marks.group_size].at("group"),
                    fix="take one out, or raise group_size in course.toml",
                )
            )
    refuse(errors)
    return {student: row["group"] for student, row in first.items() if row["group"]}


def read_adjustments(
    marks: MarksFile, groups: Mapping[str, str], students: Collection[str]
) -> dict[str, Adjustment]:
    """What differs for whom; nothing if there is no such file yet.

    Raises:
        GraderError: names all that can't be right: an adjustment for nobody, or for who is in no
            group; none that can be followed; one without a reason.
    """
    if marks.adjustments is None or not marks.adjustments.is_file():
        return {}
    rows = read_rows(marks.adjustments, required=("student", "adjustment", "reason"))
    errors = not_unique(rows, "student")
    found = {}
    for row in rows:
        student = row["student"]
        if student not in students:
            errors.append(unknown(row, "student", students, ROSTER))
            continue
        adjustment = _adjustment(row)
        if isinstance(adjustment, GraderError):
            errors.append(adjustment)
        elif adjustment.kind in ("add", "times") and student not in groups:
            errors.append(
                GraderError(
                    f"an adjustment for {student}, who is in no group",
                    at=row.at("student"),
                    fix=f"add {student} to {marks.groups}, or write excused or missing",
                )
            )
        else:
            found[student] = adjustment
    refuse(errors)
    return found


def _adjustment(row: Row) -> Adjustment | GraderError:
    text, reason = row["adjustment"], row["reason"]
    if not reason:
        return GraderError(
            f"an adjustment without a reason: {row['student']} will ask why",
            at=row.at("reason"),
            fix="say in a few words why, such as: led the team",
        )
    word = WORDS.get(text.lower())
    if word:
        return Adjustment(word, Decimal(0), reason)
    factor = text.lower().startswith(("x", "×", "*"))
    plain = (text[1:] if factor else text).replace(" ", "").replace("\N{MINUS SIGN}", "-")
    amount = number_of(plain)
    if amount is None or (factor and amount < 0):
        return GraderError(
            f"{text!r} is no adjustment",
            at=row.at("adjustment"),
            fix="points to be added, such as 5 or -10; a factor, such as x0.8; excused; or missing",
        )
    return Adjustment("times" if factor else "add", amount, reason)


def mark_in_group(
    group: str, given: GivenMark | None, adjustment: Adjustment | None
) -> tuple[GivenMark | None, str]:
    """What one of a group has, and how that came to be.

    Args:
        group: "" if the student is in none.
        given: what the group got; None if it has no mark.
    """
    if adjustment is not None and adjustment.kind in ("excused", "missing"):
        return GivenMark(adjustment.kind), " ".join(adjustment.reason.split())
    if not group:
        return None, ""
    named = f"group {' '.join(group.split())}"
    if given is None or given.state == "excused" or adjustment is None:
        return given, named
    points = given.points or Decimal(0)
    return GivenMark("marked", adjustment.of(points)), f"{named}: {points:f} {adjustment}"
