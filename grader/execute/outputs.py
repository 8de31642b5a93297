"""What cells show, checked as it comes in: whoever has replaced the runner may send anything."""

from __future__ import annotations

from typing import Any

from grader.execute.process import EndedError

JSON_DEPTH = 30
JSON_ITEMS = 100_000
"""Of one output; an interactive plot with tens of thousands of points has so many. An empty object
is one byte of a message, and 64 of memory."""

_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "stream": {"name": str, "text": str},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict, "execution_count": (int, type(None))},
    "error": {"ename": str, "evalue": str, "traceback": list},
}


def checked_output(output: dict[str, Any]) -> dict[str, Any]:
    """An output of nbformat 4 with exactly its fields.

    Raises:
        EndedError: it is none.
    """
    kind = output.get("output_type")
    fields = _FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        raise EndedError("sent what is not an output")
    for name, types in fields.items():
        if not isinstance(output.get(name), types):
            raise EndedError("sent what is not an output")
    if kind == "error" and not all(isinstance(line, str) for line in output["traceback"]):
        raise EndedError("sent what is not an output")
    if not _is_json(output):
        raise EndedError("sent what is not an output")
    return {"output_type": kind} | {name: output[name] for name in fields}


def _is_json(output: dict[str, Any]) -> bool:
    """Whether it can be written as JSON, and is neither too deep nor made of too much."""
    layer: list[Any] = [output]
    items = 0
    for _ in range(JSON_DEPTH):
        below: list[Any] = []
        for thing in layer:
            if isinstance(thing, dict):
                if not all(isinstance(key, str) for key in thing):
                    return False
                below += thing.values()
            elif isinstance(thing, list):
                below += thing
            elif not (thing is None or isinstance(thing, (str, int, float))):  # and bool
                return False
        items += len(below)
        if not below or items > JSON_ITEMS:
            return items <= JSON_ITEMS
        layer = below
    return False
