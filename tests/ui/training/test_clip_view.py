"""Which side of a training clip's frame is anterior: as the console showed that frame."""

import pytest

from assistant.geometry import Similarity
from assistant.training.run_outcome import ByFrame, RunOutcome
from tests.ui.theatre.fake_session import PLAN
from ui.training.clip_view import sides_of


def outcome(*motion: Similarity | None) -> RunOutcome:
    count = len(motion)
    return RunOutcome(
        is_truth=False,
        t_s=ByFrame(0, [k / 15 for k in range(count)]),
        state=ByFrame(0, ["live"] * count),
        view=ByFrame(0, ["lateral"] * count),
        distances_mm={},
        area_mm2=ByFrame(0, [0.0] * count),
        motion=ByFrame(0, list(motion)),
        reached=(),
        plan=PLAN,
    )


def motion(turn_deg: float = 0.0, *, mirrored: bool = False) -> Similarity:
    return Similarity(
        dx_px=0.0, dy_px=0.0, rotation_deg=turn_deg, scale=1.0, centre_px=(260.0, 255.0), mirrored=mirrored
    )


@pytest.mark.parametrize(
    ("shown", "sides"),
    [
        (motion(), ("ANT", "POST")),
        (motion(mirrored=True), ("POST", "ANT")),
        (motion(180.0), ("POST", "ANT")),
        (motion(90.0), None),
        (None, None),
    ],
    ids=["as planned", "mirrored", "turned", "upright", "not known"],
)
def test_the_sides_are_those_of_the_frame(shown: Similarity | None, sides: tuple[str, str] | None) -> None:
    made = outcome(motion(), shown)
    assert sides_of(made, 0) == ("ANT", "POST")
    assert sides_of(made, 1) == sides
