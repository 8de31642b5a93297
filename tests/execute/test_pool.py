"""How many notebooks run at a time, and when the sandbox is built."""

import nbformat
import pytest

from grader.errors import GraderError
from grader.execute import (
    Asked,
    Conditions,
    UnreadableNotebookError,
    default_jobs,
    execute_all,
    parse_notebook,
)
from grader.records.limits import MEGABYTE, Limits

LOTS = 10**15


def test_there_is_one_for_each_core_where_memory_is_plenty():
    assert default_jobs(1, available_bytes=LOTS) >= 1
    assert default_jobs(1, available_bytes=LOTS) == default_jobs(100, available_bytes=LOTS)


def test_no_more_than_fit_into_memory_and_one_in_any_case():
    limit = 2048 * MEGABYTE
    assert default_jobs(limit, available_bytes=limit + 1) == 1
    assert default_jobs(limit, available_bytes=0) == 1


def test_what_this_machine_has_is_looked_up():
    assert default_jobs(LOTS) == 1


def test_no_sandbox_is_wanted_for_what_cannot_be_opened(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))  # no bubblewrap here

    def executed(*contents: bytes):
        return list(
            execute_all(
                contents,
                lambda content: Asked(parse_notebook(content, "hw.ipynb"), ()),
                Conditions(Limits()),
                jobs=2,
                sandbox="full",
            )
        )

    broken = executed(b"no notebook", b"")
    assert [result.work for result in broken] == [b"no notebook", b""]
    assert all(isinstance(result.failure, UnreadableNotebookError) for result in broken)
    with pytest.raises(GraderError, match="bubblewrap"):
        executed(b"no notebook", nbformat.writes(nbformat.v4.new_notebook()).encode())
