"""What raises each row of the alarm table: pictures drawn by the simulator, and what befalls a session.

A cause is followed to its end: through the theatre (bar, sound, log, the day as it is read back) and, where pictures
raise it, through the command line to the result and the report.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import msgspec
import numpy as np
import pytest

from assistant.capture.camera.camera import CameraSource
from assistant.capture.camera.colour import STEP_PX
from assistant.capture.masking.masking import Masker
from assistant.cli import main
from assistant.identity import Identity
from assistant.live.machine.machine_watch import MachineWatch
from assistant.live.messages import Child, ChildChanged, Condition
from assistant.live.shared.shared_memory import Register
from assistant.pipeline import Pipeline
from assistant.plan import plan_from_document
from assistant.recording.recording_files import Disk
from assistant.recording.writer import Recorder, WriterSettings
from assistant.reports.facts import AnalysedRun, gather
from assistant.reports.tables import lists_table
from assistant.review.annotations import Review
from assistant.review.cached_result import summary_of
from assistant.review.session_reading import read_session_day
from assistant.review.stored import read_analysed
from assistant.run_facts import RunClock, RunFacts
from assistant.settings.tree import Settings
from assistant.simulation.building import build_flow
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.tabletop import COLS, ROWS, Tabletop, small_case, small_patient
from assistant.vocabulary import EventKind, Frame, Priority, Unknown
from tests.assistant.capture.camera.test_camera import FakeGrabber
from tests.faults.test_F_12_another_input import endoscope
from tests.journeys.no_sign import nothing_tells
from tests.journeys.room import FRAME_MS, MS, Grey, Room
from tests.small_run import pictures, plan_document, write_video
from ui.review.run_book import RunBook

SECONDS: Final = 15
"""Frames of a second."""
Draw = Callable[[np.ndarray, int], None]


@dataclass
class Evidence:
    """What a cause has left behind on its way."""

    bar: list[tuple[str, str]]
    log: list[dict[str, Any]]
    told_on_the_day: list[tuple[str, str]]
    bursts: dict[Priority, int]
    events: list[dict[str, Any]] = field(default_factory=list)
    report: list[str] = field(default_factory=list)

    def logged(self, kind: str) -> list[dict[str, Any]]:
        """What the event log holds of a kind."""
        return [event["data"] for event in self.log if event["kind"] == kind]


def ended(room: Room) -> Evidence:
    """The session ends in order and is read back."""
    folder = room.session.folder
    bursts = {priority: speaker.bursts for priority, speaker in room.loudspeakers.items()}
    log = room.end()
    day = read_session_day(folder)
    told = [] if day is None else [(one.code, one.headline) for level in day.levels for one in level.raised]
    return Evidence(bar=room.bar, log=log, told_on_the_day=told, bursts=bursts)


@dataclass(frozen=True)
class Film:
    """Pictures, and the lines that are looked at."""

    frames: list[Grey]
    document: dict[str, Any]
    references: list[Grey]


# Pictures ------------------------------------------------------------------------------------------------------------


@cache
def _table() -> Tabletop:
    return Tabletop(seed=1, dose_ngy=300.0)


@cache
def clean_pictures(count: int) -> tuple[Grey, ...]:
    return tuple(_table().frame().grey for _ in range(count))


def _cement(draw: Draw, count: int, view: str = "lateral") -> Film:
    frames = list(clean_pictures(18))
    for k in range(count):
        mask = np.zeros((ROWS, COLS), np.uint8)
        draw(mask, k)
        frames.append(_table().frame(cement=mask.astype(bool)).grey)
    return Film(frames, plan_document(reference_frame=0, view=view), [frames[0]])


def _to_the_canal(mask: np.ndarray, k: int) -> None:
    cv2.ellipse(mask, (148, 150), (8 + round(1.3 * min(k, 50)), 13), 0, -90, 90, 1, -1)


def _up(mask: np.ndarray, k: int) -> None:
    cv2.ellipse(mask, (160, 148), (9, 8 + min(k, 46)), 0, 180, 360, 1, -1)


def _down(mask: np.ndarray, k: int) -> None:
    cv2.ellipse(mask, (160, 146), (9, 8 + min(k, 46)), 0, 0, 180, 1, -1)


def _forward(mask: np.ndarray, k: int) -> None:
    cv2.ellipse(mask, (145, 147), (8 + k, 14), 0, 90, 270, 1, -1)


def _into_a_vein(mask: np.ndarray, k: int) -> None:
    cv2.circle(mask, (148, 147), 10, 1, -1)
    cv2.line(mask, (148, 147), (140 - 2 * k, 147), 1, 5)


def _elsewhere() -> Film:
    """The vertebra is not there any more: the C-arm was turned over."""
    clean = list(clean_pictures(18))
    # Half a picture away: mirrored or turned alone, it would be offered as the console's doing.
    gone = [np.roll(_table().frame().grey, (ROWS // 2, COLS // 2), axis=(0, 1)) for _ in range(2 * SECONDS)]
    return Film([*clean, *gone], plan_document(reference_frame=0), [clean[0]])


def _other_view() -> Film:
    """Both views are planned, and the other one comes."""
    clean = list(clean_pictures(18))
    other = [np.ascontiguousarray(_table().frame().grey[:, ::-1]) for _ in range(SECONDS)]
    first = plan_document(reference_frame=0)
    mirrored = {
        name: [[COLS - 1 - x, y] for x, y in reversed(line)] for name, line in first["views"][0]["landmarks"].items()
    }
    second = first["views"][0] | {"view": "ap", "reference_frame": 18, "landmarks": mirrored}
    return Film([*clean, *other], first | {"views": [*first["views"], second]}, [clean[0], other[0]])


def _blank() -> Film:
    clean = list(clean_pictures(18))
    return Film([*clean, *[np.zeros((ROWS, COLS), np.uint8)] * SECONDS], plan_document(reference_frame=0), [clean[0]])


def _too_noisy() -> Film:
    """The grain hides the vertebra."""
    clean, rng = list(clean_pictures(18)), np.random.default_rng(5)
    grain = [rng.normal(0, 60, (ROWS, COLS)) for _ in range(2 * SECONDS)]
    noisy = [(clean[0] + each).clip(0, 255).astype(np.uint8) for each in grain]
    return Film([*clean, *noisy], plan_document(reference_frame=0), [clean[0]])


def _wrong_sign() -> Film:
    """A plan that calls the picture inverted, which it is not: cement is looked for with the wrong sign."""
    made = list(pictures(60))
    return Film(made, plan_document(polarity="inverted"), [made[2]])


def _no_sign() -> Film:
    """Nothing says which way round it is shown; bright cement comes and settles it."""
    made = nothing_tells(75, 35, dark=False)
    return Film(made, plan_document(), [made[2]])


def _noisy_line() -> Film:
    """Pictures behind a filter, each shown twice, come through a bad cable from the first one on."""
    rng, shown, frames = np.random.default_rng(0), clean_pictures(18)[0].astype(np.float64), []
    for k in range(6 * SECONDS):
        shown = shown + (0.5 * (_table().frame().grey - shown) if k % 2 == 0 else 0.0)
        noisy = shown + 5.0 * rng.standard_normal(shown.shape)
        frames.append(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    return Film(frames, plan_document(reference_frame=0), [frames[0]])


def _held() -> Film:
    clean = list(clean_pictures(18))
    return Film([*clean, *[clean[-1]] * 2 * SECONDS], plan_document(reference_frame=0), [clean[0]])


def _long() -> Film:
    clean = list(clean_pictures(18))
    return Film([*clean, *(_table().frame().grey for _ in range(60))], plan_document(reference_frame=0), [clean[0]])


FILMS: Final[Mapping[str, Callable[[], Film]]] = {
    "cement runs to the canal": lambda: _cement(_to_the_canal, 130),
    "cement runs up": lambda: _cement(_up, 82),
    "cement runs down": lambda: _cement(_down, 82),
    "cement runs forward": lambda: _cement(_forward, 40),
    "cement runs into a vein": lambda: _cement(_into_a_vein, 40),
    "cement runs to the side": lambda: _cement(_forward, 40, "ap"),
    "cement runs into a vein at the side": lambda: _cement(_into_a_vein, 40, "ap"),
    "the C-arm is turned over": _elsewhere,
    "the other view is shown": _other_view,
    "the picture is blank": _blank,
    "the picture is too noisy": _too_noisy,
    "the plan names the wrong sign": _wrong_sign,
    "the picture does not say its sign": _no_sign,
    "the picture is held": _held,
    "the video line is noisy": _noisy_line,
    "the computer is slow": _long,
}


def _analysed(film: Film, folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The command line looks at the film; events of the result, and the words of its report."""
    folder.mkdir()
    plan, out = folder / "plan.json", folder / "out"
    plan.write_text(json.dumps(film.document), encoding="utf-8")
    video = write_video(folder / "run.mkv", film.frames)
    assert main(["analyze", str(video), "--plan", str(plan), "--out", str(out)]) == 0
    assert main(["validate", str(out)]) == 0
    document = json.loads((out / "result.json").read_text(encoding="utf-8"))
    planned = plan_from_document(film.document, 0.25)
    found = summary_of(document, planned)
    moments, book = read_analysed(out, planned, found.events, found.leaks), RunBook(planned.views)
    book.take(moments)
    facts = gather(
        AnalysedRun(
            identity=Identity(run_id="B-7F3QK2MA"),
            facts=RunFacts(
                source="run.mkv", width_px=COLS, height_px=ROWS, fps=15.0, frame_count=len(moments), clock=RunClock.FILE
            ),
            plan=planned,
            moments=moments,
            alarms=book.alarms(),
            leaks=[story.leak for story in book.leaks.stories()],
            summary=found,
            review=Review(path=Path()),
            as_seen=False,
            trouble="",
        )
    )
    return document["events"], [" ".join(row) for row in lists_table(facts)]


