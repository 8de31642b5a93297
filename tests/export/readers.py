"""What receives our files, written from the documentation of each (grades in, pages in), and from
nothing of ours: no module of the grader is imported here.

CSV is RFC 4180; workbooks are ECMA-376; Canvas is `lib/gradebook_importer.rb` and
`app/models/abstract_assignment.rb`; Moodle is `mod/assign/feedback/offline/importgradeslib.php` and
`mod/assign/feedback/file/importziplib.php`; Gradescope and nbgrader are their documentation.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def csv_rows(text: str, separator: str = ",") -> list[list[str]]:
    """RFC 4180 by hand, so that it does not share a defect with the csv module."""
    rows: list[list[str]] = []
    row: list[str] = []
    cell, k, inside = "", 0, False
    while k < len(text):
        c = text[k]
        if inside:
            if c == '"' and text[k + 1 : k + 2] == '"':
                cell, k = cell + '"', k + 1
            elif c == '"':
                inside = False
            else:
                cell += c
        elif c == '"' and not cell:
            inside = True
        elif c == separator:
            row, cell = [*row, cell], ""
        elif c == "\n":
            rows, row, cell = [*rows, [*row, cell.removesuffix("\r")]], [], ""
        else:
            cell += c
        k += 1
    assert not inside, "a quotation mark is never closed"
    assert not cell, "the last line has no end"
    assert not row, "the last line has no end"
    return rows


@dataclass(frozen=True)
class Cell:
    """`kind`: "s" text, "n" number. `looks`: what is said of it: its format, and whether it is as if
    typed behind a `'`."""

    kind: str
    value: str
    format: str = ""
    is_quoted: bool = False


@dataclass(frozen=True)
class Sheet:
    rows: list[list[Cell | None]]
    formulas: int
    frozen_rows: int
    filtered: str
    widths: list[float] = field(default_factory=list)


def workbook(content: bytes) -> dict[str, Sheet]:
    """An xlsx file by ECMA-376: the sheets, by name, and how many formulas and links they have."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not [name for name in parts if "external" in name.lower() or "vba" in name.lower()]
    texts = [
        _unescaped("".join(t.text or "" for t in item.iter(f"{SHEET}t")))
        for item in ElementTree.fromstring(parts["xl/sharedStrings.xml"])
    ]
    styles = ElementTree.fromstring(parts["xl/styles.xml"])
    numbers = {int(each.get("numFmtId", "")): each.get("formatCode", "") for each in styles.iter(f"{SHEET}numFmt")}  # fmt: skip
    numbers |= {0: "General", 1: "0", 2: "0.00", 49: "@"}  # of the standard
    looks = styles.find(f"{SHEET}cellXfs")
    assert looks is not None
    forms = [(numbers.get(int(x.get("numFmtId", "0")), ""), x.get("quotePrefix") == "1") for x in looks]  # fmt: skip
    names = [each.get("name", "") for each in ElementTree.fromstring(parts["xl/workbook.xml"]).iter(f"{SHEET}sheet")]  # fmt: skip
    return {
        name: _sheet(ElementTree.fromstring(parts[f"xl/worksheets/sheet{n}.xml"]), texts, forms)
        for n, name in enumerate(names, start=1)
    }


def _sheet(root: ElementTree.Element, texts: list[str], forms: list[tuple[str, bool]]) -> Sheet:
    rows: list[list[Cell | None]] = []
    for row in root.iter(f"{SHEET}row"):
        cells: list[Cell | None] = []
        for each in row.iter(f"{SHEET}c"):
            place = _column(each.get("r", ""))
            cells += [None] * (place - len(cells))
            value = each.findtext(f"{SHEET}v")
            kind = each.get("t", "n")
            form, is_quoted = forms[int(each.get("s", "0"))]
            if value is None:
                cells.append(None)
            else:
                text = texts[int(value)] if kind == "s" else value
                cells.append(Cell(kind, text, form, is_quoted))
        rows.append(cells)
    pane = root.find(f".//{SHEET}pane")
    filtered = root.find(f"{SHEET}autoFilter")
    return Sheet(
        rows,
        formulas=len(list(root.iter(f"{SHEET}f"))) + len(list(root.iter(f"{SHEET}hyperlink"))),
        frozen_rows=0 if pane is None else int(pane.get("ySplit", "0")),
        filtered="" if filtered is None else filtered.get("ref", ""),
        widths=[float(each.get("width", "0")) for each in root.iter(f"{SHEET}col")],
    )


def _column(reference: str) -> int:
    place = 0
    for letter in re.match(r"[A-Z]+", reference)[0]:  # type: ignore[index]
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _unescaped(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
