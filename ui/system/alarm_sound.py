"""Plays the alarm sounds that the session orders; a missing sound device is told, never passed over."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QUrl, pyqtSignal

from assistant.alarm_table.sounds import burst_wave
from assistant.errors import AssistantError
from assistant.language import sentence
from assistant.live.session import LiveSession
from assistant.live.status import SoundOrder
from assistant.system.files import whole_file
from assistant.system.places import data_home
from assistant.vocabulary import Priority
from ui.system.mixer import Mixer

log = logging.getLogger(__name__)


class AlarmSound(QObject):
    """One effect a priority; says why nothing can be heard.

    Attributes
    ----------
    changed : signal ()
        ``fault`` is another one now.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fault = sentence("the sound has not been tried yet")
        self.heard: bool | None = None
        """What the person said of the test sound; None: not asked yet."""
        self._session: LiveSession | None = None
        self._effects: dict[Priority, Any] = {}
        self._bursts = 0
        self._devices: Any = None
        self._mixer = Mixer(self)
        self._mixer.changed.connect(self._look)
        self._prepare()

    def _prepare(self) -> None:
        try:
            multimedia = importlib.import_module("PyQt6.QtMultimedia")
        except ImportError as error:
            self._say(sentence(f"no sound system ({error})"))
            return
        self._devices = multimedia.QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self._bind)
        try:
            files = sound_files()
        except (OSError, AssistantError) as error:
            self._say(sentence(f"no sound files ({error})"))
            return
        for priority, path in files.items():
            effect = multimedia.QSoundEffect(self)
            effect.statusChanged.connect(self._look)
            effect.setSource(QUrl.fromLocalFile(str(path)))
            effect.setVolume(1.0)
            self._effects[priority] = effect
        self._look()

    def _bind(self) -> None:
        """Devices came or went: the sounds go to the one that is the system's choice now."""
        multimedia = importlib.import_module("PyQt6.QtMultimedia")
        device = multimedia.QMediaDevices.defaultAudioOutput()
        if not device.isNull():
            for effect in self._effects.values():
                effect.setAudioDevice(device)
        self._look()

    def _look(self) -> None:
        """Whether all sounds can be played now."""
        multimedia = importlib.import_module("PyQt6.QtMultimedia")
        if not self._effects:
            self._say(sentence("no sound files"))
        elif not multimedia.QMediaDevices.audioOutputs():
            self._say(sentence("no sound device"))
        elif any(effect.status() == multimedia.QSoundEffect.Status.Error for effect in self._effects.values()):
            self._say(sentence("the sound device cannot be used"))
        elif self._mixer.silent:
            self._say(sentence("the sound is muted in the system"))
        elif self.heard is False:
            self._say(sentence("the test sound was not heard"))
        else:
            self._say("")

    def _say(self, fault: str) -> None:
        if fault != self.fault:
            self.fault = fault
            self.changed.emit()
        if self._session is not None:
            self._session.sound_is(available=not fault, reason=fault)

    def tell_session(self, session: LiveSession | None) -> None:
        """Tell a session from now on whether it can be heard."""
        self._session = session
        self._bursts = 0
        self._say(self.fault)

    def was_heard(self, *, heard: bool) -> None:
        """The person's answer to the test sound."""
        self.heard = heard
        self._look()

    def play(self, order: SoundOrder) -> None:
        """Play one burst whenever another one is due."""
        if order.bursts < self._bursts:
            self._bursts = 0
        if order.bursts > self._bursts:
            self._bursts = order.bursts
            if self._play(order.priority) and self._session is not None:
                self._session.sounded(order.priority)

    def test(self, priority: Priority = Priority.MEDIUM) -> str:
        """Play the test sound; why it cannot be, else empty."""
        self._look()
        self._mixer.ask()
        if not self.fault or self.heard is False:
            self._play(priority)
        return self.fault

    def _play(self, priority: Priority) -> bool:
        """Begin a burst; True if the sound system has taken it and nothing speaks against its being heard."""
        for other, effect in self._effects.items():
            if other is not priority and effect.isPlaying() and other < priority:
                effect.stop()
        effect = self._effects.get(priority)
        if effect is not None:
            effect.play()
        self._look()
        return effect is not None and bool(effect.isPlaying()) and not self.fault

    def stop(self) -> None:
        """Silence: the window goes."""
        self._session = None
        self._mixer.stop()
        for effect in self._effects.values():
            effect.stop()


def sound_files() -> Mapping[Priority, Path]:
    """The sound of each priority, made once into the user's folder.

    Raises
    ------
    OSError
        If the files cannot be written.
    """
    folder = data_home() / "sounds"
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[Priority, Path] = {}
    for priority in (Priority.LOW, Priority.MEDIUM, Priority.HIGH):
        path = folder / f"{priority.word}.wav"
        content = burst_wave(priority)
        if not path.is_file() or path.read_bytes() != content:
            with whole_file(path, durable=False, by_many=True) as part:
                part.write_bytes(content)
        made[priority] = path
    return made