def of_film(name: str, qtbot: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Evidence:
    """A film in the theatre, and through the command line."""
    film = FILMS[name]()
    if name == "the computer is slow":
        # A clock that runs a hundred times as fast is a computer that is a hundred times as slow.
        real = Pipeline.__init__.__kwdefaults__ or {}
        assert not real
        clock = iter(range(0, 10**15, 300 * MS))
        defaults = tuple((lambda: next(clock)) if callable(d) else d for d in Pipeline.__init__.__defaults__ or ())
        monkeypatch.setattr(Pipeline.__init__, "__defaults__", defaults)
    room = Room(qtbot, monkeypatch)
    room.set_up(film.document, film.references)
    for grey in film.frames[1:]:
        room.show(grey)
    evidence = ended(room)
    evidence.events, evidence.report = _analysed(film, folder / "film")
    return evidence


# What befalls a session ----------------------------------------------------------------------------------------------


def _injecting(qtbot: Any, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Room:
    room = Room(qtbot, monkeypatch, **more)
    room.set_up(plan_document(reference_frame=0), [clean_pictures(18)[0]])
    for grey in clean_pictures(18)[1:]:
        room.show(grey)
    return room


def _the_plug_is_pulled(room: Room, _folder: Path) -> None:
    for _ in range(8):
        room.wait(200)


def _the_mark_is_lit_over_a_still_picture(room: Room, _folder: Path) -> None:
    room.session_memory.put(Register.MARK_LIT, 1)
    for _ in range(2 * SECONDS):
        room.show(clean_pictures(18)[-1])


def _the_analysis_hangs(room: Room, _folder: Path) -> None:
    for k in range(SECONDS):
        room.publish(clean_pictures(18)[k % 18])
        room.tick()


def another_input_is_chosen(room: Room, _folder: Path | None = None) -> None:
    """An endoscope, whose colour the capture measures before the picture goes on in grey."""
    picture = endoscope(np.random.default_rng(3), 0)
    grabber = FakeGrabber(lambda _number: picture)
    camera, masker = CameraSource(grabber, "camera:0", clock=grabber.clock), Masker(whole=True)
    marked = camera.coloured()
    assert marked is not None
    masker.apply(picture[..., 0], 0.0)
    room.session_memory.put(Register.COLOURED, round(1000 * masker.share_of(marked, STEP_PX)))
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (COLS, ROWS))
    for _ in range(SECONDS):
        room.show(grey)


def _the_capture_dies(room: Room, _folder: Path) -> None:
    died = ChildChanged(child=Child.CAPTURE, condition=Condition.DIED, reason="killed")
    processes = room.session._processes
    news = [died]
    processes.look = lambda: [news.pop()] if news else []
    for _ in range(18):
        room.show(_table().frame().grey)  # new ones: those from before would be known as played again


def _the_loudspeaker_is_unplugged(room: Room, _folder: Path) -> None:
    room.devices = []
    room.page.sound._bind()
    room.tick()


def _the_pedal_is_lifted(room: Room, _folder: Path) -> None:
    for _ in range(12 * SECONDS):
        room.show(clean_pictures(18)[-1])


def _nothing_more(room: Room, _folder: Path) -> None:
    room.tick()


def _full(_file: int, _content: bytes | memoryview) -> int:
    raise OSError(28, "No space left on device")


def _recorded(room: Room, folder: Path, disk: Disk) -> None:
    """A real recorder on a disk that is as it is; what it says goes to the window as the capture sends it."""
    folder.mkdir()
    recorder = Recorder(
        folder,
        WriterSettings(sync_every_s=0.05, segment_bytes=1 << 30, reserve_bytes=64 << 20),
        disk=disk,
        clock_ns=lambda: room.now_ns,
    )
    for k, grey in enumerate(clean_pictures(18)):
        recorder.offer(k, k * 66 * MS, room.now_ns, grey)
        room.show(grey)
        room.record(recorder.state)
    recorder.close()
    room.record(recorder.state)
    for k in range(3 * SECONDS):  # the one pulse of a LOW waits for the one before it
        room.show(clean_pictures(18)[k % 18])


def _the_disk_is_full(room: Room, folder: Path) -> None:
    _recorded(room, folder / "disk", Disk(write=_full))


def _the_disk_will_be_full(room: Room, folder: Path) -> None:
    _recorded(room, folder / "disk", Disk(free=lambda _folder: 70 << 20))


def _pictures_are_passed_over(room: Room, _folder: Path) -> None:
    for k in range(4 * SECONDS):
        for _ in range(3):
            room.publish(clean_pictures(18)[k % 18], FRAME_MS / 3)
            room.tick()
        if k % 3 == 2:
            while room.analysis.step():
                pass


def _the_analysis_is_late(room: Room, _folder: Path) -> None:
    for k in range(4 * SECONDS):
        room.publish(clean_pictures(18)[k % 18], 40)
        room.now_ns += 320 * MS
        while room.analysis.step():
            pass
        room.tick()


def _the_clock_is_set(room: Room, _folder: Path) -> None:
    import time

    ahead_ns = [0]
    room.session._machine = MachineWatch(wall_ns=lambda: time.time_ns() + ahead_ns[0])
    room.tick()
    ahead_ns[0] = 3_600_000_000_000
    room.tick()


def _the_mains_plug_is_out(room: Room, folder: Path) -> None:
    supply = folder / "supplies" / "BAT0"
    supply.mkdir(parents=True)
    for name, content in (("type", "Battery"), ("status", "Discharging"), ("capacity", "17")):
        (supply / name).write_text(content + "\n", encoding="utf-8")
    room.session._machine = MachineWatch(supplies=supply.parent)
    room.tick()


MISHAPS: Final[Mapping[str, Callable[[Room, Path], None]]] = {
    "the plug is pulled": _the_plug_is_pulled,
    "X-ray is on and the picture stands still": _the_mark_is_lit_over_a_still_picture,
    "the analysis hangs": _the_analysis_hangs,
    "another input is chosen": another_input_is_chosen,
    "the capture dies": _the_capture_dies,
    "the loudspeaker is unplugged": _the_loudspeaker_is_unplugged,
    "the pedal is lifted": _the_pedal_is_lifted,
    "there is no shape model": _nothing_more,
    "the disk is full": _the_disk_is_full,
    "the disk will be full": _the_disk_will_be_full,
    "pictures are passed over": _pictures_are_passed_over,
    "the analysis is late": _the_analysis_is_late,
    "the clock is set": _the_clock_is_set,
    "the mains plug is out": _the_mains_plug_is_out,
}


def of_mishap(name: str, qtbot: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Evidence:
    """Something befalls a session while injecting is on."""
    shapes = Unknown("the model's file is damaged") if name == "there is no shape model" else None
    room = _injecting(qtbot, monkeypatch, shapes=shapes)
    MISHAPS[name](room, folder)
    return ended(room)


def of_simulated_leak(leak: str, leak_ml: float) -> list[tuple[str, str]]:
    """The simulator's small patient with a leak of its own: headlines and sites of what is told outside the body."""
    case = small_case()
    cement = msgspec.structs.replace(case.cement, leak=leak, leak_ml=leak_ml)
    case = msgspec.structs.replace(case, cement=cement)
    made = Fluoroscope(case, 0, small_patient(), build_flow(case, 0, small_patient()))
    greys = [frame.grey for frame in made.frames()]
    plan = plan_from_document(plan_document(), 0.25)
    pipeline = Pipeline(plan, [Frame(index=2, t_s=2 / 15, grey=greys[2])], Settings())
    for k, grey in enumerate(greys):
        pipeline.process(Frame(index=k, t_s=k / 15, grey=grey))
    return [(e.headline, e.site.value) for e in pipeline.finish().events if e.kind is EventKind.LEAK and e.site]
