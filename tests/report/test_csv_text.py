import csv
import io
from decimal import Decimal

import pandas
import pytest

from grader.report.csv_text import csv_lines, flags_text, neutralised, points_text


@pytest.mark.parametrize(
    "text",
    ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", " =1",
     "\u3000=1", "\u200b=1", '"=1', "\0=1"],
)  # fmt: skip
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


@pytest.mark.parametrize(("places", "text"), [(0, "1"), (1, "0.7"), (3, "0.667"), (6, "0.666667")])
def test_points_have_as_many_places_as_the_policy(places, text):
    assert points_text(Decimal(2) / 3, places) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [("a;=1", "a;'=1"), ("a\n=1", "a\n'=1"), ("a\r=1", "a\r'=1"), ('a;"=1', "a;'\"=1"),
     ("a; b-c", "a; b-c")],
)  # fmt: skip
def test_a_formula_behind_what_elsewhere_ends_a_cell_is_none_either(text, safe):
    assert neutralised(text) == safe


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "a\nb", "a,b", 'a"b', "a;b", " a ", "a\u2028b"])
def test_any_text_comes_back(text):
    written = "".join(csv_lines([["h", "k"], [text, 1]]))
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["h", "k"], [text, "1"]]
    table = pandas.read_csv(io.StringIO(written, newline=""), dtype=str, keep_default_na=False)
    assert list(table.loc[0]) == [text, "1"]


def test_a_nul_ends_no_cell():
    assert "".join(csv_lines([["a\0b", 1]])) == "ab,1\n"


def test_cells_with_commas_quotes_and_newlines_are_quoted():
    assert "".join(csv_lines([["a,b", 'c"d', "e\nf"]])) == '"a,b","c""d","e\nf"\n'
