"""Pictures of the theatre: the steps of the set-up, every state, every alarm's look, what can stand beside."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from assistant.capture.camera.devices import Device, Mode
from assistant.live.messages import Child, Condition, Lines
from assistant.live.shared.shared_memory import Signs
from assistant.live.status import ChildState
from assistant.plan import read_plan
from assistant.settings.tree import Settings
from assistant.setup import sources
from assistant.setup.model import Step
from assistant.system.places import demo_run
from assistant.vocabulary import Priority, Unknown
from tests.screens.camera import Camera, key, settle, wait
from tests.screens.scenes import Demo, Scene, SceneSession, analyse_demo, desktop_picture, plan_references
from ui.shell import Shell
from ui.system.watchdog_window import WatchdogWindow
from ui.theatre.page import TheatrePage
from ui.theatre.second import Second

STEPS = {
    Step.SOURCE: "source",
    Step.ORIENTATION: "orientation",
    Step.LEVEL: "level",
    Step.POINTS: "points",
    Step.SCALE: "scale",
    Step.LINE: "line",
}

_MODES = (
    Mode(pixel_format="YUYV", width_px=1280, height_px=1024, fps=(30.0,)),
    Mode(pixel_format="YUYV", width_px=1024, height_px=768, fps=(30.0,)),
)
GRABBERS = (
    Device(address="/dev/video0", name="Video grabber", bus="usb 3-1", modes=_MODES),
    Device(address="/dev/video2", name="Video grabber", bus="usb 3-2", modes=_MODES),
)
"""Two inputs as a workstation may have them: this machine's own do not belong into a picture."""


def take_theatre(camera: Camera) -> None:
    """All pictures of the theatre."""
    if not camera.wants("live") and not camera.wants("setup"):
        return
    demo = analyse_demo()
    shell = Shell(Settings(), {"theatre": lambda settings: TheatrePage(settings, SceneSession)})
    shell.resize(1920, 1080)
    shell.show()
    shell.go_to("theatre")
    page = shell.page("theatre")
    assert isinstance(page, TheatrePage)
    page.sound.fault = ""
    if camera.wants("setup"):
        _set_up(camera, shell, page, demo)
    if camera.wants("live"):
        _live(camera, shell, page, demo)
    session = page.session
    assert isinstance(session, SceneSession)
    session.scene, session.armed = None, False
    shell.close()


def _set_up(camera: Camera, shell: Shell, page: TheatrePage, demo: Demo) -> None:
    with patch.object(sources, "list_devices", lambda: GRABBERS):
        page.setup.controller.choosing.look_again()
        camera.take("setup_1_source", shell)
    page.setup.controller.choose_source(f"play:{demo_run()}")
    session = page.session
    assert isinstance(session, SceneSession)
    first = read_plan(demo_run() / "plan.json", 0.25).views[0].reference_frame
    scene = Scene(demo, first, armed=False)
    scene.session_state.lines = Lines.NONE
    scene.look()
    session.scene = scene
    wait(lambda: page.setup.state.step is Step.ORIENTATION)
    wait(lambda: page.procedure.frame is not None)
    camera.take("setup_2_orientation", shell)
    key(shell, "Y")
    camera.take("setup_3_level", shell)
    key(shell, "Return")
    wait(lambda: page.setup.state.setup.view.placed, must=False, limit_s=20)
    camera.take("setup_4_points", shell)
    for _ in range(6):
        key(shell, "Return")
    camera.take("setup_5_scale", shell)
    if page.setup.state.step is Step.SCALE:
        key(shell, "Return")
    camera.take("setup_6_line_and_self_test", shell)
    page.host.end_set_up()


def _show(page: TheatrePage, scene: Scene) -> None:
    """The page shows a scene, curve and all."""
    session = page.session
    assert isinstance(session, SceneSession)
    session.scene = scene
    session.lines, session.armed = scene.session_state.lines, scene.session_state.armed
    page.sound._say = lambda _fault: None  # this machine's own sound is not the scene's
    page.sound.fault = scene.session_state.faults.get("sound", "")
    page.picture.show_level(wanted=True)
    page.procedure.trace.clear()
    for moment in scene.moments:
        page.procedure.trace.add(moment)
    page.procedure.frame = None
    page.display.note = ""
    page.display._shown_state = None
    settle(60)


