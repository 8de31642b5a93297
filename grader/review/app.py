"""Addresses and pages. Each page is read anew from the gradebook; forms lead to a redirect.

GET  /                      what waits, and how far it is
GET  /next                  the next that waits, in the chosen order
GET  /item/KEY/QUESTION     one question of one student
POST /item/KEY/QUESTION     decide
POST /undo                  take the last decision of this screen back
GET  /state                 how many scores are still to be made again
POST /finish                wait for them, and stop
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import jinja2
import markupsafe
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.errors import GraderError
from grader.records.scores import Score
from grader.report.csv_text import places_for, points_text
from grader.report.pages import question_result, verdict_result
from grader.report.student_work import student_work
from grader.review.again import Again
from grader.review.desk import Desk, Look, StaleError, Verdict, number_in, points_from, question_of
from grader.review.queue import WORDS, Item

WHOLE = "-"
"""In an address: the whole hand-in, not a question."""

STATIC = {
    "page.css": (Path(__file__).parents[1] / "report/templates/page.css", "text/css"),
    "review.css": (Path(__file__).parent / "templates/review.css", "text/css"),
    "review.js": (Path(__file__).parent / "templates/review.js", "text/javascript"),
}


@dataclass(frozen=True)
class View:
    """How a person goes through the queue; it is part of every address.

    Attributes:
        by: question by question across students, or student by student.
        anonymous: students are numbers.
        question, why: only these; "" is all.
    """

    by: str = "question"
    anonymous: bool = False
    question: str = ""
    why: str = ""

    @classmethod
    def of(cls, request: Request) -> View:
        asked = request.query_params
        return cls(
            by="student" if asked.get("by") == "student" else "question",
            anonymous=asked.get("anon") == "1",
            question=asked.get("question", ""),
            why=asked.get("why", ""),
        )

    def query(self, **changed: str) -> str:
        parts = {
            "by": self.by,
            "anon": "1" if self.anonymous else "",
            "question": self.question,
            "why": self.why,
            **changed,
        }
        return urlencode({name: value for name, value in parts.items() if value})


@dataclass
class Screen:
    """The state of the server: what this screen decided, to be taken back, the last last."""

    desk: Desk
    again: Again
    stop: Callable[[], None]
    token: str
    done: list[tuple[int, str, str]] = field(default_factory=list)

    # ---- who is who

    def key(self, student: str) -> str:
        """Of a student, in addresses: it tells nobody who it is."""
        return hashlib.sha256(f"{self.token}{student}".encode()).hexdigest()[:12]

    def student(self, look: Look, key: str) -> str | None:
        return next((each for each in look.scores if self.key(each) == key), None)

    def name(self, look: Look, student: str, view: View) -> str:
        """What a student is called: in anonymous mode a number, the same all the time."""
        if not view.anonymous:
            score = look.scores[student]
            return f"{score.name} ({student})" if score.name else student
        return f"student {sorted(look.scores, key=self.key).index(student) + 1}"

    def trouble(self, view: View) -> str:
        """Why scores wait; where names are hidden, without words that may hold some."""
        if view.anonymous and self.again.trouble:
            return "the terminal of grader review says why, when it is closed"
        return self.again.trouble

    def hidden(self, look: Look, text: str, student: str, view: View) -> str:
        """Words of ours about a student, without who it is where names are hidden."""
        if not view.anonymous:
            return text
        name, label = look.scores[student].name, self.name(look, student, view)
        for each in filter(None, (name, student)):
            text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", label, text)
        return text

    # ---- the order

    def ordered(self, look: Look, view: View) -> list[Item]:
        """The queue as it is gone through: identical answers behind one another."""
        chosen = [
            each
            for each in look.items
            if (
                not view.question
                or each.question == (view.question if view.question != WHOLE else "")
            )
            and (not view.why or each.why == view.why)
            and each.student in look.scores
        ]
        if view.by == "student" and view.anonymous:  # the roster's order tells who is who
            return sorted(chosen, key=lambda each: self.key(each.student))
        if view.by == "student":
            return chosen
        order = {each.id: place for place, each in enumerate(self.desk.questions)}
        answers = {
            (each.student, each.question): self.desk.answer(
                look.scores[each.student], each.question
            )
            for each in chosen
            if each.why == "written"
        }
        common = Counter((each[1], text) for each, text in answers.items())

        def place(item: Item) -> tuple[Any, ...]:
            text = answers.get((item.student, item.question), "")
            return (
                order.get(item.question, len(order)),
                list(WORDS).index(item.why),
                -common[item.question, text],
                text,
                self.key(item.student),  # not the order of the roster: nobody is always the first
            )

        return sorted(chosen, key=place)

    def after(self, look: Look, view: View, here: Item | None) -> Item | None:
        """The next that is not done yet; around the end to the beginning."""
        return self.beside(self.ordered(look, view), here)

    def beside(self, items: Sequence[Item], here: Item | None, *, step: int = 1) -> Item | None:
        """The same of items in their order, which take a while to order; or the one before."""
        place = -1 if step > 0 else 0
        if here is not None:
            spots = [(each.student, each.question) for each in items]
            spot = (here.student, here.question)
            place = spots.index(spot) if spot in spots else place
        for distance in range(1, len(items) + 1):
            item = items[(place + step * distance) % len(items)]
            if not item.is_done and item != here:
                return item
        return None

    def address(self, item: Item, view: View, **more: str) -> str:
        place = f"{self.key(item.student)}/{item.question or WHOLE}"
        return f"/{self.token}/item/{place}?{view.query(**more)}"


def application(screen: Screen) -> Starlette:
    """The application; `door.Door` goes around it."""
    prefix = f"/{screen.token}"

    def pages(call: Callable[[Screen, Request, Mapping[str, str]], Response]) -> Any:
        async def endpoint(request: Request) -> Response:
            form = await _form(request)
            try:
                return await run_in_threadpool(call, screen, request, form)
            except GraderError as error:
                return _page(
                    "problem.html", screen, View.of(request), status=400, problem=str(error)
                )

        return endpoint

    routes = [
        Route(f"{prefix}/", pages(_overview)),
        Route(f"{prefix}", lambda request: RedirectResponse(f"{prefix}/", 303)),
        Route(f"{prefix}/next", pages(_next)),
        Route(f"{prefix}/item/{{key}}/{{question}}", pages(_show), methods=["GET"]),
        Route(f"{prefix}/item/{{key}}/{{question}}", pages(_decide), methods=["POST"]),
        Route(f"{prefix}/undo", pages(_undo), methods=["POST"]),
        Route(f"{prefix}/state", pages(_state)),
        Route(f"{prefix}/finish", pages(_finish), methods=["POST"]),
        Route(f"{prefix}/static/{{name}}", pages(_static)),
    ]
    return Starlette(routes=routes)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; of several with one name, joined by commas."""
    if request.method != "POST":
        return {}
    body = (await request.body()).decode("utf-8", "replace")
    return {name: ",".join(values) for name, values in parse_qs(body).items()}


