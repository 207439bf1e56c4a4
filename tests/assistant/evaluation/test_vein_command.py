"""The bench of the veins in its smallest form: the small patient, from the side, with a vein and without one."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.evaluation import vein_runs
from assistant.evaluation.outcome import MethodEvent, no_outcome
from assistant.evaluation.truth import Truth, read_truth
from assistant.evaluation.vein_command import VeinFinding, main, score, table
from assistant.evaluation.vein_runs import VeinRun
from assistant.simulation.tabletop import small_case, small_patient


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("veins")


@pytest.fixture
def _smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    small = {"VIEWS": ("lateral",), "VEINS": ("vein_anterior",), "VOLUMES_ML": (0.3,)}
    for name, value in {**small, "_START_S": 1.6, "_INJECTING_S": 2.4, "_RUN_S": 4.4}.items():
        monkeypatch.setattr(vein_runs, name, value)
    monkeypatch.setattr(vein_runs, "random_case", lambda *_: small_case())
    monkeypatch.setattr(vein_runs, "build_anatomy", lambda *_: small_patient())


@pytest.mark.usefixtures("_smallest")
def test_a_vein_in_front_is_told_and_none_where_nothing_leaves_the_body(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--part", "tuning", "--patients", "1", "--runs", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "1 patients, 2 runs, 1 of them with a vein" in told
    assert "in sight: 1 of 1 (1.00" in told
    assert "no vein: false 0 of 1 (0.00" in told
    assert "missed" not in told


def _kept(folder: Path) -> tuple[VeinRun, Truth]:
    path = next((folder / "tuning").glob("*-vein_anterior-*"))
    run = VeinRun(patient=0, seed=0, leak="vein_anterior", leak_ml=0.3, view="lateral")
    return run, read_truth(path / "truth")


def _said(frame: int, site: str, priority: str) -> MethodEvent:
    return MethodEvent(kind="leak", site=site, priority=priority, first_frame=frame, last_frame=None)


def test_what_is_told_is_held_against_the_first_picture_that_shows_it(folder: Path) -> None:
    run, truth = _kept(folder)
    nothing = no_outcome(truth.frames)
    seen_from = truth.leaks[0].onset_2d_frame
    assert seen_from is not None
    missed = score(run, truth, nothing)
    assert (missed.in_sight, missed.finding, missed.late_pictures) == (True, VeinFinding.NOTHING, None)
    late = score(run, truth, replace(nothing, events=(_said(seen_from + 4, "anterior", "high"),)))
    assert (late.finding, late.late_pictures, late.early) == (VeinFinding.VEIN, 4, False)
    assert late.late_ml is not None
    assert late.late_ml > 0
    early = score(run, truth, replace(nothing, events=(_said(10, "anterior", "high"),)))
    assert early.early
    assert early.is_false
    other = score(run, truth, replace(nothing, events=(_said(seen_from, "anterior", "medium"),)))
    assert other.finding is VeinFinding.OUTSIDE
    elsewhere = score(run, truth, replace(nothing, events=(_said(seen_from, "superior_endplate", "medium"),)))
    assert elsewhere.finding is VeinFinding.ELSEWHERE
    assert "told at another site alone: 1 of 2" in table([missed, elsewhere])


def test_a_vein_is_false_where_there_is_none(folder: Path) -> None:
    _, truth = _kept(folder)
    said = replace(no_outcome(truth.frames), events=(_said(truth.frames - 1, "anterior", "high"),))
    false = score(VeinRun(patient=0, seed=0, leak="anterior", leak_ml=None, view="lateral"), truth, said)
    assert false.is_false
    assert not false.is_vein
    assert "false 1 of 1" in table([false])
