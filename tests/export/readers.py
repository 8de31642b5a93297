"""What receives our files, written from the documentation of each (grades in, pages in), and from
nothing of ours: no module of the grader is imported here.

CSV is RFC 4180; workbooks are ECMA-376; Canvas is `lib/gradebook_importer.rb` and
`app/models/abstract_assignment.rb`; Moodle is `mod/assign/feedback/offline/importgradeslib.php` and
`mod/assign/feedback/file/importziplib.php`; Gradescope and nbgrader are their documentation.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
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


def number(cell: str) -> Decimal | None:
    """As Canvas reads a cell: the last `,` or `.` is the decimal mark."""
    if not re.fullmatch(r"-?[0-9.,]+%?", cell) or cell.endswith("%"):
        return None
    *whole, last = re.split("[,.]", cell)
    return Decimal(f"{''.join(whole)}.{last}" if whole else last)


@dataclass
class CanvasUser:
    name: str  # sortable
    sis_id: str
    login: str
    is_concluded: bool = False


@dataclass
class CanvasCourse:
    """What a course in Canvas holds; `grades`: by user and assignment, "" for none, "EX" excused.

    `groups`: who hands in together, for an assignment that is graded as a group; `files`: the
    attachments of the latest attempts, by number: whose, and what it is called.
    """

    users: dict[int, CanvasUser]
    assignments: dict[int, str]
    grades: dict[tuple[int, int], str]
    points: dict[int, str] = field(default_factory=dict)
    unassigned: set[tuple[int, int]] = field(default_factory=set)
    groups: list[set[int]] = field(default_factory=list)
    files: dict[int, tuple[int, str]] = field(default_factory=dict)
    anonymous: dict[str, int] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)  # students and assignments that it would make
    comments: dict[int, list[str]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def group_of(self, user: int) -> set[int]:
        return next((group for group in self.groups if user in group), {user})

    def import_grades(self, content: bytes) -> None:
        """Grades, Import: what the file says, as Canvas understands it."""
        text = content.decode("utf-8")
        text = text.removeprefix("\ufeff")
        lines = text.splitlines(keepends=True)[:3]
        rows = csv_rows(text, self._separator(lines))
        header, *rest = [row for row in rows if not re.fullmatch("[;, ]*", ",".join(row))]
        known_by, first = self._identity(header)
        dropped = "(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)"
        columns: dict[int, int] = {}
        for place, name in enumerate(header[first:], start=first):
            if re.search(dropped, name):
                continue
            numbered = re.fullmatch(r"(.*)\s\((\d+)\)", name)
            known = int(numbered[2]) if numbered else None
            if known not in self.assignments:
                known = next((id for id, title in self.assignments.items() if title == name), None)
            if known is None:
                self.new.append(f"assignment {name}")
            else:
                columns[place] = known
        read_only: set[int] = set()
        for row in rest:
            if "Points Possible" in row[0]:
                for place, assignment in columns.items():
                    if "read only" in row[place]:
                        read_only.add(place)
                    elif row[place]:
                        self.points[assignment] = row[place]
                continue
            if all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.I) for cell in row):
                continue
            user = self._student(row, known_by)
            if user is None:
                self.new.append(f"student {row[0]}")
                continue
            for place, assignment in columns.items():
                if place not in read_only and not self.users[user].is_concluded:
                    self._grade(user, assignment, row[place].strip())

    def _separator(self, lines: list[str]) -> str:
        fields = {}
        for mark in ";,":
            try:
                counts = {len(csv_rows(line, mark)[0]) for line in lines}
            except (AssertionError, IndexError):  # a line ends within a cell
                counts = set()
            fields[mark] = counts.pop() if len(counts) == 1 else 0
        return ";" if fields[";"] > fields[","] else ","

    def _identity(self, header: list[str]) -> tuple[dict[str, int], int]:
        """Where a student's marks are, and where assignments may begin: by place, not by name."""
        names = 2 if header[:2] == ["LastName", "FirstName"] else 1
        assert "Student" in header[0] or names == 2, "Invalid header row"
        assert "ID" in header[names], "Invalid header row"
        known_by, next_one = {"ID": names}, names + 1
        if re.search(r"SIS\s+Login\s+ID", header[next_one]):
            known_by["login"] = next_one
            next_one += 1
        elif "SIS User ID" in header[next_one] and "SIS Login ID" in header[next_one + 1]:
            known_by |= {"sis": next_one, "login": next_one + 1}
            next_one += 2
            next_one += "Integration ID" in header[next_one]
            next_one += "Root Account" in header[next_one]
        assert "Section" in header[next_one], "Invalid header row"
        return known_by, next_one + 1

    def _student(self, row: list[str], known_by: dict[str, int]) -> int | None:
        id = row[known_by["ID"]]
        if id.isdigit() and int(id) in self.users:
            return int(id)
        for mark, of in (("sis", "sis_id"), ("login", "login")):
            value = row[known_by[mark]] if mark in known_by else ""
            for user, known in self.users.items():
                if value and getattr(known, of) == value:
                    return user
        return next((user for user, known in self.users.items() if known.name == row[0]), None)

    def _grade(self, user: int, assignment: int, cell: str) -> None:
        if (user, assignment) in self.unassigned:
            return
        if cell.upper() in ("EX", "EXCUSED"):
            cell = "EX"
        elif (value := number(cell)) is not None:
            cell = f"{value:f}"
        for each in self.group_of(user):
            before = self.grades.get((each, assignment), "")
            one, other = number(before), number(cell)
            if one is not None and other is not None:
                cents = Decimal("0.01")
                if one.quantize(cents, ROUND_HALF_UP) == other.quantize(cents, ROUND_HALF_UP):
                    continue
            self.grades[each, assignment] = cell

    def import_files(self, content: bytes) -> None:
        """Upload submissions: each file becomes a comment, for all of the user's group."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for path in archive.namelist():
                user = self._user_of(path)
                if user is None:
                    self.ignored.append(path)
                    continue
                for each in self.group_of(user):
                    self.comments.setdefault(each, []).append(archive.read(path).decode())

    def _user_of(self, path: str) -> int | None:
        name = path.rpartition("/")[2]
        parts = [part for part in name.split("_") if part != "LATE"]
        if parts[0] == "anon":
            user, file = self.anonymous.get(parts[1]), parts[2]
        else:
            numbers = [part for part in parts if re.fullmatch(r"\d+", part)]
            if len(numbers) < 2:
                return None
            user, file = int(numbers[0]), numbers[1]
        if parts[-1].startswith("link") or name.startswith("._") or user not in self.users:
            return None
        owner, _ = self.files.get(int(file), (None, ""))
        return user if owner in self.group_of(user) else None


@dataclass
class Participant:
    """`identifier`: the number in this assignment. `grade`: None for none."""

    identifier: int
    name: str
    id_number: str = ""
    email: str = ""
    grade: Decimal | None = None
    modified: str = "-"
    is_locked: bool = False
    comment: str = ""
    files: dict[str, str] = field(default_factory=dict)


@dataclass
class MoodleAssignment:
    """An assignment in Moodle, in English; numbers have a decimal comma if its site is so."""

    participants: dict[int, Participant]
    maximum: Decimal
    decimal_mark: str = "."
    skipped: list[int] = field(default_factory=list)

    def import_worksheet(self, content: bytes) -> None:
        """Upload grading worksheet, without "allow updating records modified more recently"."""
        rows = csv_rows(content.decode("utf-8").removeprefix("\ufeff"))
        header, *rest = rows
        place = {name: k for k, name in enumerate(header)}
        assert {"Identifier", "Grade", "Last modified (grade)"} <= set(place), "Invalid file"
        for row in rest:
            number = row[place["Identifier"]][len("Participant ") :]
            if not number.isdigit() or int(number) not in self.participants:
                continue
            who = self.participants[int(number)]
            cell = row[place["Grade"]].strip()
            if "Feedback comments" in place:  # a blank one erases what is there
                who.comment = row[place["Feedback comments"]]
            if not cell:
                continue
            grade = Decimal(cell.replace(self.decimal_mark, "."))
            stale = row[place["Last modified (grade)"]] != who.modified
            if stale or who.is_locked or not 0 <= grade <= self.maximum:
                self.skipped.append(who.identifier)
            else:
                who.grade = grade

    def import_files(self, content: bytes) -> None:
        """Upload multiple feedback files in a zip."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for path in archive.namelist():
                parts = path.split("/")
                if parts[-1].startswith((".", "~")):
                    continue
                while parts:
                    info = parts.pop(0).split("_", 4)
                    if len(info) < 4 or not info[1].isdigit():
                        continue
                    who = self.participants.get(int(info[1]))
                    if who is None or info[2:4] not in (["assignsubmission", "file"], ["assignsubmission", "onlinetext"]):  # fmt: skip
                        continue
                    name = "/".join([*info[4:], *parts]).lstrip("/")
                    who.files[name] = archive.read(path).decode()
                    break


