import csv
from dataclasses import replace
from decimal import Decimal

import pandas
import pytest

from grader.export import export_csv
from grader.records.scores import QuestionScore, Score
from grader.records.submissions import Student

SCORE = Score(
    student="A0001",
    name="Doe, Jane",
    assignment="hw1",
    attempt=1,
    submitted_at=None,
    days_late=0,
    earned=Decimal("9"),
    maximum=Decimal("10"),
    penalty=Decimal("0"),
    score=Decimal("9"),
    status="graded",
    flags=("import:utils",),
    explanation="9.00 of 10",
    questions=(QuestionScore("Q1", "The prediction", Decimal(10), Decimal(9)),),
)


def test_one_row_for_everybody_and_one_column_a_question(tmp_path):
    file = tmp_path / "out.csv"
    other = replace(SCORE, student="A2", attempt=None, score=None, status="excused", questions=())
    export_csv([SCORE, other], {"A0001": Student("A0001", "Doe, Jane", section="Sec A")}, file)
    assert file.read_bytes().startswith(b"\xef\xbb\xbfstudent,name,")  # what Excel looks for
    assert file.read_text(encoding="utf-8-sig") == (
        "student,name,section,submitted_at,days_late,earned,penalty,score,maximum,status,flags,rounding,Q1\n"
        'A0001,"Doe, Jane",Sec A,,0,9.00,0.00,9.00,10.00,graded,import:utils,half up to 2 decimal places,9.00\n'
        'A2,"Doe, Jane",,,0,9.00,0.00,,10.00,excused,import:utils,half up to 2 decimal places,\n'
    )


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","y")', "+1", "-1", "@x", "\t=1", "＝1", 'a "b", c\nd', "李 明", "O'Brien, Zoë",
     "a\rb"],
)  # fmt: skip
def test_no_cell_is_a_formula_ids_included(tmp_path, text):
    file = tmp_path / "out.csv"
    score = replace(SCORE, student=text, name=text, flags=(text,))
    export_csv([score], {text: Student(text, text, section=text)}, file)
    with open(file, encoding="utf-8-sig", newline="") as handle:
        (row,) = csv.DictReader(handle)
    table = pandas.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert list(table.columns[:2]) == ["student", "name"]
    for column in ("student", "name", "section", "flags"):
        for shown in (row[column], table.loc[0, column]):
            assert not shown.startswith(tuple("=+-@\t\r\n＝"))
            assert shown.removeprefix("'") == text


def test_flags_with_file_names_are_no_formulas_wherever_a_cell_is_cut(tmp_path):
    file = tmp_path / "out.csv"
    flags = ("renamed:=1.ipynb", "=cmd|' /C calc'!A0", "renamed:x;=1+1")
    score = replace(SCORE, student="a;=1", name='x;"=1', flags=flags)
    export_csv([score], {}, file)
    (line,) = file.read_text(encoding="utf-8-sig").splitlines()[1:]
    for mark in (",", ";"):
        for (*cells,) in csv.reader([line], delimiter=mark):
            assert not [
                cell for cell in cells if cell.lstrip(' "').startswith(("=", "+", "-", "@"))
            ]


def test_points_have_as_many_places_as_the_policy(tmp_path):
    file = tmp_path / "out.csv"
    thirds = replace(SCORE.questions[0], earned=Decimal(20) / 3)
    score = replace(
        SCORE, earned=Decimal("6.667"), penalty=Decimal("1.000"), score=Decimal("5.667"),
        questions=(thirds,),
    )  # fmt: skip
    export_csv([score], {}, file, places=3)
    row = pandas.read_csv(file, dtype=str, encoding="utf-8-sig").loc[0]
    assert list(row[["earned", "penalty", "score", "Q1"]]) == ["6.667", "1.000", "5.667", "6.667"]
