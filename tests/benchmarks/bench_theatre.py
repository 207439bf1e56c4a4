"""From the grab to the glass: a frame's number goes in as bars in the picture and is read back from the painted window.

30 frames/s of 1280 × 1024, recording on, real processes. The times of a shared machine wander: what is asserted are the
goals, what is printed is what was measured, with the load of the machine beside it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PyQt6.QtWidgets import QFileDialog

from assistant.capture.opening import open_source
from assistant.live.messages import LiveState
from assistant.plan import read_plan
from assistant.settings.tree import Settings
from assistant.system.places import demo_run
from assistant.training.trainer import Starter
from assistant.vocabulary import Frame, Unknown
from ui.run_dialog import RunDialog
from ui.setup import proposals
from ui.shell import Shell
from ui.theatre.page import TheatrePage

WIDTH, HEIGHT, FPS = 1280, 1024, 30
SECONDS = 12
BITS, BLOCK = 12, 16
SCREEN_GOAL_MS, ALARM_GOAL_MS, CPU_GOAL = 50.0, 100.0, 1.2

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, enlarged, with its frame numbers as bars in the middle of the lower field."""
    path = tmp_path_factory.mktemp("loop") / "run.mkv"
    demo = open_source(str(demo_run()))
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("ffv1", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "gray"
        stream.options = {"level": "3", "slices": "4"}
        stream.time_base = Fraction(1, FPS)
        for index, frame in enumerate(demo.frames()):
            if index >= FPS * SECONDS:
                break
            grey = _enlarged(frame.grey)
            _write_number(grey, index)
            video = av.VideoFrame.from_ndarray(grey, format="gray")
            video.pts, video.time_base = index, Fraction(1, FPS)
            for packet in stream.encode(video):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    demo.close()
    return path


def _enlarged(grey: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    side = min(WIDTH, HEIGHT)
    big = cv2.resize(np.asarray(grey, np.uint8), (side, side), interpolation=cv2.INTER_LINEAR)
    made = np.zeros((HEIGHT, WIDTH), np.uint8)
    made[:, (WIDTH - side) // 2 : (WIDTH + side) // 2] = big
    return made


def _place(bit: int) -> tuple[int, int]:
    return WIDTH // 2 - BITS * BLOCK // 2 + bit * BLOCK, HEIGHT - 260


def _write_number(grey: np.ndarray[Any, np.dtype[np.uint8]], number: int) -> None:
    for bit in range(BITS):
        x, y = _place(bit)
        grey[y : y + BLOCK, x : x + BLOCK] = 250 if number >> bit & 1 else 5


class Glass(QObject):
    """Reads the number back from the window whenever the picture was painted."""

    def __init__(self, page: TheatrePage) -> None:
        super().__init__(page)
        self._page = page
        self.late_ms: list[float] = []
        self.seen: set[int] = set()
        page.picture.installEventFilter(self)

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """After each painting of the picture, once the window has it."""
        if a1 is not None and a1.type() == QEvent.Type.Paint and self._page.procedure.frame is not None:
            self._page.picture.removeEventFilter(self)
            QCoreApplication.sendEvent(a0, a1)
            self._page.picture.installEventFilter(self)
            self._read()
            return True
        return False

    def _read(self) -> None:
        page = self._page
        window, screen = page.window(), page.screen()
        if window is None or screen is None or page.procedure.frame is None or page.shows_still:
            return
        painted_ns = time.monotonic_ns()
        number = page.picture.painted_index
        frame = page.session.frame(number) if page.session is not None and number not in self.seen else None
        if frame is not None:
            self.seen.add(number)
            self.late_ms.append((painted_ns - frame.captured_ns) / 1e6)


def _read_back(page: TheatrePage) -> int:
    """The number that stands in the painted window now."""
    image = page.window().grab().toImage()
    view, corner = page.picture.transform(), page.picture.pos()
    number = 0
    for bit in range(BITS):
        x, y = _place(bit)
        at = view.to_screen(np.array([[x + BLOCK / 2, y + BLOCK / 2]]))[0]
        if image.pixelColor(int(at[0] + corner.x()), int(at[1] + corner.y())).lightness() > 128:
            number |= 1 << bit
    return number


@pytest.fixture
def page(qtbot: Any, source: Path) -> Iterator[TheatrePage]:
    shell = Shell(Settings())
    shell.resize(1920, 1080)
    shell.show()
    shell.go_to("theatre")
    made = shell.page("theatre")
    assert isinstance(made, TheatrePage)
    made.setup.controller.choose_source(f"loop:{source}")
    qtbot.waitUntil(lambda: made.procedure.frame is not None)
    yield made
    if made.session is not None:
        made.session.disarm()
        qtbot.waitUntil(lambda: made.session is None or not made.session.status.armed)
    shell.close()


def _arm(page: TheatrePage, qtbot: Any, *, second: bool = False) -> None:
    """With the demo's own plan, at the size of this picture; the same lines for the second input, where wanted."""
    plan = read_plan(demo_run() / "plan.json", 0.25)
    demo = open_source(str(demo_run()))
    frames = {frame.index: frame for frame in _first(demo, plan.views[0].reference_frame + 1)}
    demo.close()
    reference = frames[plan.views[0].reference_frame].grey
    factor, left = HEIGHT / reference.shape[0], (WIDTH - HEIGHT) // 2
    document = {**plan.document, "views": [dict(view) for view in plan.document["views"]]}
    for view in document["views"]:
        view["mm_per_px"] = view["mm_per_px"] / factor
        view["landmarks"] = {
            name: [[x * factor + left, y * factor] for x, y in line] for name, line in view["landmarks"].items()
        }
    from assistant.plan import plan_from_document

    if second:
        document["views"] = [document["views"][0], {**document["views"][0], "input": 2}]
    made = plan_from_document(document, 0.25)
    still = Frame(index=plan.views[0].reference_frame, t_s=0.0, grey=_enlarged(reference))
    assert page.host.take_plan(made, (still,) * len(document["views"]))
    page.host.end_set_up()
    qtbot.waitUntil(lambda: page.session is not None and page.session.status.moment is not None)
    page.host.lines.placed()
    assert page.session is not None
    assert page.session.arm() == ""


def _first(source: Any, count: int) -> Iterator[Frame]:
    for number, frame in enumerate(source.frames()):
        if number >= count:
            return
        yield frame


def _cpu_s(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _told(name: str, values: list[float], goal: float) -> None:
    ordered = sorted(values)
    p50, p95, p99 = (ordered[min(int(share * len(ordered)), len(ordered) - 1)] for share in (0.5, 0.95, 0.99))
    print(f"{name}: {len(values)} · p50 {p50:.1f} · p95 {p95:.1f} · p99 {p99:.1f} ms (goal p99 {goal:.0f})")  # noqa: T201


def test_from_the_grab_to_the_screen_and_to_the_alarm(
    page: TheatrePage, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """p99 of both, the share of a core, and frames that were left out."""
    session = page.session
    assert session is not None
    _arm(page, qtbot)
    qtbot.waitUntil(lambda: session.status.state is LiveState.LIVE)
    glass = Glass(page)
    figures: list[float] = []
    handle = page.controller.handle

    def heard(message: Any) -> None:
        handle(message)
        moment = getattr(message, "moment", None)
        if moment is not None:
            figures.append((time.monotonic_ns() - moment.captured_ns) / 1e6)
        alarm = getattr(message, "alarm", None)
        if alarm is not None and alarm.last_frame is None:
            alarms.append((time.monotonic_ns() - message.captured_ns) / 1e6)

    alarms: list[float] = []
    monkeypatch.setattr(page.controller, "handle", heard)
    pids = [os.getpid(), *(state.pid for state in session.status.children.values() if state.pid)]
    first, cpu, began = session.newest_index, _cpu_s(pids), time.monotonic()
    qtbot.wait(20000)
    took = time.monotonic() - began
    share = (_cpu_s(pids) - cpu) / took
    frames = session.newest_index - first
    lost = session.status.recording.lost_frames
    number = _read_back(page)
    print(f"\nload {os.getloadavg()[0]:.1f} · {frames / took:.1f} frames/s · CPU {100 * share:.0f} % of a core")  # noqa: T201
    print(f"painted {len(glass.late_ms)} of {frames} frames · recording lost {lost} · last number read {number}")  # noqa: T201
    _told("grab → painted", glass.late_ms, SCREEN_GOAL_MS)
    _told("grab → figures and alarms heard in the window", figures, ALARM_GOAL_MS)
    if alarms:
        _told("grab → alarm heard in the window", alarms, ALARM_GOAL_MS)
    # The picture that is read back is one of the source's, not older than a few frames (the source loops).
    behind = (session.newest_index - number) % (FPS * SECONDS)
    assert behind < FPS
    assert lost == 0
    assert sorted(glass.late_ms)[int(0.99 * len(glass.late_ms))] <= SCREEN_GOAL_MS
    assert sorted(figures)[int(0.99 * len(figures))] <= ALARM_GOAL_MS
    assert share <= CPU_GOAL


@pytest.mark.skipif(not os.environ.get("MANY_EVENTS"), reason="long: set MANY_EVENTS=100000")
def test_many_random_keys_and_touches(tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No crash, and nobody is disarmed without a hold."""
    from tests.ui.theatre.fake_session import PLAN, FakeSession
    from tests.ui.theatre.test_page import press_at_random

    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path))
    monkeypatch.setattr(proposals, "ask", lambda *_args: Unknown("Nothing is proposed in this test."))
    monkeypatch.setattr(Starter, "go_on", lambda _: False)
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_args, **_more: ("", ""))
    monkeypatch.setattr(RunDialog, "exec", lambda _self: 0)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args, **_more: "")
    shell = Shell(Settings())
    shell._makers["theatre"] = lambda settings: TheatrePage(settings, FakeSession)
    shell.resize(1920, 1080)
    qtbot.addWidget(shell)
    shell.show()
    shell.go_to("theatre")
    page = shell.page("theatre")
    assert isinstance(page, TheatrePage)
    page.host.start_session("play:x")
    page.procedure.plan = PLAN
    session: Any = page.session
    session.confirm_lines()
    assert session.arm() == ""
    page.host.end_set_up()
    pages = (*(getattr(Qt.Key, f"Key_F{k}") for k in range(1, 6)), Qt.Key.Key_Escape, Qt.Key.Key_Delete)
    seen = press_at_random(shell, page, int(os.environ["MANY_EVENTS"]), seed=11, more_keys=pages)
    assert "disarm" not in session.acts
    assert session.armed
    assert seen == {"theatre"}
    # Nobody is armed now: every page may come to the front, and the set-up is gone through.
    session.armed = False
    seen = press_at_random(shell, page, int(os.environ["MANY_EVENTS"]) // 4, seed=12, more_keys=pages, armed=False)
    assert {"theatre", "review", "training", "cases", "selftest"} <= seen
    session.armed = False
    shell.close()
