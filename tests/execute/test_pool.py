"""How many notebooks run at a time."""

from grader.execute import default_jobs
from grader.records.limits import MEGABYTE

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
