"""The zip that Gradescope makes an autograder of: setup.sh, run_autograder, the course's one
assignment with its reference and secret, and this package.

It goes to Gradescope and to nobody else: whoever may edit the assignment there can download it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

import grader
from grader.course import Assignment, Course, course_secret, load_assignment
from grader.errors import GraderError
from grader.release.bundle import EPOCH

CONTAINER = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "extra": ""}
"""Where it will run, whatever it is made on."""

EXECUTABLE = ("setup.sh", "run_autograder")
_SKIPPED = ("__pycache__",)


@dataclass(frozen=True)
class Autograder:
    """`pinned`: how many packages are asked for in the versions of this machine."""

    archive: Path
    files: int
    pinned: int


def write_autograder(course: Course, assignment_id: str, out: Path) -> Autograder:
    """Write `OUT/HW-gradescope.zip`.

    Raises:
        GraderError: the assignment is wrong, or the file can't be written.
    """
    assignment = load_assignment(course, assignment_id)
    pins = tuple(requirements())
    files = {
        **_templates(),
        "requirements.txt": ("\n".join(pins) + "\n").encode(),
        **{f"package/{name}": data for name, data in _package().items()},
        **{f"course/{name}": data for name, data in _course(course, assignment).items()},
    }
    archive = out / f"{assignment.id}-gradescope.zip"
    try:
        out.mkdir(parents=True, exist_ok=True)
        archive.write_bytes(_zipped(files))
        archive.chmod(0o600)  # it holds the reference and the secret
    except OSError as error:
        raise GraderError(
            f"the autograder can't be written: {error.strerror}", at=str(archive)
        ) from error
    return Autograder(archive, len(files), len(pins))


def requirements() -> Iterator[str]:
    """What this package needs, in the versions that are installed here: equal versions, equal
    evidence."""
    waiting, seen = ["grader"], {"grader"}
    found = []
    while waiting:
        for text in metadata.requires(waiting.pop()) or ():
            requirement = Requirement(text)
            name = requirement.name.lower().replace("_", "-")
            marker = requirement.marker
            if name in seen or (marker is not None and not marker.evaluate(CONTAINER)):
                continue
            seen.add(name)
            try:
                found.append(f"{name}=={metadata.version(name)}")
            except metadata.PackageNotFoundError:  # what only the container needs
                found.append(f"{name}{requirement.specifier}")
                continue
            waiting.append(name)
    yield from sorted(found)


def _templates() -> dict[str, bytes]:
    folder = Path(__file__).parent / "autograder"
    return {name: (folder / name).read_bytes() for name in EXECUTABLE}


def _package() -> dict[str, bytes]:
    """This package, with just enough beside it that pip can install it."""
    root = Path(grader.__file__).parent
    about = (
        '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'
        f'[project]\nname = "grader"\nversion = "{grader.__version__}"\n'
        '[tool.setuptools.packages.find]\ninclude = ["grader*"]\n'
        '[tool.setuptools.package-data]\n"*" = ["*", "**/*"]\n'
    )
    return {
        "pyproject.toml": about.encode(),
        **{f"grader/{name}": data for name, data in _tree(root).items()},
    }


def _course(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """The one assignment, without the instructor's notebook: nobody needs its solutions there."""
    files = {
        "course.toml": _settings(course, assignment).encode(),
        "course.secret": course_secret(course.root).encode() + b"\n",
    }
    for folder in (course.root / "reference", assignment.folder):
        for name, data in _tree(folder).items():
            path = (folder / name).relative_to(course.root).as_posix()
            files[path] = data
    files.pop(assignment.notebook.relative_to(course.root).as_posix(), None)
    return files


def _settings(course: Course, assignment: Assignment) -> str:
    """The course's own settings, as its tables say, for this assignment alone."""
    import tomllib

    text = (course.root / "course.toml").read_text("utf-8")
    table = tomllib.loads(text)
    kept = {
        "name": course.name,
        "title": course.title,
        "timezone": course.timezone.key,
        "assignments": [assignment.id],
    }
    lines = [f"{key} = {_toml(value)}" for key, value in kept.items()]
    for name in ("late", "limits"):
        lines.append(f"[{name}]")
        lines += [f"{key} = {_toml(value)}" for key, value in table.get(name, {}).items()]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)  # of texts, numbers and lists TOML says the same


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(
            part in _SKIPPED or part.startswith(".") for part in path.relative_to(folder).parts
        )
        and path.suffix not in (".pyc", ".so")
    }


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """At the top, as Gradescope wants it; the same bytes for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr = (0o755 if name in EXECUTABLE else 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return made.getvalue()
