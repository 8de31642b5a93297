"""Drops the records that nothing refers to: of earlier attempts, of earlier questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError
from grader.store.lock import only_one
from grader.store.receipts import read_receipts
from grader.store.record_file import DamagedRecordError
from grader.store.standings import read_standings

_NAME = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Dropped:
    records: int
    bytes: int


def prune(folder: Path) -> Dropped:
    """Drop runs and plans that no receipt in this folder names.

    Raises:
        GraderError: another command is at work there, or a receipt is damaged or lost: who knows
            what it refers to.
    """
    with only_one(folder, "grader evidence --prune"):
        try:
            receipts = list(read_receipts(folder / "receipts"))
        except DamagedRecordError as error:
            raise GraderError(
                f"a receipt is damaged, so what it refers to is not known: {error}",
                at=str(folder / "receipts"),
                fix=f"run `grader grade {folder.name}`, which makes it again",
            ) from error
        named = {receipt.plan for receipt in receipts}
        named |= {judged.run for receipt in receipts for judged in receipt.attempts}
        _refuse_lost_receipts(folder, {receipt.student.id for receipt in receipts})
        unnamed = [file for file in _records(folder) if file.name not in named]
        size = sum(file.stat().st_size for file in unnamed)
        for file in unnamed:
            file.unlink()
        return Dropped(len(unnamed), size)


def _refuse_lost_receipts(folder: Path, there: set[str]) -> None:
    """Refuse where a score stands without its receipt: its evidence would look like nobody's."""
    standings = read_standings(folder / "standings") or ()
    lost = sorted({standing.student for standing in standings} - there)
    if lost or (not there and any(_records(folder))):
        named = ", ".join([*lost[:3], *(["..."] if lost[3:] else [])]) or "anybody"
        raise GraderError(
            f"there is no receipt of {named}, so what it refers to is not known",
            at=str(folder / "receipts"),
            fix=f"if it can be read, run `grader grade {folder.name}`, which makes them again",
        )


def _records(folder: Path) -> Iterator[Path]:
    for file in [*(folder / "runs").glob("*/*"), *(folder / "plans").glob("*")]:
        if _NAME.fullmatch(file.name) and file.is_file():  # else it is somebody else's
            yield file
