"""Collects the outputs of cells in nbformat's form, as nbclient would from a kernel's messages."""

from __future__ import annotations

import io
from typing import Any

CUT = "\n[the rest of this cell's output was cut off: it is over the limit]\n"


class Recorder:
    """The outputs of all cells so far, at most `limit` characters of a cell and `total` in all.

    `outputs[number]` is the list of cell `number`'s outputs; `changed` the cells whose outputs
    were touched since it was last emptied.
    """

    def __init__(self, limit: int, total: int) -> None:
        self._limit = limit
        self._total = total
        self.outputs: dict[int, list[dict[str, Any]]] = {}
        self.changed: set[int] = set()
        self.number = 0
        self._clear_pending = False
        self._room = limit
        self._displays: dict[str, list[tuple[int, dict[str, Any]]]] = {}

    def begin(self, number: int) -> None:
        self.number = number
        self.outputs[number] = []
        self._room = min(self._limit, self._total)
        self._clear_pending = False

    def stream(self, name: str, text: str) -> None:
        if not text or not self._take(len(text)):
            return
        outputs = self._current()
        if outputs and outputs[-1]["output_type"] == "stream" and outputs[-1]["name"] == name:
            outputs[-1]["text"] += text
        else:
            outputs.append({"output_type": "stream", "name": name, "text": text})

    def add(self, output: dict[str, Any], display_id: str | None = None) -> None:
        if not self._take(_weight(output)):
            return
        self._current().append(output)
        if display_id:
            self._displays.setdefault(display_id, []).append((self.number, output))

    def update(self, display_id: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        if not self._take(_weight(data)):
            return
        for number, output in self._displays.get(display_id, []):
            output["data"], output["metadata"] = data, metadata
            self.changed.add(number)

    def clear(self, wait: bool) -> None:
        if wait:
            self._clear_pending = True
        else:
            self._outputs_of_cell().clear()

    def _outputs_of_cell(self) -> list[dict[str, Any]]:
        self.changed.add(self.number)
        return self.outputs.setdefault(self.number, [])

    def _current(self) -> list[dict[str, Any]]:
        outputs = self._outputs_of_cell()
        if self._clear_pending:
            outputs.clear()
            self._clear_pending = False
        return outputs

    def _take(self, size: int) -> bool:
        """Whether there is room for so many characters; says once that there is not."""
        if self._room < 0:
            return False
        self._room -= size
        self._total = max(0, self._total - size)
        if self._room < 0:
            self._outputs_of_cell().append({"output_type": "stream", "name": "stderr", "text": CUT})
            return False
        return True


def _weight(thing: Any) -> int:
    if isinstance(thing, str):
        return len(thing)
    if isinstance(thing, dict):
        return sum(_weight(item) + 16 for item in thing.values())
    if isinstance(thing, (list, tuple)):
        return sum(_weight(item) for item in thing)
    return 8


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the student's code."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder = recorder
        self._name = name

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.stream(self._name, text)
        return len(text)
