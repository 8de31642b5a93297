"""Whoever is at an address, or nobody: it is said in words, and nothing else is."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.cluster.joining import is_exposed
from tests.cli.tiny import HandIn, a_course, add_assignment
from tests.cluster.machines import Grading


@pytest.fixture
def root(tmp_path: Path) -> Path:
    a_course(tmp_path / "c")
    add_assignment(tmp_path / "c", hand_ins=[HandIn("s01", "2026-02-03T12:00:00+08:00")])
    return tmp_path / "c"


@contextmanager
def something_that_says(words: bytes) -> Iterator[str]:
    """Its address. To whoever comes it says so much, and nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        came: list[socket.socket] = []

        def greet() -> None:
            while True:
                try:
                    came.append(server.accept()[0])
                    came[-1].sendall(words)
                except OSError:
                    return

        threading.Thread(target=greet, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for each in came:
            each.close()


@pytest.mark.parametrize(
    ("address", "is_it"),
    [
        ("tcp://127.0.0.1:8786", False),
        ("tcp://127.0.0.1", False),
        ("127.0.0.1:8786", False),
        ("localhost", False),
        ("tcp://localhost:8786", False),
        ("tcp://[::1]:1", False),
        ("tcp://[::1]", False),
        ("tls://node1:8786", False),
        ("tcp://node1:8786", True),
        ("node1:8786", True),
        ("node1", True),
        ("tcp://10.0.0.7:8786", True),
        ("tcp://[2001:db8::1]:8786", True),
        ("tcp://", True),
        ("tcp://[::1", True),
    ],
)
def test_who_is_warned_that_others_can_reach_the_scheduler(address, is_it):
    assert is_exposed(address) is is_it


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="workers are Linux's")
def test_something_else_at_the_address_is_said_to_be_that(root):
    with something_that_says(b"SSH-2.0-OpenSSH_9.6\r\n") as address:
        grading = Grading(root, "--engine", "dask", "--scheduler", address).end()
    assert (grading.status, grading.out) == (1, "")
    first, *more = grading.err.splitlines()
    assert first == (
        f"error: no scheduler can be spoken to at {address}: what answers there is something else"
    )
    assert [line.split()[0] for line in more] == ["at:", "fix:"]


@pytest.mark.slow
@pytest.mark.scale
@pytest.mark.parametrize(
    "address", ["foo", "tcp://", "tcp://[::1]:1", "tcp://127.0.0.1:0", "x://y", ""]
)
def test_an_address_where_nobody_is_is_refused_in_words(root, address):
    grading = Grading(root, "--engine", "dask", "--scheduler", address).end()
    assert (grading.status, grading.out) == (1, "")
    assert "error: no scheduler can be spoken to at" in grading.err
    assert "Traceback" not in grading.err
    assert len(grading.err.splitlines()) <= 4


@pytest.mark.slow
@pytest.mark.scale
def test_who_never_speaks_is_given_up(root):
    with something_that_says(b"") as address:
        grading = Grading(root, "--engine", "dask", "--scheduler", address).end()
    assert grading.status == 1
    said = f"no scheduler can be spoken to at {address}: what answers there says nothing"
    assert said in grading.err
    assert len(grading.err.splitlines()) == 3
