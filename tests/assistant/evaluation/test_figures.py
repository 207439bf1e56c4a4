import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.figures import (
    Figure,
    auc_of,
    calibration_error_of,
    interval_of,
    mean_of,
    quantile_of,
    share,
    share_of,
)
from assistant.evaluation.tally import RunScore


def run(samples=None, counts=None) -> RunScore:
    arrays = {key: np.array(values, dtype=float) for key, values in (samples or {}).items()}
    return RunScore(run="r", method="m", tags={}, samples=arrays, counts=counts or {})


def test_quantiles_pool_all_runs_and_keep_infinity() -> None:
    runs = [run({"a": [-1.0, 2.0]}), run({"a": [np.inf], "b": [3.0]})]
    assert quantile_of("a", "b", at=0.5)(runs) == 2.0
    assert quantile_of("a", at=1.0)(runs) == np.inf
    assert quantile_of("a", at=0.0, absolute=False)(runs) == -1.0
    assert np.isnan(quantile_of("c", at=0.5)(runs))
    assert mean_of("a")([runs[0]]) == 0.5


def test_shares_add_up_over_runs() -> None:
    runs = [run(counts={"a": (1, 2)}), run(counts={"a": (0, 2), "b": (3, 4)})]
    assert share_of("a")(runs) == 0.25
    assert share_of("a", "b")(runs) == 0.5
    assert np.isnan(share_of("c")(runs))
    assert np.isnan(share_of("d")([run(counts={"d": (0, 0)})]))


def test_auc_by_hand() -> None:
    runs = [run({"s": [0.9, 0.5], "r": [0.1, 0.5]})]
    assert auc_of("s", "r")(runs) == pytest.approx(3.5 / 4)
    assert np.isnan(auc_of("s", "none")(runs))


def test_calibration_error_by_hand() -> None:
    # Says 0.75 four times, right three times: no error. Says 0.95 once, wrong: 0.95 for a fifth of the answers.
    runs = [run({"s": [0.75] * 3, "r": [0.75, 0.95]})]
    assert calibration_error_of("s", "r")(runs) == pytest.approx(0.95 / 5)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_auc_of_the_other_way_round_is_its_complement(spikes: list[float], rounds: list[float]) -> None:
    runs = [run({"s": spikes, "r": rounds})]
    assert auc_of("s", "r")(runs) + auc_of("r", "s")(runs) == pytest.approx(1.0)


def test_interval_holds_the_value_and_narrows_with_more_runs() -> None:
    figure = Figure(key="k", section="s", label="l", unit="", reduce=mean_of("a"))
    random = np.random.default_rng(3)
    many = [run({"a": random.normal(1.0, 1.0, 5)}) for _ in range(60)]
    low, high = interval_of(figure, many)
    assert low < 1.0 < high
    few_low, few_high = interval_of(figure, many[:6])
    assert few_high - few_low > high - low
    assert interval_of(figure, many) == (low, high)  # the same draw each time


def test_no_interval_from_two_runs_or_from_runs_that_say_nothing() -> None:
    figure = Figure(key="k", section="s", label="l", unit="", reduce=mean_of("a"))
    assert np.isnan(interval_of(figure, [run({"a": [1.0]})] * 2)).all()
    assert np.isnan(interval_of(figure, [run()] * 5)).all()


def test_nothing_counted_is_not_certainty() -> None:
    misses = share("k", "s", "l", "m")
    runs = [run(counts={"m": (0, 4)}) for _ in range(20)]
    assert interval_of(misses, runs) == (0.0, pytest.approx(0.168, abs=0.001))  # Clopper and Pearson, 0 of 20
    assert interval_of(misses, [run(counts={"m": (4, 4)}) for _ in range(20)])[0] == pytest.approx(0.832, abs=0.001)
    per_minute = share("k", "s", "l", "m", rate=True)
    assert interval_of(per_minute, runs) == (0.0, pytest.approx(3.689 / 80, abs=1e-4))
    low, high = interval_of(misses, [*runs, run(counts={"m": (1, 4)})])
    assert low == 0.0
    assert 0.0 < high < 0.168


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        ("<= 0.25", 0.25, True),
        ("<= 0.25", 0.26, False),
        (">= 0.95", 0.94, False),
        ("> 0.75", 0.75, False),
        ("0", 0.0, True),
        ("1", 0.99, False),
        ("", 1.0, None),
        ("<= 1", np.nan, None),
    ],
)
def test_a_goal_is_met_or_not(goal, value, met) -> None:
    figure = Figure(key="k", section="s", label="l", unit="", reduce=mean_of("a"), goal=goal)
    assert figure.met(value) is met


def test_events_apart_from_each_other_get_the_exact_interval() -> None:
    scores = [run(counts={"missed": (1, 10)}), run(counts={"missed": (1, 30)})]
    low, high = interval_of(share("m", "s", "missed", "missed", apart=True), scores)
    assert (low, high) == pytest.approx((0.0061, 0.1692), abs=2e-4)
    none = [run(counts={"missed": (0, 40)})]
    assert interval_of(share("m", "s", "missed", "missed", apart=True), none) == pytest.approx((0.0, 0.0881), abs=2e-4)
