"""`grader export --template`: into a gradebook as the LMS exported it, and nothing else is touched.

What comes out is read back here by the rules of each LMS's own importer.
"""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from grader.store.lock import only_one
from tests.cli.tiny import (
    ASSIGNMENT,
    DOUBLE,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    write_table,
)
from tests.export import readers

pytestmark = pytest.mark.slow

ON_TIME, LATE = "2026-02-03T12:00:00+08:00", "2026-02-05T09:00:00+08:00"
CANVAS = '''Student,ID,SIS User ID,SIS Login ID,Section,HW 0 (77),HW 1 (501),Final Score
,,,,,Manual Posting,,
    Points Possible,,,,,5.00,10.00,(read only)
"Doe, Jane",4711,s01,jdoe,"Sec A; Sec B",1.00,10.00,9
"=""=HYPERLINK(1)""",4712,s02,two,Sec A,2.00,,9
"O'Brien, Zoë",4713,s03,zoe,Sec A,3.00,9.5,9
"李 明",4714,s04,ming,Sec A,4.00,3.00,9
"Other, One",4799,s99,other,Sec A,5.00,4.00,9
"Student, Test",4800,,test,Sec A,,,
'''
MOODLE = """Identifier,Full name,ID number,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 11,Jane Doe,s01,,Submitted,,"10,00",Yes,"Tuesday, 3 February 2026, 12:00 PM",-,keep me
Participant 12,Number Two,,two@x.edu,Submitted,"1,00","10,00",Yes,x,"Monday, 2 February 2026, 9:00 AM",
Participant 13,Zoë O'Brien,s03,,Submitted,,"10,00",No,x,-,
Participant 14,李 明,s04,,No submission,,"10,00",Yes,-,-,
Participant 15,Other One,s99,,Submitted,"4,00","10,00",Yes,x,-,
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = a_course(tmp_path_factory.mktemp("templates") / "course")
    header = ("student", "name", "login", "lms_id", "email")
    people = [("s01", "Doe, Jane", "jdoe", "4711", ""), ("s02", "=HYPERLINK(1)", "two", "", "two@x.edu"), ("s03", "O'Brien, Zoë", "", "4713", ""), ("s04", "李 明", "", "4714", "")]  # fmt: skip
    write_table(root / "roster.csv", [header, *people])
    hand_ins = [
        HandIn("s01", ON_TIME, [DOUBLE, SQUARE]),
        HandIn("s02", LATE, [DOUBLE, SQUARE]),
        HandIn("s03", ON_TIME, [DOUBLE]),
    ]
    settings = f'{ASSIGNMENT}canvas = "HW 1 (501)"\n'
    add_assignment(root, settings=settings, hand_ins=hand_ins)
    assert grader("grade", "hw", cwd=root).returncode == 0
    (root / "canvas.csv").write_text(CANVAS, "utf-8-sig")
    (root / "moodle.csv").write_text(MOODLE, "utf-8")
    return root


@pytest.fixture
def root(graded: Path, tmp_path: Path) -> Path:
    return shutil.copytree(graded, tmp_path / "course")


def export(root: Path, to: str, *more: str):
    return grader("export", "hw", "--to", to, "--template", f"{to}.csv", *more, cwd=root)


def rows(root: Path, to: str) -> list[list[str]]:
    text = (root / f"reports/hw/export-{to}.csv").read_bytes().decode("utf-8")
    assert not text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_canvas_gets_the_column_by_its_number_and_the_rows_that_change(root):
    done = export(root, "canvas")
    assert done.returncode == 0, done.stderr
    header, points, *students = rows(root, "canvas")
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "HW 1 (501)"]
    assert points == ["    Points Possible", "", "", "", "", "10.00"]
    assert students == [
        ['="=HYPERLINK(1)"', "4712", "s02", "two", "Sec A", "7.00"],
        ["O'Brien, Zoë", "4713", "s03", "zoe", "Sec A", "9.00"],
    ]  # s01 has it already; s04 handed nothing in, and keeps what Canvas has
    assert "s02                      none -> 7.00" in done.stdout
    assert "s03                       9.5 -> 9.00" in done.stdout
    assert "1 new, 1 over an earlier grade, 1 as they were" in done.stdout
    assert "s04 is left out: nothing handed in" in done.stderr
    assert "it takes it twice" in " ".join(done.stderr.split())


def test_a_dry_run_shows_the_difference_and_writes_nothing(root):
    done = export(root, "canvas", "--dry-run")
    assert "1 new, 1 over" in done.stdout
    assert done.stdout.endswith("Nothing was written.\n")
    assert not (root / "reports/hw/export-canvas.csv").exists()
    assert not (root / "evidence/hw/exported").exists()


def test_raw_points_leave_the_penalty_to_the_lms(root):
    done = export(root, "canvas", "--raw")
    assert {row[1]: row[-1] for row in rows(root, "canvas")[2:]} == {
        "4712": "10.00",
        "4713": "9.00",
    }
    assert "Canvas's own late policy has to do it" in done.stderr


def test_moodle_gets_what_it_needs_letter_by_letter_and_no_feedback(root):
    done = export(root, "moodle")
    assert done.returncode == 0, done.stderr
    header, *students = rows(root, "moodle")
    assert header == ["Identifier", "Full name", "ID number", "Email address", "Maximum grade", "Grade", "Last modified (grade)"]  # fmt: skip
    assert students == [
        ["Participant 11", "Jane Doe", "s01", "", "10,00", "10,00", "-"],
        ["Participant 12", "Number Two", "", "two@x.edu", "10,00", "7,00", "Monday, 2 February 2026, 9:00 AM"],
    ]  # fmt: skip
    assert "s03 is left out: its grade is locked in Moodle" in done.stderr


@pytest.mark.parametrize(
    ("to", "old", "new", "said"),
    [
        ("canvas", "HW 1 (501)", "HW 1 (502)", "one of: HW 0 (77); HW 1 (502)"),
        ("canvas", "ID,SIS User ID", "Nr,SIS User ID", "it is no gradebook of Canvas"),
        ("canvas", "4713,s03", "4711,s01", "lead to the same row"),
        ("moodle", "Last modified (grade)", "Zuletzt geändert", "set your language to English"),
    ],
)
def test_what_is_no_template_is_refused_and_nothing_is_written(root, to, old, new, said):
    file = root / f"{to}.csv"
    text = file.read_text("utf-8-sig").replace(old, new)
    if said == "lead to the same row":
        text = CANVAS
        roster = root / "roster.csv"
        roster.write_text(roster.read_text("utf-8").replace("4713", "4711"), "utf-8")
    file.write_text(text, "utf-8")
    done = export(root, to)
    assert done.returncode == 1
    assert said in " ".join(done.stderr.split())
    assert not (root / f"reports/hw/export-{to}.csv").exists()


def test_over_the_maximum_moodle_would_skip_it_without_a_word(root):
    file = root / "moodle.csv"
    file.write_text(MOODLE.replace('"10,00"', '"5,00"'), "utf-8")
    done = export(root, "moodle")
    assert "s01 is left out: 10.00 is over Moodle's maximum, 5,00" in done.stderr
    assert len(rows(root, "moodle")) == 1


def test_moodle_without_a_worksheet_says_what_to_fetch(root):
    done = grader("export", "hw", "--to", "moodle", cwd=root)
    assert done.returncode == 1
    assert "download the grading worksheet" in " ".join(done.stderr.split())


def said(done) -> str:
    return " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("to", "old", "new", "why"),
    [
        # Canvas would drop the grade without a word
        ("canvas", "Sec A,3.00,9.5,9", "Sec A,3.00,N/A,9", "s03 is left out: the assignment is not assigned to them"),
        # the name is another person's, who has another number
        ("moodle", "Participant 14,李 明,s04", "Participant 14,李 明,s77", None),
        ("moodle", "Participant 12,Number Two,,two@x.edu", 'Participant 12,"=HYPERLINK(1)",,other@x.edu', "s02 is left out: not in the worksheet, or not for sure"),
    ],
)  # fmt: skip
def test_who_is_not_there_for_sure_is_left_out(root, to, old, new, why):
    file = root / f"{to}.csv"
    text = CANVAS if to == "canvas" else MOODLE
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    done = export(root, to)
    assert done.returncode == 0, done.stderr
    assert why is None or why in said(done)
    assert new.split(",")[0] not in [row[0] for row in rows(root, to)]


def test_a_column_that_is_read_only_in_canvas_is_refused(root):
    file = root / "canvas.csv"
    file.write_text(CANVAS.replace("5.00,10.00,(read only)", "5.00,(read only),"), "utf-8")
    done = export(root, "canvas")
    assert done.returncode == 1
    assert "Canvas takes no grades into 'HW 1 (501)': it is read only" in said(done)


def test_what_canvas_takes_for_the_same_is_no_change(root):
    # as Canvas reads it: the last mark is the decimal one, and it sees two places
    file = root / "canvas.csv"
    file.write_text(CANVAS.replace("Sec A,3.00,9.5,9", 'Sec A,3.00,"9,004",9'), "utf-8")
    assert "1 new, 0 over an earlier grade, 2 as they were" in export(root, "canvas").stdout


def test_a_gradebook_with_semicolons_and_commas_in_its_header_is_read(root):
    table = list(csv.reader(CANVAS.splitlines()))
    table[0][6] = "HW 1, part a, b, c, d, e, f, g, h (501)"
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(table)
    (root / "canvas.csv").write_text(text.getvalue(), "utf-8")
    done = export(root, "canvas")
    assert done.returncode == 0, done.stderr
    assert rows(root, "canvas")[0][-1] == table[0][6]


def test_the_worksheet_of_another_assignment_is_refused(root):
    """Participants have other numbers in each: they would get one another's grades."""
    manifest = root / "submissions/hw/manifest.csv"
    header = ("student", "attempt", "file", "submitted_at", "source", "lms_file")
    hand_ins = [(f"s0{n}", 1, "hw.ipynb", ON_TIME, "moodle", f"x_{number}_assignsubmission_file/hw.ipynb") for n, number in ((1, 11), (2, 13), (3, 14))]  # fmt: skip
    write_table(manifest, [header, *hand_ins])
    done = export(root, "moodle")
    assert done.returncode == 1
    assert "it is the worksheet of another assignment: s02 is participant 12 in it, and 13 in the download" in said(done)  # fmt: skip
    hand_ins[1] = (*hand_ins[1][:5], "x_12_assignsubmission_file/hw.ipynb")
    write_table(manifest, [header, *hand_ins[:2]])
    assert export(root, "moodle").returncode == 0


