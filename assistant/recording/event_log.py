"""The event log: one JSON line an event, each carrying the hash of the one before. One writer, never edited.

The chain shows a line that was changed, taken out, put in or moved. It cannot show by itself that its last lines were
cut off: for that its head is also written into the recording of the pictures (`LogAnchor`), and given to `check_chain`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from assistant.language import sentence
from assistant.system.plain import json_canonical, json_text, plain

log = logging.getLogger(__name__)
START: Final = "0" * 64
NAME: Final = "events.jsonl"
_MOST_WAITING: Final = 10_000
_MOST_HELD_BYTES: Final = 4 << 20
_STOP_WAIT_S: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What a log comes to.

    Attributes
    ----------
    events : tuple of dict
        All whole lines, in order, up to the first fault.
    head : str
        Hash of the last good line.
    fault : str
        The first thing that is wrong, with its file and line; empty for a whole chain.
    torn : bool
        The last line was not written to its end (the program was killed): nothing else is wrong.
    """

    events: tuple[dict[str, Any], ...]
    head: str
    fault: str
    torn: bool


def line_hash(line: dict[str, Any]) -> str:
    """Hash of an event without its own ``hash``."""
    bare = {key: value for key, value in line.items() if key != "hash"}
    return hashlib.sha256(json_canonical(bare).encode()).hexdigest()


def log_files(folder: Path) -> list[Path]:
    """The files of a log, in the order in which they were written."""
    files = [path for path in folder.glob("events*.jsonl") if path.is_file()]
    return sorted(files, key=lambda path: (len(path.name), path.name))


def check_chain(files: Sequence[Path], known_head: str | None = None, known_count: int = 0) -> Chain:
    """Read a log and say whether it is whole.

    Parameters
    ----------
    files : sequence of Path
        In order (see `log_files`).
    known_head, known_count : str or None, int
        A head that was witnessed elsewhere after that many lines: a log that was cut before it is not whole.
    """
    events: list[dict[str, Any]] = []
    head, torn = START, False
    for path in files:
        try:
            content = path.read_bytes()
        except OSError as error:
            return Chain(events=tuple(events), head=head, fault=f"{path.name}: {error.strerror}", torn=False)
        lines = content.split(b"\n")
        torn = bool(lines[-1])
        for number, raw in enumerate(lines[:-1], 1):
            event = _event(raw)
            where = f"{path.name} line {number}"
            if event is None:
                return Chain(events=tuple(events), head=head, fault=sentence(f"{where}: not an event"), torn=False)
            if _was_said(event, events):
                continue  # a line that was not surely kept is written again into the next file
            if event.get("prev") != head or event.get("n") != len(events) + 1:
                return Chain(events=tuple(events), head=head, fault=sentence(f"{where}: does not follow"), torn=False)
            if event.get("hash") != line_hash(event):
                return Chain(events=tuple(events), head=head, fault=sentence(f"{where}: was changed"), torn=False)
            events.append(event)
            head = event["hash"]
            if known_head is not None and len(events) == known_count and head != known_head:
                return Chain(
                    events=tuple(events), head=head, fault=sentence(f"{where}: not the one witnessed"), torn=False
                )
    if known_head is not None and len(events) < known_count:
        fault = sentence(f"{known_count - len(events)} lines are missing at the end")
        return Chain(events=tuple(events), head=head, fault=fault, torn=torn)
    return Chain(events=tuple(events), head=head, fault="", torn=torn)


def _was_said(event: dict[str, Any], events: list[dict[str, Any]]) -> bool:
    number = event.get("n")
    return isinstance(number, int) and 0 < number <= len(events) and events[number - 1] == event


def _event(raw: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


class EventLog:
    """Writes the log of a folder; goes on with the chain that is there. Nothing here makes its caller wait.

    Parameters
    ----------
    folder : Path
    clock_ns, wall_ns : callable
    sync : callable
        ``os.fsync``, replaced by tests.

    Attributes
    ----------
    fault : str
        Why events may be lost, empty while all is well.
    before : Chain
        What was in the log already.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        wall_ns: Callable[[], int] = time.time_ns,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        self._folder, self._clock_ns, self._wall_ns, self._sync = folder, clock_ns, wall_ns, sync
        files = log_files(folder)
        self.before = check_chain(files)
        self.fault = sentence(f"the event log before is not whole: {self.before.fault}") if self.before.fault else ""
        self._head, self._count = self.before.head, len(self.before.events)
        self._file_number = len(files) + 1
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._write_all, name="event log", daemon=True)
        self._thread.start()

    @property
    def head(self) -> tuple[str, int]:
        """Hash of the last event and the count of events."""
        return self._head, self._count

    def append(self, kind: str, **data: Any) -> dict[str, Any]:
        """Add an event; gives its line. What JSON cannot hold is written as its text."""
        wall_ns = self._wall_ns()
        with self._lock:
            event: dict[str, Any] = {
                "n": self._count + 1,
                "prev": self._head,
                "wall": datetime.fromtimestamp(wall_ns / 1e9, UTC).isoformat(timespec="milliseconds"),
                "wall_ns": wall_ns,
                "mono_ns": self._clock_ns(),
                "kind": kind,
                "data": plain(data, otherwise=str),
            }
            event["hash"] = line_hash(event)
            try:
                self._waiting.put_nowait((json_text(event, indent=None, ascii_only=True) + "\n").encode())
            except queue.Full:
                self.fault = self.fault or sentence("events come faster than the disk takes them")
                return event
            self._head, self._count = event["hash"], self._count + 1
        return event

    def close(self) -> bool:
        """Write what waits; False if the disk did not take it within three seconds."""
        try:
            self._waiting.put(None, timeout=_STOP_WAIT_S)
        except queue.Full:
            return False
        self._thread.join(_STOP_WAIT_S)
        return not self._thread.is_alive() and not self.fault

    def _write_all(self) -> None:
        descriptor, held, ending = -1, b"", False
        while not ending:
            batch = [self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            ending = batch[-1] is None
            held += b"".join(line for line in batch if line is not None)
            for _ in range(2):
                try:
                    if descriptor < 0:
                        descriptor = self._next_file()
                    _write_whole(descriptor, held)
                    self._sync(descriptor)
                    held = b""
                    break
                except OSError as error:
                    # A failed fsync is never tried again: the kernel may have dropped the pages and would say "done".
                    # What may be lost is written once more into a new file, now or with the next event.
                    self.fault = self.fault or sentence(f"the event log cannot be kept ({error.strerror})")
                    log.warning("event log: %s", error)
                    if descriptor >= 0:
                        os.close(descriptor)
                    descriptor, held = -1, held[-_MOST_HELD_BYTES:]
        if descriptor >= 0:
            os.close(descriptor)

    def _next_file(self) -> int:
        name = NAME if self._file_number == 1 else f"events_{self._file_number}.jsonl"
        self._file_number += 1
        return os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)


def _write_whole(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
