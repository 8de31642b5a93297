"""`grader late`: when, what it cost, what handing in again did, what another policy would do; and
nothing is changed by it."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.tiny import (
    DOUBLE,
    QUESTIONS,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    scores_csv,
    write_table,
)

Say = Callable[..., Any]

pytestmark = pytest.mark.slow

NINE, TEN, ONE = [DOUBLE], [DOUBLE, SQUARE], [SQUARE]
AGAIN_NINE = [DOUBLE, "print('another cell, so that nobody else has this run')"]
ON_TIME, DAY_1, DAY_2 = "2026-02-03T12:00", "2026-02-04T16:59", "2026-02-05T17:00:59"
LONG = "s14-" + "x" * 60

HAND_INS = [
    ("s01", "2026-02-01T09:00", TEN),
    ("s02", DAY_1, TEN),
    ("s03", ON_TIME, AGAIN_NINE),
    ("s03", DAY_1, TEN),
    ("s04", ON_TIME, ONE),
    ("s04", DAY_2, NINE),
    ("s05", DAY_2, TEN),  # by an extension of a day, one day late
    ("s06", DAY_2, TEN),  # is excused
    ("s07", "", TEN),  # nobody knows when
    ("s08", DAY_1, TEN),  # a person says 6
    ("s10", "2026-02-11T18:00", TEN),
    ("s11", ON_TIME, TEN),
    ("s11", "2026-02-03T16:30", ONE),  # this would have counted, not the ten before
    ("s11", DAY_1, NINE),
    ("s12", "2026-02-03T17:00:30", TEN),
    ("s13", DAY_1, ["x = 1"]),
    (LONG, DAY_1, TEN),
]
STUDENTS = [*(f"s{number:02}" for number in range(1, 14)), LONG]
DECISIONS = [
    ("s05", "", "extension", "+1d", "ill"),
    ("s06", "", "excuse", "", "service"),
    ("s08", "", "override", "6", "oral examination"),
]


def hand_ins() -> list[HandIn]:
    found: list[HandIn] = []
    for student, at, cells in HAND_INS:
        attempt = 1 + sum(each.student == student for each in found)
        found.append(HandIn(student, f"{at}+08:00" if at else "", cells, attempt))
    return found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Graded; `late` has looked at it once, so that nothing is to be executed any more."""
    root = a_course(tmp_path_factory.mktemp("late") / "course", students=STUDENTS)
    add_assignment(root, hand_ins=hand_ins(), decisions=DECISIONS)
    assert grader("grade", "hw", cwd=root).returncode == 0
    before = kept(root)
    first = grader("late", "hw", "--attempts", "best", cwd=root)
    assert first.returncode == 0, first.stderr
    # s03's first attempt, and one that s04 and s11 have in common: the best may be another
    assert "note: 2 notebooks had to be executed" in first.stderr
    assert kept(root) == before
    return root


def kept(root: Path) -> dict[str, str]:
    """What students and lecturers read, receipts, and the gradebook."""
    files = [
        *(root / "reports").rglob("*"),
        *(root / "evidence/hw/receipts").iterdir(),
        root / "evidence/hw/standings",
        root / "gradebook.db",
    ]
    return {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in files if f.is_file()}


