"""The page that shows the small pictures, one part of the program after the other."""

from __future__ import annotations

from pathlib import Path

PARTS = (
    ("setup", "Set-up"),
    ("live", "Theatre"),
    ("review", "Review"),
    ("cases", "Cases"),
    ("training", "Training"),
    ("selftest", "Self-test"),
)
_HEAD = """# Every page, step and state

Made by `make screens` with the demo run, not kept in the repository;
the states of the theatre are judged by the session's own logic from its readings. Left 1920 × 1080, right 1280 × 1024.
"""


def write_index(folder: Path) -> None:
    """Write the page of a folder: all pictures that lie in it, also those of an earlier run of the command."""
    names = sorted(path.stem.removesuffix("_1920") for path in folder.glob("*_1920.webp"))
    lines = [_HEAD]
    for part, title in PARTS:
        lines.append(f"## {title}\n")
        for name in (each for each in names if each.startswith(part)):
            said = name.removeprefix(part).lstrip("_0123456789").replace("_", " ")
            small = f"![{said}, small layout]({name}_1280.webp)" if (folder / f"{name}_1280.webp").exists() else ""
            pictures = f"| ![{said}]({name}_1920.webp) | {small} |"
            lines.append(f"| {said} | |\n| --- | --- |\n{pictures}\n")
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")