def gradescope_scores(content: bytes) -> dict[str, float]:
    """By submission: what Gradescope would show as the total of each results.json."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for path in archive.namelist():
            folder, name = path.split("/")
            assert name == "results.json"
            document = json.loads(archive.read(path))
            assert document.get("output_format") == "text"
            found[folder] = document.get("score", sum(test["score"] for test in document["tests"]))
    return found


def nbgrader_feedback(content: bytes, assignment: str) -> dict[tuple[str, str], tuple[str, str]]:
    """What `nbgrader release_feedback` finds: by student and notebook, the page and the secret by
    which it is asked for."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    found = {}
    for name, text in files.items():
        page = re.fullmatch(r"feedback/([^/]+)/([^/]+)/([^/]+)\.html", name)
        if page:
            assert page[2] == assignment
            folder = name.rpartition("/")[0]
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? UTC", files[f"{folder}/timestamp.txt"])  # fmt: skip
            found[page[1], page[3]] = text, files[f"{folder}/submission_secret.txt"]
    return found


def pages(content: bytes) -> dict[str, str]:
    """The files of an archive as they are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def people_csv(content: bytes) -> list[dict[str, str]]:
    """A CSV for people, as a spreadsheet shows it: a leading `'` is none of the text."""
    assert content.startswith(b"\xef\xbb\xbf")
    header, *rows = csv_rows(content.decode("utf-8-sig"))
    for row in rows:
        assert len(row) == len(header)
        for cell in row:
            is_number = re.fullmatch(r"-?\d+(\.\d+)?", cell)
            assert is_number or not re.match(r"[\s\"]*[=+\-@\t\r\0＝＋－＠]", cell), cell
    return [
        dict(zip(header, (cell.removeprefix("'") for cell in row), strict=True)) for row in rows
    ]
