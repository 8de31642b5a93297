"""What cells show, checked as it comes in: whoever has replaced the runner may send anything."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from grader.execute.process import EndedError

JSON_DEPTH = 30
JSON_ITEMS = 100_000
"""Of one cell; an interactive plot with tens of thousands of points has so many. An empty object is
two bytes of text, and 64 of memory."""

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "stream": {"name": str, "text": str},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict, "execution_count": (int, type(None))},
    "error": {"ename": str, "evalue": str, "traceback": list},
}


def checked_outputs(text: str) -> tuple[dict[str, Any], ...]:
    """The outputs of a cell in nbformat 4, each with exactly its fields.

    Args:
        text: JSON, as a runner has sent it.

    Raises:
        EndedError: that is no list of outputs, or made of too much.
    """
    if _items(text) > JSON_ITEMS:
        raise EndedError("sent outputs of too many parts")
    try:
        outputs = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError):
        outputs = None
    if not isinstance(outputs, list) or _depth_is_over(outputs, JSON_DEPTH):
        raise EndedError("sent what are not outputs")
    return tuple(map(_checked, outputs))


def _items(text: str) -> int:
    """How many values, at the most, this JSON is made of; before any of them is made."""
    between = _TEXT.sub("", text)
    return sum(map(between.count, "[{,"))


def _depth_is_over(outputs: list[Any], limit: int) -> bool:
    layer: list[Any] = [outputs]
    for _ in range(limit + 2):
        layer = [
            item
            for thing in layer
            if isinstance(thing, (dict, list))
            for item in (thing.values() if isinstance(thing, dict) else thing)
        ]
        if not layer:
            return False
    return True


def _checked(output: Any) -> dict[str, Any]:
    kind = output.get("output_type") if isinstance(output, dict) else None
    fields = _FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None or not all(isinstance(output.get(n), t) for n, t in fields.items()):
        raise EndedError("sent what is not an output")
    if kind == "error" and not all(isinstance(line, str) for line in output["traceback"]):
        raise EndedError("sent what is not an output")
    shown: dict[str, Any] = {name: _storable(output[name]) for name in fields}
    if "data" in shown:
        shown["data"] = {mime: _as_nbformat_has_it(mime, x) for mime, x in shown["data"].items()}
    if isinstance(shown.get("execution_count"), str):
        raise EndedError("sent what is not an output")
    return {"output_type": kind} | shown


def _storable(thing: Any) -> Any:
    """With text for whole numbers of more than 64 bits, which no record holds."""
    if isinstance(thing, dict):
        return {key: _storable(item) for key, item in thing.items()}
    if isinstance(thing, list):
        return [_storable(item) for item in thing]
    if isinstance(thing, int) and not -(2**63) <= thing < 2**64:
        return hex(thing)
    return thing


def _as_nbformat_has_it(mime: str, item: Any) -> Any:
    """Text, or lines of it, but for JSON."""
    is_lines = isinstance(item, list) and all(isinstance(line, str) for line in item)
    if isinstance(item, str) or is_lines or mime == "application/json" or mime.endswith("+json"):
        return item
    return msgspec.json.encode(item).decode()
