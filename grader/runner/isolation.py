"""Walls around one submission, built by the process that is about to run it.

Linux only, by system call: each of these is a line or two of C, and there is no library for them.
Every function raises `StepError` with the step's name, so that `grader doctor` can say which one a
machine refuses. The order in which `guard` calls them matters; it is explained there.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from collections.abc import Sequence
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18

_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_SECUREBITS = 1, 24, 28
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 38, 47
_NOROOT_LOCKED = 0b1011_1111  # SECBIT_NOROOT, NO_SETUID_FIXUP, NO_CAP_AMBIENT_RAISE, locked

_LAST_CAPABILITY = 63

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = (
    *(ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p),
    *(ctypes.c_ulong, ctypes.c_char_p),
)


class StepError(OSError):
    """A step that this machine refuses. `step` is its name for people and for `doctor`."""

    def __init__(self, step: str, number: int) -> None:
        super().__init__(number, os.strerror(number))
        self.step = step

    def __str__(self) -> str:
        return f"{self.step}: {self.strerror}"


def syscall(step: str, number: int, *args: int | ctypes.c_void_p | None) -> int:
    """A system call by number.

    Raises:
        StepError: it failed.
    """
    result: int = _libc.syscall(
        ctypes.c_long(number),
        *(arg if not isinstance(arg, int) else ctypes.c_ulong(arg) for arg in args),
    )
    if result < 0:
        raise StepError(step, ctypes.get_errno())
    return result


def unshare(*, network: bool = True) -> None:
    """Namespaces of its own for this process; for process ids, from its next child on."""
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS
    uid, gid = os.getuid(), os.getgid()  # afterwards they read as nobody's
    if _libc.unshare(flags | (CLONE_NEWNET if network else 0)):
        raise StepError("user namespaces", ctypes.get_errno())
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    except OSError as error:
        raise StepError("user namespaces: identity map", error.errno or 0) from error


def keep_mounts_private() -> None:
    """What is mounted from here on is seen nowhere else."""
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE, "")


def mount_room(path: str, size: int, inodes: int) -> None:
    """An empty, writable folder in memory, of so many bytes and files at the most."""
    _mount("tmpfs", path, "tmpfs", _MS_NOSUID | _MS_NODEV,
           f"size={size},nr_inodes={inodes},mode=0700")  # fmt: skip


def cover(path: str) -> None:
    """Hide what is at `path` behind an empty folder that nobody can write to."""
    _mount("tmpfs", path, "tmpfs", _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC,
           "size=4k,nr_inodes=2,mode=0555")  # fmt: skip


def bind(place: int, path: str) -> None:
    """Make an open folder or file appear at `path`, where something has been mounted over it."""
    if os.path.isdir(f"/proc/self/fd/{place}"):
        os.makedirs(path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        Path(path).touch()
    _mount(f"/proc/self/fd/{place}", path, None, _MS_BIND | _MS_REC, "")


def mount_proc() -> None:
    """/proc of this process's own pid namespace."""
    _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, "")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str) -> None:
    def encoded(text: str | None) -> bytes | None:
        return None if text is None else text.encode()

    if _libc.mount(encoded(source), encoded(target), encoded(kind), flags, options.encode()):
        raise StepError(f"mount {kind or 'what is there'} on {target}", ctypes.get_errno())


def limit(
    *, memory: int, cpu_seconds: int, file_bytes: int, processes: int, open_files: int
) -> None:
    """Limits of this process and of each of its children; the sum over them is the guard's."""
    for name, number in (
        ("AS", memory),
        ("FSIZE", file_bytes),
        ("NPROC", processes),
        ("NOFILE", open_files),
        ("CORE", 0),
        ("MEMLOCK", 1 << 20),
        ("MSGQUEUE", 1 << 16),
        ("SIGPENDING", 1024),
        ("RTPRIO", 0),
        ("NICE", 0),
    ):
        kind = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(kind)
        most = number if hard == resource.RLIM_INFINITY else min(number, hard)
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))


def drop_capabilities() -> None:
    """None, now and after any exec; and no program gains any by being set-uid."""
    for capability in range(_LAST_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
            break  # the kernel knows no more of them
    _libc.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)  # PR_CAP_AMBIENT_CLEAR_ALL
    _libc.prctl(_PR_SET_SECUREBITS, _NOROOT_LOCKED, 0, 0, 0)  # refused without CAP_SETPCAP: fine
    header = struct.pack("II", 0x20080522, 0)  # version 3, this process
    if _libc.capset(header, bytes(24)):
        raise StepError("capabilities", ctypes.get_errno())
    forbid_new_privileges()


def forbid_new_privileges() -> None:
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise StepError("no new privileges", ctypes.get_errno())


def die_with_parent(signal: int) -> None:
    """Be sent this signal when the parent ends."""
    if _libc.prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0):
        raise StepError("parent-death signal", ctypes.get_errno())


# Landlock: see the kernel's Documentation/userspace-api/landlock.rst

_READ = 0b0000_0000_1101  # execute, read file, read folder
_FILE = 0b1100_0000_0000_0111  # execute, write, read; truncate, ioctl on devices
_ALL = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_NEWEST = (1 << 16) - 1  # from ABI 5 on


def landlock_abi() -> int:
    """The version of Landlock that the kernel has; 0 if it has none."""
    try:
        return syscall("Landlock", 444, 0, 0, 1)
    except StepError:
        return 0


def confine_files(readable: Sequence[str], writable: Sequence[str], devices: Sequence[str]) -> None:
    """Of the files only these: to read and execute, to change, and to read and write as devices.

    No TCP. From ABI 6 on no signals and no abstract sockets across this border either.

    Raises:
        StepError: there is no Landlock.
    """
    abi = landlock_abi()
    if not abi:
        raise StepError("Landlock", 38)  # ENOSYS
    handled = _ALL.get(abi, _NEWEST)
    attributes = struct.pack("QQQ", handled, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    buffer = ctypes.create_string_buffer(attributes)
    ruleset = syscall("Landlock", 444, ctypes.cast(buffer, ctypes.c_void_p), size, 0)
    try:
        for paths, rights in ((readable, _READ), (writable, handled), (devices, _FILE)):
            for path in paths:
                _allow(ruleset, path, rights & handled)
        forbid_new_privileges()
        syscall("Landlock", 446, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return  # it cannot be read in any case
    if not os.path.isdir(path):
        rights &= _FILE  # what is meant for folders is refused
    try:
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        syscall("Landlock", 445, ruleset, 1, ctypes.cast(rule, ctypes.c_void_p), 0)
    finally:
        os.close(place)
