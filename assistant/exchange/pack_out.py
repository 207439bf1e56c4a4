"""Writing a case pack: de-identified, with a manifest of sizes and hashes, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import msgspec

from assistant import __version__
from assistant.capture.opening import open_source
from assistant.errors import EnvironmentError_, InputError, UsageError
from assistant.exchange.deidentify import (
    Cover,
    bare_day,
    bare_plan,
    bare_result,
    bare_review,
    shifted,
    without_site_words,
    write_pictures,
)
from assistant.exchange.pack_names import MANIFEST, SCHEMA, SUFFIX, case_file, run_file
from assistant.identity import is_id, session_of
from assistant.library.change_log import Row
from assistant.library.child import lost_frames, write_thumbnail
from assistant.library.jobs import plan_path
from assistant.library.labels import review_of
from assistant.library.people import Permission, check_may
from assistant.library.run_summary import read_result
from assistant.library.session_rows import NO_PICTURES, day_without_pictures, session_columns, stored_recording
from assistant.library.store import Library
from assistant.part import Part, read_part, recording_of
from assistant.readings.table_file import open_table
from assistant.recording.reading import read_head
from assistant.review.annotations import FILE, save
from assistant.review.session_day import FILE as DAY
from assistant.review.session_reading import read_session_day
from assistant.system.files import partial_path, put_in_place
from assistant.system.plain import json_text, plain, read_json

_CHUNK: Final = 1 << 20
_FINDING: Final = ("level", "site", "yeom", "magnitude", "shape")
_OUTCOME: Final = (
    "stage",
    "vas",
    "odi_percent",
    "anterior_height_mm",
    "middle_height_mm",
    "posterior_height_mm",
    "adjacent_fracture",
    "remote_fracture",
)
_LEVEL: Final = (
    *("level", "technique", "access", "gauge", "cement_ml"),
    *("xray_s", "exposures", "second_xray_s", "second_exposures"),
)
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackOrder:
    """What goes into a pack and what is taken out of it.

    Attributes
    ----------
    case_ids : tuple of str
    shift_days : int
        All days of the pack move by so much, with 0 they are left out altogether.
    with_notes : bool
        Notes and tags go along: they are free text and may name somebody.
    cover_px : tuple of (x, y, width, height)
        Rectangles that are blackened in every picture.
    looked_for_names : bool
        The person has looked at the pictures and says that no name is left to read. Without it nothing is written.
    """

    case_ids: tuple[str, ...]
    shift_days: int = 0
    with_notes: bool = False
    cover_px: tuple[Cover, ...] = ()
    looked_for_names: bool = False


def write_pack(library: Library, order: PackOrder, path: Path, progress: Progress = lambda _share: None) -> Path:
    """Write a pack here and now; gives its path, with the right suffix.

    Raises
    ------
    UsageError
        If the person may not, has not looked for names, or there is no such case.
    InputError
        If a run cannot be read to its end.
    EnvironmentError_
        If the disk refuses. Nothing is left behind in any of these.
    """
    prepared = prepare(library, order, path)
    written = write_prepared(prepared, progress)
    note_export(library, prepared)
    return written


def prepare(library: Library, order: PackOrder, path: Path) -> dict[str, Any]:
    """Gather what a pack is written from, as JSON: the pictures can then be written by another process.

    Raises
    ------
    UsageError
        As `write_pack`; also when the file is there already.
    """
    check_may(library.who, Permission.EXPORT)
    if not order.looked_for_names:
        raise UsageError("look at the pictures for burned-in names first: cover them, or say that none is left to read")
    if not order.case_ids:
        raise UsageError("choose the cases that go into the pack")
    path = path if path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX)
    if path.exists():
        raise UsageError(f"{path}: is there already; choose another name")
    return {
        "path": str(path.absolute()),
        "case_ids": list(order.case_ids),
        "moved": order.shift_days != 0,
        "shift_days": order.shift_days,
        "with_notes": order.with_notes,
        "covers": [list(cover) for cover in order.cover_px],
        "cases": [_case(library, order, case_id) for case_id in order.case_ids],
    }


def note_export(library: Library, prepared: dict[str, Any]) -> None:
    """Enter a written pack into the log."""
    library.note("export", f"{' '.join(prepared['case_ids'])} into a pack, dates moved: {prepared['moved']}")


def write_prepared(prepared: dict[str, Any], progress: Progress = lambda _share: None) -> Path:
    """Write the pack that was prepared, whole or not at all.

    Raises
    ------
    UsageError
        If a cover lies outside a picture.
    InputError
        If a run cannot be read to its end.
    EnvironmentError_
        If the disk refuses.
    """
    path = Path(prepared["path"])
    work = partial_path(path)
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir(parents=True)
        files: dict[str, Path] = {}
        total = max(sum(len(case["runs"]) for case in prepared["cases"]), 1)
        done = 0
        for number, case in enumerate(prepared["cases"]):
            for at, run in enumerate(case["runs"]):

                def share(frames: int, of: int | None, done: int = done) -> None:
                    progress(0.95 * (done + (frames / of if of else 0.5)) / total)

                _run(run, (number, at), prepared, work, files, share)
                case["document"]["runs"][at] |= {"part": run["part"], "lost": run["lost"]}
                done += 1
            files[case_file(number)] = _write_json(work / f"{number}.json", case["document"])
        pack = work / "pack"
        _zip(files, pack)
        put_in_place(pack, path, durable=True)
    except OSError as error:
        raise EnvironmentError_(f"{path}: the pack cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    progress(1.0)
    return path


def _case(library: Library, order: PackOrder, case_id: str) -> dict[str, Any]:
    case = library.one("cases", case_id)
    if case is None or case["deleted_ns"] is not None:
        raise UsageError(f"there is no case {case_id}")
    levels = library.rows("levels", case_id=case_id)
    place = {level["id"]: at for at, level in enumerate(levels)}
    runs = library.rows("runs", case_id=case_id)
    findings, outcomes = library.rows("findings", case_id=case_id), library.rows("outcomes", case_id=case_id)
    document = {
        "id": _random(case_id, "cases"),
        "day": shifted(case["day"], order.shift_days) if order.shift_days else None,
        "technique": case["technique"],
        "note": case["note"] if order.with_notes else "",
        "tags": case["tags"] if order.with_notes else "",
        "levels": [
            _part(level, _LEVEL) | {"id": _random(level["id"], "levels"), "day_said": _day_said(level, runs)}
            for level in levels
        ],
        "runs": [
            {
                "id": _random(run["id"], "runs"),
                "level": place.get(run["level_id"], 0),
                "rehearsal": bool(run["rehearsal"]),
                "session": _random(_session_of(run), "sessions"),
                "pictures": run["state"] != NO_PICTURES,
            }
            for run in runs
        ],
        "findings": [_part(one, _FINDING, order) for one in findings],
        "outcomes": [_part(one, _OUTCOME, order) for one in outcomes],
    }
    made = []
    for run in runs:
        plan = plan_path(run)
        made.append(
            {
                "id": run["id"],
                "path": run["path"],
                "recording": str(stored_recording(library, run)),
                "pictures": run["state"] != NO_PICTURES,
                "plan": None if plan is None else str(plan),
                "result": run["result"],
                "has_truth": bool(run["has_truth"]),
                "part": None,
                "lost": 0,
            }
        )
    return {"document": document, "runs": made}


def _day_said(level: Row, runs: list[Row]) -> str:
    """What was done at a level on the day, said anew without a site's words; nothing where its day is not here."""
    if not level["day_said"]:
        return ""
    found: list[tuple[str, str]] = []
    # A level that was worked on twice has its words from the whole session's day.
    paths = [Path(run["path"]) for run in runs]
    for place in dict.fromkeys(place for path in paths for place in (recording_of(path), path)):
        day = read_session_day(place)
        if day is not None:
            full, bare = (session_columns(each, rehearsal=False)["levels"] for each in (day, without_site_words(day)))
            found += [
                (one["day_said"], other["day_said"])
                for one, other in zip(full, bare, strict=True)
                if one["level"] == level["level"] and one["day_said"]
            ]
    known = dict(reversed(found))
    return known.get(level["day_said"], found[0][1] if found else "")


