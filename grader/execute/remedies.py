"""What to do where student code cannot be contained, by what is in the way."""

from __future__ import annotations

import platform
from pathlib import Path

from grader.errors import GraderError

INSTALL = (
    "apt-get install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora), "
    "pacman -S bubblewrap (Arch)"
)
MACOS = "there is no sandbox for macOS: grade in a Linux virtual machine, or with --sandbox off"
WINDOWS = "there is no sandbox for Windows: grade in WSL 2 (wsl --install), or with --sandbox off"
DOCKER = (
    "in a container: docker run --security-opt seccomp=unconfined --security-opt "
    "systempaths=unconfined --security-opt apparmor=unconfined, or grade outside of it"
)
APPARMOR = (
    "Ubuntu 23.10 and later: write /etc/apparmor.d/bwrap with\n"
    "         abi <abi/4.0>,\n"
    "         profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }\n"
    "       then: sudo apparmor_parser -r /etc/apparmor.d/bwrap"
)
DEBIAN_SWITCH = "sudo sysctl -w kernel.unprivileged_userns_clone=1"
NAMESPACE_COUNT = "sudo sysctl -w user.max_user_namespaces=15000"
ROOT = "or grade as root: the students' code still runs as a user that nobody has"
LANDLOCK = (
    "a kernel of 5.13 or later with Landlock in its list of security modules (lsm=landlock,...)"
)
SECCOMP = "a kernel with CONFIG_SECCOMP_FILTER, on x86-64 or 64-bit ARM"


def not_contained(what: str) -> GraderError:
    """The refusal to run student code, with the step that fails and the remedy for it."""
    return GraderError(
        f"student code cannot be contained on this machine: {what}",
        fix=f"{remedy(what)}; or, on a machine that you can spare, --sandbox off",
    )


def remedy(what: str, root: Path = Path("/")) -> str:
    """What to do about a step that failed, on this machine.

    Args:
        what: the step's own words, or bubblewrap's.
        root: where /proc and the like are looked up.
    """
    if platform.system() == "Darwin":
        return MACOS
    if platform.system() == "Windows":
        return WINDOWS
    if "not installed" in what:
        return INSTALL
    if "Landlock" in what:
        return LANDLOCK
    if "seccomp" in what:
        return SECCOMP
    if _number(root / "proc/sys/user/max_user_namespaces") == 0:
        return NAMESPACE_COUNT
    if _number(root / "proc/sys/kernel/unprivileged_userns_clone") == 0:
        return f"{DEBIAN_SWITCH}; {ROOT}"
    if _number(root / "proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1:
        return APPARMOR
    if (root / ".dockerenv").exists() or (root / "run/.containerenv").exists():
        return DOCKER
    if "namespace" in what or "uid map" in what or "mount" in what:
        return f"allow user namespaces to ordinary programs. {DOCKER}"
    return "`grader doctor` shows every step"


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None
