"""`release --to gradescope`: the zip, unpacked as Gradescope does, grades one hand-in and writes
results.json; the student's code is another user's and reads nothing of the course."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.autograder import read_metadata
from grader.errors import GraderError
from tests.cli.tiny import (
    DOUBLE,
    SQUARE,
    a_course,
    add_assignment,
    grader,
    notebook_text,
    write_notebook,
)

pytestmark = pytest.mark.slow

AT_NIGHT = "2026-02-04T01:00:00.361687-08:00"  # 17:00:00 on the 4th in Singapore: a day late


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip's content."""
    root = a_course(tmp_path_factory.mktemp("course"), settings="[late]\nrate = 0.15\n")
    add_assignment(root)
    write_notebook(root / "assignments/hw/hw.ipynb", [DOUBLE, SQUARE])
    (root / "reference").mkdir()
    (root / "reference/__init__.py").write_text("ANSWER = 42\n")
    done = grader("release", "hw", "--to", "gradescope", "--anyway", cwd=root)
    assert done.returncode == 0, done.stderr
    archive = root / "release/hw-gradescope.zip"
    assert archive.stat().st_mode & 0o077 == 0
    folder = tmp_path_factory.mktemp("source")
    subprocess.run(["unzip", "-q", str(archive), "-d", str(folder)], check=True)
    return folder


@pytest.fixture
def autograder(source: Path, tmp_path: Path) -> Path:
    """`/autograder`, as it is when Gradescope has built the container."""
    root = tmp_path / "autograder"
    shutil.copytree(source, root / "source")
    (root / "submission").mkdir()
    (root / "results").mkdir()
    subprocess.run(["chmod", "-R", "go-rwx", str(root / "source")], check=True)
    return root


@pytest.fixture(scope="module", autouse=True)
def home() -> Iterator[Path]:
    """What setup.sh makes, readable to anybody."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        Path(name, "venv").symlink_to(sys.prefix)
        os.environ["GRADER_HOME"] = name
        yield Path(name)
        del os.environ["GRADER_HOME"]


def metadata(root: Path, at: str = AT_NIGHT, **user: Any) -> None:
    document = {
        "id": 123456,
        "created_at": at,
        "assignment": {"id": 25828, "due_date": "2026-02-03T17:00:00+08:00", "late_due_date": None,
                       "total_points": "10.0", "group_submission": False},
        "submission_method": "upload",
        "users": [{"email": "s01@example.edu", "id": 1234, "name": "O'Brien, Zoë", **user}],
        "previous_submissions": [],
    }  # fmt: skip
    (root / "submission_metadata.json").write_text(json.dumps(document), "utf-8")


def run(root: Path, **environment: str) -> tuple[subprocess.CompletedProcess[str], Any]:
    done = subprocess.run(
        [str(root / "source/run_autograder")],
        env={**os.environ, "AUTOGRADER_ROOT": str(root), **environment},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    file = root / "results/results.json"
    return done, json.loads(file.read_text("utf-8")) if file.exists() else None


def points(document: Any) -> dict[str, float]:
    return {each["name"]: each["score"] for each in document["tests"] if "score" in each}


def test_one_hand_in_is_graded_with_its_late_penalty_and_stages_of_visibility(autograder):
    write_notebook(
        autograder / "submission/my homework.ipynb", [DOUBLE, "def square(x):\n    return x"]
    )
    metadata(autograder)
    done, document = run(autograder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert document["score"] == 7.65
    assert "x 0.85 = 7.65" in document["output"]
    assert points(document) == {"Twice": 9.0, "Squared": 0.0}
    by_stage: dict[str, list[str]] = {}
    for each in document["tests"]:
        by_stage.setdefault(each["visibility"], []).append(each["name"])
    assert by_stage == {
        "visible": ["Self-check, Q1: double", "Self-check, Q2: square"],
        "after_due_date": ["Twice", "Squared"],
    }
    checks = {each["name"]: each for each in document["tests"]}
    assert checks["Self-check, Q1: double"]["status"] == "passed"
    assert checks["Self-check, Q2: square"]["status"] == "failed"
    assert all(each["output_format"] == "text" for each in document["tests"])


@pytest.mark.scale
def test_a_students_own_deadline_in_gradescope_is_an_extension(autograder):
    write_notebook(autograder / "submission/hw.ipynb", [DOUBLE, SQUARE])
    metadata(autograder, assignment={"due_date": "2026-02-05T17:00:00+08:00"})
    _, document = run(autograder)
    assert document["score"] == 10.0
    assert "after an extension (in Gradescope)" in document["output"]


SPY = """
import glob, os
found = []
for path in ({paths!r}):
    for name in [path, *glob.glob(path + "/**", recursive=True)]:
        try:
            open(name).read()
            found.append(name)
        except OSError:
            pass
