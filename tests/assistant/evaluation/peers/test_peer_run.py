from collections.abc import Iterator

import numpy as np
import pytest

from assistant.evaluation.peers.peer_methods import FixedReference, Mask, PeerKind, Picture
from assistant.evaluation.peers.peer_run import line_distances, run_peers, surroundings
from assistant.evaluation.score import score
from assistant.geometry import Similarity
from assistant.run_facts import RunFacts
from assistant.vocabulary import Frame


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
    """A peer that is told the mask by the picture itself (darker than 120), and the motion by the test."""

    def __init__(self, dx_px: float) -> None:
        self._motion = Similarity(dx_px=dx_px, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(70.0, 60.0))

    def find(self, picture: Picture, frame: int) -> tuple[Mask, Similarity]:
        return picture < 120, self._motion


def told_kind(dx_px: float = 0.0, **knobs) -> PeerKind:
    return PeerKind(name="told", make=lambda _beginning: Told(dx_px), **knobs)


@pytest.fixture
def told(made, mask_of):
    truth = made.truth()
    return truth, run_peers(
        truth, PaintedSource(mask_of), (told_kind(), PeerKind(name="fixed reference", make=FixedReference))
    )


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

    outcome = run_peers(made.truth(), PaintedSource(shown), (told_kind(),))["told"]
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


def test_lines_go_with_the_motion_also_on_the_whole_frame(made, mask_of) -> None:
    near = run_peers(made.truth(), PaintedSource(mask_of), (told_kind(4.0),))["told"]
    far = run_peers(made.truth(), PaintedSource(mask_of), (told_kind(4.0, whole=True),))["told"]
    still = run_peers(made.truth(), PaintedSource(mask_of), (told_kind(),))["told"]
    assert near.distance_mm["posterior_wall"][12] == pytest.approx(still.distance_mm["posterior_wall"][12] + 2.0)
    assert far.distance_mm["posterior_wall"][12] == pytest.approx(near.distance_mm["posterior_wall"][12])
    assert near.motion["dx_px"][12] == 4.0


def test_a_peer_without_a_clock_or_an_answer_is_not_timed_or_left_out(made, mask_of) -> None:
    kinds = (told_kind(timed=False), PeerKind(name="mute", make=FixedReference, answers=lambda _truth: False))
    outcomes = run_peers(made.truth(), PaintedSource(mask_of), kinds)
    assert list(outcomes) == ["told"]
    assert np.isnan(outcomes["told"].processing_ms).all()