def _random(id_: str, table: str) -> str:
    """An id that was drawn by the program and says nothing of anybody: it goes along, no other does."""
    return id_ if is_id(table, id_) else ""


def _part(row: Row, names: tuple[str, ...], order: PackOrder | None = None) -> dict[str, Any]:
    made = {name: row[name] for name in names}
    if order is not None:
        made["day"] = shifted(row["day"], order.shift_days) if order.shift_days else None
        made["note"] = row["note"] if order.with_notes else ""
    return made


def _run(
    run: dict[str, Any],
    at: tuple[int, int],
    prepared: dict[str, Any],
    work: Path,
    files: dict[str, Path],
    progress: Callable[[int, int | None], None],
) -> None:
    base = work / f"{at[0]}_{at[1]}"
    base.mkdir()
    _day(run, at, base, files)
    if not run["pictures"]:
        return
    covers: list[Cover] = [(x, y, w, h) for x, y, w, h in prepared["covers"]]
    plan = bare_plan(read_json(Path(run["plan"]).read_bytes())) if run["plan"] else None
    part = _part_of(run["path"], plan)
    run["part"] = None if part is None else plain(part)
    since = None if part is None else part.pictures_from
    write_pictures(run["path"], base / "run.mkv", covers, progress, since)
    files[run_file(*at, "run.mkv")] = base / "run.mkv"
    if plan is not None:
        files[run_file(*at, "plan.json")] = _write_json(base / "plan.json", plan)
    result = read_result(Path(run["result"])) if run["result"] else None
    if result is not None:
        files[run_file(*at, "result.json")] = _write_json(base / "result.json", bare_result(result))
        table = Path(run["result"]).with_name("measurements.csv")
        if table.is_file():
            files[run_file(*at, "measurements.csv")] = _write_table(table, base / "measurements.csv")
    review = review_of(Path(run["path"]), Path(run["result"]) if run["result"] else None, run["id"])
    packed = bare_review(review, prepared["shift_days"], with_notes=prepared["with_notes"])
    if packed.entries:
        save(replace(packed, path=base / FILE))
        files[run_file(*at, FILE)] = base / FILE
    truth = Path(run["path"]) / "truth"
    for name in ("truth.json", "truth.csv"):
        if run["has_truth"] and (truth / name).is_file():
            files[run_file(*at, f"truth/{name}")] = truth / name
    # A thumbnail of the covered pictures, not the one of the library.
    _thumbnail(base / "run.mkv", base / "thumbnail.jpg")
    run["lost"] = _lost(run["path"])
    files[run_file(*at, "thumbnail.jpg")] = base / "thumbnail.jpg"


