"""Alarm sounds: what cannot be heard is told to the session; each burst that is due is played once."""

from typing import Any

import pytest

from assistant.alarm_table.sounds import burst_wave
from assistant.live.status import SoundOrder
from assistant.system.places import data_home
from assistant.vocabulary import Priority
from ui.system.alarm_sound import AlarmSound, sound_files


class Effect:
    def __init__(self) -> None:
        self.played = 0
        self.on = False

    def play(self) -> None:
        self.played += 1
        self.on = True

    def stop(self) -> None:
        self.on = False

    def isPlaying(self) -> bool:
        return self.on

    def status(self) -> object:
        return None

    def setAudioDevice(self, device: Any) -> None:
        self.device = device


class Heard:
    def __init__(self) -> None:
        self.told: list[tuple[bool, str]] = []
        self.sounds: list[Priority] = []

    def sound_is(self, *, available: bool, reason: str = "") -> None:
        self.told.append((available, reason))

    def sounded(self, priority: Priority) -> None:
        self.sounds.append(priority)


@pytest.fixture
def sound(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> AlarmSound:
    """With a device that can always be heard."""
    made = AlarmSound()
    made._effects = {priority: Effect() for priority in (Priority.LOW, Priority.MEDIUM, Priority.HIGH)}
    from PyQt6 import QtMultimedia

    monkeypatch.setattr(QtMultimedia.QMediaDevices, "audioOutputs", staticmethod(lambda: ["loudspeaker"]))
    made._look()
    return made


def test_files_are_the_generated_bursts_and_are_not_written_again(qtbot: Any) -> None:
    files = sound_files()
    assert files[Priority.HIGH].read_bytes() == burst_wave(Priority.HIGH)
    before = files[Priority.HIGH].stat().st_mtime_ns
    files[Priority.LOW].write_bytes(b"torn")
    again = sound_files()
    assert again[Priority.HIGH].stat().st_mtime_ns == before
    assert again[Priority.LOW].read_bytes() == burst_wave(Priority.LOW)
    assert all(path.is_relative_to(data_home()) for path in again.values())


def test_a_missing_device_is_told_to_the_session(sound: AlarmSound, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Heard()
    sound.tell_session(session)
    assert session.told[-1] == (True, "")
    from PyQt6 import QtMultimedia

    monkeypatch.setattr(QtMultimedia.QMediaDevices, "audioOutputs", staticmethod(list))
    sound._look()
    assert session.told[-1] == (False, "no sound device")
    assert sound.test() == "no sound device"


def test_another_device_gets_the_sounds_and_none_is_told(sound: AlarmSound, monkeypatch: pytest.MonkeyPatch) -> None:
    """F-41: unplugged, the sounds go to the system's new choice at once; without any, the session knows."""
    from PyQt6 import QtMultimedia

    class Device:
        def __init__(self, *, null: bool) -> None:
            self.null = null

        def isNull(self) -> bool:
            return self.null

    session = Heard()
    sound.tell_session(session)
    headphones = Device(null=False)
    monkeypatch.setattr(QtMultimedia.QMediaDevices, "defaultAudioOutput", staticmethod(lambda: headphones))
    sound._bind()
    assert {effect.device for effect in sound._effects.values()} == {headphones}
    assert session.told[-1] == (True, "")
    monkeypatch.setattr(QtMultimedia.QMediaDevices, "defaultAudioOutput", staticmethod(lambda: Device(null=True)))
    monkeypatch.setattr(QtMultimedia.QMediaDevices, "audioOutputs", staticmethod(list))
    sound._bind()
    assert {effect.device for effect in sound._effects.values()} == {headphones}
    assert session.told[-1] == (False, "no sound device")


def test_a_test_sound_that_was_not_heard_is_a_missing_sound(sound: AlarmSound) -> None:
    session = Heard()
    sound.tell_session(session)
    sound.was_heard(heard=False)
    assert session.told[-1] == (False, "the test sound was not heard")
    sound.was_heard(heard=True)
    assert session.told[-1] == (True, "")


def test_each_due_burst_is_played_once_and_a_graver_one_ends_the_lesser(sound: AlarmSound) -> None:
    effects = sound._effects
    for bursts in (0, 1, 1, 1, 2):
        sound.play(SoundOrder(priority=Priority.MEDIUM, bursts=bursts))
    assert effects[Priority.MEDIUM].played == 2
    sound.play(SoundOrder(priority=Priority.HIGH, bursts=3))
    assert effects[Priority.HIGH].on
    assert not effects[Priority.MEDIUM].on
    sound.play(SoundOrder(priority=Priority.NONE, bursts=3))
    assert effects[Priority.HIGH].played == 1


def test_the_next_session_begins_to_count_anew(sound: AlarmSound) -> None:
    sound.play(SoundOrder(priority=Priority.MEDIUM, bursts=7))
    sound.tell_session(Heard())
    sound.play(SoundOrder(priority=Priority.MEDIUM, bursts=1))
    assert sound._effects[Priority.MEDIUM].played == 2


def test_the_session_is_told_of_a_burst_that_has_begun_and_of_none_that_cannot_be_heard(
    sound: AlarmSound, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Heard()
    sound.tell_session(session)
    sound.play(SoundOrder(priority=Priority.HIGH, bursts=1))
    assert session.sounds == [Priority.HIGH]
    from PyQt6 import QtMultimedia

    monkeypatch.setattr(QtMultimedia.QMediaDevices, "audioOutputs", staticmethod(list))
    sound.play(SoundOrder(priority=Priority.HIGH, bursts=2))
    assert session.sounds == [Priority.HIGH]
