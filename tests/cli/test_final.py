"""`grader final` from the command line: CSVs as people keep them in, tables, files and a page out."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from decimal import Decimal

import pandas
import pytest
from bs4 import BeautifulSoup

from grader.records.scores import QuestionScore, Score
from grader.report import write_scores_json
from tests.cli.tiny import (
    DOUBLE,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    write_table,
)

NAMES = {
    "s01": "O'Brien, Zoë",
    "s02": "李 明",
    "s03": '=HYPERLINK("http://evil.example","x")',
    "s04": 'says "hi"; often',
    "s05": "two\nlines",
    "s06": "+1-2",
}
ASSIGNMENT = 'title = "Homework"\ndue = {due}\nnotebook = "hw.ipynb"\n[points]\nQ1 = 10\n'
HW1 = "hw1 = { weight = 60 }\n"
QUIZ = 'quiz = { weight = 40, marks = "marks/quiz.csv", maximum = 20 }\n'
PROJECT = """
[final.components.project]
weight = 40
marks = "marks/project.csv"
maximum = 100
groups = "marks/groups.csv"
adjustments = "marks/adjustments.csv"
"""
BANDS = "[final.bands]\nA = 80\nB = 60\n"


def a_class(
    root, components=HW1 + QUIZ, *, final="[final]\npass_mark = 40\n", due="2022-08-30T17:00:00"
):
    """A course whose hw1 is due; its six students have odd names."""
    (root / "submissions").mkdir(parents=True, exist_ok=True)
    settings = f"{final}{BANDS}[final.components]\n{components}"
    a_course(root, assignments=["hw1"], settings=settings)
    write_table(root / "roster.csv", [("student", "name"), *NAMES.items()])
    (root / "assignments/hw1").mkdir(parents=True, exist_ok=True)
    (root / "assignments/hw1/assignment.toml").write_text(ASSIGNMENT.format(due=due), "utf-8")
    return root


def a_score(student, points="8.50", **changes):
    amount = None if points is None else Decimal(points)
    fields = {
        "student": student, "name": NAMES.get(student, ""), "assignment": "hw1", "attempt": 1,
        "submitted_at": datetime(2022, 8, 30, 8, tzinfo=UTC), "days_late": 0,
        "earned": amount or Decimal(0), "maximum": Decimal(10), "penalty": Decimal(0),
        "score": amount, "status": "graded", "flags": (), "explanation": "",
        "questions": (QuestionScore("Q1", "A question", Decimal(10), amount or Decimal(0)),),
    }  # fmt: skip
    return Score(**(fields | changes))


def graded(root, *scores):
    """What `grader grade hw1` would have left."""
    folder = root / "reports/hw1"
    folder.mkdir(parents=True, exist_ok=True)
    write_scores_json(folder / "scores.json", "hw1", {"places": 2}, scores, datetime.now(UTC))


def everybody(**changes):
    return [a_score(student, **changes) for student in NAMES]


def marks(root, text, name="quiz"):
    (root / "marks").mkdir(exist_ok=True)
    (root / f"marks/{name}.csv").write_text(text, encoding="utf-8")


def rows_of(root):
    """final.csv as a reader of another make has it, by student."""
    file = root / "reports/final.csv"
    table = pandas.read_csv(file, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    return {row["student"]: row for row in table.to_dict("records")}


@pytest.fixture
def course(tmp_path):
    root = a_class(tmp_path / "c")
    graded(root, *everybody())
    return root


@pytest.fixture
def final(course, say):
    """`final()`: the command in that course, which has to succeed."""

    def run(*arguments, root=course):
        said = say("final", *arguments, cwd=root)
        assert said.status == 0, said.err
        return said

    return run


QUIZZES = "student,mark\ns01,17\ns02,20\ns03,0\ns04,missing\ns05,excused\ns06,8\n"


def test_every_name_and_every_state_comes_back_from_the_csv(course, final):
    marks(course, QUIZZES)
    final()
    rows = rows_of(course)
    assert [row["name"].removeprefix("'") for row in rows.values()] == list(NAMES.values())
    for row in rows.values():
        assert not any(re.match(r"[\s\"]*[=+@-]", cell) for cell in row.values())
    assert {id: row["quiz"] for id, row in rows.items()} == {
        "s01": "17", "s02": "20", "s03": "0", "s04": "missing", "s05": "excused", "s06": "8",
    }  # fmt: skip
    # 8.5 of 10 at 60; of 20 at 40; s05's 40 % goes to hw1
    assert {id: row["total"] for id, row in rows.items()} == {
        "s01": "85.00", "s02": "91.00", "s03": "51.00", "s04": "51.00", "s05": "85.00", "s06": "67.00",
    }  # fmt: skip
    assert [row["grade"] for row in rows.values()] == ["A", "A", "", "", "A", "B"]
    assert {row["passed"] for row in rows.values()} == {"yes"}
    assert (rows["s04"]["flags"], rows["s05"]["flags"]) == ("missing:quiz", "excused:quiz")
    assert rows["s05"]["explanation"] == (
        "hw1 8.50/10 x 60 % = 51.00; quiz excused: its 40 % is shared by the rest; "
        "51.00 x 100 / 60 = total 85.00, A"
    )
    assert rows["s01"]["explanation"] == (
        "hw1 8.50/10 x 60 % = 51.00; quiz 17/20 x 40 % = 34.00; total 85.00, A"
    )


def test_what_is_not_marked_yet_is_no_zero_and_it_says_what_is_needed(course, final):
    said = final()
    assert "quiz: not marked yet: there is no marks/quiz.csv" in said.out
    row = rows_of(course)["s01"]
    assert (row["so_far"], row["left"], row["average"], row["total"]) == (
        "51.00",
        "40.00",
        "85.00",
        "",
    )
    assert (row["needs_A"], row["needs_B"], row["needs_pass"]) == ("72.49", "22.49", "reached")
    assert row["quiz"] == "not marked yet"
    said = final("s01")
    assert "A (80): needs 72.49 % of the 40 % that is left: 14.50 of 20 in quiz" in said.out
    assert "pass (40): reached, whatever comes" in said.out
    assert "quiz not marked yet; so far 51.00, and 40 % is" in said.out


def test_until_its_deadline_an_assignment_is_left_whatever_was_graded(tmp_path, final):
    root = a_class(tmp_path / "due", due="2099-08-30T17:00:00")
    graded(root, *everybody())
    marks(root, QUIZZES)
    said = final(root=root)
    assert "hw1: not due until 2099-08-30 17:00" in said.out
    rows = rows_of(root)
    assert {row["hw1"] for row in rows.values()} == {"not due yet"}
    assert rows["s05"]["left"] == "100.00"  # the quiz is excused, and its weight is hw1's
    assert rows["s04"]["needs_A"] == "out of reach"


def test_an_assignment_that_is_not_out_yet_is_left(tmp_path, final):
    root = a_class(tmp_path / "early", "hw1 = { weight = 60 }\nhw2 = { weight = 40 }\n")
    text = (root / "course.toml").read_text("utf-8")
    (root / "course.toml").write_text(text.replace('["hw1"]', '["hw1", "hw2"]'), "utf-8")
    graded(root, *everybody())
    assert "hw2: not out yet" in final(root=root).out
    assert "A (80): needs 72.49 % of the 40 % that is left\n" in final("s01", root=root).out


def test_an_extension_moves_the_deadline_of_one(course, final):
    absent = {"status": "missing", "attempt": None}
    graded(course, *(a_score(id, "0.00", **absent) for id in NAMES))
    extension = ("s02", "", "extension", "2099-01-01T17:00", "ill")
    header = ("student", "question", "kind", "value", "reason")
    write_table(course / "submissions/hw1/decisions.csv", [header, extension])
    said = final()
    assert "s02        0.00   100  not due yet hw1; " in said.out
    states = [row["hw1"] for row in rows_of(course).values()]
    assert states == ["missing", "not due yet", "missing", "missing", "missing", "missing"]


def test_who_is_excused_is_so_before_anything_is_graded(course, final):
    (course / "reports/hw1/scores.json").unlink()
    header = ("student", "question", "kind", "value", "reason")
    write_table(
        course / "submissions/hw1/decisions.csv", [header, ("s02", "", "excuse", "", "ill")]
    )
    said = " ".join(final().err.split())
    assert [row["hw1"] for row in rows_of(course).values()][:2] == ["not marked yet", "excused"]
    assert "hw1 has hand-ins and no scores: grader grade hw1" in said


def test_what_a_person_gave_to_who_handed_nothing_in_is_a_mark(course, final):
    absent = {"status": "missing", "attempt": None}
    graded(
        course,
        a_score("s01", "4.00", **absent),
        a_score("s02", None, status="excused"),
        a_score("s04", "0.00", flags=("misconduct",)),
    )
    said = final()
    rows = rows_of(course)
    assert [rows[id]["hw1"] for id in ("s01", "s02", "s03")] == [
        "4.00",
        "excused",
        "not marked yet",
    ]
    assert (rows["s04"]["hw1"], rows["s04"]["flags"]) == ("0.00", "misconduct:hw1")
    assert "hw1 was graded before s03, s05, s06 came" in " ".join(said.err.split())


def test_scores_that_await_a_person_stop_it_and_it_says_whose_and_why(course, say, final):
    marks(course, QUIZZES)
    graded(
        course,
        *everybody()[:3],
        a_score("s04", None, status="needs_review", flags=("no-time",)),
        a_score("s05", flags=("pending:Q9",)),
        a_score("s06", "0.00", status="unreadable"),
    )
    said = say("final", cwd=course)
    assert (said.status, said.out) == (1, "")
    assert said.err == (
        "error: 3 of 6 rest on scores that are not final: s04 (hw1: no hand-in time), s05 (hw1: Q9 "
        "without a mark), s06 (hw1: unreadable)\n"
        "  fix: decide them (decisions.csv; a hand-in time: manifest.csv) and grade again, or see "
        "how it stands with --provisional\n"
    )
    assert not (course / "reports/final.csv").exists()
    assert say("final", "s05", cwd=course).status == 1
    assert say("final", "s01", cwd=course).status == 0  # nothing of theirs is open
    said = final("--provisional")
    assert "Not final" in said.out
    rows = rows_of(course)
    flags = {id: row["flags"] for id, row in rows.items() if "provisional" in row["flags"]}
    assert flags == {
        "s04": "provisional:hw1;missing:quiz", "s05": "provisional:hw1;excused:quiz", "s06": "provisional:hw1",
    }  # fmt: skip
    assert (rows["s04"]["hw1"], rows["s04"]["total"]) == ("not marked yet", "")
    page = (course / "reports/final.html").read_text("utf-8")
    assert "rests on a score that is not final: hw1: Q9 without a mark" in page
    with (course / "reports/final-import.csv").open(encoding="utf-8", newline="") as file:
        imported = list(csv.reader(file))
    assert [row[0] for row in imported] == ["student", "s01", "s02", "s03"]
    document = json.loads(final("--provisional", "--json").out)
    assert document["is_final"] is False
    assert document["students"][4]["components"][0]["doubt"] == "Q9 without a mark"


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("s1,5", "column student", "there is no student 's1' in roster.csv"),
        ("s01,5\ns01,5", "column student", "s01 is there twice, in lines 2 and 3"),
        ("s01,20.5", "column mark", "the mark 20.5 is more than the maximum, 20"),
        ("s01,-1", "column mark", "the mark -1 is negative"),
        ("s01,NaN", "column mark", "'NaN' is no mark"),
        ("s01,1e1", "column mark", "'1e1' is no mark"),
        ('s01,"1,000"', "column mark", "'1,000' is no mark"),
        ("s01,17/20", "column mark", "'17/20' is no mark"),
        ("s01,=17", "column mark", "'=17' is no mark"),
    ],
)
def test_a_mark_that_cannot_be_right_is_refused_with_its_place(course, say, line, place, said):
    marks(course, f"student,mark\n{line}\n")
    done = say("final", cwd=course)
    assert done.status == 1
    number = 1 + len(line.splitlines())
    assert done.err.startswith(
        f"error: {said}\n  at:  {course}/marks/quiz.csv, line {number}, {place}\n  fix: "
    )
    assert not (course / "reports/final.csv").exists()


def test_all_that_is_wrong_is_said_at_once(course, say):
    marks(course, "student,mark\ns01,21\nS02,3\ns03,x\n")
    said = say("final", cwd=course).err
    assert said.startswith("error: 3 things in these files can't be right\n")
    for line in (2, 3, 4):
        assert f"quiz.csv, line {line}, column" in said
    assert "did you mean s02?" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("student,points\ns01,3\n", "there is no column mark"),
        ("student,mark,mark\ns01,3,4\n", "there are 2 columns mark"),
        ("", "there is no column student and no column mark"),
    ],
)
def test_a_file_without_its_column_is_refused(course, say, text, said):
    marks(course, text)
    done = say("final", cwd=course)
    assert f"error: {said}\n  at:  {course}/marks/quiz.csv, line 1\n" in done.err


def test_a_spreadsheet_with_decimal_commas_and_a_column_for_each_quiz(tmp_path, final):
    components = "".join(
        f'q{k} = {{ weight = 50, marks = "marks/all.csv", column = "Quiz {k}", maximum = 10 }}\n'
        for k in (1, 2)
    )
    root = a_class(tmp_path / "two", components)
    marks(root, "\ufeffStudent;Quiz 1;Quiz 2\ns01;8,5;7,25\ns02;EX;\n", "all")
    said = final(root=root)
    rows = rows_of(root)
    assert [rows["s01"][each] for each in ("q1", "q2", "total")] == ["8.5", "7.25", "78.75"]
    assert [rows["s02"][each] for each in ("q1", "q2")] == ["excused", "not marked yet"]
    assert "hw1 is an assignment of the course, and no component" in said.err


def test_who_has_no_mark_is_named_or_has_handed_nothing_in_if_the_course_says_so(course, final):
    marks(course, "student,mark\ns01,17\ns02,\n")
    said = final()
    assert "note: quiz: no mark: s02, s03, s04, s05, s06: enter it in marks/quiz.csv" in said.err
    assert rows_of(course)["s02"]["total"] == ""
    a_class(course, HW1 + QUIZ.replace("}", ', blank = "missing" }'))
    final()
    rows = rows_of(course)
    assert (rows["s02"]["quiz"], rows["s03"]["quiz"], rows["s02"]["total"]) == (
        "missing",
        "missing",
        "51.00",
    )
    not_due = ', blank = "missing", due = 2099-01-01T17:00:00 }'
    a_class(course, HW1 + QUIZ.replace("}", not_due))
    final()
    assert [row["quiz"] for row in rows_of(course).values()] == ["17"] + ["not due yet"] * 5


GROUPS = "student,group\ns01,G1\ns02,G1\ns03,G1\ns04,G1\ns05,G2\ns06,G2\n"


@pytest.fixture
def grouped(course):
    a_class(course, HW1 + PROJECT)
    marks(course, GROUPS, "groups")
    marks(course, "group,mark\nG1,80\nG2,missing\n", "project")
    return course


def test_a_group_s_mark_is_each_member_s_and_adjusted_with_a_reason(grouped, final):
    lines = [
        ("s01", "+5", "led the team"),
        ("s02", "x0.8", "did less, they say"),
        ("s03", "-90", "did nothing"),
        ("s04", "excused", "ill"),
        ("s05", "12", "wrote it alone"),
    ]
    write_table(grouped / "marks/adjustments.csv", [("student", "adjustment", "reason"), *lines])
    final()
    rows = rows_of(grouped)
    assert [row["project"] for row in rows.values()] == [
        "85",
        "64.0",
        "0",
        "excused",
        "12",
        "missing",
    ]
    assert rows["s02"]["explanation"] == (
        "hw1 8.50/10 x 60 % = 51.00; project (group G1: 80 x 0.8, did less, they say) 64.0/100 x "
        "40 % = 25.60; total 76.60, B"
    )
    assert rows["s01"]["flags"] == "adjusted:project"
    assert "project (ill) excused: its 40 % is shared by the rest; " in rows["s04"]["explanation"]
    assert "project        40 %  missing (group G2)" in final("s06").out


def test_an_adjustment_may_lead_above_the_maximum_and_that_is_said(grouped, final):
    marks(grouped, "student,adjustment,reason\ns01,+30,all of it is theirs\n", "adjustments")
    graded(grouped, *everybody(points="10.00"))
    said = final()
    assert rows_of(grouped)["s01"]["total"] == "104.00"
    assert "note: project: above the maximum by an adjustment: s01" in said.err


@pytest.mark.parametrize(
    ("name", "text", "place", "said"),
    [
        ("groups", GROUPS + "s05,G1\n", "line 8, column group", "s05 is in two groups, G2 and G1"),
        ("groups", GROUPS + "s05,G2\n", "line 8, column student", "s05 is there twice, in lines 6 and 8"),
        ("groups", GROUPS + "s7,G2\n", "line 8, column student", "there is no student 's7' in roster.csv"),
        ("groups", GROUPS.replace("s05,G2", "s05,G1"), "line 6, column group",
         "the group G1 has 5 members (s01, s02, s03, s04, s05), and there may be 4"),
        ("project", "group,mark\nG3,4\n", "line 2, column group", "there is no group 'G3' in groups.csv"),
        ("project", "group,mark\nG1,101\n", "line 2, column mark", "the mark 101 is more than the maximum, 100"),
        ("adjustments", "student,adjustment,reason\ns9,5,x\n", "line 2, column student",
         "there is no student 's9' in roster.csv"),
        ("adjustments", "student,adjustment,reason\ns01,5,x\ns01,6,y\n", "line 3, column student",
         "s01 is there twice, in lines 2 and 3"),
        ("adjustments", "student,adjustment,reason\ns01,5,\n", "line 2, column reason",
         "an adjustment without a reason: s01 will ask why"),
        ("adjustments", "student,adjustment,reason\ns01,NaN,x\n", "line 2, column adjustment",
         "'NaN' is no adjustment"),
        ("adjustments", "student,adjustment,reason\ns01,x-1,x\n", "line 2, column adjustment",
         "'x-1' is no adjustment"),
    ],
)  # fmt: skip
def test_groups_that_cannot_be_right_are_refused_with_their_place(
    grouped, say, name, text, place, said
):
    marks(grouped, text, name)
    done = say("final", cwd=grouped)
    assert done.err.startswith(
        f"error: {said}\n  at:  {grouped}/marks/{name}.csv, {place}\n  fix: "
    )


def test_who_is_in_no_group_is_named_and_what_is_for_nobody_is_refused(grouped, say, final):
    marks(grouped, GROUPS.replace("s06,G2\n", ""), "groups")
    said = final()
    assert "note: project: in no group: s06: add them to marks/groups.csv" in said.err
    assert rows_of(grouped)["s06"]["flags"] == "no-group:project"
    marks(grouped, "student,adjustment,reason\ns06,+5,kind\n", "adjustments")
    done = say("final", cwd=grouped)
    assert "error: an adjustment for s06, who is in no group\n" in done.err
    marks(grouped, "student,adjustment,reason\ns06,missing,never came\n", "adjustments")
    final()
    assert rows_of(grouped)["s06"]["total"] == "51.00"


def test_who_withdrew_is_apart_and_fills_no_group(grouped, say, final):
    header = ("student", "name", "withdrawn")
    people = [(id, name, "2026-03-01" * (id == "s04")) for id, name in NAMES.items()]
    write_table(grouped / "roster.csv", [header, *people])
    marks(grouped, GROUPS.replace("s05,G2", "s05,G1"), "groups")  # five, of whom four are here
    said = final()
    assert "withdrawn, without a total: s04" in said.out
    assert "s04" not in rows_of(grouped)
    assert "Withdrawn" in (grouped / "reports/final.html").read_text("utf-8")
    assert json.loads(final("--json").out)["withdrawn"] == ["s04"]
    assert "error: s04 withdrew, and has no total\n" in say("final", "s04", cwd=grouped).err


def test_marks_of_groups_without_groups_are_refused(grouped, say):
    (grouped / "marks/groups.csv").unlink()
    said = say("final", cwd=grouped).err
    assert "error: project has marks of groups, and nobody knows who is in which\n" in said


def test_an_unknown_student_and_a_course_without_a_final_mark_are_refused(course, say):
    assert say("final", "s1", cwd=course).err.startswith(
        "error: there is no student 's1'; did you mean s01?\n"
    )
    a_course(course, assignments=["hw1"])
    said = say("final", cwd=course).err
    assert "error: the course does not say what its final mark is made of\n" in said
    assert "docs/lecturer.md" in said


def test_hand_ins_newer_than_the_scores_and_strangers_are_noted(course, final):
    graded(course, *everybody(), a_score("s99"))
    (course / "submissions/hw1/s01").mkdir(parents=True)
    (course / "submissions/hw1/s01/hw.ipynb").write_text("new", "utf-8")
    said = " ".join(final().err.split())
    assert "hw1: something in submissions/hw1 is newer than its scores: grader grade hw1" in said
    assert "hw1 has scores of s99, not on the roster: they have no total" in said
    graded(course, *everybody())
    assert "newer" not in final().err


def test_the_tables_fit_eighty_columns_whatever_people_are_called(course, final):
    long = "A0123456789" * 6
    people = [(long, "A long one"), ("学生" * 12, "李 明"), ("s01", "\x1b[31mred")]
    write_table(course / "roster.csv", [("student", "name"), *people])
    graded(course, *(a_score(id) for id, _ in people))
    said = final()
    assert all(len(line) <= 80 for line in said.out.splitlines() if "/reports/" not in line)
    table = said.out.partition("component")[0].split("\n", 4)[4]
    assert "".join(line[1:25].strip() for line in table.splitlines() if line).startswith(long)
    assert "\x1b[31m" not in final("s01").out


def test_the_page_is_one_file_that_runs_nothing_and_escapes_what_it_shows(course, final):
    names = {**NAMES, "s06": "<script>alert(1)</script>"}
    write_table(course / "roster.csv", [("student", "name"), *names.items()])
    marks(course, QUIZZES)
    final()
    text = (course / "reports/final.html").read_text("utf-8")
    page = BeautifulSoup(text, "html.parser")
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy is not None
    assert policy["content"].startswith("default-src 'none'")
    assert not page.find_all(["script", "link", "img", "a", "iframe"])
    assert names["s06"] in page.get_text()
    (drawing,) = page.find_all("svg")
    assert drawing["role"] == "img"
    assert "90 to 100: 1" in drawing["aria-label"]  # s02's 91
    (means,) = (t for t in page.find_all("table") if "Component" in t.get_text())
    assert [cell.get_text() for cell in means.find_all("tr")[2].find_all("td")] == [
        "40", "56.25", "62.50", "4", "1", "1", "0",
    ]  # fmt: skip
    headings = [each.name for each in page.find_all(re.compile("^h[1-6]$"))]
    assert headings == ["h1", *["h2"] * (len(headings) - 1)]


def test_a_class_of_nobody_has_no_marks_and_no_failure(course, final):
    write_table(course / "roster.csv", [("student", "name")])
    graded(course)
    assert "student" in final().out


@pytest.mark.slow
def test_what_grade_left_and_a_person_decided_is_what_counts(tmp_path):
    root = a_course(
        tmp_path / "real",
        students=["s01", "s02", "s03"],
        settings="[final.components]\nhw = { weight = 100 }\n",
    )
    on_time, late = "2026-02-03T12:00:00+08:00", "2026-02-04T12:00:00+08:00"
    add_assignment(
        root,
        hand_ins=[HandIn("s01", on_time, [DOUBLE, SQUARE]), HandIn("s02", late, [DOUBLE])],
    )
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert grader("final", cwd=root).returncode == 0
    totals = [(row["total"], row["flags"]) for row in rows_of(root).values()]
    assert totals == [("100.00", ""), ("76.50", ""), ("0.00", "missing:hw")]
    decided = grader("override", "hw", "s03", "--points", "5", "--reason", "on paper", cwd=root)
    assert decided.returncode == 0, decided.stderr
    done = grader("final", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows_of(root)["s03"]["total"] == "50.00"
