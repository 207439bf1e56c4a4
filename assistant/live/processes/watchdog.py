"""The process that watches the window: when it dies or does not answer, this one shows and sounds until somebody acts.

It knows nothing but the heartbeat in the shared memory, whether the recording's files grow on the disk, and what it has
started itself; its window says no more than that. Its own small window is another program, kept ready and hidden
(a window takes a second to open, and the person must be told within one); where that cannot be opened, the tone alone
is played, by whatever the system has.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final

from assistant.alarm_table.sounds import watchdog_wave
from assistant.live.orders import Start
from assistant.live.processes.process_alive import is_alive
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.recording.recording_files import bytes_in
from assistant.recording.recording_state import Gauge, RecordingState
from assistant.system.error_log import LastWords, exit_words
from assistant.system.memory_file import MemoryFile
from assistant.system.processes import ChildProcess, Stream

log = logging.getLogger(__name__)
LEAST_NOTICE_S: Final = 120.0
"""A failure of the alarm system is told for two minutes at least (IEC 60601-1-8)."""
UNARMED_SILENT_S: Final = 4.0
"""Before the injection a window may be busy for a moment without a red alarm; a dead one is told at once either way."""
_TICK_S: Final = 0.05
_WELL_AGAIN_NS: Final = 3_000_000_000
_QUIET_NS: Final = 60_000_000_000
"""A person has seen it: it comes back after a minute if nothing got better."""
_RESTART_WITHIN_S: Final = 20.0
_STARTING_WITHIN_S: Final = 60.0
_MOST_RESTARTS: Final = 3
_ASKED_EVERY_NS: Final = 500_000_000
_HIDE: Final = "hide"
_AGAIN_S: Final = 1.0
"""What failed is tried again after so long."""
_SYSTEM_SOUNDS: Final = (
    "/System/Library/Sounds/Sosumi.aiff",
    "/usr/share/sounds/freedesktop/stereo/alarm-clock-elapsed.oga",
    "/usr/share/sounds/alsa/Noise.wav",
)
_PLAYERS: Final = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",), ("ffplay", "-nodisp", "-autoexit"))


class Seen(Enum):
    """What the watchdog makes of the window."""

    WELL = auto()
    SILENT = auto()
    DEAD = auto()
    CLOSED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCheck:
    """One look at the window.

    Attributes
    ----------
    now_ns, beat_ns : int
        Monotonic: now, and the window's last heartbeat.
    alive : bool
        Its process is there.
    closing : bool
        The session ends in order.
    """

    now_ns: int
    beat_ns: int
    alive: bool
    closing: bool


def judge(look: WindowCheck, silent_after_s: float) -> Seen:
    """Say how the window is."""
    if look.closing:
        return Seen.CLOSED
    if not look.alive:
        return Seen.DEAD
    if look.now_ns - look.beat_ns > silent_after_s * 1e9:
        return Seen.SILENT
    return Seen.WELL


class WatchdogAlarm:
    """A9: stands from the first look that is not well until the window is well again or a person dismisses it.

    A window that was only slow takes it back by answering. One that died and was started again has to stay well for a
    while: a program that dies again and again must not seem well in between. What happened, the new window tells.
    """

    def __init__(self) -> None:
        self.since_ns: int | None = None
        self._died = False
        self._well_since_ns: int | None = None
        self._quiet_until_ns = 0

    @property
    def stands(self) -> bool:
        """Whether it is shown and sounds."""
        return self.since_ns is not None

    def see(self, seen: Seen, now_ns: int, *, dismissed: bool) -> None:
        """Take a look in."""
        if seen is Seen.WELL:
            self._well_since_ns = now_ns if self._well_since_ns is None else self._well_since_ns
        else:
            self._well_since_ns = None
        if seen is Seen.WELL:
            self._quiet_until_ns = 0
        elif dismissed:
            self._quiet_until_ns = now_ns + _QUIET_NS
        if seen is Seen.CLOSED or dismissed:
            self.since_ns, self._died = None, False
        elif seen in (Seen.SILENT, Seen.DEAD) and now_ns >= self._quiet_until_ns:
            self.since_ns = now_ns if self.since_ns is None else self.since_ns
            self._died = self._died or seen is Seen.DEAD
        elif self._well_since_ns is not None:
            needed_ns = _WELL_AGAIN_NS if self._died else 0
            if now_ns - self._well_since_ns >= needed_ns:
                self.since_ns, self._died = None, False


class OwnWindow:
    """The watchdog's window, another program: told on its standard input, answers on its standard output.

    ``show`` (with ``recording`` while its files grow, ``restarting`` while the program is being started again) and
    ``hide`` go to it, one a line; ``dismissed``, ``sounding`` and ``silent`` come from it.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._process: ChildProcess | None = None
        self._told = _HIDE
        self._not_before_s = 0.0
        self._words: LastWords | None = None
        self._lines: deque[str] = deque(maxlen=64)
        self._begin()

    def _begin(self) -> None:
        if not self._command:
            return
        self.close()
        self._words = None
        with contextlib.suppress(OSError):  # without a place for its last words it is opened all the same
            self._words = LastWords("watchdog_window")
        try:
            self._process = ChildProcess(
                self._command, given=Stream.PIPE, out=Stream.PIPE, words=self._words or Stream.NOTHING
            )
        except OSError as error:
            log.warning("the watchdog's window cannot be opened: %s", error)
            if self._words is not None:
                self._words.over()
            return
        self._lines.clear()
        threading.Thread(target=self._listen, args=(self._process,), name="ear", daemon=True).start()

    def _listen(self, process: ChildProcess) -> None:
        """Hear one window until it ends; a thread of its own, because no system reads a pipe only if there is news."""
        with process.output as lines:
            for line in lines:
                self._lines.append(line.decode("ascii", "replace").strip())

    @property
    def works(self) -> bool:
        """Whether it is there to be shown."""
        return self._process is not None and self._process.poll() is None

    def show(self, shown: bool, known: Sequence[str] = ()) -> None:
        """Show it with what is known, or hide it; one that has died is opened again, then after a pause each time."""
        if not self.works:
            self._told = _HIDE
            if shown and time.monotonic() >= self._not_before_s:
                self._not_before_s = time.monotonic() + _AGAIN_S
                self._begin()
        told = " ".join(("show", *known)) if shown else _HIDE
        if told == self._told or self._process is None:
            return
        try:
            self._process.send(f"{told}\n".encode("ascii"))
            self._told = told
        except OSError:
            self._process.kill()

    def read_lines(self) -> list[str]:
        """What it said since the last call."""
        lines: list[str] = []
        while self._lines:
            lines.append(self._lines.popleft())
        return lines

    def close(self) -> None:
        """Close it."""
        if self._process is not None:
            self._process.end(1.0)
            if self._words is not None:
                self._words.over_aside(exit_words(self._process.returncode))
            self._process = None


