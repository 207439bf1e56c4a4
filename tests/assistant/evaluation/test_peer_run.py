from collections.abc import Iterator

import numpy as np
import pytest

from assistant.evaluation.peer_run import line_distances, run_peers, surroundings
from assistant.evaluation.peers import FixedReference, Mask, Picture
from assistant.evaluation.score import score
from assistant.vocabulary import Frame, RunFacts


class PaintedSource:
    """Frames painted from the truth's masks: cement is dark."""

    facts = RunFacts(source="painted", width_px=160, height_px=120, fps=20.0, frame_count=40)

    def __init__(self, mask_of) -> None:
        self._mask_of = mask_of

    def frame_at(self, index: int) -> Frame:
        grain = np.random.default_rng(index - index % 2).normal(0.0, 2.0, (120, 160))
        grey = np.clip(150.0 + grain - 60.0 * self._mask_of(index), 0, 255).astype(np.uint8)
        return Frame(index=index, t_s=index / 20.0, grey=grey)

    def frames(self) -> Iterator[Frame]:
        return (self.frame_at(k) for k in range(40))

    def close(self) -> None:
        pass


class Told:
    """A peer that is told the mask by the picture itself: what is darker than 120."""

    name = "told"

    def __init__(self, _reference: Picture) -> None:
        pass

    def find(self, picture: Picture) -> tuple[Mask, tuple[float, float]]:
        return picture < 120, (0.0, 0.0)


@pytest.fixture
def told(made, mask_of):
    truth = made.truth()
    return truth, run_peers(truth, PaintedSource(mask_of), (Told, FixedReference))


def test_a_peer_that_sees_right_scores_right(told) -> None:
    truth, outcomes = told
    result = score(truth, outcomes["told"], "told")
    assert np.abs(result.samples["distance.posterior_wall.visible"]).max() < 0.01
    assert result.samples["dice.visible"].min() > 0.99
    assert result.counts["missed.warning_line"] == (0, 1)
    assert result.samples["delay_pictures.warning_line"] == [1]  # confirmed by the second picture
    assert result.counts["phantom"] == (0, 5)
    assert result.counts["coverage.warning_line"] == (15, 15)
    assert {leak.site for leak in outcomes["told"].leaks} == {"posterior"}


def test_repeats_carry_nothing(told) -> None:
    _, outcomes = told
    assert np.isnan(outcomes["told"].area_mm2[1::2]).all()
    assert outcomes["told"].mask(21) is None


def test_subtraction_is_right_where_nothing_moves(told) -> None:
    truth, outcomes = told
    result = score(truth, outcomes["fixed reference"], "fixed reference")
    assert np.median(np.abs(result.samples["distance.posterior_wall.visible"])) <= 1.0
    assert np.median(result.samples["dice.visible"]) > 0.9


def test_lines_of_an_alarm_that_falls_back_end(made, mask_of) -> None:
    # Cement past the line for 3 pictures, then gone for more than a second of frame time.
    def shown(index: int) -> np.ndarray:
        mask = np.zeros((120, 160), dtype=bool)
        if 10 <= index < 16:
            mask[50:71, 60:100] = True
        elif index >= 16:
            mask[50:71, 60:70] = True
        return mask

    outcome = run_peers(made.truth(), PaintedSource(shown), (Told,))["told"]
    warnings = [e for e in outcome.events if e.kind == "warning_line"]
    assert [(e.first_frame, e.last_frame) for e in warnings] == [(12, 36)]


def test_surroundings_are_clipped_to_the_picture(made) -> None:
    view = made.truth().plan.views[0]
    crop = surroundings(view, 160, 120)
    assert (crop.x0_px, crop.y0_px) == (0, 0)
    assert (crop.width_px, crop.height_px) == (141, 120)
    maps = line_distances(view, crop)
    assert maps["posterior_wall"][60, 100] == pytest.approx(5.0)
    assert set(maps) == {"superior_endplate", "inferior_endplate", "posterior_wall", "warning_line", "anterior_wall"}
