"""Reading a case pack of somebody else: checked to the last byte before anything of it reaches the library.

Refused: names that this program does not make (paths, drives, links, reserved names), more members or bytes than a
pack can have, members that unpack to more than they say or overlap, a hash that does not fit, JSON that is too deep.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from assistant.errors import EnvironmentError_, InputError, UsageError
from assistant.exchange.pack_names import (
    MANIFEST,
    MOST_BYTES,
    MOST_JSON_BYTES,
    MOST_MEMBERS,
    MOST_RATIO,
    READS,
    case_file,
    is_known,
    run_file,
)
from assistant.identity import is_id
from assistant.language import sentence
from assistant.part import Part
from assistant.plan import LAST_FRAME
from assistant.review.annotations import FILE, LABELS, SITES, parse
from assistant.review.session_day import FILE as DAY
from assistant.review.session_day import decode_day
from assistant.system.files import whole_folder
from assistant.system.plain import read_json
from assistant.validation.table import read_table_facts

_END: Final = b"PK\x05\x06"
_CHUNK: Final = 1 << 20
_MOST_CASES: Final = 500
_SHORT, _LONG = 64, 4000
_MOST_ENTRIES: Final = 5000
_MOST: Final = 10**6
"""Of ml, s, mm, percent and exposures alike: no case holds more, and the sum of all stays a number."""
_STRANGER: Final = re.compile(r"reviewer [0-9]{1,4}")
T = TypeVar("T")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _FileFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bytes: int
    sha256: str


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: str
    program: str
    files: dict[str, _FileFacts]


class PackedLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level of a packed case."""

    id: str = ""
    level: str | None = None
    technique: str = ""
    access: str = ""
    gauge: str = ""
    cement_ml: float | None = None
    xray_s: float | None = None
    exposures: int | None = None
    second_xray_s: float | None = None
    second_exposures: int | None = None
    day_said: str = ""


class PackedRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A run of a packed case: its level's place in the list, whether it was played as if live, its session and part.

    ``lost``: how many of its frames have no picture, which are black in the pack. A run without pictures is a level of
    a session of which nothing was recorded: it has what was done and told in it.
    """

    id: str = ""
    level: int = 0
    rehearsal: bool = False
    session: str = ""
    part: Part | None = None
    pictures: bool = True
    lost: int = 0


class PackedFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A CT finding."""

    site: str
    level: str | None = None
    yeom: str | None = None
    magnitude: str | None = None
    shape: str | None = None
    day: str | None = None
    note: str = ""


class PackedOutcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Follow-up figures."""

    stage: str
    vas: float | None = None
    odi_percent: float | None = None
    anterior_height_mm: float | None = None
    middle_height_mm: float | None = None
    posterior_height_mm: float | None = None
    adjacent_fracture: int | None = None
    remote_fracture: int | None = None
    day: str | None = None
    note: str = ""


class PackedCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``case.json`` of a pack."""

    levels: list[PackedLevel]
    runs: list[PackedRun]
    id: str = ""
    day: str | None = None
    technique: str = ""
    note: str = ""
    tags: str = ""
    findings: list[PackedFinding] = []
    outcomes: list[PackedOutcome] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A pack whose every byte was checked, unpacked into a folder of its own."""

    folder: Path
    cases: tuple[PackedCase, ...]


def unpack(path: Path, folder: Path) -> Unpacked:
    """Unpack a pack into a new folder; whole or not at all.

    Parameters
    ----------
    path : Path
    folder : Path
        Must not exist; made only when the pack is whole.

    Raises
    ------
    InputError
        If the pack is not one, not whole, or made to do harm. Nothing is left on the disk.
    EnvironmentError_
        If the disk refuses.
    """
    try:
        _check_end(path)
        with whole_folder(folder) as part, zipfile.ZipFile(path) as pack:
            members = _checked_members(pack, path)
            manifest = _manifest(pack, members, path)
            room = shutil.disk_usage(_existing(folder)).free
            wanted = sum(facts.bytes for facts in manifest.files.values())
            if wanted > room:
                raise EnvironmentError_(f"{path}: unpacks to {wanted} bytes and {room} are free; make room first")
            part.mkdir(parents=True)
            for name, facts in manifest.files.items():
                _extract(pack, members[name], facts, part / name, path)
            cases = _cases(part, manifest, path)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        RuntimeError,
        ValueError,
        KeyError,
        OverflowError,
        MemoryError,
        msgspec.MsgspecError,
    ) as error:
        raise InputError(f"{path}: not a whole case pack ({_short(error)}); ask for it again") from error
    except OSError as error:
        raise EnvironmentError_(f"{path}: cannot be unpacked ({error.strerror or error}); nothing was kept") from error
    return Unpacked(folder=folder, cases=cases)


def read_cases(folder: Path, count: int) -> tuple[PackedCase, ...]:
    """The cases of a pack that `unpack` has checked."""
    return tuple(read_json((folder / case_file(number)).read_bytes(), PackedCase) for number in range(count))


def _short(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160]


def _existing(folder: Path) -> Path:
    at = folder
    while not at.exists():
        at = at.parent
    return at


def _check_end(path: Path) -> None:
    """Read the count of members before anything builds a list of them: 10⁶ of them would fill the memory."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        size = file.tell()
        if size > MOST_BYTES:
            raise InputError(f"{path}: larger than any case pack may be")
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise InputError(f"{path}: not a case pack, or cut off; ask for it again")
    count, directory, start = struct.unpack_from("<HII", tail, at + 10)
    if count > MOST_MEMBERS and count != 0xFFFF:
        raise InputError(f"{path}: holds {count} files, more than a case pack can")
    if count == 0xFFFF or directory == 0xFFFFFFFF or start == 0xFFFFFFFF:
        # The 64-bit end record: its locator stands right before, 20 bytes, and points to it.
        _check_long_end(path, size, tail, at)
    elif directory > MOST_MEMBERS * 512:
        raise InputError(f"{path}: its directory is larger than that of any case pack")


def _check_long_end(path: Path, size: int, tail: bytes, at: int) -> None:
    if at < 20 or tail[at - 20 : at - 16] != b"PK\x06\x07":
        raise InputError(f"{path}: not a case pack: its end is not as it says")
    place = struct.unpack_from("<Q", tail, at - 12)[0]
    if place > size - 56:
        raise InputError(f"{path}: not a case pack: its end is not where it says")
    with path.open("rb") as file:
        file.seek(place)
        record = file.read(56)
    if record[:4] != b"PK\x06\x06":
        raise InputError(f"{path}: not a case pack: its end is not where it says")
    count, directory = struct.unpack_from("<QQ", record, 32)
    if count > MOST_MEMBERS or directory > MOST_MEMBERS * 512:
        raise InputError(f"{path}: holds {count} files, more than a case pack can")


