"""A file that another program opens by its path and that needs no disk, where the system has such files."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path


class MemoryFile:
    """Lies in memory (Linux), else in the folder for temporary files; goes with `close` or with the process.

    Parameters
    ----------
    name : str
        For whoever looks at the open files; no folder.
    content : bytes
    suffix : str
        Of the file on the disk.

    Attributes
    ----------
    path : str

    Raises
    ------
    OSError
        If neither memory nor disk takes it.
    """

    def __init__(self, name: str, content: bytes, suffix: str = "") -> None:
        self._descriptor: int | None = None
        self._on_disk: Path | None = None
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # a sandbox may refuse it: then the disk will do
                self._descriptor = os.memfd_create(name)
        if self._descriptor is not None:
            self.path = f"/proc/{os.getpid()}/fd/{self._descriptor}"
            descriptor = os.dup(self._descriptor)
        else:
            descriptor, self.path = tempfile.mkstemp(prefix=f"{name}-", suffix=suffix)
            self._on_disk = Path(self.path)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """It is needed no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if self._on_disk is not None:
            with contextlib.suppress(OSError):
                self._on_disk.unlink(missing_ok=True)
            self._on_disk = None
