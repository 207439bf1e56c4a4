"""Wrote `files.tar.xz` and `expected.json`, once, with the program at commit 93736df: `README.md` says how.

Everything is asked of that program by its own doors: commands, the live session, the library's and the desk's methods.
What it says of its own files at the end is kept in ``expected.json``: the figures that must still be read there.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from assistant.training.ending import read_ending

from assistant.capture.run_folder import RunFolder
from assistant.cli import main
from assistant.library.jobs import Jobs
from assistant.library.outcome import Outcome, add_finding, add_outcome
from assistant.library.people import Act, Role
from assistant.library.search import search
from assistant.library.sessions import bring_in_sessions
from assistant.library.store import Library
from assistant.live.messages import LiveState
from assistant.live.session import LiveSession
from assistant.live.status import LiveStatus
from assistant.plan import read_plan
from assistant.review.annotations import About, place_for, read_review, say, undo
from assistant.review.session_log import read_day
from assistant.settings.file import load_settings, save_user
from assistant.system.places import demo_run
from assistant.training.archive import keep_clip, run_of_case
from assistant.training.scoring import score
from assistant.training.sets import Rule, make_set
from assistant.training.trainer import Desk, Given, Starter
from tests.small_run import FPS, pictures, plan_document, write_video

SCALE = 2
COVERS = ("0,0,160,50", "0,100,160,50", "0,0,45,150", "120,0,40,150")
WHO = "day-surgeon"
NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


def small(grey: Any) -> Any:
    """Half the size: a quarter of the bytes."""
    return cv2.resize(grey, (grey.shape[1] // SCALE, grey.shape[0] // SCALE), interpolation=cv2.INTER_AREA)


def plan(**changes: Any) -> dict[str, Any]:
    """The small run's plan for pictures of half the size."""
    made = plan_document(mm_per_px=0.4 * SCALE, **changes)
    for view in made["views"]:
        for name, points in view["landmarks"].items():
            view["landmarks"][name] = [[round((c + 0.5) / SCALE - 0.5, 2) for c in point] for point in points]
    return made


def write_film(path: Path, made: list[Any], crf: int) -> Path:
    """Pictures as H.264: an eighth of what they take without loss."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": str(crf), "g": "30"})
        stream.height, stream.width = made[0].shape
        stream.pix_fmt = "yuv420p"
        for picture in made:
            full = np.zeros((picture.shape[0] // 2 * 3, picture.shape[1]), np.uint8) + 128
            full[: picture.shape[0]] = picture
            container.mux(stream.encode(av.VideoFrame.from_ndarray(full, format="yuv420p")))
        container.mux(stream.encode(None))
    return path


def until(session: LiveSession, holds: Callable[[LiveStatus], bool], within_s: float = 60.0) -> None:
    """Poll as a window does until something holds."""
    begun = time.monotonic()
    while True:
        session.poll()
        if holds(session.status):
            return
        assert time.monotonic() - begun < within_s, session.status
        time.sleep(0.01)


def record_session(film: Path, folder: Path, reference: Any) -> None:
    """A rehearsal as the theatre does it: lines, armed, millilitres, pause, stage, alarm answered, key image, end."""
    session = LiveSession(f"loop:{film.name}", folder, load_settings().settings)
    session.start()
    session.sound_is(available=True)
    until(session, lambda status: status.frame_index is not None and status.frame_index >= 1)
    session.set_plan(plan(), [reference])
    session.confirm_lines()
    until(session, lambda status: status.state is LiveState.LIVE and status.drawable)
    assert session.arm() == ""
    session.note("cement_clock", "Cement clock started.")
    session.note("ml", "0.2 ml in", total_ml=0.2)
    session.note("cement_stage", "Cement: toothpaste", stage="toothpaste")
    session.note("pause", "Pause 1 marked.")
    session.note("ml", "0.4 ml in", total_ml=0.4)
    until(session, lambda status: any(alarm.code in ("A1", "A2", "A3") for alarm in status.alarms))
    assert session.acknowledge()
    frame = session.newest_frame()
    assert frame is not None
    name = f"key_001_frame_{frame.index:06d}"
    (folder / "key_images").mkdir()
    cv2.imwrite(str(folder / "key_images" / f"{name}.png"), frame.grey)
    session.note("key_image", name, frame=frame.index)
    session.note("bookmark", "Bookmark 1", number=1)
    session.clip(1.0)
    session.note("ap_look", "AP look noted.")
    session.note("ml_back", "Taken back: 0.2 ml in", total_ml=0.2)
    until(session, lambda status: status.recording.advancing(status.now_ns))
    session.disarm()
    assert session.stop()


def review_the_old_way(run: Path, home: Path) -> Path:
    """Notes, labels keyed by the leak's ordinal, a measure, a key image, one word taken back."""
    review = read_review(place_for(run, home))
    said: list[tuple[About, dict[str, Any]]] = [
        (About.NOTE, {"frame": 12, "text": "Cannula well placed."}),
        (About.KEY_IMAGE, {"frame": 42}),
        (About.LEAK_SITE, {"frame": 42, "text": "posterior", "leak": 1}),
        (About.YEOM, {"frame": 42, "text": "C", "leak": 1}),
        (About.SHAPE, {"frame": 42, "text": "spike", "leak": None}),
        (About.LANDMARKS, {"frame": 2, "value": {"plan": plan()}}),
        (About.MEASURE, {"frame": 40, "value": {"distance": [[60.0, 60.0], [80.0, 60.0]], "distance_mm": 16.0}}),
        (About.NOTE, {"frame": 44, "text": "Taken back again."}),
    ]
    for about, words in said:
        review = say(review, about, who=WHO, now=lambda: NOW, **words)
    undo(review, who=WHO, now=lambda: NOW)
    return review.path


