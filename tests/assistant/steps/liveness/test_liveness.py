from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.settings.tree import LivenessSettings
from assistant.steps.liveness.liveness import LivenessMemory, judge_liveness, moves_fast, start_liveness
from assistant.vocabulary import Frame, FrameState, Unknown

SETTINGS = LivenessSettings()


def states(memory: LivenessMemory, frames) -> list[str]:
    return [judge_liveness(memory, frame, SETTINGS).state.value for frame in frames]


@pytest.mark.parametrize("every", [1, 2, 4, 10])
@pytest.mark.parametrize("cable_noise", [0.0, 1.0])
def test_pulses_are_told_from_their_repeats(tabletop, every, cable_noise):
    vertebra = tabletop(dose_ngy=150.0)
    rng = np.random.default_rng(1)
    frames = []
    for k in range(120):
        shown = vertebra.frame(new_noise=k % every == 0)
        grey = np.clip(shown.grey + cable_noise * rng.standard_normal(shown.grey.shape), 0, 255).astype(np.uint8)
        frames.append(Frame(index=k, t_s=k / 30, grey=grey))
    got = states(start_liveness(frames[0]), frames)
    wanted = ["live" if k % every == 0 else "repeat" for k in range(120)]
    assert np.mean([a == b for a, b in zip(got, wanted, strict=True)][30:]) > 0.97


def test_a_held_picture_is_frozen_after_one_second(tabletop):
    vertebra = tabletop()
    frames = [Frame(index=k, t_s=k / 30, grey=vertebra.frame(new_noise=k < 30).grey) for k in range(120)]
    got = states(start_liveness(frames[0]), frames)
    last_new_s = 29 / 30
    for k, state in enumerate(got[30:], start=30):
        assert state == ("repeat" if k / 30 - last_new_s <= 1.0 + 1e-9 else "frozen")


def test_a_blank_and_a_card_are_no_signal_for_as_long_as_they_stand(tabletop):
    vertebra = tabletop()
    card = np.full((300, 320), 30, np.uint8)
    card[140:150, 120:200] = 220
    memory = start_liveness(vertebra.frame())
    live = [Frame(index=k, t_s=k / 30, grey=vertebra.frame().grey) for k in range(5)]
    cards = [Frame(index=k, t_s=k / 30, grey=card) for k in range(5, 80)]
    back = [Frame(index=k, t_s=k / 30, grey=vertebra.frame().grey) for k in range(80, 84)]
    got = states(memory, [*live, *cards, *back])
    assert got == ["live"] * 5 + ["no_signal"] * 75 + ["live"] * 4


def test_a_card_of_several_greys_is_no_signal(tabletop):
    vertebra = tabletop()
    card = np.full((300, 320), 38, np.uint8)
    card[100:200, 80:240] = 90
    card[140:160, 110:210] = 235
    memory = start_liveness(vertebra.frame())
    frames = [Frame(index=k, t_s=k / 30, grey=vertebra.frame().grey if k < 5 else card) for k in range(40)]
    assert states(memory, frames) == ["live"] * 5 + ["no_signal"] * 35


@pytest.mark.parametrize("share", [0.2, 0.35])
def test_new_pictures_that_differ_little_are_told_from_exact_repeats(tabletop, share):
    # Behind a strong recursive filter a new picture differs from the last by a small share of the grain.
    vertebra = tabletop(dose_ngy=150.0)
    memory = start_liveness(vertebra.frame())
    grey = vertebra.frame().grey.astype(float)
    frames = []
    for k in range(160):
        if k % 8 == 0:
            grey = grey + share * (vertebra.frame().grey - grey)
        frames.append(Frame(index=k, t_s=k / 30, grey=np.clip(grey, 0, 255).astype(np.uint8)))
    got = states(memory, frames)
    assert got[80:] == (["live"] + ["repeat"] * 7) * 10


def test_a_card_on_a_noisy_cable_is_no_signal(tabletop):
    vertebra = tabletop()
    rng = np.random.default_rng(0)
    card = np.full((300, 320), 38.0)
    card[100:200, 80:240] = 90
    memory = start_liveness(vertebra.frame())
    frames = [
        Frame(
            index=k,
            t_s=k / 30,
            grey=vertebra.frame().grey if k < 5 else (card + rng.normal(0, 1.0, card.shape)).astype(np.uint8),
        )
        for k in range(40)
    ]
    assert states(memory, frames) == ["live"] * 5 + ["no_signal"] * 35


