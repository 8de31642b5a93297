import pytest

from grader.report.files import page_name, write_whole


def test_a_plain_id_is_its_own_file_name():
    assert page_name("A0123456X") == "A0123456X.html"


@pytest.mark.parametrize(
    "student", ["..", ".", "", "../x", "a/b", "a\\b", ".hidden", "a\0b", "a\nb", "x" * 400, " a"]
)
def test_no_id_leaves_the_folder_or_hides(student, tmp_path):
    name = page_name(student)
    assert "/" not in name
    assert not name.startswith(".")
    write_whole(tmp_path / name, "page")
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_different_ids_have_different_files():
    students = ["a/b", "a%2Fb", "a%252Fb", "..", "%2E.", "", "%", "x" * 400, "x" * 401, "李", "明"]
    assert len({page_name(student) for student in students}) == len(students)


def test_what_was_there_stays_if_writing_fails(tmp_path):
    file = tmp_path / "scores.csv"
    write_whole(file, "old")
    with pytest.raises(TypeError):
        write_whole(file, None)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
