"""After a capture process was killed: what it had grabbed and not yet written is still in the shared memory.

Its successor records that first. Only what is older than the ring and was still on its way to the disk is lost, which
happens on a machine that is starved of its cores.
"""

from __future__ import annotations

from pathlib import Path

from assistant.live.shared.shared_memory import SessionMemory
from assistant.recording.reading import last_line
from assistant.recording.writer import Recorder


def record_what_is_left(session_memory: SessionMemory, folder: Path, recorder: Recorder) -> int:
    """Record the frames of the ring that come after the last recorded one; how many.

    To be called before the first new frame.
    """
    newest = session_memory.ring.newest_index
    last = last_line(folder)
    first = 0 if last is None else last.i + 1
    count, picture = 0, -1
    for index in range(max(first, newest - session_memory.ring.depth + 1), newest + 1):
        frame = session_memory.ring.read(index)
        if frame is None:
            continue  # being written when its writer died
        grey = None if count and frame.picture == picture else frame.grey
        recorder.offer(index, round(frame.t_s * 1e9), frame.captured_ns, grey)
        picture, count = frame.picture, count + 1
    return count
