"""Archives that want to do harm: nothing is written outside, memory and time are bounded, and each
thing that is not taken has a reason. The honest hand-in beside it is taken all the same."""

from __future__ import annotations

import io
import json
import os
import resource
import stat
import struct
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.tiny import (
    DOUBLE,
    SQUARE,
    a_course,
    add_assignment,
    grader,
    notebook_text,
    write_table,
)

pytestmark = pytest.mark.slow

GOOD = "doejane_4711_1_hw.ipynb"
BAD = "evil_4712_2_"
NOTEBOOK = notebook_text(DOUBLE, SQUARE).encode()
MEMORY = 700 * 1024**2
SECONDS = 30

Writer = Callable[[zipfile.ZipFile], None]


def named(name: str, content: bytes = b"x") -> Writer:
    return lambda archive: archive.writestr(name, content)


def both(one: str, other: str) -> Writer:
    def write(archive: zipfile.ZipFile) -> None:
        archive.writestr(BAD + one, b"1")
        with warnings.catch_warnings(action="ignore"):  # of a name that is there
            archive.writestr(BAD + other, b"2")

    return write


def special(kind: int, content: bytes = b"/etc/passwd") -> Writer:
    def write(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(f"{BAD}hw.ipynb")
        info.create_system = 3
        info.external_attr = (kind | 0o777) << 16
        archive.writestr(info, content)

    return write


def large(megabytes: int, name: str = f"{BAD}hw.ipynb") -> Writer:
    def write(archive: zipfile.ZipFile) -> None:
        with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as entry:
            for _ in range(megabytes):
                entry.write(bytes(1 << 20))

    def deflated(archive: zipfile.ZipFile) -> None:
        archive.compression = zipfile.ZIP_DEFLATED
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as entry:
            for _ in range(megabytes):
                entry.write(bytes(1 << 20))

    return deflated if megabytes > 1 else write


def nested(*writers: Writer, name: str = "all.zip") -> Writer:
    """A hand-in that is a zip itself."""

    def write(archive: zipfile.ZipFile) -> None:
        archive.writestr(BAD + name, zip_of(*writers))

    return write


def zip_of(*writers: Writer) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for write in writers:
            write(archive)
    return made.getvalue()


def deep(depth: int) -> Writer:
    content = zip_of(named("hw.ipynb", NOTEBOOK))
    for _ in range(depth):
        content = zip_of(named("a.zip", content))
    return named(f"{BAD}a.zip", content)


def many_bombs(archive: zipfile.ZipFile) -> None:
    """Each within what one file may have; all together 3 GB."""
    inner = zip_of(*(large(150, f"{n}.bin") for n in range(1)))
    for number in range(20):
        archive.writestr(f"evil_4712_{number}_{number}.zip", inner)


def patched(old: bytes, new: bytes, *writers: Writer) -> Callable[[], bytes]:
    """A whole download, with other bytes somewhere."""

    def made() -> bytes:
        data = zip_of(named(GOOD, NOTEBOOK), *writers)
        place = data.rfind(old)
        assert place >= 0
        return data[:place] + new + data[place + len(old) :]

    return made


def lying_directory() -> bytes:
    """A table of contents of 4 GB, says the end."""
    data = bytearray(zip_of(named(GOOD, NOTEBOOK)))
    end = data.rfind(b"PK\5\6")
    struct.pack_into("<L", data, end + 12, 0xF0000000)
    return bytes(data)


ENTRIES: dict[str, tuple[Writer, str]] = {
    "upwards": (named(f"../../{BAD}hw.ipynb"), "leads out of its folder"),
    "upwards from within": (named(f"a/../../../{BAD}hw.ipynb"), "leads out of its folder"),
    "absolute": (named(f"/tmp/{BAD}hw.ipynb"), "no relative path"),
    "a drive": (named(f"C:/{BAD}hw.ipynb"), "no relative path"),
    "backslashes": (named(f"..\\..\\{BAD}hw.ipynb"), "no relative path"),
    "a NUL": (patched(b"evil_4712_2_hwXipynb", b"evil_4712_2_hw\0ipynb", named(f"{BAD}hwXipynb")), "control character"),
    "a line break": (named(f"{BAD}h\nw.ipynb"), "control character"),
    "an escape sequence": (named(f"{BAD}\x1b[2Jhw.ipynb"), "control character"),
    "4,000 characters": (named(BAD + "a" * 4000), "too long"),
    "300 folders": (named("a/" * 600 + f"{BAD}hw.ipynb"), "too long"),
    "a link": (special(stat.S_IFLNK), "it is a link"),
    "a device": (special(stat.S_IFCHR), "it is a device"),
    "a pipe": (special(stat.S_IFIFO), "it is a device"),
    "a socket": (special(stat.S_IFSOCK), "it is a device"),
    "a bomb": (large(150), "a thousand times"),
    "a large file": (large(300), "300 MB"),
    "twice the same name": (both("hw.ipynb", "hw.ipynb"), "capital letters only"),
    "names that differ in capitals": (both("hw.ipynb", "HW.ipynb"), "capital letters only"),
    "an accent in two ways": (both("\u00e9.ipynb", "e\u0301.ipynb"), "capital letters only"),
    "a password": (patched(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0", named(f"{BAD}hw.ipynb")), "it has a password"),
    "a wrong sum": (patched(b"unmistakable", b"unmistakablE", named(f"{BAD}hw.ipynb", b"unmistakable")), "can't be read"),
    "upwards within": (nested(named("../../../hw.ipynb", NOTEBOOK)), "leads out of its folder"),
    "a link within": (nested(special(stat.S_IFLNK)), "it is a link"),
    "a bomb within": (nested(large(150, "hw.ipynb")), "a thousand times"),
    "a zip that is none": (named(f"{BAD}all.zip", b"no zip at all"), "it is no zip"),
    "a broken zip": (named(f"{BAD}all.zip", zip_of(named("hw.ipynb", NOTEBOOK))[:-30]), "it is no zip"),
    "zips within zips": (deep(12), "zips deep already"),
    "many bombs": (many_bombs, "a thousand times"),
    "a file that is a folder too": (nested(named("a", b"1"), named("a/b", b"2")), "another file has its name"),
}  # fmt: skip

LARGE = ("a bomb", "a large file", "a bomb within", "many bombs", "zips within zips")
"""Those that want memory or time: they get little of it."""

WHOLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"<html>please log in</html>", "it is no zip"),
    "empty": (lambda: b"", "it is no zip"),
    "half of one": (lambda: zip_of(named(GOOD, NOTEBOOK))[:200], "it is no zip"),
    "a table of contents of 4 GB": (lying_directory, "table of contents alone"),
    "a million entries": (lambda: million(), "table of contents alone"),
    "200,000 entries": (lambda: million(200_000, ""), "more than 100,000 entries"),
}


def million(count: int = 1_000_000, end: str = "_a_long_name") -> bytes:
    """A table of contents by hand: `zipfile` would take minutes."""
    head = struct.Struct("<4s4B4HL2L5H2L")
    entries = b"".join(
        head.pack(b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
        for number in range(count)
        for name in [f"x_{number}_1_a{end}".encode()]
    )
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(entries), 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(entries), 1)
    end_ = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return entries + large + locator + end_


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = a_course(tmp_path / "outer" / "course")
    header = ("student", "name", "login", "lms_id")
    write_table(root / "roster.csv", [header, ("s01", "Jane Doe", "", "4711"), ("s02", "E Vil", "", "4712")])  # fmt: skip
    add_assignment(root)
    return root


def bounded(root: Path, path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """`grader collect`, with little memory and time."""

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    return subprocess.run(
        [sys.executable, "-m", "grader", "collect", "hw", str(path), "--json", *more],
        cwd=root,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=limits,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def outside(root: Path) -> list[str]:
    """What is there apart from the course."""
    return sorted(
        str(path)
        for place in (root.parent, root.parent.parent)
        for path in place.iterdir()
        if path.name != "d.zip"
    )


@pytest.mark.parametrize("what", ENTRIES)
def test_what_is_hostile_is_refused_with_a_reason_and_the_rest_is_taken(root, tmp_path, what):
    writer, reason = ENTRIES[what]
    try:
        content = zip_of(named(GOOD, NOTEBOOK), writer)
    except TypeError:  # a whole download
        content = writer()  # type: ignore[call-arg]
    (tmp_path / "d.zip").write_bytes(content)
    before = outside(root)
    if what in LARGE:
        done = bounded(root, tmp_path / "d.zip")
    else:
        done = grader("collect", "hw", str(tmp_path / "d.zip"), "--json", cwd=root)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert any(reason in each["reason"] for each in said["refused"]), said["refused"]
    assert done.stdout.isprintable() or "\x1b" not in done.stdout
    assert (root / "submissions/hw/s01/1/hw.ipynb").read_bytes() == NOTEBOOK
    assert outside(root) == before
    assert not [path for path in (root / "submissions").rglob("*") if path.is_symlink()]
    assert not list((root / "submissions").rglob(".unfinished*"))


@pytest.mark.parametrize("what", WHOLE)
def test_a_download_that_is_none_is_refused_before_anything_is_written(root, tmp_path, what):
    content, reason = WHOLE[what]
    (tmp_path / "d.zip").write_bytes(content())
    before = sorted(map(str, root.rglob("*")))
    done = bounded(root, tmp_path / "d.zip")
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert "d.zip" in done.stderr
    assert sorted(map(str, root.rglob("*"))) == before


def test_twenty_thousand_files_in_one_hand_in_are_looked_at_in_bounded_time(root, tmp_path):
    """Dry: writing so many is the disk's time."""
    files = (named(f"{number}.txt") for number in range(20_000))
    content = zip_of(named(GOOD, NOTEBOOK), nested(*files))
    (tmp_path / "d.zip").write_bytes(content)
    done = bounded(root, tmp_path / "d.zip", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["filed"]) == 2