class Tone:
    """Plays the tone again and again with a player of the system, where the window does not do it.

    Its file is made at the start, in memory where the system has such files: a full disk does not silence it. Where it
    cannot be made, a sound of the system is played. A player that fails gives way to the next one, after a pause.
    """

    def __init__(self, players: Sequence[Sequence[str]] = _PLAYERS) -> None:
        self._players = [list(each) for each in players if shutil.which(each[0])]
        self._file: MemoryFile | None = None
        self._process: ChildProcess | None = None
        self._not_before_s = 0.0
        self._loops = False
        try:
            self._make()
        except OSError as error:
            log.warning("the watchdog's tone has no file (%s); a sound of the system is played in its place", error)

    def _make(self) -> None:
        self._file = MemoryFile("fluoro-watchdog", watchdog_wave(), ".wav")

    @property
    def can_play(self) -> bool:
        """Whether the system has a player."""
        return bool(self._players) or sys.platform == "win32"

    def sound(self) -> None:
        """Keep it sounding: to be called again and again.

        Raises
        ------
        OSError
            If nothing can be played now.
        """
        if self._process is not None:
            ended = self._process.poll()
            if ended is None:
                return
            self._process = None
            if ended:
                self._give_way()
        if time.monotonic() < self._not_before_s:
            return
        if sys.platform == "win32":
            self._sound_on_windows()
        elif self._players:
            try:
                self._process = ChildProcess([*self._players[0], self._what()])
            except OSError:
                self._give_way()
                raise

    def _give_way(self) -> None:
        self._players = [*self._players[1:], *self._players[:1]]
        self._not_before_s = time.monotonic() + _AGAIN_S

    def _what(self) -> str:
        """The tone, else a sound that the system has."""
        if self._file is None:
            with contextlib.suppress(OSError):
                self._make()
        if self._file is not None:
            return self._file.path
        found = next((each for each in _SYSTEM_SOUNDS if Path(each).exists()), None)
        if found is None:
            raise OSError("there is no file of the tone and no sound of the system")
        return found

    def _sound_on_windows(self) -> None:
        if sys.platform == "win32":
            import winsound

            if self._loops:
                return
            try:
                path = self._what()
            except OSError:
                winsound.MessageBeep(winsound.MB_ICONHAND)
                self._not_before_s = time.monotonic() + _AGAIN_S
                return
            winsound.PlaySound(path, winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_LOOP)
            self._loops = True

    def rest(self) -> None:
        """Stop it; its file stays for the next time."""
        if sys.platform == "win32" and self._loops:
            import winsound

            self._loops = False
            winsound.PlaySound(None, winsound.SND_PURGE)
        process, self._process = self._process, None
        if process is not None:
            process.end()

    def close(self) -> None:
        """The watchdog ends."""
        try:
            self.rest()
        finally:
            if self._file is not None:
                self._file.close()
                self._file = None


