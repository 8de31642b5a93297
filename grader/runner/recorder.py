"""Collects the outputs of cells in nbformat's form, as nbclient would from a kernel's messages.

A kernel sends what is printed when something is displayed, when an error is shown and at the end of
a cell, first what went to stdout and then what went to stderr; also every fifth of a second, which
is left out here: evidence must not depend on the time. What reached descriptors 1 and 2 past
`sys.stdout`, from other programs above all, is taken in where it was written.
"""

from __future__ import annotations

import io
import os
import tempfile
from contextlib import suppress
from typing import Any

CUT = "\n[the rest of this cell's output was cut off: it is over the limit]\n"
NAMES = ("stdout", "stderr")

Output = dict[str, Any]


class _Place:
    """Where outputs go: a cell, or a widget that catches them."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.clear_pending = False

    def current(self) -> list[Output]:
        if self.clear_pending:
            self.outputs.clear()
            self.clear_pending = False
        return self.outputs


class Recorder:
    """The outputs of all cells so far, at most `limit` characters of a cell and `total` in all.

    Attributes:
        changed: the cells whose outputs were touched since it was last emptied.
        writes: how often something was printed.
    """

    def __init__(self, limit: int, total: int) -> None:
        self._limit = limit
        self._total = total
        self.changed: set[int] = set()
        self.writes = 0
        self.number = 0
        self._cells: dict[int, _Place] = {0: _Place()}
        self._room = limit
        self._printed: dict[str, list[str]] = {name: [] for name in NAMES}
        self._descriptors: dict[str, _Descriptor] = {}
        self._displays: dict[str, list[tuple[int, Output]]] = {}
        self._catching: list[Any] = []  # comms of `Output` widgets, the innermost last
        self._caught: dict[Any, _Place] = {}
        self._told: set[Any] = set()

    def begin(self, number: int) -> None:
        self.flush()
        self.number = number
        self._cells[number] = _Place()
        self._room = min(self._limit, self._total)

    def outputs(self, number: int) -> list[Output]:
        return self._cells[number].outputs if number in self._cells else []

    def watch_descriptors(self) -> None:
        """From now on what is written to descriptors 1 and 2 is output too."""
        for number, name in enumerate(NAMES, start=1):
            with suppress(OSError):  # a full disk, say: then nobody sees it
                self._descriptors[name] = _Descriptor(number)

    def stream(self, name: str, text: str) -> None:
        self.writes += 1
        self._take_in(name)
        if text and self._take(len(text)):
            self._printed[name].append(text)

    def flush(self, *names: str) -> None:
        """Make outputs of what was printed so far; of both streams if none is named."""
        for name in names or NAMES:
            self._take_in(name)
            if not (printed := self._printed[name]):
                continue
            text = "".join(printed)
            printed.clear()
            outputs = self._place().current()
            if outputs and outputs[-1].get("name") == name:
                outputs[-1]["text"] += text
            else:
                outputs.append({"output_type": "stream", "name": name, "text": text})

    def add(self, output: Output, display_id: str | None = None) -> None:
        self.flush()
        if not self._take(_weight(output)):
            return
        if display_id and "data" in output:
            self._renew(display_id, output["data"], output["metadata"])
        place = self._place()
        if place.clear_pending and not self._catching:
            self._forget_displays()
        place.current().append(output)
        if display_id and not self._catching:
            self._displays.setdefault(display_id, []).append((self.number, output))

    def update(self, display_id: str | None, data: Output, metadata: Output) -> None:
        self.flush()
        if display_id and self._take(_weight(data)):
            self._renew(display_id, data, metadata)

    def clear(self, wait: bool) -> None:
        self.flush()
        place = self._place()
        if wait:
            place.clear_pending = True
            return
        place.outputs.clear()
        if not self._catching:
            self._forget_displays()

    def redirect(self, comm: Any) -> None:
        """Outputs belong to this widget, until `restore`."""
        self.flush()
        self._catching.append(comm)

    def restore(self, comm: Any) -> None:
        self.flush()
        with suppress(ValueError):
            self._catching.remove(comm)

    def newly_caught(self) -> list[tuple[Any, list[Output]]]:
        """The widgets that caught something since this was last asked, with all that they hold."""
        caught = [(comm, list(self._caught[comm].outputs)) for comm in self._told]
        self._told.clear()
        return caught

    def _place(self) -> _Place:
        if self._catching:
            comm = self._catching[-1]
            self._told.add(comm)
            return self._caught.setdefault(comm, _Place())
        self.changed.add(self.number)
        return self._cells[self.number]

    def _renew(self, display_id: str, data: Output, metadata: Output) -> None:
        for number, output in self._displays.get(display_id, []):
            output["data"], output["metadata"] = data, metadata
            self.changed.add(number)

    def _forget_displays(self) -> None:
        for places in self._displays.values():
            places[:] = [place for place in places if place[0] != self.number]

    def _take_in(self, name: str) -> None:
        descriptor = self._descriptors.get(name)
        if (
            descriptor is not None
            and (text := descriptor.written(self._room + 1))
            and self._take(len(text))
        ):
            self._printed[name].append(text)

    def _take(self, size: int) -> bool:
        """Whether there is room for so many characters; says once that there is not."""
        if self._room < 0:
            return False
        self._room -= size
        if self._room >= 0:
            self._total -= size  # what is cut off takes no room from later cells
        else:
            self._printed["stderr"].append(CUT)
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


class _Descriptor:
    """A file in the place of a descriptor of this process: no pipe that must be emptied in time."""

    def __init__(self, number: int) -> None:
        folder = os.environ.get("TMPDIR")
        # not buffered, and its position is shared by all that write to it
        self._file = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115, as long as the process
        os.dup2(self._file.fileno(), number)
        self._read = 0

    def written(self, most: int) -> str:
        """What has been written since this was last asked; of it, at most so many bytes."""
        try:
            end = self._file.tell()
            if end <= self._read:
                return ""
            size = max(0, min(most, end - self._read))
            found = os.pread(self._file.fileno(), size, self._read)
        except (OSError, ValueError):  # a student may close what is not theirs
            return ""
        self._read = end
        return found.decode(errors="replace")


class OutStream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the student's code, with the looks of a kernel's."""

    encoding = "UTF-8"

    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder = recorder
        self.name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._recorder.stream(self.name, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self._recorder.flush(self.name)

    def isatty(self) -> bool:
        return False
