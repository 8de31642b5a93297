"""Attempts that an LMS counts itself: each has its place and its time, in whatever steps they come."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.collect.lms.canvas import number_in
from grader.collect.lms.delivery import Delivery, Owner
from grader.collect.lms.download import File
from grader.collect.lms.filing import Filing

FIRST = datetime(2026, 2, 3, 8, tzinfo=UTC)


def a_delivery(attempt: int, content: str) -> Delivery:
    file = File("hw.ipynb", len(content), content.encode)
    return Delivery(
        label=f"doe_4701_{attempt}",
        owners=(Owner(number="4701"),),
        files=(file,),
        submitted_at=FIRST + timedelta(hours=attempt),
        names_in_lms=(("hw.ipynb", f"doe_4701_{900 + attempt}_hw.ipynb"),),
        attempt=attempt,
        numbers=frozenset({f"{900 + attempt}"}),
        is_far=True,
    )


def put(folder: Path, deliveries: list[Delivery]) -> None:
    filing = Filing(folder, "canvas", lambda contents: "hw.ipynb", number_in=number_in)
    for each in deliveries:
        filing.put("s01", each, each.submitted_at)
    filing.write_manifest()


@settings(max_examples=60, deadline=None)
@given(
    contents=st.lists(st.sampled_from("ab"), min_size=1, max_size=5),
    steps=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5), st.booleans()), max_size=3),
)
def test_each_attempt_is_there_once_at_its_number_with_its_time(contents, steps):
    """Equal contents are several attempts. A step knows the first of them, may be stopped after some,
    and the manifest may be gone then."""
    everything = [a_delivery(number, text) for number, text in enumerate(contents, 1)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "hw")
        for known, done, is_written in sorted(steps):
            put(folder, everything[:known][::-1][:done])
            if not is_written:
                (folder / "manifest.csv").unlink(missing_ok=True)
                put(folder, everything[:known][::-1])
        put(folder, everything[::-1])
        with (folder / "manifest.csv").open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        assert [(row["attempt"], row["submitted_at"]) for row in rows] == [
            (str(each.attempt), each.submitted_at.isoformat()) for each in everything
        ]
        for number, text in enumerate(contents, 1):
            assert (folder / "s01" / str(number) / "hw.ipynb").read_text("utf-8") == text
        assert not (folder / "_unmatched").exists()
