"""Source -> pipeline -> files, with sources that fail in every way."""

import errno
import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from assistant import analysis
from assistant.analysis import Interrupted, analyze, reference_frames, start_pipeline, with_place
from assistant.errors import AssistantError, EnvironmentError_, InputError, UsageError
from assistant.pipeline import Pipeline
from assistant.plan import Plan, plan_from_document
from assistant.results import folder as result_folder
from assistant.results.writer import ResultWriter
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.validation.validate import validate
from assistant.vocabulary import Frame, Reading
from tests.small_run import COLS, ROWS, frames, plan_document

FRAMES = frames(24)


@dataclass
class Memory:
    """A source of frames in memory that may break off."""

    run: list[Frame] = field(default_factory=lambda: FRAMES)
    ends_with: BaseException | None = None
    frame_count: int | None = len(FRAMES)

    @property
    def facts(self) -> RunFacts:
        return RunFacts(source="a.mkv", width_px=COLS, height_px=ROWS, fps=15.0, frame_count=self.frame_count)

    def frames(self) -> Iterator[Frame]:
        yield from self.run
        if self.ends_with is not None:
            raise self.ends_with

    def frame_at(self, index: int) -> Frame:
        if index >= len(FRAMES):
            raise InputError(f"a.mkv: frame {index} is past its end")
        return FRAMES[index]

    def close(self) -> None:
        return


def plan(**changes: Any) -> Plan:
    return plan_from_document(plan_document(**changes), 0.25)


def run(source: Memory, folder: Path, **options: Any) -> analysis.AnalysisOutcome:
    return analyze(source, plan(), Settings(), folder, masks=False, **options)


def saved(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return document


def rows(folder: Path) -> int:
    return len((folder / "measurements.csv").read_text(encoding="utf-8").splitlines()) - 1


def test_a_whole_run(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    outcome = run(Memory(), tmp_path / "out", progress=lambda *at: told.append(at))
    assert outcome.failure is None
    assert saved(tmp_path / "out") == outcome.document
    assert outcome.document["complete"] is True
    assert rows(tmp_path / "out") == outcome.document["run"]["frames"] == 24
    assert told == [(k, 24) for k in range(1, 25)]


@pytest.mark.parametrize(
    ("ends_with", "kind", "words"),
    [
        (InputError("a.mkv: ends after 24 frames"), InputError, "ends after 24 frames"),
        (KeyboardInterrupt(), Interrupted, "stopped after 24 frames"),
        (OSError(5, "the cable was pulled"), InputError, "OSError in test_analysis.py"),
        (MemoryError(), InputError, "cannot be read on after 24 frames"),
    ],
)
def test_what_was_analysed_before_a_failure_is_kept_and_marked_incomplete(
    tmp_path: Path, ends_with: BaseException, kind: type[AssistantError], words: str
) -> None:
    outcome = run(Memory(ends_with=ends_with), tmp_path / "out")
    assert type(outcome.failure) is kind
    assert words in str(outcome.failure)
    assert saved(tmp_path / "out")["complete"] is False
    assert rows(tmp_path / "out") == saved(tmp_path / "out")["run"]["frames"] == 24
    told = with_place(outcome, tmp_path / "out")
    assert type(told) is kind
    assert str(told).endswith(f"what was analysed (24 frames) is in {tmp_path / 'out'}, marked incomplete")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (Memory(run=[], ends_with=InputError("a.mkv: damaged")), InputError),
        (Memory(run=[], ends_with=KeyboardInterrupt()), Interrupted),
        (Memory(run=[]), InputError),
    ],
)
def test_where_not_one_frame_was_analysed_nothing_is_written(
    tmp_path: Path, source: Memory, kind: type[AssistantError]
) -> None:
    with pytest.raises(kind, match=r"a\.mkv: "):
        run(source, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_person_may_stop_it(tmp_path: Path) -> None:
    asked = iter([False] * 10 + [True] * 100)
    outcome = run(Memory(), tmp_path / "out", should_stop=lambda: next(asked))
    assert isinstance(outcome.failure, Interrupted)
    assert outcome.failure.exit_status == 130
    assert rows(tmp_path / "out") == 10


def test_result_json_is_there_from_the_first_frame_on_and_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis, "SAVE_EVERY_S", 0.0)
    seen = []

    def look(done: int, _total: int | None) -> None:
        document = saved(tmp_path / "out")
        assert document["complete"] is False
        seen.append((done, document["run"]["frames"]))

    run(Memory(), tmp_path / "out", progress=look)
    assert seen == [(k, k) for k in range(1, 25)]


