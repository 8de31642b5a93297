"""An executed notebook as HTML that can be shown beside the grader's own words.

What a student wrote, or their code printed, is hostile until shown otherwise: it may hold scripts,
forms, styles that cover the page, links of every kind. Three things stand against that, and each
would do alone:

- the notebook is rebuilt from what is known (sources, text, pictures); metadata is dropped;
- the HTML that is made of a cell, with nbconvert's filters, goes through nh3 as a whole, with a
  list of what may stay: no styles, no ids, no classes but those of code highlighting, no addresses
  but inline pictures and plain links;
- the page around it has a Content-Security-Policy that lets nothing run or load, and a frame that
  is drawn around the student's work and clips it.

TeX between `$` becomes MathML, which browsers draw without a script or the network; TeX that
cannot be translated is shown as it was written.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from grader.report.picture_size import why_not_drawn

if TYPE_CHECKING:
    from nbformat import NotebookNode

# what to show of an output that has several forms, the best first
RICH_TYPES = ("text/html", "text/markdown", "text/latex", "image/png", "image/jpeg",
              "image/svg+xml", "text/plain")  # fmt: skip
LONGEST_TEX = 5_000  # characters of one formula
LONGEST_PROSE = 100_000  # characters of one text, but for pictures in it: 5 s at their worst
INLINE_PICTURE = re.compile(r"data:image/[\w+;,=/.-]+")
UNNUMBERED = {"align", "equation", "gather", "alignat", "multline", "eqnarray"}


@dataclass(frozen=True)
class ShownCell:
    """A cell as sanitized HTML. `number` counts code cells from 1; None for prose."""

    number: int | None
    html: str


def student_work(notebook: NotebookNode) -> str:
    """The notebook as sanitized HTML, without a frame around it."""
    return "".join(cell.html for cell in student_cells(notebook))


def student_cells(notebook: NotebookNode) -> list[ShownCell]:
    """The cells, each as sanitized HTML that ends what it begins; without a frame around them."""
    return [ShownCell(cell.get("number"), _drawn(cell)) for cell in _rebuilt(notebook)]


def _drawn(cell: Part) -> str:
    if not cell.get("attachments") and not cell.get("outputs"):
        return _drawn_alone(cell["kind"], cell["source"], cell.get("number"))
    return sanitized(str(_template().render(cells=[cell])))


@lru_cache(maxsize=512)  # cells that came with the assignment are in every notebook
def _drawn_alone(kind: str, source: str, number: int | None) -> str:
    cell: Part = {
        "kind": kind,
        "source": source,
        "number": number,
        "outputs": [],
        "attachments": {},
    }
    return sanitized(str(_template().render(cells=[cell])))


# ---- the notebook, rebuilt

Part = dict[str, Any]
"""A cell or an output, as the template reads it."""


def _rebuilt(notebook: NotebookNode) -> list[Part]:
    """The sources and outputs of the cells, and nothing else of them.

    Each output keeps one form, the best that can be shown. `number` counts code cells from 1, as
    flags and reasons do.
    """
    cells: list[Part] = []
    number = 0
    for cell in notebook.cells:
        source = _text(cell.get("source", ""))
        if cell.get("cell_type") == "code":
            number += 1
            outputs = list(_outputs(cell.get("outputs", ())))
            cells.append({"kind": "code", "source": source, "number": number, "outputs": outputs})
        elif cell.get("cell_type") == "markdown":
            attachments = _attachments(cell.get("attachments"))
            cells.append({"kind": "prose", "source": source, "attachments": attachments})
        else:
            cells.append({"kind": "prose", "source": f"<pre>{html.escape(source)}</pre>"})
    return cells


def _outputs(outputs: Any) -> Iterator[Part]:
    for output in outputs if isinstance(outputs, (list, tuple)) else ():
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            yield {"kind": name, "content": _text(output.get("text"))}
        elif kind == "error":
            lines = output.get("traceback")
            shown = [_text(line) for line in lines] if isinstance(lines, (list, tuple)) else []
            name, value = _text(output.get("ename")), _text(output.get("evalue"))
            yield {"kind": "error", "content": "\n".join(shown or [f"{name}: {value}"])}
        elif kind in ("display_data", "execute_result", "pyout"):
            forms = output.get("data")
            forms = forms if isinstance(forms, dict) else {}
            best = next((mime for mime in RICH_TYPES if forms.get(mime)), None)
            if best is not None and (refusal := _refusal(best, forms[best])):
                yield {"kind": "text/plain", "content": refusal}
            elif best is not None:
                mime = "text/markdown" if best == "text/latex" else best  # its TeX is drawn there
                yield {"kind": mime, "content": _text(forms[best])}


def _refusal(mime: str, content: Any) -> str:
    """Why a picture is not shown, in words; "" if it is, or is none."""
    if not mime.startswith("image/"):
        return ""
    raw = _text(content)
    if mime == "image/svg+xml":
        return why_not_drawn(mime, raw.encode(errors="replace"))
    return why_not_drawn(mime, _decoded(raw))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except ValueError:
        return b""


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")


def _attachments(value: Any) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict):
        return {}
    return {
        str(name): {str(mime): _text(content) for mime, content in forms.items()}
        for name, forms in value.items()
        if isinstance(forms, dict) and forms
    }


# ---- the template, with the filters of nbconvert


@lru_cache(maxsize=1)
def _template() -> Any:
    import jinja2
    from nbconvert.filters import ansi2html

    environment = jinja2.Environment(loader=jinja2.PackageLoader("grader.report"))
    # one by one, so that an unclosed tag ends where its cell or output ends
    environment.filters |= {
        "ansi2html": ansi2html,
        "base64": _base64,
        "highlighted": _highlighted,
        "markdown2html": _markdown,
        "sanitized": sanitized,
    }
    return environment.get_template("notebook.html.j2")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode(errors="replace")).decode()


@lru_cache(maxsize=256)  # cells that came with the assignment are in every notebook
def _highlighted(source: str) -> str:
    return str(_highlighter()(source))


@lru_cache(maxsize=1)
def _highlighter() -> Any:
    from nbconvert.filters import Highlight2HTML

    return Highlight2HTML(pygments_lexer="ipython3")


def _markdown(source: str, attachments: dict[str, dict[str, str]] | None = None) -> str:
    if len(source) > LONGEST_PROSE and len(INLINE_PICTURE.sub("", source)) > LONGEST_PROSE:
        return f"<pre>{html.escape(source)}</pre>"  # one text must not hold up everybody's page
    return _with_pictures(source, attachments) if attachments else _prose(source)


@lru_cache(maxsize=256)
def _prose(source: str) -> str:
    return _with_pictures(source, {})


def _with_pictures(source: str, attachments: dict[str, dict[str, str]]) -> str:
    from nbconvert.filters.markdown_mistune import MarkdownWithMath

    renderer = _renderer_class()(escape=False, attachments=attachments, exclude_anchor_links=True)
    return sanitized(MarkdownWithMath(renderer=renderer).render(source))


@lru_cache(maxsize=1)
def _renderer_class() -> Any:
    from nbconvert.filters.markdown_mistune import IPythonRenderer

    class Renderer(IPythonRenderer):  # type: ignore[misc]
        """Markdown as in Jupyter, but with MathML, and headings below those of the page."""

        def heading(self, text: str, level: int, **attrs: Any) -> str:
            level = min(level + 2, 6)
            return f"<h{level}>{text}</h{level}>\n"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            if url.startswith("attachment:") and url[len("attachment:") :] not in self.attachments:
                return f"<em>(picture {html.escape(url)} is missing)</em>"
            return str(super().image(text, url, title))

        def block_math(self, body: str) -> str:
            return mathml(body, display=True)

        def inline_math(self, body: str) -> str:
            return mathml(body)

        def latex_environment(self, name: str, body: str) -> str:
            name = f"{name}*" if name in UNNUMBERED else name
            return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    return Renderer


def mathml(tex: str, *, display: bool = False) -> str:
    """TeX as MathML; as it was written, in `<code>`, if it can't be translated."""
    from latex2mathml.converter import convert

    source = tex.strip()
    translated = ""
    if len(source) <= LONGEST_TEX:
        starred = re.sub(rf"(\\(?:begin|end)\{{(?:{'|'.join(UNNUMBERED)}))\}}", r"\1*}", source)
        try:
            translated = convert(starred, display="block" if display else "inline")
        except Exception:  # a parser of what a student wrote may fail in any way
            translated = ""
    if not translated or "\\" in translated:  # it leaves commands that it does not know
        fence = "$$" if display else "$"
        return f"<code>{html.escape(f'{fence}{source}{fence}')}</code>"
    return f'<span class="formula" tabindex="0">{translated}</span>' if display else translated


