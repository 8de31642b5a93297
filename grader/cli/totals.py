"""Final marks as a person at a terminal reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

import click
from rich.cells import cell_len, chop_cells, set_cell_size

from grader.cli.show import printable
from grader.final import FinalMarks, StudentTotal, need_in_words, needs_in_short
from grader.final.classwide import component_summaries, grade_counts, how_made
from grader.final.result import IN_WORDS, Result
from grader.report.csv_text import points_text
from grader.score.explain import plain

WIDTH = 80
LONGEST_ID = 24


def print_totals(final: FinalMarks, written: Sequence[Path]) -> None:
    """The class, its components, and where the files are; no wider than 80 columns."""
    for note in final.notes:
        _warn(note)
    click.secho(printable(final.title), italic=True)
    click.echo()
    _students(final)
    _components(final)
    if grades := grade_counts(final):
        click.echo(_folded(", ".join(f"{count} {name}" for name, count in grades)))
    if final.withdrawn:
        named = ", ".join(each.student.id for each in final.withdrawn)
        click.echo(_folded(f"withdrawn, without a total: {named}"))
    click.echo(_folded(how_made(final.policy)))
    if not final.is_final:
        click.echo(_folded("Not final: what is left is not due or not marked yet."
                           if any(each.is_open for each in final.students)
                           else "Not final: some scores await a person."))  # fmt: skip
    click.echo()
    for file in written:
        click.echo(str(file))


def _students(final: FinalMarks) -> None:
    has_left = any(each.is_open for each in final.students)
    has_grades = any(each.total.grade for each in final.students)
    names = ["student", "so far" if has_left else "total"]
    names += ["left"] * has_left + ["grade"] * has_grades + ["what to know"]
    rows = []
    for each in final.students:
        total = each.total
        row = [printable(each.student.id), "-" if total.so_far is None else f"{total.so_far:f}"]
        row += [plain(total.left)] * has_left + [printable(total.grade)] * has_grades
        rows.append([*row, printable(_to_know(each, final))])
    _table(names, rows, numbers=len(names) - 2)


def _to_know(each: StudentTotal, final: FinalMarks) -> str:
    """What is not as with everybody else; then what is needed."""
    said: dict[str, list[str]] = {}
    for flag in each.flags:
        kind, _, component = flag.partition(":")
        said.setdefault(kind, []).append(component)
    for result in each.results:
        if result.is_open and not final.standing[result.component.id]:  # others have a mark
            said.setdefault(IN_WORDS[result.state], []).append(result.component.id)
    parts = [f"{kind} {', '.join(components)}" for kind, components in said.items()]
    if each.total.passed is False:
        parts.append("not passed")
    if needs := needs_in_short(each.total):
        parts.append(f"for {needs}")
    return "; ".join(parts)


def _components(final: FinalMarks) -> None:
    rows = [
        [
            each.component.id,
            plain(each.component.weight),
            "" if each.mean is None else points_text(each.mean),
            *(
                str(number) if number else ""
                for number in (each.marked, each.missing, each.excused, each.waiting)
            ),
        ]
        for each in component_summaries(final)
    ]
    names = ["component", "weight", "mean %", "marked", "missing", "excused", "to come"]
    _table(names, rows, numbers=len(names) - 1)
    same: dict[str, list[str]] = {}
    for id, standing in final.standing.items():
        if standing:
            same.setdefault(standing, []).append(id)
    for standing, ids in same.items():
        click.echo(_folded(f"{', '.join(ids)}: {standing}"))
    if same:
        click.echo()


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int) -> None:
    """Columns: the first to the left, folded if it is long; then so many to the right; a last one
    after these is cut where the line ends."""
    widths = [max(map(cell_len, column)) for column in zip(names, *rows, strict=True)]
    widths[0] = min(widths[0], LONGEST_ID)
    edges = 2 * (len(names) - 1)  # two spaces between columns
    if numbers < len(names) - 1:
        widths[-1] = min(widths[-1], WIDTH - 1 - sum(widths[:-1]) - edges)
    for place, row in enumerate([names, *rows]):
        first, *more = chop_cells(row[0], widths[0]) or [""]
        cells = [set_cell_size(first, widths[0])]
        cells += [
            " " * (width - cell_len(cell)) + cell
            for cell, width in zip(row[1 : numbers + 1], widths[1:], strict=False)
        ]
        for text in row[numbers + 1 :]:
            is_long = cell_len(text) > widths[-1]
            cells.append(f"{set_cell_size(text, widths[-1] - 1)}…" if is_long else text)
        click.secho(f" {'  '.join(cells)}".rstrip(), bold=place == 0)
        for rest in more:
            click.echo(f" {rest}")
        if place == 0:
            click.echo(f" {'─' * (sum(widths) + edges)}")
    click.echo()


def print_student(each: StudentTotal, final: FinalMarks) -> None:
    """One student: each component, how the total came to be, what is needed in the remainder."""
    click.secho(printable(f"{each.student.id} {each.student.name}".rstrip()), bold=True)
    for result in each.results:
        weight = f"{plain(result.component.weight)} %"
        click.echo(printable(f"  {result.component.id:<12} {weight:>6}  {_result(result, final)}"))
    click.echo()
    click.echo(_folded(each.explanation))
    if each.is_open:
        click.echo()
        for need in each.total.needs:
            words = need_in_words(need, each.total, each.results)
            click.echo(_folded(f"{need.band.name} ({plain(need.band.least)}): {words}"))
        if not each.total.needs:
            click.echo(_folded("What is needed is said for the [final.bands] of course.toml."))
    if each.doubts:
        click.secho(_folded(f"not final: {each.doubts}"), fg="yellow")


def _result(result: Result, final: FinalMarks) -> str:
    if result.state == "marked":
        how = f"  ({result.how})" if result.how else ""
        return f"{result.mark:f} of {plain(result.out_of)}{how}"
    why = final.standing[result.component.id] if result.is_open else result.how
    return why if result.is_open and why else f"{IN_WORDS[result.state]}{f' ({why})' * bool(why)}"


def _warn(note: str) -> None:
    click.echo(_wrapped(f"note: {printable(note)}", "", "  "), err=True)


def _folded(text: str) -> str:
    return _wrapped(printable(text), "  ", "    ")


def _wrapped(text: str, first: str, others: str) -> str:
    """In lines of 79 columns; names of files are not broken."""
    return fill(
        text,
        WIDTH - 1,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