def _day(run: dict[str, Any], at: tuple[int, int], base: Path, files: dict[str, Path]) -> None:
    """What was done and told in a run on its day; of a level without pictures it is all that there is."""
    path = Path(run["path"])
    if run["pictures"]:
        day, whole = read_session_day(path), read_session_day(recording_of(path))
    else:
        recording = Path(run["recording"])
        day, whole = day_without_pictures(path, recording), read_session_day(recording)
        if day is None:
            refusal = "the log of the session is not there; find its recording again in the window"
            raise InputError(f"{recording}: of a level without pictures {refusal}")
    if day is not None:
        files[run_file(*at, DAY)] = _write_json(base / DAY, bare_day(day, whole))


def _session_of(run: Row) -> str:
    """The id of a run's session: as the library has it, else as its recording says (before the library kept it)."""
    return str(run["session_id"]) or session_of(read_head(recording_of(Path(run["path"])))).session_id


def _part_of(run: str, plan: dict[str, Any] | None) -> Part | None:
    """Which part of its recording a run is, with pictures of its own: of its frames and of its reference frames."""
    part = read_part(Path(run))
    if part is None:
        return None
    views = [] if plan is None else plan["views"]
    known = [view.get("reference_frame") for view in views]
    wanted = [part.first_frame, *(max(frame, part.pictures_from) for frame in known if isinstance(frame, int))]
    source = open_source(run)
    try:
        begin = source.frame_at(min(wanted))
    finally:
        source.close()
    return msgspec.structs.replace(part, pictures_from=begin.index, begins_s=begin.t_s)


def _lost(run: str) -> int:
    """How many frames of a run have no picture."""
    source = open_source(run)
    try:
        return lost_frames(source.facts)
    finally:
        source.close()


def _thumbnail(run: Path, path: Path) -> None:
    source = open_source(str(run))
    try:
        last = (source.facts.frame_count or 1) - 1
        write_thumbnail(source.frame_at(int(0.85 * last)), path)
    finally:
        source.close()


def _write_table(source: Path, target: Path) -> Path:
    """The figures again, cell by cell: what is no figure or word of the contract does not travel."""
    with open_table(source) as table, target.open("w", newline="", encoding="utf-8") as new:
        rows = csv.writer(new, lineterminator="\n")
        for row in (table.columns, *table.rows) if table.columns else ():
            rows.writerow([cell if len(cell) <= 64 and cell.isascii() else "" for cell in row])
    return target


def _write_json(path: Path, document: Any) -> Path:
    path.write_text(json_text(document, indent=None, ascii_only=True), encoding="utf-8")
    return path


def _zip(files: dict[str, Path], target: Path) -> None:
    manifest = {
        "schema": SCHEMA,
        "program": __version__,
        "files": {name: {"bytes": path.stat().st_size, "sha256": file_hash(path)} for name, path in files.items()},
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as pack:
        _add(pack, MANIFEST, json_text(manifest, ascii_only=True).encode(), None)
        for name, path in files.items():
            _add(pack, name, b"", path)


def _add(pack: zipfile.ZipFile, name: str, content: bytes, path: Path | None) -> None:
    # A fixed stamp: when the file was made says when the patient was treated.
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o600 << 16
    is_packed = name.endswith((".mkv", ".jpg"))
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    with pack.open(entry, "w", force_zip64=path is not None) as member:
        if path is None:
            member.write(content)
            return
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                member.write(chunk)


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
