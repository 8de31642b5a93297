"""What hostile notebooks must not get, and what honest ones beside them must not lose.

One batch mixes each attack with honest notebooks, two at a time, in a supervisor of its own. As
root a part of the batch (with GRADER_TEST_SCALE all) runs again as an ordinary user, whose evidence must be the same to the byte.
"""

from __future__ import annotations

import functools
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.adversarial import attacks
from tests.adversarial.attacks import DEGRADED, FORGED, Attack
from tests.adversarial.batch import HONEST, LIMITS, watched
from tests.adversarial.users import as_ordinary_user

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
IS_ROOT = os.geteuid() == 0
SCALE = "GRADER_TEST_SCALE" in os.environ
USERS = ("as started", "as an ordinary user") if IS_ROOT and SCALE else ("as started",)
WITHOUT_NAMESPACES = USERS if "GRADER_TEST_SCALE" in os.environ else USERS[:1]
WHICH = {
    "as started": "ATTACKS",
    "as an ordinary user": "ATTACKS" if "GRADER_TEST_SCALE" in os.environ else "SOME",
}

Plain = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """What came of a batch, and what it left behind."""

    results: Plain
    seconds: float
    peak_megabytes: float
    processes_left: list[str]
    files_left: list[str]
    changed: list[str]
    tokens: tuple[str, ...]


Batches = Callable[..., Batch]


@pytest.fixture(scope="session")
def batch() -> Batches:
    """`batch("as started", "full", 2, "ATTACKS")`, run once."""

    @functools.cache
    def one(user: str, sandbox: str, jobs: int, which: str) -> Batch | Exception:
        base = "/var/tmp" if os.access("/var/tmp", os.W_OK) else None  # in no room of the sandbox
        folder = Path(tempfile.mkdtemp(prefix="grader-adversarial-", dir=base))
        try:
            return _batch(folder, user, sandbox, jobs, which)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            return error
        finally:
            subprocess.run(["rm", "-rf", str(folder)], check=True)  # however deep

    def found(*which: Any) -> Batch:
        done = one(*which)
        if not isinstance(done, Batch):  # once is enough
            raise AssertionError(str(done))
        return done

    return found


def _batch(folder: Path, user: str, sandbox: str, jobs: int, which: str) -> Batch:
    course, home, temporary, out = (folder / n for n in ("course", "home", "temporary", "out"))
    tokens = {name: f"CANARY-{secrets.token_hex(8)}" for name in _SECRETS}
    for name, token in tokens.items():
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{token}\n", encoding="utf-8")
    for each in (home, temporary, out):
        each.mkdir()
    (home / ".bashrc").write_text(next(iter(tokens.values())), encoding="utf-8")
    for each in (folder, temporary, out, home):
        each.chmod(0o777)  # as an ordinary user the walls must do it, not the modes
    paths = [str(course / name) for name in _SECRETS] + [str(course), str(home / ".bashrc"), str(folder)]  # fmt: skip
    before = _state(course, home)
    own = {
        "CANARY_ENVIRONMENT": f"CANARY-{secrets.token_hex(8)}",
        # what evidence depends on is the same each time
        "CANARY_HIDDEN": f"CANARY-{'51' * 8}",
        "CANARY_HAND_IN": f"CANARY-{'52' * 8}",
    }
    argument = f"CANARY-{secrets.token_hex(8)}"
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "CANARY_PATHS": json.dumps(paths),
        **own,
    }
    command = [sys.executable, "-B", "-m", "tests.adversarial.batch", str(out / "out.json"), sandbox, str(jobs), which, argument]  # fmt: skip
    if user == "as an ordinary user":
        command = [*as_ordinary_user(), *command]
    status, said, left = watched(command, environment, 280)
    assert status == 0, said[-2000:]
    found = json.loads((out / "out.json").read_text(encoding="utf-8"))
    return Batch(
        results=found["results"],
        seconds=found["seconds"],
        peak_megabytes=found["peak_kilobytes"] / 1024,
        processes_left=left,
        files_left=sorted(str(path) for path in temporary.iterdir() if path.name != "hold"),
        changed=[name for name, now in _state(course, home).items() if before.get(name) != now],
        tokens=(*tokens.values(), *own.values(), argument),
    )


_SECRETS = (
    "reference/univariate.py",
    "assignments/hw1/questions.py",
    "assignments/hw1/hidden_cases.npz",
    "gradebook.db",
    "roster.csv",
    "course.secret",
    "submissions/hw1/s02/notebook.ipynb",
)


def _state(*folders: Path) -> dict[str, object]:
    """Names, contents, modes and times below these folders."""
    return {
        str(path): (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else sorted(os.listdir(path)))
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if ".cache" not in path.parts and ".config" not in path.parts  # matplotlib's, of the grader itself
    }  # fmt: skip


def without_times(result: Plain) -> Plain:
    return {key: value for key, value in result.items() if key not in ("wall_seconds", "processes")}


def honest(batch: Batch) -> Iterator[tuple[str, Plain]]:
    for name, result in batch.results.items():
        if name.startswith("honest"):
            yield name, without_times(result)


def numbers_in(value: Any) -> Any:
    """The honest probes' values as they are written here."""
    if isinstance(value, dict) and "numbers" in value:
        flat = [
            float(number)
            for number in value["numbers"]
            if number not in ("True", "False") and "j" not in number
        ]
        return flat if value["shape"] else flat[0]
    return value


