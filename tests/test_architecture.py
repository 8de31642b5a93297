"""The arrows of the design, read from the imports; and what `--help` may cost."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

# each folder, and what of the package it may import besides itself
MAY_IMPORT = {
    "records": set(),
    "runner": set(),
    "judge": {"records"},
    "questions": {"records", "errors", "judge"},
    "audit": {"records", "errors", "judge", "questions"},
    "second_opinion": {"records", "judge"},
    "execute": {"records", "errors", "runner"},
    "score": {"records", "errors"},
    "course": {"records", "errors", "score"},
    "collect": {"records", "errors", "course"},
    "canvas": {"records", "errors", "course", "collect"},
    "report": {"records", "errors"},
    "export": {"records", "errors", "report"},
    "store": {"records", "errors", "score"},
    "cluster": {"records", "errors", "execute", "runner", "store"},
    "gradebook": {"records", "errors", "course"},
    "check": {"records", "judge", "runner"},
    "release": {
        "records",
        "errors",
        "course",
        "questions",
        "execute",
        "check",
        "score",
        "opened",
        "prepared",
    },
    "final": {"records", "errors", "course", "score", "report", "opened"},
    "similar": {"records", "report"},
    "starter": {"errors", "course"},
    "nbgrader": {"errors"},
}


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_no_arrow_is_walked_backwards(root: Path, folder: str):
    for file in (root / "grader" / folder).rglob("*.py"):
        if "template" in file.parts:  # of the courses that are made from it
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                if name.partition(".")[0] == "grader" and "." in name:
                    target = name.split(".")[1]
                    assert target in MAY_IMPORT[folder] | {folder}, f"{file.name} imports {name}"


def test_help_imports_nothing_heavy():
    code = (
        "import sys, grader.cli as c\n"
        "try: c.cli.main(['--help'], standalone_mode=True)\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'nbconvert', 'nbformat', 'matplotlib', 'sqlalchemy', 'distributed'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_process_beside_the_students_code_cannot_import_the_reference(run):
    evidence = run("import reference", "import sys\nx = 'reference' in sys.modules; x")
    assert evidence.run.flags == ("import:reference",)
    assert evidence.run.cells[1].outputs[0]["data"]["text/plain"] == "False"