class Persistent:
    """One part of the watchdog, done at every look: what fails is logged once and tried again after a pause.

    Nothing that fails may take away what is shown already.
    """

    def __init__(self, what: str, act: Callable[..., object]) -> None:
        self._what, self._act = what, act
        self._reported = False
        self._not_before_s = 0.0

    def __call__(self, *args: object) -> None:
        """Do it, unless it has just failed."""
        if time.monotonic() < self._not_before_s:
            return
        try:
            self._act(*args)
        except Exception:
            self._not_before_s = time.monotonic() + _AGAIN_S
            if not self._reported:
                self._reported = True
                log.exception("the watchdog could not %s; it goes on trying", self._what)


class Recorded:
    """Whether the files of a recording grow, asked of the disk: nobody's word is taken for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gauge: Gauge | None = None
        self._not_before_ns = 0

    def look(self, now_ns: int) -> None:
        """Ask the disk, now and then.

        Raises
        ------
        OSError
            If it does not answer.
        """
        if now_ns < self._not_before_ns:
            return
        self._not_before_ns = now_ns + _ASKED_EVERY_NS
        size = bytes_in(self._folder)
        if self._gauge is None:
            self._gauge = Gauge(size)
        self._gauge.look(now_ns, size)

    def grows(self, now_ns: int) -> bool:
        """Whether they grew within the last seconds."""
        return RecordingState(grew_ns=self._gauge.grew_ns if self._gauge is not None else None).advancing(now_ns)


class Restarts:
    """Starts the program again after it died, a few times at most: one that dies each time is left to people."""

    def __init__(self, command: Sequence[str], clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._command, self._clock_ns = list(command), clock_ns
        self._started: list[ChildProcess] = []
        self._last_ns: int | None = None

    def again(self) -> bool:
        """Start it, unless that was done just now or too often; True where it was started."""
        now_ns = self._clock_ns()
        since_s = float("inf") if self._last_ns is None else (now_ns - self._last_ns) / 1e9
        # One that is still starting on a busy machine is given time: two windows at one session help nobody.
        starting = bool(self._started) and self._started[-1].poll() is None
        soon = since_s < (_STARTING_WITHIN_S if starting else _RESTART_WITHIN_S)
        if not self._command or soon or len(self._started) >= _MOST_RESTARTS:
            return False
        self._last_ns = now_ns
        try:
            started = ChildProcess(self._command, out=Stream.OURS, words=Stream.OURS, apart=True)
        except OSError as error:
            log.warning("the program cannot be started again: %s", error)
            return False
        self._started.append(started)
        return True

    @property
    def begun(self) -> bool:
        """Whether one that was started runs."""
        return bool(self._started) and self._started[-1].poll() is None

    def forget(self) -> None:
        """Take note of those that have ended."""
        for process in self._started:
            process.poll()


def run(start: Start) -> None:
    """Body of the process."""
    session_memory = SessionMemory.open(Path(start.session_memory))
    session_memory.put(Register.WATCHDOG_PID, os.getpid())
    alarm, window, tone = WatchdogAlarm(), OwnWindow(start.watchdog_window), Tone()
    restarts, recorded = Restarts(start.restart), Recorded(Path(start.folder))
    ask = Persistent("look at the recording", recorded.look)
    show, sound = Persistent("show its window", window.show), Persistent("sound", tone.sound)
    rest, again = Persistent("end its tone", tone.rest), Persistent("start the program again", restarts.again)
    window_sounds = False
    armed_s = start.settings.live.watchdog_after_s
    unarmed_s = max(armed_s, UNARMED_SILENT_S)
    try:
        while True:
            session_memory.beat(Register.WATCHDOG_BEAT)
            now_ns = time.monotonic_ns()
            look = WindowCheck(
                now_ns=now_ns,
                beat_ns=session_memory.get(Register.WINDOW_BEAT) or now_ns,
                alive=is_alive(session_memory.get(Register.WINDOW_PID)),
                closing=bool(session_memory.get(Register.CLOSING)),
            )
            seen = judge(look, armed_s if session_memory.get(Register.ARMED) else unarmed_s)
            answers = window.read_lines()
            dismissed = "dismissed" in answers
            window_sounds = ("sounding" in answers or window_sounds) and "silent" not in answers and window.works
            alarm.see(seen, now_ns, dismissed=dismissed)
            session_memory.put(Register.WATCHDOG_ALARM, int(alarm.stands))
            ask(now_ns)
            known = {"recording": recorded.grows(now_ns), "restarting": restarts.begun}
            show(alarm.stands, [word for word, holds in known.items() if holds])
            if alarm.stands and not window_sounds:
                sound()
            else:
                rest()
            restarts.forget()
            if seen is Seen.DEAD:
                again()
            given_up = now_ns - look.beat_ns > (start.settings.live.orphan_after_s + LEAST_NOTICE_S) * 1e9
            if seen is Seen.CLOSED or given_up or (dismissed and seen is Seen.DEAD):
                return
            time.sleep(_TICK_S)
    finally:
        for close in (tone.close, window.close):
            Persistent("end in order", close)()