def test_a_frame_that_the_pipeline_fails_on_does_not_lose_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Pipeline.process

    def process(self: Pipeline, frame: Frame, on_alarm: Any = None) -> Reading:
        if frame.index in (7, 8):
            raise FloatingPointError("fell over")
        return real(self, frame, on_alarm)

    monkeypatch.setattr(Pipeline, "process", process)
    outcome = run(Memory(), tmp_path / "out")
    assert outcome.failure is not None
    assert outcome.failure.exit_status == 1
    assert "2 frames could not be analysed because of a fault in the program (frame 7:" in str(outcome.failure)
    assert rows(tmp_path / "out") == 24
    assert outcome.document["complete"] is False
    assert ("unusable_image", 7, 8) in {
        (event["kind"], event["first_frame"], event["last_frame"]) for event in outcome.document["events"]
    }


def full_after(monkeypatch: pytest.MonkeyPatch, frames: int) -> list[bool]:
    """The disk is full from that frame on, until room is made."""
    room_made: list[bool] = []
    real_add, real_write, real_room = ResultWriter.add, ResultWriter.write, ResultWriter.make_room

    def add(self: ResultWriter, reading: Reading) -> None:
        if reading.frame_index >= frames:
            raise EnvironmentError_("out: results cannot be written: the disk is full; free some room")
        real_add(self, reading)

    def write(self: ResultWriter, **what: Any) -> dict[str, Any]:
        return real_write(self, **what)

    def make_room(self: ResultWriter) -> None:
        room_made.append(True)
        real_room(self)

    monkeypatch.setattr(ResultWriter, "add", add)
    monkeypatch.setattr(ResultWriter, "write", write)
    monkeypatch.setattr(ResultWriter, "make_room", make_room)
    return room_made


def test_a_full_disk_keeps_what_was_analysed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room_made = full_after(monkeypatch, 9)
    outcome = run(Memory(), tmp_path / "out")
    assert isinstance(outcome.failure, EnvironmentError_)
    assert room_made == [True]
    assert rows(tmp_path / "out") == saved(tmp_path / "out")["run"]["frames"] == 9
    assert saved(tmp_path / "out")["complete"] is False


def test_where_even_the_document_finds_no_room_the_table_is_kept_and_the_last_document_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = result_folder.ResultFolder.write_document, []

    def write_document(self: result_folder.ResultFolder, document: dict[str, Any]) -> None:
        if written:
            self.flush()
            raise OSError(errno.ENOSPC, "full")
        written.append(True)
        real(self, document)

    monkeypatch.setattr(result_folder.ResultFolder, "write_document", write_document)
    with pytest.raises(EnvironmentError_, match=r"disk is full.*the first 24 frames are kept in measurements\.csv"):
        run(Memory(), tmp_path / "out")
    assert rows(tmp_path / "out") == 24
    assert (saved(tmp_path / "out")["complete"], saved(tmp_path / "out")["run"]["frames"]) == (False, 1)
    assert [finding.status for finding in validate(tmp_path / "out", Settings())] == [0, 0]


def test_a_disk_that_takes_nothing_at_all_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file stands in the way")
    with pytest.raises(EnvironmentError_, match="results cannot be written"):
        run(Memory(), tmp_path / "out")
    assert (tmp_path / "out").read_text() == "a file stands in the way"


def test_the_reference_frame_must_be_there() -> None:
    with pytest.raises(UsageError, match=r"reference_frame 24 is past the run's end \(24 frames"):
        reference_frames(Memory(), plan(reference_frame=24))


def test_so_it_is_where_the_run_does_not_know_its_length() -> None:
    with pytest.raises(UsageError, match=r"views\[0\]: reference_frame 24 cannot be read from a\.mkv"):
        reference_frames(Memory(frame_count=None), plan(reference_frame=24))


def test_a_reference_frame_that_cannot_be_decoded_is_the_input_s_fault() -> None:
    with pytest.raises(InputError, match="past its end"):
        reference_frames(Memory(frame_count=99), plan(reference_frame=50))


def test_landmarks_off_the_picture_are_refused() -> None:
    moved = {
        "superior": [[120.0, 110.0], [160.0, 113.0], [320.0, 108.0]],
        "inferior": [[118, 182], [160, 176], [207, 180]],
    }
    with pytest.raises(UsageError, match="off the picture"):
        reference_frames(Memory(), plan(landmarks=moved))


def test_a_reference_in_which_nothing_can_be_followed_is_the_plan_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("no texture")

    monkeypatch.setattr(analysis, "Pipeline", broken)
    with pytest.raises(UsageError, match=r"nothing can be followed in reference frame 2 .*choose one"):
        start_pipeline(Memory(), plan(), Settings())


def test_memory_does_not_grow_with_the_run(tmp_path: Path) -> None:
    def long(count: int) -> Callable[[], Iterator[Frame]]:
        def stream() -> Iterator[Frame]:
            for k in range(count):
                yield replace(FRAMES[k % 2], index=k, t_s=k / 15)

        return stream

    def peak_bytes(count: int) -> int:
        source = Memory(frame_count=None)
        source.frames = long(count)
        tracemalloc.start()
        try:
            run(source, tmp_path / f"out{count}")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak_bytes(20)
    assert peak_bytes(400) < peak_bytes(100) + 200_000
