"""Commands as a user without rights, where the tests run as root."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
UID = "1234"


def as_ordinary_user() -> list[str]:
    """A command that runs another as a user without rights.

    Interpreter and repository are made visible where they lie below a folder that is root's alone.
    """
    needed = dict.fromkeys((sys.base_prefix, sys.prefix, str(ROOT)))
    closed = {
        parent
        for path in needed
        for parent in (*Path(path).parents, Path(path))
        if parent.stat().st_mode & 0o005 != 0o005
    }
    tops = [path for path in sorted(closed) if not any(up in closed for up in path.parents)]
    binds = [("--perms", "0755", "--tmpfs", str(top)) for top in tops]
    for path in needed:
        if any(Path(path).is_relative_to(top) for top in tops):
            for parent in reversed(Path(path).parents):
                if any(parent.is_relative_to(top) for top in tops):
                    binds.append(("--perms", "0755", "--dir", str(parent)))
            binds.append(("--ro-bind", path, path))
    options = [option for each in binds for option in each]
    return [
        "bwrap", "--dev-bind", "/", "/", *options, "--chdir", str(ROOT), "--",
        "setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups",
    ]  # fmt: skip
