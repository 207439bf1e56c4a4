"""The alarm that is handed out early is the one that is heard, and the delay in the log is that of the sound."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.leak_shape.model_protocol import ShapeAnswer, ShapeLimits
from assistant.simulation.tabletop import COLS, ROWS, Tabletop
from assistant.vocabulary import LeakSite, ModelIdentity, Priority
from tests.journeys.room import MS, Room
from tests.small_run import plan_document

SLOW_MS = 700


class SlowModel:
    """Takes its time over each picture of a leak; meanwhile the window's timer goes on."""

    identity = ModelIdentity(name="slow", sha256="0" * 64)
    limits = ShapeLimits(decide=0.6, strangeness=9.0, blur_mm=9.0)

    def __init__(self) -> None:
        self.room: Room | None = None
        self.slow = False
        self.meanwhile: list[tuple[str, int, int]] = []

    def ask(self, site: LeakSite, frame_index: int, values: NDArray[np.float32]) -> tuple[ShapeAnswer, ...]:
        room = self.room
        if room is None or not self.slow:
            return ()
        room.now_ns += SLOW_MS * MS // 2
        room.tick()
        shown = room.status.moment
        assert shown is not None
        assert shown.frame_index < frame_index, "the moment of this picture has not come yet"
        self.meanwhile.append((room.bar[-1][0], room.loudspeakers[Priority.HIGH].bursts, frame_index))
        room.now_ns += SLOW_MS * MS // 2
        return ()


def test_an_alarm_is_seen_and_heard_while_the_shape_of_a_leak_is_still_being_looked_at(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, model = Tabletop(seed=1, dose_ngy=300.0), SlowModel()
    room = model.room = Room(qtbot, monkeypatch, model)
    room.set_up(plan_document(reference_frame=0), [table.frame().grey])

    def cement(reach_px: int) -> None:
        mask = np.zeros((ROWS, COLS), np.uint8)
        cv2.ellipse(mask, (140, 125), (8, 26), 0, 0, 360, 1, -1)  # a leak into the superior disc
        cv2.circle(mask, (150, 150), 14, 1, -1)
        cv2.rectangle(mask, (150, 146), (150 + reach_px, 156), 1, -1)
        room.show(table.frame(cement=mask.astype(bool)).grey)

    for _ in range(15):
        room.show(table.frame().grey)
    for _ in range(20):
        cement(14)
    assert "CEMENT IN DISC" in {row[0][:14] for row in room.bar}
    model.slow = True
    for k in range(20):
        cement(14 + 2 * k)
        if room.status.alarms[0].code == "A1":
            break
    raised = [bursts for headline, bursts, _ in model.meanwhile if headline == "CEMENT AT POSTERIOR LINE"]
    assert raised, "the bar does not wait for the model"
    assert raised[0] == 1, "nor does the sound"
    log = room.end()
    (sounded,) = [e["data"] for e in log if e["kind"] == "alarm_sounded" and e["data"]["code"] == "A1"]
    (found,) = [e["data"] for e in log if e["kind"] == "pipeline_alarm" and e["data"]["alarm"] == "warning_line"]
    assert found["found_ms"] <= sounded["delay_ms"] < SLOW_MS
    assert sounded["delay_ms"] == pytest.approx(SLOW_MS / 2, abs=1.0), "from the picture to the sound"
