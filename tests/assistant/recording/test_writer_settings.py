from assistant.recording.writer_settings import WriterSettings
from assistant.settings.tree import RecordingSettings


def test_a_site_s_numbers_reach_the_writer_in_bytes() -> None:
    made = WriterSettings.of(RecordingSettings(sync_every_s=2.0, segment_mb=16.0, reserve_mb=128.0))
    assert (made.sync_every_s, made.segment_bytes, made.reserve_bytes) == (2.0, 16 << 20, 128 << 20)