def test_pages_go_into_an_archive_and_what_is_not_there_is_said(root):
    (root / "reports/hw/feedback/s03.html").unlink()
    done = grader("export", "hw", "--to", "csv", "--feedback", "--provisional", cwd=root)
    assert done.returncode == 0, done.stderr
    archive = root / "reports/hw/feedback-csv.zip"
    assert done.stdout.splitlines()[1:] == [str(archive)]
    files = readers.pages(archive.read_bytes())
    assert files == {f"{each}.html": (root / f"reports/hw/feedback/{each}.html").read_text("utf-8") for each in ("s01", "s02")}  # fmt: skip
    assert "no page of s04: nothing handed in" in said(done)
    assert "no page of s03: it is not there: grader grade hw" in said(done)
    assert "2 pages of students for feedback-csv.zip" in said(done)
    before = archive.read_bytes()
    archive.unlink()
    elsewhere = root / "elsewhere.zip"
    again = grader("export", "hw", "--to", "csv", "--feedback", str(elsewhere), cwd=root)
    assert again.stdout.splitlines()[1:] == [str(elsewhere)]
    assert elsewhere.read_bytes() == before  # the same, whenever it is made
    assert not archive.exists()


def test_a_dry_run_makes_no_archive_and_a_file_that_is_no_zip_is_refused(root):
    done = grader("export", "hw", "--to", "csv", "--dry-run", "--feedback", cwd=root)
    assert done.stdout == "Nothing was written.\n"
    assert "3 pages" in said(done)
    assert not list(root.rglob("*.zip"))
    done = grader("export", "--feedback", "hw", "--to", "csv", cwd=root)
    assert done.returncode == 2
    assert "Missing argument" in done.stderr or "'hw' is no .zip" in done.stderr


