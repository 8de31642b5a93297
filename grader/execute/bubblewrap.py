"""The outer wall: what of the file system a warm process can see at all.

Only what a Python interpreter needs: the system's programs and libraries, the interpreter with its
packages, the runner's folder and the assignment's data files. Everything is read-only. The course,
its secret, other hand-ins, home folders and the grader's own code are not hidden: they are not
there.

As root there are two stages. A program that is root on the outside keeps powers that limits do not
bind, so the first stage, as root, only makes visible what others may not read (an interpreter under
/root, say); then the user is changed to one that nobody has; and the second stage is the same as
for an ordinary user.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.errors import GraderError
from grader.execute import bootstrap
from grader.execute.remedies import not_contained

RUNNER = "/runner"
DATA = "/data"
WORK = "/home/student"
FONTS = "/fonts"
ROOMS = (WORK, "/tmp")  # where a submission may write

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts",
             "nsswitch.conf", "mime.types")  # fmt: skip
_OF_AN_INTERPRETER = ("bin", "lib", "lib64", "share", "ssl", "pyvenv.cfg")

UNUSED_UID = 61_500
"""As root: the user of worker 0, and so on. Distributions leave these numbers to containers."""


def bubblewrap() -> str:
    """The path of the program.

    Raises:
        GraderError: it is not installed.
    """
    found = shutil.which("bwrap")
    if found is None:
        raise not_contained("bubblewrap is not installed")
    return found


def command(
    slot: int, data: Path, fonts: Path, preload: tuple[str, ...], *, many: bool
) -> list[str]:
    """The command line of a warm process behind the outer wall.

    Args:
        slot: the worker's number; as root it chooses the user.
        data: a folder with the assignment's data files and helper modules.
        fonts: a folder with matplotlib's list of fonts.
        many: whether it is to run many submissions.
    """
    program = bubblewrap()
    own = {str(bootstrap.RUNNER_FOLDER): RUNNER, str(data): DATA, str(fonts): FONTS}
    system = [*_system(), *_interpreter()]
    runner = bootstrap.warm_command(RUNNER, preload, many=many)
    if os.geteuid() != 0:
        return _inner(program, system, own, runner)
    uid = str(UNUSED_UID + slot)
    return [
        program,
        "--die-with-parent",
        "--tmpfs", "/tmp",  # before the rest: an interpreter may lie in there
        *system,
        *_bound(own),
        "--dev-bind", "/dev", "/dev",
        "--bind", "/proc", "/proc",
        "--",
        setpriv(), f"--reuid={uid}", f"--regid={uid}", "--clear-groups",
        "--inh-caps=-all", "--bounding-set=-all",
        *_inner(program, system, {path: path for path in own.values()}, runner),
    ]  # fmt: skip


def _inner(
    program: str, system: Sequence[str], own: Mapping[str, str], runner: Sequence[str]
) -> list[str]:
    return [
        program,
        "--unshare-all",
        "--die-with-parent",
        "--hostname", "grader",
        "--tmpfs", "/tmp",
        *system,
        *_bound(own),
        "--proc", "/proc",
        "--dev", "/dev",
        "--perms", "0755", "--dir", "/home", "--perms", "0755", "--dir", WORK,
        "--chdir", "/tmp",
        "--remount-ro", "/",
        "--",
        *runner,
    ]  # fmt: skip


def _bound(folders: Mapping[str, str]) -> Iterator[str]:
    for source, target in folders.items():
        yield from ("--ro-bind", source, target)


def setpriv() -> str:
    """The path of the program, which only root needs.

    Raises:
        GraderError: it is not installed.
    """
    found = shutil.which("setpriv")
    if found is None:
        raise GraderError(
            "setpriv is not installed, and as root the grader needs it",
            fix="install util-linux, or grade as an ordinary user",
        )
    return found


def _system() -> Iterator[str]:
    for path in _SYSTEM:
        if os.path.islink(path):
            yield from ("--symlink", os.readlink(path), path)
        elif os.path.isdir(path):
            yield from ("--ro-bind", path, path)
    yield from ("--perms", "0755", "--dir", "/etc")
    for name in _SETTINGS:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")


def interpreter() -> list[str]:
    """The interpreter's own folders, never what else is in its prefix: that may be the course."""
    prefixes = dict.fromkeys(
        (sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent))
    )
    return [
        path
        for prefix in prefixes
        if not any(Path(prefix).is_relative_to(system) for system in _SYSTEM)
        for path in (os.path.join(prefix, name) for name in _OF_AN_INTERPRETER)
        if os.path.exists(path)
    ]


def readable() -> list[str]:
    """Every folder and file of the system and of the interpreter that student code may read."""
    system = [*_SYSTEM, *(f"/etc/{name}" for name in _SETTINGS)]
    return [*(path for path in system if os.path.exists(path)), *interpreter()]


def _interpreter() -> Iterator[str]:
    for path in interpreter():
        yield from _parents(path)
        yield from ("--ro-bind", path, path)


def _parents(path: str) -> Iterator[str]:
    """The folders above, which bubblewrap would make for their owner alone."""
    for parent in reversed(Path(path).parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(parent))
