"""F-38: the machine is kept awake while armed, and what cannot be is said."""

import sys
from collections.abc import Sequence

from assistant.live.machine.sleep_inhibitor import SleepInhibitor, try_out
from assistant.system.processes import ChildProcess
from tests.waiting import HUNG_S

CONTINUOUS, ALL = 0x80000000, 0x80000003


class Starts:
    """Stands in for the login service's program: remembers how it was called, runs another one."""

    def __init__(self, code: str) -> None:
        self.code, self.commands, self.children = code, [], []

    def __call__(self, command: Sequence[str], **how: object) -> ChildProcess:
        self.commands.append(tuple(command))
        self.children.append(ChildProcess([sys.executable, "-S", "-c", self.code], **how))
        return self.children[-1]


def ended(child: ChildProcess) -> bool:
    return child.wait(HUNG_S) is not None


def test_f38_sleep_is_held_off_while_armed_and_not_longer() -> None:
    starts = Starts("import sys; sys.stdin.read()")
    awake = SleepInhibitor("linux", starts)
    assert awake.follow(armed=False) == ""
    assert starts.commands == []
    for _ in range(3):
        assert awake.follow(armed=True) == ""
    assert len(starts.commands) == 1
    assert starts.commands[0][:2] == ("systemd-inhibit", "--what=sleep:idle:handle-lid-switch")
    assert starts.children[0].poll() is None
    awake.follow(armed=False)
    assert starts.children[0].poll() == 0
    awake.follow(armed=True)
    assert len(starts.commands) == 2
    awake.follow(armed=False)


def test_f38_the_lock_ends_with_the_process_that_holds_it() -> None:
    starts = Starts("import sys; sys.stdin.read()")
    awake = SleepInhibitor("linux", starts)
    awake.follow(armed=True)
    starts.children[0].stdin.close()  # as the system does when the holder dies
    assert ended(starts.children[0])
    awake.follow(armed=False)


def test_f38_a_refusal_is_told_with_its_reason_and_not_asked_again_and_again() -> None:
    starts = Starts("import sys; sys.exit('Failed to connect to bus')")
    awake = SleepInhibitor("linux", starts)
    awake.follow(armed=True)
    assert ended(starts.children[0])
    for _ in range(3):
        assert awake.follow(armed=True) == "not inhibited: Failed to connect to bus"
    assert len(starts.commands) == 1
    assert awake.follow(armed=False) == ""


def test_f38_a_system_without_the_program_says_so() -> None:
    def none(*_: object, **__: object) -> ChildProcess:
        raise FileNotFoundError(2, "No such file or directory")

    awake = SleepInhibitor("linux", none)
    told = try_out(awake, lambda: None)
    assert told == "not inhibited: systemd-inhibit: No such file or directory"
    assert awake.follow(armed=False) == ""
    assert "no way is known" in SleepInhibitor("plan9").follow(armed=True)


def test_f38_on_windows_the_thread_says_so() -> None:
    class Kernel:
        def __init__(self, answer: int) -> None:
            self.answer, self.flags = answer, []

        def SetThreadExecutionState(self, flags: int) -> int:
            self.flags.append(flags)
            return self.answer

    class Windows:
        def __init__(self, answer: int) -> None:
            self.windll = self
            self.kernel32 = Kernel(answer)

    good, refused = Windows(CONTINUOUS), Windows(0)
    awake = SleepInhibitor("win32", windows=good)
    assert awake.follow(armed=True) == ""
    assert awake.follow(armed=False) == ""
    assert good.kernel32.flags == [ALL, CONTINUOUS]
    assert "refused" in SleepInhibitor("win32", windows=refused).follow(armed=True)
