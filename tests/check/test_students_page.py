"""docs/students.md: what the page shows is what comes out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.tiny import grader, write_notebook

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs" / "students.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("students") / "course"
    assert grader("new", str(root), cwd=root.parent).returncode == 0
    assert grader("release", "hw1", "--anyway", cwd=root).returncode == 0
    cells = BLOCKS["student"].split("\n\n\n")
    write_notebook(root / "release/hw1/hw1.ipynb", cells)
    return root / "release/hw1"


def test_the_output_on_the_page_is_what_comes_out(released):
    done = subprocess.run(
        [sys.executable, "check.py", "hw1.ipynb"],
        cwd=released,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert re.sub(r"Handed in now: .*", "Handed in now: ...", done.stdout) == BLOCKS["output"]
