"""The files of the final marks, in the folder of results."""

from __future__ import annotations

from pathlib import Path

from grader.errors import GraderError
from grader.final.page import final_page
from grader.final.tables import write_final_csv, write_import_csv
from grader.final.totals import FinalMarks
from grader.report.files import write_whole


def write_final(final: FinalMarks, folder: Path) -> tuple[Path, ...]:
    """Write final.csv, final-import.csv and final.html; gives where they are.

    Raises:
        GraderError: nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraderError(
            f"the final marks can't be written: {error.strerror}",
            at=str(folder),
            fix="make a folder of it that you may write to, or name another with --out DIR",
        ) from error
    table, imported, shown = (
        folder / name for name in ("final.csv", "final-import.csv", "final.html")
    )
    write_final_csv(final, table)
    write_import_csv(final, imported)
    write_whole(shown, final_page(final))
    return table, imported, shown
