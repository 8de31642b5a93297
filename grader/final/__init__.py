"""The course's final marks: what each student has in each component, weighed into one total."""

from grader.final.explain import need_in_words, needs_in_short
from grader.final.page import final_page
from grader.final.result import Result
from grader.final.tables import final_document, write_final_csv, write_import_csv
from grader.final.totals import (
    FinalMarks,
    StudentTotal,
    final_marks,
    refuse_provisional,
    student_of,
)
from grader.final.weigh import Need, Total, weigh
from grader.final.write import write_final

__all__ = [
    "FinalMarks",
    "Need",
    "Result",
    "StudentTotal",
    "Total",
    "final_document",
    "final_marks",
    "final_page",
    "need_in_words",
    "needs_in_short",
    "refuse_provisional",
    "student_of",
    "weigh",
    "write_final",
    "write_final_csv",
    "write_import_csv",
]
