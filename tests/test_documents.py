"""What the documents name is there: paths, modules, links, commands of make. Names that moved are found here."""

import fnmatch
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = frozenset(
    subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True, text=True).stdout.split()
)
FOLDERS = frozenset(str(parent) for name in FILES for parent in Path(name).parents)
# What was, with the names of its time; a card is sealed by the sums of its pack.
HISTORY = {"CHANGELOG.md", "models/leak_shape/card.md"}
DOCUMENTS = sorted(name for name in FILES if name.endswith(".md") and name not in HISTORY)
MADE = {"recordings/screens": "by `make screens`", "screens/README.md": "by `make screens`"}
"""Places that are named and no part of the repository: what makes them."""
TOP = {"assistant", "models", "recordings", "tests", "ui"}
PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*/?")
SOURCE = re.compile(r"\.(?:py|md|toml|lock)$")
PLACEHOLDER = re.compile(r"(?:^|/)[A-Z_]{2,}(?:/|$)")
"""``CASE``, ``PAGE``: a reader puts a name there."""
MODULE = re.compile(r"\b(?:assistant|ui|models|tests)(?:\.[a-z_]\w*)+\b")


def there(name: str, document: str) -> bool:
    """Whether a path is that of a tracked file or folder, seen from the root, a package, or the document's folder."""
    name = name.rstrip("/")
    here = str(Path(document).parent)
    homes = {"", "assistant/", "ui/", f"{here}/"} if here != "." else {"", "assistant/", "ui/"}
    if "/" not in name and any(fnmatch.fnmatch(file, f"*/{name}") for file in FILES):
        return True
    wanted = [home + name for home in homes]
    return any(one in FILES or one in FOLDERS or any(fnmatch.fnmatch(f, one) for f in FILES) for one in wanted)


def said(text: str) -> Iterator[str]:
    """What stands between backticks, word by word, and every file of Python that is named anywhere else."""
    for quoted in re.findall(r"`([^`\n]+)`", text):
        yield from re.split(r"[\s:(),;]+", quoted)
    yield from re.findall(r"(?<![\w./*-])[\w./*-]+\.py\b", text)


def is_path(word: str) -> bool:
    if not PATH.fullmatch(word) or word.startswith(("-", ".")) or PLACEHOLDER.search(word):
        return False
    first = word.split("/")[0]
    known = first in TOP or f"assistant/{first}" in FOLDERS or f"ui/{first}" in FOLDERS
    return bool(SOURCE.search(word)) or ("/" in word and known)


def is_module(name: str) -> bool:
    """A module, a package, or a name in one."""
    parts = name.split(".")
    for n in range(len(parts), 0, -1):
        path = "/".join(parts[:n])
        if f"{path}.py" in FILES or path in FOLDERS:
            return n >= len(parts) - 1 and (n == len(parts) or parts[-1] in _text(f"{path}.py", f"{path}/__init__.py"))
    return False


def _text(*names: str) -> str:
    return "".join((ROOT / name).read_text(encoding="utf-8") for name in names if name in FILES)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_paths_it_names_are_there(document: str) -> None:
    words = {word.rstrip(".") for word in said(_text(document))}
    assert sorted(word for word in words if is_path(word) and not there(word, document) and word not in MADE) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_modules_it_names_are_there(document: str) -> None:
    assert (
        sorted({name for name in MODULE.findall(_text(document)) if not SOURCE.search(name) and not is_module(name)})
        == []
    )


@cache
def in_code() -> frozenset[str]:
    """Every name that stands in the code."""
    sources = (name for name in FILES if name.endswith(".py"))
    return frozenset(word for name in sources for word in re.findall(r"[A-Za-z_]\w*", _text(name)))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_classes_and_functions_it_names_are_in_the_code(document: str) -> None:
    quoted = " ".join(re.findall(r"`([^`\n]+)`", _text(document)))
    names = re.findall(r"(?<![\w./-])(?:[A-Z][a-z]\w*|[a-z]+(?:_[a-z0-9]+)+)(?![\w/.])", quoted)
    assert sorted(set(names) - in_code()) == []


@pytest.mark.parametrize("document", sorted({*DOCUMENTS, *HISTORY}))
def test_its_links_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", _text(document))
    ours = [link for link in links if "://" not in link]
    assert [link for link in ours if not (ROOT / document).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_make_is_asked_for_is_there(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))
    asked = re.findall(r"(?:^    |`)make ([a-z-]+)", _text(document), re.MULTILINE)
    assert sorted(set(asked) - targets) == []


def test_the_table_of_words_is_short_enough_to_be_read() -> None:
    words = _text("assistant/README.md").split("## Words")[1].split("\n## ")[0]
    assert len(re.findall(r"^\| (?!word |---)", words, re.MULTILINE)) <= 25


def test_the_layers_of_the_readme_are_those_of_the_contract() -> None:
    contracts = tomllib.loads(_text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each["name"] == "Layers"]
    told = _text("assistant/README.md").split("the rows below it:\n\n")[1].split("\n\n")[0]
    names = [re.findall(r"\w+", row.replace("assistant.", "")) for row in layers]
    assert [row.strip().split(", ") for row in told.splitlines()] == names
