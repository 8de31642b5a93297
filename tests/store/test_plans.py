"""What was asked and expected comes back as it was, for all that an author can write."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.execute import probe_keys
from grader.judge import judge
from grader.records.evidence import Evidence, Outcome, Run
from grader.store.plans import plan_bytes, plan_key, read_plan, write_plan
from tests.questions.test_plan import EVERY_KIND


@pytest.fixture(scope="module")
def planned():
    from grader.questions import plan

    return plan("hw", EVERY_KIND, b"secret")


def as_bytes(planned):
    return plan_bytes(planned.probes, planned.answer_key, probe_keys(planned.probes))


def test_a_plan_comes_back_and_judges_the_same(tmp_path: Path, planned):
    body = as_bytes(planned)
    key = write_plan(tmp_path, body)
    back = read_plan(tmp_path, key)
    assert back is not None
    probes, answer_key = back.probes, back.answer_key
    assert plan_bytes(probes, answer_key, back.keys) == body
    assert back.keys == probe_keys(planned.probes)
    assert [probe.id for probe in probes] == [probe.id for probe in planned.probes]
    for status in ("missing", "raised"):
        outcomes = {probe.id: Outcome("", status) for probe in probes}
        evidence = Evidence(Run("", ()), outcomes)
        assert judge(evidence, answer_key) == judge(evidence, planned.answer_key)


def test_the_same_questions_and_secret_give_the_same_key(planned):
    from grader.questions import plan

    def key(secret):
        again = plan("hw", EVERY_KIND, secret)
        return plan_key(as_bytes(again))

    assert key(b"secret") == plan_key(as_bytes(planned))
    assert key(b"another") != key(b"secret")


def test_a_damaged_plan_is_written_again(tmp_path: Path, planned):
    body = as_bytes(planned)
    key = write_plan(tmp_path, body)
    (tmp_path / key).write_bytes(b"nonsense")
    write_plan(tmp_path, body)
    assert read_plan(tmp_path, key) is not None
    assert read_plan(tmp_path, "0" * 64) is None
