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