def _checked_members(pack: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    entries = pack.infolist()
    if len(entries) > MOST_MEMBERS:
        raise InputError(f"{path}: holds {len(entries)} files, more than a case pack can")
    members: dict[str, zipfile.ZipInfo] = {}
    taken: list[tuple[int, int]] = []
    for entry in entries:
        if not is_known(entry.filename) or getattr(entry, "orig_filename", entry.filename) != entry.filename:
            raise InputError(f"{path}: holds a file that no case pack has ({entry.filename[:60]!r}); nothing was kept")
        if entry.filename in members:
            raise InputError(f"{path}: holds {entry.filename} twice; nothing was kept")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if entry.is_dir() or kind not in (0, stat.S_IFREG):
            raise InputError(f"{path}: {entry.filename} is no plain file; nothing was kept")
        if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{path}: {entry.filename} is locked or packed in another way; nothing was kept")
        if entry.file_size > MOST_BYTES or entry.file_size > MOST_RATIO * entry.compress_size + 4096:
            raise InputError(f"{path}: {entry.filename} unpacks to too much; nothing was kept")
        members[entry.filename] = entry
        taken.append((entry.header_offset, entry.header_offset + 30 + len(entry.filename) + entry.compress_size))
    taken.sort()
    for (_, end), (start, _) in itertools.pairwise(taken):
        if start < end:
            raise InputError(f"{path}: its files overlap; nothing was kept")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise InputError(f"{path}: unpacks to more than any case pack may; nothing was kept")
    return members


def _manifest(pack: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], path: Path) -> _Manifest:
    if MANIFEST not in members:
        raise InputError(f"{path}: not a case pack: it has no manifest")
    manifest = read_json(_small(pack, members[MANIFEST], path), _Manifest)
    if manifest.schema not in READS:
        refusal = sentence(
            f"a pack of another version ({manifest.schema[:40]!r}); this program reads {' and '.join(READS)}"
        )
        raise InputError(f"{path}: {refusal}")
    if set(manifest.files) != set(members) - {MANIFEST}:
        raise InputError(f"{path}: its manifest does not name the files that it holds; nothing was kept")
    for name, facts in manifest.files.items():
        if facts.bytes != members[name].file_size or not re.fullmatch(r"[0-9a-f]{64}", facts.sha256):
            raise InputError(f"{path}: {name} is not as its manifest says; nothing was kept")
    return manifest


