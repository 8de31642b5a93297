"""How much a submission may take."""

from __future__ import annotations

from dataclasses import dataclass

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE


@dataclass(frozen=True)
class Limits:
    """Wall seconds, and sizes in bytes.

    Attributes:
        cell_seconds: for one cell.
        total_seconds: for all cells together.
        probe_seconds: for one probe.
        output_bytes: what one run may print and display.
        result_bytes: the size of what one probe returns.
        memory_bytes: what the process may hold.
    """

    cell_seconds: float = 30.0
    total_seconds: float = 300.0
    probe_seconds: float = 10.0
    output_bytes: int = 1024 * KILOBYTE
    result_bytes: int = 64 * MEGABYTE
    memory_bytes: int = 2048 * MEGABYTE
