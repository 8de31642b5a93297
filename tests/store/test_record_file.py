"""A record is whole or not there, whatever happens to the disk or the process."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.store.record_file import (
    DamagedRecordError,
    read_record,
    remove_unfinished,
    write_record,
)

BODY = b"what a student's code did " * 40


def test_what_was_written_is_read_and_nothing_else_is_left(tmp_path: Path):
    write_record(tmp_path / "a" / "b", BODY)
    write_record(tmp_path / "a" / "b", BODY[:-1])
    assert read_record(tmp_path / "a" / "b") == BODY[:-1]
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["b"]
    assert read_record(tmp_path / "a" / "c") is None


@given(st.data())
def test_any_flipped_bit_and_any_cut_is_noticed(tmp_path_factory, data):
    file = tmp_path_factory.mktemp("store") / "record"
    write_record(file, BODY)
    content = bytearray(file.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(content)
    with pytest.raises(DamagedRecordError):
        read_record(file)


def test_a_full_disk_is_said_with_its_place_and_what_was_there_stays(tmp_path: Path):
    file = tmp_path / "record"
    write_record(file, b"before")
    child = os.fork()
    if child == 0:  # a limit on the size of files stands in for the disk's end
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        try:
            write_record(file, os.urandom(10_000))
        except GraderError as error:
            os._exit(7 if str(tmp_path) in error.at else 8)
        os._exit(9)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert read_record(file) == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["record"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path):
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(GraderError, match="a record can't be written") as refused:
        write_record(tmp_path / "folder" / "record", BODY)
    assert refused.value.at == str(tmp_path / "folder")


@pytest.mark.slow
@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_killed_at_any_call_it_leaves_the_old_record_or_the_new_one(tmp_path: Path, call: str):
    file = tmp_path / "record"
    write_record(file, b"before")
    code = (
        "import os, signal, sys, pathlib, builtins\n"
        "from grader.store import record_file\n"
        "kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"call = {call!r}\n"
        "if call == 'write':\n"
        "    real = open\n"
        "    def opened(*args):\n"
        "        file = real(*args)\n"
        "        class Dying:\n"
        "            def __enter__(self): return self\n"
        "            def __exit__(self, *_): file.close()\n"
        "            def write(self, content): file.write(content[:20]); file.flush(); kill()\n"
        "        return Dying()\n"
        "    record_file.open = opened\n"
        "else:\n"
        "    setattr(os, call, kill)\n"
        "record_file.write_record(pathlib.Path(sys.argv[1]), b'after')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], check=False)
    assert done.returncode == -9
    assert read_record(file) == b"before"
    remove_unfinished(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["record"]


def test_what_is_in_the_place_of_a_record_is_named(tmp_path: Path):
    (tmp_path / "one").mkdir()
    (tmp_path / "file").touch()
    for path, named in ((tmp_path / "one", "one"), (tmp_path / "file" / "two", "file")):
        with pytest.raises(GraderError, match="a record can't be written") as refused:
            write_record(path, b"content")
        assert refused.value.at == str(tmp_path / named)
        assert "move that away" in str(refused.value.fix)
