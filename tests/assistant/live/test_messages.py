import numpy as np

from assistant.geometry import Crop
from assistant.live.messages import LiveState, StampedFrame, live_moment
from assistant.live.shared.wire import from_bytes, to_bytes
from assistant.readings.moments import Moment, cement_outline
from assistant.settings.tree import Settings
from assistant.steps.liveness import ScreenWatch
from assistant.vocabulary import Approach, CementMask, FrameState, Liveness, Reading, Unknown

SCREEN = ScreenWatch(Settings().liveness)


def reading(cement: CementMask | Unknown) -> Reading:
    unknown = Unknown("x")
    return Reading(
        frame_index=7,
        t_s=0.5,
        liveness=Liveness(state=FrameState.LIVE, xray_age_s=0.0, noise_grey=3.0),
        motion=unknown,
        cement=cement,
        distances=unknown,
        approach=Approach(approach_mm_per_s=unknown, time_to_line_s=unknown),
        standing=(),
        changes=(),
        leaks=(),
        processing_ms=3.0,
    )


def mask() -> CementMask:
    inside = np.zeros((20, 30), bool)
    inside[5:15, 10:20] = True
    evidence = np.where(inside, np.float32(1), np.float32(-1))
    crop = Crop(x0_px=100, y0_px=50, width_px=30, height_px=20)
    return CementMask(crop=crop, mask=inside, evidence=evidence, outline_sigma_mm=0.2)


def test_a_moment_carries_no_pixels_and_travels_between_processes() -> None:
    cement = mask()
    frame = StampedFrame(index=7, t_s=0.5, captured_ns=11, picture=3, grey=np.zeros((4, 4), np.uint8), white=255)
    moment = live_moment(
        reading(cement), cement_outline(cement), frame, SCREEN, finished_ns=12, plan_number=2, skipped=1
    )
    packed = to_bytes(moment)
    assert len(packed) < 4000
    again = from_bytes(packed)
    assert isinstance(again, Moment), "what draws a moment draws one of a session too"
    assert (again.frame_index, again.captured_ns, again.picture, again.plan_number) == (7, 11, 3, 2)
    assert again.cement_known
    assert not live_moment(
        reading(Unknown("x")), (), frame, SCREEN, finished_ns=1, plan_number=1, skipped=0
    ).cement_known


def test_the_states_carry_the_words_of_the_strip() -> None:
    assert {state.value for state in LiveState} == {
        "LIVE",
        "HELD",
        "FROZEN",
        "STALE",
        "NO SIGNAL",
        "NOT FLUOROSCOPY",
        "UNKNOWN VIEW",
        "ANALYSIS LATE",
    }
