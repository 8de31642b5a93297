"""Which decisions count: the gradebook and decisions.csv as one list, whatever was done to the file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.course import DecisionLine
from grader.gradebook import Kept, difference, in_force, thing_of
from grader.gradebook.lines import NEVER_LOWER, fallen

SOURCE = "decisions.csv"
LINES = st.builds(
    DecisionLine,
    student=st.sampled_from(["s01", "s02"]),
    question=st.sampled_from(["", "Q1"]),
    kind=st.sampled_from(["mark", "override", "extension", "comment"]),
    value=st.sampled_from(["1", "2"]),
    reason=st.sampled_from(["a", "b"]),
)
FILES = st.lists(st.lists(LINES, max_size=6), min_size=1, max_size=5)


def imported(kept: list[Kept], lines: list[DecisionLine]) -> list[Kept]:
    gone, new = difference(kept, lines, SOURCE)
    left = [each for each in kept if each not in gone]
    first = max((each.id for each in kept), default=0) + 1
    return left + [Kept(first + n, line, SOURCE) for n, line in enumerate(new)]


def last(lines: list[DecisionLine]) -> dict:
    return {thing_of(line): line for line in lines}


@given(FILES)
def test_after_each_import_the_file_counts_as_it_is(versions):
    kept: list[Kept] = []
    for lines in versions:
        kept = imported(kept, lines)
        assert last([each.line for each in kept]) == last(lines)
        assert difference(kept, lines, SOURCE) == ([], [])  # importing twice changes nothing


@given(FILES, LINES)
def test_whether_it_is_imported_yet_makes_no_difference(versions, decided):
    kept: list[Kept] = []
    for lines in versions[:-1]:
        kept = imported(kept, lines)
    kept.append(Kept(len(kept) + 100, decided))
    counting = in_force(kept, versions[-1], SOURCE)
    after = in_force(imported(kept, versions[-1]), versions[-1], SOURCE)
    assert last(counting) == last(after)


@given(st.lists(LINES, max_size=6), LINES)
def test_what_a_command_decides_counts_until_the_file_changes(lines, decided):
    kept = [*imported([], lines), Kept(1000, decided)]
    assert last(in_force(kept, lines, SOURCE))[thing_of(decided)] == decided


def a_line(kind: str, value: str = "", question: str = "", reason: str = "r") -> DecisionLine:
    return DecisionLine("s01", question, kind, value, reason)


EXTENDED = Kept(1, a_line("extension", "+2d"), SOURCE)
KEPT_UP = Kept(2, a_line("at-least", "9@1"), NEVER_LOWER)


def test_a_score_that_was_kept_falls_with_a_decision_before_it():
    assert fallen([EXTENDED, KEPT_UP], [EXTENDED]) == [KEPT_UP]
    assert difference([EXTENDED, KEPT_UP], [], SOURCE) == ([EXTENDED, KEPT_UP], [])
    assert in_force([EXTENDED, KEPT_UP], [], SOURCE) == []
    shorter = a_line("extension", "+1d")
    assert in_force([EXTENDED, KEPT_UP], [shorter], SOURCE) == [shorter]


def test_a_score_that_was_kept_stays_where_no_points_are_decided_otherwise():
    others = Kept(1, DecisionLine("s02", "", "extension", "+2d"))
    words = Kept(1, a_line("comment", reason="See lecture 2."))
    later = Kept(3, a_line("extension", "+2d"))
    shadowed, last = Kept(0, a_line("extension", "+5d")), Kept(1, a_line("extension", "+2d"))
    for gone in (others, words, later):
        assert fallen([KEPT_UP], [gone]) == []
    assert fallen([shadowed, last, KEPT_UP], [shadowed]) == []
    in_other_words = a_line("extension", "+2d", reason="certificate seen")
    assert in_force([EXTENDED, KEPT_UP], [in_other_words], SOURCE) == [KEPT_UP.line, in_other_words]
