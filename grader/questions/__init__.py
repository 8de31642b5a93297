"""What an author writes (`Question` and the kinds of check), and `plan()`, which makes data of it.

from grader.questions import Case, Mistake, Question, Returns
from reference import univariate as ref

QUESTIONS = [
    Question("Q1", "The objective", checks=[
        Returns("compute_cost", ref.compute_cost, cases=[
            Case("m = 3", lambda rng: (rng.normal(size=3), rng.normal(size=3), 0.5, -1.0)),
        ]),
    ]),
]
"""

from grader.questions.declare import (
    Case,
    Check,
    Data,
    DerivativeOf,
    Expression,
    Figure,
    Gradient,
    Mistake,
    ObjectiveAt,
    Own,
    Property,
    Question,
    Returns,
    Rubric,
    StepsAlong,
    Trained,
    Variable,
    Vectorised,
    Within,
    Written,
)
from grader.questions.load import load_questions
from grader.questions.plan import Plan, name_of, plan, properties_of
from grader.records.probes import Formula

__all__ = [
    "Case",
    "Check",
    "Data",
    "DerivativeOf",
    "Expression",
    "Figure",
    "Formula",
    "Gradient",
    "Mistake",
    "ObjectiveAt",
    "Own",
    "Plan",
    "Property",
    "Question",
    "Returns",
    "Rubric",
    "StepsAlong",
    "Trained",
    "Variable",
    "Vectorised",
    "Within",
    "Written",
    "load_questions",
    "name_of",
    "plan",
    "properties_of",
]