def check(attack: Attack, batch: Batch) -> None:
    result = batch.results[attack.name]
    assert "failure" not in result, result
    whole = json.dumps(result)
    assert not [token for token in batch.tokens if token in whole]
    assert result["notebook"]
    for cell in result["cells"]:
        assert cell[1] in ("ok", "error", "not-run", "skipped", *attack.cells_end.split()), cell[:2]
    for name, wanted in HONEST.items():
        outcome = result["outcomes"][name]
        value = numbers_in(outcome["value"])
        ended = (
            "honest" if outcome["status"] == "returned" and value == wanted else outcome["status"]
        )
        assert value != FORGED
        allowed = attack.gives.get(name, "honest").split()
        if "plain" in allowed and outcome["status"] == "returned":
            continue
        assert ended in allowed, (name, outcome)
    seen = result["outcomes"]["seen"]
    if seen["status"] == "returned" and "plain" not in attack.gives.get("seen", ""):
        things = seen["value"]["items"]
        assert not [
            t for t in things if not any(t.startswith(known) for known in attack.may_see)
        ], things
    else:
        assert seen["status"] in attack.gives.get("seen", "").replace("plain", "returned").split()
    # each process is ended by its limits at the latest, and a moment for ending it on a busy machine
    assert result["wall_seconds"] < result["processes"] * (LIMITS.total_seconds + 5)


@pytest.mark.parametrize(
    ("user", "attack"),
    [
        pytest.param(user, attack, id=f"{user}-{attack.name}")
        for user in USERS
        for attack in getattr(attacks, WHICH[user])
    ],
)
def test_an_attack_fails(batch, user, attack):
    check(attack, batch(user, "full", 2, WHICH[user]))


@pytest.mark.parametrize("user", USERS)
def test_honest_notebooks_keep_their_whole_evidence(batch, user):
    """Before, beside and after each attack: equal to the byte."""
    results = dict(honest(batch(user, "full", 2, WHICH[user])))
    (_, first), *rest = results.items()
    assert [cell[1] for cell in first["cells"]] == ["ok"] * 4
    assert {name: numbers_in(first["outcomes"][name]["value"]) for name in HONEST} == HONEST
    assert "image/png" in json.dumps(first["cells"])
    assert [name for name, result in rest if result != first] == []
    assert len(results) >= len(getattr(attacks, WHICH[user])) * 2 // 3


def test_evidence_is_the_same_for_every_user_and_any_number_of_jobs(batch):
    batches = [batch(user, "full", 2, WHICH[user]) for user in USERS]
    batches += [batch(user, "full", 1, "FEW") for user in USERS]
    first, *rest = (next(honest(each))[1] for each in batches)
    for other in rest:
        assert other == first
    for each in batches:
        assert all(result == first for _, result in honest(each))


@pytest.mark.parametrize(
    ("user", "sandbox", "which"),
    [
        *((user, "full", WHICH[user]) for user in USERS),
        *((user, "degraded", "DEGRADED") for user in WITHOUT_NAMESPACES),
    ],
)
def test_nothing_is_left_of_a_batch(batch, user, sandbox, which):
    left = batch(user, sandbox, 2, which)
    assert left.processes_left == []
    assert left.files_left == []
    assert left.changed == []
    for place in ("/tmp", "/dev/shm", "/var/tmp"):
        assert not [
            name
            for name in os.listdir(place)
            if name.startswith(("attack-pickle", "attack-atexit", "attack-daemon", "sibling"))
        ]


@pytest.mark.parametrize("user", USERS)
def test_the_supervisor_stays_small(batch, user):
    assert batch(user, "full", 2, WHICH[user]).peak_megabytes < 250


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize(
    "name", ["a regular expression in C", "a sum in C", "sleeping for ever", "a power in C"]
)
def test_what_never_ends_is_ended_by_the_limit(batch, user, name):
    """Also in C, with the interpreter's lock held and every signal blocked."""
    result = batch(user, "full", 2, WHICH[user]).results[name]
    ended = {cell[1] for cell in result["cells"]} | {
        o["status"] for o in result["outcomes"].values()
    }
    assert "timeout" in ended
    assert result["wall_seconds"] < LIMITS.cell_seconds + 2 + result["processes"] * 1.0


@pytest.mark.parametrize("attack", DEGRADED, ids=lambda attack: attack.name)
@pytest.mark.parametrize("user", WITHOUT_NAMESPACES)
def test_without_namespaces_an_attack_fails_too(batch, user, attack):
    check(attack, batch(user, "degraded", 2, "DEGRADED"))


@pytest.mark.parametrize("user", WITHOUT_NAMESPACES)
def test_without_namespaces_honest_notebooks_keep_their_numbers(batch, user):
    results = [result for _, result in honest(batch(user, "degraded", 2, "DEGRADED"))]
    for result in results:
        assert {name: numbers_in(result["outcomes"][name]["value"]) for name in HONEST} == HONEST
        assert result["outcomes"] == results[0]["outcomes"]


def test_twenty_among_a_hundred_cost_the_others_nothing(batch):
    """And the supervisor no memory: what hostile ones send is capped and not kept."""
    alone, beside = (batch("as started", "full", 2, which) for which in ("NOBODY", "TWENTY"))
    expected, *rest = (result for each in (alone, beside) for _, result in honest(each))
    assert len(rest) == 199
    assert all(result == expected for result in rest)
    assert len(beside.results) == 120
    assert beside.processes_left == beside.files_left == beside.changed == []
    assert beside.peak_megabytes < 1.3 * alone.peak_megabytes
