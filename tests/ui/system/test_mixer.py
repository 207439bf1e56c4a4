"""F-42: a mixer that is muted is told as a missing sound, and heard of again when it is not."""

from pathlib import Path

import pytest

from tests.ui.system.test_alarm_sound import Effect, Heard
from ui.system.alarm_sound import AlarmSound
from ui.system.mixer import Mixer, is_silent


@pytest.mark.parametrize(
    ("said", "silent"),
    [
        ("Volume: 0.40", False),
        ("Volume: 0.40 [MUTED]", True),
        ("Volume: 0.00", True),
        ("Mute: no\nVolume: front-left: 42598 /  65% / -11.2 dB,   front-right: 0 /   0% / -inf dB", False),
        ("Mute: no\nVolume: front-left: 0 /   0% / -inf dB,   front-right: 0 /   0% / -inf dB", True),
        ("Mute: yes\nVolume: front-left: 42598 /  65% / -11.2 dB", True),
        ("", None),
        ("Connection refused", None),
    ],
)
def test_what_the_mixer_says(said: str, silent: bool | None) -> None:
    assert is_silent(said) is silent


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound server's program that says what stands in a file."""
    program, says = tmp_path / "wpctl", tmp_path / "says"
    program.write_text(f"#!/bin/sh\nread line < '{says}'; echo \"$line\"\n")
    program.chmod(0o755)
    says.write_text("Volume: 0.40\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    return says


def test_f42_muted_at_the_start_and_later_is_told(qtbot, server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PyQt6 import QtMultimedia

    monkeypatch.setattr(QtMultimedia.QMediaDevices, "audioOutputs", staticmethod(lambda: ["loudspeaker"]))
    server.write_text("Volume: 0.40 [MUTED]\n")
    sound, heard = AlarmSound(), Heard()
    sound._effects = {priority: Effect() for priority in sound._effects}
    sound._mixer._timer.setInterval(20)
    qtbot.waitUntil(lambda: sound.fault == "the sound is muted in the system")
    sound.tell_session(heard)
    assert heard.told[-1] == (False, "the sound is muted in the system")
    server.write_text("Volume: 0.40\n")
    qtbot.waitUntil(lambda: heard.told[-1] == (True, ""))
    server.write_text("Volume: 0.00\n")
    qtbot.waitUntil(lambda: heard.told[-1] == (False, "the sound is muted in the system"))
    sound.stop()


def test_f42_without_a_sound_server_it_is_not_known(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    made = Mixer()
    assert made.silent is None
    assert not made._timer.isActive()


def test_f42_a_program_that_hangs_is_not_waited_for_and_ended(qtbot, server: Path) -> None:
    program = server.with_name("wpctl")
    server.write_text("Volume: 0.00\n")
    made = Mixer(every_ms=20)
    qtbot.waitUntil(lambda: made.silent is True)
    program.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    qtbot.waitUntil(lambda: made.silent is None)
    made.stop()
    assert made._process.processId() == 0
