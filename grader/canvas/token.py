"""The token: from the environment, and to nowhere but Canvas."""

from __future__ import annotations

import os
from collections.abc import Mapping

from grader.errors import GraderError

VARIABLE = "CANVAS_TOKEN"


def is_given(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether there is one."""
    return bool(environment.get(VARIABLE, "").strip())


def token(environment: Mapping[str, str] = os.environ) -> str:
    """The token of the person at the keyboard.

    Raises:
        GraderError: there is none, or it can be none. It is never part of the message.
    """
    found = environment.get(VARIABLE, "").strip()
    if not found:
        raise GraderError(
            "there is no token for Canvas",
            at=f"the environment variable {VARIABLE}",
            fix="make one in Canvas (Account, Settings, New Access Token) and let the shell ask "
            f"for it: read -rs {VARIABLE} && export {VARIABLE}; see docs/canvas.md",
        )
    # requests would refuse such a header, and say in its message what was in it
    if not (found.isascii() and found.isprintable()) or " " in found:
        raise GraderError(
            "the token has a character that no token of Canvas has",
            at=f"the environment variable {VARIABLE}",
            fix="copy it again: letters, digits and ~, on one line",
        )
    return found
