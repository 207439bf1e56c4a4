import json
from pathlib import Path

from assistant.recording.line_writer import LineWriter


def lines(path: Path) -> list[object]:
    return [json.loads(raw) for raw in path.read_text().splitlines()]


def test_lines_in_order_in_a_file_of_its_own(tmp_path: Path) -> None:
    for start in (0, 100):
        writer = LineWriter(tmp_path, "r_{:03d}.jsonl")
        for k in range(70):
            writer.put({"k": start + k})
        assert writer.close()
    assert lines(tmp_path / "r_000.jsonl") == [{"k": k} for k in range(70)]
    assert lines(tmp_path / "r_001.jsonl") == [{"k": 100 + k} for k in range(70)]


def test_a_failed_sync_is_told_and_never_tried_again_on_that_file(tmp_path: Path) -> None:
    synced: list[int] = []

    def fail_once(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 1:
            raise OSError(5, "Input/output error")

    writer = LineWriter(tmp_path, "r_{:03d}.jsonl", fsync=fail_once)
    for k in range(70):
        writer.put({"k": k})
    assert not writer.close()
    assert "Input/output" in writer.fault
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r_000.jsonl", "r_001.jsonl"]


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    writer = LineWriter(tmp_path / "none", "r_{:03d}.jsonl")
    writer.put({"k": 1})
    assert not writer.close()
    assert writer.lost == 1
