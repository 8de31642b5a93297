from decimal import Decimal

import pytest

from grader.report.csv_text import csv_text, flags_text, neutralised, points_text


@pytest.mark.parametrize(
    "text",
    ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", " =1"],
)
def test_text_that_could_be_a_formula_gets_an_apostrophe(text):
    assert neutralised(text) == "'" + text


@pytest.mark.parametrize("text", ["", "李 明", "O'Brien", "a=b", "Doe, Jane"])
def test_other_text_stays(text):
    assert neutralised(text) == text


def test_every_flag_is_neutralised_because_a_semicolon_may_split_a_cell():
    assert flags_text(["renamed:a;=1.ipynb", "=x"]) == "renamed:a,=1.ipynb;'=x"


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0.00"), ("0.125", "0.13"), ("0.6666666", "0.67"), ("1E+1", "10.00"),
     ("1000.5", "1000.50")],
)  # fmt: skip
def test_points_have_two_places_and_no_exponent(value, text):
    assert points_text(Decimal(value)) == text


def test_nothing_is_blank():
    assert points_text(None) == ""


def test_cells_with_commas_quotes_and_newlines_are_quoted():
    assert csv_text([["a,b", 'c"d', "e\nf"]]) == '"a,b","c""d","e\nf"\n'
