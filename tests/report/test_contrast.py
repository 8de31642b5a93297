"""WCAG AA: every colour of text against every ground that it stands on, light and dark."""

import re
from importlib.resources import files

import pytest

CSS = files("grader.report").joinpath("templates/page.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)
ANSI = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "grey"]
PAIRS = [
    *((ink, ground) for ink in ("ink", "soft", "link") for ground in ("paper", "raised")),
    *(
        (ink, ground)
        for ink in ("right", "partly", "wrong", "waiting")
        for ground in ("paper", "raised")
    ),
    *((ink, ground) for ink in ("ink", "link", "soft") for ground in ("theirs", "code")),
    ("theirs-ink", "theirs"),
    ("ink", "marked"),
    *((ink, "code") for ink in ("keyword", "string", "comment", "number", "name")),
    *((f"ansi-{colour}", "theirs") for colour in ANSI),
]


SHAPES = [("after", "paper"), ("soft", "paper"), ("wrong", "raised"), ("soft", "raised")]
"""Of pictures, which need 3 to 1."""


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(theme):
    assert LIGHT.keys() == DARK.keys()
    for ink, ground in PAIRS:
        assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_pictures_can_be_seen(theme):
    for ink, ground in SHAPES:
        assert contrast(theme[ink], theme[ground]) >= 3, (ink, ground)


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
