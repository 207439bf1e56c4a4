"""What-if and training of one level of a session: its own frames and lines, here and on the machine a pack came to."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assistant.cli import main
from assistant.library.jobs import plan_path
from assistant.library.store import Library
from assistant.review import whatif
from assistant.review.whatif import BASE, RunAndPlan, Variant, WhatIfJob
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from assistant.system.processes import module_command, module_environment
from assistant.training.archive import keep_clip, result_of
from assistant.training.run_outcome import read_run_outcome
from assistant.training.scoring import score, score_watching
from assistant.training.trainer import QUESTION, AskedClip, Given, Trainer
from tests.journeys.test_several_levels import RANGES, brought_in
from tests.recorded_levels import two_levels

WIDER = Variant(name="line 40 %", line_fraction=0.4)


@pytest.mark.timeout(600)
def test_each_level_is_tried_and_asked_by_its_own_frames_here_and_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_levels(data_home() / "live" / "2026-11-30")
    runs = brought_in()
    pack = tmp_path / "case.fluopack.zip"
    assert main(["pack", runs[0]["case_id"], "--out", str(pack), "--names-looked-for"]) == 0
    here = tried(runs), asked()
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", str(pack)]) == 0
    with Library() as library:
        there = library.rows("runs")
    assert (tried(there), asked()) == here


def whole_ms(said: Any) -> dict[str, Any]:
    """What is said, to hundredths (nearest front: tenths): the times of a pack's pictures are whole milliseconds."""
    told = msgspec.structs.asdict(said)
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in told.items()}


def tried(runs: list[dict[str, Any]]) -> list[Any]:
    """What the what-if of the window works out in its process: the base is the result of each level."""
    pairs = [RunAndPlan(run=run["path"], plan=str(plan_path(run))) for run in runs]
    folder = data_home() / "whatif" / "both"
    folder.mkdir(parents=True)
    whatif.begin(folder, WhatIfJob(runs=pairs, variants=[Variant(name=BASE), WIDER], settings={}))
    command = module_command("assistant.review.whatif", str(folder))
    subprocess.run(command, env=module_environment(), check=True, capture_output=True, timeout=300)
    rows = {(row.run, row.variant): row for row in whatif.read_rows(folder)}
    made = []
    for run, (first, count) in zip(runs, RANGES.values(), strict=True):
        document = json.loads(Path(run["result"]).read_text(encoding="utf-8"))
        base, wider = rows[run["path"], BASE], rows[run["path"], WIDER.name]
        assert base.failure == wider.failure == ""
        assert (base.frames, wider.frames) == (count, count)
        assert [(e.kind, e.site, e.frame) for e in base.events] == [
            (e["kind"], e["site"], e["first_frame"]) for e in document["events"] if e["kind"] != "slow_processing"
        ]
        was, earlier = base.first("warning_line"), wider.first("warning_line")
        assert was is not None
        assert earlier is not None
        assert first <= earlier.frame <= was.frame < first + count
        made.append([whole_ms(event) for event in (*base.events, *wider.events)])
        made.append((base.leaks, round(base.nearest_mm, 1)))
    return made


def asked() -> list[Any]:
    """A clip of each level: it begins and stops in the level's frames, before what came; then a person answers."""
    made = []
    with Library() as library:
        desk = Trainer(library)
        for run, (level, (first, count)) in zip(library.rows("runs"), RANGES.items(), strict=True):
            outcome = read_run_outcome(Path(run["path"]), result_of(run))
            assert (outcome.first_frame, outcome.frames) == (first, first + count)
            clip = desk.clip(keep_clip(desk, run, outcome, Settings().alarms, difficulty=1))
            assert clip is not None
            facts = clip.facts
            assert facts.level == level
            assert first <= facts.begin_frame <= facts.stop_frame < first + count
            assert facts.end_frame == first + count - 1
            assert facts.event_frame is not None
            assert facts.stop_frame < facts.event_frame < first + count
            assert facts.stop_s == pytest.approx(outcome.t_s[facts.stop_frame])
            person = desk.enrol(consents=True)
            given, question = Given(task=QUESTION, answer="stop"), AskedClip(clip=clip, is_repeat=False, is_due=False)
            desk.lock(person, question, given, score(facts, "stop", None))
            (answer,) = desk.answers(person, counted=True)
            watched = score_watching(facts, outcome, facts.stop_frame)
            early_s = [None if each is None else round(each, 2) for each in (answer["early_s"], watched.early_s)]
            made.append((whole_ms(facts), answer["is_right"], early_s))
    return made
