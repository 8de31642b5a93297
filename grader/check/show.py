"""A self-check as a person reads it: text for a terminal, HTML for a notebook; and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from grader.check.handin import points
from grader.check.lines import Line, SelfCheck, State

WIDTH = 80
MARKS: dict[State, tuple[str, str]] = {
    "passed": ("+", "32"),
    "failed": ("x", "31"),
    "read": ("?", "33"),
    "not checked": ("-", "2"),
}
_FLAGS = {
    "timeout": "{} ran longer than the limit, and was left out",
    "exited": "{} ended the Python process, and was left out",
    "memory": "{} needed more memory than there is, and was left out",
}


@dataclass(frozen=True)
class Said:
    """One line of text; `colour` is an ANSI code or "", `indent` in characters."""

    text: str
    colour: str = ""
    indent: int = 0


def flag_in_words(flag: str) -> str:
    """The flags that `parent` gives."""
    kind, _, detail = flag.partition(":")
    return _FLAGS[kind].format(detail) if kind in _FLAGS else flag


def as_text(
    found: SelfCheck,
    late: str = "",
    *,
    colours: bool = False,
    in_words: Callable[[str], str] = flag_in_words,
) -> str:
    """For a terminal, no wider than 80 columns.

    Args:
        late: what handing in now would cost.
        colours: whether the terminal shows them.
        in_words: says what a flag of the run means.
    """
    lines = []
    for said in _said(found, late, in_words):
        room = WIDTH - said.indent
        for part in wrap(said.text, room, break_on_hyphens=False) or [""]:
            shown = " " * said.indent + part
            lines.append(f"\x1b[{said.colour}m{shown}\x1b[0m" if colours and said.colour else shown)
    return "\n".join(lines) + "\n"


def _said(found: SelfCheck, late: str, in_words: Callable[[str], str]) -> Iterator[Said]:
    for warning in found.warnings:
        yield Said(f"! {printable(warning)}", "33")
    for error in _together(found.cell_errors):
        yield Said(f"! {printable(error)}", "33")
    for flag in found.flags:
        yield Said(f"! {printable(in_words(flag))}", "33")
    if found.cell_errors or found.flags:
        yield Said("The rest of your notebook was run all the same.", indent=2)
    if found.warnings or found.cell_errors or found.flags:
        yield Said("")
    for line in found.lines:
        yield from _of_line(line)
    yield Said("")
    yield from map(Said, summary(found))
    if late:
        yield Said(f"Handed in now: {late}.")


def _together(errors: Sequence[str]) -> Iterator[str]:
    """`cell 6: X`, `cell 8: X` as `cells 6, 8: X`."""
    cells: dict[str, list[str]] = {}
    for error in errors:
        cell, _, what = error.partition(": ")
        cells.setdefault(what.rstrip(": "), []).append(cell.removeprefix("cell "))
    for what, numbers in cells.items():
        yield f"cell{'s' * (len(numbers) > 1)} {', '.join(numbers)}: {what}"


def _of_line(line: Line) -> Iterator[Said]:
    mark, colour = MARKS[line.state]
    yield Said(f"{mark} {line.question:<4}{line.check}", colour)
    yield Said(printable(line.text), indent=6)
    if line.hint:
        yield Said(f"hint: {printable(line.hint)}", indent=6)


def summary(found: SelfCheck) -> Iterator[str]:
    """What it comes to, and what was not looked at. It never says that all is well."""
    states = [line.state for line in found.lines]
    yield f"On the public cases {states.count('passed')} passed, {states.count('failed')} failed."
    if found.failed and "failed" not in states:
        yield "But not every cell ran to its end: see above."
    for state, words in (("read", "Read, not judged"), ("not checked", "Not checked here")):
        names = [f"{line.question} {line.check}" for line in found.lines if line.state == state]
        if names:
            yield f"{words}: {', '.join(names)}."
    if found.hidden:
        yield f"Hidden cases will also try: {', '.join(found.hidden)}."
    yield (
        f"So this is at most {points(found.at_most)} of {points(found.points)}, "
        "and no promise of that."
    )


def printable(text: str) -> str:
    """`text` without what a terminal obeys."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def as_json(found: SelfCheck, late: str = "") -> str:
    """One JSON document; points are texts."""
    document = {
        "assignment": found.assignment,
        "failed": found.failed,
        "at_most": points(found.at_most),
        "points": points(found.points),
        "late": late,
        "warnings": list(found.warnings),
        "cell_errors": list(found.cell_errors),
        "flags": list(found.flags),
        "hidden": list(found.hidden),
        "lines": [
            {
                "question": line.question,
                "check": line.check,
                "state": line.state,
                "text": line.text,
                "hint": line.hint,
                "lost": points(line.lost),
            }
            for line in found.lines
        ],
    }
    return json.dumps(document, indent=1)


_SHOWN = {
    "passed": ("passed", "#1a7f37"),
    "failed": ("failed", "#cf222e"),
    "read": ("read", "#9a6700"),
    "not checked": ("not checked", "#6e7781"),
}


def as_html(found: SelfCheck) -> str:
    """For a notebook: a table, readable in light and dark, without any script."""
    rows = "".join(_row(line) for line in found.lines)
    warnings = "".join(f"<li>{escape(warning)}</li>" for warning in found.warnings)
    said = "<br>".join(escape(line) for line in summary(found))
    return (
        (f"<ul>{warnings}</ul>" if warnings else "")
        + "<table><thead><tr><th scope='col'>Question</th><th scope='col'></th>"
        + "<th scope='col' style='text-align:left'>What came of it</th></tr></thead>"
        + f"<tbody>{rows}</tbody></table><p>{said}</p>"
    )


def _row(line: Line) -> str:
    word, colour = _SHOWN[line.state]
    hint = f"<br><em>{escape(line.hint)}</em>" if line.hint else ""
    return (
        f"<tr><th scope='row' style='text-align:left'>{escape(line.question)} "
        f"<code>{escape(line.check)}</code></th>"
        f"<td><strong style='color:{colour}'>{word}</strong></td>"
        f"<td style='text-align:left'>{escape(line.text)}{hint}</td></tr>"
    )
