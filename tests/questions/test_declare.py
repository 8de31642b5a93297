"""A slip is refused where it is written: what is wrong, which key, what may stand there."""

from __future__ import annotations

import numpy as np
import pytest

from grader.errors import GraderError
from grader.questions import (
    Case,
    Data,
    Expression,
    Figure,
    Gradient,
    Mistake,
    ObjectiveAt,
    Own,
    Property,
    Question,
    Returns,
    Trained,
    Variable,
    Vectorised,
    Within,
    Written,
)


def cost(x, y):
    return np.mean((x - y) ** 2)


XY = Case("m = 3", lambda rng: (rng.normal(size=3), rng.normal(size=3)))
DATA = Data([1.0, 2.0], [3.0, 5.0])


def returns(**changes):
    return Returns(**({"name": "cost", "reference": cost, "cases": [XY]} | changes))


# what is written, and: problem, at, the beginning of fix
SLIPS = {
    "a called reference": (
        lambda: returns(reference=cost(1, 2)),
        "reference is np.float64(1.0), which cannot be called",
        "Returns 'cost', key reference",
        "give the function itself, without calling it: ref.compute_cost",
    ),
    "a function for a name": (
        lambda: returns(name=cost),
        "name is the function cost",
        "Returns, key name",
        "give the name in the notebook, as text: 'compute_cost'",
    ),
    "a name with a space": (
        lambda: returns(name="my cost"),
        "name is 'my cost'",
        "Returns 'my cost', key name",
        "give the name in the notebook",
    ),
    "one case, not a list": (
        lambda: returns(cases=XY),
        "cases is one Case",
        "Returns 'cost', key cases",
        'give a list, such as [Case("m = 1"',
    ),
    "no case": (lambda: returns(cases=[]), "cases is empty", "Returns 'cost', key cases", "give a list"),
    "a function for a case": (
        lambda: returns(cases=[cost]),
        "cases holds the function cost, which is no Case",
        "Returns 'cost', key cases",
        'write Case("m = 1"',
    ),
    "two cases of one name": (
        lambda: returns(cases=[XY, XY]),
        "cases has two of the name 'm = 3'",
        "Returns 'cost', key cases",
        "give each a name of its own",
    ),
    "shape": (
        lambda: returns(shape="exat"),
        "shape is 'exat'",
        "Returns 'cost', key shape",
        "did you mean 'exact'? it may be 'squeeze' or 'exact'",
    ),
    "comparison": (
        lambda: Gradient("cost", cost, [XY], comparison="relative"),
        "comparison is 'relative'",
        "Gradient 'cost', key comparison",
        "it may be 'elementwise' or 'normwise'",
    ),
    "rtol = 0": (
        lambda: returns(rtol=0),
        "rtol is 0",
        "Returns 'cost', key rtol",
        "give a number, greater than 0, at most 0.5",
    ),
    "a negative rtol": (lambda: returns(rtol=-1e-7), "rtol is -1e-07", "Returns 'cost', key rtol", "give"),
    "rtol in percent": (lambda: returns(rtol=5), "rtol is 5", "Returns 'cost', key rtol", "give"),
    "rtol as text": (lambda: returns(rtol="tiny"), "rtol is 'tiny'", "Returns 'cost', key rtol", "give"),
    "rtol NaN": (lambda: returns(rtol=np.nan), "rtol is nan", "Returns 'cost', key rtol", "give"),
    "atol": (
        lambda: returns(atol=-1),
        "atol is -1",
        "Returns 'cost', key atol",
        "give a number, 0 or more",
    ),
    "scale": (
        lambda: returns(scale=1.0),
        "scale is 1.0, which cannot be called",
        "Returns 'cost', key scale",
        "give the function itself",
    ),
    "a property that is called": (
        lambda: Property("cost", True, [XY], says="it is so"),
        "holds is True, which cannot be called",
        "Property 'cost', key holds",
        "give the function itself, without calling it: falls(at=(2,))",
    ),
    "a property that says nothing": (
        lambda: Property("cost", cost, [XY], says=" "),
        "says is ' '",
        "Property 'cost', key says",
        "give a text, such as 'the objective falls in every step'",
    ),
    "mistakes of a property": (
        lambda: Property("cost", cost, [XY], says="so", mistakes=[Mistake("a", cost)]),
        "mistakes is not looked at here",
        "Property 'cost', key mistakes",
        "leave it out",
    ),
    "a path that is none": (
        lambda: returns(ignore=(2,)),
        "ignore holds 2, which is no path",
        "Returns 'cost', key ignore",
        "write [(2,)] for the third value",
    ),
    "a weight": (
        lambda: returns(weight=-1),
        "weight is -1",
        "Returns 'cost', key weight",
        "give a number, 0 or more",
    ),
    "mistakes as bare functions": (
        lambda: returns(mistakes=[cost]),
        "mistakes holds the function cost, which is no Mistake",
        "Returns 'cost', key mistakes",
        'write Mistake("missing-1-over-m", a function)',
    ),
    "one mistake, not a list": (
        lambda: returns(mistakes=Mistake("a", cost)),
        "mistakes is one Mistake",
        "Returns 'cost', key mistakes",
        "give a list of Mistake(...)",
    ),
    "a mistake that is no function": (
        lambda: returns(mistakes=[Mistake("a", 3)]),
        "mistakes has for 'a' the wrong solution 3",
        "Returns 'cost', key mistakes",
        "write Mistake(",
    ),
    "a mistake the wrong way round": (
        lambda: Mistake(cost, "a"),
        "slug is the function cost",
        "Mistake, key slug",
        "give small letters, digits and hyphens: 'missing-1-over-m'",
    ),
    "a slug with a space": (
        lambda: Mistake("no half", cost),
        "slug is 'no half'",
        "Mistake 'no half', key slug",
        "give small letters",
    ),
    "a credit of 2": (
        lambda: Mistake("a", cost, credit=2),
        "credit is 2",
        "Mistake 'a', key credit",
        "give a number, 0 or more, at most 1",
    ),
    "a credit in percent": (lambda: Mistake("a", cost, credit="50%"), "credit is '50%'", "Mistake 'a', key credit", "give"),
    "args without a comma": (
        lambda: Case("a", (np.ones(3))),
        "args is an array of shape (3,), not the arguments in their order",
        "Case 'a', key args",
        "write (x, y, w, b), for one argument (x,), or a function",
    ),
    "args as text": (lambda: Case("a", "xy"), "args is 'xy', not the arguments in their order", "Case 'a', key args", "write"),
    "a case without a name": (
        lambda: Case("", (1,)),
        "name is ''",
        "Case, key name",
        "give a text, such as 'm = 1'",
    ),
    "a public that is a size": (
        lambda: Case("a", (1,), 3),
        "public is 3",
        "Case 'a', key public",
        "it may be True or False",
    ),
    "a size of 0": (lambda: Case("a", (1,), size=0), "size is 0", "Case 'a', key size", "give a whole number, 1 or more"),
    "kwargs": (lambda: Case("a", (1,), kwargs=[1]), "kwargs is [1]", "Case 'a', key kwargs", 'write {"alpha": 0.1}'),
    "own": (lambda: Own(cost, cost), "name is the function cost", "Own, key name", "give the name"),
    "a bound that is a number": (
        lambda: Within("f", -1.0, 1.0, [XY]),
        "low is -1.0, which cannot be called",
        "Within 'f', key low",
        "give the function itself, without calling it: lambda x: -1.0",
    ),
    "an answer that is a function": (
        lambda: Expression("d", cost),
        "answer is the function cost",
        "Expression 'd', key answer",
        "give a text, such as '2*x + 1'",
    ),
    "one interval": (
        lambda: Expression("d", "2*x", domain=(0.2, 3.0)),
        "domain holds 0.2, which is no interval",
        "Expression 'd', key domain",
        "write ((0.2, 3.0),)",
    ),
    "an interval backwards": (
        lambda: Expression("d", "2*x", domain=((3.0, 0.2),)),
        "domain holds (3.0, 0.2), which is no interval",
        "Expression 'd', key domain",
        "write",
    ),
    "a variable e": (
        lambda: Expression("d", "2*x", variable="e"),
        "variable is 'e'",
        "Expression 'd', key variable",
        "give letters that are no function and no constant",
    ),
    "a wrong text that is a function": (
        lambda: Expression("d", "2*x", mistakes=[Mistake("a", cost)]),
        "mistakes has for 'a' the wrong solution the function cost",
        "Expression 'd', key mistakes",
        'write Mistake("missing-1-over-m", "2*x")',
    ),
    "names as one text": (
        lambda: Trained("w", DATA),
        "names is 'w'",
        "Trained, key names",
        'give a list of names, such as ["w", "b"]',
    ),
    "data as a tuple": (
        lambda: Trained(["w", "b"], ([1], [2])),
        "objective is a tuple",
        "Trained, key objective",
        "give Data(X, y)",
    ),
    "X and y of two lengths": (
        lambda: Data([1, 2], [3, 4, 5]),
        "X has 2 rows, y has 3 numbers",
        "Data, key X",
        "one row of X for each target: did you swap the two?",
    ),
    "data with NaN": (lambda: Data([1, np.nan], [3, 4]), "X is empty, or has NaN or infinity", "Data, key X", "give"),
    "y of zeros": (lambda: Data([1, 2], [0, 0]), "y is all zeros", "Data, key y", "give data"),
    "words for data": (lambda: Data("ab", [0, 1]), "X is 'ab'", "Data, key X", "give an array of numbers"),
    "parameters as a text": (
        lambda: ObjectiveAt("cost", "wb", DATA),
        "parameters is 'wb'",
        "ObjectiveAt 'cost', key parameters",
        "give a list of names",
    ),
    "a mistake without data": (
        lambda: ObjectiveAt("cost", ["w", "b"], DATA, mistakes=[Mistake("a", cost)]),
        "mistakes has for 'a' the wrong solution the function cost",
        "ObjectiveAt 'cost', key mistakes",
        'write Mistake("missing-1-over-m", Data(X_TRAIN, Y_TRAIN))',
    ),
    "one size": (
        lambda: Vectorised("f", cost, lambda rng, m: (1,), sizes=(5,)),
        "sizes is (5,)",
        "Vectorised 'f', key sizes",
        "give two sizes, as (20, 220)",
    ),
    "no figure": (lambda: Figure(0), "at_least is 0", "Figure, key at_least", "give a whole number, 1 or more"),
    "a mistake of a figure": (
        lambda: Figure(mistakes=[Mistake("a", cost)]),
        "mistakes is not looked at here",
        "Figure, key mistakes",
        "leave it out",
    ),
    "a written answer with points": (lambda: Written(3), "what is 3", "Written, key what", "give a text"),
    "a variable's shape": (
        lambda: Variable("x", 3.0, shape="any"),
        "shape is 'any'",
        "Variable 'x', key shape",
        "it may be 'squeeze' or 'exact'",
    ),
    "one check, not a list": (
        lambda: Question("Q1", "It", Figure()),
        "checks is one Figure",
        "Question 'Q1', key checks",
        "give a list",
    ),
    "no checks": (lambda: Question("Q1", "It", []), "checks is empty", "Question 'Q1', key checks", "give a list"),
    "a function for a check": (
        lambda: Question("Q1", "It", [cost]),
        "checks holds the function cost, which is no Check",
        "Question 'Q1', key checks",
        'write Returns("compute_cost", ...)',
    ),
    "nothing that counts": (
        lambda: Question("Q1", "It", [Figure(weight=0)]),
        "checks have the weight 0, all of them",
        "Question 'Q1', key checks",
        "give at least one of them a weight above 0",
    ),
    "a number for an id": (lambda: Question(1, "It", [Figure()]), "id is 1", "Question, key id", "give a text, such as 'Q1'"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_refused_in_words(slip):
    write, problem, at, fix = SLIPS[slip]
    with pytest.raises(GraderError) as caught:
        write()
    assert caught.value.problem == problem
    assert caught.value.at == at
    assert caught.value.fix.startswith(fix)


def test_what_is_right_is_not_refused():
    returns(rtol=0.5, atol=0, shape="exact", comparison="normwise", scale=cost, weight="0.5")
    returns(ignore=[(0,), ("cache", 1)], mistakes=(Mistake("a", cost, credit=0.5),), cases=(XY,))
    Case("a", [], kwargs={"alpha": 1}, size=np.int64(3))
    Question("Q1", "It", (Written(weight=0), Figure()))
    Expression("d", "2*t", variable="t", domain=[[1, 2]], points=1)
    Data(np.ones((3, 2)), np.ones((3, 1)))
