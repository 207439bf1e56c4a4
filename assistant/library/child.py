"""The child process that touches foreign files: brings a run in, or analyses it, and says how far it is in JSON lines.

Started as ``python -m assistant.library.child ORDER`` with the order as JSON. A file that breaks a decoder ends this
process, not the window.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from assistant.capture.opening import open_source
from assistant.capture.source import Source
from assistant.errors import AssistantError, EnvironmentError_, InputError, describe
from assistant.identity import session_of
from assistant.language import sentence
from assistant.library.database import look
from assistant.library.labels import leaks_of
from assistant.library.relative import row_found
from assistant.library.session_rows import THUMBNAIL, of_same_recording, part_columns, session_columns
from assistant.part import FOLDER as PARTS
from assistant.recording.reading import read_head
from assistant.review.annotations import FILE, Review, converted, place_for, read_review, save, words_of
from assistant.review.session_reading import read_session_day
from assistant.run_facts import RunFacts
from assistant.system.files import put_in_place, whole_folder
from assistant.system.places import data_home, demo_run, plan_path_of
from assistant.system.plain import json_text
from assistant.vocabulary import Frame, Unknown

RUN: Final = "run"
_CHUNK: Final = 4 << 20
_TELL_EVERY_S: Final = 0.1
_THUMBNAIL_PX: Final = (592, 376)
_MOST_FILES: Final = 200_000


class Teller:
    """Writes messages to standard output; progress at most ten times a second."""

    def __init__(self) -> None:
        self._reported_s = -1.0

    def say(self, **message: Any) -> None:
        """A message, at once."""
        sys.stdout.write(json_text(message, indent=None, ascii_only=True) + "\n")
        sys.stdout.flush()

    def share(self, done: float, total: float | None) -> None:
        """How far it is."""
        now_s = time.monotonic()
        if now_s - self._reported_s >= _TELL_EVERY_S:
            self._reported_s = now_s
            self.say(share=None if not total else round(min(done / total, 1.0), 4))


def main(arguments: list[str]) -> int:
    """Do what the order says; gives the exit status of the error, if any, and says it."""
    if hasattr(os, "nice"):
        os.nice(10)
    cv2.setNumThreads(1)
    teller = Teller()
    try:
        order = json.loads(arguments[0])
        {"bring in": bring_in, "analyse": analyse}[order["do"]](order, teller)
    except AssistantError as error:
        teller.say(error=str(error))
        return error.exit_status
    except MemoryError:
        teller.say(error=sentence("the machine has no memory left for this run; close other programs and try again"))
        return 4
    except Exception as error:
        teller.say(error=sentence(f"a fault in the program: {describe(error)}; nothing was taken in"))
        return 1
    return 0


def bring_in(order: dict[str, Any], teller: Teller) -> None:
    """Look at a run, copy it where that is wanted, make its thumbnail; says ``facts`` at the end.

    Parameters
    ----------
    order : dict
        ``run``; ``into``: the new folder of the run in the library, made whole or not at all; ``copy``; ``apart``:
        the parts of a session of several levels are made in its recording, unless ``library`` (None: asked of none)
        holds it already.
    teller : Teller

    Raises
    ------
    InputError
        If it is no run that can be read.
    EnvironmentError_
        If the disk refuses; nothing is left behind then.
    """
    run, into = Path(order["run"]), Path(order["into"])
    try:
        with whole_folder(into) as part:
            facts = _made(run, part, teller, order)
            _make_way(into)
    except OSError as error:
        raise EnvironmentError_(f"{run}: cannot be brought in ({error.strerror}); nothing was kept of it") from error
    teller.say(facts=facts)


def _made(run: Path, part: Path, teller: Teller, order: dict[str, Any]) -> dict[str, Any]:
    """Make the folder of a run in the library; gives its facts."""
    copy = bool(order["copy"])
    part.mkdir(parents=True)
    files = _files(run)
    total = sum(size for _, _, size in files)
    sums, done = _Sums(run, len(files)), 0
    for path, name, _ in files:
        # What was made of a recording's levels is no part of what tells it from another.
        of_level = name.startswith(f"{PARTS}/")
        if not of_level:
            sums.begin(name)
        target = part / RUN / _copied_name(run, name) if copy else None
        for size in _read_through(path, target, hashlib.sha256() if of_level else sums):
            done += size
            teller.share(done, total)
    here = part / RUN if copy else run
    review = _bring_review(run, part, copy=copy)
    facts = _facts_of(here, run, part / THUMBNAIL)
    facts |= {"sha256": sums.of_today, "bytes": total, "plan": _plan_of(here)}
    facts["sha256_of_before"] = sums.of_before()
    facts["reviewed"] = words_of(review.standing)
    apart = order["apart"] and not _is_known(order["library"], facts, session_of(read_head(here)).session_id)
    facts["parts"] = part_columns(here, part, review, run_facts) if apart else []
    facts["session"] = session_columns(read_session_day(here), rehearsal=facts.pop("rehearsal"))
    facts["has_truth"] = int((here / "truth" / "truth.json").is_file())
    return facts


def _is_known(library: str | None, facts: dict[str, Any], session_id: str) -> bool:
    """Whether a library holds a run already: nothing is made in the recording of one that will not be entered."""
    connection = None if library is None else look(Path(library))
    if connection is None:
        return False
    with contextlib.closing(connection):
        question = "SELECT * FROM runs WHERE (sha256 IN (?, ?) OR session_id = ?) AND deleted_ns IS NULL"
        sums = facts["sha256"], facts["sha256_of_before"] or facts["sha256"]
        rows = [
            row_found(Path(library or ""), dict(row))
            for row in connection.execute(question, (*sums, session_id or None))
        ]
    is_same = any(row["sha256"] in sums for row in rows)
    return is_same or bool(rows and of_same_recording(rows, facts["frames"]))


class _Sums:
    """What tells one recording from another: of all its files but the reviewers' words, whose sum changes with each.

    Programs of before summed those as well: a library may hold such a sum of a run that was reviewed when it came in.
    """

    def __init__(self, run: Path, count: int) -> None:
        self._today, self._before = hashlib.sha256(), hashlib.sha256()
        self._is_named = count > 1
        review = run / FILE
        self._review: Path | None = review if run.is_dir() and review.is_file() and not review.is_symlink() else None
        self._waiting = self._review

    def begin(self, name: str) -> None:
        """The next file, in the order of names."""
        if self._waiting is not None and name > FILE:
            self._take_review()
        encoded = name.encode("utf-8", "surrogateescape")
        if self._is_named:
            self._today.update(encoded)
        if self._is_named or self._review is not None:
            self._before.update(encoded)

    def update(self, chunk: bytes) -> None:
        """Bytes of that file."""
        self._today.update(chunk)
        if self._review is not None:
            self._before.update(chunk)

    @property
    def of_today(self) -> str:
        return self._today.hexdigest()

    def of_before(self) -> str:
        """With the words as they are now; empty where there are none: then both are the same."""
        self._take_review()
        return "" if self._review is None else self._before.hexdigest()

    def _take_review(self) -> None:
        if self._waiting is not None:
            self._before.update(FILE.encode() + self._waiting.read_bytes())
            self._waiting = None


def _make_way(into: Path) -> None:
    """What lies there is of an import that nobody was left to enter: a session keeps its id from try to try.

    What may hold a recording or a reviewer's words (the library was put back to an earlier day) is set aside, never
    deleted.
    """
    if any((into / name).exists() for name in (RUN, FILE, PARTS)):
        put_in_place(into, into.with_name(f"{into.name}.aside_{time.time_ns()}"))
    shutil.rmtree(into, ignore_errors=True)


def _bring_review(run: Path, part: Path, *, copy: bool) -> Review:
    """What reviewers said goes along, wherever it was kept; gives it.

    It is no part of what tells one recording from another: a run that is reviewed stays the same run.
    """
    source = place_for(run, data_home(), demo_run())
    review = read_review(source)
    if review.entries and copy:
        save(replace(review, path=part / RUN / FILE))
    elif review.entries and source.is_relative_to(data_home()):
        save(replace(review, path=part / FILE))
    return converted(review, leaks_of(run / "result.json"))


def run_bytes(run: Path) -> int:
    """How much room a copy of a run takes.

    Raises
    ------
    InputError
        If there is no such run, or it is none.
    """
    return sum(size for _, _, size in _files(run))


def _files(run: Path) -> list[tuple[Path, str, int]]:
    """The files of a run with their names in it and their sizes; links are not followed."""
    if run.is_file():
        plan = run.with_suffix(".plan.json")
        found = [(run, run.name, run.stat().st_size)]
        return [*found, (plan, plan.name, plan.stat().st_size)] if plan.is_file() else found
    if not run.is_dir():
        raise InputError(f"{run}: there is no such file or folder; check the path")
    found = []
    for folder, _, names in os.walk(run):
        for name in names:
            path = Path(folder, name)
            # The reviewers' words, and what was left of writing them, go their own way (`_bring_review`).
            is_review = path.parent == run and name.removeprefix(".").startswith(FILE)
            if path.is_symlink() or not path.is_file() or is_review:
                continue
            found.append((path, path.relative_to(run).as_posix(), path.stat().st_size))
            if len(found) > _MOST_FILES:
                raise InputError(f"{run}: holds more than {_MOST_FILES} files; give the folder of one run")
    return sorted(found, key=lambda one: one[1])


def _facts_of(here: Path, run: Path, thumbnail: Path) -> dict[str, Any]:
    """Facts of the copy; what is wrong with it is said of the person's own file.

    Raises
    ------
    InputError
        If it is no run that can be read.
    """
    try:
        return run_facts(here, thumbnail)
    except InputError as error:
        copied = here / _copied_name(run, run.name) if run.is_file() and here != run else here
        raise InputError(str(error).replace(str(copied), str(run)).replace(str(here), str(run))) from error


def _copied_name(run: Path, name: str) -> str:
    if run.is_dir():
        return name
    # A single file becomes a run folder; its own name may say who the patient is and stays behind.
    return "plan.json" if name.endswith(".plan.json") else "run" + run.suffix.lower()


def _read_through(path: Path, target: Path | None, digest: Any) -> Iterator[int]:
    with contextlib.ExitStack() as open_files:
        source = open_files.enter_context(path.open("rb"))
        copy = None
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = open_files.enter_context(target.open("wb"))
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            if copy is not None:
                copy.write(chunk)
            yield len(chunk)
        if copy is not None:
            copy.flush()
            os.fsync(copy.fileno())


def _plan_of(run: Path) -> str | None:
    plan = plan_path_of(run)
    return str(plan.name) if plan.is_file() else None


def run_facts(run: Path, thumbnail: Path) -> dict[str, Any]:
    """Size, rate, length and lost frames of a run; makes its thumbnail.

    Raises
    ------
    InputError
        If it cannot be read.
    EnvironmentError_
        If the thumbnail cannot be written.
    """
    source = open_source(str(run))
    try:
        facts = source.facts
        first = facts.first_frame
        last = 0 if not facts.frame_count else facts.frame_count - 1
        frame = source.frame_at(first)
        if last:
            # Near the end most of the cement is in; the very last picture is often a held one.
            with contextlib.suppress(InputError):
                frame = source.frame_at(first + int(0.85 * last))
        write_thumbnail(frame, thumbnail)
        return {
            "width_px": facts.width_px,
            "height_px": facts.height_px,
            "fps": facts.fps,
            "frames": facts.frame_count,
            "duration_s": _duration_s(source),
            "lost": lost_frames(facts),
            "rehearsal": "rehearsal" in facts.details,
            "recorded": None if isinstance(facts.recorded, Unknown) else facts.recorded.isoformat(),
        }
    finally:
        source.close()


def _duration_s(source: Source) -> float | None:
    """From the first picture's stamp to the last one's, and as long as a picture usually stands; None: not known."""
    facts = source.facts
    if not facts.frame_count:
        return None
    period_s = 1.0 / facts.fps if facts.fps else 0.0
    try:
        first, last = (source.frame_at(k).t_s for k in (facts.first_frame, facts.first_frame + facts.frame_count - 1))
    except InputError:  # its end is damaged
        return facts.frame_count * period_s or None
    return last - first + period_s


def lost_frames(facts: RunFacts) -> int:
    """How many frames of a run have no picture."""
    return int(facts.details.get("frames_lost", "0") or 0)


def write_thumbnail(frame: Frame, path: Path) -> None:
    """A small picture of a frame, filled from its middle.

    Raises
    ------
    EnvironmentError_
        If it cannot be written.
    """
    grey = frame.grey if frame.white == 255 else np.right_shift(frame.grey, 8)
    eight = np.asarray(grey, dtype=np.uint8)
    rows, cols = eight.shape
    wide, high = _THUMBNAIL_PX
    factor = max(wide / cols, high / rows)
    size = max(wide, round(cols * factor)), max(high, round(rows * factor))
    scaled = cv2.resize(eight, size, interpolation=cv2.INTER_AREA)
    top, left = (scaled.shape[0] - high) // 2, (scaled.shape[1] - wide) // 2
    done, data = cv2.imencode(".jpg", scaled[top : top + high, left : left + wide])
    try:
        if not done:
            raise OSError(0, "the picture cannot be packed")
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise EnvironmentError_(f"{path}: cannot be written ({error.strerror})") from error


def analyse(order: dict[str, Any], teller: Teller) -> None:
    """Analyse a run into its library folder; says ``result`` with the columns for the list.

    Parameters
    ----------
    order : dict
        ``run``, ``plan``, ``out``, ``settings`` (`assistant.settings.tree.changes_of`).
    teller : Teller

    Raises
    ------
    AssistantError
        As `assistant.analysis.analyze` does.
    """
    from assistant.analysis import analyze
    from assistant.library.run_summary import summary
    from assistant.model_packs.starting import recorded_shape_model
    from assistant.plan import read_plan
    from assistant.settings.file import handed_settings
    from assistant.system.stop_signal import StopOnSignal

    settings = handed_settings(order["settings"])
    plan = read_plan(Path(order["plan"]), settings.alarms.warning_lines)
    with StopOnSignal() as stop, recorded_shape_model() as shapes:
        source = open_source(order["run"])
        try:
            outcome = analyze(
                source,
                plan,
                settings,
                Path(order["out"]),
                masks=False,
                keeps_moments=True,
                progress=teller.share,
                should_stop=stop.asked,
                shapes=shapes,
            )
        finally:
            source.close()
    levels = [view.level for view in plan.views if view.level]
    teller.say(
        result=summary(outcome.document),
        level=levels[0] if levels else None,
        why="" if outcome.failure is None else str(outcome.failure),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
