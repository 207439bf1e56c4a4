"""A result that lies beside a run is read back whole, and told apart from what the program would make now."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import __version__
from assistant.analysis import analyze, start_pipeline
from assistant.capture.opening import open_source
from assistant.errors import InputError
from assistant.lines import Line
from assistant.pipeline import Summary
from assistant.plan import Plan, plan_from_document, read_plan
from assistant.readings.moments import Moment, MomentMaker
from assistant.review.cached_result import CachedAnalysis, find_cached, places_of, summary_of
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings, with_changes
from assistant.vocabulary import Alarm, Distances, Motion, Unknown
from tests.small_run import SmallRun, plan_document, write_small_run
from tests.waiting import HUNG_S


class Heard:
    """Hears what an analysis tells."""

    def __init__(self) -> None:
        self.alarms: list[Alarm] = []
        self.end: tuple[Summary, str] | None = None

    def look_now(self) -> None:
        pass

    def alarm_changed(self, alarm: Alarm) -> None:
        self.alarms.append(alarm)

    def ended(self, summary: Summary, failure: str) -> None:
        self.end = summary, failure


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallRun, RunFacts, list[Moment], Summary]:
    run = write_small_run(tmp_path_factory.mktemp("kept"), 46)
    plan, maker = read_plan(run.plan, 0.25), MomentMaker()
    source = open_source(str(run.folder))
    pipeline = start_pipeline(source, plan, Settings())
    moments = [maker.make(pipeline.process(frame)) for frame in source.frames()]
    summary = pipeline.finish()
    analyze(source, plan, Settings(), run.out, masks=False, keeps_moments=True)
    source.close()
    return run, source.facts, moments, summary


@pytest.fixture
def out(made, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made[0].out, tmp_path / "out"))


def plan_of(run: SmallRun) -> Plan:
    return read_plan(run.plan, 0.25)


def heard(out: Path, plan: Plan, facts: RunFacts) -> tuple[CachedAnalysis, Heard]:
    kept, sink = find_cached([out], plan, Settings(), facts), Heard()
    assert kept is not None
    analysis = CachedAnalysis(kept, plan, sink)
    analysis.start()
    assert analysis._thread.join(HUNG_S) is None
    return analysis, sink


def test_what_was_found_is_read_back_with_outlines_and_leaks(made, out: Path) -> None:
    run, facts, moments, summary = made
    analysis, sink = heard(out, plan_of(run), facts)
    assert sink.end is not None
    told, failure = sink.end
    assert failure == ""
    assert len(analysis.moments) == len(moments) == 46
    assert any(moment.leaks for moment in moments)
    assert any(moment.outline for moment in moments)
    for read, found in zip(analysis.moments.between(0, 45), moments, strict=True):
        assert read.liveness.state is found.liveness.state
        assert isinstance(read.motion, Motion) == isinstance(found.motion, Motion)
        assert [leak.site for leak in read.leaks] == [leak.site for leak in found.leaks]
        assert len(read.outline) == len(found.outline)
        assert all(np.allclose(a, b, atol=0.06) for a, b in zip(read.outline, found.outline, strict=True))
        assert {alarm.kind for alarm in read.standing} == {alarm.kind for alarm in found.standing}
        if isinstance(found.distances, Distances) and not isinstance(found.distances.mm[Line.WARNING_LINE], Unknown):
            assert isinstance(read.distances, Distances)
            assert read.distances.mm[Line.WARNING_LINE] == pytest.approx(
                found.distances.mm[Line.WARNING_LINE], abs=1e-3
            )
    assert [(e.kind, e.first_frame, e.last_frame) for e in sink.alarms] == [
        (e.kind, e.first_frame, e.last_frame) for e in summary.events
    ]
    assert [(leak.site, leak.first_frame, leak.yeom) for leak in told.leaks] == [
        (leak.site, leak.first_frame, leak.yeom) for leak in summary.leaks
    ]
    assert told.measures.anterior_height_mm == pytest.approx(summary.measures.anterior_height_mm, abs=1e-3)


def test_without_kept_lines_leaks_still_stand_from_their_first_frame(made, out: Path) -> None:
    run, facts, _, summary = made
    (out / "moments.jsonl").unlink()
    analysis, _ = heard(out, plan_of(run), facts)
    first = summary.leaks[0].first_frame
    assert not analysis.moments.at(first - 1).leaks
    assert [leak.site for leak in analysis.moments.at(45).leaks] == [leak.site for leak in summary.leaks]


def change(out: Path, **changes: Any) -> None:
    path = out / "result.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_what_is_other_is_named(made, out: Path) -> None:
    run, facts, *_ = made
    kept = find_cached([out.parent, out], plan_of(run), Settings(), facts)
    assert kept is not None
    assert (kept.other, kept.made_by) == ((), "")
    moved = plan_from_document(plan_document(mm_per_px=0.41), 0.25)
    assert find_cached([out], moved, Settings(), facts).made_by.endswith("· another plan")
    later = with_changes(Settings(), {"alarms.posterior_band_mm": 4.0})
    assert find_cached([out], plan_of(run), later, facts).made_by == f"{__version__} · other settings"
    change(out, program={"version": "0.0.1", "models": []})
    assert find_cached([out], plan_of(run), Settings(), facts).made_by == "0.0.1 · settings not known"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda out: change(out, complete=False),
        lambda out: change(out, run={"frames": 45, "width": 320, "height": 300}),
        lambda out: change(out, run={"frames": 46, "width": 640, "height": 300}),
        lambda out: change(out, program=None),
        lambda out: (out / "result.json").write_text("{"),
        lambda out: (out / "measurements.csv").unlink(),
    ],
)
def test_a_result_of_another_run_or_of_half_of_it_is_passed_over(made, out: Path, spoil: Callable[[Path], Any]) -> None:
    run, facts, *_ = made
    spoil(out)
    assert find_cached([out], plan_of(run), Settings(), facts) is None


def test_a_damaged_result_says_what_to_do(made, out: Path) -> None:
    run, facts, *_ = made
    (out / "measurements.csv").write_text("frame,t_s\nx,y\n")
    _, sink = heard(out, plan_of(run), facts)
    assert sink.end is not None
    assert "analyse the run anew" in sink.end[1]
    with pytest.raises(InputError, match="damaged"):
        summary_of({"events": [], "leaks": [{}], "final": {}}, plan_of(run))


def test_of_two_results_the_one_of_now_is_taken(made, out: Path) -> None:
    run, facts, *_ = made
    old = Path(shutil.copytree(out, out.with_name("old")))
    change(old, program={"version": "0.0.1", "models": []})
    kept = find_cached([old, out], plan_of(run), Settings(), facts)
    assert kept is not None
    assert kept.folder == out


def test_where_results_lie(tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    film.touch()
    assert places_of(film, tmp_path / "home", "B-1") == (tmp_path / "film.result", tmp_path / "home/runs/B-1/result")
    assert places_of(tmp_path, tmp_path / "home", "B-1")[:2] == (tmp_path, tmp_path / "result")
