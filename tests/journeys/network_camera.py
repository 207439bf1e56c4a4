"""A camera in the network, for whole ways: an address that gives pictures in real time, as a grabber does.

Before the injection it shows the patient breathing, without cement and with fresh noise in every picture; `inject`
lets the run with its cement follow. What the program sees of it is a camera and no played run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
_BOUNDARY = b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: "


class NetworkCamera:
    """Serves pictures as motion JPEG from 127.0.0.1.

    Parameters
    ----------
    before : sequence of array
        Pictures without cement, shown over and over.
    run : sequence of array
        Pictures of the injection, shown once, and the last one then as it stands (the pedal is up).
    fps : float
        Frames a second; each stands for itself.
    """

    def __init__(self, before: Sequence[Picture], run: Sequence[Picture], fps: float = 15.0) -> None:
        self._before, self._run, self._period_s = before, run, 1.0 / fps
        self._injecting, self._closed = threading.Event(), threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
                self.end_headers()
                outer._send(self)

            def log_message(self, *_args: object) -> None:
                """Nothing is written."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="camera", daemon=True)

    @property
    def address(self) -> str:
        """What a person types."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/c-arm.mjpg"

    def inject(self) -> None:
        """The cement flows from the next picture on."""
        self._injecting.set()

    def __enter__(self) -> NetworkCamera:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5.0)

    def _pictures(self) -> Iterator[Picture]:
        draw, index = np.random.default_rng(3), 0
        while not self._injecting.is_set():
            grey = self._before[index // 2 % len(self._before)]
            if index % 2 == 0:
                noisy = (grey + draw.normal(0.0, 2.0, grey.shape)).clip(0, 255).astype(np.uint8)
            yield noisy
            index += 1
        yield from self._run
        while True:
            yield self._run[-1]

    def _send(self, handler: BaseHTTPRequestHandler) -> None:
        due_s = time.monotonic()
        for grey in self._pictures():
            _, coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 100])
            try:
                handler.wfile.write(_BOUNDARY + str(len(coded)).encode() + b"\r\n\r\n" + coded.tobytes() + b"\r\n")
            except OSError:
                return
            due_s += self._period_s
            if self._closed.wait(max(0.0, due_s - time.monotonic())):
                return