def test_a_desktop_is_no_fluoroscopy(tabletop):
    vertebra = tabletop()
    desktop = np.full((300, 320), 90, np.uint8)
    desktop[30:150, 20:150] = 230
    desktop[120:260, 140:300] = 200
    desktop[40:44, 30:120] = 60
    memory = start_liveness(vertebra.frame())
    frames = [Frame(index=k, t_s=k / 30, grey=vertebra.frame().grey if k < 5 else desktop) for k in range(40)]
    assert states(memory, frames) == ["live"] * 5 + ["unusable"] * 35


@pytest.mark.parametrize(("grey", "state"), [(255, "no_signal"), (0, "no_signal"), (128, "no_signal")])
def test_uniform_pictures(grey, state):
    memory = LivenessMemory()
    reading = judge_liveness(memory, Frame(index=0, t_s=0.0, grey=np.full((64, 64), grey, np.uint8)), SETTINGS)
    assert reading.state.value == state
    assert isinstance(reading.xray_age_s, Unknown)
    assert reading.reason


def test_a_picture_without_its_grain_is_unusable(tabletop):
    import cv2

    vertebra = tabletop(dose_ngy=150.0)
    memory = start_liveness(vertebra.frame())
    states(memory, [Frame(index=k, t_s=k / 30, grey=vertebra.frame().grey) for k in range(10)])
    blurred = cv2.GaussianBlur(vertebra.frame().grey, (0, 0), 8)
    reading = judge_liveness(memory, Frame(index=10, t_s=10 / 30, grey=blurred), SETTINGS)
    assert reading.state is FrameState.UNUSABLE


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (16, 16), (17, 1000)])
def test_no_size_of_picture_breaks_it(shape):
    memory = LivenessMemory()
    rng = np.random.default_rng(0)
    for k in range(3):
        frame = Frame(index=k, t_s=k / 30, grey=rng.integers(0, 255, shape).astype(np.uint8))
        assert judge_liveness(memory, frame, SETTINGS).state in FrameState


def test_a_frame_with_a_part_missing_is_torn_as_long_as_it_stands_and_a_blade_is_not(tabletop):
    """A band without picture right across the field: half a frame. At the field's edge it is a collimator's blade."""
    vertebra, memory = tabletop(), LivenessMemory()
    rows = vertebra.frame().grey.shape[0]

    def dark(index, first, last):
        grey = vertebra.frame().grey.copy()
        grey[int(first * rows) : int(last * rows)] = 0
        return Frame(index=index, t_s=index / 15, grey=grey)

    def seen_whole(first, last):
        return states(memory, [Frame(index=k, t_s=k / 15, grey=vertebra.frame().grey) for k in range(first, last)])

    whole = seen_whole(0, 6)
    torn = [judge_liveness(memory, dark(k, 0.45, 0.6), LivenessSettings()) for k in range(6, 40)]
    again = seen_whole(40, 44)
    blade = states(memory, [dark(k, 0.8, 1.0) for k in range(44, 60)])
    assert set(whole) == set(again) == set(blade) == {"live"}
    assert {seen.state for seen in torn} == {FrameState.UNUSABLE}
    assert torn[-1].reason.startswith("torn")


@pytest.mark.parametrize(("pause_frames", "fast"), [(0, True), (6, True), (45, False)])
def test_another_picture_after_a_pause_is_no_motion_too_fast_to_measure(tabletop, pause_frames, fast):
    vertebra = tabletop(dose_ngy=150.0)
    memory = start_liveness(vertebra.frame())
    shown = [vertebra.frame().grey for _ in range(10)]
    shown += [shown[-1]] * pause_frames + [np.ascontiguousarray(vertebra.frame().grey[:, ::-1])]
    got = states(memory, [Frame(index=k, t_s=k / 30, grey=grey) for k, grey in enumerate(shown)])
    assert got[-1] == "live"
    assert moves_fast(memory) is fast


