"""Masks of a run's truth, one by one as the simulator writes them or all in one file: ``truth/masks.zip``.

``python -m assistant.simulation.truth_masks RUN`` packs those of a run that is to be kept: hundreds of small files
become one. Its members are the same PNG files under the same names (``cement/000123.png``, ``visible/000123.png``).
"""

from __future__ import annotations

import argparse
import shutil
import sys
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError, UsageError
from assistant.system.files import whole_file

PACK: Final = "masks.zip"
KINDS: Final = ("cement", "visible")
_MOST_BYTES: Final = 256 << 20
"""What the masks of one run may take in memory: several thousand times those of the demo's picture."""


def mask_at(path: Path) -> NDArray[np.uint8] | None:
    """Read the mask of one picture, wherever it lies.

    Parameters
    ----------
    path : Path
        Where it lies, or would: ``truth/visible/000123.png``. A file there counts; else the member
        ``visible/000123.png`` of ``truth/masks.zip``.

    Returns
    -------
    array (rows, columns) of uint8, or None
        255 where cement is; None where there is no such mask.

    Raises
    ------
    InputError
        If what lies there cannot be read.
    """
    try:
        content = path.read_bytes() if path.is_file() else _packed(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path}: the mask cannot be read ({error})") from error
    if content is None:
        return None
    mask = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
    if mask is None:
        raise InputError(f"{path}: the mask cannot be read (no picture)")
    return mask.astype(np.uint8, copy=False)


def _packed(path: Path) -> bytes | None:
    pack = path.parent.with_name(PACK)
    if not pack.is_file():
        return None
    stat = pack.stat()
    return _members(pack, stat.st_mtime_ns, stat.st_size).get(f"{path.parent.name}/{path.name}")


@lru_cache(maxsize=2)
def _members(pack: Path, mtime_ns: int, size_bytes: int) -> dict[str, bytes]:
    """All masks of a run, still coded: a reader asks for one after the other. The last two keep it true to the file."""
    with zipfile.ZipFile(pack) as archive:
        if sum(each.file_size for each in archive.infolist()) > _MOST_BYTES:
            raise zipfile.BadZipFile(f"{pack.name} holds more than {_MOST_BYTES >> 20} MiB")
        return {each.filename: archive.read(each) for each in archive.infolist()}


def pack_masks(run: Path) -> Path:
    """Put the masks of a run's truth into one file, the same to the bit for the same masks, and take the folders away.

    Parameters
    ----------
    run : Path
        A run folder with ``truth/cement`` and ``truth/visible``.

    Returns
    -------
    Path
        ``RUN/truth/masks.zip``.

    Raises
    ------
    UsageError
        If there are no masks.
    OSError
        If the disc refuses; the folders are still whole then.
    """
    truth = run / "truth"
    masks = [path for kind in KINDS for path in sorted((truth / kind).glob("*.png"))]
    if not masks:
        raise UsageError(f"{truth}: holds no masks to pack; give a run as the simulator wrote it")
    # Durable: the single files go when it stands.
    with whole_file(truth / PACK, durable=True) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for path in masks:
            member = zipfile.ZipInfo(f"{path.parent.name}/{path.name}")  # without the day: the first of 1980
            member.external_attr = 0o644 << 16
            member.create_system = 3
            archive.writestr(member, path.read_bytes())
    for kind in KINDS:
        shutil.rmtree(truth / kind)
    return truth / PACK


def main(words: list[str] | None = None) -> int:
    """Pack the masks of the runs that are named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run folder with truth/cement, truth/visible")
    for run in parser.parse_args(words).runs:
        try:
            sys.stdout.write(f"{pack_masks(run)}\n")
        except UsageError as error:
            sys.stderr.write(f"{error}\n")
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
