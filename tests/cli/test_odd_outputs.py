"""Whatever a cell shows, it costs the cell nothing, and the executed notebook is a valid one."""

from __future__ import annotations

import nbformat
import pytest

from tests.cli.tiny import SQUARE, HandIn, a_course, add_assignment, grader, scores_csv

pytestmark = pytest.mark.slow

SHOWN = {
    "long": "{'application/json': {'a': 2**70, 'b': [-(2**70)]}}",
    "endless": "{'application/json': {'a': 10**5000}}",
    "deep": "{'application/json': {'a': deep}}",
    "no-text": "{'text/plain': 7, 'text/html': None, b'key': 1, 'image/png': {'a': 1}}",
}


def test_odd_displays_are_kept_as_far_as_a_notebook_can_hold_them(tmp_path):
    begin = "from IPython.display import display\ndeep = []\nfor _ in range(40): deep = [deep]\n"
    cells = {
        who: f"{begin}display({shown}, raw=True)\ndef double(x):\n    return 2 * x"
        for who, shown in SHOWN.items()
    }
    hand_ins = [HandIn(who, "2026-02-03T12:00:00+08:00", [c, SQUARE]) for who, c in cells.items()]
    root = a_course(tmp_path / "course", students=list(SHOWN))
    add_assignment(root, hand_ins=hand_ins)
    assert grader("grade", "hw", cwd=root).returncode == 0
    told = {who: (row["score"], row["flags"]) for who, row in scores_csv(root).items()}
    assert told == dict.fromkeys(SHOWN, ("10.00", ""))
    for who in SHOWN:
        file = root / f"reports/hw/executed/{who}-1.ipynb"
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
        assert notebook.cells[0].outputs[0].output_type == "display_data"
