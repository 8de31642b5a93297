"""The course's secret."""

import stat
from pathlib import Path

import pytest

from grader.course import course_secret, fingerprint
from grader.errors import GraderError


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path):
    secret = course_secret(tmp_path)
    assert len(secret) == 64
    assert course_secret(tmp_path) == secret
    assert stat.S_IMODE((tmp_path / "course.secret").stat().st_mode) == 0o600
    assert (tmp_path / "secret.fingerprint").read_text().strip() == fingerprint(secret)
    assert len(list(tmp_path.iterdir())) == 2


def test_two_courses_have_two_secrets(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert course_secret(tmp_path / "one") != course_secret(tmp_path / "two")


def test_a_fingerprint_is_twelve_hexadecimal_digits():
    assert fingerprint("secret") == "2bb80d537b1d"


@pytest.mark.parametrize("other", [None, "another\n"])
def test_another_secret_or_none_stops_with_what_to_do(tmp_path: Path, other: str | None):
    used = fingerprint(course_secret(tmp_path))
    file = tmp_path / "course.secret"
    file.unlink()
    if other is not None:
        file.write_text(other)
    with pytest.raises(GraderError, match=used) as refused:
        course_secret(tmp_path)
    assert "copy course.secret from the backup" in refused.value.fix
    assert (file.exists()) == (other is not None)  # a new one is not made silently


def test_an_empty_secret_is_refused(tmp_path: Path):
    (tmp_path / "course.secret").write_text("\n")
    with pytest.raises(GraderError, match="empty"):
        course_secret(tmp_path)


def test_a_secret_that_was_copied_here_is_taken(tmp_path: Path):
    (tmp_path / "course.secret").write_text("of a colleague\n")
    assert course_secret(tmp_path) == "of a colleague"
