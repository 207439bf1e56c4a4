import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.live.orders import Start
from assistant.live.processes import watchdog
from assistant.live.processes.watchdog import OwnWindow, Restarts, Seen, Tone, WatchdogAlarm, WindowCheck, judge
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.settings.tree import Settings
from tests.waiting import HUNG_S, wait_until

SECOND = 1_000_000_000
WELL = WindowCheck(now_ns=100 * SECOND, beat_ns=100 * SECOND, alive=True, closing=False)


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({}, Seen.WELL),
        ({"beat_ns": 99_300_000_000}, Seen.WELL),
        ({"beat_ns": 99_100_000_000}, Seen.SILENT),
        ({"alive": False}, Seen.DEAD),
        ({"alive": False, "closing": True}, Seen.CLOSED),
    ],
)
def test_how_the_window_is(changes: dict[str, object], seen: Seen) -> None:
    assert judge(replace(WELL, **changes), 0.8) is seen


def test_a_window_that_was_only_slow_takes_the_alarm_back() -> None:
    alarm = WatchdogAlarm()
    alarm.see(Seen.WELL, 0, dismissed=False)
    assert not alarm.stands
    alarm.see(Seen.SILENT, SECOND, dismissed=False)
    assert alarm.stands
    alarm.see(Seen.WELL, 2 * SECOND, dismissed=False)
    assert not alarm.stands


def test_a_death_is_told_for_two_minutes_and_longer_if_nobody_acts() -> None:
    alarm = WatchdogAlarm()
    for second in range(0, 300, 2):
        alarm.see(Seen.DEAD, second * SECOND, dismissed=False)
        assert alarm.stands
    alarm.see(Seen.DEAD, 301 * SECOND, dismissed=True)
    assert not alarm.stands


def test_a_dismissed_alarm_comes_back_after_a_minute_if_nothing_got_better() -> None:
    alarm = WatchdogAlarm()
    alarm.see(Seen.SILENT, SECOND, dismissed=False)
    alarm.see(Seen.SILENT, 2 * SECOND, dismissed=True)
    for second in range(3, 62):
        alarm.see(Seen.SILENT, second * SECOND, dismissed=False)
        assert not alarm.stands
    alarm.see(Seen.SILENT, 63 * SECOND, dismissed=False)
    assert alarm.stands
    alarm.see(Seen.SILENT, 64 * SECOND, dismissed=True)
    alarm.see(Seen.WELL, 65 * SECOND, dismissed=False)
    alarm.see(Seen.SILENT, 66 * SECOND, dismissed=False)
    assert alarm.stands


def test_a_program_that_dies_again_and_again_never_seems_well() -> None:
    alarm = WatchdogAlarm()
    alarm.see(Seen.DEAD, 0, dismissed=False)
    for second in range(1, 30):
        alarm.see(Seen.WELL if second % 3 else Seen.DEAD, second * SECOND, dismissed=False)
        assert alarm.stands
    for second in range(30, 35):
        alarm.see(Seen.WELL, second * SECOND, dismissed=False)
    assert not alarm.stands


def test_an_orderly_end_is_no_alarm() -> None:
    alarm = WatchdogAlarm()
    alarm.see(Seen.CLOSED, 0, dismissed=False)
    assert not alarm.stands


def test_the_program_is_started_again_a_few_times_at_most(tmp_path: Path) -> None:
    now = [0]
    mark = tmp_path / "started"
    command = [sys.executable, "-c", f"open({str(mark)!r}, 'a').write('x')"]
    restarts = Restarts(command, lambda: now[0])
    assert restarts.again()
    assert not restarts.again()
    for _ in range(5):
        now[0] += 61 * SECOND
        restarts.again()
    assert not restarts.again()
    wait_until(lambda: mark.exists() and len(mark.read_text()) >= 3)
    restarts_end(restarts)
    assert not Restarts([]).again()


def test_one_that_is_still_starting_is_given_time() -> None:
    now = [0]
    restarts = Restarts([sys.executable, "-c", "import time; time.sleep(60)"], lambda: now[0])
    assert restarts.again()
    now[0] += 30 * SECOND
    assert not restarts.again()
    restarts._started[0].kill()
    restarts._started[0].wait()
    assert restarts.again()
    restarts._started[1].kill()
    restarts_end(restarts)


def restarts_end(restarts: Restarts) -> None:
    for process in restarts._started:
        process.wait()


ECHO = "import sys\nfor line in sys.stdin:\n    print('sounding' if line == 'show\\n' else 'dismissed', flush=True)"


def said(window: OwnWindow, word: str) -> None:
    wait_until(lambda: word in window.read_lines())


