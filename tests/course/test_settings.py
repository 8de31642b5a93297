"""course.toml and assignment.toml: what they give, and what they are refused for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.course import CanvasCourse, find_course, load_assignment, load_course
from grader.errors import GraderError
from grader.records.limits import Limits
from grader.score import LatePolicy

CANVAS = "[canvas]\ncourse = 1234\n"


def test_the_default_course_has_three_assignments_of_ten_points(root: Path):
    course = load_course(root)
    assignments = [load_assignment(course, name) for name in course.assignments]
    assert course.late == LatePolicy()
    assert [each.maximum for each in assignments] == [10, 10, 10]
    assert assignments[0].due == datetime(2022, 8, 30, 17, tzinfo=ZoneInfo("Asia/Singapore"))
    assert [file.name for file in assignments[0].data] == ["weight-height.csv"]


def test_what_is_not_said_has_its_default(a_course: Callable[..., Path]):
    course = load_course(a_course())
    assignment = load_assignment(course, "hw1")
    assert (course.title, course.late, course.limits) == ("Small", LatePolicy(), Limits())
    assert assignment.questions_file == assignment.folder / "questions.py"
    assert [file.name for file in assignment.data] == ["table.csv"]
    assert assignment.points == {"Q1": Decimal(1), "Q9": Decimal("0.5")}
    assert (assignment.prelude, assignment.helpers, assignment.canvas) == ("", (), "")


def test_an_assignment_changes_single_keys_of_the_courses_rules(a_course: Callable[..., Path]):
    root = a_course(
        course='[late]\nrate = 0.1\ngrace_minutes = 5\ncutoff_days = "never"\n'
        "[limits]\ncell_seconds = 2\nmemory_megabytes = 100\n",
        points="[points]\nQ1 = 1\n[late]\nrate = 0.2\n[limits]\ncell_seconds = 7.5\n",
    )
    course = load_course(root)
    assignment = load_assignment(course, "hw1")
    assert course.late == LatePolicy(
        rate=Decimal("0.1"), grace=timedelta(minutes=5), cutoff_days=None
    )
    assert (assignment.late.rate, assignment.late.cutoff_days) == (Decimal("0.2"), None)
    assert assignment.limits == Limits(cell_seconds=7.5, memory_bytes=100 * 1024**2)


@pytest.mark.parametrize(
    "url", ["https://canvas.x.edu/", "http://127.0.0.1:8080", "http://[::1]:1"]
)
def test_canvas_is_a_host_and_a_course_there(a_course: Callable[..., Path], url: str):
    canvas = load_course(a_course(course=f'[canvas]\nurl = "{url}"\ncourse = 1234')).canvas
    assert canvas == CanvasCourse(url.rstrip("/"), 1234)
    assert load_course(a_course()).canvas is None


@pytest.mark.parametrize(("key", "line"), [("url", "course = 1"), ("course", 'url = "https://x"')])
def test_of_canvas_both_keys_have_to_be_there(a_course: Callable[..., Path], key: str, line: str):
    with pytest.raises(GraderError, match=f"there is no key '{key}'") as refused:
        load_course(a_course(course=f"[canvas]\n{line}"))
    assert refused.value.at.endswith("course.toml, table [canvas]")
    assert f"add {key} = " in refused.value.fix


@pytest.mark.parametrize(
    ("header", "number"),
    [("HW 1 (501)", "501"), ("HW (2) (501) ", "501"), ("501", "501"), ("HW 1", ""), ("", "")],
)
def test_canvas_knows_an_assignment_by_the_number_in_its_header(
    a_course: Callable[..., Path], header: str, number: str
):
    course = load_course(a_course(assignment=f'canvas = "{header}"\n'))
    assert load_assignment(course, "hw1").canvas_number == number


def test_a_rate_is_exactly_what_is_written(a_course: Callable[..., Path]):
    assert load_course(a_course(course="[late]\nrate = 0.15")).late.rate == Decimal("0.15")


def test_files_are_found_by_pattern_and_hidden_ones_are_not(a_course: Callable[..., Path]):
    root = a_course(assignment='data = ["data/*"]\nhelpers = ["lab_utils.py"]\n')
    folder = root / "assignments" / "hw1"
    (folder / "lab_utils.py").touch()
    (folder / "data" / ".DS_Store").touch()
    assignment = load_assignment(load_course(root), "hw1")
    assert [file.name for file in assignment.data] == ["table.csv"]
    assert [file.name for file in assignment.helpers] == ["lab_utils.py"]


@pytest.mark.parametrize(
    ("line", "key", "fix"),
    [
        ("[late]\nrate = 1.5", "late.rate", "a number from 0 to 1, such as 0.15"),
        ("[late]\nrate = nan", "late.rate", "a number from 0 to 1, such as 0.15"),
        ('[late]\nrate = "much"', "late.rate", "a number from 0 to 1, such as 0.15"),
        ('[late]\nmode = "cubic"', "late.mode", '"linear" or "compounding"'),
        ("[late]\ngrace_minutes = inf", "late.grace_minutes", "a number of minutes, 0 or more"),
        ("[late]\ncutoff_days = -1", "late.cutoff_days", 'whole number of days, 0 or more, or "n'),
        ('[late]\ncutoff_days = "no"', "late.cutoff_days", "whole number of days, 0 or more, or "),
        ('[late]\nbase = "wish"', "late.base", '"earned" or "maximum"'),
        ("[late]\nplaces = 9", "late.places", "a whole number from 0 to 6"),
        ('[late]\nattempts = "first"', "late.attempts", '"latest" or "best"'),
        ("[limits]\ncell_seconds = 0", "limits.cell_seconds", "a number greater than 0"),
        (f'{CANVAS}url = "http://canvas.x.edu"', "canvas.url", "https://canvas.example.edu"),
        (f'{CANVAS}url = "canvas.x.edu"', "canvas.url", "https://canvas.example.edu"),
        (f'{CANVAS}url = "https://7~s3cret@x.edu"', "canvas.url", "and nothing after that"),
        (f'{CANVAS}url = "https://x.edu/courses/12"', "canvas.url", "and nothing after that"),
        (f'{CANVAS}url = "https://x.edu/?access_token=7~s3cret"', "canvas.url", "nothing after"),
        (f'{CANVAS}url = "https://[x"', "canvas.url", "https://canvas.example.edu"),
        ('[canvas]\nurl = "https://x.edu"\ncourse = "CS1"', "canvas.course", ".../courses/1234"),
        ('[canvas]\nurl = "https://x.edu"\ncourse = 0', "canvas.course", ".../courses/1234"),
        ('canvas = "HW 1 (501)"', "canvas", "a table [canvas] with url and course"),
        ("[limits]\nmemory_megabytes = inf", "limits.memory_megabytes", "a number greater than"),
    ],
)
def test_a_wrong_value_is_refused_with_its_key_and_what_may_stand_there(
    a_course: Callable[..., Path], line: str, key: str, fix: str
):
    with pytest.raises(GraderError) as refused:
        load_course(a_course(course=line))
    assert refused.value.at.endswith(f"course.toml, key {key}")
    assert fix in refused.value.fix
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "key", "nearest"),
    [
        ('tittle = "x"', "tittle", "title"),
        ("[late]\ncuttof_days = 3", "late.cuttof_days", "cutoff_days"),
        ("[limits]\ncell_second = 3", "limits.cell_second", "cell_seconds"),
        ('[canvas]\nurl = "https://x.edu"\ncourses = 3', "canvas.courses", "course"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(
    a_course: Callable[..., Path], line: str, key: str, nearest: str
):
    with pytest.raises(GraderError, match=f"did you mean '{nearest}'") as refused:
        load_course(a_course(course=line))
    assert refused.value.at.endswith(f"course.toml, key {key}")


@pytest.mark.parametrize("key", ["title", "due", "notebook", "points"])
def test_what_has_to_be_there_is_asked_for_with_an_example(a_course: Callable[..., Path], key: str):
    lines = ('title = "First"', "due = 2026-02-03T17:00:00", 'notebook = "hw1.ipynb"')
    whole = "".join(f"{line}\n" for line in lines if not line.startswith(key))
    points = "" if key == "points" else "[points]\nQ1 = 1\n"
    course = load_course(a_course(whole_assignment=whole, points=points))
    with pytest.raises(GraderError, match=f"there is no key '{key}'") as refused:
        load_assignment(course, "hw1")
    assert f"add {key} = " in refused.value.fix or "a table [points]" in refused.value.fix


@pytest.mark.parametrize(
    ("due", "problem"),
    [
        ("2026-02-03T17:00:00+08:00", "no timezone component"),
        ("2026-02-03", "got `date`"),
        ("2026-03-29T02:30:00", "does not exist in Europe/Berlin"),
        ("2026-10-25T02:30:00", "comes twice in Europe/Berlin"),
    ],
)
def test_a_deadline_is_a_time_that_the_courses_clocks_show_once(
    a_course: Callable[..., Path], due: str, problem: str
):
    whole = f'title = "First"\ndue = {due}\nnotebook = "hw1.ipynb"\n'
    course = load_course(a_course(whole_assignment=whole))
    with pytest.raises(GraderError, match=problem) as refused:
        load_assignment(course, "hw1")
    assert refused.value.at.endswith("assignment.toml, key due")


@pytest.mark.parametrize(
    ("points", "problem"),
    [
        ("Q1 = 0", "Q1 is worth 0"),
        ("Q1 = -1", "Q1 is worth -1"),
        ("Q1 = inf", "Q1 is worth Infinity"),
        ("", "no question has points"),
        ("score = 1", "'score' can't be a question's id"),
        ('"=Q1" = 1', "'=Q1' can't be a question's id"),
    ],
)
def test_points_are_positive_and_their_ids_are_columns_of_their_own(
    a_course: Callable[..., Path], points: str, problem: str
):
    course = load_course(a_course(points=f"[points]\n{points}\n"))
    with pytest.raises(GraderError, match=problem):
        load_assignment(course, "hw1")


@pytest.mark.parametrize("pattern", ["nothing.csv", "/etc/*", "", "***"])
def test_a_pattern_without_a_file_is_refused(a_course: Callable[..., Path], pattern: str):
    course = load_course(a_course(assignment=f'data = ["{pattern}"]\n'))
    with pytest.raises(GraderError) as refused:
        load_assignment(course, "hw1")
    assert refused.value.at.endswith("assignment.toml, key data")


def test_an_unknown_time_zone_is_refused_with_the_nearest(a_course: Callable[..., Path]):
    whole = 'name = "x"\ntimezone = "Asia/Singapur"\nassignments = []\n'
    with pytest.raises(GraderError, match="did you mean Asia/Singapore"):
        load_course(a_course(whole_course=whole))


def test_an_unknown_assignment_is_refused_with_those_there_are(a_course: Callable[..., Path]):
    with pytest.raises(GraderError, match="did you mean hw1") as refused:
        load_assignment(load_course(a_course()), "hw11")
    assert refused.value.fix == "one of hw1"


def test_a_slip_in_the_toml_names_its_line(a_course: Callable[..., Path]):
    with pytest.raises(GraderError, match="line 5"):
        load_course(a_course(course="late = \n"))


def test_a_missing_key_is_named(a_course: Callable[..., Path]):
    with pytest.raises(GraderError, match="timezone"):
        load_course(a_course(whole_course='name = "x"\nassignments = []\n'))


def test_the_course_is_found_from_a_folder_inside(a_course: Callable[..., Path]):
    root = a_course()
    assert find_course(root / "assignments" / "hw1") == root


def test_no_course_anywhere_says_what_to_do(tmp_path: Path):
    with pytest.raises(GraderError, match="--course DIR"):
        find_course(tmp_path)


def test_points_that_no_score_can_show_are_refused(a_course: Callable[..., Path]):
    points = "\n[points]\nQ1 = 0.333\nQ2 = 0.333\n"
    with pytest.raises(GraderError, match=r"add up to 0\.666, and scores have 2") as refused:
        load_assignment(load_course(a_course(points=points)), "hw1")
    assert refused.value.at.endswith("assignment.toml, table [points]")
    three = f"{points}[late]\nplaces = 3\n"
    assert load_assignment(load_course(a_course(points=three)), "hw1").maximum == Decimal("0.666")