# ---- the sanitizer

TAGS = """
    p div pre blockquote hr br h3 h4 h5 h6 ul ol li dl dt dd details summary figure figcaption
    table caption thead tbody tfoot tr th td
    a abbr b strong i em u s del ins mark small sub sup code kbd samp var q cite span img
    math mrow mi mn mo mtext mspace msup msub msubsup munder mover munderover mfrac msqrt mroot
    mtable mtr mtd
"""
WITH_CONTENT = {"script", "style", "iframe", "object", "embed", "noscript", "template", "svg",
                "title", "head", "frameset", "noembed", "xmp", "textarea", "select"}  # fmt: skip

# by tag and attribute, what a value has to look like as a whole
NUMBER = re.compile(r"[1-9]\d{0,3}")
SMALL = re.compile(r"[1-9]\d?")
ANY = re.compile(r".*", re.DOTALL)
WORD = re.compile(r"[a-z]{1,12}")
ALLOWED: dict[str, dict[str, re.Pattern[str]]] = {
    "a": {"href": re.compile(r"(https?://|mailto:).*", re.DOTALL), "title": ANY},
    "abbr": {"title": ANY},
    "div": {"tabindex": re.compile("0")},  # what is wide is scrolled, from the keyboard too
    "img": {
        "src": re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*"),
        "alt": ANY,
        "width": NUMBER,
        "height": NUMBER,
    },
    "ol": {"start": NUMBER},
    "th": {"colspan": SMALL, "rowspan": SMALL, "scope": WORD, "style": ANY},
    "td": {"colspan": SMALL, "rowspan": SMALL, "style": ANY},
    "span": {"style": ANY, "tabindex": re.compile("0")},
    "math": {"display": WORD},
    "mi": {"mathvariant": re.compile(r"[a-z-]{1,24}")},
    "mo": {"stretchy": WORD, "fence": WORD, "form": WORD, "largeop": WORD},
    "mover": {"accent": WORD},
    "munder": {"accentunder": WORD},
    "mfrac": {"linethickness": re.compile(r"0(px|pt|em)?")},
    "mtable": {"displaystyle": WORD},
    "mspace": {"width": re.compile(r"[0-2](\.\d+)?em")},
    "mtd": {"columnalign": WORD},
}
PICTURE = re.compile(r"<img\b(?![^>]* alt=)")
NOT_DESCRIBED = 'alt="Picture without a description"'
COLOUR = re.compile(r"(?<!-)color: rgb\((\d+),(\d+),(\d+)\)")
ALIGN = re.compile(r"text-align: ?(left|right|center);?")