def _live(camera: Camera, shell: Shell, page: TheatrePage, demo: Demo) -> None:
    page.host.start_session("camera:0")
    page.host.end_set_up()
    page.procedure.plan = read_plan(demo_run() / "plan.json", 0.25)
    page.procedure._name_case()
    page.procedure.references = plan_references(demo, demo_run())
    page.procedure.log.start_clock(page.now_ns() - 252_000_000_000)
    page.procedure.log.next_stage(page.now_ns() - 130_000_000_000)
    page.procedure.log.entries_ml[page.procedure.log.level] = [0.2] * 7
    page.procedure.log.ap_ns = page.now_ns() - 34_000_000_000
    calm, near, at = demo.last_calm(), demo.first(Priority.MEDIUM), demo.first(Priority.HIGH)
    for name, make in _states(demo, calm, near, at).items():
        if camera.wants(name):
            # Made anew for each size: its clock ends now.
            camera.take(name, shell, lambda make=make: _show(page, make()))
    if camera.wants("live_beside"):
        _beside(camera, shell, page, demo, near)
    _show(page, Scene(demo, at))
    camera.take("live_asks_to_close", shell, lambda: (_show(page, Scene(demo, at)), page.may_close(), settle(60)))
    page.ask("")
    if camera.wants("live_window_stopped"):
        camera.take_alone("live_window_stopped", WatchdogWindow())


def _states(demo: Demo, calm: int, near: int, at: int) -> dict[str, Callable[[], Scene]]:
    """Each state and condition by the name of its picture."""

    def died(scene: Scene) -> Scene:
        scene.children[Child.ANALYSIS] = ChildState(condition=Condition.DIED)
        scene.session_state.forget_analysis()
        return scene.silence(120)

    def acknowledged() -> Scene:
        scene = Scene(demo, at)
        scene.session_state.alarms.acknowledge(scene.status.now_ns)
        return scene.again(2)

    def frozen() -> Scene:
        scene = Scene(demo, near)
        scene.session_state.signs = Signs(mark_lit=True, let_through=0.71)
        return scene.hold(6.0)

    def other_input() -> Scene:
        scene = Scene(demo, calm)
        scene.session_state.signs = Signs(mark_lit=None, let_through=0.71, in_colour=True)
        scene.again(60)
        scene.frame = desktop_picture(scene.frame)
        return scene

    lost = {"motion": Unknown("the vertebra was not found again"), "cement_known": False, "outline": ()}
    nothing = {**lost, "distances": Unknown("the vertebra was not found again")}
    return {
        "live_quiet": lambda: Scene(demo, calm),
        "live_not_armed": lambda: Scene(demo, calm, armed=False),
        "live_medium": lambda: Scene(demo, near),
        "live_high": lambda: Scene(demo, at),
        "live_high_acknowledged": acknowledged,
        "live_leak": lambda: Scene(demo, demo.with_leak()),
        "live_held": lambda: Scene(demo, near).hold(12.0),
        "live_frozen": frozen,
        "live_stale": lambda: Scene(demo, calm).silence(400),
        "live_no_signal": lambda: Scene(demo, near).silence(4000),
        "live_not_fluoroscopy": other_input,
        "live_lines_unconfirmed": lambda: Scene(demo, calm).but(lines=Lines.UNCONFIRMED, void_reason="the C-arm moved"),
        "live_analysis_died": lambda: died(Scene(demo, at)),
        "live_cement_not_tracked": lambda: Scene(demo, calm).again(60, **nothing),
        "live_no_sound": lambda: Scene(demo, calm).but(faults={"sound": "no sound device"}),
        "live_recording_fault": lambda: Scene(demo, calm).but(faults={"sound": "", "log": "the disk is full"}),
        "live_no_lines": lambda: Scene(demo, calm, armed=False).but(lines=Lines.NONE),
    }


def _beside(camera: Camera, shell: Shell, page: TheatrePage, demo: Demo, near: int) -> None:
    """The second picture's kinds, a second input, the bare view."""
    page.second.forget()
    page.procedure.references = plan_references(demo, demo_run())
    for k in range(max(0, near - 160), near + 1, 2):
        page.second.keep(demo.stamped(k, 0))
    for kind in ("delayed", "before", "added"):
        page.pictures.next_second()
        camera.take(f"live_beside_{kind}", shell, lambda: _show(page, Scene(demo, near)))
    session: Any = page.session
    scene = Scene(demo, near)
    session.second = SimpleNamespace(
        source="camera:1",
        newest_index=scene.frame.index,
        newest_frame=lambda: scene.frame,
        status=scene.status,
        input=SimpleNamespace(session_state=SimpleNamespace(lines=Lines.CONFIRMED)),
    )
    page.procedure.second_plan = page.procedure.plan
    page.pictures.show_second_input(is_open=True)

    def fresh() -> None:
        now = Scene(demo, near)
        session.second.status, session.second.newest_frame = now.status, lambda: now.frame
        page.procedure.log.second_xray.see((21.0, 13.5))
        page.pictures.beside.forget()
        page.pictures.beside.picture.show_level(wanted=True)
        _show(page, now)

    camera.take("live_beside_second_input", shell, fresh)
    session.second, page.procedure.second_plan = None, None
    page.pictures.beside.forget()
    page.second.shows = Second.NONE
    page.pictures.toggle_bare()
    camera.take("live_bare", shell, lambda: _show(page, Scene(demo, near)))
    page.pictures.toggle_bare()
