"""Training runs outside the program, with PyTorch; here only what would spoil a model without anybody noticing."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra train is not installed")
pytest.importorskip("onnx", reason="the extra train is not installed")

from assistant.leak_patch import LeakPatch
from models.training.calibrating import auc, calibration_error, decide_limit, fit_temperature, probabilities
from models.training.drawn_leaks import drawn_leak, label_of
from models.training.evaluating import Verdicts
from models.training.sample_store import seed_of
from models.training.small_run import Sample
from models.training.variants import Change, drawn, patch_of


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    made = [drawn_leak(np.random.default_rng([4, k]), k) for k in range(24)]
    return [sample for sample in made if sample is not None]


def test_the_parts_share_no_patient() -> None:
    seeds = {part: {seed_of(part, k) for k in range(3000)} for part in ("train", "calibration", "test")}
    assert len(set.union(*seeds.values())) == 9000
    # ... and calibration none with the validation runs of `make evaluate`, which begin at 500000.
    assert min(seeds["calibration"]) >= 550_000


def test_drawn_leaks_are_of_every_label_and_the_same_each_time(samples: list[Sample]) -> None:
    assert {sample.label for sample in samples} == {"spike", "round", "undetermined"}
    again = drawn_leak(np.random.default_rng([4, samples[0].facts["number"]]), samples[0].facts["number"])
    assert again is not None
    assert np.array_equal(again.ground.mask, samples[0].ground.mask)


def test_the_label_is_what_was_meant_only_where_the_outline_bears_it_out() -> None:
    slender = {"height_mm": 6.0, "width_mm": 3.0, "apex_deg": 30.0, "circularity": 0.5}
    broad = {"height_mm": 3.0, "width_mm": 7.0, "apex_deg": 120.0, "circularity": 0.8}
    assert [label_of(slender, kind) for kind in ("spike", "round", "between")] == ["spike", *["undetermined"] * 2]
    assert [label_of(broad, kind) for kind in ("spike", "round", "between")] == [
        "undetermined",
        "round",
        "undetermined",
    ]


def test_a_change_of_scale_or_marks_changes_the_patch_and_none_changes_nothing(samples: list[Sample]) -> None:
    def values(change: Change) -> np.ndarray:
        patch = patch_of(sample, change, np.random.default_rng(1))
        assert isinstance(patch, LeakPatch)
        return patch.values

    sample = next(each for each in samples if each.facts["height_mm"] > 4)
    plain = values(Change())
    assert np.array_equal(plain, values(Change()))
    larger = values(Change(scale=1.2))
    assert larger[0].sum() > 1.2 * plain[0].sum()
    assert values(Change(off_mm=1.0))[0].sum() < plain[0].sum()
    assert np.isfinite(values(drawn(np.random.default_rng(2)))).all()


def test_a_sample_whose_leak_was_not_found_has_no_patch(samples: list[Sample]) -> None:
    blind = replace(samples[0], ground=replace(samples[0].ground, mask=np.zeros_like(samples[0].ground.mask)))
    patch = patch_of(blind, Change(), np.random.default_rng(1))
    assert not isinstance(patch, LeakPatch)
    assert patch.reason == "no cement beyond the endplate"


def test_figures_of_known_answers() -> None:
    scores, spikes = np.array([0.9, 0.8, 0.4, 0.1]), np.array([True, True, False, False])
    assert auc(scores, spikes) == 1.0
    assert auc(-scores, spikes) == 0.0
    assert auc(np.full(4, 0.5), spikes) == 0.5
    assert calibration_error(np.array([0.75] * 4), np.array([True, True, True, False])) == pytest.approx(0.0)
    assert calibration_error(np.array([0.95] * 2), np.array([True, False])) == pytest.approx(0.45)


def test_overconfident_logits_are_cooled() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 3000)
    calm = rng.normal(0, 1, (3000, 3)) + 2.0 * np.eye(3)[labels]
    warm = fit_temperature(4.0 * calm, labels) / fit_temperature(calm, labels)
    assert warm == pytest.approx(4.0, rel=0.02)
    p = probabilities(calm, 1.0)
    assert p.sum(axis=1) == pytest.approx(np.ones(3000))
    assert decide_limit(p, labels, wanted=0.3) > decide_limit(p, labels, wanted=0.6)


def test_shares_are_of_all_true_spikes_and_rounds_also_those_without_an_answer() -> None:
    verdicts = Verdicts()
    verdicts.add("spike", "spike", 0.9, 0.9, "")
    verdicts.add("round", "spike", 0.8, 0.8, "")
    verdicts.add("spike", "", None, 0.0, "no cement beyond the endplate")
    verdicts.add("round", "undetermined", 0.4, 0.5, "not clear")
    verdicts.add("undetermined", "undetermined", 0.5, 0.5, "not clear")
    figures = verdicts.figures()
    assert figures["decided"] == 0.5
    assert figures["right of decided"] == 0.5
    assert figures["right of all"] == 0.25
    assert figures["with a number"] == 0.75
    assert figures["in-between left open"] == 1.0