def sanitized(fragment: str) -> str:
    """`fragment` with only that left which can neither run, load, cover, nor pose as ours."""
    clean = str(_cleaner().clean(fragment))
    # pandas leaves the corner of a table empty: a header that says nothing is no header
    return PICTURE.sub(rf"\g<0> {NOT_DESCRIBED}", clean).replace("<th></th>", "<td></td>")


@lru_cache(maxsize=1)
def _cleaner() -> Any:
    import nh3
    from pygments.token import STANDARD_TYPES

    colours = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
    spans = {name for name in STANDARD_TYPES.values() if name}
    spans |= {f"ansi-{c}{i}-{g}" for c in colours for i in ("", "-intense") for g in ("fg", "bg")}
    spans |= {"ansi-bold", "ansi-underline", "ansi-default-inverse-fg", "ansi-default-inverse-bg",
              "formula"}  # fmt: skip
    divs = {"nb-cell", "nb-number", "nb-code", "nb-prose", "nb-output", "nb-error", "nb-stderr",
            "nb-html", "highlight"}  # fmt: skip
    return nh3.Cleaner(
        tags=set(TAGS.split()),
        clean_content_tags=WITH_CONTENT,
        attributes={tag: set(attributes) for tag, attributes in ALLOWED.items()},
        attribute_filter=_allowed_value,
        allowed_classes={"span": spans, "div": divs},
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties={"color", "text-align"},
        link_rel="noopener noreferrer nofollow",
    )


def _allowed_value(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":
        return _allowed_style(tag, value)
    pattern = ALLOWED.get(tag, {}).get(attribute)
    if pattern is None:
        return value if attribute in ("class", "rel") else None
    if not pattern.fullmatch(value.strip()):
        return None
    if attribute == "src":
        head, _, content = value.strip().partition(",")
        mime = head.removeprefix("data:").removesuffix(";base64")
        return None if why_not_drawn(mime, _decoded(content)) else value
    return value


def _allowed_style(tag: str, value: str) -> str | None:
    if tag != "span":
        align = ALIGN.fullmatch(value.strip())
        return None if align is None else f"text-align: {align[1]}"
    colour = COLOUR.search(value)  # 256 colours of a terminal, to one that can be read here
    if colour is None:
        return None
    return f"color: var(--ansi-{_nearest_colour(*map(int, colour.groups()))})"


def _nearest_colour(red: int, green: int, blue: int) -> str:
    """The one of the eight terminal colours of about the same hue; grey for none.

    >>> _nearest_colour(0, 135, 0), _nearest_colour(95, 135, 255), _nearest_colour(90, 90, 90)
    ('green', 'blue', 'grey')
    """
    high = max(red, green, blue)
    if high - min(red, green, blue) < 40:
        return "grey"
    names = {(1, 0, 0): "red", (0, 1, 0): "green", (1, 1, 0): "yellow", (0, 0, 1): "blue",
             (1, 0, 1): "magenta", (0, 1, 1): "cyan"}  # fmt: skip
    middle = (high + min(red, green, blue)) / 2
    return names[(int(red > middle), int(green > middle), int(blue > middle))]
