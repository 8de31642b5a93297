from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from grader.report.words import credit_in_words, flag_in_words, mistake_in_words, time_in_words


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("timeout:cell 4", "Cell 4 ran longer than the limit and was left out."),
        ("timeout:fit", "A call of fit ran longer than the limit."),
        ("path:/x.csv", "There is no file at /x.csv here; the assignment's file of that name was read."),
        ("magic:%load", "The command %load is not available here and was skipped."),
        ("memory:cell 2", "Cell 2 needed more memory than there is and was left out."),
        ("exited:compute_cost", "A call of compute_cost ended the Python process."),
        ("import:utils", "The module utils is not available here; its import was skipped."),
        ("python2:xrange", "Python 2 (xrange) was read as Python 3."),
        ("file:x.csv", "There is no file x.csv here; the lines of the notebook that need it were left out."),
        ("pandas:append", "The pandas method append is gone today; it was given back its old meaning."),
        ("prelude:NameError", "The course's own code before the first cell raised NameError."),
        ("something-new", "something-new"),
        ("new:thing", "new:thing"),
    ],
)  # fmt: skip
def test_flags_are_sentences_and_unknown_ones_are_not_dropped(flag, words):
    assert flag_in_words(flag) == words


def test_an_authors_own_mistake_reads_as_words():
    assert mistake_in_words("missing-1-over-m") == "the factor 1/m is missing"
    assert mistake_in_words("forgot-to-sort") == "forgot to sort"


@pytest.mark.parametrize(
    ("credit", "words"),
    [(None, "not marked yet"), ("1", "right"), ("0", "not right"), ("0.5", "partly right, 50%")],
)
def test_credit_in_words(credit, words):
    assert credit_in_words(None if credit is None else Decimal(credit)) == words


def test_times_say_their_offset():
    time = datetime(2022, 9, 1, 8, 5, 9, tzinfo=ZoneInfo("Asia/Singapore"))
    assert time_in_words(time) == "Thu 1 Sep 2022, 08:05:09 (UTC+08:00)"
