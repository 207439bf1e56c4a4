import pytest

from assistant.errors import InputError
from assistant.evaluation.outcome import read_outcome
from assistant.evaluation.score import score, score_run, tags_of


def test_a_right_result_is_right_in_all(made) -> None:
    made.save()
    score = score_run(made.results, made.run / "truth")
    assert score.notes == ()
    assert score.method == "this program"
    assert score.run == "run"
    assert not score.samples["distance.posterior_wall.visible"].any()
    assert score.samples["dice.visible"].min() == 1.0
    assert score.counts["complete"] == (1, 1)
    assert score.counts["phantom"] == (0, 5)


def test_what_a_method_was_told_is_not_scored(made) -> None:
    truth = made.truth()
    told = score(truth, read_outcome(made.results, 40), "peer", state_given=True)
    assert not any(key.startswith(("state_", "live_", "view_")) for key in told.counts)
    assert told.counts["coverage.registration"] == (20, 20)


def test_tags(made) -> None:
    assert tags_of(made.truth()) == {
        "level": "L1",
        "view": "lateral",
        "noise": "unknown",
        "motion": "still (< 1 mm)",
        "kind": "crossing",
        "patient": "",
        "group": "unknown",
    }


def test_noise_and_motion_tags(made) -> None:
    (made.run / "scenario.toml").write_text("[exposure]\ndose_ngy = 20.0\n")
    for row in made.truth_rows[20:]:
        row["dx_px"] = 6.0
    tags = tags_of(made.truth())
    assert tags["noise"] == "poor (< 25 nGy)"
    assert tags["motion"] == "breathing (1-5 mm)"


def test_a_broken_case_file_is_named(made) -> None:
    (made.run / "scenario.toml").write_text("[exposure\n")
    with pytest.raises(InputError, match=r"scenario\.toml: not a case file"):
        tags_of(made.truth())
