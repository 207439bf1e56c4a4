import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.model_packs.model_process import ModelProcess
from assistant.model_packs.pack import SUMS, Pack, read_pack, sums_of
from assistant.system.places import models_folder

FAKE = """
import json, struct, sys, time
def send(head, body=b""):
    words = json.dumps(head).encode()
    sys.stdout.buffer.write(struct.pack("<II", len(words), len(body)) + words + body)
    sys.stdout.buffer.flush()
golden = json.loads({golden!r})
asked = 0
while True:
    lengths = sys.stdin.buffer.read(8)
    if len(lengths) < 8:
        break
    words, size = struct.unpack("<II", lengths)
    head = json.loads(sys.stdin.buffer.read(words))
    body = sys.stdin.buffer.read(size)
    if head["do"] == "load":
        send({{"token": head["token"], "ok": True}})
        continue
    asked += 1
    if asked == 1:
        p, strangeness = golden["p"], golden["strangeness"]
    else:
        n = head["shape"][0]
        p, strangeness = [[0.9, 0.05, 0.05]] * n, [1.0] * n
    {deed}
    flat = [x for row in p for x in row] + list(strangeness)
    send({{"token": head["token"], "ok": True, "shapes": [[len(p), len(p[0])], [len(strangeness), 1]]}},
         struct.pack("<%df" % len(flat), *flat))
"""
"""A worker that answers its golden patches rightly; ``deed`` says what it does of evil."""


@pytest.fixture(scope="session")
def shipped() -> Path:
    return models_folder() / "leak_shape"


@pytest.fixture
def copied(shipped: Path, tmp_path: Path) -> Path:
    """A copy of the pack that may be changed."""
    return Path(shutil.copytree(shipped, tmp_path / "copied"))


@pytest.fixture(scope="session")
def pack(shipped: Path) -> Pack:
    return read_pack(shipped)


@pytest.fixture
def faked(pack: Pack, tmp_path: Path) -> Iterator[Callable[[str], ModelProcess]]:
    """Makes a process whose worker does an evil deed."""
    made: list[ModelProcess] = []

    def make(deed: str) -> ModelProcess:
        import msgspec

        script = tmp_path / f"worker{len(made)}.py"
        script.write_text(FAKE.format(golden=msgspec.json.encode(pack.manifest.golden).decode(), deed=deed))
        made.append(ModelProcess(pack, worker=script))
        return made[-1]

    yield make
    for process in made:
        process.stop()


def resummed(folder: Path) -> None:
    """Make the sums of a changed pack right again, as somebody would who means it."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != SUMS}
    (folder / SUMS).write_bytes(sums_of(files))
