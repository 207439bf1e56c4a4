"""A second grabber beside the first (AP beside lateral): shown and recorded, not analysed; it never holds the first up.

It has its own memory, its own capture process and its own run folder (``second`` in the first one's). When the window
dies it ends by itself within seconds, in order: the new window opens it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from assistant.errors import EnvironmentError_
from assistant.live.children import Nurse
from assistant.live.deck import Cell, Deck
from assistant.live.messages import Child, Message, RecordingTold, StampedFrame
from assistant.live.orders import Start
from assistant.live.status import ChildState
from assistant.recording.keeping import write_head
from assistant.recording.recording_state import RecordingState
from assistant.settings import Settings

_ENDS_ALONE_AFTER_S: Final = 5.0
_CLOSE_WITHIN_S: Final = 4.0
FOLDER: Final = "second"


class SecondInput:
    """The second picture.

    Parameters
    ----------
    source : str
        As for `LiveSession`.
    folder : Path
        The first input's run folder.
    settings : Settings
    clock_ns : callable

    Raises
    ------
    EnvironmentError_
        If there is no room for it.
    """

    def __init__(
        self,
        source: str,
        folder: Path,
        settings: Settings,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.source, self.folder = source, folder / FOLDER
        self._settings = replace(settings, live=replace(settings.live, orphan_after_s=_ENDS_ALONE_AFTER_S))
        self._clock_ns = clock_ns
        self.recording = RecordingState()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentError_(f"{self.folder}: cannot be made ({error.strerror}); choose another") from error
        self._deck: Deck | None = Deck.make()
        self._deck.beat(Cell.WINDOW_BEAT)
        write_head(self.folder, source, settings, None)
        self._nurse = Nurse(Child.CAPTURE, self._deck, self._orders, clock_ns)
        self._nurse.begin()

    def _orders(self, epoch: int) -> Start:
        assert self._deck is not None
        return Start(
            deck=str(self._deck.path),
            source=self.source,
            folder=str(self.folder),
            settings=self._settings,
            epoch=epoch,
        )

    @property
    def state(self) -> ChildState:
        """How its process is."""
        return self._nurse.state

    def poll(self) -> tuple[Message, ...]:
        """All news since the last call; its process is looked after."""
        if self._deck is None:
            return ()
        self._deck.beat(Cell.WINDOW_BEAT)
        messages: list[Message] = [*self._nurse.look(), *self._deck.capture_says.take()]
        for message in messages:
            if isinstance(message, RecordingTold):
                self.recording = message.state
        return tuple(messages)

    def newest_frame(self) -> StampedFrame | None:
        """A copy of its newest frame; None before the first."""
        return self._deck.ring.newest() if self._deck is not None else None

    def frame_age_ms(self) -> float | None:
        """Since its newest frame was grabbed; None before the first. Past a second it must not be shown as live."""
        if self._deck is None:
            return None
        stamp = self._deck.ring.stamp(self._deck.ring.newest_index)
        return None if stamp is None else (self._clock_ns() - stamp[0]) / 1e6

    def stop(self) -> bool:
        """End it, its recording closed in order; True if it ended by itself in time. May be called twice."""
        if self._deck is None:
            return True
        self._deck.put(Cell.CLOSING, 1)
        in_order = self._nurse.wait(_CLOSE_WITHIN_S)
        self._nurse.end_now()
        self._nurse.clear_note(self.folder)
        self._deck.remove()
        self._deck = None
        if in_order:
            write_head(self.folder, self.source, self._settings, ("", 0))
        return in_order
