"""All that the processes of a session share: the ring of frames, the mailboxes, the heartbeats. One mapped file."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

from assistant.capture.camera.colour import NO_FLUOROSCOPY_SHARE
from assistant.errors import EnvironmentError_
from assistant.live.shared.earlier_room import EarlierRoom
from assistant.live.shared.frame_ring import Ring
from assistant.live.shared.mailbox import HEAD_BYTES, Mailbox
from assistant.live.shared.mapped_file import SharedFile
from assistant.settings.tree import Settings
from assistant.steps.liveness import MOST_PICTURES, SeenRoom
from assistant.vocabulary import Measure, Unknown

NOTHING_YET: Final = Unknown("no frame has come yet")
_MAGIC: Final = 0x666C756F726F34
"""Another one with every other layout: what an older version left behind is not taken for one of this."""
_REGISTERS_AT, _REGISTER_COUNT = 0, 64
_SLOTS, _SLOT_BYTES = 16, 8_400_000
"""Half a second at 30 frames/s; a slot takes 3840 x 2160 in 8 bit or 2048 x 2048 in 16 bit."""
_EARLIER_BYTES: Final = 64 << 20
"""For pictures from before the lines: 51 of 1280 x 1024 in 8 bit, 8 of the largest; never more than 64."""
_OUT_BYTES, _IN_BYTES = 2 << 20, 1 << 20
_BOXES: Final = (
    ("capture_says", _OUT_BYTES),
    ("analysis_says", _OUT_BYTES),
    ("watchdog_says", 1 << 16),
    ("to_capture", _IN_BYTES),
    ("to_analysis", _IN_BYTES),
    ("to_watchdog", 1 << 16),
)


class Register(IntEnum):
    """Whole numbers in the shared memory, each written by one process."""

    MAGIC = 0
    SLOTS = 1
    SLOT_BYTES = 2
    ORIGIN_NS = 3
    WINDOW_BEAT = 8
    CAPTURE_BEAT = 9
    ANALYSIS_BEAT = 10
    WATCHDOG_BEAT = 11
    WINDOW_PID = 12
    CAPTURE_PID = 13
    ANALYSIS_PID = 14
    WATCHDOG_PID = 15
    OWNER_EPOCH = 16
    CLOSING = 17
    ARMED = 18
    ANALYSED_INDEX = 20
    ANALYSED_CAPTURED_NS = 21
    LAST_PICTURE = 22
    NEXT_INDEX = 23
    WATCHDOG_ALARM = 25
    MARK_LIT = 24
    """X-ray-on mark of the console: -1 none, 0 dark, 1 lit."""
    LET_THROUGH = 26
    """Share of the picture that the mask lets through, in thousandths; -1 before the first frame."""
    COLOURED = 27
    """Share of what is let through that is in colour, in thousandths; -1 for a grey input."""
    SEEN_PICTURES = 28
    """There is room for the signatures of so many pictures."""
    EARLIER_BYTES = 29
    """For the pixels of pictures that lines which come late are held against."""


class SessionMemory:
    """The shared memory of a session."""

    def __init__(self, memory: SharedFile) -> None:
        self._memory = memory
        self.registers = memory.numbers_at(_REGISTERS_AT, _REGISTER_COUNT)
        at = 8 * _REGISTER_COUNT
        boxes: dict[str, Mailbox] = {}
        for name, size in _BOXES:
            boxes[name] = Mailbox(memory, at, size)
            at += HEAD_BYTES + size
        self.capture_says, self.analysis_says = boxes["capture_says"], boxes["analysis_says"]
        self.watchdog_says, self.to_capture = boxes["watchdog_says"], boxes["to_capture"]
        self.to_analysis, self.to_watchdog = boxes["to_analysis"], boxes["to_watchdog"]
        most = int(self.registers[Register.SEEN_PICTURES])
        self.seen = SeenRoom.shared(memory.bytes_at(at, SeenRoom.size(most)), most)
        """What the session has shown so far: an analysis that is started again goes on with it."""
        at += SeenRoom.size(most)
        earlier_bytes = int(self.registers[Register.EARLIER_BYTES])
        self.earlier = EarlierRoom(memory, at, earlier_bytes)
        """A few of its pictures, spread over all of it."""
        at += EarlierRoom.size(earlier_bytes)
        self.ring = Ring(memory, at, int(self.registers[Register.SLOTS]), int(self.registers[Register.SLOT_BYTES]))

    @classmethod
    def make(
        cls,
        slots: int = _SLOTS,
        slot_bytes: int = _SLOT_BYTES,
        pictures: int = MOST_PICTURES,
        earlier_bytes: int = _EARLIER_BYTES,
    ) -> SessionMemory:
        """Make the memory of a new session.

        Raises
        ------
        EnvironmentError_
            If there is no room for it.
        """
        slot_bytes = (slot_bytes + 7) // 8 * 8
        memory = SharedFile.make(_size(slots, slot_bytes, pictures, earlier_bytes))
        registers = memory.numbers_at(_REGISTERS_AT, _REGISTER_COUNT)
        registers[Register.SLOTS], registers[Register.SLOT_BYTES] = slots, slot_bytes
        registers[Register.SEEN_PICTURES], registers[Register.EARLIER_BYTES] = pictures, earlier_bytes
        registers[Register.ORIGIN_NS] = registers[Register.ANALYSED_INDEX] = registers[
            Register.LAST_PICTURE
        ] = registers[Register.MARK_LIT] = -1
        registers[Register.LET_THROUGH] = registers[Register.COLOURED] = -1
        session_memory = cls(memory)
        session_memory.ring.clear()
        session_memory.beat(
            Register.WINDOW_BEAT
        )  # whoever makes it counts as its window, until that one says so itself
        registers[Register.MAGIC] = _MAGIC
        return session_memory

    @classmethod
    def open(cls, path: Path) -> SessionMemory:
        """Open the memory of a running session.

        Raises
        ------
        EnvironmentError_
            If it is gone or of another version of the program.
        """
        memory = SharedFile.open(path)
        if memory.size < 8 * _REGISTER_COUNT or not _is_of_this_version(memory):
            raise EnvironmentError_(f"{path}: no memory of a session of this program; start the session again")
        return cls(memory)

    @property
    def path(self) -> Path:
        """Where the others find it."""
        return self._memory.path

    def get(self, cell: Register) -> int:
        """Read a number."""
        return int(self.registers[cell])

    def put(self, cell: Register, value: int) -> None:
        """Write a number."""
        self.registers[cell] = value

    def beat(self, cell: Register) -> None:
        """Say: I am alive."""
        self.registers[cell] = time.monotonic_ns()

    def ask_patience(self, cell: Register, seconds: float) -> None:
        """Say: I am alive and busy for so long at most, with something that cannot be interrupted."""
        self.registers[cell] = time.monotonic_ns() + round(seconds * 1e9)

    def remove(self) -> None:
        """Take the memory away when the session is over."""
        self._memory.remove()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the capture sees of the console.

    Attributes
    ----------
    mark_lit : bool or None
        The X-ray-on mark; None where the layout has none.
    let_through : float or Unknown
        Share of the picture that is not masked; 1 where nothing is.
    in_colour : bool
        It is no fluoroscopy: another input of the grabber was chosen.
    """

    mark_lit: bool | None = None
    let_through: Measure = NOTHING_YET
    in_colour: bool = False


