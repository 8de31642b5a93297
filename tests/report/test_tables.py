import csv
import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pandas
import pytest

from grader.errors import GraderError
from grader.report import read_scores_json, write_scores_csv, write_scores_json
from grader.score.policy import rounded

COLUMNS = (
    "student,name,assignment,attempt,submitted_at,days_late,earned,maximum,penalty,score,"
    "status,flags"
)
QUESTIONS = ["Q1", "Q4", "Q9"]
RATE = Decimal("0.55")
NOW = datetime(2022, 9, 2, 8, 0, tzinfo=UTC)
HOSTILE_NAMES = ['=HYPERLINK("http://x","y")', 'says "hi", often', "two\nlines", "李 明", "@x"]


def test_scores_csv_has_the_columns_of_the_contract(tmp_path, late_score, missing_score):
    file = tmp_path / "scores.csv"
    write_scores_csv([late_score, missing_score], QUESTIONS, file)
    assert file.read_text(encoding="utf-8").splitlines() == [
        COLUMNS + ",Q1,Q4,Q9",
        "A0001,李 明,hw1,2,2022-09-01T16:30:05+08:00,2,2.00,3.50,0.60,1.40,late,"
        "timeout:cell 4;pending:Q9,1.00,1.00,0.00",
        "A0002,Student 2,hw1,,,,0.00,3.50,0.00,0.00,missing,,,,",
    ]


def test_no_score_is_blank(tmp_path, late_score):
    file = tmp_path / "scores.csv"
    write_scores_csv([replace(late_score, score=None, status="needs_review")], QUESTIONS, file)
    table = pandas.read_csv(file, dtype=str, keep_default_na=False)
    assert table.loc[0, "score"] == ""


@pytest.mark.parametrize("places", range(7))
def test_points_follow_the_policy_and_the_score_is_what_is_left(tmp_path, late_score, places):
    earned, final = (
        rounded(amount, places=places) for amount in (Decimal(2) / 3, Decimal(2) / 3 * RATE)
    )
    thirds = replace(late_score.questions[1], earned=Decimal(2) / 3)
    score = replace(
        late_score, earned=earned, score=final, penalty=earned - final,
        questions=(thirds, *late_score.questions[2:]),
    )  # fmt: skip
    file = tmp_path / "scores.csv"
    write_scores_csv([score], ["Q4", "Q9"], file, places=places)
    row = pandas.read_csv(file, dtype=str).loc[0]
    points = {name: Decimal(row[name]) for name in ("earned", "penalty", "score", "Q4")}
    assert points["earned"] - points["penalty"] == points["score"] == final
    assert {-int(each.as_tuple().exponent) for each in points.values()} == {places}
    assert points["Q4"] == earned


def test_half_a_point_is_not_shown_as_one(tmp_path, late_score):
    half = replace(late_score.questions[2], earned=Decimal("0.5"))
    file = tmp_path / "scores.csv"
    write_scores_csv([replace(late_score, questions=(half,))], ["Q9"], file, places=0)
    row = pandas.read_csv(file, dtype=str).loc[0]
    assert (row["Q9"], row["maximum"]) == ("0.5", "3.5")


