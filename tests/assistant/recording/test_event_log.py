import json
import os
import threading
from pathlib import Path

import pytest

from assistant.recording.event_log import START, EventLog, check_chain, line_hash, log_files


def written(folder: Path, count: int = 6, **options: object) -> EventLog:
    log = EventLog(folder, **options)
    for k in range(count):
        log.append("mark", number=k, text="ä · ≈", nothing=None, odd=float("nan"))
    log.close()
    return log


def test_a_log_is_a_whole_chain(tmp_path: Path) -> None:
    log = written(tmp_path)
    chain = check_chain(log_files(tmp_path))
    assert (chain.fault, chain.torn) == ("", False)
    assert [event["data"]["number"] for event in chain.events] == list(range(6))
    assert (chain.head, len(chain.events)) == log.head
    assert chain.events[0]["prev"] == START


def test_the_next_session_goes_on_with_the_chain_in_a_file_of_its_own(tmp_path: Path) -> None:
    written(tmp_path)
    second = written(tmp_path)
    assert len(second.before.events) == 6
    assert [path.name for path in log_files(tmp_path)] == ["events.jsonl", "events_2.jsonl"]
    chain = check_chain(log_files(tmp_path))
    assert (len(chain.events), chain.fault) == (12, "")


def test_every_change_of_a_line_is_found(tmp_path: Path) -> None:
    """F-81: each line edited, removed, doubled, swapped with the next."""
    written(tmp_path)
    path = tmp_path / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for k, line in enumerate(lines):
        edited = line.replace(b'"number":' + str(k).encode(), b'"number":9')
        for name, changed in {
            "edited": [*lines[:k], edited, *lines[k + 1 :]],
            "doubled and edited": [*lines[: k + 1], edited, *lines[k + 1 :]],
            "removed": [*lines[:k], *lines[k + 1 :]] if k + 1 < len(lines) else None,
            "swapped": [*lines[:k], lines[k + 1], line, *lines[k + 2 :]] if k + 1 < len(lines) else None,
        }.items():
            if changed is not None:
                path.write_bytes(b"".join(changed))
                assert check_chain([path]).fault, name


def test_a_line_rehashed_by_a_forger_breaks_the_chain_behind_it(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    event = json.loads(lines[2])
    event["data"]["number"] = 99
    event["hash"] = line_hash(event)
    lines[2] = json.dumps(event).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    assert check_chain([path]).fault == "events.jsonl line 4: does not follow"


def test_a_tail_that_was_cut_off_is_found_by_the_witness(tmp_path: Path) -> None:
    head, count = written(tmp_path).head
    path = tmp_path / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    assert not check_chain([path], head, count).fault
    path.write_bytes(b"".join(lines[:-2]))
    assert not check_chain([path]).fault
    assert check_chain([path], head, count).fault == "2 lines are missing at the end"


def test_a_torn_last_line_is_no_fault_but_is_told(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "events.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    chain = check_chain([path])
    assert (len(chain.events), chain.fault, chain.torn) == (5, "", True)
    written(tmp_path, 2)
    assert not check_chain(log_files(tmp_path)).fault


def test_a_failed_fsync_is_never_tried_again_and_nothing_is_lost(tmp_path: Path) -> None:
    """F-55 for the log: the same file is not touched again."""
    synced: list[str] = []

    def fail_first(descriptor: int) -> None:
        name = Path(os.readlink(f"/proc/self/fd/{descriptor}")).name if os.path.isdir("/proc/self/fd") else "?"
        synced.append(name)
        if len(synced) == 1:
            raise OSError(5, "Input/output error")

    log = written(tmp_path, 4, sync=fail_first)
    assert "Input/output" in log.fault
    assert synced.count("events.jsonl") == 1
    chain = check_chain(log_files(tmp_path))
    assert (len(chain.events), chain.fault) == (4, "")


def test_a_disk_that_hangs_makes_nobody_wait_and_gets_all_when_it_answers(tmp_path: Path) -> None:
    """A network home that is gone: the window's thread notes what the team does, and goes on."""
    answers, hangs, answered = threading.Event(), threading.Event(), []

    def hang(_descriptor: int) -> None:
        hangs.set()
        answered.append(answers.wait(20))

    log = EventLog(tmp_path, sync=hang)
    log.append("ml", total_ml=0.2)
    assert hangs.wait(20)
    for k in range(1000):
        log.append("pause", number=k)
    assert not answered, "the disk has answered to none of them yet"
    answers.set()
    assert log.close()
    chain = check_chain(log_files(tmp_path))
    assert (len(chain.events), chain.fault) == (1001, "")


def test_a_disk_that_takes_nothing_is_told_and_does_not_stop_the_caller(tmp_path: Path) -> None:
    def never(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    log = written(tmp_path, 3, sync=never)
    assert "No space" in log.fault


@pytest.mark.parametrize("content", [b"\xff\xfe\n", b"[]\n", b"{}\n", b'{"n": 1}\n', b"[" * 100_000 + b"\n"])
def test_what_is_no_log_is_told_with_its_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(content)
    assert "line 1" in check_chain([path]).fault
