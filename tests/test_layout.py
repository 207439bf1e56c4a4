"""The rules of the house that a reader relies on, checked on every tracked file."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

TOP_FOLDERS = {"assistant", "models", "recordings", "tests", "ui", ".ci"}
TOP_FILES = {
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
}

# Modules without a test file of their own, each with the reason.
UNMIRRORED = {
    "assistant/capture/source.py": "a protocol: tested through each kind of source",
    "assistant/live/orders.py": "values without behaviour: tested through the processes that obey them",
    "assistant/live/status.py": "values without behaviour: tested through the session that makes them",
    "assistant/recording/schema.py": "values without behaviour: tested through what writes and reads them",
    "assistant/steps/cement/ground_limits.py": "numbers: tested as a tree in test_limits.py",
    "assistant/steps/cement/mask_limits.py": "numbers: tested as a tree in test_limits.py",
    "assistant/steps/cement/sign_limits.py": "numbers: tested as a tree in test_limits.py",
    "assistant/steps/motion/limits.py": "numbers: tested through what reads them",
    "assistant/run_facts.py": "values without behaviour: tested through the sources that make them",
    "assistant/vocabulary.py": "values without behaviour: tested through the steps that make them",
}

MAX_LINES = 500
# Absolute paths into somebody's machine, and addresses of package indexes.
MACHINE = re.compile(r"(?<![\w.~}])/(?:home|root|tmp|work|Users)/|--(?:extra-)?index-url|https?://\S*/simple\b")
QT = re.compile(r"^\s*(?:from|import)\s+(?:PyQt\d|PySide\d|pyqtgraph|sip)\b", re.MULTILINE)


def tracked() -> list[str]:
    """Paths of all tracked files that exist, relative to the root."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [name for name in listing.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def files() -> list[str]:
    return tracked()


def text_of(name: str) -> str | None:
    """Return the file's text, None for a binary file."""
    content = (ROOT / name).read_bytes()
    try:
        return None if b"\0" in content[:8192] else content.decode("utf-8")
    except UnicodeDecodeError:
        # A source that is no UTF-8 is a fault of its own; anything else is binary.
        assert not name.endswith((".py", ".md", ".toml", ".json")), f"{name} is not UTF-8"
        return None


def python(files: list[str], *folders: str) -> list[str]:
    return [name for name in files if name.endswith(".py") and name.split("/")[0] in folders]


def mirror(module: str) -> str:
    """Where a module's test stands."""
    return str(Path("tests", module).with_name(f"test_{Path(module).name}"))


def none(found: Iterable[str]) -> None:
    """Fail with the whole list: pytest shortens sets."""
    listed = sorted(found)
    assert not listed, "\n" + "\n".join(listed)


def test_only_the_named_top_level_entries(files: list[str]) -> None:
    folders = {name.split("/")[0] for name in files if "/" in name}
    assert folders <= TOP_FOLDERS
    assert {name for name in files if "/" not in name} <= TOP_FILES


def test_files_stay_short(files: list[str]) -> None:
    lengths = {name: (text_of(name) or "").count("\n") for name in python(files, "assistant", "ui", "models")}
    none(f"{name}: {n} lines" for name, n in lengths.items() if n > MAX_LINES)


def test_each_module_has_its_test_at_the_mirrored_path(files: list[str]) -> None:
    known = set(files)
    modules = [name for name in python(files, "assistant") if not name.endswith("/__init__.py")]
    none(name for name in modules if mirror(name) not in known and name not in UNMIRRORED)


def test_the_list_of_modules_without_a_test_is_true(files: list[str]) -> None:
    for name in UNMIRRORED:
        assert name in files
        assert mirror(name) not in files


def test_tests_are_no_packages(files: list[str]) -> None:
    # An __init__.py in tests/assistant would hide the real package.
    none(name for name in files if name.startswith("tests/") and name.endswith("__init__.py"))


def test_no_qt_outside_the_window(files: list[str]) -> None:
    none(name for name in python(files, "assistant", "models") if QT.search(text_of(name) or ""))


def test_nothing_names_a_machine_or_a_package_index(files: list[str]) -> None:
    found = []
    for name in files:
        for number, line in enumerate((text_of(name) or "").splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    none(found)


def test_no_tracked_file_is_too_large_to_clone(files: list[str]) -> None:
    none(f"{name}: {size} bytes" for name in files if (size := (ROOT / name).stat().st_size) > 8_000_000)


def test_no_test_holds_the_machine_to_a_limit_of_its_own(files: list[str]) -> None:
    """Whoever waits has the one limit of `tests/waiting.py`; how fast things go, `tests/benchmarks` measure."""
    own = re.compile(
        r"\bdeadline=|wait(?:Until|Signal)\(.*timeout=|assert .*(?:monotonic|perf_counter|process_time)\(\) - \w+ <"
    )
    kept = {
        "tests/conftest.py": "the laws' profile, without a deadline",
        "tests/journeys/person.py": "a whole day waits for what takes minutes",
        "tests/old_data/93736df/make.py": "made the old data, by the program of that time",
        "tests/test_layout.py": "this list",
        "tests/waiting.py": "the one limit",
    }
    named = [name for name in python(files, "tests") if not name.startswith("tests/benchmarks/") and name not in kept]
    none(name for name in named if own.search(text_of(name) or ""))
