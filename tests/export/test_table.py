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
    assert file.read_text(encoding="utf-8") == (
        "student,name,section,submitted_at,days_late,earned,penalty,score,maximum,status,flags,Q1\n"
        'A0001,"Doe, Jane",Sec A,,0,9.00,0.00,9.00,10.00,graded,import:utils,9.00\n'
        'A2,"Doe, Jane",,,0,9.00,0.00,,10.00,excused,import:utils,\n'
    )


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","y")', "+1", "-1", "@x", "\t=1", "＝1", 'a "b", c\nd', "李 明"]
)
def test_no_cell_is_a_formula_ids_included(tmp_path, text):
    file = tmp_path / "out.csv"
    score = replace(SCORE, student=text, name=text, flags=(text,))
    export_csv([score], {text: Student(text, text, section=text)}, file)
    with open(file, encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle)
    table = pandas.read_csv(file, dtype=str, keep_default_na=False)
    for column in ("student", "name", "section", "flags"):
        for shown in (row[column], table.loc[0, column]):
            assert not shown.startswith(tuple("=+-@\t\r\n＝"))
            assert shown.removeprefix("'") == text
