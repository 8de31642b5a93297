"""Outputs of cells, and text cells, that would mark the page if anything of them ran, loaded, covered
the page or led somewhere by itself. MARK is JavaScript that leaves a mark."""

from __future__ import annotations

MARK = "(window.top||window).document.title='ran';window.ran=(window.ran||0)+1"

HTML = (
    f"<script>{MARK}</script>",
    f'<img src=x onerror="{MARK}">',
    f'<svg onload="{MARK}"><circle r=9></circle></svg>',
    f"<svg><script>{MARK}</script></svg>",
    f'<body onload="{MARK}">',
    f'<iframe srcdoc="<script>{MARK}</script>"></iframe>',
    f'<iframe src="javascript:{MARK}"></iframe>',
    f'<object data="data:text/html,<script>{MARK}</script>"></object>',
    f'<embed src="javascript:{MARK}">',
    f'<details open ontoggle="{MARK}"><summary>x</summary></details>',
    f'<video autoplay onplay="{MARK}"><source onerror="{MARK}"></video>',
    f'<input autofocus onfocus="{MARK}">',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{MARK}">',
    f"<noscript><p title=\"</noscript><img src=x onerror='{MARK}'>\">",
    f'<template><img src=x onerror="{MARK}"></template>',
    f'<xmp><img src=x onerror="{MARK}"></xmp>',
    f'<a href="javascript:{MARK}" id=lure>click me</a>',
    f'<a href="data:text/html,<script>{MARK}</script>">click me</a>',
    f'<form action="http://192.0.2.1/steal"><button formaction="javascript:{MARK}">ok</button></form>',
    '<meta http-equiv=refresh content="0;url=http://192.0.2.1/">',
    "<link rel=stylesheet href=http://192.0.2.1/a.css>",
    "<base href=http://192.0.2.1/>",
    "<img src=http://192.0.2.1/pixel.png>",
    '<img srcset="http://192.0.2.1/a 1x" src="http://192.0.2.1/b">',
    "<style>@import 'http://192.0.2.1/b.css'; body{background:url(http://192.0.2.1/c.png)} .score{display:none}</style>",
    '<div style="position:fixed;inset:0;background:white;z-index:99"><h1>10/10, full marks</h1></div>',
    '<p class="score points" id=main style="color:red;font-size:99px">10 of 10</p>',
    "</div></section></main><h1>Score: 10 of 10</h1><script>" + MARK + "</script>",
    '<img width=999999 height=999999 src="data:image/png;base64,iVBORw0KGgo=">',
    "<p style=\"background-image:url('http://192.0.2.1/d.png')\">x</p>",
)

MARKDOWN = (
    f"[click]( javascript:{MARK} )",
    f"[x](<javascript:{MARK}>)",
    f'![x]("onerror="{MARK})',
    f"<javascript:{MARK}>",
    f"$\\href{{javascript:{MARK}}}{{x}}$",
    f"<script>{MARK}</script>",
    f"[r]: javascript:{MARK}\n\n[r]",
    "![pixel](http://192.0.2.1/e.png)",
)

SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{MARK}\"><script>{MARK}</script><image href='http://192.0.2.1/f.png'/></svg>"


def cells() -> list[str]:
    """Code that shows each of them."""
    shown = [f"from IPython.display import HTML, display\ndisplay(HTML({text!r}))" for text in HTML]
    shown += [
        f"from IPython.display import Markdown, display\ndisplay(Markdown({text!r}))"
        for text in MARKDOWN
    ]
    return [
        *shown,
        f"from IPython.display import SVG, display\ndisplay(SVG({SVG!r}))",
        f"from IPython.display import Javascript, display\ndisplay(Javascript({MARK!r}))",
        f"from IPython.display import display\ndisplay({{'text/html': '<b onclick=\"{MARK}\">x</b>'}}, raw=True)",
        f"from IPython.display import display\ndisplay({{'image/svg+xml': {SVG!r}}}, raw=True)",
        f"from IPython.display import display\ndisplay({{'text/latex': '$\\\\href{{javascript:{MARK}}}{{x}}$'}}, raw=True)",
        f"print('\\x1b[31m<img src=x onerror=\"{MARK}\">\\x1b[0m')",
        f"raise ValueError('<script>{MARK}</script>')",
    ]
