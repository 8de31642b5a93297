"""Text that UTF-8 has no place for: half a surrogate pair, as a slip in an escape gives it."""

from __future__ import annotations

import pytest

from grader.records.probes import Probe

pytestmark = pytest.mark.slow

HALF = r"'\ud800'"
SHOWN = r"\ud800"


def test_it_ends_no_process_and_is_shown_as_its_escape(run):
    evidence = run(
        f"print({HALF})",
        f"raise ValueError({HALF})",
        f"def f():\n    print({HALF})\n    raise ValueError({HALF})",
        f"def g():\n    return {{{HALF}: [{HALF}]}}",
        f"answer = {HALF}",
        probes=[Probe("f", "f"), Probe("g", "g"), Probe("a", "answer", call=False)],
    )
    assert [cell.status for cell in evidence.run.cells] == ["ok", "error", "ok", "ok", "ok"]
    assert evidence.run.flags == ()
    assert evidence.run.cells[0].outputs[0]["text"] == SHOWN + "\n"
    f, g, a = (evidence.outcomes[name] for name in "fga")
    assert (f.status, f.error, f.printed) == ("raised", f"ValueError: {SHOWN}", SHOWN + "\n")
    assert g.status == a.status == "returned"
    assert a.value == SHOWN
