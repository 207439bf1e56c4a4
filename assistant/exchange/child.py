"""The child process for packs: checks and unpacks foreign ones and looks at their pictures; writes one's own.

Started as ``python -m assistant.exchange.child ORDER`` by `assistant.library.jobs`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import cv2

from assistant.errors import AssistantError
from assistant.exchange.pack_in import unpack
from assistant.exchange.pack_out import write_prepared
from assistant.exchange.taking_in import look_into
from assistant.library.child import Teller


def main(arguments: list[str]) -> int:
    """Unpack or write one pack; gives the exit status of the error, if any, and says it."""
    if hasattr(os, "nice"):
        os.nice(10)
    cv2.setNumThreads(1)
    teller = Teller()
    order = json.loads(arguments[0])
    if order["do"] == "pack":
        return _write(order["prepared"], teller)
    folder = Path(order["into"])
    try:
        unpacked = unpack(Path(order["pack"]), folder)
        teller.say(facts=look_into(unpacked), cases=len(unpacked.cases))
    except AssistantError as error:
        shutil.rmtree(folder, ignore_errors=True)
        teller.say(error=str(error))
        return error.exit_status
    return 0


def _write(prepared: dict[str, Any], teller: Teller) -> int:
    try:
        teller.say(written=str(write_prepared(prepared, lambda share: teller.share(share, 1.0))))
    except AssistantError as error:
        teller.say(error=str(error))
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
