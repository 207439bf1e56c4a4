"""Kappa and ranges against worked examples of the literature."""

import numpy as np
import pytest

from assistant.training.agreement import Agreement, brier, calibration, cohen, cohen_of, fleiss, wilson
from assistant.vocabulary import Unknown


def test_cohen_with_its_error_as_in_fleiss_levin_paik():
    """Statistical Methods for Rates and Proportions, 3rd ed., table 18.1: kappa 0.68, standard error 0.087."""
    found = cohen(np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert found.kappa == pytest.approx(0.676, abs=0.0005)
    error = (found.high - found.low) / 2 / 1.959964
    assert error == pytest.approx(0.0877, abs=0.0002)
    assert found.word == "substantial"


def test_cohen_of_two_readers_of_fifty_proposals():
    """The textbook table 20, 5, 10, 15: kappa 0.40."""
    found = cohen(np.array([[20, 5], [10, 15]]))
    assert found.kappa == pytest.approx(0.4)
    assert found.cases == 50


def test_same_agreement_other_chance():
    """Two tables with 60 % agreement each: 0.1304 and 0.2593."""
    assert cohen(np.array([[45, 15], [25, 15]])).kappa == pytest.approx(0.1304, abs=5e-5)
    assert cohen(np.array([[25, 35], [5, 35]])).kappa == pytest.approx(0.2593, abs=5e-5)


def test_fleiss_of_fourteen_raters():
    """The worked example of ten subjects, fourteen raters and five categories: kappa 0.210."""
    counts = np.array(
        [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ]
    )
    found = fleiss(counts)
    assert found.kappa == pytest.approx(0.210, abs=0.0005)
    assert found.low < found.kappa < found.high


def test_the_range_covers_what_it_should():
    """Readers whose true kappa is known: about 95 of 100 ranges hold it."""
    rng = np.random.default_rng(1)
    p = np.array([[0.35, 0.05, 0.05], [0.05, 0.2, 0.05], [0.05, 0.05, 0.15]])
    rows, cols = p.sum(1), p.sum(0)
    true = (np.trace(p) - rows @ cols) / (1 - rows @ cols)
    held = 0
    for _ in range(400):
        table = rng.multinomial(120, p.ravel()).reshape(3, 3)
        found = cohen(table)
        held += found.low <= true <= found.high
    assert 0.91 <= held / 400 <= 0.98


def test_full_agreement_and_its_opposite():
    assert cohen(np.diag([5, 5])).kappa == 1.0
    assert cohen(np.array([[0, 5], [5, 0]])).kappa == -1.0
    assert fleiss(np.array([[3, 0], [0, 3], [3, 0], [0, 3]])).kappa == pytest.approx(1.0)


@pytest.mark.parametrize("table", [np.zeros((2, 2)), np.array([[1, 0], [0, 0]]), np.array([[9, 0], [0, 0]])])
def test_unknown_where_nothing_can_be_said(table):
    assert isinstance(cohen(table), Unknown)


@pytest.mark.parametrize(
    "counts", [np.zeros((0, 2)), np.array([[2, 0], [1, 1]]), np.array([[2, 0], [1, 1], [1, 0]]), np.full((5, 1), 3)]
)
def test_fleiss_unknown(counts):
    assert isinstance(fleiss(counts), Unknown)


def test_by_names():
    found = cohen_of(["stop", "go on", "stop"], ["stop", "go on", "go on"], ("stop", "go on", "cannot tell"))
    assert isinstance(found, Agreement)
    assert found.kappa == pytest.approx(0.4)


def test_wilson_as_published():
    """Newcombe, Stat Med 1998;17:857, table I, method 3: 81/263 gives 0.2553 to 0.3662, 0/20 gives 0 to 0.1611."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_calibration_and_brier():
    answers = [(80, True), (80, False), (50, True), (99, True)]
    points = calibration(answers)
    assert [(p.said_percent, p.right, p.total) for p in points] == [(50, 1, 1), (80, 1, 2), (99, 1, 1)]
    assert brier(answers) == pytest.approx((0.04 + 0.64 + 0.25 + 0.0001) / 4)
    assert isinstance(brier([]), Unknown)