def run_jobs(jobs: Jobs) -> None:
    """Until nothing waits."""
    while jobs.current is not None or jobs.waiting:
        jobs.poll()
        time.sleep(0.05)
    for job in jobs.finished:
        assert not job.error, job.error


def fill_library(library: Library) -> None:
    """What a site keeps of a patient, and what its people do with it."""
    jobs = Jobs(library)
    jobs.bring_in("run", copy=True)
    bring_in_sessions(jobs, set())
    jobs.bring_in("empty", copy=True)
    run_jobs(jobs)
    first, live, gone = library.rows("cases")
    library.change(
        [("cases", first["id"], {"technique": "PKP", "note": "Osteoporosis.", "tags": "wedge, T-score -3"})],
        Act.EDIT,
        "change case",
        about=first["id"],
    )
    for case, ml in ((first, 2.8), (live, 0.4)):
        (level,) = library.rows("levels", case_id=case["id"])
        values = {"cement_ml": ml, "gauge": "11G", "access": "left", "technique": "PKP"}
        library.change([("levels", level["id"], values)], Act.EDIT, "change level", about=case["id"])
    add_finding(library, first["id"], site="posterior", level="L1", yeom="B", magnitude="minor", note="CT, day 1.")
    add_outcome(library, first["id"], Outcome(stage="before", vas=8.0, odi_percent=62.0, day="2026-06-30"))
    add_outcome(library, first["id"], Outcome(stage="day 1", vas=2.0, anterior_height_mm=21.5, adjacent_fracture=False))
    library.delete("cases", gone["id"], kind="delete case")
    for case in (first, live):
        review_the_old_way(Path(library.rows("runs", case_id=case["id"])[0]["path"]), library.folder)


def train(library: Library) -> None:
    """Two people, the demonstration run's clip and one of the archive, answers with all that can be said."""
    desk = Desk(library)
    starter = Starter(desk, Jobs(library))
    starter.keep_first(starter.look_at_first())
    run = run_of_case(desk, library.rows("cases")[0]["id"])
    keep_clip(desk, run, read_ending(Path(run["path"]), Path(run["result"])), difficulty=1, stop_s=1.2)
    make_set(library, "Walls", rule=Rule(directions=("posterior",)))
    trainee = desk.enrol("Trainee one", consents=True)
    expert = desk.enrol("Expert", Role.INSTRUCTOR, consents=True, is_expert=True)
    for person, answer, sure in ((trainee, "stop", 80), (trainee, "go on", 60), (expert, "stop", 95)):
        asked_now = [row["clip_id"] for row in desk.answers(person)]
        asked = desk.next(person, asked_now=asked_now)
        assert asked is not None
        given = Given(task="question", answer=answer, sure_percent=sure, direction="posterior", took_s=4.2)
        desk.lock(person, asked, given, score(asked.clip.facts, answer, "posterior"))


