"""Puts switches into the source of one function, at each place where it can go wrong."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.questions.mechanical.named import (
    ABSOLUTE,
    BIASES,
    DOUBLED,
    EARLY,
    FACTOR,
    HALVED,
    LATE,
    MINUS,
    NEGATIVE,
    ONE_PASS,
    OVERWRITTEN,
    PASS_LATE,
    PASS_SHORT,
    PLAIN,
    PLUS,
    SEQUENTIAL,
    SIGN,
    SIGNED,
    SQUARED,
    STEP_LONG,
    STEP_SHORT,
    SUMMED,
    SWAPPED,
    UNTURNED,
    Slip,
    forgot,
)
from grader.questions.mechanical.trees import (
    branch,
    call_of,
    counted_names,
    filled,
    is_call_of,
    is_computed,
    is_size,
    is_stored,
    is_text,
    is_two,
    item_of,
    method_of,
    names_read,
    negated,
    new_statement,
    one_by_one,
    one_or,
    parameters_of,
    record_in,
    sizes_in,
    updates_in,
)

_PLAIN = 2
_MAKERS = frozenset({"empty", "zeros", "ones", "full", "eye", "reshape", "arange", "linspace"})
"""Calls whose arguments are shapes."""


@dataclass(frozen=True)
class Edit:
    """A slip, and the switches that make it."""

    slip: Slip
    switches: tuple[int, ...]


@dataclass
class Switches:
    on: list[bool] = field(default_factory=list)
    made: list[tuple[str, Slip]] = field(default_factory=list)  # in which function, and what

    def new(self, function: str, slip: Slip) -> ast.expr:
        """The expression that tells whether this slip is made here."""
        self.on.append(False)
        self.made.append((function, slip))
        return item_of("_on", len(self.on) - 1)

    def edits(self) -> tuple[Edit, ...]:
        """Each slip wherever one function can make it, then at each place alone."""
        places: dict[tuple[str, Slip], list[int]] = {}
        for place, made in enumerate(self.made):
            places.setdefault(made, []).append(place)
        every = [Edit(slip, tuple(found)) for (_, slip), found in places.items()]
        single = [
            Edit(e.slip, (place,)) for e in every if len(e.switches) > 1 for place in e.switches
        ]
        return (*every, *single)


class Rewriter(ast.NodeTransformer):
    """Puts switches into one function."""

    def __init__(self, node: ast.FunctionDef, switches: Switches, *, is_helper: bool) -> None:
        self._node = node
        self._switches = switches
        self._is_helper = is_helper
        self._sizes = frozenset(sizes_in(node))
        self._loops = 0
        arguments = {argument.arg for argument in parameters_of(node)}
        ranges = [c for c in ast.walk(node) if isinstance(c, ast.Call) and is_call_of(c, "range")]
        named = {
            name for call in ranges for argument in call.args for name in counted_names(argument)
        }
        self.steps = frozenset((arguments & named) - self._sizes)
        self.stored = frozenset(
            n.id for n in ast.walk(node) if isinstance(n, ast.Name) and is_stored(n)
        )

    def rewrite(self) -> ast.FunctionDef:
        node = self._node
        before: list[ast.stmt] = [new_statement("_tick()")]
        for argument in parameters_of(node):
            name = argument.arg
            if name in BIASES and name not in self.stored:
                before.append(branch(self._new(forgot(name)), new_statement(f"{name} = 0.0")))
            if name in self.steps:
                before.append(
                    branch(self._new(STEP_SHORT), new_statement(f"{name} = max({name} - 1, 0)"))
                )
                before.append(branch(self._new(STEP_LONG), new_statement(f"{name} = {name} + 1")))
        node.body = [*before, *self._block(node.body)]
        node.decorator_list = []
        node.args.defaults = [ast.Constant(None) for _ in node.args.defaults]
        node.args.kw_defaults = [d and ast.Constant(None) for d in node.args.kw_defaults]
        node.returns = None
        for argument in parameters_of(node):
            argument.annotation = None
        return node

    def _new(self, slip: Slip) -> ast.expr:
        return self._switches.new(self._node.name, slip)

    # Statements

    def _block(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for statement in statements:
            new = self.visit(statement)
            found += new if isinstance(new, list) else [new]
        return found

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        if node.value is None:
            return node
        value = self.visit(node.value)
        if self._is_helper:
            slips = (DOUBLED, HALVED, NEGATIVE, SWAPPED)
            value = call_of("_given", value, *(self._new(slip) for slip in slips))
        return ast.Return(value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        if node.value is None or not isinstance(node.target, ast.Name):
            return node
        return ast.Assign([node.target], self.visit(node.value))

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        node.value = self.visit(node.value)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        if isinstance(node.op, ast.Div):
            node.value = self._divisor(node.value)
            return node
        node.value = self.visit(node.value)
        if not isinstance(node.op, ast.Add) or not self._loops:
            return node
        alone = ast.Assign([copy.deepcopy(node.target)], copy.deepcopy(node.value))
        return branch(self._new(OVERWRITTEN), alone, orelse=node)

    def visit_For(self, node: ast.For) -> list[ast.stmt]:
        if is_call_of(node.iter, "range"):
            node.iter = self._range(node.iter)  # type: ignore[arg-type]
        else:
            node.iter = self.visit(node.iter)
        self._loops += 1
        # looked at as it was written, before switches hide what is what
        updates = updates_in(node.body)
        record = record_in(node.body, updates)
        lines = [self._block([statement]) for statement in node.body]
        self._loops -= 1
        if updates:
            self._in_sequence(node.body, lines, updates)
        before: list[ast.stmt] = [new_statement("_tick()")]
        if record is not None:
            place, is_before = record
            switch = self._new(LATE if is_before else EARLY)
            moved = branch(switch, *copy.deepcopy(lines[place]))
            lines[place] = [branch(negated(copy.deepcopy(switch)), *lines[place])]
            lines.insert(len(lines) if is_before else 0, [moved])
        node.body = [*before, *(statement for line in lines for statement in line)]
        return [node]

    def visit_While(self, node: ast.While) -> ast.stmt:
        self._loops += 1
        node.body = [new_statement("_tick()"), *self._block(node.body)]
        self._loops -= 1
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        return node  # a function within: left as it is

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        return node

    def _in_sequence(
        self,
        written: Sequence[ast.stmt],
        lines: list[list[ast.stmt]],
        updates: tuple[int, ...],
    ) -> None:
        """Give the updates of a loop an alternative: one after the other, with what they are made
        of computed anew between them."""
        single: list[tuple[ast.expr, ast.expr]] = []
        for place in updates:
            (statement,) = lines[place]
            assert isinstance(statement, ast.Assign)
            single += one_by_one(statement)
        names = {target.id for target, _ in single if isinstance(target, ast.Name)}
        between = [
            line
            for place, line in enumerate(lines[: updates[0]])
            if is_computed(written[place]) and names_read(written[place]) & names
        ]
        together = [statement for place in updates for statement in lines[place]]
        orders = [single, single[::-1]]
        for order in orders:
            steps: list[ast.stmt] = []
            for number, (target, value) in enumerate(order):
                if number:
                    steps += [copy.deepcopy(s) for line in between for s in line]
                steps.append(ast.Assign([copy.deepcopy(target)], copy.deepcopy(value)))
            together = [branch(self._new(SEQUENTIAL), *steps, orelse=together)]
        lines[updates[0]] = together
        for place in updates[1:]:
            lines[place] = []

    # Expressions

    def _range(self, call: ast.Call) -> ast.expr:
        """`range(n)` with passes left out."""
        last = call.args[min(len(call.args), 2) - 1]
        one = ast.Constant(False) if counted_names(last) & self.steps else self._new(ONE_PASS)
        parts = {
            "FIRST": call.args[0] if len(call.args) > 1 else ast.Constant(0),
            "ONE": one,
            "LAST": last,
            "SHORT": self._new(PASS_SHORT),
            "LATE": self._new(PASS_LATE),
        }
        first = filled("FIRST + 1 if LATE else FIRST", parts)
        until = filled("FIRST + 1 if ONE else max(LAST - 1, 0) if SHORT else LAST", parts)
        return ast.Call(call.func, [first, until, *call.args[2:]], [])

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.value = self.visit(node.value)  # an index stays what it is
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        if isinstance(node.op, ast.Div):
            return ast.BinOp(self.visit(node.left), ast.Div(), self._divisor(node.right))
        if isinstance(node.op, ast.Mult):
            return self._product(node)
        if isinstance(node.op, ast.Pow):
            return self._power(node)
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Sub):
            slips = (NEGATIVE, PLUS, SIGN)
            return call_of("_minus", left, right, *(self._new(slip) for slip in slips))
        if isinstance(node.op, ast.Add) and not is_text(node):
            return call_of("_plus", left, right, self._new(MINUS))
        return ast.BinOp(left, node.op, right)

    def _product(self, node: ast.BinOp) -> ast.expr:
        if ast.dump(node.left) == ast.dump(node.right):
            squared = ast.Constant(_PLAIN)
            return self._power(ast.BinOp(node.left, ast.Pow(), squared))
        sides = [
            one_or(self._new(FACTOR), side) if is_two(side) else self.visit(side)
            for side in (node.left, node.right)
        ]
        return ast.BinOp(sides[0], ast.Mult(), sides[1])

    def _power(self, node: ast.BinOp) -> ast.expr:
        base = self.visit(node.left)
        if not (isinstance(node.right, ast.Constant) and node.right.value == _PLAIN):
            return ast.BinOp(base, ast.Pow(), node.right)
        is_norm = isinstance(node.left, ast.Call) and method_of(node.left) == "norm"
        absolute = ast.Constant(False) if is_norm else self._new(ABSOLUTE)
        return call_of("_square", base, node.right, absolute, self._new(PLAIN))

    def _divisor(self, node: ast.expr) -> ast.expr:
        """What is divided by: without the number of examples, or without the 2."""
        if is_size(node, self._sizes):
            return one_or(self._new(SUMMED), node)
        if is_two(node):
            return one_or(self._new(FACTOR), node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return ast.BinOp(self._divisor(node.left), ast.Mult(), self._divisor(node.right))
        if is_call_of(node, "float") and len(node.args) == 1:  # type: ignore[attr-defined]
            return self._divisor(node.args[0])  # type: ignore[attr-defined]
        visited: ast.expr = self.visit(node)
        return visited

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        if not isinstance(node.op, ast.USub) or isinstance(node.operand, ast.Constant):
            return node
        operand = self.visit(node.operand)
        parts = {"SWITCH": self._new(NEGATIVE), "X": operand}
        return filled("(1 if SWITCH else -1) * X", parts)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        node.value = self.visit(node.value)
        if node.attr == "T":
            return call_of("_turned", node.value, self._new(UNTURNED))
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        called = method_of(node)
        if called in _MAKERS or is_call_of(node, "range") or is_call_of(node, "len"):
            if called == "empty":  # what is left out shall be the same each time
                node.func = ast.Name("_zeros", ast.Load())
            return node
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            if keyword.arg not in ("axis", "dtype", "shape", "ndmin", "keepdims"):
                keyword.value = self.visit(keyword.value)
        function = node.func
        if isinstance(function, ast.Attribute):
            function.value = self.visit(function.value)
            chosen = {"mean": ("sum", SUMMED), "average": ("sum", SUMMED)}
            if function.attr in chosen:
                wrong, slip = chosen[function.attr]
                node.func = self._attribute_or(function, wrong, slip)
            elif function.attr == "square":
                node.func = self._attribute_or(function, "abs", ABSOLUTE)
            elif function.attr in ("abs", "absolute", "fabs"):
                node.func = self._attribute_or(function, "square", SQUARED)
                return self._or_argument(node, SIGNED)
            elif function.attr == "transpose" and len(node.args) == 1:
                return self._or_argument(node, UNTURNED)
        elif is_call_of(node, "abs") and len(node.args) == 1:
            return self._or_argument(node, SIGNED)
        return node

    def _attribute_or(self, node: ast.Attribute, wrong: str, slip: Slip) -> ast.expr:
        names = ast.Constant(node.attr), ast.Constant(wrong)
        return call_of("_chosen", node.value, *names, self._new(slip))

    def _or_argument(self, node: ast.Call, slip: Slip) -> ast.expr:
        """A call, or what it is called with."""
        if len(node.args) != 1:
            return node
        parts = {"SWITCH": self._new(slip), "X": copy.deepcopy(node.args[0]), "CALL": node}
        return filled("X if SWITCH else CALL", parts)