try:
    open({results!r}, "w").write("forged")
    found.append("results")
except OSError:
    pass
def double(x):
    return 2 * x if found else -1.0
def square(x):
    return os.getuid() and -1.0
"""


@pytest.mark.parametrize("walls", ["full", "degraded"])
def test_the_students_code_reads_nothing_of_the_course_and_forges_no_results(
    autograder, walls, tmp_path
):
    paths = [str(autograder / "source"), str(autograder / "source/course/course.secret")]
    spy = SPY.format(paths=paths, results=str(autograder / "results/results.json"))
    write_notebook(autograder / "submission/hw.ipynb", [spy])
    metadata(autograder, "2026-02-03T12:00:00+08:00")
    environment = {}
    if walls == "degraded":  # a container without bubblewrap
        programs = tmp_path / "bin"
        programs.mkdir()
        for name in ("bash", "env"):
            (programs / name).symlink_to(shutil.which(name) or name)
        environment["PATH"] = str(programs)
    done, document = run(autograder, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"the student's code runs with: {walls}" in done.stdout
    assert document["score"] == 0
    assert points(document) == {"Twice": 0.0, "Squared": 0.0}


AS_ANOTHER_USER = """
import json, sys, nbformat
from grader.execute import Asked, Conditions, execute_all
from grader.records.limits import Limits
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(sys.argv[1])])
(done,) = execute_all([notebook], lambda n: Asked(n, []), Conditions(Limits()), jobs=1, sandbox="user")
if done.failure: raise done.failure
print(done.evidence.run.cells[0].outputs[0]["text"])
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can start processes of another user")
def test_without_any_walls_the_students_code_is_a_user_of_its_own_and_leaves_nothing_running(
    tmp_path,
):
    secret = tmp_path / "secret"
    secret.write_text("42")
    secret.chmod(0o600)
    code = (
        "import os, subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        f"try:\n    open({str(secret)!r}).read(); print('read')\n"
        "except OSError as e: print(type(e).__name__)\n"
        "open('mine.txt', 'w').write('x'); print(os.getuid(), os.getgroups())"
    )
    # as in a container: an interpreter that anybody may read
    folders = list(Path(sys.base_prefix).parents[-2::-1])  # from the top
    seen = []
    if not all(each.stat().st_mode & 0o005 == 0o005 for each in folders):
        open_all = [part for each in folders for part in ("--chmod", "0755", str(each))]
        seen = [
            "--tmpfs",
            str(folders[0]),
            "--ro-bind",
            sys.base_prefix,
            sys.base_prefix,
            *open_all,
        ]
    container = ["bwrap", "--cap-add", "ALL", "--dev-bind", "/", "/", *seen]
    done = subprocess.run(
        [*container, sys.executable, "-c", AS_ANOTHER_USER, code],
        capture_output=True,
        text=True,
        check=False,
    )
    denied, user = done.stdout.split("\n")[:2]
    assert denied == "PermissionError", done.stderr
    uid, _, groups = user.partition(" ")
    assert (groups, int(uid) > 61_500) == ("[]", True)
    assert _running_of(int(uid)) == []


