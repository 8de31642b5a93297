"""Times that people write without an offset: what the clock on the course's wall shows."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def local_time(written: datetime, zone: tzinfo) -> datetime:
    """A time without offset, in the zone.

    Raises:
        ValueError: if the clock never shows that time, or shows it twice.
    """
    time = written.replace(tzinfo=zone)
    shown = time.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if shown != written:
        raise ValueError(f"{written} does not exist in {zone}: the clocks skip it")
    if time.utcoffset() != time.replace(fold=1).utcoffset():
        raise ValueError(f"{written} comes twice in {zone}: the clocks go back")
    return time
