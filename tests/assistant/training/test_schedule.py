"""FSRS-6 against the reference implementation: py-fsrs 6.3.2 with its default weights, no fuzz, no learning steps."""

import pytest

from assistant.training.schedule import EASY, first_review, interval_days, next_review, recall

# (rating, stability, difficulty, interval in days) after each review made on the day it was due.
REFERENCE = [
    [
        (3, 2.3065, 2.118104, 2),
        (3, 10.964332, 2.111214, 11),
        (3, 46.280217, 2.104331, 46),
        (3, 162.862202, 2.097455, 163),
    ],
    [(1, 0.212, 6.4133, 1), (3, 1.886788, 6.402115, 2), (3, 6.269161, 6.390941, 6)],
    [(3, 2.3065, 2.118104, 2), (3, 10.964332, 2.111214, 11), (1, 1.538337, 7.392238, 2), (3, 4.87626, 7.380074, 5)],
    [(4, 8.2956, 1.0, 8), (4, 65.624226, 1.0, 66)],
    [
        (2, 1.2931, 5.112171, 1),
        (3, 4.546029, 5.102287, 5),
        (1, 0.910376, 8.375383, 1),
        (1, 0.287927, 9.451228, 1),
        (3, 0.918298, 9.437005, 1),
    ],
]


@pytest.mark.parametrize("reviews", REFERENCE)
def test_as_the_reference_says(reviews):
    memory, days = None, 0
    for rating, stability, difficulty, interval in reviews:
        memory = first_review(rating) if memory is None else next_review(memory, rating, days)
        assert memory.stability_days == pytest.approx(stability, abs=1e-6)
        assert memory.difficulty == pytest.approx(difficulty, abs=1e-6)
        days = interval_days(memory)
        assert days == interval


def test_twice_on_one_day_and_then_late():
    memory = next_review(first_review(1), 3, 0)
    assert memory.stability_days == pytest.approx(0.24668918777567272, rel=1e-12)
    assert memory.difficulty == pytest.approx(6.402115069296838, rel=1e-12)
    memory = next_review(memory, 3, 4)  # the reference counts whole days: 4 days, 23 hours and 50 minutes
    assert memory.stability_days == pytest.approx(3.2713323937660523, rel=1e-12)
    assert memory.difficulty == pytest.approx(6.3909413235243795, rel=1e-12)


def test_recall_falls_to_nine_tenths_at_the_stability():
    memory = first_review(3)
    assert recall(memory, 0) == 1.0
    assert recall(memory, memory.stability_days) == pytest.approx(0.9)


def test_misses_come_back_first():
    assert interval_days(first_review(1)) < interval_days(first_review(EASY))
    settled = next_review(first_review(4), 4, 8)
    assert interval_days(next_review(settled, 1, 66)) < interval_days(settled) / 10
