"""ChildProcess processes: the one way in which this program starts one, talks to it, hears it and ends it.

Every child is a new program, never a fork: a copy of a process that has threads and a window may hang at once. Each of
its three streams goes to nothing, by a pipe to this process, or to where this process's own goes (`Stream`). What it
says in order it says in lines, or, where it says much, in frames (`framed`, `read_frame`); what it says when it crashes
goes to a `LastWords`, cleaned of its data's words.

A child whose input is a pipe should end when that pipe ends: so it ends with its parent, however that ends, and what it
started itself ends with it in the same way. Nothing here ends a group of processes: a terminal that is closed, and
Ctrl-C, reach all of them as they are.
"""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, BinaryIO, Final

from assistant.language import sentence
from assistant.system.error_log import LastWords, exit_words

_HOME: Final = Path(__file__).resolve().parents[2]
"""Where the program's packages lie: in a clone its root, else the folder of all packages."""
_LENGTH: Final = struct.Struct("<I")
_REAPED_WITHIN_S: Final = 2.0
"""What was killed is gone at once, but for a process that the kernel holds in a device: that is not waited for."""


class Stream(Enum):
    """Where a stream of a child goes."""

    NOTHING = subprocess.DEVNULL
    PIPE = subprocess.PIPE
    OURS = None
    """The same place as that of this process: a terminal, a log."""


class TooLate(Exception):
    """A child did not answer in its time, and was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildOutput:
    """What a child that was waited for said.

    Attributes
    ----------
    status : int
        Its exit status; negative where a signal ended it.
    out, errors : bytes
    """

    status: int
    out: bytes
    errors: bytes


def module_command(module: str, *arguments: str) -> list[str]:
    """How a module of the program is started as a process of its own; nothing is imported from where it is started."""
    return [sys.executable, "-P", "-m", module, *arguments]


def module_environment(**more: str) -> dict[str, str]:
    """The program's own modules are found wherever the window was started; one thread a library is enough.

    The rest is inherited, with what `assistant/__init__.py` sets for every process.

    Parameters
    ----------
    **more : str
        What this child needs besides.
    """
    path = os.pathsep.join(filter(None, [str(_HOME), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **more}


class ChildProcess(subprocess.Popen[bytes]):
    """A child process; started here, and never waited for unless it is said how long.

    Parameters
    ----------
    command : sequence of str
    environment : dict, optional
        As it is inherited, without it.
    given : bytes, file or Stream
        Its input: bytes are written at once, and end it.
    out : Stream
    words : LastWords, file or Stream
        Its standard error.
    apart : bool
        In a session of its own: it outlives the terminal, and the group, of this process.

    Raises
    ------
    OSError
        If it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: dict[str, str] | None = None,
        given: bytes | BinaryIO | Stream = Stream.NOTHING,
        out: Stream = Stream.NOTHING,
        words: LastWords | BinaryIO | Stream = Stream.NOTHING,
        apart: bool = False,
    ) -> None:
        source = given.value if isinstance(given, Stream) else subprocess.PIPE if isinstance(given, bytes) else given
        errors = words.value if isinstance(words, Stream) else words.fileno()
        super().__init__(
            list(command), stdin=source, stdout=out.value, stderr=errors, env=environment, start_new_session=apart
        )
        if isinstance(given, bytes) and self.stdin is not None:
            with contextlib.suppress(OSError), self.stdin as pipe:  # one that has ended already is seen by its end
                pipe.write(given)

    @property
    def output(self) -> IO[bytes]:
        """Its standard output, which must be a pipe."""
        assert self.stdout is not None
        return self.stdout

    @property
    def how_it_ended(self) -> str:
        """For a sentence: "signal 9", "exit status 1"."""
        return how_it_ended(self.returncode)

    def send(self, content: bytes) -> None:
        """Write to its input, which must be a pipe.

        Raises
        ------
        OSError
            If it hears nothing any more.
        """
        assert self.stdin is not None
        self.stdin.write(content)
        self.stdin.flush()

    def ended_within(self, seconds: float) -> bool:
        """Wait for its end, so long at most; whether it has ended."""
        try:
            self.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self, within_s: float = 0.0, *, by_signal: bool = False) -> None:
        """End it: at once, or, given time, first by the end of its input or by SIGTERM.

        Parameters
        ----------
        within_s : float
            So long it may take to end in order.
        by_signal : bool
            For a child that has no input.
        """
        if self.stdin is not None:
            with contextlib.suppress(OSError):
                self.stdin.close()
        if by_signal:
            self.terminate()
        if within_s <= 0.0 or not self.ended_within(within_s):
            self.kill()
            self.ended_within(_REAPED_WITHIN_S)


def how_it_ended(status: int | None) -> str:
    """For a sentence, also of an end in order; see `exit_words` for one that is silent then."""
    return sentence("no reason known") if status is None else exit_words(status) or sentence(f"exit status {status}")


def answer_of(
    command: Sequence[str], *, environment: dict[str, str] | None = None, given: bytes = b"", limit_s: float
) -> ChildOutput:
    """Start a child, give it all its input and wait for all it says; in a thread that may wait.

    Raises
    ------
    TooLate
        It was ended.
    OSError
        If it cannot be started.
    """
    with ChildProcess(command, environment=environment, given=Stream.PIPE, out=Stream.PIPE, words=Stream.PIPE) as child:
        try:
            out, errors = child.communicate(given, limit_s)
        except subprocess.TimeoutExpired as error:
            raise TooLate(f"no answer within {limit_s:g} s") from error
        finally:
            child.kill()
    return ChildOutput(status=child.returncode, out=out, errors=errors)


def framed(body: bytes) -> bytes:
    """A message as it goes through a pipe: its length, 32 bits, the lowest first, and itself."""
    return _LENGTH.pack(len(body)) + body


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """The next message; None at the end, also where that came in the middle of one."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = pipe.read(length)
    return body if len(body) == length else None
