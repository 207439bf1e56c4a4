"""What the slow steps found is kept once; the quick steps taken anew give what a whole analysis gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import pipeline
from assistant.part import FOLDER, Part, write_part
from assistant.plan import read_plan
from assistant.review import whatif, whatif_cache
from assistant.review.whatif import BASE, RunAndPlan, Variant
from assistant.run_facts import RunClock
from assistant.settings.tree import AlarmSettings, Settings, with_changes
from assistant.steps.alarms import AlarmInput, AlarmMemory, update_alarms
from assistant.vocabulary import Approach, Motion
from tests.small_run import SmallRun, write_small_run

LINES = [Variant(name=f"line {percent}", line_fraction=percent / 100) for percent in (15, 40, 55)]
ALARMS = [Variant(name=f"band {mm}", settings={"alarms.posterior_band_mm": mm}) for mm in (1.0, 6.0)]


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path / "run", 60)


@pytest.fixture
def pair(run: SmallRun) -> RunAndPlan:
    return RunAndPlan(run=str(run.folder), plan=str(run.plan))


def test_the_quick_steps_alone_give_what_a_whole_analysis_gives(
    pair: RunAndPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variants = [Variant(name=BASE), *LINES, *ALARMS]
    whole = [whatif.analyse(pair, variant, Settings()) for variant in variants]
    assert whatif.analyse(pair, variants[0], Settings(), kept=tmp_path / "kept") == whole[0]
    monkeypatch.setattr(whatif, "start_pipeline", lambda *_: pytest.fail("the slow steps were repeated"))
    again = [whatif.analyse(pair, variant, Settings(), kept=tmp_path / "kept") for variant in variants]
    assert again == whole
    assert len({str((row.events, row.nearest_mm)) for row in whole}) > 3  # the variants do differ


def test_the_speed_is_the_same_also_after_pictures_that_were_not_believed(
    pair: RunAndPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the picture moves fast nothing is believed: neither way may remember a distance of such a picture."""
    told: dict[str, list[Approach]] = {"pipeline": [], "again": []}
    fast = iter([False] * 14 + [True] * 4 + [False] * 1000)
    moving = []

    def moves_fast(_memory: object) -> bool:
        moving.append(next(fast))
        return moving[-1]

    def listen(name: str) -> Callable[..., Any]:
        def update(memory: AlarmMemory, now: AlarmInput, settings: AlarmSettings) -> object:
            told[name].append(now.approach)
            return update_alarms(memory, now, settings)

        return update

    monkeypatch.setattr(pipeline, "moves_fast", moves_fast)
    monkeypatch.setattr(pipeline, "_certain", lambda motion: not moving[-1] and isinstance(motion, Motion))
    monkeypatch.setattr(pipeline, "update_alarms", listen("pipeline"))
    monkeypatch.setattr(whatif_cache, "update_alarms", listen("again"))
    first = whatif.analyse(pair, Variant(name=BASE), Settings(), kept=tmp_path / "kept")
    assert any(moving)
    assert whatif.analyse(pair, Variant(name=BASE), Settings(), kept=tmp_path / "kept") == first
    known = [(a.approach_mm_per_s, a.time_to_line_s) for a in told["pipeline"]]
    assert [(a.approach_mm_per_s, a.time_to_line_s) for a in told["again"]] == known
    assert sum(isinstance(speed, float) for speed, _ in known) > 10


def test_other_points_pictures_or_models_are_another_run(pair: RunAndPlan, run: SmallRun, tmp_path: Path) -> None:
    settings = Settings()
    document = read_plan(run.plan, 0.25).document

    def place(document: dict = document, settings: Settings = settings, model: str = "") -> Path | None:
        return whatif_cache.place_for(tmp_path, pair.run, document, settings, model)

    first = place()
    assert first == place(whatif.with_line(document, 0.4))
    assert first == place(settings=with_changes(settings, {"alarms.posterior_band_mm": 5.0}))
    assert first != place(model="rule")
    moved = whatif.with_line(document, None)
    moved["views"][0]["landmarks"]["superior"][0][0] += 1
    assert first != place(moved)
    run.video.touch()
    assert first != place()


def test_a_part_is_another_run_when_its_recording_is_and_no_reviewer_s_word_makes_one(
    run: SmallRun, tmp_path: Path
) -> None:
    part = run.folder / FOLDER / "2_L2"
    write_part(part, Part(number=2, of=2, level="L2", first_frame=20, frames=20))
    document = read_plan(run.plan, 0.25).document

    def places() -> list[Path | None]:
        return [whatif_cache.place_for(tmp_path, str(each), document, Settings(), "") for each in (part, run.folder)]

    before = places()
    for folder in (part, run.folder):
        (folder / "review.json").write_text("{}")
    assert places() == before
    run.video.touch()
    assert not set(places()) & set(before)


def test_a_kept_file_that_is_damaged_costs_only_time(pair: RunAndPlan, tmp_path: Path) -> None:
    row = whatif.analyse(pair, LINES[0], Settings(), kept=tmp_path)
    (file,) = tmp_path.glob("*.kept")
    file.write_bytes(file.read_bytes()[:50])
    assert whatif_cache.read_cached(file) is None
    assert whatif.analyse(pair, LINES[0], Settings(), kept=tmp_path) == row


def test_old_files_go_when_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = whatif_cache.CachedRun(frames=[], masks=[b"1" * 100], crops={}, leaks=[], clock=RunClock.FILE)
    monkeypatch.setattr(whatif_cache, "_MOST_BYTES", 150)
    whatif_cache.write_cached(tmp_path / "a.kept", kept)
    whatif_cache.write_cached(tmp_path / "b.kept", kept)
    assert [path.name for path in tmp_path.iterdir()] == ["b.kept"]
