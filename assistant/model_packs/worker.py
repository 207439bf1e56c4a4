"""The model's own process: a script that imports nothing of the program, takes one model and answers patches.

Each message, both ways: two little-endian 32-bit lengths, a JSON head, raw bytes. It ends when its input ends, so it
never outlives the program. A fault in the runtime (it has crashed on models before) ends this process and no other.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import IO, Any

_MOST_MEMORY_BYTES = 2_000_000_000


def send(stream: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    """Write one message."""
    words = json.dumps(head).encode()
    stream.write(struct.pack("<II", len(words), len(body)) + words + body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Read one message; None at the end of the stream."""
    lengths = stream.read(8)
    if len(lengths) < 8:
        return None
    words, body = struct.unpack("<II", lengths)
    head = stream.read(words)
    rest = stream.read(body)
    if len(head) < words or len(rest) < body:
        return None
    return json.loads(head), rest


def main() -> int:
    """Take a model, then patches, until the input ends; gives the exit status."""
    # Whatever the runtime prints must not get between the messages.
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit_memory()
    import numpy as np
    import onnxruntime

    session: Any = None
    while (message := receive(source)) is not None:
        head, body = message
        try:
            if head["do"] == "load":
                session = _session(onnxruntime, body, head)
                send(sink, {"token": head["token"], "ok": True})
                continue
            values = np.frombuffer(body, np.float32).reshape(head["shape"])
            p, strangeness = session.run(["p", "strangeness"], {"leak": values})
            sizes = [list(p.shape), list(strangeness.shape)]
            parts = [np.ascontiguousarray(part, np.float32).tobytes() for part in (p, strangeness)]
            send(sink, {"token": head["token"], "ok": True, "shapes": sizes}, b"".join(parts))
        except Exception as error:  # the program is told, in words, and decides
            send(sink, {"token": head.get("token"), "ok": False, "reason": " ".join(str(error).split())[:200]})
    return 0


def _session(onnxruntime: Any, model: bytes, head: dict[str, Any]) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = head["threads"]
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return  # not on Windows
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