# ---- pages


def _overview(screen: Screen, request: Request, form: Mapping[str, str]) -> Response:
    view, look = View.of(request), screen.desk.look()
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in screen.ordered(look, View()):
        groups.setdefault((item.why, item.question), []).append(item)
    rows = [
        {
            "why": why,
            "words": WORDS[why],  # type: ignore[index]
            "question": question,
            "title": screen.desk.title(question) if question else "the whole hand-in",
            "done": sum(each.is_done for each in items),
            "total": len(items),
            "start": f"{_root(screen)}/next?{view.query(question=question or WHOLE, why=why)}",
        }
        for (why, question), items in groups.items()
    ]
    return _page(
        "overview.html",
        screen,
        view,
        rows=rows,
        done=sum(each.is_done for each in look.items),
        total=len(look.items),
        start=f"{_root(screen)}/next?{view.query(question='', why='')}",
        orders={
            name: f"{_root(screen)}/?{view.query(by=name)}" for name in ("question", "student")
        },
        anonymous={
            "on": f"{_root(screen)}/?{view.query(anon='1')}",
            "off": f"{_root(screen)}/?{view.query(anon='')}",
        },
    )


def _next(screen: Screen, request: Request, form: Mapping[str, str]) -> Response:
    view, look = View.of(request), screen.desk.look()
    item = screen.after(look, view, None)
    if item is None:
        return _page("done.html", screen, view, look=look)
    return RedirectResponse(screen.address(item, view), 303)


def _show(screen: Screen, request: Request, form: Mapping[str, str]) -> Response:
    view, look = View.of(request), screen.desk.look()
    item = _item(screen, look, request)
    if item is None:
        return _page(
            "problem.html", screen, view, status=404, problem="This does not wait for anybody."
        )
    return _grading(screen, view, look, item, said=request.query_params.get("said", ""))


