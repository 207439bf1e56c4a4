"""One part of the screen at a time: a fault in it is told and logged, and the others go on."""

from __future__ import annotations

import sys
from collections.abc import Callable


def guarded(part: Callable[[], object]) -> bool:
    """Do one part; False, with the fault told by the program's hook, where it failed."""
    try:
        part()
    except Exception:
        sys.excepthook(*sys.exc_info())
        return False
    return True
