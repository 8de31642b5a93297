from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from grader.records.scores import QuestionStanding, Standing
from grader.store.standings import read_standings, write_standings

ALL = [
    Standing("s01", "late", 2, Decimal("9.00"), Decimal("2.70"), Decimal("6.30"),
             (QuestionStanding("Q1", Decimal(1) / 3, ("factor-2",)),)),
    Standing("s02", "excused", None, Decimal(0), Decimal(0), None),
]  # fmt: skip


def test_they_come_back_to_the_last_digit(tmp_path: Path):
    write_standings(tmp_path / "now", ALL)
    found = read_standings(tmp_path / "now")
    assert found is not None
    assert list(found) == ALL


def test_what_is_damaged_or_not_there_is_nothing_to_compare_with(tmp_path: Path):
    assert read_standings(tmp_path / "now") is None
    (tmp_path / "now").write_bytes(b"?")
    assert read_standings(tmp_path / "now") is None


def test_a_class_of_thousands_comes_back_in_its_order(tmp_path: Path):
    many = [replace(ALL[n % 2], student=f"s{n:04}") for n in range(5000)]
    write_standings(tmp_path / "now", many)
    assert list(read_standings(tmp_path / "now") or ()) == many
    body = (tmp_path / "now").read_bytes()
    (tmp_path / "now").write_bytes(body[:-1])
    assert read_standings(tmp_path / "now") is None
