"""The course's secret, which the hidden cases come from.

`course.secret` is made on first use and never tracked; beside it `secret.fingerprint` remembers
which one was used, so that another secret cannot silently change the hidden cases of a term.
"""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path

from grader.errors import GraderError

SECRET = "course.secret"
FINGERPRINT = "secret.fingerprint"


def course_secret(root: Path) -> str:
    """The secret of the course in `root`; made if there never was one.

    Raises:
        GraderError: if it is not the one that was used before.
    """
    file, remembered = root / SECRET, root / FINGERPRINT
    before = remembered.read_text("utf-8").strip() if remembered.exists() else ""
    if not file.exists():
        if before:
            raise _mismatch(f"the course's secret is gone (its fingerprint is {before})", root)
        _make(file)
    secret = file.read_text("utf-8").strip()
    if not secret:
        raise GraderError("the course's secret is empty", at=str(file), fix=_fix(root))
    if before and before != fingerprint(secret):
        raise _mismatch(
            f"the course's secret is another one than before: its fingerprint is "
            f"{fingerprint(secret)}, and {before} was used",
            root,
        )
    if not before:
        remembered.write_text(fingerprint(secret) + "\n", "utf-8")
    return secret


def secret_if_any(root: Path) -> str:
    """The secret of the course in `root` as it is; "" if there is none yet."""
    file = root / SECRET
    return file.read_text("utf-8").strip() if file.exists() else ""


def fingerprint(secret: str) -> str:
    """Twelve hexadecimal digits that tell secrets apart and give none away."""
    return sha256(secret.encode()).hexdigest()[:12]


def _make(file: Path) -> None:
    """Write a new secret, whole or not at all, for its owner alone; leave one that is there."""
    draft = file.with_name(f".{secrets.token_hex(8)}.secret")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(secrets.token_hex(32) + "\n")
        file.hardlink_to(draft)  # unlike a rename this never replaces another process's secret
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _mismatch(problem: str, root: Path) -> GraderError:
    return GraderError(problem, at=str(root / SECRET), fix=_fix(root))


def _fix(root: Path) -> str:
    return (
        f"copy {SECRET} from the backup, or from the colleague who graded first; or, to start anew "
        f"with other hidden cases, delete {root / FINGERPRINT}"
    )
