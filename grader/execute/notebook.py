"""Notebooks as they are stored, and as they are after execution."""

from __future__ import annotations

import copy
import json
import logging
import warnings
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.records.evidence import CellRun, Run
from grader.records.limits import MEGABYTE, Limits

MAX_FILE_BYTES = 100 << 20

_LEFT_OUT = {
    "timeout": "This cell ran longer than the limit ({cell_seconds:g} s, or {cpu_seconds:g} s of "
    "CPU in all) and was left out.",
    "died": "This cell ended the process and was left out.",
    "memory": "This cell used more memory than the limit, {megabytes} MB.",
    "not-run": "This cell was not run: the notebook had used up its time, {total_seconds:g} s.",
}


class UnreadableNotebookError(GraderError):
    """A student's file that is no notebook: it becomes that row's status, and the batch goes on."""


def read_notebook(path: Path) -> Any:
    """A notebook of any stored format (nbformat 2 to 4.5) in nbformat 4.

    Raises:
        UnreadableNotebookError: with what is wrong with the file.
    """
    return parse_notebook(read_file(path), path.name)


def read_file(path: Path) -> bytes:
    """A student's file, unless it is enormous.

    Raises:
        UnreadableNotebookError: with what is wrong with the file.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UnreadableNotebookError(
                f"the file has {path.stat().st_size >> 20} MB; the limit is 100 MB",
                at=path.name,
                fix="hand it in again with the outputs cleared",
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableNotebookError(
            f"the file cannot be read: {error.strerror}", at=path.name
        ) from error


def parse_notebook(raw: bytes, name: str) -> Any:
    """What is in a file called `name`, in nbformat 4.

    Raises:
        UnreadableNotebookError: with what is wrong with the file.
    """
    if not raw.strip():
        raise UnreadableNotebookError("the file is empty", at=name, fix="save, hand in again")
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return _parse(text, name)


def _parse(text: str, name: str) -> Any:
    import nbformat  # 0.1 s, and `grader --help` must not pay for it

    logger = logging.getLogger("traitlets")
    level = logger.level
    try:
        logger.setLevel(logging.CRITICAL)  # a slightly invalid notebook is still a notebook
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(_completed(text), as_version=4)
        if "\\ud" in text.lower():
            notebook = nbformat.from_dict(_encodable(notebook))
        for cell in notebook.cells:
            _repair(cell)
    except RecursionError as error:
        raise UnreadableNotebookError("the file is nested too deeply", at=name) from error
    except Exception as error:
        # nbformat raises almost anything for what only looks like a notebook
        broken = error.__cause__
        if isinstance(broken, json.JSONDecodeError) and text.lstrip().startswith("{"):
            problem = f"the file is not whole JSON: {broken}; was it cut off?"
        elif isinstance(broken, json.JSONDecodeError):
            problem = f"the file is not JSON: it starts with {text[:30]!r}"
        else:
            problem = f"the file is not a notebook: {type(error).__name__}: {str(error)[:200]}"
        raise UnreadableNotebookError(
            problem, at=name, fix="hand in the .ipynb as Jupyter saves it"
        ) from error
    finally:
        logger.setLevel(level)
    return notebook


def _completed(text: str) -> str:
    """A notebook with the keys that other programs than Jupyter leave out.

    Without `nbformat` a notebook would be read as one of format 1, and lose its cells.
    """
    try:
        raw = json.loads(text)
    except json.JSONDecodeError:
        return text  # nbformat will say so
    if not isinstance(raw, dict):
        return text
    if isinstance(raw.get("cells"), list):
        raw["nbformat"] = max(4, raw.get("nbformat") or 4)
        raw.setdefault("nbformat_minor", 0)
        sheets = [raw["cells"]]
    elif isinstance(raw.get("worksheets"), list):
        raw.setdefault("nbformat", 3)
        raw.setdefault("nbformat_minor", 0)
        sheets = [sheet.get("cells", []) for sheet in raw["worksheets"]]
    else:
        return text
    raw.setdefault("metadata", {})
    for cell in (cell for cells in sheets for cell in cells if isinstance(cell, dict)):
        cell.setdefault("metadata", {})
        if cell.get("cell_type") == "code":
            cell.setdefault("outputs", [])
            cell.setdefault("execution_count", None)
        if raw["nbformat"] >= 4 and cell.get("source") is None:
            cell["source"] = ""
    return json.dumps(raw)


def _encodable(part: Any) -> Any:
    """With U+FFFD for half a surrogate pair: JSON can hold one, UTF-8 (pages, keys) can not."""
    if isinstance(part, str):
        return part.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(part, dict):
        return {_encodable(key): _encodable(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_encodable(item) for item in part]
    return part


def _repair(cell: Any) -> None:
    """Make a cell one that this package can rely on, or raise what the caller reports."""
    if isinstance(cell.get("source"), list):
        cell["source"] = "".join(cell["source"])
    if not isinstance(cell.get("source"), str):
        raise TypeError("a cell has no source")
    if not isinstance(cell.get("cell_type"), str):
        raise TypeError("a cell has no type")
    if not isinstance(cell.get("metadata"), dict):
        cell["metadata"] = {}


def code_cells(notebook: Any) -> tuple[str, ...]:
    """The sources of the code cells, in order; their numbers count from 1 in reports."""
    return tuple(cell["source"] for cell in notebook.cells if cell["cell_type"] == "code")


def executed(notebook: Any, run: Run, limits: Limits) -> Any:
    """A copy of the notebook with the outputs of `run`, as nbclient would leave it.

    A cell that was left out says which of the limits it passed.
    """
    import nbformat

    result = copy.deepcopy(notebook)
    cells = [cell for cell in result.cells if cell["cell_type"] == "code"]
    for cell, cell_run in zip(cells, run.cells, strict=True):
        cell["execution_count"] = cell_run.execution_count
        cell["outputs"] = [nbformat.from_dict(output) for output in _outputs(cell_run, limits)]
    return result


def _outputs(run: CellRun, limits: Limits) -> list[dict[str, Any]]:
    outputs = list(run.outputs)
    if run.status in _LEFT_OUT:
        text = _LEFT_OUT[run.status].format(
            cell_seconds=limits.cell_seconds,
            cpu_seconds=limits.cpu_seconds,
            total_seconds=limits.total_seconds,
            megabytes=limits.memory_bytes // MEGABYTE,
        )
        text += "\n"
        outputs.append({"output_type": "stream", "name": "stderr", "text": text})
    return outputs
