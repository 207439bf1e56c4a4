"""What is measured in the zoomed picture is kept, by keys and clicks in the real window."""

from __future__ import annotations

import json

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from tests.journeys.hands import press
from tests.small_run import SmallRun
from ui.review.page import ReviewPage
from ui.shell import Shell


def test_a_measure_of_the_level_view_is_kept_and_stands_there_when_the_run_is_opened_again(
    qtbot, window: Shell, run: SmallRun
) -> None:
    window.go_to("review", (str(run.folder), str(run.plan)))
    page = window.page("review")
    assert isinstance(page, ReviewPage)
    qtbot.waitUntil(lambda: len(page.session.moments) >= 30)
    press(window, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: page.session.moment() is not None and page.picture.frame_index == 0)
    press(window, Qt.Key.Key_Z)
    press(window, Qt.Key.Key_M)
    tool = page.measure.findChildren(type(page.measure.keep))[0]
    qtbot.mouseClick(tool, Qt.MouseButton.LeftButton)
    for at in (QPoint(200, 300), QPoint(300, 420)):
        QTest.mouseClick(page.picture, Qt.MouseButton.LeftButton, pos=at)
    press(window, Qt.Key.Key_Return)
    kept = json.loads((run.folder / "review.json").read_text("utf-8"))["entries"]
    assert [entry["about"] for entry in kept] == ["measure"]
    first, second = kept[0]["value"]["points_px"]["distance"]
    assert first != second
    assert "Distance" in kept[0]["value"]["figures"]
    page.close_session()
    window.go_to("review", (str(run.folder), str(run.plan)))
    assert [entry.about.value for entry in page.state.review.standing] == ["measure"]
