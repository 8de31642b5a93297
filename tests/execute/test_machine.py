"""What a machine can do: found by doing it, and said with the remedy."""

from __future__ import annotations

import compileall
import csv
import subprocess
import sys
from pathlib import Path

import pytest

from grader.execute.machine import uncompiled
from grader.execute.remedies import (
    APPARMOR,
    DEBIAN_SWITCH,
    DOCKER,
    INSTALL,
    NAMESPACE_COUNT,
    remedy,
)

pytestmark = pytest.mark.slow

# the filter that student code gets denies namespaces, as a container's default profile does
WITHOUT_NAMESPACES = (
    "import os, sys\n"
    "from grader.runner import seccomp\n"
    "seccomp.install(seccomp.program())\n"
    "os.execv(sys.executable, [sys.executable, '-m', 'grader', *sys.argv[1:]])\n"
)


def grader(root: Path, *args: str, namespaces: bool = True) -> subprocess.CompletedProcess[str]:
    how = ["-m", "grader"] if namespaces else ["-c", WITHOUT_NAMESPACES]
    command = [sys.executable, *how, *args]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_this_machine_contains_student_code(root):
    """On CI the sandbox is there, and its tests run."""
    done = grader(root, "doctor")
    assert done.returncode == 0, done.stdout
    assert "MISSING" not in done.stdout
    assert "Student code is contained on this machine." in done.stdout


def test_without_namespaces_doctor_names_the_step_and_the_remedy_and_grade_refuses(root, tmp_path):
    doctor = grader(root, "doctor", namespaces=False)
    assert doctor.returncode == 1
    (missing,) = [line for line in doctor.stdout.splitlines() if line.startswith("MISSING")]
    problem = missing.partition("worker behind walls: ")[2]
    assert "namespace" in problem
    assert "docker run --security-opt seccomp=unconfined" in doctor.stdout
    assert "--sandbox degrade" in doctor.stdout

    samples = ("hw2", "--submissions", "submissions/samples", "--out", str(tmp_path))
    refused = grader(root, "grade", *samples, namespaces=False)
    assert refused.returncode == 1
    assert problem in refused.stderr
    assert "docker run --security-opt seccomp=unconfined" in refused.stderr
    assert not list(tmp_path.rglob("scores.csv"))


def test_without_namespaces_degrade_grades_the_same_and_flags_it(root, tmp_path):
    rows = {}
    for name, namespaces in (("full", True), ("degraded", False)):
        done = grader(
            root,
            *("grade", "hw2", "--submissions", "submissions/samples", "--student", "s01"),
            *("--sandbox", "degrade", "--out", str(tmp_path / name)),
            namespaces=namespaces,
        )
        assert done.returncode == 0, done.stderr
        with (tmp_path / name / "hw2" / "scores.csv").open() as file:
            (rows[name],) = csv.DictReader(file)
    assert rows["degraded"]["flags"] == "sandbox:degraded"
    assert rows["full"] == rows["degraded"] | {"flags": ""}


@pytest.mark.parametrize(
    ("what", "setting", "expected"),
    [
        ("bubblewrap is not installed", None, INSTALL),
        ("no user namespaces", ("proc/sys/user/max_user_namespaces", "0"), NAMESPACE_COUNT),
        ("uid map", ("proc/sys/kernel/unprivileged_userns_clone", "0"), DEBIAN_SWITCH),
        ("uid map", ("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"), APPARMOR),
        ("mount proc on /proc", (".dockerenv", ""), DOCKER),
    ],
)
def test_each_obstacle_has_its_remedy(tmp_path, what, setting, expected):
    if setting is not None:
        file = tmp_path / setting[0]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(setting[1])
    assert expected in remedy(what, tmp_path)


def test_what_no_bytecode_is_stored_of_is_named(tmp_path, monkeypatch):
    (tmp_path / "slow_to_start.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert uncompiled(["slow_to_start"]) == ["slow_to_start"]
    compileall.compile_dir(tmp_path, quiet=1)
    assert uncompiled(["slow_to_start", "no_such_module"]) == []
