"""Frames over a pair of descriptors; see `wire` for what is in one."""

from __future__ import annotations

import os
import threading

from . import wire


class Channel:
    """The runner's end.

    Args:
        incoming: a descriptor to read from.
        outgoing: one to write to; it may be the same.
    """

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._in = incoming
        self._out = outgoing
        self._lock = threading.Lock()

    def receive(self) -> tuple[bytes, bytes] | None:
        """Head and payload of the next message, or None when the supervisor has closed."""
        prefix = self._read(wire.PREFIX)
        if prefix is None:
            return None
        head, payload = (self._read(size) for size in wire.lengths(prefix))
        return None if head is None or payload is None else (head, payload)

    def send(self, frame: bytes) -> None:
        rest = memoryview(frame)
        with self._lock:
            while rest:
                rest = rest[os.write(self._out, rest) :]

    def _read(self, size: int) -> bytes | None:
        parts = []
        while size:
            part = os.read(self._in, min(size, 1 << 20))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def behind_null(*descriptors: int) -> list[int]:
    """Copies of these descriptors, which are not inherited; /dev/null is put in their places.

    What students print to descriptor 1, or read from 0, then reaches nobody.
    """
    copies = [os.dup(descriptor) for descriptor in descriptors]
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(null, descriptor)
    os.close(null)
    return copies
