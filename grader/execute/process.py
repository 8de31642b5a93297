"""A process that runs one submission, as the supervisor sees it, however it was started."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from grader.records.limits import KILOBYTE, Limits
from grader.runner import wire

STOP_SECONDS = 0.2
"""So soon a stopped batch is noticed."""

SEND_SECONDS = 10.0
"""For a message to be taken; one that does not fit the buffer has to be read."""

HEAD_BYTES = 1 << 20
"""Of an answer's head: names, shapes and texts. Objects made of it take up to sixty times that."""


EndedBy = Literal["timeout", "memory", "died"]
"""A process used up its CPU time, or went over its memory; or it has gone any other way."""


class EndedError(Exception):
    """The process is not there any more, or is not believed any more.

    Attributes:
        why: for the report; completes "its process ...".
        by: what has ended it, as cells and outcomes say it.
    """

    def __init__(self, why: str, by: EndedBy = "died") -> None:
        super().__init__(why)
        self.why = why
        self.by = by


class LateError(Exception):
    """No message came in time."""


class StoppedError(Exception):
    """The batch is being stopped."""


@dataclass(frozen=True)
class Message:
    """What a runner sent, decoded, with the frame's payload; `size` is the whole frame's."""

    content: wire.FromRunner
    payload: bytes
    size: int


class Process(Protocol):
    """Use as a context manager: afterwards it is gone, with all that it started."""

    def __enter__(self) -> Process: ...

    def __exit__(self, *_: object) -> None: ...

    def send(self, message: wire.Begin | wire.Ask) -> None:
        """Send one message. That the process is gone is noticed by the next `receive`."""

    def receive(self, seconds: float) -> Message:
        """The next message.

        Raises:
            LateError: none came within so many seconds.
            EndedError: the process ended, or sent what is not a message.
            StoppedError: the batch is being stopped.
        """

    def has_message(self) -> bool:
        """Whether something has come that nobody asked for."""

    def cpu_seconds(self) -> float | None:
        """CPU time of the submission so far, where the system tells; None elsewhere."""

    def kill(self) -> None:
        """End the process and everything that it started."""


def decoded(head: bytes, payload: bytes) -> Message:
    """A frame as a message.

    Raises:
        EndedError: it is none: whoever sent it is not believed any further.
    """
    try:
        return Message(wire.decode_from_runner(head), payload, len(head) + len(payload))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise EndedError("sent what is not a message") from None


@dataclass(frozen=True)
class FrameLimit:
    """The largest frame that is taken, in bytes. A cell's outputs are all head, a result is all
    payload."""

    head: int
    payload: int

    @staticmethod
    def of(limits: Limits) -> FrameLimit:
        # in JSON a character may take six bytes, and an output has some wrapping
        return FrameLimit(
            max(HEAD_BYTES, 6 * limits.output_bytes + 64 * KILOBYTE), limits.result_bytes
        )

    def check(self, head: int, payload: int) -> None:
        """Raises EndedError for a frame that is larger."""
        if head > self.head or payload > self.payload:
            raise EndedError(f"sent a message of {head + payload} bytes")


def now() -> float:
    """Seconds on a clock that never jumps."""
    return time.monotonic()
