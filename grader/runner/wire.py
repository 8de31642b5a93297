"""The messages between supervisor and runner, and the encoding of values.

A frame is two lengths of four bytes each (big endian), a head and a payload. The head is one of
the messages below in MessagePack; the payload holds the elements of all its arrays, one after the
other. So a receiver can cap the two apart: the payload, which may be large, is never parsed, and
the head, from which objects are made, is small.
"""

from __future__ import annotations

from typing import Any, Literal, Union

import msgspec

PREFIX = 8
"""Bytes of a frame before its head."""

DTYPES = frozenset(
    (
        "|b1",
        "|i1",
        "|u1",
        "<i2",
        "<u2",
        "<i4",
        "<u4",
        "<i8",
        "<u8",
        "<f2",
        "<f4",
        "<f8",
        "<c8",
        "<c16",
    )
)


class Blob:
    """Bytes of the payload: `content` of one that is sent, `start` of one that came."""

    __slots__ = ("content", "start")

    def __init__(self, content: bytes = b"", start: int = 0) -> None:
        self.content = content
        self.start = start


class WireArray(msgspec.Struct, tag="array", array_like=True, frozen=True):
    """`data` holds the elements in C order; `origin` is the name of the type that it was."""

    dtype: str
    shape: tuple[int, ...]
    data: Blob
    origin: str


class WireText(msgspec.Struct, tag="text", array_like=True, frozen=True):
    text: str


class WireNone(msgspec.Struct, tag="none", array_like=True, frozen=True):
    pass


class WireSequence(msgspec.Struct, tag="sequence", array_like=True, frozen=True):
    items: tuple[WireValue, ...]
    origin: str


class WireMapping(msgspec.Struct, tag="mapping", array_like=True, frozen=True):
    items: tuple[tuple[str, WireValue], ...]


class WireRefused(msgspec.Struct, tag="refused", array_like=True, frozen=True):
    origin: str
    reason: str


class WireOwn(msgspec.Struct, tag="own", array_like=True, frozen=True):
    name: str


class WireFormula(msgspec.Struct, tag="formula", array_like=True, frozen=True):
    body: str
    parameters: tuple[str, ...]


WireValue = Union[WireArray, WireText, WireNone, WireSequence, WireMapping, WireRefused]
WireArgument = Union[
    WireArray, WireText, WireNone, WireSequence, WireMapping, WireRefused, WireOwn, WireFormula
]


class Begin(msgspec.Struct, tag="begin", frozen=True):
    """Run these cells. `cells` are sources; `skip` numbers (from 1) those to leave out."""

    cells: tuple[str, ...]
    skip: tuple[int, ...]
    prelude: str
    data_files: tuple[str, ...]
    seed: int
    output_bytes: int
    notebook_output_bytes: int
    result_bytes: int
    memory_bytes: int


class Ask(msgspec.Struct, tag="ask", frozen=True):
    nonce: str
    target: str
    call: bool
    args: tuple[WireArgument, ...]
    kwargs: tuple[tuple[str, WireArgument], ...]
    count_work: bool


class Ready(msgspec.Struct, tag="ready", frozen=True):
    environment: str


class CellStarted(msgspec.Struct, tag="cell-started", frozen=True):
    number: int


class CellDone(msgspec.Struct, tag="cell-done", frozen=True):
    """Sent again for an earlier cell if a later one updated its display.

    `outputs` is a JSON list of nbformat outputs: as text, so that a receiver can count what it is
    made of before it makes it.
    """

    number: int
    status: str
    outputs: str
    execution_count: int | None
    error: str


class Finished(msgspec.Struct, tag="finished", frozen=True):
    flags: tuple[str, ...]


class Reply(msgspec.Struct, tag="reply", frozen=True):
    nonce: str
    status: str
    value: WireValue
    error: str = ""
    where: str = ""
    printed: str = ""
    mutated: tuple[int, ...] = ()
    work: int | None = None
    remarks: tuple[str, ...] = ()


ToRunner = Union[Begin, Ask]
FromRunner = Union[Ready, CellStarted, CellDone, Finished, Reply]


class Degraded(msgspec.Struct, frozen=True):
    """What there is instead of rooms, on a machine without namespaces.

    `work` is the submission's own folder, `data` has the files to copy there, `readable` is what
    else it may read. `uid` is whom to run it as; 0 is as the warm process.
    """

    work: str
    data: str
    readable: tuple[str, ...]
    uid: int = 0


