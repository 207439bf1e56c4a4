"""What would spoil a model, or its figures, without anybody noticing; none of it needs PyTorch."""

import json
from dataclasses import replace

import numpy as np
import pytest
from onnxruntime import InferenceSession

from assistant.leak_shape.patch import LeakPatch
from assistant.model_packs.pack import from_bytes, read_pack, to_bytes
from assistant.system.places import models_folder
from models.training.calibrating import (
    auc,
    calibration_error,
    decide_limit,
    fit_distance,
    fit_temperature,
    probabilities,
)
from models.training.card import write_card
from models.training.drawn_outlines import drawn_outline, label_of
from models.training.evaluating import (
    STRESS,
    Verdicts,
    confusion,
    model_verdicts,
    reliability,
    risk_coverage,
    rule_verdicts,
)
from models.training.sample_store import seed_of
from models.training.short_runs import RunAnswer, run_figures
from models.training.small_run import LeakSample
from models.training.variants import Perturbation, changed, drawn, patch_of


@pytest.fixture(scope="module")
def samples() -> list[LeakSample]:
    made = [drawn_outline(np.random.default_rng([4, k]), k) for k in range(24)]
    return [sample for sample in made if sample is not None]


def test_the_parts_share_no_patient() -> None:
    seeds = {part: {seed_of(part, k) for k in range(3000)} for part in ("train", "calibration", "test")}
    assert len(set.union(*seeds.values())) == 9000
    # ... and calibration none with the validation runs of `make evaluate`, which begin at 500000.
    assert min(seeds["calibration"]) >= 550_000


def test_drawn_leaks_are_of_every_label_and_the_same_each_time(samples: list[LeakSample]) -> None:
    assert {sample.label for sample in samples} == {"spike", "round", "undetermined"}
    again = drawn_outline(np.random.default_rng([4, samples[0].facts["number"]]), samples[0].facts["number"])
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


def test_a_change_of_scale_or_marks_changes_the_patch_and_none_changes_nothing(samples: list[LeakSample]) -> None:
    def values(change: Perturbation) -> np.ndarray:
        patch = patch_of(sample, change, np.random.default_rng(1))
        assert isinstance(patch, LeakPatch)
        return patch.values

    sample = next(each for each in samples if each.facts["height_mm"] > 4)
    plain = values(Perturbation())
    assert np.array_equal(plain, values(Perturbation()))
    larger = values(Perturbation(scale=1.2))
    assert larger[0].sum() > 1.2 * plain[0].sum()
    assert values(Perturbation(off_mm=1.0))[0].sum() < plain[0].sum()
    assert np.isfinite(values(drawn(np.random.default_rng(2)))).all()


def test_a_sample_whose_leak_was_not_found_has_no_patch(samples: list[LeakSample]) -> None:
    blind = replace(samples[0], ground=replace(samples[0].ground, mask=np.zeros_like(samples[0].ground.mask)))
    patch = patch_of(blind, Perturbation(), np.random.default_rng(1))
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


def test_found_is_told_apart_from_decided_for_a_classifier_cannot_type_what_the_mask_lacks() -> None:
    verdicts = Verdicts()
    verdicts.add("spike", "spike", 0.9, 0.9, "")
    verdicts.add("spike", "", None, 0.0, "no cement beyond the endplate")
    verdicts.add("round", "", None, 0.0, "too small to type")
    verdicts.add("round", "undetermined", None, 0.0, "unlike the training data")
    figures = verdicts.figures()
    assert (figures["decided"], figures["found by the cement step"], figures["decided of found"]) == (0.25, 0.5, 0.5)
    assert confusion(verdicts)["spike"] == {"spike": 1, "round": 0, "undetermined": 0, "no answer": 1}


def test_the_surest_answers_come_first_and_bins_hold_what_was_true() -> None:
    verdicts = Verdicts()
    for k in range(10):
        # The five surest are right, the others wrong.
        verdicts.add("spike" if k < 5 else "round", "spike", 0.98 - 0.03 * k, 0.98 - 0.03 * k, "")
    risks = {row["coverage"]: row["risk"] for row in risk_coverage(verdicts)}
    assert (risks[0.5], risks[1.0]) == (0.0, 0.5)
    rows = reliability(verdicts)
    assert sum(row["stills"] for row in rows) == 10
    assert rows[-1]["true"] == 1.0


