"""One identity: ids that tell nothing, one way to print them, names of files that never meet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_
from assistant.identity import Identity, free_name, is_id, random_id, session_of, unlisted_id
from assistant.part import FOLDER, Part, write_part

WHOLE = Identity(case_id="K-7F3QD", level="L1", run_id="B-7F3QK2MA", session_id="N-00000000", recorded=date(2026, 3, 9))


@pytest.mark.parametrize("kind", ["cases", "runs", "sessions", "people"])
def test_ids_are_random_and_known_again(kind: str) -> None:
    made = {random_id(kind) for _ in range(50)}
    assert len(made) > 45
    assert all(is_id(kind, one) for one in made)


@pytest.mark.parametrize("text", ["", "K-MUELLER", "K-7f3qd", "../K-7F3QD", "K-7F3QD\n", None, 7, "B-7F3QD"])
def test_what_is_no_id_is_not_taken_for_one(text: object) -> None:
    assert not is_id("cases", text)


def test_it_is_printed_in_one_way() -> None:
    assert WHOLE.words == "case K-7F3QD · L1 · run B-7F3QK2MA · session N-00000000"
    assert WHOLE.recorded_words == "recorded 9 Mar 2026"
    assert WHOLE.folder == Path("K-7F3QD", "B-7F3QK2MA")
    assert WHOLE.file("report", ".pdf") == "K-7F3QD_L1_B-7F3QK2MA_report.pdf"
    lone = Identity(run_id="U-00000000")
    assert lone.words == "in no case · run U-00000000"
    assert lone.recorded_words == "date not known"
    assert lone.file("report", ".pdf") == "no-case_U-00000000_report.pdf"


def test_a_level_that_is_no_level_is_no_part_of_a_name() -> None:
    assert Identity(run_id="U-00000000", level="../../x").file("a", ".csv") == "no-case_U-00000000_a.csv"


def test_what_a_head_says_is_looked_at_before_it_is_believed() -> None:
    ids = {"session": "../x", "case": "K-MUELLER", "run": 7}
    assert session_of({"ids": ids, "began": "yesterday"}) == Identity(run_id="")
    assert session_of({"ids": {"case": "K-7F3QD"}, "began": "2026-03-09T08:00:00+01:00"}).recorded == date(2026, 3, 9)
    assert session_of({"written": "2026-03-09T12:00:00+00:00"}).recorded == date(2026, 3, 9)


def test_runs_of_one_name_and_one_content_are_told_apart_by_their_places(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name / "run").mkdir(parents=True)
        (tmp_path / name / "run" / "run.mkv").write_bytes(b"pictures")
    first, second = (unlisted_id(tmp_path / name / "run") for name in ("a", "b"))
    assert first != second
    assert is_id("unlisted", first)
    assert unlisted_id(tmp_path / "a" / "run") == first
    (tmp_path / "a" / "run" / "run.mkv").write_bytes(b"pictures of somebody else")
    assert unlisted_id(tmp_path / "a" / "run") != first


def test_no_file_is_written_over(tmp_path: Path) -> None:
    for content in (b"one", b"two", b"three"):
        with free_name(tmp_path / "x", "report.pdf") as path:
            path.write_bytes(content)
    assert {path.name: path.read_bytes() for path in (tmp_path / "x").iterdir()} == {
        "report.pdf": b"one",
        "report_2.pdf": b"two",
        "report_3.pdf": b"three",
    }


def test_a_name_is_given_back_where_nothing_was_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"), free_name(tmp_path, "report.pdf"):
        raise ValueError("no")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentError_, match="cannot be written"), free_name(tmp_path / "file", "report.pdf"):
        pass


def test_a_part_of_a_recording_keeps_its_id_as_it_is_used_and_its_neighbour_has_another_one(
    tmp_path: Path,
) -> None:
    film = tmp_path / "video_000.mkv"
    film.write_bytes(b"pictures")
    parts = [tmp_path / FOLDER / name for name in ("1_L1", "2_L1")]
    for number, part in enumerate(parts, start=1):
        write_part(part, Part(number=number, of=2, level="L1", first_frame=10 * number, frames=10))
    first, second = map(unlisted_id, parts)
    assert len({first, second, unlisted_id(tmp_path)}) == 3
    (parts[0] / "review.json").write_text("x" * 100_000)
    (tmp_path / "review.json").write_text("x" * 100_000)
    assert [unlisted_id(part) for part in parts] == [first, second]
    film.write_bytes(b"pictures of somebody else")
    assert unlisted_id(parts[0]) != first
