"""A process of the program on a machine of its own: a fresh home, no network at all, every call seen that asks for one.

`strace` sees the calls of every library and every child, whatever language they are written in; an audit hook of
Python would miss just those that have told on us. For the tests of F-75.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.waiting import HUNG_S

ROOT = Path(__file__).resolve().parents[1]
_SEEN: Final = (
    "socket,execve,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,"
    "link,linkat,symlink,symlinkat,mknod,mknodat"
)
_QUOTED = re.compile(r'(?:<([^<>"]*)>, )?"((?:[^"\\]|\\.)*)"')
_MAKES = re.compile(
    r"^\d+ +(?:open|openat)\(.*O_CREAT|^\d+ +(?:creat|mkdir|mkdirat|rename\w*|link|linkat|symlink\w*|mknod\w*)\("
)
_OF_TWO = re.compile(r"^\d+ +(?:rename|link|symlink)")
_OF_THE_SYSTEM: Final = ("/dev/", "/proc/", "/sys/")


def why_not() -> str:
    """Why such a machine cannot be had here, to skip by; empty where it can."""
    if sys.platform != "linux" or shutil.which("strace") is None or shutil.which("unshare") is None:
        return "no strace or unshare here to watch a process with"
    tried = subprocess.run(
        ["unshare", "-rn", "strace", "-f", "--seccomp-bpf", "-e", "trace=socket", "-o", os.devnull, "true"],
        capture_output=True,
        check=False,
        text=True,
    )
    return (
        f"the system refuses an empty network namespace or strace ({tried.stderr.strip()[-80:]})"
        if tried.returncode
        else ""
    )


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a process did and left.

    Attributes
    ----------
    status : int
    said : str
        Standard error, for the message of a test that fails.
    sockets : tuple of str
        Calls that ask for a socket of the internet.
    strays : tuple of str
        Files and folders that are there now and lie in none of the program's own places.
    open_to_others : tuple of str
        What lies in the data folder and others may read.
    started : tuple of str
        Command lines of all processes.
    """

    status: int
    said: str
    sockets: tuple[str, ...]
    strays: tuple[str, ...]
    open_to_others: tuple[str, ...]
    started: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class QuietMachine:
    """Its folders, all in one of the test's."""

    folder: Path

    def __post_init__(self) -> None:
        for place in (self.home, self.temporary, self.session):
            place.mkdir(mode=0o700)

    @property
    def home(self) -> Path:
        """HOME: empty at first."""
        return self.folder / "home"

    @property
    def data(self) -> Path:
        """Where the program keeps things by default."""
        return self.home / ".local" / "share" / "fluoro-assistant"

    @property
    def temporary(self) -> Path:
        """TMPDIR: has to be empty at the end."""
        return self.folder / "temporary"

    @property
    def session(self) -> Path:
        """XDG_RUNTIME_DIR, which the system empties at log-off: the sound server's client makes a folder there."""
        return self.folder / "session"

    def run(self, command: list[str], own: tuple[Path, ...] = (), within_s: float = 2 * HUNG_S) -> Left:
        """Run a command of the program to its end; ``own``: places that it was told to write to."""
        trace = self.folder / "trace"
        env = os.environ | {
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "XDG_RUNTIME_DIR": str(self.session),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "QT_QPA_PLATFORM": "offscreen",
        }
        for name in (
            "FLUORO_ASSISTANT_HOME",
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "ORT_DISABLE_TELEMETRY",
        ):
            env.pop(name, None)
        watch = ["strace", "-f", "-qq", "-y", "-s", "400", "--seccomp-bpf", "-e", f"trace={_SEEN}", "-o", str(trace)]
        open_mask = ["sh", "-c", 'umask 022; exec "$@"', "sh"]  # what most accounts have
        done = subprocess.run(
            [*open_mask, "unshare", "-rn", *watch, *command],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=within_s,
            check=False,
        )
        lines = trace.read_text(errors="replace").splitlines()
        places = (self.data, self.session, *own)
        made = {path for line in lines for path in _made(line)}
        made |= {path for top in (self.home, self.temporary) for path in top.rglob("*")}
        return Left(
            status=done.returncode,
            said=done.stderr[-2000:],
            sockets=tuple(line for line in lines if "socket(AF_INET" in line or "socket(AF_PACKET" in line),
            strays=tuple(sorted(str(path) for path in made if self._is_stray(path, places))),
            open_to_others=tuple(
                f"{stat.filemode(path.lstat().st_mode)} {path}"
                for path in (self.data, *self.data.rglob("*"))
                if path.exists() and path.lstat().st_mode & 0o077
            ),
            started=tuple(line for line in lines if " execve(" in line and "ENOENT" not in line),
        )

    def _is_stray(self, path: Path, places: tuple[Path, ...]) -> bool:
        if str(path).startswith(_OF_THE_SYSTEM) and not str(path).startswith("/dev/shm/"):
            return False
        within = any(path == place or place in path.parents or path in place.parents for place in places)
        return not within and path.exists()


def _made(line: str) -> list[Path]:
    """The files that a call makes, or would."""
    if not _MAKES.search(line):
        return []
    found = _QUOTED.findall(line)
    if not found:
        return []
    folder, name = found[-1] if _OF_TWO.search(line) else found[0]
    return [Path(folder or ROOT, name)]
