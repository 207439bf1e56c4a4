import numpy as np
import pytest

from assistant.errors import InputError
from assistant.evaluation.outcome import no_outcome, read_outcome


def test_reads_what_was_written(made, mask_of) -> None:
    outcome = read_outcome(made.save().results, 40)
    assert outcome.complete
    assert outcome.registered.all()
    assert outcome.distance_mm["warning_line"][10] == 10.0
    mask = outcome.mask(20)
    assert mask is not None
    np.testing.assert_array_equal(mask, mask_of(20))
    assert outcome.mask(21) is None


def test_rows_that_are_missing_are_not_known(made) -> None:
    del made.rows[30:]
    outcome = read_outcome(made.save().results, 40)
    assert outcome.state[30:] == [""] * 10
    assert not outcome.registered[30:].any()
    assert np.isnan(outcome.distance_mm["warning_line"][30:]).all()


def test_more_rows_than_frames_belong_to_another_run(made) -> None:
    with pytest.raises(InputError, match="has 40 rows, the run has 39 frames"):
        read_outcome(made.save().results, 39)


def test_a_broken_result_is_named(made) -> None:
    made.save()
    (made.results / "result.json").write_text("{")
    with pytest.raises(InputError, match=r"result\.json: not a result"):
        read_outcome(made.results, 40)


def test_no_outcome_knows_nothing() -> None:
    outcome = no_outcome(3)
    assert not outcome.complete
    assert outcome.mask(0) is None
    assert np.isnan(outcome.area_mm2).all()


def test_the_motion_of_a_mirrored_picture_stands_in_columns_of_its_own(made) -> None:
    assert not read_outcome(made.save().results, 40).mirrored.any()  # a result without the columns
    for k, row in enumerate(made.rows):
        row |= {"mirrored": "" if k < 2 else int(20 <= k < 24), "mirrored_dx_px": 3.0 if 20 <= k < 24 else ""}
    made.said_run["notes"] = ["one", "two"]
    outcome = read_outcome(made.save().results, 40)
    assert np.flatnonzero(outcome.mirrored).tolist() == [20, 21, 22, 23]
    assert outcome.motion["dx_px"][18:26].tolist() == [0.0, 0.0, 3.0, 3.0, 3.0, 3.0, 0.0, 0.0]
    assert np.isnan(outcome.motion["scale"][20:24]).all()
    assert outcome.registered.all()
    assert outcome.notes == ("one", "two")
