"""Pictures that a few bytes blow up are not handed to a browser."""

import base64
import io
import struct
import warnings
import zlib

import PIL.Image
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.report.picture_size import MOST_BYTES, why_not_drawn
from grader.report.student_work import sanitized, student_work

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


def a_png(width, height):
    """A head that says so, and no pixels."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def an_svg(inside):
    return f"{HEAD}{inside}</svg>".encode()


def copies_of_copies(levels, link="href"):
    parts = ['<g id="a0"><rect/></g>']
    parts += [f'<g id="a{k + 1}">' + f'<use {link}="#a{k}"/>' * 10 + "</g>" for k in range(levels)]
    return an_svg("".join(parts) + f'<use {link}="#a{levels}"/>')


@pytest.mark.parametrize("size", [(1, 1), (4000, 3000), (20_000, 100)])
def test_what_a_notebook_draws_is_shown(size):
    assert why_not_drawn("image/png", a_png(*size)) == ""


@pytest.mark.parametrize("size", [(20_001, 1), (7000, 7000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_huge_picture_is_not_and_nothing_is_decoded(size):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "pixels is not shown" in why_not_drawn("image/png", a_png(*size))


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP"])
def test_other_kinds_are_measured_too(kind):
    out = io.BytesIO()
    PIL.Image.new("RGB", (30, 20)).save(out, kind)
    mime = f"image/{kind.lower()}"
    assert why_not_drawn(mime, out.getvalue()) == ""
    assert why_not_drawn("image/png", out.getvalue()) == "(this is no picture)"
    assert why_not_drawn(mime, b"nothing") == "(this is no picture)"


def test_a_heavy_file_is_not_shown():
    assert (
        why_not_drawn("image/png", b"\0" * (MOST_BYTES + 1)) == "(a picture of 8 MB is not shown)"
    )


@pytest.mark.parametrize(
    "drawing",
    [
        copies_of_copies(12),
        copies_of_copies(12, "xlink:href"),
        an_svg('<g id="a"><use href="#a"/></g>'),
        an_svg('<pattern id="p" fill="url(#q)"/><pattern id="q" fill="url(#p)"/>'),
        an_svg("<g>" * 300 + "</g>" * 300),
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + an_svg("&b;"),
    ],
    ids=["copies", "xlink", "itself", "patterns", "deep", "entities"],
)
def test_a_drawing_that_copies_its_copies_is_not_shown(drawing):
    assert why_not_drawn("image/svg+xml", drawing) == "(a drawing of too many parts is not shown)"


def test_a_drawing_as_matplotlib_makes_it_is_shown():
    glyphs = '<defs><path id="g" d="M0 0"/></defs>' + '<use xlink:href="#g"/>' * 5000
    assert why_not_drawn("image/svg+xml", an_svg(glyphs)) == ""
    assert why_not_drawn("image/svg+xml", copies_of_copies(2)) == ""
    assert why_not_drawn("image/svg+xml", b"<svg>") == "(this is no picture)"


def test_wherever_a_huge_picture_comes_from_it_is_left_out():
    huge = base64.b64encode(a_png(60_000, 60_000)).decode()
    tag = f'<img alt="plot" src="data:image/png;base64,{huge}">'
    cells = [
        new_code_cell("a", outputs=[new_output("display_data", data={"image/png": huge})]),
        new_code_cell("b", outputs=[new_output("display_data", data={"text/html": tag})]),
        new_markdown_cell("![plot](attachment:p.png)", attachments={"p.png": {"image/png": huge}}),
        new_markdown_cell(tag),
    ]
    page = BeautifulSoup(student_work(new_notebook(cells=cells)), "html.parser")
    assert [image.get("src") for image in page.select("img")] == [None] * 3
    assert "(a picture of too many pixels is not shown)" in page.text
    assert "src" not in sanitized(tag)
