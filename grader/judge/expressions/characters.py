"""Characters that people paste and keyboards type, as those that mean the same in ASCII."""

from __future__ import annotations

import re
import unicodedata

_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᐟˣⁿᵗ", "0123456789+-()/xnt", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))

_SIGNS = {
    "*": "·⋅×∗∙•●✕✖⨯⁎\u2062",
    "-": "−–—‐‑‒﹣",
    "/": "÷∕⁄",
    "^": "ˆ↑",
    "|": "∣│",
    "'": "′’‘ʹ´",
    "=": "→⇒↦⟶⟹∴≡≈≅",
    ",": "、",
    " ": "\u00a0\u3000\t\n\r",
    "": "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\ufeff\u00ad\ufe0e\ufe0f",
    " √": "√",
    " cbrt": "∛",
    # the keys of another script that look like these
    "x": "хχ",
    "X": "Х",
    "e": "еℯ",
    "E": "Е",
}
_GREEK = {
    letter: unicodedata.name(letter).split()[-1].lower().replace("lamda", "lambda")
    for letter in "αβγδεζηθκλμνξπρστφψω"  # χ is on the list above
}
_PLAIN = {odd: plain for plain, odds in _SIGNS.items() for odd in odds}
_PLAIN |= {letter: f" {name} " for letter, name in _GREEK.items()}

_ESCAPED = {"\a": "a", "\b": "b", "\f": "f", "\v": "v"}
_ESCAPED_BLANK = re.compile("\t(?=imes|ext|frac|an|heta|au|o\\b)|\r(?=ight|m\\b)|\n(?=eq?\\b|u\\b)")
_FRACTION = re.compile("([0-9]*)([¼-¾⅐-⅞])")
_SMALL_FRACTION = re.compile("([⁰¹²³⁴-⁹]+)[⁄/∕]([₀-₉]+)")


def in_ascii(text: str) -> str:
    """The text with its odd characters replaced; one that is not known stays as it is."""
    text = _with_backslashes(text)
    text = _SMALL_FRACTION.sub(lambda m: f"({_each(m[1], _RAISED)}/{_each(m[2], _LOWERED)})", text)
    text = _FRACTION.sub(_fraction, text)
    text = re.sub(f"[{''.join(_RAISED)}]+", lambda m: f"^({_each(m[0], _RAISED)})", text)
    text = re.sub(f"[{''.join(_LOWERED)}]+", lambda m: "_" + _each(m[0], _LOWERED), text)
    return "".join(map(_plain, text))


def _with_backslashes(text: str) -> str:
    r"""Commands of LaTeX that were typed without `r` before the quotes: "\frac" has a form feed."""
    for control, letter in _ESCAPED.items():
        text = text.replace(control, "\\" + letter)
    names = {"\t": "\\t", "\r": "\\r", "\n": "\\n"}
    return _ESCAPED_BLANK.sub(lambda match: names[match[0]], text)


def _fraction(match: re.Match[str]) -> str:
    """½ as (1/2), and 2½ as (2+1/2)."""
    parts = unicodedata.normalize("NFKC", match[2]).replace("⁄", "/")
    return f"({match[1]}+{parts})" if match[1] else f"({parts})"


def _each(text: str, plain: dict[str, str]) -> str:
    return "".join(plain[character] for character in text)


def _plain(character: str) -> str:
    if character.isascii():
        return " " if character in "\t\n\r" else character
    if character in _PLAIN:
        return _PLAIN[character]
    alike = unicodedata.normalize("NFKC", character)  # full-width, italic, double-struck, ...
    if alike in _PLAIN:
        return _PLAIN[alike]
    return alike if alike.isascii() and alike.isprintable() else character
