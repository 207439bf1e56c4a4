"""How the tests record: as the default settings say."""

from __future__ import annotations

from typing import Final

from assistant.recording.writer import WriterSettings
from assistant.settings.tree import RecordingSettings

WRITER: Final = WriterSettings.of(RecordingSettings())