def test_the_file_for_programs_has_no_bom_and_ids_as_they_are(tmp_path, late_score):
    file = tmp_path / "scores.csv"
    write_scores_csv([replace(late_score, student="李明")], QUESTIONS, file)
    assert file.read_bytes().startswith(b"student,name,")


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_comes_back_through_any_reader(tmp_path, late_score, name):
    file = tmp_path / "scores.csv"
    write_scores_csv([replace(late_score, name=name), late_score], QUESTIONS, file)
    table = pandas.read_csv(file, dtype=str, keep_default_na=False)
    with open(file, encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for shown in (table.loc[0, "name"], rows[0]["name"]):
        assert shown.removeprefix("'") == name
        assert not shown.startswith(("=", "@"))
    assert len(table) == len(rows) == 2
    assert list(table["Q4"]) == ["1.00", "1.00"]


def document_of(folder, policy, scores):
    write_scores_json(folder / "scores.json", "hw1", policy, scores, NOW)
    return json.loads((folder / "scores.json").read_text(encoding="utf-8"))


def test_ids_are_not_altered(tmp_path, late_score):
    file = tmp_path / "scores.csv"
    write_scores_csv([replace(late_score, student="-0042")], QUESTIONS, file)
    assert pandas.read_csv(file, dtype=str).loc[0, "student"] == "-0042"


def test_a_question_called_like_a_column_is_refused(tmp_path):
    with pytest.raises(GraderError, match="a question cannot be called score"):
        write_scores_csv([], ["Q1", "score"], tmp_path / "scores.csv")


def test_the_document_is_the_contract_s(tmp_path, late_score):
    assert document_of(tmp_path, {"rate": Decimal("0.15")}, [late_score]) == {
        "schema": 1,
        "assignment": "hw1",
        "generated_at": "2022-09-02T08:00:00+00:00",
        "policy": {"rate": "0.15"},
        "scores": [
            {
                "student": "A0001",
                "name": "李 明",
                "assignment": "hw1",
                "attempt": 2,
                "submitted_at": "2022-09-01T16:30:05+08:00",
                "days_late": 2,
                "earned": "2.00",
                "maximum": "3.5",
                "penalty": "0.60",
                "score": "1.40",
                "status": "late",
                "flags": ["timeout:cell 4", "pending:Q9"],
                "explanation": late_score.explanation,
                "comments": [],
                "questions": [
                    {
                        "id": "Q1",
                        "title": "The prediction",
                        "points": "1",
                        "earned": "1",
                        "verdicts": [
                            {
                                "check": "predict",
                                "credit": 1.0,
                                "reason": "Right in all 9 cases.",
                                "mistake": None,
                                "hint": "",
                                "error_over_tolerance": None,
                            }
                        ],
                        "comments": [],
                    },
                    {
                        "id": "Q4",
                        "title": "The gradient of J",
                        "points": "2",
                        "earned": "1",
                        "verdicts": [
                            {
                                "check": "compute_gradient",
                                "credit": 0.5,
                                "reason": late_score.questions[1].verdicts[0].reason,
                                "mistake": "missing-1-over-m",
                                "hint": "Did you take the mean over the examples?",
                                "error_over_tolerance": 49.5,
                            }
                        ],
                        "comments": [],
                    },
                    {
                        "id": "Q9",
                        "title": "In your words",
                        "points": "0.5",
                        "earned": "0",
                        "verdicts": [
                            {
                                "check": "answer",
                                "credit": None,
                                "reason": "A person reads this.",
                                "mistake": None,
                                "hint": "",
                                "error_over_tolerance": None,
                            }
                        ],
                        "comments": [],
                    },
                ],
            }
        ],
    }


def test_nobody_and_many_are_documents_too(tmp_path, late_score):
    assert document_of(tmp_path, {}, [])["scores"] == []
    assert len(document_of(tmp_path, {}, [late_score] * 3)["scores"]) == 3


@pytest.mark.parametrize("ratio", [math.inf, -math.inf, math.nan])
def test_a_ratio_that_is_not_finite_is_null(tmp_path, late_score, ratio):
    question = late_score.questions[0]
    verdict = replace(question.verdicts[0], error_over_tolerance=ratio)
    score = replace(late_score, questions=(replace(question, verdicts=(verdict,)),))
    entry = document_of(tmp_path, {}, [score])["scores"][0]
    assert entry["questions"][0]["verdicts"][0]["error_over_tolerance"] is None


def test_scores_come_back_from_json(tmp_path, late_score, missing_score):
    file = tmp_path / "scores.json"
    written = [late_score, missing_score]
    write_scores_json(file, "hw1", {"places": 2}, written, NOW)
    head, scores = read_scores_json(file)
    assert head["assignment"] == "hw1"
    assert head["policy"] == {"places": 2}
    q4 = late_score.questions[1]
    plain = replace(q4, verdicts=(replace(q4.verdicts[0], remarks=()),))  # remarks stay behind
    questions = (late_score.questions[0], plain, late_score.questions[2])
    assert scores == [replace(late_score, questions=questions), missing_score]


def test_another_schema_is_refused(tmp_path):
    file = tmp_path / "scores.json"
    file.write_text('{"schema": 2, "classes": []}')
    with pytest.raises(GraderError, match="schema 2, and this grader reads schema 1"):
        read_scores_json(file)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"schema": 1}', '{"schema": "x"}', '{"schema": 1, "scores": [{}]}']
)
def test_what_is_no_scores_json_is_refused(tmp_path, text):
    file = tmp_path / "scores.json"
    file.write_text(text)
    with pytest.raises(GraderError, match=r"not a scores\.json"):
        read_scores_json(file)


