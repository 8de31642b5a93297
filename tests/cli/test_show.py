"""The score table, as a terminal or a file gets it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader.cli.show import printable, score_table
from grader.grading import Graded
from grader.records.scores import Score


def a_score(student, *, flags=(), status="graded", points="8.50"):
    return Score(
        student=student,
        name="a name",
        assignment="hw1",
        attempt=1,
        submitted_at=datetime(2022, 8, 30, tzinfo=UTC),
        days_late=0,
        earned=Decimal(points),
        maximum=Decimal(10),
        penalty=Decimal(0),
        score=Decimal(points),
        status=status,
        flags=flags,
        explanation="",
    )


@pytest.fixture
def table(capsys):
    """`table(score, ...)`: the lines that are printed."""

    def lines(*scores, title="hw1: Homework 1"):
        score_table(Graded(title, Path(), scores))
        return capsys.readouterr().out.splitlines()

    return lines


@pytest.mark.parametrize(
    "student",
    ["s01", "a-student-id-of-24-chars", "an-id-that-goes-on-and-on-" * 4, "李明" * 20, "é" * 40],
)
@pytest.mark.parametrize("status", ["graded", "unknown_student"])
def test_it_fits_80_columns_and_no_id_is_cut(table, student, status):
    flags = ("timeout:cell 4", "import:utils", f"renamed:{'x' * 60}.ipynb", f"renamed:{'李' * 60}")
    points = "1000.500000"
    lines = table(a_score(student, flags=flags, status=status, points=points), a_score("s99"))
    assert max(map(cell_len, lines)) <= 80
    shown = "".join(line[1 : 1 + 40].split("  ")[0].strip() for line in lines if "s99" not in line)
    assert student in shown
    assert points in "".join(lines)


def test_an_id_of_24_characters_stays_on_one_line(table):
    lines = table(a_score("a-student-id-of-24-chars", flags=("timeout:cell 4", "pending:Q9")))
    assert any("a-student-id-of-24-chars" in line and "timeout:cell 4" in line for line in lines)


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (("import:utils",), "import:utils"),
        (("import:utils", "salvaged:cell 8"), "import:utils, salvaged:cell 8"),
        (("path:/content/drive/MyDrive/" + "x" * 90,), "path:/content/drive/MyDrive/xx"),
    ],
)
def test_what_to_know_is_cut_and_never_lost(table, flags, shown):
    (row,) = (line for line in table(a_score("s01", flags=flags)) if "s01" in line)
    said = row.split("graded")[1].strip()
    assert said.startswith(shown)
    assert said == shown or said.endswith("…")


def test_points_have_as_many_places_as_the_score(table):
    assert any(" 8.125  " in line for line in table(a_score("s01", points="8.125")))


def test_nothing_in_it_steers_the_terminal_or_is_markup(table):
    hostile = "\x1b[2J\x1b]0;title\x07"
    lines = table(a_score(f"s{hostile}1", flags=(f"renamed:{hostile}", "[/red]")), title=hostile)
    assert "\x1b" not in "".join(lines)
    assert any("[/red]" in line or "…" in line for line in lines)


@pytest.mark.parametrize("status", ["needs_review", "unreadable"])
def test_why_a_row_needs_a_person_is_said_below_and_steers_nothing(table, status):
    waiting = replace(a_score("s01", status=status), explanation="it starts with '\x1b[2J'")
    *_, last = table(waiting, replace(a_score("s02"), explanation="all right"))
    assert last == "  s01: it starts with '\N{REPLACEMENT CHARACTER}[2J'"


def test_of_many_that_need_a_person_ten_are_explained(table):
    many = [a_score(f"s{number:02}", status="unreadable") for number in range(12)]
    lines = table(*many)
    assert lines[-1] == "  and 2 more to look at: see the pages"
    assert lines[-2].startswith("  s09: ")


def test_other_alphabets_are_printable():
    assert printable("李 明\tZoë\n\x1b") == "李 明 Zoë \N{REPLACEMENT CHARACTER}"


def test_no_colour_in_a_file(table):
    assert "\x1b" not in "".join(table(a_score("s01", status="needs_review")))


def test_no_colour_if_none_is_wanted(table, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as if it were a terminal
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[35m" in "".join(table(a_score("s01", status="needs_review")))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[35m" not in "".join(table(a_score("s01", status="needs_review")))


def test_who_needs_a_person_is_explained_with_what_is_odd(capsys):
    scores = (
        replace(a_score("s01", status="needs_review"), explanation="no time is known"),
        replace(a_score("s02", status="unreadable"), explanation="can't be read: not JSON"),
        replace(a_score("S03", status="unknown_student"), explanation="8.50 of 10"),
        a_score("s04"),
    )
    problems = {"s01": "line 4: 'noon'", "s02": "not JSON", "S03": "is it s03?", "s04": "odd"}
    score_table(Graded("hw1", Path(), scores, problems))
    said = capsys.readouterr().out.splitlines()[-3:]
    assert said == [
        "  s01: no time is known (line 4: 'noon')",
        "  s02: can't be read: not JSON",
        "  S03: 8.50 of 10 (is it s03?)",
    ]


def test_who_handed_nothing_in_is_named_below_and_takes_no_row(table):
    absent = [a_score(f"a{n}", status="missing", points="0.00") for n in range(40)]
    excused = a_score("s02", status="excused")
    lines = table(a_score("s01"), *absent, excused)
    text = " ".join(" ".join(lines).split())
    assert "1 graded, 40 missing, 1 excused nothing handed in: a0, a1, " in text
    assert text.endswith("a29, ...")
    assert [line.split()[0] for line in lines if line.startswith("  ") is False and "s0" in line] == ["s01", "s02"]  # fmt: skip
