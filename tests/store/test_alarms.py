from pathlib import Path

import pytest

from grader.store.alarms import read_alarms, write_alarms
from grader.store.record_file import write_record


def test_they_come_back(tmp_path: Path):
    assert read_alarms(tmp_path / "alarms") == ()
    write_alarms(tmp_path / "alarms", ["many agree", "é"])
    assert read_alarms(tmp_path / "alarms") == ("many agree", "é")


@pytest.mark.parametrize("body", [b"\xdd\x00\x00\x00\x01", b'{"s01": "a page"}'])
def test_another_record_in_their_place_is_told(tmp_path: Path, body: bytes):
    write_record(tmp_path / "hw1", body)
    (said,) = read_alarms(tmp_path / "hw1")
    assert "cannot be read any more" in said