@pytest.fixture
def written(tmp_path, late_score, missing_score):
    """A scores.json as it is written, with the file that it is in."""
    file = tmp_path / "scores.json"
    write_scores_json(file, "hw1", {"places": 2}, [late_score, missing_score, late_score], NOW)
    return file.read_bytes(), file


LAYOUTS = {
    "as an editor saves it": lambda text: json.dumps(json.loads(text), indent=2).encode(),
    "in one line": lambda text: json.dumps(json.loads(text), separators=(",", ":")).encode(),
    "all scores in one line": lambda text: text.replace(b"},\n", b"}, "),
    "a comma before each": lambda text: text.replace(b"},\n{", b"}\n,{"),
    "a blank line in it": lambda text: text.replace(b"},\n", b"},\n\n"),
    "indented": lambda text: text.replace(b'\n{"student"', b'\n    {"student"'),
    "lines of another system": lambda text: text.replace(b"\n", b"\r\n"),
    "only the last lines": lambda text: text.replace(b"}\n]}\n", b"}\r\n]}\r\n"),
    "no last line break": lambda text: text.rstrip(),
    "more of them": lambda text: text + b" \n\n",
    "a key after the scores": lambda text: text.replace(b"\n]}", b'\n], "more": [1]}'),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_json_in_another_layout_is_the_same(written, layout):
    text, file = written
    expected = read_scores_json(file)
    other = LAYOUTS[layout](text)
    assert other != text
    file.write_bytes(other)
    assert read_scores_json(file) == expected


BROKEN = {
    "a comma too many": lambda text: text.replace(b"}\n]}", b"},\n]}"),
    "a comma too few": lambda text: text.replace(b"},\n", b"}\n", 1),
    "two commas": lambda text: text.replace(b"},\n", b"},,\n", 1),
    "something after it": lambda text: text + b"{}\n",
    "twice": lambda text: text + text,
    "no UTF-8": lambda text: text.replace("李".encode(), b"\xe6\xff\x8e"),
    "no UTF-8 in a question": lambda text: text.replace(b'"reason": "', b'"reason": "\xff'),
    "too deep": lambda text: text.replace(b'"places": 2', b'"places": ' + b"[" * 100_000),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_json_is_refused_in_words_however_it_begins(written, kind):
    text, file = written
    broken = BROKEN[kind](text)
    assert broken != text
    file.write_bytes(broken)
    with pytest.raises(GraderError, match=r"not a scores\.json"):
        read_scores_json(file)


def test_a_scores_json_that_is_cut_off_is_refused_wherever_it_was(written):
    text, file = written
    for length in range(len(text.rstrip())):
        file.write_bytes(text[:length])
        with pytest.raises(GraderError, match=r"not a scores\.json"):
            read_scores_json(file)


def test_no_scores_yet(tmp_path):
    with pytest.raises(GraderError, match="no scores yet"):
        read_scores_json(tmp_path / "scores.json")
