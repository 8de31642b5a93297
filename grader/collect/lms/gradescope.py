"""Gradescope, "Export submissions": folders `submission_88/`, and `submission_metadata.yml` with
who handed in and when. Files are those of the active submission; several submitters are a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from grader.collect.lms.delivery import Delivery, Owner
from grader.collect.lms.download import File
from grader.errors import GraderError

METADATA = "submission_metadata.yml"
LARGEST_METADATA = 20 * 1024**2


def is_gradescope(names: Sequence[str]) -> bool:
    """Whether these are the files of such an export."""
    return any(PurePosixPath(name).name == METADATA for name in names)


def gradescope(files: Sequence[File]) -> list[Delivery]:
    """The hand-ins; those that the metadata does not know have no owner.

    Raises:
        GraderError: the metadata can't be read.
    """
    (metadata,) = [file for file in files if PurePosixPath(file.name).name == METADATA][:1]
    base = metadata.name.rpartition("/")[0]
    known = _read(metadata)
    by_folder: dict[str, list[File]] = {}
    for file in files:
        inside = file.name.removeprefix(f"{base}/") if base else file.name
        folder, slash, rest = inside.partition("/")
        if slash:
            by_folder.setdefault(folder, []).append(file.renamed(rest))
    return [_delivery(folder, within, known.get(folder)) for folder, within in by_folder.items()]


def _delivery(folder: str, files: Sequence[File], known: Mapping[str, Any] | None) -> Delivery:
    in_lms = tuple((file.name, f"{folder}/{file.name}") for file in files)
    if known is None:
        why = f"{METADATA} says nothing of it"
        return Delivery(folder, (), tuple(files), undated=why, names_in_lms=in_lms)
    submitters = known.get(":submitters")
    owners = tuple(
        Owner(
            student=_text(each.get(":sid")),
            email=_text(each.get(":email")),
            name=_text(each.get(":name")),
        )
        for each in (submitters if isinstance(submitters, list) else ())
        if isinstance(each, dict)
    )
    at = known.get(":created_at")
    time = at if isinstance(at, datetime) else None
    if time is not None and time.tzinfo is None:
        time = time.replace(tzinfo=UTC)  # PyYAML gives UTC without saying so where there is a Z
    why = "" if time else f"{METADATA} has no time for it"
    return Delivery(folder, owners, tuple(files), time, why, in_lms)


def _read(file: File) -> Mapping[str, Mapping[str, Any]]:
    import yaml

    try:
        if file.size > LARGEST_METADATA:
            raise ValueError(f"it has {file.size:,} bytes")
        # a loader that makes plain data only; the C one is ten times as fast
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        document = yaml.load(file.read(), Loader=loader)
        if not isinstance(document, dict):
            raise ValueError("it is no table of submissions")
    except (yaml.YAMLError, ValueError, RecursionError, OSError) as error:
        raise GraderError(
            f"{METADATA} can't be read: {' '.join(str(error).split())[:200]}",
            at=file.name,
            fix="export the submissions from Gradescope again",
        ) from None
    return {str(key): value for key, value in document.items() if isinstance(value, dict)}


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
