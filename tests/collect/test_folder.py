"""A folder of hand-ins: both layouts, both manifests, and what people do to them."""

from __future__ import annotations

import hashlib
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from grader.collect import collect_folder
from grader.errors import GraderError
from grader.records.submissions import Submission

TIME = "2026-02-03T16:40:00+08:00"
SINGAPORE = timezone(timedelta(hours=8))
LONG = "student,attempt,file,submitted_at,sha256,source"
SHORT = "student,file,submitted_at"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "submissions" / "hw1"
    path.mkdir(parents=True)
    return path


def put(folder: Path, *names: str) -> None:
    """Files, each with its own name as its text."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def manifest(folder: Path, *lines: str) -> None:
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n")


def collect(folder: Path) -> list[Submission]:
    return collect_folder(folder, "hw1.ipynb")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# the layouts


def test_the_long_manifest_has_files_in_their_attempts_folder(folder: Path):
    put(folder, "A1/1/hw1.ipynb", "A1/2/hw1.ipynb")
    right = digest("A1/1/hw1.ipynb")
    manifest(
        folder,
        LONG,
        f"A1,2,hw1.ipynb,2026-02-03T09:00:00Z,{'0' * 64},canvas",
        f"A1,1,hw1.ipynb,{TIME},{right.upper()},canvas",
    )
    first, second = collect(folder)
    assert first == Submission(
        "A1",
        1,
        str(folder / "A1/1/hw1.ipynb"),
        datetime(2026, 2, 3, 16, 40, tzinfo=SINGAPORE),
        sha256=right,
        source="canvas",
    )
    assert (second.attempt, second.flags) == (2, ("sha256-differs",))


def test_the_long_manifest_may_name_files_from_the_folder(folder: Path):
    put(folder, "A1/1/hw1.ipynb")
    manifest(folder, LONG, f"A1,1,A1/1/hw1.ipynb,{TIME},,")
    (only,) = collect(folder)
    assert (only.file, only.problem) == (folder / "A1/1/hw1.ipynb", "")


def test_the_short_manifest_numbers_attempts_by_time_the_undated_last(folder: Path):
    put(folder, "A1/a.ipynb", "A1/b.ipynb", "A1/c.ipynb")
    manifest(
        folder,
        SHORT,
        "A1,A1/c.ipynb,",
        "A1,A1/b.ipynb,2026-02-03T12:00:00+08:00",
        "A1,A1/a.ipynb,2026-02-03T03:00:00Z",  # an hour before noon in Singapore
    )
    names = [(each.attempt, each.file and each.file.name) for each in collect(folder)]
    assert names == [(1, "a.ipynb"), (2, "b.ipynb"), (3, "c.ipynb")]


def test_without_a_manifest_no_time_is_known(folder: Path):
    put(folder, "B2/hw1.ipynb", "A1/1/hw1.ipynb", "A1/2/hw1.ipynb")
    found = collect(folder)
    assert [(each.student, each.attempt) for each in found] == [("A1", 1), ("A1", 2), ("B2", 1)]
    assert all(each.submitted_at is None and each.problem for each in found)


def test_what_the_manifest_does_not_list_is_not_lost(folder: Path):
    put(folder, "A1/1/hw1.ipynb", "A1/2/hw1.ipynb", "B2/hw1.ipynb")
    manifest(folder, LONG, f"A1,1,hw1.ipynb,{TIME},,")
    dated = [
        (each.student, each.attempt, each.submitted_at is not None) for each in collect(folder)
    ]
    assert dated == [("A1", 1, True), ("A1", 2, False), ("B2", 1, False)]


@pytest.mark.parametrize("place", ["A1/1/work/hw1.ipynb", "A1/download/hw1/hw1.ipynb"])
def test_a_notebook_deep_in_a_students_folder_is_not_lost(folder: Path, place: str):
    put(folder, place, "A1/download/.ipynb_checkpoints/old.ipynb", "A1/download/__MACOSX/x.ipynb")
    (only,) = collect(folder)
    assert (only.student, only.file) == ("A1", folder / place)
    assert only.problem == "manifest.csv has no row for it"


def test_what_lies_deep_beside_a_hand_in_is_its_own_affair(folder: Path):
    put(folder, "A1/hw1.ipynb", "A1/1/hw1.ipynb", "A1/1/old/drafts/hw1.ipynb")
    assert [each.file for each in collect(folder)] == [
        folder / "A1/1/hw1.ipynb",
        folder / "A1/hw1.ipynb",
    ]


def test_a_zip_is_no_hand_in_beside_the_notebook_that_was_in_it(folder: Path):
    put(folder, "A1/1/all.zip", "A1/1/all/work/hw1.ipynb")
    manifest(folder, LONG, f"A1,1,all/work/hw1.ipynb,{TIME},,canvas")
    (only,) = collect(folder)
    assert (only.attempt, only.file) == (1, folder / "A1/1/all/work/hw1.ipynb")
    put(folder, "A1/2/hw1.ipynb")  # and what is one, is one
    assert [each.attempt for each in collect(folder)] == [1, 2]


def test_a_deep_folder_without_a_notebook_is_a_hand_in_that_says_what_it_has(folder: Path):
    put(folder, "A1/download/hw1/hw1.zip")
    (only,) = collect(folder)
    assert only.problem.startswith("handed in as hw1.zip: a notebook (.ipynb) is asked for")


def test_a_notebook_in_nobodys_folder_is_a_row_with_a_problem(folder: Path):
    put(folder, "A1 final.ipynb", "listed.ipynb", "notes.txt")
    manifest(folder, SHORT, f"A2,listed.ipynb,{TIME}")
    listed, nobodys = collect(folder)
    assert (listed.student, listed.problem) == ("A2", "")
    assert (nobodys.student, nobodys.file) == ("invalid-file-1", None)
    assert nobodys.problem == "the notebook 'A1 final.ipynb' lies in no student's folder"


def test_an_undated_attempt_comes_after_a_row_without_a_number(folder: Path):
    """It may well be the latest: somebody put it there and forgot its row."""
    put(folder, "A1/hw1.ipynb", "A1/2/hw1.ipynb", "A1/10/hw1.ipynb")
    manifest(folder, SHORT, f"A1,A1/hw1.ipynb,{TIME}")
    assert [(each.attempt, each.file) for each in collect(folder)] == [
        (1, folder / "A1/hw1.ipynb"),
        (2, folder / "A1/2/hw1.ipynb"),
        (3, folder / "A1/10/hw1.ipynb"),
    ]


def test_rows_without_a_number_are_not_mixed_up(folder: Path):
    put(folder, "A1/a.ipynb", "A1/b.ipynb")
    manifest(folder, LONG, f"A1,,A1/b.ipynb,{TIME},,", "A1,,A1/a.ipynb,2026-02-01T12:00:00+08:00,,")
    assert [each.file and each.file.name for each in collect(folder)] == ["a.ipynb", "b.ipynb"]


def test_an_attempt_that_is_no_number_comes_last_and_says_so(folder: Path):
    put(folder, "A1/1/hw1.ipynb", "A1/final/hw1.ipynb")
    manifest(folder, LONG, f"A1,final,hw1.ipynb,{TIME},,", f"A1,1,hw1.ipynb,{TIME},,")
    _, last = collect(folder)
    assert last.attempt == 2
    assert "'final' is no attempt's number" in last.problem
    assert last.submitted_at is not None


def test_what_is_no_hand_in_is_left_out(folder: Path):
    put(
        folder,
        "A1/hw1.ipynb",
        "A1/.ipynb_checkpoints/hw1-checkpoint.ipynb",
        "A1/.DS_Store",
        "_unmatched/hw1.ipynb",
        "__MACOSX/hw1.ipynb",
        "decisions.csv",
        "roster.csv",
    )
    (folder / "empty").mkdir()
    assert [each.student for each in collect(folder)] == ["A1"]


def test_no_folder_says_what_to_do(tmp_path: Path):
    with pytest.raises(GraderError, match="there are no hand-ins for hw1"):
        collect(tmp_path / "hw1")


# which file


def test_another_name_is_accepted_and_flagged(folder: Path):
    put(folder, "A1/my home;work.ipynb")
    assert collect(folder)[0].flags == ("renamed:my home,work.ipynb",)


def test_of_several_notebooks_the_expected_one_is_taken(folder: Path):
    put(folder, "A1/a.ipynb", "A1/hw1.ipynb", "B2/b.ipynb", "B2/a.ipynb")
    expected, first = collect(folder)
    assert (expected.file, expected.flags) == (folder / "A1/hw1.ipynb", ("several-notebooks",))
    assert (first.file, first.flags) == (
        folder / "B2/a.ipynb",
        ("renamed:a.ipynb", "several-notebooks"),
    )


def test_a_notebook_beside_the_one_that_is_listed_is_mentioned(folder: Path):
    put(folder, "A1/hw1.ipynb", "A1/hw1-final.ipynb", "B2/a.ipynb", "B2/b.ipynb", "B2/data.csv")
    early = "2026-02-01T12:00:00+08:00"
    manifest(folder, SHORT, f"A1,A1/hw1.ipynb,{TIME}", f"B2,B2/a.ipynb,{early}", f"B2,B2/b.ipynb,{TIME}")  # fmt: skip
    flagged, *two_attempts = collect(folder)
    assert (flagged.file, flagged.flags) == (folder / "A1/hw1.ipynb", ("several-notebooks",))
    assert [each.flags for each in two_attempts] == [("renamed:a.ipynb",), ("renamed:b.ipynb",)]


@pytest.mark.parametrize(
    ("where", "listed"),
    [
        ("A1/hw1.ipynb", "hw1.ipynb"),
        ("A1/hw1.ipynb", "A1\\hw1.ipynb"),
        ("A1/hw1.ipynb", "A1/HW1.ipynb"),
        ("A1/HW1.ipynb", "A1\\hw1.IPYNB"),
        ("A1/1/hw1.ipynb", "A1\\1\\hw1.ipynb"),
        ("A1/1/hw1.ipynb", "hw1.ipynb"),
    ],
)
def test_a_path_as_people_write_it_is_the_one_hand_in(folder: Path, where: str, listed: str):
    put(folder, where)
    manifest(folder, SHORT, f"A1,{listed},{TIME}")
    (only,) = collect(folder)
    assert (only.file, only.problem, only.submitted_at is None) == (folder / where, "", False)


def test_which_of_two_attempts_a_bare_name_means_is_not_guessed(folder: Path):
    put(folder, "A1/1/hw1.ipynb", "A1/2/hw1.ipynb")
    manifest(folder, SHORT, f"A1,hw1.ipynb,{TIME}")
    assert [each.submitted_at is not None for each in collect(folder)] == [False, False, True]


def test_a_class_of_twice_the_size_is_twice_the_work(tmp_path: Path):
    """Where the manifest names files as `hw1.ipynb`, in the folders of attempts."""

    def calls(students: int) -> int:
        folder = tmp_path / str(students)
        names = [f"s{number:03}" for number in range(students)]
        put(folder, *[f"{name}/1/hw1.ipynb" for name in names])
        manifest(folder, LONG, *[f"{name},1,hw1.ipynb,{TIME},," for name in names])
        made = 0

        def count(frame: object, event: str, arg: object) -> None:
            nonlocal made
            made += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            found = collect(folder)
        finally:
            sys.setprofile(before)
        assert len(found) == students
        return made

    assert calls(100) < 2.2 * calls(50)


def test_no_problem_tells_a_student_where_the_grader_lies(folder: Path, tmp_path: Path):
    put(tmp_path, "outside.ipynb")
    put(folder, "D4/hw1.ipynb")
    manifest(
        folder, SHORT, f"A1,A1/hw1.ipynb,{TIME}", f"B2,{tmp_path / 'outside.ipynb'},{TIME}",
        f"C3,{'x' * 300}.ipynb,{TIME}", f"..,x,{TIME}", "D4,D4/hw1.ipynb,noon",
    )  # fmt: skip
    found = collect(folder)
    assert len(found) == 5
    assert all(each.problem and str(tmp_path) not in each.problem for each in found)


def test_the_files_of_one_attempt_are_one_hand_in_at_the_notebooks_time(folder: Path):
    put(folder, "A1/1/data.csv", "A1/1/hw1.ipynb")
    manifest(folder, LONG, "A1,1,data.csv,2026-02-01T12:00:00+08:00,,", f"A1,1,hw1.ipynb,{TIME},,")
    (only,) = collect(folder)
    assert only.file == folder / "A1/1/hw1.ipynb"
    assert only.submitted_at == datetime(2026, 2, 3, 16, 40, tzinfo=SINGAPORE)


@pytest.mark.parametrize("name", ["analysis.py", "hw1.html", "hw1.pdf", "hw1.zip"])
def test_what_is_no_notebook_is_a_problem(folder: Path, name: str):
    put(folder, f"A1/{name}")
    manifest(folder, SHORT, f"A1,A1/{name},{TIME}")
    (only,) = collect(folder)
    assert only.file is None
    assert only.problem == f"handed in as {name}: a notebook (.ipynb) is asked for"


def test_a_file_that_is_not_there_is_a_problem_that_says_what_is(folder: Path):
    put(folder, "A1/1/HW-1.ipynb")
    manifest(folder, LONG, f"A1,1,hw1.ipynb,{TIME},,", f"B2,1,hw1.ipynb,{TIME},,")
    misnamed, absent = collect(folder)
    assert misnamed.file is absent.file is None
    assert misnamed.problem.endswith("is not there; its folder has HW-1.ipynb")
    assert absent.problem.endswith("is not there")


@pytest.mark.parametrize("name", ["../../outside.ipynb", "A1/../../../outside.ipynb", "ABSOLUTE"])
def test_a_file_outside_of_the_folder_is_never_read(folder: Path, tmp_path: Path, name: str):
    put(tmp_path, "outside.ipynb")
    manifest(
        folder, SHORT, f"A1,{name.replace('ABSOLUTE', str(tmp_path / 'outside.ipynb'))},{TIME}"
    )
    (only,) = collect(folder)
    assert (only.file, only.sha256) == (None, "")
    assert "is outside of" in only.problem


def test_a_link_to_the_outside_is_never_followed(folder: Path, tmp_path: Path):
    put(tmp_path, "outside.ipynb", "elsewhere/hw1.ipynb")
    (folder / "A1").mkdir()
    (folder / "A1" / "hw1.ipynb").symlink_to(tmp_path / "outside.ipynb")
    (folder / "B2").symlink_to(tmp_path / "elsewhere")
    (folder / "C3").mkdir()
    (folder / "C3" / "hw1.ipynb").symlink_to("hw1.ipynb")
    assert [each.file for each in collect(folder)] == [None, None, None]


def test_a_name_that_no_file_can_have_is_a_problem(folder: Path):
    manifest(folder, SHORT, f"A1,a\0b.ipynb,{TIME}", f"B2,{'x' * 300}.ipynb,{TIME}", f"C3,,{TIME}")
    assert [each.file for each in collect(folder)] == [None, None, None]


# who and when


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-02-03T16:40:00", "2026-02-03", "0001-01-01T00:00:00+14:00"],
)
def test_a_time_that_can_not_be_read_is_no_time(folder: Path, text: str):
    put(folder, "A1/hw1.ipynb")
    manifest(folder, SHORT, f"A1,A1/hw1.ipynb,{text}")
    (only,) = collect(folder)
    assert only.file is not None
    assert only.submitted_at is None
    assert f"manifest.csv, line 2, column submitted_at: {text!r}; a time with" in only.problem


@pytest.mark.parametrize("student", ["../x", "a/b", "", "..", ".x"])
def test_an_unsafe_id_is_a_row_with_a_problem(folder: Path, student: str):
    put(folder, "A1/hw1.ipynb")
    manifest(folder, SHORT, f"{student},A1/hw1.ipynb,{TIME}")
    refused = collect(folder)[-1]
    assert (refused.student, refused.file) == ("invalid-line-2", None)
    assert f"{student!r} can't be a student's id" in refused.problem


def test_a_folder_with_an_unsafe_name_is_seen(folder: Path):
    put(folder, "_x/hw1.ipynb")
    (only,) = collect(folder)
    assert (only.student, only.file) == ("invalid-folder-1", None)
    assert "the folder '_x' can't be a student's" in only.problem


def test_a_manifest_without_its_columns_is_refused(folder: Path):
    manifest(folder, "student,file", "A1,A1/hw1.ipynb")
    with pytest.raises(GraderError, match="there is no column submitted_at"):
        collect(folder)


def test_a_file_that_is_listed_for_two_is_flagged_for_both(folder: Path):
    put(folder, "A1/hw1.ipynb")
    manifest(folder, SHORT, f"A1,A1/hw1.ipynb,{TIME}", f"B2,A1/hw1.ipynb,{TIME}")
    assert [each.flags for each in collect(folder)] == [("shared-file",)] * 2


def test_a_missing_file_beside_another_is_one_hand_in_with_its_time(folder: Path):
    put(folder, "A1/hw1.ipynb", "A1/hw1-final.ipynb", "B2/hw1.ipynb")
    manifest(folder, SHORT, f"A1,A1\\other.ipynb,{TIME}", f"B2,submissions/hw1/B2/hw1.ipynb,{TIME}")
    for each in collect(folder):
        assert each.file is None or each.student == "B2"
        assert str(folder) not in each.problem
    first = collect(folder)[0]
    assert first.problem.startswith("A1/other.ipynb is not there; its folder has hw1-final.ipynb")
    assert first.submitted_at is not None