def test_pictures_that_change_little_by_little_are_never_frozen(tabletop):
    """A strong recursive filter at the full rate: each frame differs from the one before by less than a noisy cable."""
    vertebra = tabletop(dose_ngy=150.0)
    shown, frames = vertebra.frame().grey.astype(np.float64), []
    for k in range(200):
        shown += 0.1 * (vertebra.frame().grey - shown)
        frames.append(Frame(index=k, t_s=k / 30, grey=shown.round().astype(np.uint8)))
    got = states(start_liveness(frames[0]), frames)
    assert got.count("live") > 185
    assert "frozen" not in got


def test_a_picture_held_on_a_noisy_cable_or_behind_a_codec_does_not_creep(tabletop):
    vertebra, rng = tabletop(dose_ngy=150.0), np.random.default_rng(3)
    live = [vertebra.frame().grey for _ in range(40)]
    held = [live[-1].astype(np.float64) + 1.5 * (k // 25) for k in range(150)]  # the codec sharpens it now and then
    noisy = [np.clip(grey + 2.0 * rng.standard_normal(grey.shape), 0, 255).astype(np.uint8) for grey in [*live, *held]]
    got = states(start_liveness(vertebra.frame()), [Frame(index=k, t_s=k / 30, grey=g) for k, g in enumerate(noisy)])
    # Where no frame has been held before, the first ones cannot be told: nothing is known of the line.
    assert "live" not in got[40 + 8 :]
    assert set(got[40 + 8 + 32 :]) == {"frozen"}


def over_an_analogue_line(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Its rows shift by up to a pixel, hum lies over them, and there is a little noise: anew in each frame."""
    rows, cols = grey.shape
    shift = cv2.GaussianBlur(2.0 * rng.standard_normal((rows, 1)).astype(np.float32), (1, 31), 6) + rng.uniform(
        -0.4, 0.4
    )
    columns = np.arange(cols, dtype=np.float32) + shift
    lines = np.repeat(np.arange(rows, dtype=np.float32)[:, None], cols, axis=1)
    shown = cv2.remap(grey.astype(np.float32), columns.astype(np.float32), lines, cv2.INTER_LINEAR)
    hum = 3.0 * np.sin(2 * np.pi * (np.arange(rows) / rows + rng.uniform()))
    return np.clip(shown + hum[:, None] + 1.0 * rng.standard_normal(grey.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("every", [1, 2, 5])
def test_a_picture_held_on_a_line_whose_rows_jitter_is_frozen(tabletop, every):
    """An old C-arm's analogue line changes a held picture by as much as some filtered video changes."""
    vertebra, rng = tabletop(dose_ngy=60.0), np.random.default_rng(4)
    live = [vertebra.frame(new_noise=k % every == 0).grey for k in range(100)]
    greys = [over_an_analogue_line(grey, rng) for grey in [*live, *[live[-1]] * 90]]
    got = states(start_liveness(vertebra.frame()), [Frame(index=k, t_s=k / 30, grey=g) for k, g in enumerate(greys)])
    wanted = ["live" if k % every == 0 else "repeat" for k in range(100)]
    assert np.mean([a == b for a, b in zip(got[30:100], wanted[30:], strict=True)]) > 0.9
    # Where no frame has been held before, the first ones cannot be told: nothing is known of the line.
    assert "live" not in got[100 + 4 * (every == 1) :]
    assert set(got[100 + 32 :]) == {"frozen"}


def test_a_key_frame_in_a_held_picture_is_no_new_one(tabletop):
    vertebra = tabletop(dose_ngy=60.0)
    shown = [vertebra.frame().grey for _ in range(12)]
    other = cv2.addWeighted(shown[-1], 0.85, vertebra.frame().grey, 0.15, 0.0)
    greys = [grey for grey in shown for _ in range(5)] + [shown[-1]] * 20 + [other] * 20 + [shown[-1]] * 20
    got = states(start_liveness(vertebra.frame()), [Frame(index=k, t_s=k / 30, grey=g) for k, g in enumerate(greys)])
    assert got[:60:5] == ["live"] * 12
    assert "live" not in got[56:]
    assert set(got[55 + 32 :]) == {"frozen"}


def test_a_dark_band_that_a_codec_has_smoothed_is_not_torn(tabletop):
    vertebra, memory = tabletop(), LivenessMemory()
    rows, cols = vertebra.frame().grey.shape
    lung = np.linspace(20, 45, cols)[None, :] + np.linspace(0, 90, rows)[:, None]
    band = slice(int(0.3 * rows), int(0.6 * rows))
    got = []
    for k in range(30):
        grey = vertebra.frame().grey.copy()
        if k % 5 == 4:
            grey[band] = lung[band].astype(np.uint8)
        got += states(memory, [Frame(index=k, t_s=k / 15, grey=grey)])
    assert set(got) == {"live"}


def test_one_row_again_and_again_is_torn(tabletop):
    vertebra, memory = tabletop(), LivenessMemory()
    frames = []
    for k in range(12):
        grey = vertebra.frame().grey.copy()
        if k >= 6:
            grey[100:180] = np.linspace(30, 200, grey.shape[1]).astype(np.uint8)
        frames.append(Frame(index=k, t_s=k / 15, grey=grey))
    assert states(memory, frames) == ["live"] * 6 + ["unusable"] * 6


def test_where_every_picture_differs_by_much_none_is_fast(tabletop, moved_by):
    """Few pictures a second and deep breaths: the rule learns what is usual from pictures that it calls fast, too."""
    vertebra = tabletop(dose_ngy=150.0)
    memory, fast, new = start_liveness(vertebra.frame()), [], []
    for k in range(90):
        shown = vertebra.frame(similarity=moved_by(1.1 * (-1) ** k, 0.0)).grey
        judge_liveness(memory, Frame(index=k, t_s=k / 4, grey=shown), SETTINGS)
        fast.append(moves_fast(memory))
        new.append(memory.changed or 0.0)
    assert min(new[1:]) > 1.0
    assert all(fast[2:5])
    assert not any(fast[-10:])


def test_repeats_are_told_from_pictures_that_differ_by_far_more(tabletop):
    """An image intensifier's mottle is new in each picture, a noisy line in each frame; the middle between the two
    kinds lies above any limit that filtered pictures allow."""
    vertebra, rng = tabletop(dose_ngy=150.0), np.random.default_rng(5)

    def patches(size: int) -> np.ndarray:
        coarse = rng.standard_normal((300 // size, 320 // size)).astype(np.float32)
        return cv2.resize(coarse, (320, 300), interpolation=cv2.INTER_CUBIC)

    frames, mottle = [], patches(20)
    for k in range(150):
        mottle = patches(20) if k % 4 == 0 else mottle
        shown = vertebra.frame(new_noise=k % 4 == 0).grey + 8.0 * mottle + 1.4 * patches(4)
        frames.append(Frame(index=k, t_s=k / 30, grey=np.clip(shown, 0, 255).astype(np.uint8)))
    memory = start_liveness(frames[0])
    got = states(memory, frames)
    assert [state == "live" for state in got[60:]] == [k % 4 == 0 for k in range(60, 150)]


@pytest.mark.parametrize("how", ["burnt", "swing"])
def test_after_a_stretch_in_which_everything_changes_new_pictures_are_new_at_once(tabletop, moved_by, how):
    """What a burnt-out stretch or a long swing brings must not become what a new picture is held against."""
    vertebra = tabletop(dose_ngy=60.0)

    def shown(k: int) -> np.ndarray:
        if not 60 <= k < 105:
            return vertebra.frame(new_noise=k % 3 == 0).grey
        if how == "swing":
            return vertebra.frame(similarity=moved_by(30.0 * (-1) ** k, 0.0), new_noise=True).grey
        grey = vertebra.frame(new_noise=k % 3 == 0).grey.astype(np.float32)
        return np.clip(250.0 / np.percentile(grey, 25) * grey, 0, 255).astype(np.uint8)

    frames = [Frame(index=k, t_s=k / 30, grey=shown(k)) for k in range(165)]
    got = states(start_liveness(frames[0]), frames)
    assert got[108:165:3] == ["live"] * 19
    assert "frozen" not in got


def on_a_noisy_line(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.clip(np.rint(grey + 3.0 * rng.standard_normal(grey.shape)), 0, 255).astype(np.uint8)


def test_single_shots_are_told_from_what_a_noisy_line_adds_to_a_held_picture(tabletop):
    """Most frames are held there: what they differ by is the line, though it is more than a third of the grain."""
    vertebra, rng = tabletop(dose_ngy=200.0), np.random.default_rng(6)
    shots = [on_a_noisy_line(grey, rng) for _ in range(6) for grey in [vertebra.frame().grey] * 60]
    memory, settings = start_liveness(vertebra.frame()), LivenessSettings()
    got = [judge_liveness(memory, Frame(index=k, t_s=k / 8, grey=grey), settings) for k, grey in enumerate(shots)]
    assert [k for k in range(60, 360) if got[k].xray_age_s == 0.0] == list(range(60, 360, 60))
    # While the beam may still be on a filter's next picture would hide in this line: nothing is called held then.
    in_doubt = {k for k in range(60, 360) if got[k].doubt}
    assert in_doubt
    assert all(k % 60 <= 12 for k in in_doubt)
    decided = {round(8 * (k / 8 - age_s)): new for k in range(360) for age_s, new in got[k].decided}
    assert {k: decided.get(k) for k in in_doubt} == dict.fromkeys(in_doubt, False)


def test_pictures_that_a_filter_hides_in_the_line_are_never_called_held(tabletop):
    """After a long hold an exposure: its first picture is sure, the next ones change no more than the line."""
    vertebra, rng = tabletop(dose_ngy=200.0), np.random.default_rng(8)
    shown = vertebra.frame().grey.astype(np.float64)
    greys = [shown] * 60
    for k in range(12):
        shown = shown + (1.0 if k == 0 else 0.2) * (vertebra.frame().grey - shown)
        greys += [shown]
    noisy = [np.clip(np.rint(g + 8.0 * rng.standard_normal(g.shape)), 0, 255).astype(np.uint8) for g in greys]
    memory, settings = start_liveness(vertebra.frame()), LivenessSettings()
    got = [judge_liveness(memory, Frame(index=k, t_s=k / 10, grey=g), settings) for k, g in enumerate(noisy)]
    assert {got[k].state.value for k in range(60, 72)} == {"live"}


def test_what_all_pictures_of_a_still_scene_differ_by_is_no_line(tabletop):
    """No frame is held there, and fine bone is as much of the grain as what a noisy line leaves of it."""
    vertebra = tabletop(dose_ngy=600.0)
    shown = vertebra.frame().grey.astype(np.float64)
    frames = []
    for k in range(60):
        shown += 0.3 * (vertebra.frame().grey - shown)
        frames.append(Frame(index=k, t_s=k / 15, grey=shown.round().astype(np.uint8)))
    assert states(start_liveness(vertebra.frame()), frames).count("repeat") <= 3


@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_the_second_half_of_an_interlaced_picture_is_no_new_one(tabletop, noise):
    vertebra, rng = tabletop(dose_ngy=150.0), np.random.default_rng(7)
    frames, last = [], vertebra.frame().grey
    for k in range(120):
        whole = vertebra.frame(new_noise=k % 3 == 0).grey
        shown = whole.copy()
        if k % 3 == 0:
            shown[1::2] = last[1::2]
        last = whole
        grey = np.clip(np.rint(shown + noise * rng.standard_normal(shown.shape)), 0, 255).astype(np.uint8)
        frames.append(Frame(index=k, t_s=k / 25, grey=grey))
    memory = start_liveness(vertebra.frame())
    got = [judge_liveness(memory, frame, LivenessSettings()) for frame in frames]
    # Under much noise a held frame may not be told; what is told is right.
    told = [k for k in range(30, 120) if not got[k].doubt]
    assert [got[k].xray_age_s == 0.0 for k in told] == [k % 3 == 0 for k in told]
    assert len(told) == 90 if noise == 0.0 else len(told) > 60
    assert all(k % 3 == 2 for k in range(30, 120) if got[k].doubt)


def test_what_cannot_be_told_is_not_told_where_it_is_unusable_either(tabletop):
    """A held picture that is burnt out, on a noisy line: it counts no X-ray by guess."""
    vertebra, rng = tabletop(dose_ngy=200.0), np.random.default_rng(9)
    burnt = np.where(vertebra.frame().grey > 40, 255, 200).astype(np.uint8)
    memory, settings = start_liveness(vertebra.frame()), LivenessSettings()
    judge_liveness(memory, Frame(index=0, t_s=0.0, grey=vertebra.frame().grey), settings)
    got = [
        judge_liveness(memory, Frame(index=k, t_s=k / 15, grey=on_a_noisy_line(burnt, rng)), settings)
        for k in range(1, 12)
    ]
    unusable = [each for each in got if each.state.value == "unusable"]
    assert any(each.doubt for each in unusable)
    assert all(each.xray_age_s != 0.0 for each in unusable if each.doubt)
