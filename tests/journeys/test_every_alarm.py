"""The alarm table is walked: each row is provoked by its cause and followed to bar, sound, log, result and report.

A row that nobody can raise fails here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from assistant.alarm_table.row import AlarmRow, PipelineRow, Raiser, RaisingRule
from assistant.alarm_table.table import STOPPED, TABLE, VIEW_CHANGED
from assistant.live.processes.watchdog import WatchdogAlarm, WindowCheck, judge
from assistant.review.counting import OF_MACHINE
from assistant.vocabulary import Priority
from tests.journeys.alarm_causes import FILMS, MISHAPS, Evidence, of_film, of_mishap, of_simulated_leak
from ui.system.watchdog_window import WatchdogWindow

CAUSES: Final = {
    "A1 At posterior line posterior": "cement runs to the canal",
    "A2 In canal zone posterior": "cement runs to the canal",
    "A3 Possible venous leak anterior": "cement runs into a vein",
    "A3 Possible venous leak lateral": "cement runs into a vein at the side",
    "A4 Near posterior line posterior": "cement runs to the canal",
    "A5 At endplate superior_endplate": "cement runs up",
    "A5 At endplate inferior_endplate": "cement runs down",
    "A5 Cement in disc superior_endplate": "cement runs up",
    "A5 Cement in disc inferior_endplate": "cement runs down",
    "A6 Cement outside body anterior": "cement runs forward",
    "A6 Cement outside body lateral": "cement runs to the side",
    "no alarm: Near endplate superior_endplate": "cement runs up",
    "no alarm: Near endplate inferior_endplate": "cement runs down",
    "A7 No signal picture": "the picture is blank",
    "A7 Picture frozen": "X-ray is on and the picture stands still",
    "A7 Analysis late": "the analysis hangs",
    "A7 Not fluoroscopy": "another input is chosen",
    "A8 Lines not valid picture": "the C-arm is turned over",
    "A8 View changed picture": "the C-arm is turned over",
    "A8 Lines not valid": "the capture dies",
    "no alarm: View changed picture": "the other view is shown",
    "A9 Assistant stopped": "the window hangs",
    "A10 No alarm sound": "the loudspeaker is unplugged",
    "A11 Picture not usable picture": "the picture is too noisy",
    "A11 Grows with the other sign picture": "the plan names the wrong sign",
    "A11 Sign of the picture changed picture": "the picture does not say its sign",
    "A11 Live or held: not known picture": "the video line is noisy",
    "A12 Held image picture": "the picture is held",
    "A12 Held image": "the pedal is lifted",
    "A13 Shape not available": "there is no shape model",
    "A14 Not recording": "the disk is full",
    "A15 Disk nearly full": "the disk will be full",
    "A16 Analysis slow picture": "the computer is slow",
    "A16 Analysis slow": "pictures are passed over",
    "A17 Log needs check": "the clock is set",
    "A18 Plug in": "the mains plug is out",
}
"""What raises each row."""
MORE: Final = {"A7 No signal picture": "the plug is pulled", "A16 Analysis slow picture": "the analysis is late"}
"""What makes the session raise it by its own clock, of rows that pictures raise too."""
_EVIDENCE: dict[str, Evidence] = {}
Look_for = Callable[[str], Evidence]


def name_of(row: AlarmRow) -> str:
    """The row in words, each another."""
    name = f"{row.code or 'no alarm:'} {row.title}"
    return f"{name} {row.site or 'picture'}" if isinstance(row, PipelineRow) else name


def pattern(text: str) -> str:
    """A headline or an action with figures in the places for them; what follows (a shape) may be anything."""
    return re.sub(r"\\\{\w+:\\\.0f\\\}", r"\\d+", re.escape(text))


@pytest.fixture
def look_for(qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Look_for:
    """What a cause has left behind; each is provoked once."""

    def find(cause: str) -> Evidence:
        if cause not in _EVIDENCE:
            way = of_film if cause in FILMS else of_mishap
            _EVIDENCE[cause] = way(cause, qtbot, monkeypatch, tmp_path)
        return _EVIDENCE[cause]

    return find


def test_the_list_of_causes_is_that_of_the_table() -> None:
    assert [name for name in map(name_of, TABLE) if name not in CAUSES] == [], "nobody raises these rows"
    assert [name for name in CAUSES if name not in set(map(name_of, TABLE))] == []
    assert len(set(map(name_of, TABLE))) == len(TABLE)
    assert {*CAUSES.values(), *MORE.values()} == {*FILMS, *MISHAPS, "the window hangs"}


@pytest.mark.parametrize("row", [row for row in TABLE if isinstance(row, PipelineRow)], ids=name_of)
def test_a_row_of_the_pictures_goes_to_result_and_report(row: PipelineRow, look_for: Look_for) -> None:
    assert Raiser.PIPELINE in row.raised_by
    seen = look_for(CAUSES[name_of(row)])
    site = None if row.site is None else row.site.value
    told = [e for e in seen.events if (e["kind"], e["site"]) == (row.kind.value, site)]
    told = [e for e in told if e["priority"] in (row.priority_injecting.word, row.priority_before.word)]
    told = [e for e in told if re.match(pattern(row.headline), e["text"])]
    assert told, [(e["kind"], e["site"], e["priority"], e["text"]) for e in seen.events]
    assert told[0]["text"].endswith(row.action)
    reported = [line for line in seen.report if re.search(pattern(row.headline), line)]
    assert bool(reported) is (row.kind not in OF_MACHINE), seen.report
    logged = seen.logged("pipeline_alarm")
    assert any(one["alarm"] == row.kind.value and one["site"] == site for one in logged), "and to the log"


def _in_theatre(row: AlarmRow) -> bool:
    return bool(row.code) and (
        Raiser.SESSION in row.raised_by or (isinstance(row, PipelineRow) and row.rule is not RaisingRule.TECHNICAL)
    )


@pytest.mark.parametrize("row", [row for row in TABLE if _in_theatre(row)], ids=name_of)
def test_a_row_goes_to_bar_sound_log_and_the_day_that_is_read_back(row: AlarmRow, look_for: Look_for) -> None:
    name = name_of(row)
    _assert_told(row, look_for(MORE.get(name, CAUSES[name])))


def _assert_told(row: AlarmRow, seen: Evidence) -> None:
    headline, action = pattern(row.headline), pattern(row.action)
    assert any(re.match(headline, h) and re.fullmatch(action, a) for h, a in seen.bar), seen.bar
    logged = [one for one in seen.logged("alarm") if one["code"] == row.code and re.match(headline, one["headline"])]
    assert logged
    priority = max(Priority[one["priority"].upper()] for one in logged)
    assert priority in (row.priority_injecting, row.priority_before)
    site = row.site.value if isinstance(row, PipelineRow) and row.site is not None else None
    assert site is None or site in {one["site"] for one in logged}
    assert any(code == row.code and re.match(headline, told) for code, told in seen.told_on_the_day)
    heard = [one for one in seen.logged("alarm_sounded") if one["code"] == row.code]
    if row.silent:
        assert not heard
        return
    assert heard, "it sounds"
    assert seen.bursts[priority] >= 1
    assert all(one["delay_ms"] >= 0 for one in heard)


def test_a_view_that_changes_is_told_in_the_theatre_as_lines_that_are_not_valid(look_for: Look_for) -> None:
    seen = look_for(CAUSES[name_of(VIEW_CHANGED)])
    assert (VIEW_CHANGED.headline, VIEW_CHANGED.action) in seen.bar


def test_a_disc_leak_gives_the_first_stage_up_and_says_its_shape(look_for: Look_for) -> None:
    """On the screen the second stage takes the place of the first; the result has both: the endplate stays crossed."""
    seen = look_for("cement runs up")
    first, second = (
        next(e for e in seen.events if (e["kind"], e["site"]) == (kind, "superior_endplate"))
        for kind in ("endplate", "leak")
    )
    assert first["first_frame"] <= second["first_frame"]
    assert first["last_frame"] is second["last_frame"] is None
    assert re.match(r"CEMENT IN DISC \(shape: \w+(, 0\.\d\d)?\)\. Pause\.", second["text"])
    gone = [one["headline"] for one in seen.logged("alarm_ended")]
    assert "CEMENT AT SUPERIOR ENDPLATE" in gone


@pytest.mark.parametrize(
    ("leak", "leak_ml", "headline"),
    [
        ("vein_anterior", 0.1, "POSSIBLE VENOUS LEAK"),
        ("vein_anterior", 0.3, "POSSIBLE VENOUS LEAK"),
        ("anterior", 0.1, "CEMENT OUTSIDE BODY"),
        ("anterior", 0.3, "CEMENT OUTSIDE BODY"),
    ],
)
def test_a_simulated_vein_is_told_and_a_hole_in_the_wall_is_no_vein(leak: str, leak_ml: float, headline: str) -> None:
    told = of_simulated_leak(leak, leak_ml)
    assert told[-1] == (headline, "anterior")
    if leak == "anterior":
        assert len(told) == 1, "and was never called one"


def test_A9_is_told_by_the_watchdog_in_its_own_window(qtbot: Any) -> None:
    second = 1_000_000_000
    seen = judge(WindowCheck(now_ns=10 * second, beat_ns=9 * second, alive=True, closing=False), 0.8)
    alarm = WatchdogAlarm()
    alarm.see(seen, 10 * second, dismissed=False)
    assert alarm.stands
    assert STOPPED.raised_by == (Raiser.WATCHDOG,)
    window = WatchdogWindow()
    qtbot.addWidget(window)
    window.handle("show")
    assert [label.text() for label in window._labels[:2]] == [STOPPED.headline, STOPPED.action]
    assert window.isVisible()
    window.handle("hide")
