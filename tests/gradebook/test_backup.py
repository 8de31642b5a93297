"""Backups in bad times: of a gradebook that is damaged, from a zip that is. Functions are called; the
way through the command line is in test_gradebook.py."""

from __future__ import annotations

import contextlib
import json
import os
import random
import zipfile
from pathlib import Path

import pytest

from grader.course import DecisionLine
from grader.errors import GraderError
from grader.gradebook import gradebook_at
from grader.gradebook.backup import restore_backup, write_backup
from grader.gradebook.changes import ChangeSet, history
from grader.gradebook.database import reading, writing
from grader.gradebook.decisions import add


def decide(root: Path, reason: str = "ill") -> None:
    with writing(gradebook_at(root)) as connection:
        change = ChangeSet(connection, "decision", "t", assignment="hw")
        add(change, "hw", [DecisionLine("s01", "", "extension", "+2d", reason)])
        change.write()


def reasons(root: Path) -> list[str]:
    with reading(gradebook_at(root)) as connection:
        return [] if connection is None else [e.after["reason"] for e in history(connection) if e.after]  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "course").mkdir()
    (tmp_path / "course/course.secret").write_text("5" * 64)
    decide(tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def backup(root: Path) -> Path:
    file = root.parent / "backup.zip"
    write_backup(gradebook_at(root), root, ("course.secret",), file)
    return file


def restore(file: Path, root: Path) -> None:
    restore_backup(file, gradebook_at(root), root, replace=True)


def changed(backup: Path, **parts: bytes | None) -> Path:
    """The backup with other parts; `head` is backup.json."""
    names = {"head": "backup.json", "events": "event.jsonl", "secret": "course/course.secret"}
    with zipfile.ZipFile(backup) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    other = backup.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, body in (content | {names[part]: body for part, body in parts.items()}).items():
            if body is not None:
                archive.writestr(name, body)
    return other


@pytest.mark.parametrize("damage", ["other", "cut", "page"])
def test_a_backup_comes_in_the_place_of_a_damaged_gradebook_which_is_kept_aside(
    root, backup, damage
):
    file = root / "gradebook.db"
    whole = file.read_bytes()
    broken = {"other": b"no database" * 100, "cut": whole[: len(whole) // 2],
              "page": whole[:4096] + bytes(4096) + whole[8192:]}[damage]  # fmt: skip
    file.write_bytes(broken)
    restore(backup, root)
    assert reasons(root) == ["ill"]
    assert (root / "gradebook.db.damaged").read_bytes() == broken


@pytest.mark.parametrize("rows", [b'{"nope": 1}', b"[1]", b'{"id": 1}', b'{"id": {}}', b"7", b"{"])
def test_rows_that_are_none_change_nothing(root, backup, rows):
    decide(root, "later")
    with pytest.raises(GraderError, match="no backup of a gradebook, or it is damaged"):
        restore(changed(backup, events=rows + b"\n"), root)
    assert reasons(root) == ["ill", "later"]


def test_a_file_that_is_not_in_it_or_cannot_be_put_back_changes_nothing(root, backup):
    decide(root, "later")
    (root / "course.secret").unlink()
    with pytest.raises(GraderError, match=r"course\.secret"):
        restore(changed(backup, secret=None), root)
    (root / "course.secret").symlink_to("/nowhere/course.secret")
    with pytest.raises(GraderError, match="can't be written"):
        restore(backup, root)
    assert reasons(root) == ["ill", "later"]


def test_names_that_lead_out_of_the_course_are_not_followed(root, backup):
    with zipfile.ZipFile(backup) as archive:
        head = json.loads(archive.read("backup.json"))
    names = ["../evil", "/evil", "a/b"]
    restore(changed(backup, head=json.dumps(head | {"files": names}).encode()), root)
    assert sorted(path.name for path in root.parent.iterdir()) == ["backup.zip", "course", "other.zip"]  # fmt: skip


def test_a_zip_with_a_wrong_byte_is_refused_in_words(root, backup):
    """Wherever it is: the zip's own directory, a compressed stream, a name."""
    content, chance = backup.read_bytes(), random.Random(1)
    other = backup.with_name("other.zip")
    for _ in range(40):
        place = chance.randrange(len(content))
        wrong = bytes([content[place] ^ chance.randrange(1, 256)])
        other.write_bytes(content[:place] + wrong + content[place + 1 :])
        with contextlib.suppress(GraderError):
            restore(other, root)
        assert reasons(root) == ["ill"]  # of a byte that says nothing the rest is whole


@pytest.mark.parametrize("name", ["gradebook.db", "course.secret"])
def test_a_backup_takes_the_place_of_nothing_but_a_backup(root, name):
    before = (root / name).read_bytes()
    with pytest.raises(GraderError, match="something else in the place"):
        write_backup(gradebook_at(root), root, (), root / name)
    assert (root / name).read_bytes() == before


def test_nobody_else_reads_a_backup_while_it_is_written(root, monkeypatch):
    old = os.umask(0)
    seen = []
    write = zipfile.ZipFile.writestr

    def spy(archive, *args, **more):
        seen.extend(path.stat().st_mode & 0o077 for path in root.parent.glob(".*.unfinished"))
        return write(archive, *args, **more)

    monkeypatch.setattr(zipfile.ZipFile, "writestr", spy)
    try:
        write_backup(gradebook_at(root), root, ("course.secret",), root.parent / "b.zip")
    finally:
        os.umask(old)
    assert seen == [0]
