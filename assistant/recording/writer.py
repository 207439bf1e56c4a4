"""Writes what the camera gives: distinct pictures as video, one line a frame, in threads of its own.

    offer -> [frames, bounded] -> code -> [packets, bounded] -> disk            sync, once a second

The caller never waits. A picture that a full queue or a full disk does not take is counted and told, never silently
left out. A write that fails ends that file; a failed fsync does too and is never tried again, because the kernel may
have dropped the pages and would say "done" the second time: what was not synced is written once more into new files.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.language import sentence
from assistant.recording.coder import NOWHERE, Coded, Coder, Offered
from assistant.recording.recording_files import Disk, RecordingFiles
from assistant.recording.recording_state import Gauge, RecordingState
from assistant.recording.schema import LogAnchorLine
from assistant.settings.tree import RecordingSettings
from assistant.vocabulary import Grey

log = logging.getLogger(__name__)
_MB: Final = 1 << 20
_STOP_WAIT_S: Final = 3.0
_FRAMES_WAITING: Final = 512
_TRY_AGAIN_NS: Final = 2_000_000_000
_MOST_UNSYNCED: Final = 256
_WELL_AGAIN_NS: Final = 2_000_000_000
# Trying again at once is of no use.
_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EROFS})


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSettings:
    """How it writes. Bytes and seconds; the first three of the settings (`of`)."""

    sync_every_s: float
    segment_bytes: int
    reserve_bytes: int
    """Left free on the disk for the event log and everybody else."""
    uncoded_bytes: int = 256 << 20
    """Pictures that may wait for a free core: six seconds of 1280 x 1024 at 30/s."""
    waiting_bytes: int = 384 << 20
    """Coded pictures that may wait for a disk that stalls: half a minute at 15 pictures/s of 1280 x 1024."""

    @classmethod
    def of(cls, settings: RecordingSettings) -> WriterSettings:
        """As the settings say."""
        return cls(
            sync_every_s=settings.sync_every_s,
            segment_bytes=round(settings.segment_mb * _MB),
            reserve_bytes=round(settings.reserve_mb * _MB),
        )


class Recorder:
    """Records a run into a folder. One of these writes; a process that is started anew makes its own new files.

    Parameters
    ----------
    folder : Path
        Exists.
    settings : WriterSettings
    disk : Disk
    clock_ns : callable
    """

    def __init__(
        self,
        folder: Path,
        settings: WriterSettings,
        *,
        disk: Disk | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._folder, self._settings = folder, settings
        self._disk, self._clock_ns = disk or Disk(), clock_ns
        self._offered: queue.Queue[Offered | LogAnchorLine | None] = queue.Queue(_FRAMES_WAITING)
        self._coded: queue.Queue[Coded | LogAnchorLine | None] = queue.Queue()
        self._offered_bytes = self._begun_bytes = 0
        self._coded_bytes = self._taken_bytes = 0
        self._lock = threading.Lock()
        self._files = RecordingFiles(folder, settings.segment_bytes, self._disk, self._note_fault)
        self._unsynced: deque[Coded] = deque(maxlen=_MOST_UNSYNCED)
        self._sync_failed = False
        self._synced_ns = clock_ns()
        self._gauge = Gauge(self._files.size_on_disk())
        self._fault = ""
        self._lost = 0
        self._lost_ns = 0
        self._retry_ns = 0
        self._failed_ns = -_TRY_AGAIN_NS
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._guarded, args=(body,), name=name, daemon=True)
            for name, body in (("code", self._code_all), ("disk", self._write_all), ("sync", self._sync_all))
        ]
        for thread in self._threads:
            thread.start()

    # From the capture's thread ---------------------------------------------------------------------------------

    def offer(self, index: int, t_ns: int, captured_ns: int, grey: Grey | None) -> bool:
        """Take a frame; ``grey`` is None where it repeats the picture before. False where it had to be left out.

        The array must not be written to afterwards.
        """
        if self._coded_bytes - self._taken_bytes > self._settings.waiting_bytes:
            return self._left_out(sentence("the disk does not keep up"))
        size = 0 if grey is None else grey.nbytes
        waits = self._offered_bytes - self._begun_bytes
        if self._offered.full() or (size and waits > self._settings.uncoded_bytes):
            return self._left_out(sentence("the coding does not keep up"))
        self._offered_bytes += size
        self._offered.put(Offered(index=index, t_ns=t_ns, captured_ns=captured_ns, grey=grey))
        return True

    def _left_out(self, why: str) -> bool:
        self._lost += 1
        self._lost_ns = self._clock_ns()
        self._fault = why
        return False

    def anchor(self, head: str, count: int) -> None:
        """Keep the head of the event log among the frames."""
        try:
            self._offered.put_nowait(LogAnchorLine(events_head=head, events_count=count))
        except queue.Full:
            log.warning("the event log's head was not kept: the coding does not keep up")

    @property
    def state(self) -> RecordingState:
        """What is on the disk, as the disk says it."""
        free, reserve = self._files.free_bytes(), self._settings.reserve_bytes
        return RecordingState(
            folder=str(self._folder),
            bytes_written=self._gauge.seen_bytes,
            grew_ns=self._gauge.grew_ns,
            free_bytes=free,
            minutes_left=self._gauge.minutes_left(None if free is None else max(0, free - reserve)),
            fault=self._fault,
            lost_frames=self._lost,
        )

    def close(self) -> bool:
        """Write what waits, close the files in order; False if that took longer than three seconds."""
        until = time.monotonic() + _STOP_WAIT_S
        try:
            self._offered.put(None, timeout=_STOP_WAIT_S)
        except queue.Full:
            return False
        for thread in self._threads[:2]:
            thread.join(max(0.0, until - time.monotonic()))
        self._ended.set()
        self._threads[2].join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    # Its own threads -------------------------------------------------------------------------------------------

    def _guarded(self, body: Callable[[], None]) -> None:
        try:
            body()
        except Exception as error:
            # A thread that dies in silence would look like a recording.
            log.exception("recording stopped")
            self._fault = sentence(f"recording stopped by a fault of the program ({type(error).__name__})")

    def _code_all(self) -> None:
        coder = Coder()
        while (offered := self._offered.get()) is not None:
            if isinstance(offered, LogAnchorLine):
                self._coded.put(offered)
                continue
            self._coded.put(coded := coder.code(offered))
            self._begun_bytes += offered.grey.nbytes if offered.grey is not None else 0
            self._coded_bytes += len(coded.packet or b"")
        self._coded.put(None)

    def _write_all(self) -> None:
        while (coded := self._coded.get()) is not None:
            if isinstance(coded, LogAnchorLine):
                self._put_line(coded)
                continue
            with self._lock:
                self._keep(coded)
            self._taken_bytes += len(coded.packet or b"")
        with self._lock:
            self._files.finish()

    def _keep(self, coded: Coded) -> None:
        """Write one frame; where a file fails, what is not synced yet and this frame go into new files."""
        well = self._may_write()
        if well and self._sync_failed:
            self._give_files_up()
            well = self._write_again()
        if well and not self._try(coded):
            well = self._may_write() and self._write_again() and self._try(coded)
        if well:
            self._unsynced.append(coded)
        else:
            self._lose(coded)

    def _try(self, coded: Coded) -> bool:
        try:
            self._files.write(coded)
        except OSError as error:
            self._fail(error)
            return False
        return True

    def _write_again(self) -> bool:
        """What was not synced, once more; of two lines of a frame the later one counts."""
        waiting = list(self._unsynced)
        if waiting and waiting[0].packet is None:
            self._files.carried = waiting[0].at
        return all(self._try(coded) for coded in waiting)

    def _lose(self, coded: Coded) -> None:
        """A picture that cannot be kept: its time is, in the room held back for that, if the disk takes a line."""
        self._lost += 1
        self._lost_ns = self._clock_ns()
        if coded.packet is not None:
            self._files.carried = NOWHERE  # repeats of a lost picture are lost with it
        with contextlib.suppress(OSError):
            self._files.write_line(coded)

    def _put_line(self, line: LogAnchorLine) -> None:
        with self._lock:
            try:
                if self._may_write():
                    self._files.append_line(line)
            except OSError as error:
                self._fail(error)

    def _may_write(self) -> bool:
        now_ns = self._clock_ns()
        if now_ns < self._retry_ns:
            return False
        free = self._files.free_bytes()
        if free is not None and free < self._settings.reserve_bytes:
            self._fault, self._retry_ns = sentence("the disk is full"), now_ns + _TRY_AGAIN_NS
            return False
        return True

    def _fail(self, error: OSError) -> None:
        """A file failed: new ones are tried at once, but not again and again within two seconds."""
        now_ns = self._clock_ns()
        fault = sentence(f"the recording cannot be written ({error.strerror})")
        if fault != self._fault:
            log.warning("recording: %s", error)
        soon, self._fault, self._failed_ns = now_ns - self._failed_ns < _TRY_AGAIN_NS, fault, now_ns
        if soon or error.errno in _FULL:
            self._retry_ns = now_ns + _TRY_AGAIN_NS
        self._give_files_up()

    def _note_fault(self, fault: str) -> None:
        self._fault = fault

    def _give_files_up(self) -> None:
        self._sync_failed = False
        self._files.give_up()

    def _sync_all(self) -> None:
        while not self._ended.wait(self._settings.sync_every_s / 4):
            self._look()
            if self._clock_ns() - self._synced_ns >= self._settings.sync_every_s * 1e9:
                self._sync()

    def _sync(self) -> None:
        with self._lock:
            files = self._files.open_files
            known = len(self._unsynced)
            failed = self._sync_failed
        if failed:
            return
        try:
            for file in files:
                file.sync(self._disk.fsync)
        except (OSError, ValueError) as error:
            with self._lock:
                if any(file is each for file in files for each in self._files.open_files):
                    log.warning("fsync: %s", error)
                    self._fault = sentence(
                        "the disk did not keep what was written; it is written again into a new file"
                    )
                    self._sync_failed = True
            return
        with self._lock:
            for _ in range(min(known, len(self._unsynced))):
                self._unsynced.popleft()
        self._synced_ns = self._clock_ns()

    def _look(self) -> None:
        """Ask the disk how far it is; a fault is over once files grow again and their end can be read."""
        with self._lock:
            files, size = self._files.open_files, self._files.size_on_disk()
        now_ns = self._clock_ns()
        grew = self._gauge.look(now_ns, size) and all(file.end_is_there() for file in files)
        if grew and self._fault and now_ns - max(self._lost_ns, self._retry_ns) > _WELL_AGAIN_NS:
            self._fault = ""
