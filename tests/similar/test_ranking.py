"""Surprise is read off the class: chance raises no alarm, and what is common counts for nothing."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest

from grader.similar.pages import expected_in_words
from grader.similar.pairing import most_who_share
from grader.similar.ranking import SMALLEST_CLASS, HandIn, Ranking, ranked
from grader.similar.surprise import BEYOND, Tail

RARE = (901, 902, 903, 904, 905, 906, 907, 908, 909, 910, 911, 912)


def a_class(size: int, seed: int, *, of: int = 400, each: int = 40) -> list[dict]:
    """Everybody has some of what there is to have: the common things more often."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, of + 1)
    return [
        {
            int(k) * 1000: "shape"
            for k in rng.choice(of, each, replace=False, p=weights / weights.sum())
        }
        for _ in range(size)
    ]


def hand_ins(traces: list[dict], **more: str) -> list[HandIn]:
    return [HandIn(f"s{k:03}", each, **more) for k, each in enumerate(traces)]


def test_in_classes_that_worked_alone_nobody_is_above_the_threshold():
    alarms = [len(ranked(hand_ins(a_class(60, seed))).above) for seed in range(40)]
    assert sum(alarms) == 0


def test_the_expected_number_of_false_alarms_is_no_smaller_than_what_comes():
    """At a threshold of one a class, classes that worked alone have one or less on average."""
    alarms = [len(ranked(hand_ins(a_class(60, seed)), threshold=1.0).above) for seed in range(40)]
    assert np.mean(alarms) <= 1


def test_two_who_share_what_nobody_else_has_are_first_and_above():
    traces = a_class(60, 1)
    for place in (7, 31):
        traces[place] |= dict.fromkeys(RARE, "shape")
    found = ranked(hand_ins(traces))
    assert [(pair.first, pair.second) for pair in found.above] == [(7, 31)]
    assert found.above[0].expected < 1e-3


def test_what_many_have_pairs_nobody_up():
    """And so it costs nothing, however many have it."""
    traces = a_class(60, 1)
    common = [each | dict.fromkeys(RARE, "shape") for each in traces]
    before, after = ranked(hand_ins(traces)), ranked(hand_ins(common))
    assert after.above == ()
    assert after.sharing == before.sharing


def test_the_work_grows_with_what_is_shared_not_with_the_square_of_the_class():
    assert most_who_share(300) == most_who_share(30_000)
    alone = [{k * 1000 + n: "shape" for n in range(20)} for k in range(400)]
    assert ranked(hand_ins(alone)).sharing == 0


def test_who_hangs_together_is_a_group():
    traces = a_class(60, 2)
    for place in (3, 4, 5):
        traces[place] |= dict.fromkeys(RARE, "shape")
    assert ranked(hand_ins(traces)).groups == ((3, 4, 5),)


def test_who_hands_in_together_is_no_pair():
    traces = a_class(60, 1)
    for place in (7, 31):
        traces[place] |= dict.fromkeys(RARE, "shape")
    together = [
        HandIn(each.student, each.traces, together="g1" if k in (7, 31) else "")
        for k, each in enumerate(hand_ins(traces))
    ]
    assert ranked(together).above == ()


def test_an_earlier_class_says_what_is_rare_and_can_have_been_copied_from():
    traces, past = a_class(60, 1), a_class(60, 2)
    traces[7] |= dict.fromkeys(RARE, "shape")
    past[31] |= dict.fromkeys(RARE, "shape")
    earlier = hand_ins(past, year="2025")
    found = ranked(hand_ins(traces), earlier)
    (pair,) = found.above
    assert found.hand_ins[pair.second].label == "s031 (2025)"
    # who takes the course again may hand in their own work of then
    own = [HandIn("s007" if k == 31 else f"p{k}", e.traces, "2025") for k, e in enumerate(earlier)]
    assert ranked(hand_ins(traces), own).above == ()


def test_of_a_handful_of_hand_ins_no_surprise_is_claimed():
    traces = a_class(SMALLEST_CLASS - 1, 1)
    for place in (3, 4):
        traces[place] |= dict.fromkeys(RARE, "shape")
    found = ranked(hand_ins(traces))
    assert not found.is_calibrated
    assert found.above == ()
    assert (found.pairs[0].first, found.pairs[0].second) == (3, 4)


def test_nobody_and_one_alone_are_no_class():
    assert ranked([]).pairs == ()
    assert ranked(hand_ins(a_class(1, 1))).pairs == ()


def test_the_tail_of_exponential_numbers_is_found_and_taken_for_flatter_than_it_is():
    rng = np.random.default_rng(5)
    tails = [Tail.of(rng.exponential(2.0, 45_000), 45_000) for _ in range(30)]
    scales = [tail.scale for tail in tails]
    assert 2.0 < np.mean(scales) < 2.6
    assert min(scales) > 1.8
    far = tails[0].surprise(np.array([0.0, 40.0]))
    assert far[0] == 0
    assert 13 < far[1] < 20  # 20 without allowance


