"""Small files of a run folder, each written whole: its head and its reference pictures."""

from __future__ import annotations

import dataclasses
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from assistant import __version__
from assistant.errors import EnvironmentError_
from assistant.identity import random_id, session_of
from assistant.recording.reading import read_head
from assistant.recording.schema import SCHEMA
from assistant.settings.tree import Settings
from assistant.system.files import write_json, write_whole
from assistant.vocabulary import Grey


def write_picture(path: Path, grey: Grey) -> None:
    """Write a picture as PNG, whole.

    Raises
    ------
    EnvironmentError_
    """
    good, coded = cv2.imencode(".png", np.ascontiguousarray(grey))
    if not good:
        raise EnvironmentError_(f"{path}: the picture cannot be coded; take the lines again")
    write_whole(path, coded.tobytes())


def begin_head(folder: Path) -> dict[str, Any]:
    """What a session is known by and when it began: as its ``head.json`` has it, else drawn now.

    The second input's folder lies in that of the session: it is another run of the same session and case.

    Parameters
    ----------
    folder : Path
        The run folder.
    """
    here, above = read_head(folder), read_head(folder.parent)
    known, around = session_of(here), session_of(above)
    ids = {
        "session": known.session_id or around.session_id or random_id("sessions"),
        "case": known.case_id or around.case_id or random_id("cases"),
        "run": known.run_id or random_id("runs"),
    }
    began = here.get("began") or above.get("began") or datetime.now().astimezone().isoformat(timespec="seconds")
    return {"ids": ids, "began": began}


def write_head(
    folder: Path, source: str, settings: Settings, chain: tuple[str, int] | None, begun: dict[str, Any]
) -> None:
    """Write ``head.json``: what made the run. ``chain`` is the head of the event log when the run was closed in order.

    Parameters
    ----------
    begun : dict
        As `begin_head` gave it when the session began.

    Raises
    ------
    EnvironmentError_
    """
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "program": f"fluoro-assistant {__version__}",
        "python": platform.python_version(),
        "source": source,
        **begun,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_ns": time.time_ns(),
        "mono_ns": time.monotonic_ns(),
        "settings": dataclasses.asdict(settings),
        "closed": chain is not None,
    }
    if chain is not None:
        document["events"] = {"head": chain[0], "count": chain[1]}
    write_json(folder / "head.json", document)
