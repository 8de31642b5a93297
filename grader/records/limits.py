"""How much a submission may take."""

from __future__ import annotations

from dataclasses import dataclass

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE


@dataclass(frozen=True)
class Limits:
    """Seconds, sizes in bytes, and counts; of one submission with all the processes that it starts.

    Attributes:
        cell_seconds: wall time for one cell.
        total_seconds: wall time for all cells together.
        probe_seconds: wall time for one probe.
        cpu_seconds: CPU time in all.
        output_bytes: what one cell may print and display.
        notebook_output_bytes: what all cells together may.
        result_bytes: the size of what one probe returns; all together may be four times that.
        memory_bytes: what it may hold besides what it is given at its start.
        file_bytes: the size of one file that it writes.
        work_bytes: the size of all files in its work directory; and again of those elsewhere.
        files: how many files and folders it may make.
        processes: how many processes and threads it may have.
        open_files: how many files it may have open.
    """

    cell_seconds: float = 30.0
    total_seconds: float = 300.0
    probe_seconds: float = 10.0
    cpu_seconds: float = 600.0
    output_bytes: int = 1024 * KILOBYTE
    notebook_output_bytes: int = 8 * MEGABYTE
    result_bytes: int = 8 * MEGABYTE
    memory_bytes: int = 2048 * MEGABYTE
    file_bytes: int = 64 * MEGABYTE
    work_bytes: int = 128 * MEGABYTE
    files: int = 4096
    processes: int = 64
    open_files: int = 256
