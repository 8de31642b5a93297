"""The same submissions give the same evidence, byte by byte, however many jobs and whoever runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.store.runs import evidence_bytes, read_run
from tests.adversarial.users import as_ordinary_user
from tests.cli.tiny import DOUBLE, SQUARE, HandIn, a_course, add_assignment, scores_csv

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]); plt.title('$x^2$'); plt.show()"
ODD = "import numpy as np\nprint(np.random.rand(), hash('a'))\n{'b': 1, 'a': {3, 1, 2}}"
HAND_INS = [
    HandIn("s01", "2026-02-03T12:00:00+08:00", [DOUBLE, SQUARE, PLOT]),
    HandIn("s02", "2026-02-03T12:00:00+08:00", [DOUBLE, ODD, "1 / 0"]),
    HandIn("s03", "2026-02-03T12:00:00+08:00", [DOUBLE, "import os; os._exit(3)", SQUARE]),
]


def evidence_of(root: Path) -> dict[str, bytes]:
    folder = root / "evidence/hw/runs"
    found = {}
    for file in folder.glob("*/*"):
        run = read_run(folder, file.name)
        assert run is not None
        found[file.name] = evidence_bytes(run)
    return found


@pytest.fixture
def open_folder():
    """One that another user can come into, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="same-bytes-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.scale
def test_evidence_is_the_same_with_one_job_and_two_as_root_and_as_an_ordinary_user(open_folder):
    tmp_path = open_folder
    course = a_course(tmp_path / "course", students=["s01", "s02", "s03"])
    add_assignment(course, hand_ins=HAND_INS)
    (course / "course.secret").write_text("the same for all\n")
    ways = {"one job": (["--jobs", "1"], []), "two jobs": (["--jobs", "2"], [])}
    if os.geteuid() == 0:
        ways["as an ordinary user"] = (["--jobs", "2"], as_ordinary_user())
    seen = {}
    for way, (options, before) in ways.items():
        root = shutil.copytree(course, tmp_path / way.replace(" ", "-"))
        for path in (root, *root.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        command = [*before, sys.executable, "-m", "grader", "--course", str(root), "grade", "hw"]
        done = subprocess.run(
            [*command, *options],
            cwd=ROOT,
            env={**os.environ, "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        seen[way] = evidence_of(root), scores_csv(root)
    first, *others = seen.values()
    assert len(first[0]) == 3
    assert all(other == first for other in others)
