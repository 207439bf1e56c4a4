import numpy as np

from assistant.evaluation.outcome import read_outcome
from assistant.evaluation.score_cement import score_before, score_first
from assistant.evaluation.tally import Tally
from assistant.evaluation.truth import read_truth


def tallied(made, score) -> Tally:
    made.save()
    truth, tally = read_truth(made.run / "truth"), Tally()
    score(tally, truth, read_outcome(made.results, truth.frames))
    return tally


def blind_until(made, frame: int) -> None:
    for k in range(frame):
        (made.results / "masks" / f"{k:06d}.png").unlink(missing_ok=True)
        made.rows[k]["cement_area_mm2"] = ""


def test_cement_that_is_seen_at_once(made) -> None:
    for row in made.truth_rows:
        row["visible_beside_shafts_mm2"] = 0.5 * row["visible_area_mm2"]
    tally = tallied(made, score_first)
    first = next(row for row in made.truth_rows if row["visible_area_mm2"] > 0)
    assert tally.samples["first.area_mm2"] == [first["visible_beside_shafts_mm2"]]
    assert tally.samples["first.pictures"] == tally.samples["first.exposures"] == [0]
    assert tally.counts["first.never"] == (0, 1)


def test_cement_that_is_seen_five_pictures_late(made) -> None:
    blind_until(made, 20)
    tally = tallied(made, score_first)
    assert tally.samples["first.pictures"] == [5]
    assert "first.area_mm2" not in tally.samples  # the run does not tell where the shafts are


def test_a_mask_elsewhere_is_not_the_cement_that_is_looked_for(made) -> None:
    for k in range(0, 40, 2):
        path = made.results / "masks" / f"{k:06d}.png"
        path.write_bytes((made.results / "masks" / "000000.png").read_bytes())
    tally = tallied(made, score_first)
    assert tally.counts["first.never"] == (1, 1)
    assert np.isinf(tally.samples["first.pictures"]).all()
    assert any("never seen" in note for note in tally.notes)


def test_an_alarm_before_any_cement_is_a_phantoms(made) -> None:
    assert tallied(made, score_before).counts["phantom_alarms"] == (0, 1)
    made.events.append({"kind": "leak", "site": "anterior", "first_frame": 4, "last_frame": 8})
    assert tallied(made, score_before).counts["phantom_alarms"] == (1, 1)
