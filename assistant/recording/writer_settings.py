"""How a recording is written, from what the settings say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.settings.tree import RecordingSettings

_MB: Final = 1 << 20


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
