"""Whether a process that is late is to blame, or the machine that was busy."""

from __future__ import annotations

from grader.execute.process import Process

BUSY = 0.5
"""A process that used so much of its time limit as CPU was computing, not waiting for its turn."""


class SuspectTimeoutError(Exception):
    """A wall-clock limit was passed without using the CPU: perhaps only the machine was busy."""


def was_waiting(process: Process, *, began: float, since: float, limit_seconds: float) -> bool:
    """Whether a process that is late may only have waited for its turn on a busy machine.

    What it used before `since` cannot be more CPU than time had passed, so the rest is the least
    that it has used after.

    Args:
        began: when it began with the cells.
        since: when the time began that has run out.
    """
    used = process.cpu_seconds()
    return used is None or used - (since - began) < BUSY * limit_seconds