def test_what_lies_far_from_every_class_is_far() -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, 600)
    points = np.eye(3)[labels] * 5.0 + rng.normal(0, 1, (600, 3)) * [1.0, 1.0, 0.2]
    means, whitening = fit_distance(points, labels)

    def far(point: np.ndarray) -> float:
        return float(min(np.linalg.norm((point - mean) @ whitening) for mean in means))

    assert far(np.array([5.0, 0.0, 0.0])) < 0.5
    # The same way off counts for more where the data spread less.
    assert far(np.array([5.0, 0.0, 1.0])) > 2.5 * far(np.array([5.0, 1.0, 0.0]))


def test_a_mask_is_frayed_or_lacks_its_tip_and_the_rest_stays(samples: list[LeakSample]) -> None:
    sample = max(samples, key=lambda each: each.facts["height_mm"])
    whole, plate = changed(sample, Perturbation(), np.random.default_rng(1))
    cut, _ = changed(sample, Perturbation(missing=0.25), np.random.default_rng(1))
    height = -plate.away_mm[whole.mask & plate.beyond].min()
    assert -plate.away_mm[cut.mask & plate.beyond].min() == pytest.approx(0.75 * height, abs=0.4)
    assert np.array_equal(cut.mask & ~plate.beyond, whole.mask & ~plate.beyond)
    frayed, _ = changed(sample, Perturbation(ragged_mm=0.3), np.random.default_rng(1))
    share = (frayed.mask ^ whole.mask).sum() / whole.mask.sum()
    assert 0.01 < share < 0.35
    veiled, _ = changed(sample, Perturbation(haze=0.3, tone=0.6), np.random.default_rng(1))
    assert np.corrcoef(veiled.difference.ravel(), whole.difference.ravel())[0, 1] < 0.98


def test_the_shipped_model_keeps_its_word_in_another_world(samples: list[LeakSample]) -> None:
    """Drawn by another hand, frayed, cut: wrong words stay rare, and more is decided than by the rule."""
    pack = read_pack(models_folder() / "leak_shape")
    session = InferenceSession(str(models_folder() / "leak_shape" / "model.onnx"), providers=["CPUExecutionProvider"])

    def run(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p, far = session.run(["p", "strangeness"], {"leak": from_bytes(to_bytes(values))})
        return p, far[:, 0]

    more = [drawn_outline(np.random.default_rng([5, k]), k) for k in range(90)]
    every = [*samples, *(sample for sample in more if sample is not None)]
    for name in ("as marked", "masks with a frayed edge", "masks without the outer quarter of the leak"):
        figures = model_verdicts(every, run, pack.limits, STRESS[name]).figures()
        assert figures["right of decided"] >= 0.95, name
        assert figures["decided"] >= 0.7, name
        assert figures["decided"] > rule_verdicts(every, STRESS[name]).figures()["decided"], name


def test_the_end_of_each_run_counts_and_a_missed_leak_is_no_wrong_word() -> None:
    def answer(true: str, said: str) -> RunAnswer:
        facts = {"label": true, "identity": true}
        return RunAnswer(facts=facts, predicted=said, p_spike=None, reason="")

    figures = run_figures(
        [
            answer("spike", "spike"),
            answer("spike", "no leak found"),
            answer("round", "spike"),
            answer("round", "undetermined"),
            answer("undetermined", "round"),
        ]
    )
    assert [figures[k] for k in ("runs", "spikes and rounds", "found", "decided", "right")] == [5, 4, 3, 2, 1]
    assert (figures["in-between"], figures["in-between left open"]) == (1, 0)
    assert figures["confusion"]["spike"] == {"spike": 1, "no leak found": 1}


def test_the_card_holds_every_figure_that_was_measured() -> None:
    metrics = json.loads((models_folder() / "leak_shape" / "metrics.json").read_text("utf-8"))
    card = write_card(metrics)
    assert card == (models_folder() / "leak_shape" / "card.md").read_text("utf-8")
    for name in (*metrics["subgroups"], *metrics["stress"], *metrics["worlds"]):
        assert f"| {name} |" in card