def test_the_own_window_is_told_and_answers_and_is_opened_again_if_it_dies() -> None:
    window = OwnWindow([sys.executable, "-c", ECHO])
    assert window.works
    window.show(True)
    said(window, "sounding")
    window.show(True)
    window.show(False)
    said(window, "dismissed")
    assert window._process is not None
    window._process.kill()
    window._process.wait()
    assert not window.works
    window.show(True)
    said(window, "sounding")
    window.close()


def test_an_own_window_that_dies_each_time_does_not_take_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "_AGAIN_S", 3600.0)
    mark = tmp_path / "opened"
    window = OwnWindow([sys.executable, "-S", "-c", f"open({str(mark)!r}, 'a').write('x')"])
    wait_until(lambda: not window.works)
    for _ in range(3):
        window.show(True)
        wait_until(lambda: not window.works)
    window.close()
    assert mark.read_text() == "xx", "at the start, and once again at once"


def test_the_own_window_needs_no_place_for_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes nothing, or a sandbox: a stopped program is told all the same."""

    def nowhere(_name: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(watchdog, "LastWords", nowhere)
    window = OwnWindow([sys.executable, "-c", ECHO])
    assert window.works
    window.show(True)
    said(window, "sounding")
    window.close()


def test_without_a_window_of_its_own_it_still_works() -> None:
    window = OwnWindow([])
    assert not window.works
    window.show(True)
    assert window.read_lines() == []
    window.close()
    missing = OwnWindow(["no-such-program-anywhere"])
    missing.show(True)
    missing.close()


def test_the_tone_is_played_by_what_the_system_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player = tmp_path / "player"
    heard = tmp_path / "heard"
    player.write_text(f'#!/bin/sh\nhead -c 4 "$1" >> {heard}\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    tone = Tone([("no-such-player",), ("player",)])
    assert tone.can_play
    wait_until(lambda: heard.exists() and len(heard.read_bytes()) >= 8, tone.sound)
    tone.rest()
    assert heard.read_bytes()[:4] == b"RIFF"
    assert not Tone([("no-such-player",)]).can_play


def test_a_player_that_fails_gives_way_to_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "_AGAIN_S", 0.05)
    heard = tmp_path / "heard"
    for name, body in (("broken", "exit 1"), ("player", f'head -c 4 "$1" >> {heard}')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    tone = Tone([("broken",), ("player",)])
    wait_until(lambda: heard.exists() and heard.read_bytes()[:4] == b"RIFF", tone.sound)
    tone.close()


def test_a_part_that_fails_is_logged_once_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "_AGAIN_S", 0.05)
    tries: list[int] = []
    logged: list[object] = []
    monkeypatch.setattr(watchdog.log, "exception", lambda *said, **_more: logged.append(said))

    def fails() -> None:
        tries.append(1)
        raise OSError(28, "No space left on device")

    part = watchdog.Persistent("sound", fails)
    wait_until(lambda: len(tries) >= 3, part)
    assert len(logged) == 1


@pytest.fixture
def watched(session_memory: SessionMemory, tmp_path: Path) -> Callable[[], subprocess.Popen[bytes]]:
    """A process in the place of the window, that beats as one."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from assistant.live.shared.shared_memory import Register, SessionMemory\n"
        "deck = SessionMemory.open(Path(sys.argv[1]))\n"
        "print('go', flush=True)\n"
        "while True:\n    deck.beat(Register.WINDOW_BEAT); time.sleep(0.02)\n"
    )

    def begin() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", code, str(session_memory.path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        session_memory.put(Register.WINDOW_PID, process.pid)
        return process

    return begin


