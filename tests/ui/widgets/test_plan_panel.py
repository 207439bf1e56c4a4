"""Lines set again on a plan without a scale: what it assumes stays, unless the level becomes another."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import lengths
from assistant.plan import plan_from_document, read_plan
from assistant.settings.tree import AlarmSettings
from tests.small_run import plan_document
from ui.widgets.plan_panel import PlanPanel

LINES = AlarmSettings().warning_lines


@pytest.mark.parametrize(
    ("level", "depth_mm", "by"), [(None, 33.0, "assumed depth"), ("L3", 32.9, "assumed depth, usual at L3")]
)
def test_an_assumed_depth_goes_by_the_level_that_is_chosen(
    qtbot, tmp_path: Path, level: str | None, depth_mm: float, by: str
) -> None:
    document = plan_document(level="L1", calibrated=False, scale_by="assumed depth")
    deep = lengths.depth_mm(plan_from_document(document, LINES).views[0])
    document["views"][0]["mm_per_px"] *= 33.0 / deep
    panel = PlanPanel(LINES)
    qtbot.addWidget(panel)
    panel.start(0, None, tmp_path / "plan.json")
    panel.begin_with(plan_from_document(document, LINES), 0)
    if level is not None:
        panel.level.setCurrentText(level)
    assert panel.finish(), panel.note.text()
    (view,) = read_plan(tmp_path / "plan.json", LINES).views
    assert lengths.depth_mm(view) == pytest.approx(depth_mm, abs=0.01)
    assert (view.calibrated, view.scale_by, view.level) == (False, by, level or "L1")
