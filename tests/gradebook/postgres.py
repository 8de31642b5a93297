"""A real PostgreSQL on loopback, from the distribution's package, for as long as the tests run."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Postgres:
    port: int
    bin: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_database(self) -> str:
        name = f"grader_{next(self._numbers)}"
        createdb = [str(self.bin / "createdb"), "-h", "127.0.0.1", "-p", str(self.port)]
        subprocess.run([*createdb, "-U", "grader", name], check=True)
        return f"postgresql://grader@127.0.0.1:{self.port}/{name}"


@contextmanager
def a_server() -> Iterator[Postgres]:
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="grader-postgres-"))
    user = _unprivileged()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data, port = folder / "data", _free_port()
    _run([programs / "initdb", "-D", data, "-U", "grader", "-A", "trust", "-N"], user)
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off"
    log = folder / "log"
    _run([programs / "pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "start"], user)
    try:
        yield Postgres(port, programs)
    finally:
        _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user)
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Debian keeps the server's programs out of PATH, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: p.parts[4])
    initdb = str(found[-1]) if found else shutil.which("initdb")
    assert initdb, "PostgreSQL is not installed: apt-get install postgresql"
    return Path(initdb).parent


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("there is no user but root")


def _run(command: Sequence[object], user: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        [str(each) for each in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        check=False,
        **({} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}),
    )
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
