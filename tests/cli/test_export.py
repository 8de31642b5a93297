"""`grader export` from the command line, on a tiny course, read back by readers of other makes."""

import csv
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pandas
import pytest

from grader.cli import main
from grader.records.scores import QuestionScore, Score
from grader.report import write_scores_json
from tests.export import readers

NAMES = {
    "s01": "O'Brien, Zoë",
    "s02": "李 明",
    "s03": '=HYPERLINK("http://evil.example","x")',
    "s04": 'says "hi"; often',
    "s05": "two\nlines",
    "s06": "+1-2",
}
ASSIGNMENT = """
title = "Homework"
due = 2022-08-30T17:00:00
notebook = "hw1.ipynb"
{more}
[points]
Q1 = 10
"""


@pytest.fixture
def course(tmp_path):
    """A course with six students; s01 to s06 have the Canvas ids 4701 to 4706."""
    (tmp_path / "course.toml").write_text(
        'name = "C"\ntimezone = "Asia/Singapore"\nassignments = ["hw1"]\n', encoding="utf-8"
    )
    (tmp_path / "submissions").mkdir()
    (tmp_path / "assignments/hw1").mkdir(parents=True)
    an_assignment(tmp_path)
    with open(tmp_path / "roster.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["student", "name", "login", "lms_id", "section"])
        rows.writerows([id, name, id, f"47{id[1:]}", "Sec A"] for id, name in NAMES.items())
    return tmp_path


def an_assignment(course, more=""):
    file = course / "assignments/hw1/assignment.toml"
    file.write_text(ASSIGNMENT.format(more=more), encoding="utf-8")


def a_score(student, points="8.50", **changes):
    amount = None if points is None else Decimal(points)
    fields = {
        "student": student,
        "name": NAMES.get(student, ""),
        "assignment": "hw1",
        "attempt": 1,
        "submitted_at": datetime(2022, 8, 30, 8, tzinfo=UTC),
        "days_late": 0,
        "earned": amount or Decimal(0),
        "maximum": Decimal(10),
        "penalty": Decimal(0),
        "score": amount,
        "status": "graded",
        "flags": (),
        "explanation": "",
        "questions": (QuestionScore("Q1", "A question", Decimal(10), amount or Decimal(0)),),
    }
    return Score(**(fields | changes))


def graded(course, *scores, places=2):
    """What `grader grade hw1` would have left."""
    folder = course / "reports/hw1"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "scores.json"
    write_scores_json(file, "hw1", {"places": places}, scores, datetime.now(UTC))


@pytest.fixture
def export(course, monkeypatch, capsys):
    """`export("--to", "csv")`: its exit status, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr(
            sys, "argv", ["grader", "export", "hw1", "--course", str(course), *arguments]
        )
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capsys.readouterr())

    return run


def everybody(**changes):
    return [a_score(student, **changes) for student in NAMES]


def test_people_s_csv_opens_in_excel_and_every_name_comes_back(course, export):
    graded(course, *everybody(flags=("renamed:=1.ipynb",)))
    status, out, err = export("--to", "csv")
    assert (status, err) == (0, "note: points are rounded half up to 2 decimal places\n")
    file = course / "reports/hw1/export-csv.csv"
    assert out == f"{file}\n"
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pandas.read_csv(file, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert list(table["student"]) == list(NAMES)
    assert [name.removeprefix("'") for name in table["name"]] == list(NAMES.values())
    assert list(table["score"]) == ["8.50"] * 6
    assert set(table["rounding"]) == {"half up to 2 decimal places"}
    for column in table:
        assert not table[column].str.match(r"[\s\"]*[=+@-]").any()


def test_a_workbook_has_the_same_and_says_how_it_came_to_be(course, export):
    graded(course, *everybody(), a_score("z99", None, status="needs_review"))
    status, out, err = export("--to", "excel", "--provisional")
    assert (status, err) == (0, "note: points are rounded half up to 2 decimal places\n")
    file = course / "reports/hw1/export-excel.xlsx"
    assert out == f"{file}\n"
    book = readers.workbook(file.read_bytes())
    assert [row[1].value for row in book["scores"].rows[1:7]] == list(NAMES.values())
    assert [float(row[7].value) for row in book["scores"].rows[1:7]] == [8.5] * 6
    assert book["scores"].formulas == 0
    facts = {row[0].value: row[1].value for row in book["about"].rows}
    assert facts["Assignment"] == "hw1: Homework"
    assert facts["Due"] == "Tue 30 Aug 2022, 17:00:00 (UTC+08:00)"
    assert facts["Rounding"] == "half up to 2 decimal places, once, at the end"
    assert facts["Times"] == "in Asia/Singapore"
    assert facts["Not final"] == "z99"
    assert str(datetime.now(UTC).year) in facts["Graded"]


def test_without_the_package_for_excel_it_says_what_to_install(course, export, monkeypatch):
    graded(course, *everybody())
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    status, _, err = export("--to", "excel")
    assert status == 1
    assert "an Excel file needs the package XlsxWriter, which is not installed" in err
    assert 'pip install "grader[excel]"' in err
    assert not (course / "reports/hw1/export-excel.xlsx").exists()


def test_points_are_exported_with_the_places_that_they_were_graded_with(course, export):
    an_assignment(course, 'canvas = "HW 1 (501)"')
    graded(course, a_score("s01", "8.125"), places=3)
    export("--to", "csv")
    export("--to", "canvas")
    table = pandas.read_csv(course / "reports/hw1/export-csv.csv", dtype=str)
    assert list(table.loc[0, ["earned", "score", "Q1"]]) == ["8.125"] * 3
    assert imported(course / "reports/hw1/export-canvas.csv")[1]["4701"] == "8.125"


def test_scores_that_are_not_final_stay_here_and_it_says_whose_and_why(course, export):
    graded(
        course,
        a_score("s01"),
        a_score("s02", None, status="needs_review", flags=("no-time",)),
        a_score("s03", flags=("pending:Q9",)),
        a_score("s04", "0.00", status="unreadable"),
    )
    status, out, err = export("--to", "csv")
    assert (status, out) == (1, "")
    assert err == (
        "error: 3 of 4 scores are not final: s02 (needs_review: no-time), s03 (Q9 has no mark), "
        "s04 (unreadable)\n  fix: decide them (decisions.csv; a hand-in time: manifest.csv) and "
        "grade again, or export as it is with --provisional\n"
    )
    assert not (course / "reports/hw1/export-csv.csv").exists()
    assert export("--to", "csv", "--provisional")[0] == 0
    table = pandas.read_csv(course / "reports/hw1/export-csv.csv", dtype=str)
    assert list(table["score"].isna()) == [False, True, False, False]


def test_without_a_column_it_says_how_to_name_one(course, export):
    graded(course, *everybody())
    status, _, err = export("--to", "canvas")
    assert status == 1
    assert "hw1 does not say which column of Canvas it is" in err
    assert str(course / "assignments/hw1/assignment.toml") in err
    assert 'above the table [points]: canvas = "HW 1 (501)"' in err
    an_assignment(course, 'canvas = "HW 1 (501)"')  # as it was told
    assert export("--to", "canvas")[0] == 0


def imported(path):
    """Grades by Canvas ID, as Canvas's importer takes them: written from its rules alone.

    By FORMATS.md section 2: UTF-8; the separator is guessed from three lines; headers by their
    place; blank cells are changes; `EX` excuses; the last `,` or `.` is the decimal mark.
    """
    text = path.read_text(encoding="utf-8")
    assert not text.startswith("\ufeff")
    rows = parsed(text)
    header = rows[0]
    assert "Student" in header[0]
    assert header[1] == "ID"
    assert header[2:4] == ["SIS Login ID", "Section"]
    (title,) = header[4:]
    grades = {}
    for row in rows[1:]:
        assert len(row) == len(header)
        assert not re.match(r"(Muted|Manual Posting)", row[4])
        assert "Points Possible" not in row[0]
        assert row[1] not in grades
        assert re.fullmatch(r"EX|\d+(\.\d+)?", row[4]), "a blank erases, a word is no grade"
        grades[row[1]] = row[4]
    return title, grades


def parsed(text):
    """RFC 4180 by hand, so that it does not share a defect with the csv module."""
    rows, row, cell, inside = [], [], "", False
    k = 0
    while k < len(text):
        c = text[k]
        if inside and c == '"' and text[k + 1 : k + 2] == '"':
            cell, k = cell + '"', k + 1
        elif c == '"':
            inside = not inside
        elif c == "," and not inside:
            row, cell = [*row, cell], ""
        elif c == "\n" and not inside:
            rows, row, cell = [*rows, [*row, cell]], [], ""
        else:
            cell += c
        k += 1
    assert not inside
    assert not cell
    assert not row
    return rows


def test_canvas_takes_the_file(course, export):
    an_assignment(course, 'canvas = "HW 1, part two (501)"')
    graded(
        course,
        a_score("s01", "10.00"),
        a_score("s02", None, status="excused"),
        a_score("s03", "0.00", status="zero_late", days_late=8),
        a_score("s04", "0.00", status="missing", attempt=None),
        a_score("s05", None, status="needs_review", flags=("internal-error",)),
        a_score("s06", "7.23", status="late", days_late=1),
        a_score("z99", status="unknown_student"),
    )
    assert export("--to", "canvas")[0] == 1  # s05 is not final
    status, _, err = export("--to", "canvas", "--provisional", "--output", str(course / "c.csv"))
    assert status == 0
    assert err.splitlines() == [
        "note: s04 is left out: nothing handed in",
        "note: s05 is left out: no score yet",
        "note: z99 is left out: not on the roster",
        "note: points are rounded half up to 2 decimal places",
    ]
    assert imported(course / "c.csv") == (
        "HW 1, part two (501)",
        {"4701": "10.00", "4702": "EX", "4703": "0.00", "4706": "7.23"},
    )
    names = [row[0] for row in parsed((course / "c.csv").read_text("utf-8"))[1:]]
    assert names == ["O'Brien, Zoë", "李 明", "'" + NAMES["s03"], "'+1-2"]


@pytest.mark.slow
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_an_error_has_colour_on_a_terminal_unless_none_is_wanted(course, no_color, coloured):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "grader", "export", "nosuch", "--to", "csv"]
    environment = {**os.environ, "NO_COLOR": no_color, "TERM": "xterm"}
    subprocess.run(command, cwd=course, env=environment, stderr=theirs, stdout=theirs, check=False)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "there is no assignment 'nosuch'" in shown
    assert ("\x1b[" in shown) is coloured
