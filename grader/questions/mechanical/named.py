"""The slips of students that the grader makes itself, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass

BIASES = frozenset({"b", "b0", "b_init", "b_in", "bias", "intercept"})


@dataclass(frozen=True)
class Slip:
    """What a student may have done. `words` complete "... of a solution that ..."."""

    slug: str
    words: str
    hint: str = ""


SUMMED = Slip("missing-1-over-m", "takes a sum where the mean is meant")
FACTOR = Slip("factor-2", "leaves out a factor 2 or 1/2")
DOUBLED = Slip("factor-2", "has a factor 2 too much on the way")
HALVED = Slip("factor-2", "has a factor 1/2 too much on the way")
ABSOLUTE = Slip("absolute-for-squared", "takes absolute values for squares")
SIGN = Slip("absolute-for-squared", "takes the sign of an error for the error")
PLAIN = Slip("not-squared", "leaves out a square")
SQUARED = Slip("squared-for-absolute", "takes squares for absolute values")
SIGNED = Slip("sign-flipped", "leaves out the absolute value")
NEGATIVE = Slip("sign-flipped", "has a difference the other way round")
PLUS = Slip("sign-flipped", "has a plus for a minus")
MINUS = Slip("sign-flipped", "has a minus for a plus")
UNTURNED = Slip("transposed", "leaves out a transpose")
SWAPPED = Slip("wrong-order", "takes two values on the way for each other")
OVERWRITTEN = Slip(
    "overwritten-sum",
    "keeps the last term of a sum only",
    "Add to the sum in every pass: += for =.",
)
SEQUENTIAL = Slip("sequential-update", "updates a parameter from another's new value")
STEP_SHORT = Slip("wrong-iteration-count", "makes one step too few")
STEP_LONG = Slip("wrong-iteration-count", "makes one step too many")
PASS_SHORT = Slip(
    "wrong-iteration-count",
    "leaves out the last pass of a loop",
    "Count the passes of the loop: does it reach the last one?",
)
PASS_LATE = Slip(
    "wrong-iteration-count",
    "leaves out the first pass of a loop",
    "Count the passes of the loop: does it begin with the first one, 0?",
)
ONE_PASS = Slip(
    "only-for-one-example",
    "ends after the first pass of a loop",
    "Is the `return` within the loop?",
)
LATE = Slip(
    "wrong-iteration-count",
    "records after each update what is asked before it",
    "When is the objective recorded: before the update, or after it?",
)
EARLY = Slip(
    "wrong-iteration-count",
    "records before each update what is asked after it",
    "When is it recorded: before the update, or after it?",
)


def forgot(name: str) -> Slip:
    return Slip("forgot-bias", f"leaves out {name}")