def test_pages_are_not_gathered_while_they_are_written(root):
    with only_one(root / "evidence/hw", "grader grade hw"):
        done = grader("export", "hw", "--to", "csv", "--feedback", cwd=root)
        assert done.returncode == 1
        assert "another command is at work on hw: grader grade hw" in said(done)
        assert grader("export", "hw", "--to", "csv", cwd=root).returncode == 0


def test_who_is_left_out_is_named_in_one_line_a_reason(root):
    file = root / "canvas.csv"
    lines = file.read_text("utf-8-sig").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "471" not in line or "4714" in line), "utf-8")
    said = export(root, "canvas", "--dry-run").stderr
    assert "s01, s02, s03 are left out: not in Canvas's gradebook" in " ".join(said.split())
    assert said.count("not in Canvas's gradebook") == 1


def test_whom_the_lms_has_and_nobody_here_is_named_for_they_get_no_grade(root):
    for to, who in (("canvas", "Other, One (4799)"), ("moodle", "Other One")):
        said = " ".join(export(root, to, "--dry-run").stderr.split())
        assert f"nobody's here, so without a grade: {who};" in said
        assert "Student, Test" not in said  # Canvas's own


@pytest.mark.parametrize(
    ("to", "old", "new"),
    [("canvas", ",5.00,10.00,", ",5.00,12.50,"), ("moodle", '"10,00",Yes', '"12,50",Yes')],
)
def test_another_maximum_in_the_lms_is_said_before_anything_is_imported(root, to, old, new):
    assert "it is worth" not in export(root, to, "--dry-run").stderr
    file = root / f"{to}.csv"
    file.write_text(file.read_text("utf-8-sig").replace(old, new), "utf-8")
    said = " ".join(export(root, to, "--dry-run").stderr.split())
    assert "it is worth 12.5 points, and here 10: correct the one that is wrong" in said
