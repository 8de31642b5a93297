"""The Excel file, read by the standard's rules: no cell of it can become a formula."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.export import workbook
from grader.records.scores import QuestionScore, Score
from grader.records.submissions import Student
from tests.export import readers

MADE_AT = datetime(2026, 2, 5, 12, tzinfo=UTC)
SCORE = Score(
    student="A0001",
    name="Doe, Jane",
    assignment="hw1",
    attempt=1,
    submitted_at=datetime(2026, 2, 3, 8, 30, 5, tzinfo=UTC),
    days_late=0,
    earned=Decimal("9"),
    maximum=Decimal("10"),
    penalty=Decimal("0"),
    score=Decimal("9"),
    status="graded",
    flags=("import:utils", "override"),
    explanation="9.00 of 10",
    questions=(QuestionScore("Q1", "The prediction", Decimal(10), Decimal("8.995")),),
)
ODD = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x",
       "O'Brien, Zoë", "李 明", 'a "b"', "two\nlines", "{=1}", "http://x.example", "1e5", "0042", "TRUE",
       "_x0041_", "&<>", "'=1"]  # fmt: skip


def read(scores, roster=None, **options):
    content = workbook(scores, roster or {}, facts=options.pop("facts", []), zone=options.pop("zone", UTC), made_at=MADE_AT, **options)  # fmt: skip
    return readers.workbook(content)


def by_column(sheet, number=1):
    """A row by the names of its columns."""
    return {name.value: cell for name, cell in zip_longest(sheet.rows[0], sheet.rows[number])}


def test_numbers_are_numbers_rounded_half_up_and_shown_with_their_places():
    row = by_column(read([SCORE])["scores"])
    assert {name: (row[name].kind, row[name].value, row[name].format) for name in ("score", "Q1")} == {
        "score": ("n", "9.00", "0.00"),
        "Q1": ("n", "9.00", "0.00"),  # 8.995, and not 8.99
    }  # fmt: skip
    assert row["days_late"].kind == "n"
    row = by_column(read([replace(SCORE, score=Decimal("8.125"))], places=3)["scores"])
    assert (row["score"].value, row["score"].format) == ("8.125", "0.000")
    assert row["rounding"].value == "half up to 3 decimal places"


@settings(max_examples=30)
@given(st.decimals(0, 100_000, places=8), st.integers(0, 6))
def test_points_are_in_the_file_digit_by_digit(points, places):
    cell = by_column(read([replace(SCORE, score=points)], places=places)["scores"])["score"]
    assert cell.kind == "n"
    assert Decimal(cell.value) == points.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def test_a_time_is_one_in_the_zone_of_the_course():
    zone = ZoneInfo("Asia/Singapore")
    row = by_column(read([SCORE], zone=zone)["scores"])
    day = (datetime(2026, 2, 3, 16, 30, 5) - datetime(1899, 12, 30)).total_seconds() / 86400  # noqa: DTZ001
    assert row["submitted_at"].kind == "n"
    assert float(row["submitted_at"].value) == pytest.approx(day)
    assert row["submitted_at"].format == "yyyy-mm-dd hh:mm:ss"


def test_who_has_no_score_has_a_blank_and_no_zero():
    gone = replace(SCORE, attempt=None, submitted_at=None, days_late=None, score=None, status="excused")  # fmt: skip
    row = by_column(read([SCORE, gone])["scores"], 2)
    assert [name for name, cell in row.items() if cell is None] == ["submitted_at", "days_late", "score", "Q1"]  # fmt: skip


def test_the_header_is_frozen_all_can_be_filtered_and_columns_are_as_wide_as_what_is_in_them():
    sheet = read([replace(SCORE, name="a name of some length"), SCORE])["scores"]
    assert sheet.frozen_rows == 1
    assert sheet.filtered == "A1:M3"
    assert sheet.widths[1] > sheet.widths[0]


@pytest.mark.parametrize("text", ODD)
def test_a_text_is_a_text_whatever_it_begins_with(text):
    score = replace(SCORE, student=text, name=text, flags=(text,))
    book = read([score], {text: Student(text, text, section=text)}, facts=[(text, text)])
    row = by_column(book["scores"])
    for cell in [row[name] for name in ("student", "name", "section", "flags")] + book["about"].rows[0]:  # fmt: skip
        assert (cell.kind, cell.value) == ("s", text)
        assert (cell.format, cell.is_quoted) == ("@", True)  # and stays one when it is edited
    assert book["scores"].formulas == book["about"].formulas == 0


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_comes_back(text):
    book = read([replace(SCORE, name=text)])
    assert by_column(book["scores"])["name"].value.replace("\r\n", "\n") == text.replace("\r\n", "\n")  # fmt: skip
    assert book["scores"].formulas == 0


def test_a_text_that_is_longer_than_a_cell_is_cut_and_not_lost():
    (cell,) = [by_column(read([replace(SCORE, name="x" * 40_000)])["scores"])["name"]]
    assert (len(cell.value), cell.value[-1]) == (32_767, "…")
