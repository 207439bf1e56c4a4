"""``fluoro-assistant models``: which packs there are, whether they are whole, their cards, a new one put into use."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from assistant.language import tr, translate
from assistant.leak_shape.model_protocol import model_name
from assistant.model_packs.finding import find_pack, put_into_use
from assistant.model_packs.graph import ModelRefused
from assistant.model_packs.model_process import ModelProcess
from assistant.model_packs.pack import Pack, read_pack


def run(argv: list[str]) -> int:
    """Run the command; gives the exit status.

    Raises
    ------
    AssistantError
        A pack is refused or cannot be kept.
    """
    args = _parser().parse_args(argv)
    if args.what == "add":
        _say(tr("{folder}: in use from now on", folder=_line(put_into_use(args.folder))))
        return 0
    if args.what == "card":
        _say(_pack(args.folder).card)
        return 0
    if args.what == "verify":
        _say(_verified(_pack(args.folder)))
        return 0
    return _list()


def _list() -> int:
    found = find_pack()
    for sentence in found.refused:
        sys.stderr.write(f"{translate(sentence)}\n")
    if found.pack is None:
        _say(tr("no model: the shape of a leak is judged by the geometric rule"))
        return ModelRefused.exit_status
    _say(
        tr(
            "{pack}, {own}: in use",
            pack=_line(found.pack),
            own=tr("put into use here") if found.own else tr("came with the program"),
        )
    )
    return ModelRefused.exit_status if found.refused else 0


def _pack(folder: Path | None) -> Pack:
    if folder is not None:
        return read_pack(folder)
    found = find_pack()
    if found.pack is None:
        raise ModelRefused("; ".join(found.refused))
    return found.pack


def _verified(pack: Pack) -> str:
    began_s = time.perf_counter()
    process = ModelProcess(pack)
    trouble = process.make_ready()
    process.stop()
    if trouble:
        raise ModelRefused(f"model pack {pack.folder.name} is refused: {trouble}")
    spent_ms = 1000.0 * (time.perf_counter() - began_s)
    return tr(
        "{pack}: whole, answers its {golden} golden patches (started in {spent_ms:.0f} ms)",
        pack=_line(pack),
        golden=len(pack.golden),
        spent_ms=spent_ms,
    )


def _line(pack: Pack) -> str:
    return tr(
        "{identity} version {version} of {made}",
        identity=model_name(pack.identity),
        version=pack.manifest.version,
        made=pack.manifest.made,
    )


def _say(text: str) -> None:
    sys.stdout.write(text.rstrip("\n") + "\n")


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="fluoro-assistant models", description=tr("The model packs: which is used, whether it is whole, its card.")
    )
    what = top.add_subparsers(dest="what", metavar="WHAT")
    what.add_parser("list", help=tr("which pack is used (the default)"))
    for name, words in (
        ("verify", tr("check every byte, the graph and the golden answers")),
        ("card", tr("print the model's card")),
    ):
        one = what.add_parser(name, help=words)
        one.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", help=tr("a pack (default: the one in use)"))
    add = what.add_parser("add", help=tr("check a pack and use it from now on; the others stay"))
    add.add_argument("folder", metavar="FOLDER", type=Path)
    return top
