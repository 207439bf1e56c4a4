"""What would have warned when: rows, tables, stopping and going on."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import msgspec
import pytest

from assistant.errors import InputError, UsageError
from assistant.review import whatif
from assistant.review.whatif import BASE, RunAndPlan, Variant, VariantResult, WhatIfJob
from assistant.settings.tree import Settings, with_changes
from assistant.system.processes import module_command, module_environment
from tests.small_run import write_small_run

WIDER = Variant(name="line 40 %", line_fraction=0.4)
BAND = Variant(name="band 6 mm", settings={"alarms.posterior_band_mm": 6.0})


@pytest.fixture
def job(tmp_path: Path) -> WhatIfJob:
    runs = [write_small_run(tmp_path / name, 46) for name in ("a", "b")]
    pairs = [RunAndPlan(run=str(run.folder), plan=str(run.plan)) for run in runs]
    return WhatIfJob(runs=pairs, variants=[Variant(name=BASE), WIDER, BAND], settings={})


def test_a_line_farther_in_front_warns_earlier(job: WhatIfJob) -> None:
    base = whatif.analyse(job.runs[0], job.variants[0], Settings())
    wider = whatif.analyse(job.runs[0], WIDER, Settings())
    assert base.failure == wider.failure == ""
    assert base.frames == 46
    assert wider.first("warning_line").frame <= base.first("warning_line").frame
    assert wider.nearest_mm < base.nearest_mm
    assert wider.first_warning_s <= base.first_warning_s


def test_the_base_gives_what_the_command_gives(job: WhatIfJob, tmp_path: Path) -> None:
    from assistant.cli import main

    run = job.runs[0]
    assert main(["analyze", run.run, "--plan", run.plan, "--out", str(tmp_path / "out")]) == 0
    document = json.loads((tmp_path / "out" / "result.json").read_text())
    row = whatif.analyse(run, job.variants[0], Settings())
    assert [(e.kind, e.site, e.frame) for e in row.events] == [
        (e["kind"], e["site"], e["first_frame"]) for e in document["events"] if e["kind"] != "slow_processing"
    ]


def test_leaks_are_typed_as_asked(job: WhatIfJob) -> None:
    ruled = whatif.analyse(job.runs[0], Variant(name="rule", model=whatif.RULE), Settings())
    usual = whatif.analyse(job.runs[0], job.variants[0], Settings())
    assert [leak.split()[:2] for leak in ruled.leaks] == [leak.split()[:2] for leak in usual.leaks]
    assert ruled.events == usual.events


def test_settings_are_changed_by_name_within_their_ranges() -> None:
    changed = with_changes(Settings(), {"alarms.posterior_band_mm": 6.0})
    assert changed.alarms.posterior_band_mm == 6.0
    assert changed.leaks == Settings().leaks
    for name, value in (("alarms.none", 1.0), ("none.x", 1.0), ("alarms", 1.0), ("alarms.posterior_band_mm", 99.0)):
        with pytest.raises(UsageError):
            with_changes(Settings(), {name: value})


def test_work_stopped_goes_on_where_it_was(job: WhatIfJob, tmp_path: Path) -> None:
    folder = tmp_path / "job"
    whatif.begin(folder, job)
    seen: list[tuple[int, int]] = []
    assert not whatif.work(folder, lambda: len(seen) > 2, lambda done, total: seen.append((done, total)))
    assert len(whatif.read_rows(folder)) == 2
    # A process killed while it writes leaves half a line.
    with (folder / whatif.ROWS).open("ab") as file:
        file.write(b'{"run": "half')
    whatif.begin(folder, job)
    seen.clear()
    assert whatif.work(folder, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (2, 6)
    assert seen[-1] == (6, 6)
    rows = whatif.read_rows(folder)
    assert [(row.run, row.variant) for row in rows] == [(p.run, v.name) for p in job.runs for v in job.variants]


def test_another_job_in_the_same_folder_begins_anew(job: WhatIfJob, tmp_path: Path) -> None:
    folder = tmp_path / "job"
    whatif.begin(folder, WhatIfJob(runs=job.runs[:1], variants=job.variants[:1], settings={}))
    assert whatif.work(folder)
    whatif.begin(folder, job)
    assert whatif.read_rows(folder) == []


def test_a_run_that_cannot_be_read_is_a_row_that_says_why(job: WhatIfJob, tmp_path: Path) -> None:
    row = whatif.analyse(RunAndPlan(run=str(tmp_path / "none.mkv"), plan=job.runs[0].plan), WIDER, Settings())
    assert row.frames == 0
    assert "none.mkv" in row.failure
    assert row.nearest_mm is None


def row(name: str, variant: str, first_s: float | None, failure: str = "") -> VariantResult:
    events = (
        []
        if first_s is None
        else [whatif.Warning_(kind="warning_line", site="posterior", priority="high", frame=1, t_s=first_s)]
    )
    return VariantResult(
        run=name, plan="p", variant=variant, frames=10, events=events, nearest_mm=1.25, leaks=[], failure=failure
    )


def test_the_child_tells_its_progress(job: WhatIfJob, tmp_path: Path) -> None:
    folder = tmp_path / "job"
    whatif.begin(folder, WhatIfJob(runs=job.runs[:1], variants=job.variants[:1], settings={}))
    done = subprocess.run(
        module_command("assistant.review.whatif", str(folder)),
        env=module_environment(),
        capture_output=True,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told == [{"done": 0, "total": 1}, {"done": 1, "total": 1}]
    assert len(whatif.read_rows(folder)) == 1


def test_a_folder_without_a_job_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no what-if job"):
        whatif.work(tmp_path)
    assert whatif.main([str(tmp_path)]) == InputError.exit_status


def test_fifty_runs_show_progress_stop_and_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [RunAndPlan(run=f"run {k}", plan="p") for k in range(50)]
    job = WhatIfJob(runs=pairs, variants=[Variant(name=BASE), WIDER], settings={})
    asked: list[str] = []

    def quick(
        pair: RunAndPlan, variant: Variant, base: Settings, should_stop: object, kept: object
    ) -> VariantResult | None:
        if callable(should_stop) and should_stop():
            return None
        asked.append(f"{pair.run} {variant.name}")
        return row(pair.run, variant.name, 1.0)

    monkeypatch.setattr(whatif, "analyse", quick)
    whatif.begin(tmp_path, job)
    told: list[tuple[int, int]] = []
    assert not whatif.work(tmp_path, lambda: len(asked) >= 37, lambda done, total: told.append((done, total)))
    assert told[-1] == (37, 100)
    whatif.begin(tmp_path, job)
    assert whatif.work(tmp_path, on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (100, 100)
    assert len(asked) == len(set(asked)) == 100
    assert len(whatif.read_rows(tmp_path)) == 100


@pytest.mark.parametrize("other", [{"settings": {"alarms.release_mm": 1.5}}, {"program": "another version"}])
def test_finished_rows_count_neither_with_other_settings_nor_for_another_program(
    tmp_path: Path, other: dict[str, object]
) -> None:
    job = WhatIfJob(runs=[RunAndPlan(run="r", plan="p")], variants=[Variant(name=BASE)], settings={})
    whatif.begin(tmp_path, job)
    (tmp_path / whatif.ROWS).write_bytes(msgspec.json.encode(row("r", BASE, 1.0)) + b"\n")
    whatif.begin(tmp_path, job)
    assert len(whatif.read_rows(tmp_path)) == 1
    whatif.begin(tmp_path, msgspec.structs.replace(job, **other))
    assert whatif.read_rows(tmp_path) == []
