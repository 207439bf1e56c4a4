"""Which pack is used: a site's own, newest first, else the one that came with the program.

A site's packs lie in ``models`` of the folder of what people keep, one folder each, named by its checksum;
``in_use.json`` there lists the checksums in the order in which they were put into use. A pack is used only if its
checksum is on that list, so a changed or swapped one is refused and the one before it answers.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError, EnvironmentError_
from assistant.language import sentence
from assistant.model_packs.graph import ModelRefused
from assistant.model_packs.model_process import ModelProcess
from assistant.model_packs.pack import FILES, SUMS, Pack, read_pack
from assistant.system.files import whole_file, whole_folder
from assistant.system.places import models_folder, site_models_folder
from assistant.system.plain import json_text, read_json

LEAK_SHAPE = "leak_shape"
_LIST = "in_use.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPack:
    """What was found.

    Attributes
    ----------
    pack : Pack or None
        The one to use.
    own : bool
        It is one of the site's.
    refused : tuple of str
        A sentence for each pack that should have been used and was not.
    """

    pack: Pack | None
    own: bool
    refused: tuple[str, ...]


def find_pack(site: Path | None = None, came_with: Path | None = None) -> FoundPack:
    """Find the pack to use; never raises for a pack.

    Parameters
    ----------
    site, came_with : Path, optional
        The folder of the site's packs, and the pack that came with the program.
    """
    refused: list[str] = []
    for folder in _in_use(site or site_models_folder(), refused):
        try:
            pack = read_pack(folder)
            if pack.identity.sha256 != folder.name:
                raise ModelRefused(f"model pack {folder.name[:12]} is refused: it is not the one put into use")
            return FoundPack(pack=pack, own=True, refused=tuple(refused))
        except ModelRefused as error:
            refused.append(str(error))
    try:
        own = came_with or models_folder() / LEAK_SHAPE
        return FoundPack(pack=read_pack(own), own=False, refused=tuple(refused))
    except AssistantError as error:
        refused.append(str(error))
    return FoundPack(pack=None, own=False, refused=tuple(refused))


def put_into_use(folder: Path, site: Path | None = None) -> Pack:
    """Check a pack, run its golden patches, copy it to the site's and use it from now on; the others stay.

    Raises
    ------
    ModelRefused
    EnvironmentError_
        If it cannot be copied.
    """
    pack = read_pack(folder)
    process = ModelProcess(pack)
    trouble = process.make_ready()
    process.stop()
    if trouble:
        raise ModelRefused(f"model pack {folder.name} is refused: {trouble}")
    kept = site or site_models_folder()
    target = kept / pack.identity.sha256
    listed = [path.name for path in _in_use(kept, [])]
    try:
        kept.mkdir(parents=True, exist_ok=True)
        with whole_folder(target) as part:
            part.mkdir()
            for name in (*FILES, SUMS):
                shutil.copyfile(folder / name, part / name)
            shutil.rmtree(target, ignore_errors=True)
        order = [name for name in reversed(listed) if name != target.name] + [target.name]
        with whole_file(kept / _LIST, durable=True) as part:
            part.write_text(json_text({LEAK_SHAPE: order}) + "\n", "utf-8")
    except OSError as error:
        raise EnvironmentError_(f"{kept}: the model pack cannot be kept there ({error.strerror})") from error
    return read_pack(target)


def _in_use(site: Path, refused: list[str]) -> list[Path]:
    """The site's packs, newest first."""
    path = site / _LIST
    if not path.is_file():
        return []
    try:
        names = read_json(path.read_bytes())[LEAK_SHAPE]
        if not all(isinstance(name, str) and len(name) == 64 and name.isalnum() for name in names):
            raise ValueError("no checksum")
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        refused.append(
            sentence(f"{path}: the list of the site's model packs cannot be read; put the pack into use again")
        )
        return []
    return [site / name for name in reversed(names)]
