from dataclasses import replace
from datetime import UTC, datetime

import nbformat

from grader.report import Shown, read_scores_json, write_class, write_page


def a_report(folder, scores, notebook_of=lambda score: None, only=(), places=2):
    """Everything; returns what could not be shown."""
    write_class(
        folder,
        assignment_id="hw1",
        title="Homework 1",
        policy={"places": places},
        question_ids=["Q1", "Q4", "Q9"],
        scores=scores,
        due=datetime(2022, 8, 30, 9, tzinfo=UTC),
        generated_at=datetime(2022, 9, 2, tzinfo=UTC),
    )
    warnings = [
        write_page(
            folder,
            score,
            title="Homework 1",
            submission=None,
            evidence=lambda score=score: Shown(notebook_of(score)),
            places=places,
        )
        for score in scores
        if not only or score.student in only
    ]
    return [warning for warning in warnings if warning]


def files_in(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_all_files_of_the_contract_are_written(tmp_path, late_score, missing_score):
    assert a_report(tmp_path / "hw1", [late_score, missing_score]) == []
    assert files_in(tmp_path / "hw1") == [
        "feedback/A0001.html",
        "feedback/A0002.html",
        "scores.csv",
        "scores.json",
        "summary.html",
    ]
    assert len(read_scores_json(tmp_path / "hw1/scores.json")[1]) == 2


def test_pages_of_students_who_are_gone_are_removed(tmp_path, late_score, missing_score):
    a_report(tmp_path, [late_score, missing_score])
    a_report(tmp_path, [late_score])
    assert files_in(tmp_path / "feedback") == ["A0001.html"]


def test_no_id_writes_outside_of_the_folder(tmp_path, late_score):
    a_report(tmp_path / "hw1", [replace(late_score, student="../../evil")])
    assert files_in(tmp_path) == [
        "hw1/feedback/%2E.%2F..%2Fevil.html",
        "hw1/scores.csv",
        "hw1/scores.json",
        "hw1/summary.html",
    ]


def test_a_notebook_that_cannot_be_drawn_costs_only_itself(tmp_path, late_score, missing_score):
    broken = nbformat.from_dict({"cells": 3})
    warnings = a_report(
        tmp_path,
        [late_score, missing_score],
        lambda score: broken if score is late_score else None,
    )
    (warning,) = warnings
    assert warning.startswith("A0001: the notebook could not be shown (TypeError:")
    page = (tmp_path / "feedback/A0001.html").read_text(encoding="utf-8")
    assert "The notebook could not be shown here." in page
    assert "1.40" in page


def test_pages_of_others_stay_as_they_are_and_the_class_page_keeps_their_doubts(
    tmp_path, late_score, missing_score
):
    said = "2.00 of 3.5; a person should look at it: the typed answer is ambiguous"
    unsure = replace(late_score, status="needs_review", explanation=said)
    a_report(tmp_path, [unsure, missing_score])
    before = (tmp_path / "feedback/A0001.html").read_bytes()
    assert b"It changes its argument x." in before  # a remark, which scores.json does not hold
    _, (unsure_again, _) = read_scores_json(tmp_path / "scores.json")
    came = replace(missing_score, status="graded", attempt=1)
    a_report(tmp_path, [unsure_again, came], only=["A0002"])
    assert (tmp_path / "feedback/A0001.html").read_bytes() == before
    assert "No hand-in was found" not in (tmp_path / "feedback/A0002.html").read_text("utf-8")
    summary = (tmp_path / "summary.html").read_text("utf-8")
    assert said in summary
    assert len(read_scores_json(tmp_path / "scores.json")[1]) == 2


def test_points_have_as_many_places_as_the_policy(tmp_path, late_score):
    a_report(tmp_path, [late_score], places=3)
    assert ",2.000,3.500,0.600,1.400," in (tmp_path / "scores.csv").read_text("utf-8")
    assert "1.400" in (tmp_path / "feedback/A0001.html").read_text("utf-8")
    assert "1.400" in (tmp_path / "summary.html").read_text("utf-8")
