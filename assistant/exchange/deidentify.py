"""Taking out who it was: pictures are written anew without any header, words only by consent, days moved.

Nothing of the source's file is copied: a video, a DICOM file or a folder is read through the same door as for
analysis, picture by picture, and written as FFV1 in Matroska. So tags, UIDs, private elements and file names cannot
travel. What is burned into the picture can: it is covered where the person says, and a pack is only written after the
person has said that no name is left to read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.capture.opening import open_source
from assistant.capture.part_source import PartSource
from assistant.errors import InputError, UsageError
from assistant.identity import is_id
from assistant.recording.matroska_out import WRITER
from assistant.review.annotations import LABELS, About, Entry, Review
from assistant.review.session_day import SessionDay, SessionEvent
from assistant.settings.file import default_settings
from assistant.settings.tree import without_words
from assistant.system.plain import plain

Cover = tuple[int, int, int, int]
_PLAN_KEYS: Final = frozenset({"schema", "views"})
_VIEW_KEYS: Final = frozenset(
    {
        *("view", "level", "reference_frame", "mm_per_px", "calibrated", "scale_by", "polarity", "ruler"),
        *("warning_line_fraction", "landmarks"),
    }
)
_MOST_SHIFT_DAYS: Final = 36_500
_STAGES: Final = frozenset(map(str.strip, default_settings().theatre.cement_stages.split(",")))
"""The names of the cement's stages as the program brings them: no words of a site."""
_ORDINAL: Final = re.compile("stage [0-9]{1,3}")


def write_pictures(
    run: str,
    path: Path,
    covers: Sequence[Cover] = (),
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
    since: int | None = None,
) -> int:
    """Write the pictures of a run anew; gives their count.

    Parameters
    ----------
    run : str
    path : Path
        ``run.mkv``.
    covers : sequence of (x, y, width, height)
        Rectangles in px of the source that become black.
    progress : callable
        Told (frames done, frames in all or None).
    since : int or None
        Of a part of a recording: the first frame that is written; it may lie before the part.

    Raises
    ------
    InputError
        If the run cannot be read to its end.
    UsageError
        If a rectangle lies outside the picture.
    """
    source = open_source(run)
    written = 0
    try:
        facts = source.facts
        for x, y, w, h in covers:
            if w <= 0 or h <= 0 or x < 0 or y < 0 or x + w > facts.width_px or y + h > facts.height_px:
                raise UsageError(f"the cover {x} {y} {w} {h} must lie inside {facts.width_px} × {facts.height_px} px")
        with av.open(str(path), "w", format="matroska", options={"fflags": "+bitexact"}) as container:
            container.metadata["title"] = WRITER.decode()
            stream: Any = None
            begin_s = 0.0
            is_part = isinstance(source, PartSource)
            frames = source.frames() if since is None or not isinstance(source, PartSource) else source.since(since)
            for frame in frames:
                if stream is None:
                    stream = _stream(container, facts.fps, frame.grey)
                    begin_s = frame.t_s if is_part else 0.0
                container.mux(stream.encode(_coded(frame.grey, covers, frame.t_s - begin_s, stream)))
                written += 1
                progress(written, facts.frame_count)
            if stream is None:
                raise InputError(f"{run}: holds no picture")
            container.mux(stream.encode(None))
    finally:
        source.close()
    return written


def _stream(container: Any, fps: float | None, grey: NDArray[Any]) -> Any:
    rate = Fraction(fps or 25.0).limit_denominator(1001)
    options = {"level": "3", "coder": "1", "context": "0", "g": "1", "slices": "4", "slicecrc": "1"}
    stream = container.add_stream("ffv1", rate=rate, options=options)
    stream.height, stream.width = grey.shape
    stream.pix_fmt = "gray16le" if grey.dtype == np.uint16 else "gray"
    stream.codec_context.time_base = Fraction(1, 1000)
    # Without the range spelled out grey values come back changed.
    stream.codec_context.color_range = 2
    return stream


def _coded(grey: NDArray[Any], covers: Sequence[Cover], t_s: float, stream: Any) -> av.VideoFrame:
    picture = np.array(grey, order="C")
    for x, y, w, h in covers:
        picture[y : y + h, x : x + w] = 0
    frame = av.VideoFrame.from_ndarray(picture, format=stream.pix_fmt)
    frame.color_range = 2
    frame.pts = round(1000 * t_s)
    frame.time_base = Fraction(1, 1000)
    return frame


