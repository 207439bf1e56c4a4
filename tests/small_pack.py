"""A small case pack made by hand, whole or bent in any way a test wants."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

CASE = {
    "day": None,
    "technique": "PKP",
    "note": "",
    "tags": "",
    "levels": [{"level": "L3", "technique": "PKP", "access": "", "gauge": "11G", "cement_ml": 2.8}],
    "runs": [{"level": 0}],
    "findings": [{"site": "anterior", "level": "L3"}],
    "outcomes": [{"stage": "day 1", "vas": 2.0}],
}


def files() -> dict[str, bytes]:
    """Members of a pack; the pictures are no film, which `unpack` does not look at."""
    return {
        "cases/0/case.json": json.dumps(CASE).encode(),
        "cases/0/runs/0/run.mkv": b"pictures" * 40,
        "cases/0/runs/0/plan.json": b"{}",
    }


def pack_bytes(members: dict[str, bytes], *, manifest: dict[str, Any] | None = None, extra: Any = ()) -> bytes:
    """A pack of these members; ``extra`` are further (ZipInfo or name, content) that the manifest does not name."""
    if manifest is None:
        manifest = {
            "schema": "fluoro-assistant/pack/1",
            "program": "test",
            "files": {
                name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in members.items()
            },
        }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("manifest.json", json.dumps(manifest))
        for name, content in members.items():
            pack.writestr(name, content)
        for name, content in extra:
            pack.writestr(name, content)
    return buffer.getvalue()


def write_pack_file(path: Path, content: bytes | None = None) -> Path:
    """The whole small pack, or these bytes, as a file."""
    path.write_bytes(pack_bytes(files()) if content is None else content)
    return path


def tree(folder: Path) -> dict[str, bytes]:
    """All files of a folder with what they hold."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
