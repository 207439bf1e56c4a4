"""What the set-up says of the view itself, beside the points."""

import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.landmarks import true_lateral
from assistant.landmarks.true_lateral import Tilt
from assistant.live.messages import StampedFrame
from assistant.plan import read_plan
from assistant.setup.model import SetView
from assistant.system.places import demo_run
from assistant.vocabulary import Unknown
from ui.setup.proposals import in_the_middle, true_lateral_words


@pytest.fixture
def demo() -> SetView:
    """The demo's reference frame with its six points proposed."""
    planned = read_plan(demo_run() / "plan.json", 0.25).views[0]
    source = open_source(str(demo_run()))
    grey = next(f for f in source.frames() if f.index == planned.reference_frame).grey
    source.close()
    view = SetView(still=StampedFrame(index=0, t_s=0.0, captured_ns=1, picture=1, grey=grey, white=255))
    points = np.vstack([line[[0, len(line) // 2, len(line) - 1]] for line in (planned.superior, planned.inferior)])
    view.propose([(float(x), float(y)) for x, y in points], "")
    return view


def test_nothing_is_said_before_six_points_stand_or_of_an_ap_view(demo: SetView) -> None:
    assert true_lateral_words(SetView()) == ""
    assert true_lateral_words(SetView(still=demo.still)) == ""
    assert demo.still is not None
    started = SetView(still=demo.still)
    for point, at in zip(started.points, in_the_middle(demo.still, posterior_right=True), strict=True):
        point.at = at
    assert true_lateral_words(started) == ""
    demo.view = "ap"
    assert true_lateral_words(demo) == ""


def test_a_true_view_is_said_with_what_is_not_measured(demo: SetView) -> None:
    assert true_lateral_words(demo).startswith("Tilt to the endplates ≈ ")
    assert "Turn is not measured" in true_lateral_words(demo)


def test_a_tilted_view_and_one_that_cannot_be_judged(demo: SetView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(true_lateral, "assess", lambda *_: Tilt(tilt_deg=5.2, limit_deg=3.0))
    assert true_lateral_words(demo).startswith("NOT TRUE LATERAL: endplates double, tilt ≈ 5°")
    monkeypatch.setattr(true_lateral, "assess", lambda *_: Unknown("there is no model"))
    assert true_lateral_words(demo) == "Whether the view is truly lateral is not known: there is no model."
