"""Rules and acts of the self-test without a window: when it runs, what the sound's answer counts, when it is signed."""

from __future__ import annotations

import json

import pytest

from assistant.settings.tree import Settings
from assistant.system.places import data_home
from assistant.vocabulary import Priority
from ui.keys.table import ACKNOWLEDGE
from ui.selftest.check import Check, CheckOutcome, CheckStatus
from ui.selftest.controller import FIDELITY, PEDAL, SOUND, SelfTestController


def passes(_settings: Settings) -> CheckOutcome:
    return CheckOutcome(status=CheckStatus.PASSED, text="well")


def breaks(_settings: Settings) -> CheckOutcome:
    raise ZeroDivisionError("by nothing")


class View:
    """Keeps what a thread hands over until a test takes it in, as the window does."""

    def __init__(self) -> None:
        self.handed: list[tuple[str, CheckOutcome]] = []
        self.paced: list[bool] = []
        self.opened = 0

    def show_outcomes(self) -> None:
        """Nothing is drawn."""

    def show_note(self) -> None:
        """Nothing is drawn."""

    def hand_over(self, name: str, outcome: CheckOutcome) -> None:
        self.handed.append((name, outcome))

    def word(self, page: str, act: str) -> str:
        return f"[{page}:{act}]"

    def picture_fidelity(self) -> CheckOutcome:
        return passes(Settings())

    def pace_sounds(self, *, on: bool) -> None:
        self.paced.append(on)

    def open_theatre(self) -> None:
        self.opened += 1


class Sound:
    """Remembers what it played."""

    def __init__(self) -> None:
        self.heard: bool | None = None
        self.fault = ""
        self.played: list[Priority] = []

    def test(self, priority: Priority) -> str:
        self.played.append(priority)
        return self.fault

    def was_heard(self, *, heard: bool) -> None:
        self.heard = heard

    def stop(self) -> None:
        self.played.clear()


class Around:
    """A controller with one check before the sound and one that breaks after it."""

    def __init__(self) -> None:
        self.view, self.sound = View(), Sound()
        before, after = [Check(name="first", run=passes)], [Check(name="second", run=breaks)]
        self.controller = SelfTestController(Settings(), self.view, self.sound, before, after)

    def run(self) -> None:
        """Enter, and hear all that the thread says."""
        self.controller.enter()
        self.controller.wait()
        for name, outcome in self.view.handed:
            self.controller.take(name, outcome)

    def told(self, name: str) -> CheckStatus:
        return self.controller.outcomes[name].status


@pytest.fixture
def around() -> Around:
    return Around()


def test_the_first_look_runs_the_list_and_a_second_does_not(around: Around) -> None:
    assert around.controller.order == ("first", FIDELITY, SOUND, "second", PEDAL)
    around.run()
    assert [around.told(name) for name in ("first", FIDELITY, "second")] == ["passed", "passed", "failed"]
    around.controller.enter()
    assert len(around.view.handed) == 2


def test_all_three_sounds_are_played_and_then_no_more(around: Around) -> None:
    around.run()
    for _ in range(3):
        around.controller.next_sound()
    assert around.sound.played == [Priority.HIGH, Priority.MEDIUM, Priority.LOW]
    assert around.view.paced == [True, False]


def test_a_sound_that_cannot_be_played_is_not_heard_whatever_is_pressed(around: Around) -> None:
    around.sound.fault = "no sound device"
    around.run()
    around.controller.do("heard")
    assert around.told(SOUND) is CheckStatus.FAILED
    assert "no sound device" in around.controller.outcomes[SOUND].text
    assert around.sound.heard is None


def test_who_did_not_hear_it_may_hear_it_later(around: Around) -> None:
    around.run()
    around.controller.do("not heard")
    assert around.told(SOUND) is CheckStatus.FAILED
    around.controller.do("heard")
    assert around.told(SOUND) is CheckStatus.PASSED


def test_it_is_signed_only_with_all_checks_through_and_the_sound_answered(around: Around) -> None:
    around.controller.enter()
    around.controller.do("sign")
    assert around.controller.note == "The checks still run."
    around.controller.wait()
    around.run()
    around.controller.do("sign")
    assert around.controller.note == "Answer the sound question to finish."
    assert (around.view.opened, around.controller.is_signed) == (0, False)
    around.controller.do("heard")
    around.controller.do("sign")
    assert (around.view.opened, around.controller.is_signed) == (1, True)
    line = json.loads((data_home() / "selftests.jsonl").read_text())
    assert line["results"][PEDAL][0] == "works without", "a pedal that nobody pressed is noted, not passed"


def test_a_list_that_cannot_be_kept_is_not_signed(around: Around) -> None:
    around.run()
    around.controller.do("heard")
    (data_home() / "selftests.jsonl").mkdir()
    around.controller.do("sign")
    assert "cannot be kept" in around.controller.note
    assert (around.view.opened, around.controller.is_signed) == (0, False)


def test_both_sides_of_the_pedal_are_known_and_no_other_key(around: Around) -> None:
    around.controller.pedal("arm")
    assert around.told(PEDAL) is CheckStatus.OPEN
    around.controller.pedal("mark")
    assert "left" in around.controller.outcomes[PEDAL].text
    around.controller.pedal(ACKNOWLEDGE)
    assert "right" in around.controller.outcomes[PEDAL].text


def test_after_the_end_nothing_is_handed_over(around: Around) -> None:
    around.controller.shut()
    around.controller._run_all()
    assert around.view.handed == []
