import os
import signal
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.live.shared.mailbox import HEAD_BYTES, Mailbox
from assistant.live.shared.mapped_file import SharedFile


def box(size: int = 1024) -> Mailbox:
    memory = SharedFile.make(HEAD_BYTES + size)
    memory.remove()
    return Mailbox(memory, 0, size)


@settings(max_examples=40)
@given(st.lists(st.lists(st.binary(max_size=200), max_size=4), max_size=30))
def test_messages_come_in_order_and_whole_also_across_the_end_of_the_room(rounds: list[list[bytes]]) -> None:
    mailbox = box()
    for batch in rounds:
        said = [message for message in batch if mailbox.put(message)]
        assert mailbox.take() == said
    assert mailbox.take() == []


def test_a_full_box_refuses_and_counts_and_keeps_what_it_has() -> None:
    mailbox = box(256)
    taken = [k for k in range(100) if mailbox.put((k, "x" * 20))]
    assert 0 < len(taken) < 100
    assert mailbox.refused == 100 - len(taken)
    assert [message[0] for message in mailbox.take()] == taken
    assert mailbox.put("again")


def test_room_is_left_for_graver_news() -> None:
    mailbox = box(512)
    while mailbox.put("small talk", leave_bytes=128):
        pass
    assert mailbox.put("alarm")


def test_a_new_reader_can_forget_old_orders() -> None:
    mailbox = box()
    mailbox.put("old")
    mailbox.forget()
    mailbox.put("new")
    assert mailbox.take() == ["new"]


WRITER = """
import sys
from pathlib import Path
from assistant.live.shared.mailbox import Mailbox
from assistant.live.shared.mapped_file import SharedFile
mailbox = Mailbox(SharedFile.open(Path(sys.argv[1])), 0, 1 << 16)
print("go", flush=True)
k = 0
while True:
    k += mailbox.put(bytes([k % 251]) * 3000)
"""


def test_a_writer_that_is_killed_leaves_whole_messages_only() -> None:
    memory = SharedFile.make(HEAD_BYTES + (1 << 16))
    mailbox = Mailbox(memory, 0, 1 << 16)
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(memory.path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        seen = 0
        while seen < 200:
            for message in mailbox.take():
                assert message == message[:1] * 3000
                seen += 1
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert all(message == message[:1] * 3000 for message in mailbox.take())
        assert mailbox.put("after")
        assert mailbox.take() == ["after"]
    memory.remove()