class Walls(msgspec.Struct, frozen=True):
    """What a submission may take, all its processes together; sizes in bytes.

    `kept`: what has to stay visible although it lies where the rooms to write in are.
    """

    memory_bytes: int
    cpu_seconds: int
    processes: int
    open_files: int
    file_bytes: int
    work_bytes: int
    scratch_bytes: int
    inodes: int
    kept: tuple[str, ...] = ()
    degraded: Degraded | None = None


class Spawn(msgspec.Struct, tag="spawn", frozen=True):
    """Start a submission. The socket that it talks on comes with the message."""

    walls: Walls


class Kill(msgspec.Struct, tag="kill", frozen=True):
    """End the submission that runs, with everything that it started."""


class Measure(msgspec.Struct, tag="measure", frozen=True):
    """Say how much CPU the submission has used."""


class Warm(msgspec.Struct, tag="warm", frozen=True):
    environment: str


class NotWarm(msgspec.Struct, tag="not-warm", frozen=True):
    """It does not get there: an import raised, or our own rehearsal.

    `error`: such as `ModuleNotFoundError: No module named 'x'`.
    """

    error: str


class Measured(msgspec.Struct, tag="measured", frozen=True):
    cpu_seconds: float


Cause = Literal["itself", "memory", "cpu", "stopped", "no-wall"]
"""What ended a submission: itself, or the supervisor's wish; the guard, because of what it took or
because it stopped itself; or a wall that could not be built, and then no student code has run."""


class Ended(msgspec.Struct, tag="ended", frozen=True):
    """The submission is gone, and so is everything that it started. See `guard.Report`.

    `warm_bytes` is the memory of the warm process itself, which should not grow.
    """

    status: int
    cause: Cause
    cpu_seconds: float
    peak_bytes: int
    missing: str
    warm_bytes: int


ToWarm = Union[Spawn, Kill, Measure]
FromWarm = Union[Warm, NotWarm, Measured, Ended]

encode_control = msgspec.msgpack.Encoder().encode
decode_to_warm = msgspec.msgpack.Decoder(ToWarm).decode
decode_from_warm = msgspec.msgpack.Decoder(FromWarm).decode


def encode(message: object) -> bytes:
    """A whole frame; of a message, or of anything that is made of the types above.

    Half a surrogate pair, which is no text in UTF-8, becomes `\\ud800`.
    """
    blobs: list[bytes] = []
    size = 0

    def place(blob: Any) -> int:
        nonlocal size
        if not isinstance(blob, Blob):
            raise NotImplementedError(f"a {type(blob).__name__} is not data")
        start = size
        blobs.append(blob.content)
        size += len(blob.content)
        return start

    encoder = msgspec.msgpack.Encoder(enc_hook=place)
    try:
        head = encoder.encode(message)
    except UnicodeEncodeError:
        blobs, size = [], 0
        head = encoder.encode(encodable(message))
    return b"".join((len(head).to_bytes(4, "big"), size.to_bytes(4, "big"), head, *blobs))


def encodable(part: Any) -> Any:
    """The same with an escape, `\\ud800`, for half a surrogate pair."""
    if isinstance(part, str):
        return part.encode("utf-8", "backslashreplace").decode()
    if isinstance(part, Blob):
        return part
    if isinstance(part, msgspec.Struct):
        values = {name: encodable(getattr(part, name)) for name in part.__struct_fields__}
        return type(part)(**values)
    if isinstance(part, dict):
        return {encodable(key): encodable(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return type(part)(encodable(item) for item in part)
    return part


def lengths(prefix: bytes) -> tuple[int, int]:
    """Bytes of head and payload, as the first `PREFIX` bytes of a frame say."""
    return int.from_bytes(prefix[:4], "big"), int.from_bytes(prefix[4:8], "big")


def _placed(kind: type, start: Any) -> Blob:
    if kind is not Blob or type(start) is not int:
        raise ValueError("a place in the payload is a number")
    return Blob(start=start)


decode_to_runner = msgspec.msgpack.Decoder(ToRunner, dec_hook=_placed).decode
decode_from_runner = msgspec.msgpack.Decoder(FromRunner, dec_hook=_placed).decode
