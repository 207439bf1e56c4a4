"""``make screens``: ``python -m tests.screens [--full FOLDER] [--small FOLDER] [--only NAME]``; best under Xvfb."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from tests.screens.camera import Camera
from tests.screens.index import write_index
from tests.screens.pages import take_cases, take_review, take_selftest, take_training
from tests.screens.theatre import take_theatre
from ui.app import start

PARTS = {
    "": take_theatre,
    "review": take_review,
    "cases": take_cases,
    "training": take_training,
    "selftest": take_selftest,
}


def main() -> int:
    """Take all pictures that are wanted, with an empty data folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", default="out/screens", help="folder for full size, to be looked at")
    parser.add_argument("--small", default="", help="folder for the documentation's small ones")
    parser.add_argument(
        "--only", default="", help="names that begin so: live, setup, review, cases, training, selftest"
    )
    wanted = parser.parse_args()
    camera = Camera(Path(wanted.full), Path(wanted.small) if wanted.small else None, wanted.only)
    with tempfile.TemporaryDirectory() as home:
        # Neither this machine's folders nor its user belong into a picture.
        os.environ["HOME"], os.environ["LOGNAME"] = home, "reader"
        os.environ["FLUORO_ASSISTANT_HOME"] = f"{home}/fluoroscopy"
        application = start()
        for name, take in PARTS.items():
            if not name or camera.wants(name):
                take(camera)
        application.processEvents()
    if wanted.small:
        write_index(Path(wanted.small))
    print(f"{len(camera.taken)} pictures in two sizes")  # noqa: T201
    return 0 if camera.taken else 1


if __name__ == "__main__":
    raise SystemExit(main())
