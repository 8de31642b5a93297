"""`course.toml` and `assignments/HW/assignment.toml` as typed objects.

Every key is checked here, once; an unknown one is refused with the nearest known one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from grader.course.canvas_course import CanvasCourse, canvas_course
from grader.course.clock import local_time
from grader.course.typed import NAME, T, converted, refuse_absent, refuse_unknown, refused
from grader.course.weights import FinalPolicy, final_policy
from grader.errors import GraderError
from grader.records.limits import KILOBYTE, MEGABYTE, Limits
from grader.records.scores import Score
from grader.score import LatePolicy
from grader.score.policy import Attempts, Base, Mode

TAKEN = frozenset(field.name for field in fields(Score))  # columns of scores.csv

NotNegative = Annotated[int, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0, le=1e9)]
ShowHidden = Literal["never", "after_extensions"]
Count = Annotated[int, Meta(ge=16, le=1_000_000)]  # fewer, and not even Python starts


@dataclass(frozen=True)
class Course:
    """A course.

    Attributes:
        gradebook: the URL of a database, or "" for a file in the course's folder.
        canvas: None where Canvas is not to be asked.
    """

    root: Path
    name: str
    title: str
    timezone: ZoneInfo
    assignments: tuple[str, ...]
    late: LatePolicy
    final: FinalPolicy | None
    limits: Limits
    gradebook: str = ""
    canvas: CanvasCourse | None = None


@dataclass(frozen=True)
class Assignment:
    """One assignment; paths are absolute if the course's root is.

    Attributes:
        due: in the course's zone.
        notebook: the instructor's; hand-ins should have its name.
        data: files that lie beside the notebook when it runs.
        helpers: modules that do too.
        prelude: code that runs before the first cell.
        points: what each question is worth, by its id, in order.
        canvas: the header of its column in Canvas, "HW 1 (501)", or "".
        preload: modules that a warm process imports once, for all notebooks.
        given: functions of the reference that students get as they are.
        show_hidden: whether pages ever show hidden cases with their numbers.
    """

    id: str
    title: str
    due: datetime
    folder: Path
    notebook: Path
    questions_file: Path
    data: tuple[Path, ...]
    helpers: tuple[Path, ...]
    prelude: str
    points: Mapping[str, Decimal]
    late: LatePolicy
    limits: Limits
    canvas: str = ""
    preload: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    show_hidden: ShowHidden = "never"

    @property
    def maximum(self) -> Decimal:
        return sum(self.points.values(), Decimal(0))

    @property
    def canvas_number(self) -> str:
        """By which Canvas knows the assignment, "501"; "" if `canvas` has none."""
        found = re.fullmatch(r".*\((\d+)\)|(\d+)", self.canvas.strip())
        return found[1] or found[2] if found else ""


class _Late(Struct, forbid_unknown_fields=True):
    rate: Decimal | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    grace_minutes: Annotated[float, Meta(ge=0, le=1e5)] | UnsetType = UNSET
    cutoff_days: int | Literal["never"] | UnsetType = UNSET
    base: Base | UnsetType = UNSET
    places: Annotated[int, Meta(ge=0, le=6)] | UnsetType = UNSET
    slip_days: NotNegative | UnsetType = UNSET
    attempts: Attempts | UnsetType = UNSET


class _Limits(Struct, forbid_unknown_fields=True):
    cell_seconds: Positive | UnsetType = UNSET
    total_seconds: Positive | UnsetType = UNSET
    probe_seconds: Positive | UnsetType = UNSET
    cpu_seconds: Positive | UnsetType = UNSET
    output_kilobytes: Positive | UnsetType = UNSET
    notebook_output_kilobytes: Positive | UnsetType = UNSET
    result_megabytes: Positive | UnsetType = UNSET
    memory_megabytes: Positive | UnsetType = UNSET
    file_megabytes: Positive | UnsetType = UNSET
    work_megabytes: Positive | UnsetType = UNSET
    files: Count | UnsetType = UNSET
    processes: Count | UnsetType = UNSET
    open_files: Count | UnsetType = UNSET


class _Course(Struct, forbid_unknown_fields=True):
    name: str
    timezone: str
    assignments: list[str]
    title: str = ""
    gradebook: str = ""
    canvas: dict[str, Any] | UnsetType = UNSET
    late: _Late = msgspec.field(default_factory=_Late)
    final: dict[str, Any] | UnsetType = UNSET
    limits: _Limits = msgspec.field(default_factory=_Limits)


class _Assignment(Struct, forbid_unknown_fields=True):
    title: str
    due: Annotated[datetime, Meta(tz=False)]
    notebook: str
    points: dict[str, Decimal]
    questions: str = "questions.py"
    data: list[str] = msgspec.field(default_factory=lambda: ["data/**"])
    helpers: list[str] = []
    prelude: str = ""
    preload: list[str] = []
    given: list[str] = []
    show_hidden: ShowHidden = "never"
    canvas: str = ""
    late: _Late = msgspec.field(default_factory=_Late)
    limits: _Limits = msgspec.field(default_factory=_Limits)


ALLOWED = {
    "timezone": "an IANA name, such as Asia/Singapore",
    "assignments": 'names of folders in assignments/, such as ["hw1", "hw2"]',
    "due": "a date and time without an offset or quotes, such as 2026-02-03T17:00:00",
    "points": "a number for each question, such as Q1 = 1",
    "data": 'files in the assignment\'s folder, such as ["data/*.csv"]',
    "helpers": 'files in the assignment\'s folder, such as ["utils.py"]',
    "late.rate": "a number from 0 to 1, such as 0.15",
    "late.mode": '"linear" or "compounding"',
    "late.grace_minutes": "a number of minutes, 0 or more",
    "late.cutoff_days": 'a whole number of days, 0 or more, or "never"',
    "late.base": '"earned" or "maximum"',
    "late.places": "a whole number from 0 to 6",
    "late.slip_days": "a whole number of days, 0 or more",
    "late.attempts": '"latest" or "best"',
    "limits": "a number greater than 0",
    "limits.files": "a whole number, 16 or more",
    "limits.processes": "a whole number, 16 or more",
    "limits.open_files": "a whole number, 16 or more",
    "gradebook": 'a database of PostgreSQL, such as "postgresql://ta@db.example.edu/cs5242", with '
    "the password in PGPASSWORD or ~/.pgpass; without the key it is the file gradebook.db",
    "final": "a table of its own, [final]: see docs/lecturer.md",
    "canvas": "in course.toml a table [canvas] with url and course; in assignment.toml the header "
    'of a column of Canvas, such as "HW 1 (501)"',
    "preload": 'names of modules that notebooks import and that take long, such as ["torch"]',
    "show_hidden": '"never" or "after_extensions"',
    "given": 'names of functions of the reference that students get, such as ["sigmoid"]',
}
"""What may stand at a key, in words; a table's own words serve for what is in it."""

