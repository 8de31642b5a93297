"""How a term's slip days are shared out: in order, as is said, and never what was published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.score.slip import Claim, Share, shared


def spent(bank: int, *claims: Claim) -> list[int]:
    return [share.spent for share in shared(bank, claims)]


@pytest.mark.parametrize(
    ("bank", "days", "want"),
    [
        (3, [0, 2, 5], [0, 2, 1]),
        (3, [1, 1, 1, 1], [1, 1, 1, 0]),
        (0, [4], [0]),
        (3, [9, 1], [3, 0]),
    ],
)
def test_they_spend_themselves_in_order_of_the_deadlines(bank, days, want):
    assert spent(bank, *(Claim(each, bank) for each in days)) == want


def test_what_is_said_is_set_apart_before():
    assert spent(2, Claim(2, 2), Claim(2, 2, said=2)) == [0, 2]
    assert spent(2, Claim(2, 2, said=0), Claim(2, 2)) == [0, 2]
    assert shared(2, [Claim(0, 2, said=1), Claim(2, 2)]) == [Share(1, 0), Share(2, 2)]


def test_what_was_published_does_not_move():
    # hw1 was two days late and published so; an extension for hw0 came after it, and then one day less
    assert spent(2, Claim(2, 2), Claim(2, 2, published=0)) == [2, 0]
    assert spent(2, Claim(0, 2), Claim(2, 2, published=0)) == [0, 0]
    assert spent(2, Claim(2, 2), Claim(2, 2, published=2)) == [0, 2]


def test_an_assignment_may_take_less_than_the_bank():
    assert spent(5, Claim(3, 1), Claim(3, 5)) == [1, 3]


claims = st.lists(
    st.builds(
        Claim,
        days_late=st.integers(0, 9),
        most=st.integers(0, 9),
        said=st.none() | st.integers(0, 9),
    ),
    max_size=6,
)


@given(st.integers(0, 9), claims, st.data())
def test_publishing_what_is_spent_changes_nothing_ever_after(bank, claims, data):
    """Whatever happens to the others, what was published stands; and no more is spent than there is."""
    before = shared(bank, claims)
    assert sum(each.spent for each in before) <= bank
    assert all(
        0 <= each.spent <= min(each.may, c.days_late)
        for each, c in zip(before, claims, strict=True)
    )
    if not claims:
        return
    place = data.draw(st.integers(0, len(claims) - 1))
    published = Claim(claims[place].days_late, claims[place].most, None, before[place].spent)
    others = data.draw(st.lists(st.integers(0, 9), min_size=len(claims), max_size=len(claims)))
    after = [Claim(days, c.most, c.said) for days, c in zip(others, claims, strict=True)]
    after[place] = published
    assert shared(bank, after)[place].spent == before[place].spent
