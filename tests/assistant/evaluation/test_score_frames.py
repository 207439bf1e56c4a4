import cv2
import numpy as np
import pytest

from assistant.evaluation.outcome import read_outcome
from assistant.evaluation.score_frames import (
    score_distances,
    score_masks,
    score_motion,
    score_phantom,
    score_time,
    scored_frames,
)
from assistant.evaluation.tally import Tally


def scored(made, what) -> Tally:
    tally = Tally()
    truth = made.truth()
    what(tally, truth, read_outcome(made.results, truth.frames))
    return tally


def test_scored_are_live_frames_with_enough_cement(made) -> None:
    made.truth_rows[10]["cement_area_mm2"] = 4.9
    np.testing.assert_array_equal(np.flatnonzero(scored_frames(made.truth())), np.arange(12, 40, 2))


def test_right_distances_have_no_error_and_full_coverage(made) -> None:
    tally = scored(made, score_distances)
    assert len(tally.samples["distance.posterior_wall.visible"]) == 15
    assert not tally.samples["distance.posterior_wall.visible"].any()
    assert tally.counts["coverage.warning_line"] == (15, 15)
    assert tally.counts["coverage.side_wall"] == (0, 0)


def test_errors_keep_their_sign_and_both_masks_are_apart(made) -> None:
    for row in made.rows[10:]:
        row["warning_line_mm"] += 0.3
    for row in made.truth_rows[10:]:
        row["visible_warning_line_mm"] = row["warning_line_mm"] + 1.0
    tally = scored(made, score_distances)
    np.testing.assert_allclose(tally.samples["distance.warning_line.path"], 0.3)
    np.testing.assert_allclose(tally.samples["distance.warning_line.visible"], -0.7)


def test_errors_are_held_against_what_the_outline_foretold(made) -> None:
    for k, row in enumerate(made.rows):
        if k >= 10:
            row["posterior_wall_mm"] += 0.3
        row["front_mm"] = 0.4 if k < 20 else 0.2
    made.rows[30]["front_mm"] = ""
    tally = scored(made, score_distances)
    # Scored are the even frames from 10 on: five foretold well, ten not, and one of those said nothing.
    endplates = sum(
        len(tally.samples[f"distance.{line}.visible"]) for line in ("superior_endplate", "inferior_endplate")
    )
    inside, of = tally.counts["front.within"]
    assert (of - inside, of) == (9, 14 + endplates * 14 // 15)


def test_a_frame_without_a_figure_counts_against_coverage(made) -> None:
    made.rows[20]["warning_line_mm"] = ""
    made.rows[21]["warning_line_mm"] = ""  # a repeat: not scored
    tally = scored(made, score_distances)
    assert tally.counts["coverage.warning_line"] == (14, 15)
    assert len(tally.samples["distance.warning_line.visible"]) == 14


def test_dice_of_half_the_mask(made, mask_of) -> None:
    half = mask_of(20).copy()
    half[60:] = False
    cv2.imwrite(str(made.results / "masks/000020.png"), half.astype(np.uint8) * 255)
    (made.results / "masks/000022.png").unlink()
    tally = scored(made, score_masks)
    share = half.sum() / mask_of(20).sum()
    assert sorted(tally.samples["dice.visible"])[0] == pytest.approx(2 * share / (1 + share))
    assert sorted(tally.samples["dice.path"])[1:] == [1.0] * 13
    assert tally.counts["coverage.mask"] == (14, 15)


def test_nothing_visible_and_nothing_said_is_right(made) -> None:
    nothing = np.zeros((120, 160), np.uint8)
    for folder in (made.run / "truth/visible", made.results / "masks"):
        cv2.imwrite(str(folder / "000020.png"), nothing)
    tally = scored(made, score_masks)
    assert tally.samples["dice.visible"].min() == 1.0
    assert tally.samples["dice.path"].min() == 0.0


def test_phantom_counts_live_frames_before_any_cement(made) -> None:
    made.rows[4]["cement_area_mm2"] = 6.0
    made.rows[5]["cement_area_mm2"] = 6.0
    made.rows[6]["cement_area_mm2"] = 5.0  # exactly the limit
    made.rows[2]["cement_area_mm2"] = ""
    assert scored(made, score_phantom).counts["phantom"] == (1, 5)


def test_motion_is_scored_at_the_landmarks_in_mm(made) -> None:
    for row in made.rows:
        row["dx_px"], row["dy_px"] = 3.0, 4.0
    tally = scored(made, score_motion)
    np.testing.assert_allclose(tally.samples["registration"], 2.5)
    assert tally.counts["coverage.registration"] == (20, 20)
    assert tally.counts["wrong_lock"] == (20, 20)
    assert tally.counts["view_right"] == (20, 20)


def test_rotation_and_scale_count_at_the_landmarks(made) -> None:
    for row in made.truth_rows:
        row["scale"] = 1.1
    tally = scored(made, score_motion)
    # Landmarks lie 50, 30 and 50 px from their mean (70, 60): a tenth of it, in mm.
    np.testing.assert_allclose(tally.samples["registration"], (50 + 30 + 50) / 3 * 0.1 * 0.5)


def test_withheld_motion_lowers_coverage_only(made) -> None:
    for row in made.rows[:10]:
        row["registration_ok"], row["dx_px"] = 0, ""
    tally = scored(made, score_motion)
    assert tally.counts["coverage.registration"] == (15, 20)
    assert len(tally.samples["registration"]) == 15


def test_the_wrong_view_is_infinitely_wrong(made) -> None:
    made.rows[0]["view"] = "ap"
    tally = scored(made, score_motion)
    assert np.isinf(tally.samples["registration"]).sum() == 1
    assert tally.counts["view_right"] == (19, 20)


def test_a_motion_for_a_view_that_was_not_planned_is_counted(made) -> None:
    for row in made.truth_rows[:4]:
        row["view"], row["dx_px"] = "", ""
    tally = scored(made, score_motion)
    assert tally.counts["lines_on_nothing"] == (2, 2)
    assert tally.counts["coverage.registration"] == (18, 18)


def test_time_of_new_pictures(made) -> None:
    made.rows[1]["processing_ms"] = 99.0
    tally = scored(made, score_time)
    np.testing.assert_array_equal(tally.samples["processing_ms"], np.full(20, 4.0))


def test_where_the_console_shows_it_mirrored_the_vertebra_must_be_found_mirrored(made) -> None:
    pose = {"dx_px": 4.0, "dy_px": 0.0, "rotation_deg": 0.0, "scale": 1.0}
    empty = dict.fromkeys((*pose, *(f"mirrored_{name}" for name in pose)), "")
    for rows in (made.truth_rows, made.rows):
        for k, row in enumerate(rows):
            mirrored = {f"mirrored_{name}": value for name, value in pose.items()}
            row |= (empty | mirrored if 20 <= k < 30 else empty | pose) | {"mirrored": int(20 <= k < 30)}
    made.rows[22] |= {"mirrored_dx_px": 5.0}
    made.rows[24] |= {"registration_ok": 0}
    made.rows[26] |= empty | pose | {"mirrored": 0}
    made.rows[30] |= empty | {f"mirrored_{name}": value for name, value in pose.items()} | {"mirrored": 1}
    tally = scored(made, score_motion)
    assert tally.counts["coverage.registration"] == (19, 20)
    assert tally.counts["wrong_lock"] == (2, 19)  # the right way round where it is mirrored, and the reverse
    assert sorted(tally.samples["registration"])[-3:] == [0.5, np.inf, np.inf]
    assert sorted(tally.samples["registration"])[0] == 0.0