@functools.cache
def late(root: Path, *options: str) -> str:
    """What it prints on the course that all of these tests share, which none of them changes."""
    done = grader("late", "hw", *options, cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def as_json(root: Path, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(late(root, "--json", *options))
    return found


def part(said: str, title: str) -> list[str]:
    """The lines below a title, up to the next blank one."""
    lines = said.splitlines()
    begin = next(place for place, line in enumerate(lines) if line.startswith(title)) + 1
    end = lines.index("", begin) if "" in lines[begin:] else len(lines)
    return [line.strip() for line in lines[begin:end]]


def test_hand_in_times_are_counted_around_each_students_own_deadline(root):
    said = late(root)
    bars = [re.fullmatch(r"(.+?) +(\d+)(  #+)?", line) for line in part(said, "Handed in, by")]
    assert {m[1]: int(m[2]) for m in bars if m} == {
        "more than a day before": 1,
        "6 to 24 hours before": 0,
        "1 to 6 hours before": 0,
        "in the last hour": 0,
        "within the grace": 1,
        "day 1": 7,  # with s05, who had a day more
        "day 2": 2,
        **{f"day {day}": 0 for day in range(3, 8)},
        "later": 1,
        "no time known": 1,
        "nothing handed in": 1,
    }


def test_counts_stand_below_one_another_beside_the_longest_words(tmp_path):
    root = a_course(tmp_path / "c", students=["s01", "s02"])
    decisions = [("s02", "", "excuse", "", "service")]
    add_assignment(root, hand_ins=[HandIn("s01", f"{ON_TIME}+08:00", TEN)], decisions=decisions)
    said = grader("late", "hw", cwd=root).stdout
    lines = said.split("own deadline\n")[1].split("\n\n")[0].splitlines()
    assert any("excused, nothing handed in" in line for line in lines)
    assert len({re.match(r"  .*? {2,}\d+(?!\S)", line).end() for line in lines}) == 1


def test_who_lost_something_is_listed_with_the_arithmetic(root):
    lines = part(late(root), "Lost to lateness")
    rows = {line.split()[0]: re.split(r"  +", line)[1:] for line in lines[:8]}
    assert rows["student"] == ["handed in", "days", "earned x factor = score", "lost"]
    assert rows["s02"] == ["Wed 4 Feb 16:59", "1", "10.00 x 0.85 = 8.50", "1.50"]
    assert rows["s05"] == ["Thu 5 Feb 17:00", "1", "10.00 x 0.85 = 8.50", "1.50"]
    assert rows["s10"] == ["Wed 11 Feb 18:00", "9", "10.00 x 0.00 = 0.00", "10.00"]
    assert lines[1].startswith("s10")  # who lost most comes first
    # 10 + 1.5 (s02, s03, s05, the long one) + 9 x 0.3 (s04) + 9 x 0.15 (s11)
    assert "7 of 13 lost something, 20.05 points together" in lines
    assert "late, and lost nothing (excused): s06" in lines
    assert "late, and lost nothing (score set by hand): s08" in lines
    assert "late, and lost nothing (nothing to lose): s13" in lines


def test_who_would_have_had_more_without_handing_in_again_is_told_to_the_digit(root):
    said = " ".join(late(root).split())
    assert (
        "Handing in again cost 1 student something s03: on time 9.00 (attempt 1), "
        "late 10.00 x 0.85 = 8.50 (attempt 2): handing in again cost 0.50" in said
    )
    assert (
        "Handing in again won 2 students something s11: on time 1.00 (attempt 2), "
        "late 9.00 x 0.85 = 7.65 (attempt 3): handing in again won 6.65 "
        "s04: on time 1.00 (attempt 1), late 9.00 x 0.70 = 6.30 (attempt 2): "
        "handing in again won 5.30" in said
    )


def test_where_the_best_counts_handing_in_again_only_wins(root, tmp_path):
    copy = shutil.copytree(root, tmp_path / "course")
    file = copy / "assignments/hw/assignment.toml"
    file.write_text(file.read_text().replace("[late]", '[late]\nattempts = "best"'))
    done = grader("late", "hw", "--json", cwd=copy)
    assert "2 of these scores are not as graded last" in done.stderr
    found = json.loads(done.stdout)
    assert [(each["student"], each["gain"]) for each in found["again"]] == [("s04", "5.30")]
    of = {each["student"]: each["score"] for each in found["students"]}
    assert [of[who] for who in ("s03", "s04", "s11")] == ["9.00", "6.30", "10.00"]


def test_another_policy_says_who_gains_and_keeps_those_apart_whom_none_moves(root):
    said = late(root, "--rate", "0.10", "--cutoff-days", "9")
    changed = part(said, "With other rules")
    assert changed == ["rate: 0.15 -> 0.10", "cutoff_days: 7 -> 9"]
    words = " ".join(said.split())
    assert "s02 8.50 9.00 +0.50 penalty 1.5 -> 1" in words
    assert "s10 0.00 1.00 +1.00 penalty 10 -> 9; zero_late -> late" in words
    assert "7 gain, 0 lose, 0 change otherwise" in words
    assert "not final yet: s07" in words
    assert "excused, without a score by any policy: s06" in words
    assert "set by hand, the same by any policy: s08" in words


def test_what_another_policy_would_do_is_what_it_does(root, tmp_path):
    options = {
        "rate": "0.2",
        "mode": "compounding",
        "base": "maximum",
        "attempts": "best",
        "grace_minutes": "30",
        "cutoff_days": "never",
        "slip_days": "1",
    }
    given = [part for key, text in options.items() for part in (f"--{key.replace('_', '-')}", text)]
    found = as_json(root, *given, "--due", "2026-02-03T16:00")
    assert found["again"] == as_json(root)["again"]  # that is by the rules of today
    would = found["what_if"]
    copy = shutil.copytree(root, tmp_path / "course")
    file = copy / "assignments/hw/assignment.toml"
    lines = [
        f'{key} = "{text}"' if text.isalpha() else f"{key} = {text}"
        for key, text in options.items()
    ]
    with (copy / "course.toml").open("a") as course:
        course.write("\n".join(["[late]", *lines]))
    file.write_text(file.read_text().replace("T17:00:00", "T16:00:00"))
    before = scores_csv(copy)
    assert grader("grade", "hw", cwd=copy).returncode == 0
    after = scores_csv(copy)
    differ = {
        who: (before[who]["score"], after[who]["score"])
        for who in before
        if before[who]["score"] != after[who]["score"]
    }
    assert differ
    (third,) = [each for each in would["changes"] if each["student"] == "s03"]
    assert third["why"][0] == "attempt 2 -> 1"
    assert differ == {
        each["student"]: (each["before"], each["after"])
        for each in would["changes"]
        if each["before"] != each["after"]  # of some only the lateness is another
    }


def test_a_change_of_a_cent_says_why_too(root):
    found = as_json(root, "--rate", "0.151")
    changes = {each["student"]: each for each in found["what_if"]["changes"]}
    assert changes["s02"]["change"] == "-0.01"
    assert changes["s02"]["why"] == ["penalty 1.5 -> 1.51"]


def test_a_later_deadline_makes_nobody_late_who_was_within_it(root):
    found = as_json(root, "--due", "2026-02-04T17:00:00")
    changes = {each["student"]: each for each in found["what_if"]["changes"]}
    assert changes["s02"]["after"] == "10.00"
    assert changes["s02"]["why"] == ["days late 1 -> 0", "late -> graded"]
    assert changes["s04"]["after"] == "7.65"
    assert changes["s05"]["after"] == "10.00"  # a day more than everybody, as before
    assert found["what_if"]["lose"] == 0


def test_all_of_it_is_in_the_json_with_decimals_as_texts(root):
    found = as_json(root)
    assert found["what_if"] is None
    assert found["policy"]["rate"] == "0.15"
    assert found["hand_in_times"]["day 1"] == 7
    of = {each["student"]: each for each in found["students"]}
    assert list(of) == STUDENTS
    assert of["s05"] == {
        "student": "s05",
        "attempt": 1,
        "submitted_at": "2026-02-05T17:00:59+08:00",
        "deadline": "2026-02-04T17:00:00+08:00",
        "handed_in": "day 1",
        "days_late": 1,
        "slip_days": 0,
        "earned": "10.00",
        "score": "8.50",
        "lost": "1.50",
        "reckoned": "10.00 x 0.85 = 8.50",
        "status": "late",
        "settled": None,
        "provisional": False,
        "explanation": of["s05"]["explanation"],
    }
    assert (of["s07"]["handed_in"], of["s07"]["score"], of["s07"]["provisional"]) == (
        *("no time known", None, True),
    )
    assert [of[who]["settled"] for who in ("s06", "s08")] == ["excused", "by hand"]
    assert found["again"][0] == {
        "student": "s03",
        "earlier": {"attempt": 1, "days_late": 0, "reckoned": "9.00", "score": "9.00"},
        "later": {"attempt": 2, "days_late": 1, "reckoned": "10.00 x 0.85 = 8.50", "score": "8.50"},
        "gain": "-0.50",
        "provisional": False,
    }


def test_nothing_is_wider_than_a_terminal(root):
    said = late(root, "--rate", "0.10", "--cutoff-days", "9")
    assert max(map(len, said.splitlines())) <= 80
    assert LONG[:24] in said


def test_what_is_not_marked_yet_is_not_final(tmp_path):
    written = QUESTIONS.replace("Question, Returns", "Question, Returns, Written").replace(
        "QUESTIONS = [", 'QUESTIONS = [\n    Question("Q3", "In words", checks=[Written()]),'
    )
    root = a_course(tmp_path / "c", students=["s01", "s02", "s03"])
    add_assignment(
        root, questions=written, points="Q3 = 1\nQ1 = 9\nQ2 = 1", late="slip_days = 1",
        hand_ins=[HandIn(who, f"{at}+08:00", TEN) for who, at in [("s01", DAY_2), ("s02", DAY_2), ("s03", DAY_1)]],
        decisions=[("s01", "Q3", "mark", "1", "")],
    )  # fmt: skip
    done = grader("late", "hw", "--slip-days", "0", cwd=root)
    lines = part(done.stdout, "Lost to lateness")
    rows = {line.split()[0]: re.split(r"  +", line)[1:] for line in lines[:3]}
    assert rows["s01"] == ["Thu 5 Feb 17:00", "2 (1 free)", "11.00 x 0.85 = 9.35", "1.65"]
    assert rows["s02"] == ["Thu 5 Feb 17:00", "2 (1 free)", "10.00 x 0.85 = 8.50", "1.50*"]
    assert "* not final yet: a person has to look" in lines
    assert "late, and lost nothing (slip days): s03" in lines
    assert "not final yet: s02, s03" in done.stdout  # s01 is


def handed_in_at(say: Say, root: Path, *times: str) -> dict[str, Any]:
    """Files that are no notebooks: what is asked is when they came."""
    a_course(root, students=[])
    files = [
        HandIn(f"s{number}", f"2026-02-03T{at}:00+08:00", content=b"no notebook")
        for number, at in enumerate(times)
    ]
    add_assignment(root, hand_ins=files)
    done = say("late", "hw", "--json", cwd=root)
    assert done.status == 0, done.err
    assert not (root / "reports").exists()
    assert "Nobody lost anything." in say("late", "hw", cwd=root).out
    found: dict[str, Any] = json.loads(done.out)
    assert found["notes"] == [
        "nobody was graded yet: these are the scores that `grader grade hw` would give"
    ]
    return found


def test_a_deadline_that_is_an_hour_off_gets_a_word(say, tmp_path):
    (hint,) = handed_in_at(say, tmp_path / "c", "17:15", "17:35", "17:58")["hints"]
    assert hint == (
        "3 handed in within the first hour of being late, 0 in the hour before: is an hour wrong, "
        "in `due` or in the times of the manifest? --due 2026-02-03T18:00:00 shows what that "
        "would change"
    )


def test_minutes_after_the_deadline_get_a_word(say, tmp_path):
    (hint,) = handed_in_at(say, tmp_path / "c", "16:10", "16:30", "17:02", "17:05", "17:10")[
        "hints"
    ]
    assert hint == (
        "3 handed in within the first ten minutes of being late: "
        "--grace-minutes 11 shows what they lose by it"
    )


def test_scores_that_are_not_those_of_the_last_grading_are_noted(root, tmp_path):
    copy = shutil.copytree(root, tmp_path / "course")
    header = ("student", "question", "kind", "value", "reason")
    more = [*DECISIONS, ("s02", "", "extension", "+1d", "ill")]
    write_table(copy / "submissions/hw/decisions.csv", [header, *more])
    before = kept(copy)
    done = grader("late", "hw", cwd=copy)
    assert "note: 1 of these scores is not as graded last" in done.stderr
    assert "grader rejudge hw --dry-run" in done.stderr
    assert kept(copy) == before


@pytest.mark.parametrize(
    ("options", "said", "allowed"),
    [
        (["--rate", "1.5"], "the rate is 1.5\n  at:  --rate\n", "a number from 0 to 1"),
        (["--rate", "much"], "at:  --rate\n", "a number from 0 to 1, such as 0.15"),
        (["--mode", "cubic"], "'cubic'\n  at:  --mode\n", '"linear" or "compounding"'),
        (["--grace-minutes", "-1"], "at:  --grace-minutes\n", "a number of minutes, 0 or more"),
        (["--cutoff-days", "soon"], "at:  --cutoff-days\n", '0 or more, or "never"'),
        (["--cutoff-days", "-1"], "the cut-off is -1\n  at:  --cutoff-days\n", '"never"'),
        (["--base", "wish"], "at:  --base\n", '"earned" or "maximum"'),
        (["--slip-days", "1.5"], "at:  --slip-days\n", "a whole number of days, 0 or more"),
        (["--attempts", "first"], "at:  --attempts\n", '"latest" or "best"'),
        (["--due", "tomorrow"], "at:  --due\n", "without an offset or quotes"),
        (["--due", "2026-02-03"], "at:  --due\n", "such as 2026-02-03T17:00:00"),
        (["--due", "2026-02-03T17:00:00+08:00"], "has an offset\n  at:  --due\n", "without an offset"),
    ],
)  # fmt: skip
def test_a_policy_that_course_toml_would_refuse_is_refused(root, say, options, said, allowed):
    done = say("late", "hw", *options, cwd=root)
    assert (done.status, done.out) == (1, "")
    assert said in done.err
    assert allowed in done.err


def test_what_the_page_shows_is_what_comes_out(root):
    """Each line of the example on docs/late.md."""
    page = (Path(__file__).parents[2] / "docs/late.md").read_text("utf-8")
    (example,) = re.findall(r"```shown\n(.*?)```", page, re.DOTALL)
    said = late(root, "--rate", "0.10", "--cutoff-days", "9").splitlines()
    wanted = [line.rstrip() for line in example.splitlines() if line.strip()]
    assert len(wanted) > 20
    assert [line for line in wanted if line not in map(str.rstrip, said)] == []