def test_copies_among_the_numbers_make_the_tail_flatter_never_steeper():
    rng = np.random.default_rng(6)
    alone = rng.exponential(2.0, 45_000)
    with_copies = np.concatenate([alone, np.full(45, 60.0)])
    assert Tail.of(with_copies, 45_045).scale >= Tail.of(alone, 45_000).scale * 0.98


# ---- who worked alone and is listed is wronged


@pytest.mark.parametrize("kind", ["shape", "rounding", "word", "id"])
@pytest.mark.parametrize("size", [16, 60, 300])
def test_where_hardly_anybody_shares_anything_one_thing_shared_is_no_alarm(size, kind):
    """A class that handed the starter in, and two who filled in the same."""
    traces: list[dict] = [{} for _ in range(size)]
    traces[3] = traces[9] = {1: kind}
    found = ranked(hand_ins(traces))
    assert (found.above, found.is_calibrated) == ((), False)
    assert (found.pairs[0].first, found.pairs[0].second) == (3, 9)


@pytest.mark.parametrize("size", [16, 60, 300])
def test_where_all_did_the_same_a_word_of_two_is_no_alarm(size):
    traces = [{1: "shape", 2: "rounding", 1000 + 2 * k: "word"} for k in range(size)]
    traces[3][7] = traces[9][7] = "word"
    assert ranked(hand_ins(traces)).above == ()


@pytest.mark.parametrize("variants", [2, 3, 8, 30, 100])
@pytest.mark.parametrize("size", [16, 60, 300])
def test_of_a_trivial_task_with_a_few_answers_nobody_is_above(size, variants):
    """Very many pairs are alike to the last digit: the line through them falls like a wall."""
    rng = Random(f"{size} {variants}")
    kinds = ("shape", "rounding", "word")
    traces = [
        {1000 * n + rng.randrange(variants): kind for n, kind in enumerate(kinds)}
        for _ in range(size)
    ]
    assert ranked(hand_ins(traces)).above == ()


@pytest.mark.parametrize("size", [SMALLEST_CLASS, 40, 60])
def test_no_more_is_claimed_than_so_many_pairs_can_tell(size):
    traces = a_class(size, 1)
    for place in (3, 4):
        traces[place] |= dict.fromkeys(range(900, 960), "shape")
    found = ranked(hand_ins(traces))
    (pair,) = found.above
    assert pair.expected == found.least == 1 / (BEYOND * size * (size - 1) / 2)
    words = expected_in_words(pair.expected, least=found.least)
    assert words.startswith("less than once in ")
    assert found.least <= found.threshold  # else a small class could not list anybody


def numbers_of(found: Ranking) -> dict[tuple[str, str], float]:
    label = [each.label for each in found.hand_ins]
    return {
        (min(pair), max(pair)): each.expected
        for each in found.pairs
        for pair in [(label[each.first], label[each.second])]
    }


def test_order_and_names_change_no_number():
    traces = a_class(40, 3)
    for place in (7, 31):
        traces[place] |= dict.fromkeys(RARE, "shape")
    inside = [dict(sorted(each.items(), reverse=True)) for each in traces]
    one, other = hand_ins(traces), hand_ins(inside)[::-1]
    first, second = (numbers_of(ranked(each, below=10_000)) for each in (one, other))
    assert first.keys() == second.keys()
    assert all(math.isclose(first[pair], second[pair], rel_tol=1e-9) for pair in first)


@pytest.mark.parametrize(
    "traces",
    [
        [{}] * 20,
        [{1: "shape"}] * 20,
        [{1: "shape"}] * 15,
        [{1: "shape"}] * 2,
        [dict.fromkeys(range(9), "word")] * 18 + [{1: "id"}] * 2,
        [{k // 2: "shape", -k: "word"} for k in range(40)],
        [{k // 3: "wrong", 100 + k // 4: "training"} for k in range(300)],
    ],
)
def test_numbers_are_numbers_whatever_the_class(traces):
    found = ranked(hand_ins([dict(each) for each in traces]), below=1000)
    for pair in found.pairs:
        assert 0 < pair.expected <= found.compared
        assert all(math.isfinite(power) and power > 0 for power in pair.surprise.values())


def test_what_is_common_this_year_is_common_however_many_earlier_years_there_are():
    traces, past = a_class(20, 1), a_class(280, 2)
    hinted = [
        each | (dict.fromkeys(RARE, "shape") if k < 8 else {}) for k, each in enumerate(traces)
    ]
    earlier = hand_ins(past, year="2025")
    alone = ranked(hand_ins(traces), earlier, below=10_000)
    found = ranked(hand_ins(hinted), earlier, below=10_000)
    assert all(not found.rarity.is_rare(key) for key in RARE)
    assert found.sharing == alone.sharing


def test_what_the_same_people_share_costs_no_more_for_being_much():
    """Forty who paste the same long text: 16 million pairs, if each word were looked at."""
    traces: list[dict] = [dict.fromkeys(range(20_000), "phrase") for _ in range(40)]
    traces += [{} for _ in range(260)]
    assert ranked(hand_ins(traces)).sharing == 780
