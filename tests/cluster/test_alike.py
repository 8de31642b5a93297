"""Machines that would make other evidence are refused, and it is said which, and what they have."""

from __future__ import annotations

import copy

import pytest

from grader.cluster.alike import about, refuse_other_code, refuse_other_versions
from grader.errors import GraderError

HERE = {
    "host": {"python": "3.11.7.final.0"},
    "packages": {
        "grader": "0.1.0",
        "dask": "2026.8.0",
        "distributed": "2026.8.0",
        "msgspec": "0.22.0",
        "numpy": "2.3.5",
        "pandas": "2.3.3",
        "matplotlib": "3.11.2",
        "ipython": "9.18.1",
    },
}


def a_cluster(workers: int = 1) -> dict:
    addresses = [f"tls://node{number}:40000" for number in range(1, workers + 1)]
    client, scheduler, *each = (copy.deepcopy(HERE) for _ in range(workers + 2))
    return {
        "client": client,
        "scheduler": scheduler,
        "workers": dict(zip(addresses, each, strict=True)),
    }


def test_alike_is_alike():
    refuse_other_versions(a_cluster(3), where="tls://node0:8786")


@pytest.mark.parametrize(
    ("name", "version", "words"),
    [
        ("numpy", "1.26.4", "worker tls://node2:40000 has numpy 1.26.4 (here: numpy 2.3.5)"),
        ("grader", None, "worker tls://node2:40000 has no grader (here: grader 0.1.0)"),
        ("dask", "2026.7.0", "has dask 2026.7.0 (here: dask 2026.8.0)"),
    ],
)
def test_a_version_of_a_worker_is_named(name, version, words):
    found = a_cluster(3)
    found["workers"]["tls://node2:40000"]["packages"][name] = version
    with pytest.raises(GraderError) as caught:
        refuse_other_versions(found, where="tls://node0:8786")
    assert words in caught.value.problem
    assert "node1" not in caught.value.problem
    assert caught.value.at == "tls://node0:8786"


def test_a_scheduler_needs_no_numpy_but_the_same_grader():
    found = a_cluster()
    found["scheduler"]["packages"]["numpy"] = None
    refuse_other_versions(found, where="")
    found["scheduler"]["host"]["python"] = "3.12.1.final.0"
    with pytest.raises(
        GraderError, match=r"the scheduler has python 3\.12\.1 \(here: python 3\.11"
    ):
        refuse_other_versions(found, where="")


def test_of_many_that_differ_some_are_named_and_the_others_counted():
    found = a_cluster(9)
    for worker in found["workers"].values():
        worker["packages"]["numpy"] = "1.26.4"
    with pytest.raises(GraderError, match="; and 5 more") as caught:
        refuse_other_versions(found, where="")
    assert caught.value.problem.count("numpy 1.26.4") == 4


def test_the_environment_of_the_workers_is_told_whatever_kind_of_machine_this_is():
    host, _, code = about()
    theirs = "python 3.11.7, numpy 2.3.5, aarch64 linux"
    said = {
        "": (host, "another", code),
        "tls://a:1": ("a", theirs, code),
        "tls://b:1": ("b", theirs, code),
    }
    assert refuse_other_code(said, where="") == theirs


def test_no_worker_any_more_is_said():
    with pytest.raises(GraderError, match="the last worker of the cluster has just gone"):
        refuse_other_code({"": about()}, where="tls://node0:8786")


def test_workers_of_two_kinds_are_refused():
    host, environment, code = about()
    said = {
        "": (host, environment, code),
        "tls://a:1": ("a", "x86_64 linux", code),
        "tls://b:1": ("b", "aarch64 linux", code),
    }
    with pytest.raises(
        GraderError, match=r"a:1 \(a\) is x86_64 linux; worker tls://b:1 \(b\) is aarch64"
    ):
        refuse_other_code(said, where="")


def test_another_source_under_the_same_version_is_refused_and_so_is_none():
    host, environment, code = about()
    said = {"": (host, environment, code), "tls://a:1": ("a", environment, "0" * 64)}
    with pytest.raises(GraderError, match=r"a:1 \(a\) has another source of the grader"):
        refuse_other_code(said, where="")
    said["tls://a:1"] = ModuleNotFoundError("No module named 'grader.cluster'")
    with pytest.raises(GraderError, match="a:1 has another grader: ModuleNotFoundError"):
        refuse_other_code(said, where="")
