"""The entry point in this process, for what ends before a notebook runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Said:
    """What a command that ran in this process did."""

    status: int
    out: str
    err: str


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`say("grade", "hw", cwd=root)`: the entry point, in this process. For what runs nothing."""
    from grader.cli import main

    def run(*arguments: str, cwd: Path) -> Said:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["grader", *arguments])
        monkeypatch.setattr("signal.signal", lambda number, handler: None)
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit:
            main()
        out, err = capfd.readouterr()
        assert isinstance(exit.value.code, int)
        return Said(exit.value.code, out, err)

    return run
