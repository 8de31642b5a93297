"""roster.csv."""

from pathlib import Path

import pytest

from grader.course import read_roster
from grader.errors import GraderError
from grader.records.submissions import Student


def roster(folder: Path, text: str) -> Path:
    file = folder / "roster.csv"
    file.write_bytes(text.encode("utf-8"))
    return file


def test_students_come_by_id_in_the_order_of_the_file(tmp_path: Path):
    text = '\ufeffStudent,name,email,hobby\r\nB2,"Müller, Zoë",z@x.edu,chess\r\n\r\n A1 ,Ada\r\n'
    assert read_roster(roster(tmp_path, text)) == {
        "B2": Student("B2", "Müller, Zoë", email="z@x.edu"),
        "A1": Student("A1", "Ada"),
    }


def test_the_same_id_twice_names_both_lines(tmp_path: Path):
    text = 'student,name\nA1,"Ada\nLovelace"\nA1,Bob\n'
    with pytest.raises(GraderError, match="in lines 2 and 4"):
        read_roster(roster(tmp_path, text))


@pytest.mark.parametrize("student", ["../x", "a/b", "a\\b", "..", ".hidden", "_x", "a\0b", ""])
def test_an_id_that_can_not_name_a_folder_is_refused(tmp_path: Path, student: str):
    with pytest.raises(GraderError, match=r"can't be a student's id") as refused:
        read_roster(roster(tmp_path, f"student,name\n{student},Ada\n"))
    assert refused.value.at.endswith("roster.csv, line 2, column student")


def test_a_roster_without_its_columns_is_refused(tmp_path: Path):
    with pytest.raises(GraderError, match="there is no column name"):
        read_roster(roster(tmp_path, "student,login\nA1,a\n"))


def test_a_roster_in_another_encoding_is_refused(tmp_path: Path):
    file = tmp_path / "roster.csv"
    file.write_bytes("student,name\nA1,Zoë\n".encode("latin-1"))
    with pytest.raises(GraderError, match="save it as CSV UTF-8"):
        read_roster(file)


def test_without_a_roster_it_says_how_to_write_one(tmp_path: Path):
    with pytest.raises(GraderError, match="a line student,name"):
        read_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_what_a_spreadsheet_saves_elsewhere_is_read_too(tmp_path: Path, separator: str):
    file = tmp_path / "roster.csv"
    lines = [("student", "name"), ("A1", '"Tan, Wei"'), ("B2", "Zoë")]
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(map(separator.join, lines)).encode())
    assert [(each.id, each.name) for each in read_roster(file).values()] == [
        ("A1", "Tan, Wei"),
        ("B2", "Zoë"),
    ]
