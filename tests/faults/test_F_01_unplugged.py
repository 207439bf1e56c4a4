"""F-01: the cable is pulled and put back, with the real processes on a real camera: a video server on this machine.

Pulled in two ways: the connection is closed (a grabber that is unplugged), or it stays open and nothing comes (the
C-arm's end of the cable).
"""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from assistant.capture.run_folder import RunFolder
from assistant.live.messages import Lines, LiveState
from assistant.live.session import LiveSession
from assistant.settings.tree import Settings
from tests.assistant.live.conftest import planned, until
from tests.small_run import FPS, pictures

HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=next\r\n\r\n"


class VideoServer:
    """Sends the small run as pictures, again and again, to whoever asks; may be unplugged."""

    def __init__(self) -> None:
        coded = [cv2.imencode(".jpg", each, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes() for each in pictures(100)]
        self._parts = [b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(c) + c for c in coded]
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/carm.mjpg"
        self.plugged = threading.Event()
        self.plugged.set()
        self.closes, self._ended = True, False
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while not self._ended:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._send, args=(connection,), daemon=True).start()

    def _send(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(4096)
                if not self.plugged.is_set() and self.closes:
                    return
                connection.sendall(HEAD)
                k, next_s = 0, time.monotonic()
                while not self._ended:
                    if not self.plugged.is_set():
                        if self.closes:
                            return
                        self.plugged.wait(0.1)
                        continue
                    connection.sendall(self._parts[k % len(self._parts)] + b"\r\n")
                    k, next_s = k + 1, max(next_s + 1 / FPS, time.monotonic())
                    time.sleep(max(0.0, next_s - time.monotonic()))
            except OSError:
                return

    def end(self) -> None:
        self._ended = True
        self.plugged.set()
        self._socket.close()


@pytest.fixture
def server() -> Iterator[VideoServer]:
    made = VideoServer()
    yield made
    made.end()


@pytest.mark.parametrize("closes", [True, False], ids=["unplugged", "silent"])
def test_F_01(server: VideoServer, tmp_path: Path, closes: bool) -> None:
    server.closes = closes
    session = LiveSession(server.address, tmp_path / "live", Settings())
    try:
        planned(session)
        facts = session.status.source
        assert facts is not None
        assert facts.details["rate"].startswith("measured")
        assert session.arm() == ""
        server.plugged.clear()
        until(session, lambda status: status.state is LiveState.NO_SIGNAL)
        until(session, lambda status: "A7" in [alarm.code for alarm in status.alarms])
        assert not session.status.drawable
        before = session.newest_index
        server.plugged.set()
        until(session, lambda status: session.newest_index > before + 5 and status.state is not LiveState.NO_SIGNAL)
        assert session.status.lines is Lines.UNCONFIRMED
        last = session.newest_index
    finally:
        session.stop()
    run = RunFolder(session.folder, "unplugged")
    kept = [line.i for line in run.recorded.lines]
    run.close()
    assert kept[: last + 1] == list(range(last + 1))
    assert run.recorded.lost_frames == 0