def _grading(
    screen: Screen,
    view: View,
    look: Look,
    item: Item,
    *,
    said: str = "",
    problem: str = "",
    stale: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The screen for one question of one student.

    Args:
        said: what was just done.
        stale: what somebody else decided meanwhile.
        typed: what the person typed, to be shown again.
    """
    desk = screen.desk
    score = look.scores[item.student]
    notebook = desk.notebook(score)
    given = desk.given(look, item.student, item.question)
    answer = desk.answer(score, item.question) if item.why == "written" else ""
    items = screen.ordered(look, view)
    spots = [(each.student, each.question) for each in items]
    spot = (item.student, item.question)
    alike = desk.alike(look, item.student, item.question) if answer else []
    places = places_for(desk.worth(item.question), desk.assignment.late.places)
    return _page(
        "item.html",
        screen,
        view,
        status=status,
        item=item,
        words=WORDS[item.why],
        score=score,
        who=screen.name(look, item.student, view),
        title=desk.title(item.question) or "The whole hand-in",
        question=_about(desk, score, item.question),
        worth=points_text(desk.worth(item.question), places),
        rubric=[
            (place, each.says, f"{each.worth:+f}")
            for place, each in enumerate(desk.rubric(item.question))
        ],
        answer=_work([{"cell_type": "markdown", "source": answer}]) if answer else None,
        work=None if notebook is None else _work(notebook["cells"]),
        given=given,
        ticked=_ticked(desk, item.question, given, typed),
        points=_points_shown(desk, item, given, typed),
        basis=desk.basis(look, item.student, item.question),
        before=desk.comment_of(look, item.student, item.question),
        hidden=lambda text: screen.hidden(look, text, item.student, view),
        comment=typed.get("comment", "")
        if typed is not None
        else desk.comment_of(look, item.student, item.question),
        reused=desk.reused(look, item.question),
        alike=len(alike),
        with_alike=typed is None or bool(typed.get("alike")),
        seen=look.seen,
        number=spots.index(spot) + 1 if spot in spots else 0,
        total=len(items),
        done=sum(each.is_done for each in items),
        here=screen.address(item, view),
        skip=_skip(screen, view, items, item),
        back=_skip(screen, view, items, item, step=-1),
        said=said,
        problem=screen.hidden(look, problem, item.student, view),
        stale=screen.hidden(look, stale, item.student, view),
        is_written=desk.is_written(item.question),
    )


def _decide(screen: Screen, request: Request, form: Mapping[str, str]) -> Response:
    view, look = View.of(request), screen.desk.look()
    item = _item(screen, look, request)
    if item is None:
        return _page(
            "problem.html", screen, view, status=404, problem="This does not wait for anybody."
        )
    desk = screen.desk
    students = [item.student]
    if form.get("alike"):
        students += desk.alike(look, item.student, item.question)
    try:
        verdict = Verdict(
            students=tuple(students),
            question=item.question,
            rubric=tuple(int(part) for part in form.get("rubric", "").split(",") if part),
            points=_points(desk, item, form),
            as_judged=form.get("how") == "judged",
            comment=form.get("comment", "").replace("\r\n", "\n").strip(),
        )
        change = desk.decide(
            verdict,
            seen=int(form.get("seen", "0")[:18]),
            look=look,
            basis=form.get("basis", ""),
            comment=form.get("before", "").replace("\r\n", "\n"),
        )
    except StaleError as error:
        return _grading(screen, view, look, item, stale=error.said, typed=form, status=409)
    except (GraderError, ValueError, IndexError) as error:
        return _grading(screen, view, look, item, problem=str(error), typed=form, status=400)
    who = screen.name(look, item.student, view)
    others = f" and {len(students) - 1} with the same answer" if len(students) > 1 else ""
    if change is not None:
        screen.done.append((change, item.student, item.question))
        screen.again.ask(students)
    look = desk.look()
    following = screen.after(look, view, item)
    said = f"Saved: {item.question or 'the whole'} of {who}{others}."
    if following is None:
        return _page("done.html", screen, view, look=look, said=said)
    return RedirectResponse(screen.address(following, view, said=said), 303)


def _points(desk: Desk, item: Item, form: Mapping[str, str]) -> Any:
    """The points that a button or the field says; None leaves it to the rubric."""
    how = form.get("how", "")
    if how == "all":
        return desk.worth(item.question)
    if how == "half":
        return desk.worth(item.question) / 2
    if how == "none":
        return desk.worth(item.question) * 0
    return points_from(form.get("points", ""))


def _undo(screen: Screen, request: Request, form: Mapping[str, str]) -> Response:
    view = View.of(request)
    if not screen.done:
        return _page(
            "problem.html", screen, view, status=400, problem="There is nothing to take back."
        )
    change, student, question = screen.done.pop()
    screen.again.ask(screen.desk.take_back(change))
    look = screen.desk.look()
    item = look.of(student, question)
    if item is None:
        return RedirectResponse(f"{_root(screen)}/?{view.query()}", 303)
    said = f"Taken back: {question or 'the whole'} of {screen.name(look, student, view)}."
    return RedirectResponse(screen.address(item, view, said=said), 303)


def _state(screen: Screen, request: Request, form: Mapping[str, str]) -> Response:
    trouble = screen.trouble(View.of(request))
    return JSONResponse({"waiting": screen.again.waiting, "trouble": trouble})


def _finish(screen: Screen, request: Request, form: Mapping[str, str]) -> Response:
    screen.again.close()
    screen.stop()
    return _page("finished.html", screen, View.of(request))


def _static(screen: Screen, request: Request, form: Mapping[str, str]) -> Response:
    found = STATIC.get(request.path_params["name"])
    if found is None:
        return Response(status_code=404)
    return Response(found[0].read_text("utf-8"), media_type=found[1])


# ---- parts of pages


def _item(screen: Screen, look: Look, request: Request) -> Item | None:
    student = screen.student(look, request.path_params["key"])
    question = request.path_params["question"]
    return None if student is None else look.of(student, "" if question == WHOLE else question)


def _skip(screen: Screen, view: View, items: Sequence[Item], item: Item, *, step: int = 1) -> str:
    following = screen.beside(items, item, step=step)
    return (
        f"{_root(screen)}/?{view.query()}" if following is None else screen.address(following, view)
    )


def _about(desk: Desk, score: Score, question: str) -> Any:
    """What the grader found, for the page."""
    found = question_of(score, question)
    if found is None:
        return None
    result = question_result(found, score)
    verdicts = [(verdict, verdict_result(verdict, found, score)) for verdict in found.verdicts]
    places = places_for(found.points, desk.assignment.late.places)
    return {
        "earned": points_text(found.earned, places),
        "points": points_text(found.points, places),
        "result": result,
        "verdicts": verdicts,
    }


def _ticked(desk: Desk, question: str, given: Any, typed: Mapping[str, str] | None) -> set[int]:
    """The rubric's items that apply: as typed just now, or as was decided before."""
    if typed is not None:
        return {int(part) for part in typed.get("rubric", "").split(",") if part.isdigit()}
    return desk.ticked(question, given.reason) if given is not None else set()


def _points_shown(desk: Desk, item: Item, given: Any, typed: Mapping[str, str] | None) -> str:
    """What stands in the field of points: what was typed, or was given other than by the rubric,
    so that who comes back for the comment does not change the points."""
    if typed is not None:
        return typed.get("points", "")
    if given is None or not given.value:
        return ""
    rubric = tuple(sorted(desk.ticked(item.question, given.reason)))
    try:
        by_rubric = desk.points_of(Verdict((item.student,), item.question, rubric))
    except GraderError:
        return str(given.value)
    return "" if by_rubric == number_in(given.value) else str(given.value)


def _work(cells: Sequence[Mapping[str, Any]]) -> markupsafe.Markup:
    """What a student wrote, sanitized."""
    import nbformat

    notebook = nbformat.from_dict(
        {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )
    try:
        return markupsafe.Markup(student_work(notebook))
    except Exception as error:  # the fence around one student: the others can be graded
        what = f"The notebook could not be shown ({type(error).__name__}): open the hand-in itself."
        return markupsafe.Markup("<p>{}</p>").format(what)


def _root(screen: Screen) -> str:
    return f"/{screen.token}"


def _page(
    template: str, screen: Screen, view: View, *, status: int = 200, **values: Any
) -> Response:
    text = (
        _templates()
        .get_template(template)
        .render(
            root=_root(screen),
            view=view,
            course=screen.desk.opened.course,
            assignment=screen.desk.assignment,
            can_undo=bool(screen.done),
            waiting=screen.again.waiting,
            trouble=screen.trouble(view),
            query=view.query(),
            **values,
        )
    )
    return HTMLResponse(text, status_code=status)


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("grader.review"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