def bare_plan(document: Any) -> dict[str, Any]:
    """A plan with the keys of the contract alone: what another program has added may name somebody.

    Raises
    ------
    InputError
        If it is no plan.
    """
    if not isinstance(document, dict) or not isinstance(document.get("views"), list):
        raise InputError("plan.json: not a plan")
    views = [{key: value for key, value in view.items() if key in _VIEW_KEYS} for view in document["views"]]
    for view in views:
        if isinstance(view.get("ruler"), dict):
            view["ruler"] = {key: value for key, value in view["ruler"].items() if key in ("from", "to", "mm", "what")}
    return {key: views if key == "views" else value for key, value in document.items() if key in _PLAN_KEYS}


def bare_result(document: dict[str, Any]) -> dict[str, Any]:
    """A result without the name and place of its run and without texts of its plan beyond the contract."""
    run = dict(document["run"]) | {"source": "run.mkv"}
    made = {**document, "run": run, "plan": bare_plan(document["plan"])}
    program = document.get("program")
    if isinstance(program, dict) and isinstance(program.get("settings"), dict):
        # Words of a site (names of cement stages, folders) are somebody's typing and stay here.
        changed = program["settings"].get("changed")
        kept = without_words(changed) if isinstance(changed, dict) else {}
        made["program"] = {**program, "settings": {**program["settings"], "changed": kept}}
    return made


def bare_review(review: Review, shift_days: int, *, with_notes: bool) -> Review:
    """What stands of a review, fit to leave: people by random ids alone, days moved or left out, notes by consent.

    Parameters
    ----------
    review : Review
    shift_days : int
        With 0 the days are left out.
    with_notes : bool
        Notes are free text and may name somebody.
    """
    strangers: dict[str, str] = {}
    entries: list[Entry] = []
    for entry in review.standing:
        if entry.about is About.NOTE and not with_notes:
            continue
        author = entry.author
        if not is_id("people", author):
            # The account's name of a computer, from before reviewers were people of the library.
            author = strangers.setdefault(author, f"reviewer {len(strangers) + 1}")
        day = shifted(_day_of(entry), shift_days) if shift_days else None
        entries.append(
            msgspec.structs.replace(
                entry,
                number=len(entries) + 1,
                author=author,
                said_at=day or "",
                text=entry.text if entry.about in (About.NOTE, *LABELS) else "",
                value=_bare_value(entry.value),
            )
        )
    return replace(review, entries=tuple(entries))


def _day_of(entry: Entry) -> str | None:
    """The day on which something was said; None where the file does not say it."""
    try:
        return date.fromisoformat(entry.said_at[:10]).isoformat()
    except ValueError:
        return None


def _bare_value(value: dict[str, Any]) -> dict[str, Any]:
    """Points and figures of a measure, points of a plan; nothing else that a program may have added."""
    kept = {name: value[name] for name in ("points_px", "mm_per_px", "figures") if name in value}
    return kept | ({"plan": bare_plan(value["plan"])} if "plan" in value else {})


def without_site_words(day: SessionDay, whole: SessionDay | None = None) -> SessionDay:
    """A day without the words that a site typed: a stage of the cement that is no default one becomes its ordinal.

    Parameters
    ----------
    day : SessionDay
    whole : SessionDay or None
        That of the whole session where the day is one part of it: it tells which stage comes after which.
    """
    names = [act.text for act in (day if whole is None else whole).acts if act.kind == "cement_stage"]
    # The first stage is that of the start: going on to it is not noted.
    ordinals = {name: f"stage {number}" for number, name in enumerate(dict.fromkeys(names), start=2)}

    def bare(act: SessionEvent) -> SessionEvent:
        is_own = act.kind == "cement_stage" and act.text not in _STAGES and not _ORDINAL.fullmatch(act.text)
        return msgspec.structs.replace(act, text=ordinals.get(act.text, "another stage")) if is_own else act

    levels = tuple(msgspec.structs.replace(level, acts=tuple(map(bare, level.acts))) for level in day.levels)
    return msgspec.structs.replace(day, levels=levels)


def bare_day(day: SessionDay, whole: SessionDay | None = None) -> dict[str, Any]:
    """What was done and told on the day, its plans with the keys of the contract alone, stages as `without_site_words`.

    Times count from the start of the run. What else it says the program made, or is a level's name.
    """
    document: dict[str, Any] = plain(without_site_words(day, whole))
    for level in document["levels"]:
        if level.get("plan") is not None:
            level["plan"] = bare_plan(level["plan"])
    return document


def shifted(day: str | None, days: int) -> str | None:
    """A day moved; None stays None.

    Raises
    ------
    UsageError
        If the shift is larger than a hundred years, or the day is none.
    """
    if abs(days) > _MOST_SHIFT_DAYS:
        raise UsageError(f"dates can be moved by {_MOST_SHIFT_DAYS} days at most, not {days}")
    if not day:
        return None
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{day} cannot be moved by {days} days") from error
