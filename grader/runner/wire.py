"""The messages between supervisor and runner, and the encoding of values."""

from __future__ import annotations

from typing import Any, Union

import msgspec

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


class WireArray(msgspec.Struct, tag="array", array_like=True, frozen=True):
    """`data` holds the elements in C order; `origin` is the name of the type that it was."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes
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
    """Sent again for an earlier cell if a later one updated its display."""

    number: int
    status: str
    outputs: tuple[dict[str, Any], ...]
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

_encode = msgspec.msgpack.Encoder().encode
decode_to_runner = msgspec.msgpack.Decoder(ToRunner).decode
decode_from_runner = msgspec.msgpack.Decoder(FromRunner).decode


def encode(message: msgspec.Struct) -> bytes:
    """A message as bytes. Half a surrogate pair, which is no text in UTF-8, becomes `\\ud800`."""
    try:
        return _encode(message)
    except UnicodeEncodeError:
        return _encode(_encodable(message))


def _encodable(part: Any) -> Any:
    if isinstance(part, str):
        return part.encode("utf-8", "backslashreplace").decode()
    if isinstance(part, msgspec.Struct):
        values = {name: _encodable(getattr(part, name)) for name in part.__struct_fields__}
        return type(part)(**values)
    if isinstance(part, dict):
        return {_encodable(key): _encodable(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return type(part)(_encodable(item) for item in part)
    return part
