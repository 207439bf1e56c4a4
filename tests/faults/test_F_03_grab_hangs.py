"""F-03: `read()` never returns. Told and ended in order, so that it is started again; the file before is whole."""

import os
import subprocess
import sys
from pathlib import Path

from assistant.capture.run_folder import RunFolder
from assistant.capture.video.wholeness import missing_end
from assistant.live.messages import SourceLost
from assistant.live.processes.capture import HANGS_STATUS
from assistant.live.shared.shared_memory import Register, SessionMemory
from tests.waiting import HUNG_S, wait_until

ROOT = Path(__file__).resolve().parents[2]
BODY = """
import sys, time
import numpy as np
from dataclasses import replace
from assistant.live.processes import capture
from assistant.live.orders import Start
from assistant.settings.tree import Settings
from assistant.run_facts import RunFacts
from assistant.vocabulary import Frame
class Hanging:
    facts = RunFacts(source="x", width_px=80, height_px=64, fps=25.0, frame_count=None)
    def frames(self):
        rng = np.random.default_rng(1)
        for k in range(20):
            yield Frame(index=k, t_s=k * 0.04, grey=rng.normal(120, 6, (64, 80)).clip(0, 255).astype(np.uint8))
        time.sleep(600)
    def close(self):
        pass
capture._open = lambda address: Hanging()
settings = Settings()
settings = replace(settings, capture=replace(settings.capture, layout="whole"))
capture.run(Start(session_memory=sys.argv[1], source="camera:0", folder=sys.argv[2], settings=settings, epoch=1))
"""


def test_F_03(tmp_path: Path) -> None:
    session_memory = SessionMemory.make(slots=4, slot_bytes=80 * 64)
    session_memory.beat(Register.WINDOW_BEAT)
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", BODY, str(session_memory.path), str(tmp_path)], env=env)
    try:
        wait_until(lambda: session_memory.ring.newest_index >= 19)
        assert process.wait(HUNG_S) == HANGS_STATUS  # long before the call would have come back
    finally:
        process.kill()
        process.wait()
        session_memory.remove()
    said = [message for message in session_memory.capture_says.take() if isinstance(message, SourceLost)]
    assert "does not answer" in said[-1].reason
    source = RunFolder(tmp_path, "run")
    assert len(list(source.frames())) == 20
    source.close()
    assert missing_end(tmp_path / "video_000.mkv") is None
