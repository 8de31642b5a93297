"""How a text was understood, in Python's notation: no more parentheses than it takes to see it."""

from __future__ import annotations

import ast

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)
_LEVELS = {
    ast.Add: (_SUM, " + "),
    ast.Sub: (_SUM, " - "),
    ast.Mult: (_PRODUCT, "*"),
    ast.Div: (_PRODUCT, "/"),
    ast.Pow: (_POWER, "**"),
}


def printed(tree: ast.expr, source: str) -> str:
    """As in `(1/2)*x**(-1)`: a quotient in a product has parentheses, though Python needs none."""
    return _printed(tree, source)[0]


def _printed(node: ast.expr, source: str) -> tuple[str, int]:
    """The text, and how tightly it holds together."""
    if isinstance(node, ast.BinOp):
        level, sign = _LEVELS[type(node.op)]
        left, holds = _printed(node.left, source)
        right, holds_right = _printed(node.right, source)
        is_quotient = isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Div)
        if holds < level + (level == _POWER) or (level == _PRODUCT and is_quotient):
            left = f"({left})"
        if holds_right <= level:
            right = f"({right})"
        return f"{left}{sign}{right}", level
    if isinstance(node, ast.UnaryOp):
        inner, holds = _printed(node.operand, source)
        sign = "-" if isinstance(node.op, ast.USub) else ""
        return f"{sign}{inner if holds > _SIGN else f'({inner})'}", _SIGN if sign else holds
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        arguments = ", ".join(_printed(each, source)[0] for each in node.args)
        return f"{node.func.id}({arguments})", _ATOM
    return source[node.col_offset : node.end_col_offset], _ATOM