EXAMPLES = {
    "name": 'name = "CS5242"',
    "timezone": 'timezone = "Asia/Singapore"',
    "assignments": 'assignments = ["hw1", "hw2"], the names of folders in assignments/',
    "title": 'title = "Linear regression"',
    "due": "due = 2026-02-03T17:00:00, in the course's time",
    "notebook": 'notebook = "hw1.ipynb"',
    "points": "a table [points] at the end, with a number for each question: Q1 = 1",
}
"""Of the keys that have to be there."""


def find_course(start: Path) -> Path:
    """The nearest folder upwards from `start` that has a course.toml.

    Raises:
        GraderError: if there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "course.toml").is_file():
            return folder
    raise GraderError(
        "there is no course.toml here or in a folder above",
        at=str(start),
        fix="go to the course's folder, or name it with --course DIR",
    )


def load_course(root: Path) -> Course:
    """The course in the folder `root`.

    Raises:
        GraderError: with the file, the key and what may stand there.
    """
    file = root / "course.toml"
    table = _read(file, _Course)
    for name in table.assignments:
        if not NAME.fullmatch(name) or table.assignments.count(name) > 1:
            raise _refused(file, "assignments", f"{name!r} is no name, or is there twice")
    zone = _zone(file, table.timezone)
    return Course(
        root=root,
        name=table.name,
        title=table.title or table.name,
        timezone=zone,
        assignments=tuple(table.assignments),
        late=_late(file, table.late, LatePolicy()),
        final=None
        if table.final is UNSET
        else final_policy(file, table.final, assignments=table.assignments, zone=zone),
        limits=_limits(table.limits, Limits()),
        gradebook=_database(file, table.gradebook),
        canvas=None if table.canvas is UNSET else canvas_course(file, table.canvas),
    )


def load_assignment(course: Course, id: str) -> Assignment:
    """An assignment of the course, with the course's rules where it has none of its own.

    Raises:
        GraderError: with the file, the key and what may stand there.
    """
    if id not in course.assignments:
        close = get_close_matches(id, course.assignments, n=1)
        raise GraderError(
            f"there is no assignment {id!r}" + (f"; did you mean {close[0]}?" if close else ""),
            at=f"{course.root / 'course.toml'}, key assignments",
            fix=f"one of {', '.join(course.assignments) or '(there are none yet)'}",
        )
    folder = course.root / "assignments" / id
    file = folder / "assignment.toml"
    table = _read(file, _Assignment)
    try:
        due = local_time(table.due, course.timezone)
    except ValueError as error:
        raise _refused(file, "due", str(error)) from error
    late = _late(file, table.late, course.late)
    points = _points(file, table.points)
    maximum = sum(points.values(), Decimal(0))
    if maximum != round(maximum, late.places):
        raise GraderError(
            f"the points add up to {maximum}, and scores have {late.places} decimal places",
            at=f"{file}, table [points]",
            fix="let them add up to a rounder number, or give late.places more",
        )
    return Assignment(
        id=id,
        title=table.title,
        due=due,
        folder=folder,
        notebook=folder / table.notebook,
        questions_file=folder / table.questions,
        data=_files(file, "data", table.data, is_default=table.data == ["data/**"]),
        helpers=_files(file, "helpers", table.helpers),
        prelude=table.prelude,
        points=points,
        late=late,
        limits=_limits(table.limits, course.limits),
        canvas=table.canvas,
        preload=_modules(file, table.preload),
        given=_functions(file, table.given),
        show_hidden=table.show_hidden,
    )


def with_other_rules(assignment: Assignment, given: Mapping[str, str]) -> Assignment:
    """The assignment as it would be with another deadline or late policy.

    Args:
        given: by `due` or a key of `[late]`, what somebody typed on the command line.

    Raises:
        GraderError: as for the files, with the option instead of the key.
    """
    words = {key: text.strip() for key, text in given.items()}
    due = words.pop("due", None)
    try:
        table = msgspec.convert(words, _Late, strict=False)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        raise _refused(None, f"late.{path.strip('`').removeprefix('$.')}", problem) from error
    late = _late(None, table, assignment.late)
    if due is None:
        return replace(assignment, late=late)
    assert assignment.due.tzinfo is not None
    try:
        time = datetime.fromisoformat(due)
        if ":" not in due or time.tzinfo is not None:
            raise ValueError(f"{due!r} is no date with a time of day, or has an offset")
        return replace(assignment, late=late, due=local_time(time, assignment.due.tzinfo))
    except (ValueError, OverflowError) as error:
        raise _refused(None, "due", str(error)) from error


def _read(file: Path, kind: type[T]) -> T:
    try:
        table = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
    except FileNotFoundError as error:
        elsewhere = ", or name another folder with --course DIR" if kind is _Course else ""
        raise GraderError(
            f"there is no {file.name}", at=str(file), fix=f"write one{elsewhere}"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GraderError(
            f"the file can't be read: {error}", at=str(file), fix="TOML, in UTF-8"
        ) from error
    refuse_unknown(file, table, kind)
    refuse_absent(file, table, kind, EXAMPLES)
    _refuse_stray_keys(file, table.get("points"), kind)
    return converted(file, table, kind, ALLOWED)


def _refuse_stray_keys(file: Path, points: Any, kind: type[Struct]) -> None:
    """Refuse a key of the assignment that stands below the line `[points]`."""
    known = [field.name for field in msgspec.structs.fields(kind)]
    for key, value in points.items() if isinstance(points, dict) else ():
        if key in known and not isinstance(value, (int, Decimal)):
            raise GraderError(
                f"{key!r} stands in the table [points], and is no question",
                at=f"{file}, key points.{key}",
                fix=f"put the line {key} = ... above the line [points]",
            )


def _refused(file: Path | None, key: str, problem: str) -> GraderError:
    """Without a file it was an option of the command line."""
    if file is not None:
        return refused(file, key, problem, ALLOWED)
    option = key.removeprefix("late.").replace("_", "-")
    return GraderError(problem, at=f"--{option}", fix=ALLOWED[key])


def _zone(file: Path, name: str) -> ZoneInfo:
    known = available_timezones()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise _refused(file, "timezone", f"there is no time zone {name!r}{hint}")
    return ZoneInfo(name)


def _database(file: Path, url: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        is_complete = bool(parts.path.strip("/")) and parts.port != 0
    except ValueError as error:
        raise _refused(file, "gradebook", f"{url!r} is no URL: {error}") from error
    if parts.password is not None:
        raise _refused(file, "gradebook", "there is a password in the URL, for all to read")
    if parts.scheme != "postgresql" or not is_complete:
        raise _refused(file, "gradebook", f"{url!r} names no database of PostgreSQL")
    return url


def _given(table: Struct) -> dict[str, Any]:
    return {
        key: value for key, value in msgspec.structs.asdict(table).items() if value is not UNSET
    }


def _late(file: Path | None, table: _Late, course: LatePolicy) -> LatePolicy:
    given = _given(table)
    rate, cutoff = given.get("rate", course.rate), given.get("cutoff_days")
    if not (rate.is_finite() and 0 <= rate <= 1):
        raise _refused(file, "late.rate", f"the rate is {rate}")
    if cutoff == "never":
        given["cutoff_days"] = None
    elif cutoff is not None and (isinstance(cutoff, str) or cutoff < 0):
        raise _refused(file, "late.cutoff_days", f"the cut-off is {cutoff!r}")
    if "grace_minutes" in given:
        given["grace"] = timedelta(minutes=given.pop("grace_minutes"))
    return replace(course, **given)


def _limits(table: _Limits, course: Limits) -> Limits:
    given = _given(table)
    for key, name, unit in (
        ("output_kilobytes", "output_bytes", KILOBYTE),
        ("notebook_output_kilobytes", "notebook_output_bytes", KILOBYTE),
        ("result_megabytes", "result_bytes", MEGABYTE),
        ("memory_megabytes", "memory_bytes", MEGABYTE),
        ("file_megabytes", "file_bytes", MEGABYTE),
        ("work_megabytes", "work_bytes", MEGABYTE),
    ):
        if key in given:
            given[name] = int(given.pop(key) * unit)
    return replace(course, **given)


def _points(file: Path, points: dict[str, Decimal]) -> dict[str, Decimal]:
    if not points:
        raise _refused(file, "points", "no question has points")
    for question, worth in points.items():
        if not NAME.fullmatch(question) or question in TAKEN:
            raise GraderError(
                f"{question!r} can't be a question's id",
                at=f"{file}, key points.{question}",
                fix="letters, digits, '-', '_' and '.', and no column of scores.csv",
            )
        if not (worth.is_finite() and worth > 0):
            raise _refused(file, f"points.{question}", f"{question} is worth {worth}")
    return points


def _modules(file: Path, names: list[str]) -> tuple[str, ...]:
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise _refused(file, "preload", f"{name!r} is no module's name")
    return tuple(names)


def _functions(file: Path, names: list[str]) -> tuple[str, ...]:
    for name in names:
        if not name.isidentifier():
            raise _refused(file, "given", f"{name!r} is no function's name")
    return tuple(names)


def _is_hidden(path: Path) -> bool:
    """Whether it is one that no author put there: `.DS_Store`, `.ipynb_checkpoints/hw1.ipynb`."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _files(
    file: Path, key: str, patterns: list[str], *, is_default: bool = False
) -> tuple[Path, ...]:
    """The files that the patterns name, each once; hidden ones only if they are named."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        if any("**" in part and part != "**" for part in pattern.split("/")):
            # Python 3.13 would read it as one `*`
            raise _refused(file, key, f"{pattern!r} is no pattern for files")
        try:
            # `**` names folders only; what is in them is meant
            matches = sorted(
                file.parent.glob(f"{pattern}/*" if pattern.endswith("**") else pattern)
            )
        except (NotImplementedError, ValueError, IndexError) as error:
            raise _refused(file, key, f"{pattern!r} is no pattern for files") from error
        files = [
            match
            for match in matches
            if match.is_file()
            and (match.name == pattern or not _is_hidden(match.relative_to(file.parent)))
        ]
        if not files and not is_default:
            raise _refused(file, key, f"there is no file {pattern!r}")
        found.update(dict.fromkeys(files))
    return tuple(found)
