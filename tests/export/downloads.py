"""A class, and what each LMS would let a teaching assistant download of it, with every
oddity that is known of it. Written from the documentation of each LMS.

What student k did is in the bits of k: the notebook answers question j if bit j is set, so that no
two earn the same; and the day on which it was handed in.
"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.cli.tiny import notebook_text
from tests.export.readers import CanvasCourse, CanvasUser, MoodleAssignment, Participant

ZONE = ZoneInfo("Asia/Singapore")
DUE = datetime(2026, 2, 3, 17, tzinfo=ZONE)
IS_LARGE = os.environ.get("GRADER_TEST_SCALE") == "1"
SIZE = 300 if IS_LARGE else 13
QUESTIONS = (SIZE - 1).bit_length()
POINTS = [Decimal("0.03" if IS_LARGE else "0.97") * 2**j for j in range(QUESTIONS)]
MAXIMUM = sum(POINTS, Decimal(0))  # above Moodle's, which is 10
HW, OTHER = 501, 77  # assignments of Canvas

NAMES = ["Doe, Jane", "O'Brien, Zoë", "李 明", '=HYPERLINK("http://x.example","x")', 'says "hi"; often',
         "two\nlines", "+1-2", "Smith, Jon", "Smith, Jon", "@SUM(A1)", "-Dash, Em", "＝1, Full"]  # fmt: skip


@dataclass(frozen=True)
class Person:
    """`k`: which one; `days`: late, by the policy; None if nothing was handed in."""

    k: int
    name: str  # as a roster has it
    days: int | None
    is_excused: bool = False

    @property
    def id(self) -> str:
        return f"u{self.k:03}"

    @property
    def login(self) -> str:
        return f"l{self.k}"

    @property
    def lms_id(self) -> int:
        return 5000 + self.k

    @property
    def email(self) -> str:
        return f"m{self.k}@x.edu"

    @property
    def participant(self) -> int:
        return 90_000 - 7 * self.k

    @property
    def spoken(self) -> str:
        """Jane Doe."""
        family, comma, given = self.name.partition(", ")
        return f"{given} {family}" if comma else self.name

    @property
    def is_member(self) -> bool:
        """Of the one group: the first member is its representative."""
        return self.k in (10, 11)

    @property
    def content(self) -> str:
        """The notebook; those of a group are one."""
        return _notebook(10 if self.is_member else self.k)

    @property
    def mark(self) -> str:
        """What stands on the page of this person alone, or of the group."""
        return f"owner-{10 if self.is_member else self.k:03}"

    @property
    def handed_in(self) -> datetime | None:
        """A minute after the deadline is the first late day; 59 seconds are none."""
        if self.days is None:
            return None
        if self.days and self.k % 2 and not self.is_member:
            return DUE + timedelta(days=self.days - 1, seconds=60)
        return DUE + timedelta(days=self.days, seconds=59)

    @property
    def score(self) -> Decimal | None:
        """By hand: what was earned, less 15 % a day, nothing after day 6, rounded half up."""
        if self.days is None or self.is_excused:
            return None
        k = 10 if self.is_member else self.k
        earned = sum((POINTS[j] for j in range(QUESTIONS) if k >> j & 1), Decimal(0))
        factor = max(Decimal(0), 1 - Decimal("0.15") * self.days)
        return (earned * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)


@cache
def _notebook(k: int) -> str:
    cells = [f"def q{j}(x):\n    return x + {0 if k >> j & 1 else 1}" for j in range(QUESTIONS)]
    return notebook_text(*cells, f"owner = 'owner-{k:03}'")


def a_class() -> list[Person]:
    people = []
    for k in range(SIZE):
        days = None if k % 12 == 2 else 1 if k in (10, 11) else k % 8
        name = NAMES[k] if k < len(NAMES) else f"Family{k}, Given {k % 9}"
        people.append(Person(k, name, days, is_excused=k % 12 == 4))
    return people


ROSTER = ("student", "name", "login", "lms_id", "email", "section")


def roster(people: list[Person]) -> list[tuple[object, ...]]:
    rows = [(p.id, p.name, p.login, p.lms_id, p.email, f"Sec {p.k % 3}") for p in people]
    return [ROSTER, *rows]


def times(people: list[Person], column: str, mark: str) -> list[tuple[object, ...]]:
    """A table of times beside a download that has none."""
    return [(column, "submitted_at"), *((getattr(p, mark), p.handed_in.astimezone(UTC).isoformat()) for p in people if p.handed_in)]  # fmt: skip


def zipped(path: Path, entries: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def _csv(rows: list[list[str]], separator: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue()


# Canvas: lib/content_zipper.rb and lib/gradebook_exporter.rb


def canvas(people: list[Person]) -> tuple[CanvasCourse, dict[str, str]]:
    """The course, and Download Submissions."""
    users = {p.lms_id: CanvasUser(p.name, p.id, p.login) for p in people}
    users[4999] = CanvasUser("Concluded, Carl", "c1", "carl", is_concluded=True)
    users[5999] = CanvasUser("Student, Test", "", "test")
    users[4998] = CanvasUser("Other, One", "x1", "other")  # not on our roster
    course = CanvasCourse(users, {OTHER: "HW 1", HW: "HW 1", 9: "Final Score Project"}, {})
    course.points = {OTHER: "5.00", HW: f"{MAXIMUM}"}
    course.groups = [{p.lms_id for p in people if p.is_member}]
    for p in people:
        course.grades[p.lms_id, OTHER] = f"{p.k % 5}.00"
        # some have a grade: the same, another one, and one where there will be none
        if p.score is not None and p.k % 6 == 1 and not p.is_member:
            course.grades[p.lms_id, HW] = f"{p.score}"
        elif p.k % 6 == 3 or p.k % 12 == 2:
            course.grades[p.lms_id, HW] = "3.5"
    course.grades[4998, HW] = course.grades[4999, HW] = "7.25"
    entries: dict[str, str] = {}
    for p in people:
        if p.days is None or p.k == 11:  # of a group there is one entry
            continue
        file = 990_000 + p.k
        original = ["hw.ipynb", "hw-1.ipynb", "my_link.ipynb", "link_2_hw.ipynb", "HW 1 (final).ipynb"][p.k % 5]  # fmt: skip
        who = "team_5" if p.is_member else re.sub(r"[^\w]", "", p.name).lower()
        late = "LATE_" if p.days else ""
        entries[f"{who}_{late}{p.lms_id}_{file}_{original}"] = p.content
        course.files[file] = (p.lms_id, original)
    return course, entries


def canvas_gradebook(course: CanvasCourse, *, shape: str) -> str:
    """Grades, Export. `shape`: "comma", "semicolon" or "names" (LastName, FirstName)."""
    names = shape == "names"
    head = ["LastName", "FirstName"] if names else ["Student"]
    header = [*head, "ID", "SIS User ID", "SIS Login ID", "Section", "Notes", f"HW 1 ({OTHER})", f"HW 1 ({HW})", "Final Score Project (9)", "Current Score", "Final Score"]  # fmt: skip
    blank = [""] * (len(head) + 4)
    rows = [
        header,
        [*blank, "", "", "Manual Posting", "", "", ""],
        ["    Points Possible", *blank[1:], "", course.points[OTHER], course.points[HW], "1.00", "(read only)", "(read only)"],
    ]  # fmt: skip
    ordered = sorted(course.users.items(), key=lambda item: item[1].name == "Student, Test")
    for id, user in ordered:
        shown = f'="{user.name}"' if user.name.startswith("=") else user.name
        family, _, given = user.name.partition(", ")
        grade = {each: course.grades.get((id, each), "") for each in (OTHER, HW)}
        if (id, HW) in course.unassigned:
            grade[HW] = "N/A"
        marks = [family, given] if names else [shown]
        rows.append([*marks, str(id), user.sis_id, user.login, "Sec 1 and Sec 2", "a note; with, marks", grade[OTHER], grade[HW], "1", "91.5", "90"])  # fmt: skip
    text = _csv(rows, ";" if shape == "semicolon" else ",")
    return text if names else f"\ufeff{text}"


# Moodle: mod/assign/classes/downloader.php and gradingtable.php


def moodle(people: list[Person], *, shape: str) -> tuple[MoodleAssignment, dict[str, str]]:
    """The assignment, and Download all submissions. `shape`: "folders", "flat", "old", "blind"."""
    found = {}
    for p in people:
        is_blind = shape == "blind"
        who = Participant(p.participant, "" if is_blind else p.spoken, comment="keep me")
        if not is_blind and p.k % 3 != 1:
            who.id_number = p.id
        if not is_blind and p.k % 3 != 2:
            who.email = p.email
        if p.k % 4 == 1:
            who.grade, who.modified = Decimal(1), "Monday, 2 February 2026, 9:00 AM"
        who.is_locked = p.k % 12 == 6
        found[p.participant] = who
    found[17] = Participant(17, "Other One", "x1", "other@x.edu", Decimal(4), "yesterday")
    assignment = MoodleAssignment(found, Decimal(10), "," if shape == "old" else ".")
    entries = {}
    for p in people:
        if p.days is None or p.k == 11:
            continue
        who = "Participant" if shape == "blind" else re.sub(r'[\n"/:*?<>|_]', " ", p.spoken)
        number = p.participant
        if p.is_member:  # the group's id, which is nobody's number
            who, number = "Team 5", 3
        end = "_" if shape == "old" else ""
        folder = f"{who}_{number}_assignsubmission_file"
        if p.is_member and shape == "old":  # the group of those who are in none has no number
            folder = "Default group_assignsubmission_file"
        sub = "sub/" if p.k % 5 == 1 else ""
        entries[f"{folder}_hw.ipynb" if shape == "flat" else f"{folder}{end}/{sub}hw.ipynb"] = p.content  # fmt: skip
        if p.k % 5 == 2 and shape == "folders":
            entries[f"{who}_{number}_assignsubmission_onlinetext/onlinetext.html"] = "<p>done</p>"
    return assignment, entries


def moodle_worksheet(assignment: MoodleAssignment, *, shape: str) -> str:
    mark = assignment.decimal_mark
    who = [] if shape == "blind" else ["Full name", "ID number", "Email address"]
    header = ["Identifier", *who, "Status", "Grade", "Maximum grade", "Marking workflow state", "Grade can be changed", "Last modified (submission)", "Online text", "Last modified (grade)", "Feedback comments"]  # fmt: skip
    rows = [header]
    for p in assignment.participants.values():
        identity = [] if shape == "blind" else [p.name, p.id_number, p.email]
        grade = "" if p.grade is None else f"{p.grade:.2f}".replace(".", mark)
        rows.append([f"Participant {p.identifier}", *identity, "Submitted for grading", grade, f"{assignment.maximum:.2f}".replace(".", mark), "", "No" if p.is_locked else "Yes", "Tuesday, 3 February 2026, 4:40 PM", "", p.modified, p.comment])  # fmt: skip
    return _csv(rows, ",")


# Gradescope: Export Submissions; nbgrader: submitted/; and a plain folder


def gradescope(people: list[Person]) -> dict[str, str]:
    lines: list[str] = []
    entries = {}
    for p in people:
        if p.days is None or p.k == 11:
            continue
        members = [each for each in people if each.is_member] if p.is_member else [p]
        lines.append(f"submission_{p.k + 88}:\n  :submitters:")
        for each in members:
            lines.append(f"  - :name: X{each.k}")
            if each.k % 3:
                lines.append(f"    :sid: '{each.id}'")
            if not each.k % 3 or each.k % 2:
                lines.append(f"    :email: {each.email.upper()}")
        assert p.handed_in is not None
        at = p.handed_in.astimezone(UTC)
        lines += [f"  :created_at: {at:%Y-%m-%d %H:%M:%S}.861687000 Z", "  :score: 8.0" if p.k % 2 else "  :score:", "  :history: []"]  # fmt: skip
        entries[f"assignment_7_export/submission_{p.k + 88}/hw.ipynb"] = p.content
    entries["assignment_7_export/submission_metadata.yml"] = "\n".join(lines) + "\n"
    return entries


def nbgrader(people: list[Person]) -> dict[str, str]:
    entries = {}
    for p in people:
        if p.handed_in is None:
            continue
        zone = [UTC, ZONE, DUE.tzinfo][p.k % 3]
        here = p.handed_in.astimezone(zone)
        name = ["UTC", "Asia/Singapore", "+0800"][p.k % 3]
        folder = f"submitted/{p.login}/hw"
        entries[f"{folder}/hw.ipynb"] = p.content
        entries[f"{folder}/timestamp.txt"] = f"{here:%Y-%m-%d %H:%M:%S.%f} {name}\n"
        entries[f"{folder}/submission_secret.txt"] = f"secret-{p.k}"
        entries[f"submitted/{p.login}/other/other.ipynb"] = notebook_text("x = 1")
    return entries


def plain(people: list[Person]) -> dict[str, str]:
    entries = {}
    for p in people:
        if p.days is not None:
            shape = [f"{p.id}/hw.ipynb", f"{p.login}/work/deep/hw.ipynb", f"{p.id}_hw.ipynb"][
                p.k % 3
            ]
            entries[f"hand-ins/{shape}"] = p.content
    return entries | {"__MACOSX/hand-ins/._x": "x", "hand-ins/.DS_Store": "x"}