def expected(home: Path) -> dict[str, Any]:
    """What this program says of its own files."""
    with Library(home) as library:
        cases = [dict(case) for case in search(library).cases]
        tables = ("cases", "levels", "runs", "findings", "outcomes", "people", "clips", "sets", "answers", "cards")
        rows = {table: library.rows(table, include_deleted=True) for table in tables}
        changes = len(library.changes(1000))
    said: dict[str, Any] = {"cases": cases, "rows": rows, "changes": changes}
    for row in (one for held in rows.values() for one in held):
        for name in ("path", "result", "thumbnail", "run_path"):
            if row.get(name):
                row[name] = row[name].removeprefix(f"{home}/").replace(str(demo_run()), "@demo")
    for case in cases:
        if case["thumbnail"]:
            case["thumbnail"] = case["thumbnail"].removeprefix(f"{home}/")
    (session,) = (home / "live").iterdir()
    source = RunFolder(session, "old")
    said["session"] = {
        "folder": session.name,
        "frames": len(source.recorded.lines),
        "losses": source.recorded.losses,
        "means": [round(float(frame.grey.mean()), 3) for frame in source.frames()],
        "readings": sum("row" in entry for entry in source.readings()),
        "day": [[event.kind, event.frame, event.data] for event in read_day(session)],
        "log_fault": source.log_fault(),
    }
    source.close()
    said["reviews"] = {
        str(path.relative_to(home)): [
            [e.number, e.about.value, e.author, e.frame, e.text, e.leak, e.value] for e in read_review(path).standing
        ]
        for path in sorted(home.rglob("*review.json"))
    }
    loaded = load_settings(home)
    origins = {name: origin for name, origin in loaded.origins.items() if origin != "default"}
    said["settings"] = {
        "notes": list(loaded.notes),
        "locked": sorted(loaded.locked),
        "origins": origins,
        "values": {name: getattr(getattr(loaded.settings, name.split(".")[0]), name.split(".")[1]) for name in origins},
    }
    said["plans"] = {
        path.name: [[v.view, v.level, v.mm_per_px, v.reference_frame] for v in read_plan(path, 0.25).views]
        for path in sorted(Path("plans").iterdir())
    }
    return said


def write_plans() -> None:
    """One of each kind that the program wrote or read."""
    lateral = plan()["views"][0]
    ap = plan(view="ap", reference_frame=0)["views"][0]
    ruler = {k: v for k, v in lateral.items() if k != "mm_per_px"}
    ruler["ruler"] = {"from": [10.0, 20.0], "to": [10.0, 24.0], "mm": 3.2, "what": "cannula 11G outer diameter"}
    kept = {
        "lateral": [lateral],
        "two_views": [lateral, ap],
        "ruler": [ruler],
        "uncalibrated": [lateral | {"calibrated": False, "scale_by": "assumed depth", "warning_line_fraction": 0.3}],
    }
    Path("plans").mkdir()
    for name, views in kept.items():
        text = json.dumps({"schema": "fluoro-assistant/plan/1", "views": views}, indent=1)
        Path("plans", f"{name}.json").write_text(text, encoding="utf-8")


def pack(folder: Path, archive: Path) -> None:
    """All files as a site has them (others may read), of one day and of no account."""

    def as_of_a_site(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mode = 0o755 if member.isdir() else 0o644
        member.mtime, member.uid, member.gid = int(NOW.timestamp()), 0, 0
        member.uname = member.gname = ""
        return member

    with tarfile.open(archive, "w:xz", preset=9, format=tarfile.PAX_FORMAT) as made:
        for path in sorted(folder.iterdir()):
            if path.name != "expected.json":
                made.add(path, path.name, filter=as_of_a_site)


def make() -> None:
    """All of it, into the empty folder that the program is started in."""
    home = Path(os.environ["FLUORO_ASSISTANT_HOME"])
    write_plans()
    made = [small(picture) for picture in pictures(46, repeat_each=2)]
    Path("run").mkdir()
    write_film(Path("run/run.mkv"), made, 20)
    shutil.copy("plans/lateral.json", "run/plan.json")
    Path("empty").mkdir()
    write_film(Path("empty/run.mkv"), made[:4], 40)
    calm = [cv2.GaussianBlur(small(picture), (0, 0), 1.0) & 0xFE for picture in pictures(60, repeat_each=3)]
    film = write_video(Path("film.mkv"), [calm[k % 6] for k in range(24)] + calm)
    home.mkdir(exist_ok=True)
    (home / "site.json").write_text(
        json.dumps(
            {
                "schema": "fluoro-assistant/settings/1",
                "settings": {"alarms": {"warning_line_fraction": 0.3}},
                "locked": ["alarms.warning_line_fraction"],
            }
        )
    )
    save_user("theatre.clip_s", 30.0, home)
    assert main(["analyze", "run", "--plan", "plans/lateral.json", "--out", "result", "--masks"]) == 0
    for mask in sorted(Path("result/masks").iterdir())[:-1]:
        mask.unlink()
    record_session(film, home / "live" / "2026-07-01_09-30-00_000", calm[2])
    with Library(home) as library:
        fill_library(library)
        train(library)
        case_id = library.rows("cases")[0]["id"]
    order = [
        "--names-looked-for",
        "--shift-days",
        "40",
        "--with-notes",
        *(w for cover in COVERS for w in ("--cover", cover)),
    ]
    assert main(["pack", case_id, "--out", "case", *order]) == 0
    said = expected(home)
    Path("expected.json").write_text(json.dumps(said, indent=1, sort_keys=True), encoding="utf-8")
    shutil.rmtree("empty")
    film.unlink()
    shutil.rmtree(home / "backups", ignore_errors=True)
    (home / "library.sqlite.lock").unlink()
    pack(Path(), Path("../files.tar.xz"))


if __name__ == "__main__":
    sys.exit(make())