def _running_of(uid: int) -> list[str]:
    """Processes of a user; those that are dead already and wait for init are not."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == uid and "State:\tZ" not in (process / "status").read_text():
                found.append((process / "cmdline").read_text())
        except OSError:  # it ended meanwhile
            continue
    return found


@pytest.mark.scale
def test_what_is_no_notebook_is_said_and_a_failure_of_ours_gives_no_points(autograder):
    (autograder / "submission/hw.py").write_text("x = 1")
    metadata(autograder)
    done, document = run(autograder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "can't be read" in document["output"]
    (autograder / "results/results.json").unlink()
    metadata(autograder, "yesterday")
    done, document = run(autograder)
    assert done.returncode == 1
    assert document is None
    assert "submission_metadata.json" in done.stdout


@pytest.mark.scale
def test_a_zip_as_hand_in_is_opened_with_care(autograder):
    with zipfile.ZipFile(autograder / "submission/all.zip", "w") as archive:
        archive.writestr("../../source/course/course.secret", "mine")
        file = write_notebook(autograder.parent / "n.ipynb", [DOUBLE, SQUARE])
        archive.write(file, "work/hw.ipynb")
    secret = (autograder / "source/course/course.secret").read_bytes()
    metadata(autograder)
    done, document = run(autograder)
    assert document is not None, done.stdout
    assert document["score"] == 8.5, document["output"]
    assert (autograder / "source/course/course.secret").read_bytes() == secret


def test_the_zip_has_what_it_needs_and_not_the_instructors_notebook(source):
    names = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert {"setup.sh", "run_autograder", "requirements.txt", "course/course.secret",
            "course/assignments/hw/questions.py", "package/grader/autograder.py"} <= names  # fmt: skip
    assert "course/assignments/hw/hw.ipynb" not in names
    assert not any("gradebook.db" in name or "__pycache__" in name for name in names)
    pins = (source / "requirements.txt").read_text().split()
    assert any(pin.startswith("numpy==") for pin in pins)
    assert all("==" in pin or pin.startswith(("colorama", "pywin")) for pin in pins)
    assert (source / "run_autograder").stat().st_mode & 0o111


@pytest.mark.scale
def test_setup_makes_what_run_autograder_needs(source, tmp_path):
    root, home = tmp_path / "autograder", tmp_path / "opt"
    shutil.copytree(source, root / "source")
    (root / "submission").mkdir()
    environment = {**os.environ, "GRADER_HOME": str(home), "AUTOGRADER_ROOT": str(root)}
    subprocess.run([str(root / "source/setup.sh")], env=environment, check=True)
    write_notebook(root / "submission/hw.ipynb", [DOUBLE, SQUARE])
    metadata(root)
    done = subprocess.run([str(root / "source/run_autograder")], env=environment, check=False)
    assert done.returncode == 0
    assert json.loads((root / "results/results.json").read_text())["score"] == 8.5


@pytest.mark.parametrize(
    "change",
    [
        {"users": [{"name": "Zoë", "assignment": {"due_date": "2026-02-05T17:00:00"}}]},
        {"users": [{"name": "Zoë", "assignment": {"due_date": "9999-12-31T17:00:00-12:00"}}]},
        {"users": [None]},
        {"created_at": "0001-01-01T00:00:00+14:00"},
        {"created_at": None},
    ],
)
def test_metadata_that_says_no_time_gives_no_points_and_says_why(tmp_path, change):
    metadata(tmp_path)
    file = tmp_path / "submission_metadata.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(GraderError, match="what Gradescope says of the hand-in can't be read"):
        read_metadata(file)
    file.write_text("[" * 100_000, "utf-8")
    with pytest.raises(GraderError, match="can't be read"):
        read_metadata(file)


def test_files_that_are_not_taken_are_named_to_the_student(autograder):
    """A link, and a name that is no text: it is no zero without a word."""
    folder = autograder / "submission"
    (folder / "hw.ipynb").symlink_to(autograder / "source/course/course.secret")
    with open(os.fsencode(folder) + b"/L\xf6sung.ipynb", "w", encoding="utf-8") as file:
        file.write(notebook_text(DOUBLE, SQUARE))
    metadata(autograder, name="\ud800")
    done, document = run(autograder)
    assert done.returncode == 0, done.stdout + done.stderr
    secret = (autograder / "source/course/course.secret").read_text("utf-8").strip()
    assert secret not in json.dumps(document)
    assert "can't be read: there is no file in it that can be graded" in document["output"]
    assert "Not taken: hw.ipynb: it is a link" in document["output"]
    assert "Not taken: L?sung.ipynb: its name is not text" in document["output"]