def test_the_process_tells_a_kill_and_a_hang(
    session_memory: SessionMemory,
    tmp_path: Path,
    watched: Callable[[], subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """F-27, F-32: the watchdog's alarm stands after a window was killed, and while one stands still."""
    import threading

    monkeypatch.setattr(watchdog, "Tone", lambda: Tone([]))
    window = watched()
    session_memory.put(Register.ARMED, 1)
    start = Start(
        session_memory=str(session_memory.path), source="", folder=str(tmp_path), settings=Settings(), epoch=1
    )
    body = threading.Thread(target=watchdog.run, args=(start,))
    body.start()
    try:
        for sign in (signal.SIGSTOP, signal.SIGKILL):
            wait_until(
                lambda: (
                    session_memory.get(Register.WATCHDOG_BEAT) > 0 and not session_memory.get(Register.WATCHDOG_ALARM)
                )
            )
            os.kill(window.pid, sign)
            wait_until(lambda: session_memory.get(Register.WATCHDOG_ALARM))
            if sign == signal.SIGSTOP:
                os.kill(window.pid, signal.SIGCONT)
    finally:
        window.kill()
        window.wait()
        session_memory.put(Register.CLOSING, 1)
        body.join(HUNG_S)
    assert not session_memory.get(Register.WATCHDOG_ALARM)


@pytest.mark.parametrize("memory", [True, False])
def test_with_a_full_disk_its_window_stays_and_something_is_heard(
    session_memory: SessionMemory,
    tmp_path: Path,
    watched: Callable[[], subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    memory: bool,
) -> None:
    """No folder takes a temporary file when A9 comes up: the window that was just shown is not taken away by that."""
    import tempfile
    import threading

    def nowhere(*_args: object, **_more: object) -> int:
        raise OSError(28, "No space left on device")

    heard, shown, beep = tmp_path / "heard", tmp_path / "shown", tmp_path / "system.wav"
    beep.write_bytes(b"BEEP")
    (tmp_path / "player").write_text(f'#!/bin/sh\nhead -c 4 "$1" >> {heard}\n')
    (tmp_path / "player").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(watchdog, "_PLAYERS", (("player",),))
    monkeypatch.setattr(watchdog, "_SYSTEM_SOUNDS", (str(beep),), raising=False)
    made = Tone
    monkeypatch.setattr(watchdog, "Tone", lambda: made([("player",)]))
    monkeypatch.setattr(tempfile, "mkstemp", nowhere)
    if not memory:
        monkeypatch.setattr(os, "memfd_create", nowhere, raising=False)
    mute = (
        "import sys\n"
        f"log = open({str(shown)!r}, 'a', buffering=1)\n"
        "for line in sys.stdin:\n    log.write(line)\n    print('silent', flush=True)\n"
        "log.write('closed')\n"
    )
    window = watched()
    session_memory.put(Register.ARMED, 1)
    start = Start(
        session_memory=str(session_memory.path),
        source="",
        folder=str(tmp_path),
        settings=Settings(),
        epoch=1,
        watchdog_window=(sys.executable, "-c", mute),
    )
    body = threading.Thread(target=watchdog.run, args=(start,))
    body.start()
    try:
        wait_until(lambda: session_memory.get(Register.WATCHDOG_BEAT) > 0)
        window.kill()
        window.wait()
        word = b"RIFF" if memory and sys.platform == "linux" else b"BEEP"
        wait_until(lambda: (heard.exists() and len(heard.read_bytes()) >= 8) or not body.is_alive())
        assert body.is_alive()
        assert shown.read_text() == "show\n", "shown, and not taken away"
        assert heard.read_bytes()[:4] == word
        assert session_memory.get(Register.WATCHDOG_ALARM)
    finally:
        window.kill()
        window.wait()
        session_memory.put(Register.CLOSING, 1)
        body.join(HUNG_S)


def test_its_window_says_of_the_recording_and_the_restart_what_is_so(
    session_memory: SessionMemory, tmp_path: Path, watched: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """What is said of the recording is seen on the disk; "started again" stands only while that is being done."""
    import threading

    shown, video = tmp_path / "shown", tmp_path / "video_000.mkv"
    video.write_bytes(b"x")
    log = f"import sys\nlog = open({str(shown)!r}, 'a', buffering=1)\nfor line in sys.stdin:\n    log.write(line)\n"
    window = watched()
    start = Start(
        session_memory=str(session_memory.path),
        source="",
        folder=str(tmp_path),
        settings=Settings(),
        epoch=1,
        watchdog_window=(sys.executable, "-c", log),
        restart=(sys.executable, "-S", "-c", "import time; time.sleep(1)"),
    )
    body = threading.Thread(target=watchdog.run, args=(start,))
    body.start()

    def told() -> str:
        return shown.read_text().splitlines()[-1] if shown.exists() and shown.read_text() else ""

    def grown() -> bool:
        with video.open("ab") as file:
            file.write(b"x")
        return "recording" in told()

    try:
        wait_until(lambda: session_memory.get(Register.WATCHDOG_BEAT) > 0)
        window.kill()
        window.wait()
        wait_until(lambda: told().startswith("show"))
        wait_until(grown)
        wait_until(lambda: told().startswith("show") and "recording" not in told())
    finally:
        window.kill()
        window.wait()
        session_memory.put(Register.CLOSING, 1)
        body.join(HUNG_S)
    lines = shown.read_text().splitlines()
    assert any("restarting" in line for line in lines)
    assert lines[0] == "show", "nothing is said that was not seen"
