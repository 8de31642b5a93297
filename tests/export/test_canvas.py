"""The file is read back by the rules of Canvas's importer (lib/gradebook_importer.rb)."""

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal

import pandas
import pytest

from grader.errors import GraderError
from grader.export import LeftOut, export_canvas
from grader.records.scores import Score
from grader.records.submissions import Student

HEADER = "HW 1 (501)"
ROSTER = {
    id: Student(id, name, login, lms_id, section="Sec A")
    for id, name, login, lms_id in [
        ("A0001", "Doe, Jane", "jdoe", "4711"),
        ("A0002", "李 明", "ming", "0042"),
        ("A0003", '=HYPERLINK("http://x")', "-e3", "4713"),
        ("A0004", "two\nlines; and more", "four", "4714"),
        ("A0005", "No Id", "five", ""),
    ]
}


def a_score(student, score="8.5", **changes):
    return replace(
        Score(
            student=student,
            name="a name",
            assignment="hw1",
            attempt=1,
            submitted_at=None,
            days_late=0,
            earned=Decimal("8.5"),
            maximum=Decimal(10),
            penalty=Decimal(0),
            score=None if score is None else Decimal(score),
            status="graded",
            flags=(),
            explanation="",
        ),
        **changes,
    )


def imported(text):
    """Grades by Canvas ID, as Canvas would take them from the file."""
    lines = text.splitlines()[:3]
    counts = {mark: {len(row) for row in csv.reader(lines, delimiter=mark)} for mark in (";", ",")}
    assert max(counts[";"]) < min(counts[","])  # it guesses the comma
    rows = list(csv.reader(io.StringIO(text)))
    header = rows[0]
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert re.search(r"SIS\s+Login\s+ID", header[2])
    assert "Section" in header[3]
    (title,) = header[4:]
    assert not re.search(
        "(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)", title
    )
    grades = {}
    for row in rows[1:]:
        assert "Points Possible" not in row[0]
        assert len(row) == len(header)
        assert row[4].strip() != ""  # a blank would erase a grade
        grades[row[1]] = row[4]
    return title, grades


def test_the_file_is_the_smallest_that_canvas_takes():
    export = export_canvas([a_score("A0001"), a_score("A0002", "10")], ROSTER, HEADER)
    assert export.text == (
        "Student,ID,SIS Login ID,Section,HW 1 (501)\n"
        '"Doe, Jane",4711,jdoe,Sec A,8.50\n'
        "李 明,0042,ming,Sec A,10.00\n"
    )
    assert export.left_out == ()
    assert imported(export.text) == ("HW 1 (501)", {"4711": "8.50", "0042": "10.00"})
    table = pandas.read_csv(io.StringIO(export.text), dtype=str)
    assert list(table["ID"]) == ["4711", "0042"]


def test_names_are_neutralised_and_keys_are_not():
    export = export_canvas([a_score("A0003"), a_score("A0004")], ROSTER, HEADER)
    rows = list(csv.reader(io.StringIO(export.text)))
    assert rows[1] == ['\'=HYPERLINK("http://x")', "4713", "-e3", "Sec A", "8.50"]
    assert rows[2] == ["two lines, and more", "4714", "four", "Sec A", "8.50"]
    assert imported(export.text)[1] == {"4713": "8.50", "4714": "8.50"}


def test_who_has_no_score_has_no_row_and_is_named():
    scores = [
        a_score("A0001", None, status="needs_review"),
        a_score("A0002", "0", status="missing", attempt=None),
        a_score("A0003", None, status="excused", attempt=None),
        a_score("Z9", status="unknown_student"),
        a_score("A0004", "0", status="zero_late"),
    ]
    export = export_canvas(scores, ROSTER, HEADER)
    assert imported(export.text)[1] == {"4713": "EX", "4714": "0.00"}
    assert export.left_out == (
        LeftOut("A0001", "no score yet"),
        LeftOut("A0002", "nothing handed in"),
        LeftOut("Z9", "not on the roster"),
    )


def test_numbers_have_a_point_and_no_thousands_mark():
    export = export_canvas([a_score("A0001", "1000.5")], ROSTER, HEADER)
    assert imported(export.text)[1] == {"4711": "1000.50"}


def test_a_student_without_a_canvas_id_is_refused_by_name():
    with pytest.raises(GraderError, match="no Canvas ID is known for A0005") as caught:
        export_canvas([a_score("A0001"), a_score("A0005")], ROSTER, HEADER)
    assert "lms_id of roster.csv" in caught.value.fix


def test_who_is_left_out_needs_no_canvas_id():
    export = export_canvas([a_score("A0005", None, status="needs_review")], ROSTER, HEADER)
    assert imported(export.text)[1] == {}


def test_two_students_with_one_canvas_id_are_refused():
    roster = {**ROSTER, "A0002": replace(ROSTER["A0002"], lms_id="4711")}
    with pytest.raises(GraderError, match="A0001 and A0002 have the same Canvas ID, 4711"):
        export_canvas([a_score("A0001"), a_score("A0002")], roster, HEADER)


@pytest.mark.parametrize(
    "header",
    ["Final Score Project (7)", "Current Grade", "The Final Points (1)", "Override Status (Fall)",
     "final score", "HW 1 (read only)"],
)  # fmt: skip
def test_a_header_that_canvas_drops_is_refused(header):
    with pytest.raises(GraderError, match="Canvas drops a column called"):
        export_canvas([a_score("A0001")], ROSTER, header)


@pytest.mark.parametrize("header", ["", "  ", "two\nlines"])
def test_an_assignment_needs_a_column(header):
    with pytest.raises(GraderError, match="no column in Canvas's gradebook"):
        export_canvas([a_score("A0001")], ROSTER, header)


@pytest.mark.parametrize("header", ["Final project (8)", "HW 1, part two (9)", "Current events"])
def test_other_headers_are_taken_as_they_are(header):
    assert imported(export_canvas([a_score("A0001")], ROSTER, header).text)[0] == header
