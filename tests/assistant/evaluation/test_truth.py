import numpy as np
import pytest

from assistant.errors import InputError
from assistant.evaluation.truth import LINE_OF_EVENT, LINE_OF_LEAK, LINES, read_truth
from assistant.vocabulary import LeakSite


def test_reads_what_was_written(made, mask_of) -> None:
    truth = made.truth()
    assert truth.frames == 40
    assert truth.live.sum() == 20
    assert truth.facts == {"seed": 7}
    assert truth.distance_mm["posterior_wall"][10] == 20.0
    assert np.isnan(truth.distance_mm["side_wall"]).all()
    np.testing.assert_array_equal(truth.mask(20, visible=True), mask_of(20))
    assert [c.kind for c in truth.crossings] == ["warning_line", "posterior_wall"]


def test_a_missing_mask_is_named(made) -> None:
    with pytest.raises(InputError, match=r"000001\.png: the mask is missing"):
        made.truth().mask(1, visible=False)


def test_a_broken_document_is_named(made) -> None:
    made.save()
    (made.run / "truth/truth.json").write_text('{"leaks": 3}')
    with pytest.raises(InputError, match=r"truth\.json: not the truth of a run"):
        read_truth(made.run / "truth")


def test_every_site_has_a_line() -> None:
    assert set(LINE_OF_LEAK) == {site.value for site in LeakSite}
    assert set(LINE_OF_LEAK.values()) | set(LINE_OF_EVENT.values()) == set(LINES)