def _size(slots: int, slot_bytes: int, pictures: int, earlier_bytes: int) -> int:
    boxes = sum(HEAD_BYTES + size for _, size in _BOXES)
    rooms = SeenRoom.size(pictures) + EarlierRoom.size(earlier_bytes)
    return 8 * _REGISTER_COUNT + boxes + rooms + Ring.size(slots, slot_bytes)


def _is_of_this_version(memory: SharedFile) -> bool:
    """By its first number, and as large as its registers make it: what is laid out otherwise is read past its end."""
    registers = memory.numbers_at(_REGISTERS_AT, _REGISTER_COUNT)
    of_rooms = (Register.SLOTS, Register.SLOT_BYTES, Register.SEEN_PICTURES, Register.EARLIER_BYTES)
    rooms = [int(registers[each]) for each in of_rooms]
    return bool(registers[Register.MAGIC] == _MAGIC) and min(rooms) >= 0 and memory.size >= _size(*rooms)


def read_signs(session_memory: SessionMemory) -> Signs:
    """What the capture says of the console now."""
    lit, through = session_memory.get(Register.MARK_LIT), session_memory.get(Register.LET_THROUGH)
    return Signs(
        mark_lit=None if lit < 0 else bool(lit),
        let_through=NOTHING_YET if through < 0 else through / 1000.0,
        in_colour=is_in_colour(session_memory),
    )


def is_in_colour(session_memory: SessionMemory) -> bool:
    """Whether too much of the picture is in colour for fluoroscopy."""
    return session_memory.get(Register.COLOURED) > 1000 * NO_FLUOROSCOPY_SHARE


def is_orphan(session_memory: SessionMemory, settings: Settings) -> bool:
    """Whether no window has cared for the session for so long that its children should end by themselves."""
    return time.monotonic_ns() - session_memory.get(Register.WINDOW_BEAT) > settings.live.orphan_after_s * 1e9