def _small(pack: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> bytes:
    if entry.file_size > MOST_JSON_BYTES:
        raise InputError(f"{path}: {entry.filename} is larger than it can be")
    with pack.open(entry) as member:
        content = member.read(MOST_JSON_BYTES + 1)
    if len(content) > MOST_JSON_BYTES:
        raise InputError(f"{path}: {entry.filename} is larger than it says")
    return content


def _extract(pack: zipfile.ZipFile, entry: zipfile.ZipInfo, facts: _FileFacts, target: Path, path: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, done = hashlib.sha256(), 0
    with pack.open(entry) as member, target.open("xb") as file:
        while chunk := member.read(_CHUNK):
            done += len(chunk)
            if done > facts.bytes:
                raise InputError(f"{path}: {entry.filename} unpacks to more than it says; nothing was kept")
            digest.update(chunk)
            file.write(chunk)
    if done != facts.bytes or digest.hexdigest() != facts.sha256:
        raise InputError(f"{path}: {entry.filename} was changed since the pack was made; nothing was kept")


def _cases(part: Path, manifest: _Manifest, path: Path) -> tuple[PackedCase, ...]:
    cases = []
    expected = set()
    for number in range(_MOST_CASES):
        name = case_file(number)
        if name not in manifest.files:
            break
        case = _said(part, name, manifest, path, partial(read_json, kind=PackedCase))
        _check_words(case, name, path)
        expected.add(f"cases/{number}/")
        for run in range(len(case.runs)):
            _check_pictures(case.runs[run], number, run, manifest, path)
            _check_review(part, run_file(number, run, FILE), manifest, path)
            _check_table(part, run_file(number, run, "measurements.csv"), manifest, path, case.runs[run].part)
            if run_file(number, run, DAY) in manifest.files:
                _said(part, run_file(number, run, DAY), manifest, path, decode_day)
        cases.append(case)
    names = {name for name in manifest.files if not name.startswith(tuple(expected) or "\0")}
    runs = [name for name in manifest.files if "/runs/" in name]
    known = {f"cases/{n}/runs/{r}/" for n, case in enumerate(cases) for r in range(len(case.runs))}
    if not cases or names or any(not name.startswith(tuple(known) or "\0") for name in runs):
        raise InputError(f"{path}: holds files that belong to no case; nothing was kept")
    return tuple(cases)


def _check_pictures(run: PackedRun, number: int, at: int, manifest: _Manifest, path: Path) -> None:
    """A run has pictures, or nothing but its day."""
    held = {name for name in manifest.files if name.startswith(run_file(number, at, ""))}
    if run.pictures and run_file(number, at, "run.mkv") not in held:
        raise InputError(f"{path}: run {at} of case {number} has no pictures; nothing was kept")
    if not run.pictures and held != {run_file(number, at, DAY)}:
        refusal = "has no pictures, so it holds what was told on its day and nothing else"
        raise InputError(f"{path}: run {at} of case {number} {refusal}; nothing was kept")


def _said(part: Path, name: str, manifest: _Manifest, path: Path, read: Callable[[bytes], T]) -> T:
    """What a member says, read by those who know it, told by the names of the pack and the member."""
    if manifest.files[name].bytes > MOST_JSON_BYTES:
        raise InputError(f"{path}: {name} is larger than it can be")
    try:
        return read((part / name).read_bytes())
    except (ValueError, RecursionError) as error:
        refusal = sentence(f"does not say what a {Path(name).stem} says ({error}); nothing was kept")
        raise InputError(f"{path}: {name} {refusal}") from error


def _check_review(part: Path, name: str, manifest: _Manifest, path: Path) -> None:
    """What reviewers said: of the words that this program knows, by people that name nobody."""
    if name not in manifest.files:
        return
    entries = _said(part, name, manifest, path, parse)
    fits = len(entries) <= _MOST_ENTRIES
    for one in entries:
        fits = fits and len(one.text) <= _LONG and (one.about not in LABELS or one.text in LABELS[one.about])
        fits = fits and one.site in ("", *SITES) and 0 <= one.frame <= LAST_FRAME
        fits = fits and 0 <= (one.first_frame or 0) <= LAST_FRAME
        fits = fits and (is_id("people", one.author) or _STRANGER.fullmatch(one.author) is not None)
        fits = fits and (not one.said_at or _DAY.fullmatch(one.said_at) is not None)
    if not fits:
        raise InputError(f"{path}: {name} does not say what a review says; nothing was kept")


def _check_table(folder: Path, name: str, manifest: _Manifest, path: Path, part: Part | None) -> None:
    """The figures of a run: each frame from its first one on has its row, as the contract says it."""
    if name not in manifest.files:
        return
    try:
        read_table_facts(folder / name, 0 if part is None else part.first_frame)
    except (InputError, UsageError) as error:
        refusal = sentence(f"is no table of an analysis ({error}); nothing was kept")
        raise InputError(f"{path}: {name} {refusal}") from error


def _check_words(case: PackedCase, name: str, path: Path) -> None:
    from assistant.library.outcome import MAGNITUDES, SHAPES, SITES, STAGES, YEOM, checked_day

    try:
        days = [case.day, *(one.day for one in case.findings), *(one.day for one in case.outcomes)]
        for day in days:
            checked_day(day or "")
    except UsageError as error:
        raise InputError(f"{path}: {name}: {error}") from error
    short = [
        case.technique,
        *(text for one in case.levels for text in (one.level, one.technique, one.access, one.gauge)),
    ]
    long = [
        *(one.day_said for one in case.levels),
        case.note,
        case.tags,
        *(one.note for one in case.findings),
        *(one.note for one in case.outcomes),
    ]
    fits = all(len(text or "") <= _SHORT for text in short) and all(len(text) <= _LONG for text in long)
    fits = fits and 1 <= len(case.levels) <= 30 and len(case.runs) <= 300
    fits = fits and all(0 <= run.level < len(case.levels) and 0 <= run.lost <= LAST_FRAME for run in case.runs)
    fits = fits and len(case.findings) <= 300 and len(case.outcomes) <= 300
    for one in case.findings:
        fits = fits and one.site in SITES and (one.yeom or "") in YEOM and (one.shape or "") in SHAPES
        fits = fits and (one.magnitude or "") in MAGNITUDES
    fits = fits and all(one.stage in STAGES for one in case.outcomes)
    numbers = [value for one in (*case.levels, *case.outcomes) for value in msgspec.structs.astuple(one)]
    fits = fits and all(0 <= value <= _MOST for value in numbers if isinstance(value, int | float))
    if not fits:
        raise InputError(f"{path}: {name} does not say what a case says; nothing was kept")
