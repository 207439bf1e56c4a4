"""The self-test: each check does what it says, the list is signed and found again."""

import json
from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from assistant.capture.masking.masking import Masker
from assistant.settings.tree import CaptureSettings, Settings
from assistant.system.places import data_home
from ui.keys import key_map
from ui.selftest import checks, lists
from ui.selftest.check import Check, CheckOutcome, CheckStatus, run_safely
from ui.selftest.controller import PEDAL, SOUND
from ui.selftest.fidelity import grey_steps_kept
from ui.selftest.page import SelfTestPage


@pytest.fixture
def page(qtbot) -> SelfTestPage:
    made = SelfTestPage(Settings())
    qtbot.addWidget(made)
    made.resize(1920, 1080)
    yield made
    made.shut()


def _press(page: SelfTestPage, key: int) -> bool:
    known = page.press(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
    page.release(QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier))
    return known


def _done(page: SelfTestPage) -> None:
    for name in page.controller.outcomes:
        page.controller.take(name, CheckOutcome(status=CheckStatus.PASSED, text="well"))
    page.controller.take(SOUND, CheckOutcome(status=CheckStatus.OPEN, text="Heard?"))
    page.controller.take(PEDAL, CheckOutcome(status=CheckStatus.OPEN, text="press it"))


def test_all_grey_steps_come_through_the_live_picture_unchanged(qtbot) -> None:
    assert grey_steps_kept() == 256


@pytest.mark.parametrize(
    "each", [checks.freeze_watch, checks.disk, checks.recorder, checks.name_mask, checks.clock, checks.site_settings]
)
def test_checks_of_a_sound_machine_pass(each) -> None:
    outcome = each(Settings())
    assert outcome.status is CheckStatus.PASSED, outcome.text


def test_a_mask_that_lets_a_name_through_fails_on_the_written_picture(monkeypatch) -> None:
    monkeypatch.setattr(Masker, "apply", lambda _self, grey, _t_s: grey)
    outcome = checks.name_mask(Settings())
    assert outcome.status is CheckStatus.FAILED
    assert "12 of 12" in outcome.text
    whole = replace(Settings(), capture=CaptureSettings(layout="whole"))
    assert checks.name_mask(whole).status is CheckStatus.NOTE


def test_a_check_that_breaks_has_failed_and_says_why() -> None:
    def breaks(_settings: Settings) -> CheckOutcome:
        raise ZeroDivisionError("by nothing")

    outcome = run_safely(Check(name="x", run=breaks), Settings())
    assert outcome.status is CheckStatus.FAILED
    assert "ZeroDivisionError" in outcome.text


def test_the_list_is_signed_only_after_the_sound_was_answered(page, qtbot) -> None:
    _done(page)
    _press(page, Qt.Key.Key_Return)
    assert "sound" in page.controller.note
    _press(page, Qt.Key.Key_N)
    assert page.controller.outcomes[SOUND].status is CheckStatus.FAILED
    with qtbot.waitSignal(page.wanted):
        _press(page, Qt.Key.Key_Return)
    line = json.loads((data_home() / "selftests.jsonl").read_text())
    assert line["results"][SOUND][0] == "failed"
    assert line["results"][PEDAL][0] == "works without"
    assert lists.newest()[0][1] == page.controller.result()


def test_a_torn_line_of_the_lists_is_left_out() -> None:
    lists.sign({"a": ("passed", "x")})
    with (data_home() / "selftests.jsonl").open("a") as file:
        file.write('{"signed": "2026-')
    assert lists.newest() == [(lists.newest()[0][0], "1 passed")]


def test_a_pedal_is_noticed(page) -> None:
    _done(page)
    _press(page, Qt.Key.Key_M)
    assert "left pedal" in page.controller.outcomes[PEDAL].text


def test_it_runs_all_checks_behind_the_window(page, qtbot) -> None:
    page.enter()
    qtbot.waitUntil(lambda: not page.controller.running and page.controller.may_sign() != "The checks still run.")
    assert all(outcome.status is not CheckStatus.RUNNING for outcome in page.controller.outcomes.values())
    page.grab()


def test_keys_are_changed_by_keys_and_reach_the_theatre(page) -> None:
    _press(page, Qt.Key.Key_K)
    assert not page.editor.isHidden()
    _press(page, Qt.Key.Key_Down)
    _press(page, Qt.Key.Key_Return)
    _press(page, Qt.Key.Key_PageDown)
    assert "PgDown" in page.editor.note
    _press(page, Qt.Key.Key_Return)
    _press(page, Qt.Key.Key_I)
    assert "taken" in page.editor.note
    page.grab()
    _press(page, Qt.Key.Key_Escape)
    assert page.editor.isHidden()
    assert key_map.read()[0].keys("theatre", "mark") == ("PgDown",)
    _done(page)
    _press(page, Qt.Key.Key_PageDown)
    assert "left pedal" in page.controller.outcomes[PEDAL].text


def test_the_sound_is_not_confirmed_until_a_person_says_so(page) -> None:
    _done(page)
    assert page.controller.word_of(SOUND) == "not confirmed"
    assert page.controller.word_of(PEDAL) == ""
    page.act("heard")
    assert page.controller.word_of(SOUND) == "passed"
    page.act("not heard")
    assert page.controller.word_of(SOUND) == "failed"


@pytest.mark.parametrize("why_not", ["", "not inhibited: no bus"])
def test_f38_what_cannot_be_held_off_is_named(monkeypatch, why_not: str) -> None:
    monkeypatch.setattr(checks, "try_out", lambda *_: why_not)
    monkeypatch.setattr(checks.ScreenSaver, "try_out", lambda _: why_not)
    for check in (checks.inhibits_sleep, checks.screen_stays):
        outcome = check(Settings())
        assert outcome.status is (CheckStatus.NOTE if why_not else CheckStatus.PASSED)
        assert outcome.text == (why_not or "held off while injecting")


def test_f38_the_check_itself_ends_and_leaves_nothing() -> None:
    for check in (checks.inhibits_sleep, checks.screen_stays):
        outcome = run_safely(Check(name="x", run=check), Settings())
        assert outcome.status in (CheckStatus.PASSED, CheckStatus.NOTE), outcome.text
