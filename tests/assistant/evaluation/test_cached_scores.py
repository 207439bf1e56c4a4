import numpy as np

from assistant.evaluation.cached_scores import cached, keep, key_of, own_key_of
from assistant.evaluation.tally import RunScore

SCORES = [
    RunScore(
        run="000001",
        method=method,
        tags={"level": "L1"},
        samples={"distance.posterior_wall.visible": np.array([0.5, np.inf]), "dice.visible": np.zeros(0)},
        counts={"missed.warning_line": (1.0, 2.0)},
        notes=("missed warning_line",),
    )
    for method in ("MOG2", "KNN")
]


def test_what_was_kept_comes_back(tmp_path) -> None:
    path = tmp_path / "peers" / "000001.npz"
    keep(path, "key", SCORES)
    again = cached(path, "key")
    assert [score.method for score in again] == ["MOG2", "KNN"]
    for old, new in zip(SCORES, again, strict=True):
        assert (new.run, dict(new.tags), dict(new.counts), new.notes) == (old.run, old.tags, old.counts, old.notes)
        assert new.samples.keys() == old.samples.keys()
        assert all(np.array_equal(new.samples[name], old.samples[name]) for name in old.samples)


def test_scores_made_from_something_else_are_not_taken(tmp_path) -> None:
    path = tmp_path / "000001.npz"
    assert cached(path, "key") is None
    keep(path, "key", SCORES)
    assert cached(path, "another") is None


def test_the_key_changes_with_the_truth_and_with_the_observers_masks(made, monkeypatch, tmp_path) -> None:
    network = tmp_path / "models/plain_unet/model.onnx"
    network.parent.mkdir(parents=True)
    network.write_bytes(b"one")
    monkeypatch.setattr("assistant.evaluation.cached_scores.models_folder", lambda: tmp_path / "models")
    made.save()
    keys = [key_of(made.run), key_of(made.run)]
    made.truth_rows[12] |= {"dx_px": 1.0}
    made.save()
    keys.append(key_of(made.run))
    (made.run / "truth" / "ideal").mkdir()
    keys.append(key_of(made.run))
    network.write_bytes(b"two")
    keys.append(key_of(made.run))
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_the_programs_own_key_names_how_its_answers_are_come_by(made) -> None:
    made.save()
    keys = [own_key_of(made.run, "direct"), own_key_of(made.run, "direct"), own_key_of(made.run, "command")]
    assert keys[0] == keys[1] != keys[2]
    made.truth_rows[12] |= {"dx_px": 1.0}
    made.save()
    assert own_key_of(made.run, "direct") != keys[0]
