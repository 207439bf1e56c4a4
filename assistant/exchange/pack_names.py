"""What a case pack is made of. Every name in it is made by the program; nothing else is ever unpacked."""

from __future__ import annotations

import re
from typing import Final

SCHEMA: Final = "fluoro-assistant/pack/4"
READS: Final = ("fluoro-assistant/pack/1", "fluoro-assistant/pack/2", "fluoro-assistant/pack/3", SCHEMA)
"""Version 2 holds what reviewers said of a run, and what was done and told on the day of a session; version 3 the id of
the session, and which part of its recording a run is; version 4 levels of a session of which nothing was recorded."""
MANIFEST: Final = "manifest.json"
SUFFIX: Final = ".fluopack.zip"
MOST_BYTES: Final = 64 << 30
MOST_MEMBERS: Final = 4000
MOST_JSON_BYTES: Final = 16 << 20
MOST_RATIO: Final = 200
"""A member that unpacks to more than this many times its size is a bomb: pictures are packed already, and the
tables of a quiet run came to 30 times."""
KINDS: Final = (
    *("case.json", "run.mkv", "plan.json", "result.json", "measurements.csv", "review.json", "thumbnail.jpg"),
    *("truth.json", "day.json"),
)
"""The files of a case (the first) and of each run."""
_NAME: Final = re.compile(
    r"cases/(?P<case>[0-9]{1,4})/(?:case\.json|runs/(?P<run>[0-9]{1,3})/(?P<file>run\.mkv|plan\.json|result\.json|"
    r"measurements\.csv|review\.json|thumbnail\.jpg|day\.json|truth/truth\.json|truth/truth\.csv))"
)


def is_known(name: str) -> bool:
    """Whether a member's name is one that this program makes. No other is ever written to the disk."""
    return name == MANIFEST or _NAME.fullmatch(name) is not None


def case_file(case: int) -> str:
    """The name of a case's own file."""
    return f"cases/{case}/case.json"


def run_file(case: int, run: int, file: str) -> str:
    """The name of a file of a run."""
    return f"cases/{case}/runs/{run}/{file}"
