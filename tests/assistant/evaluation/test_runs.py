import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import pytest

from assistant.errors import UsageError
from assistant.evaluation import cached_scores, runs
from assistant.evaluation.outcome import no_outcome, read_outcome
from assistant.evaluation.peers.ideal_observer import IdealObserver
from assistant.evaluation.runs import RunToScore, Way, analyse, runs_under, score_all, score_job, simulate_set
from assistant.system.files import partial_path


@pytest.fixture(autouse=True)
def _threads():
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


def job(made, **knobs) -> RunToScore:
    return RunToScore(**({"run": made.run, "results": made.results, "peers": False, "way": Way.REUSE} | knobs))


def test_runs_are_found_by_their_truth(made, tmp_path) -> None:
    made.save()
    shutil.copytree(made.run, tmp_path / "another")
    (tmp_path / "nothing").mkdir()
    assert runs_under(made.run) == [made.run]
    assert runs_under(tmp_path) == [tmp_path / "another", made.run]


def test_a_folder_without_runs_is_refused(tmp_path) -> None:
    with pytest.raises(UsageError, match="holds no run with truth"):
        runs_under(tmp_path)


def test_lying_results_are_scored_again(made) -> None:
    made.save()
    (score,) = score_job(job(made))
    assert score.counts["complete"] == (1, 1)
    assert "wall_s" not in score.counts


def test_a_program_that_fails_loses_everything_and_says_why(made, monkeypatch, tmp_path) -> None:
    made.save()
    monkeypatch.setattr(runs, "_PROGRAM", "import sys; sys.exit('the run cannot be read')")
    (score,) = score_job(job(made, way=Way.COMMAND, results=tmp_path / "none"))
    assert score.counts["complete"] == (0, 1)
    assert score.counts["coverage.posterior_wall"] == (0, 15)
    assert score.counts["missed.warning_line"] == (1, 1)
    assert score.notes[-1] == "exit 1: the run cannot be read"
    assert score.counts["wall_s"][0] > 0


def test_the_program_is_called_as_the_contract_says(made, monkeypatch, tmp_path) -> None:
    told = tmp_path / "told.txt"
    monkeypatch.setattr(runs, "_PROGRAM", f"import sys; open({str(told)!r}, 'w').write(' '.join(sys.argv[1:]))")
    wall_s, message = analyse(job(made))
    assert message == ""
    assert wall_s > 0
    files = f"--plan {made.run / 'plan.json'} --out {made.results}"
    assert told.read_text() == f"analyze {made.run} --defaults {files} --masks"


def test_a_program_that_hangs_is_stopped(made, monkeypatch) -> None:
    monkeypatch.setattr(runs, "_PROGRAM", "import threading; threading.Event().wait()")
    monkeypatch.setattr(runs, "RUN_LIMIT_S", 0.5)
    assert analyse(job(made))[1] == "was stopped after 0.5 s"


def test_an_old_result_is_never_taken_for_a_new_one(made, monkeypatch) -> None:
    made.save()
    monkeypatch.setattr(runs, "_PROGRAM", "import sys; sys.exit('no')")
    (score,) = score_job(job(made, way=Way.COMMAND))
    assert score.counts["complete"] == (0, 1)


def test_the_pipeline_alone_can_be_scored(made, monkeypatch) -> None:
    made.save()
    monkeypatch.setattr(runs, "open_source", lambda _run: io.BytesIO())
    monkeypatch.setattr(runs, "run_program", lambda truth, _source, _limits: no_outcome(truth.frames))
    (score,) = score_job(job(made, way=Way.DIRECT))
    assert score.method == "this program"
    assert score.counts["coverage.posterior_wall"] == (0, 15)


def test_a_pipeline_that_crashes_loses_its_run_and_no_other(made, monkeypatch) -> None:
    made.save()
    monkeypatch.setattr(runs, "open_source", lambda _run: io.BytesIO())
    monkeypatch.setattr(runs, "run_program", lambda _truth, _source, _limits: 1 / 0)
    (score,) = score_job(job(made, way=Way.DIRECT))
    assert score.counts["complete"] == (0, 1)
    assert "ZeroDivisionError: division by zero" in score.notes[-1]
    assert score.notes[-1].startswith("crashed at ")


def test_peers_are_asked_once(made, monkeypatch, tmp_path) -> None:
    made.save()
    asked = []

    def peers(truth, _source, _kinds):
        asked.append(truth.folder)
        return {"a peer": no_outcome(truth.frames)}

    monkeypatch.setattr(runs, "open_source", lambda _run: io.BytesIO())
    monkeypatch.setattr(runs, "run_peers", peers)
    monkeypatch.setattr(cached_scores, "key_of", lambda run: run.name)
    first, again = (score_job(job(made, peers=True)) for _ in range(2))
    assert [score.method for score in first] == [score.method for score in again] == ["this program", "a peer"]
    assert len(asked) == 1


def test_an_evaluation_that_was_broken_off_goes_on_where_it_stopped(made, monkeypatch) -> None:
    made.save()
    asked: list[int] = []

    def program(truth, _source, _limits):
        asked.append(len(asked))
        if len(asked) == 1:
            raise ZeroDivisionError
        return read_outcome(made.results, truth.frames)

    monkeypatch.setattr(runs, "open_source", lambda _run: io.BytesIO())
    monkeypatch.setattr(runs, "run_program", program)
    key = ["one program"]
    monkeypatch.setattr(cached_scores, "own_key_of", lambda run, how: f"{run.name} {how} {key[0]}")
    scores = [score_job(job(made, way=Way.DIRECT))[0] for _ in range(3)]
    assert [score.counts["complete"][0] for score in scores] == [0, 1, 1]  # what failed is tried again
    assert len(asked) == 2
    key[0] = "another program"
    score_job(job(made, way=Way.DIRECT))
    assert len(asked) == 3


def test_workers_keep_the_order_of_the_runs(made, tmp_path) -> None:
    made.save()
    other = tmp_path / "a_run"
    shutil.copytree(made.run, other)
    assert [score.run for score in score_all([job(made), job(made, run=other)], 2)] == ["run", "a_run"]


def test_only_missing_runs_of_the_set_are_simulated(made, monkeypatch, tmp_path) -> None:
    made.save()
    shutil.copytree(made.run, tmp_path / "set/000000")
    partial_path(tmp_path / "set/000001").mkdir()
    made_now: list[int] = []

    class Made:
        plan = made.truth().plan

    def ready(planned, data) -> Made:
        assert data == tmp_path
        made_now.append(planned.number)
        return Made()

    def write(fluoroscope, folder: Path, also) -> None:
        assert isinstance(fluoroscope, Made)
        assert isinstance(also.__self__, IdealObserver)
        assert not folder.exists()  # what was broken off is gone
        shutil.copytree(made.run, folder)

    monkeypatch.setattr(runs, "fluoroscope_of", ready)
    monkeypatch.setattr(runs, "write_run", write)
    monkeypatch.setattr(runs, "ProcessPoolExecutor", lambda workers, **_knobs: ThreadPoolExecutor(workers))
    found = simulate_set(tmp_path / "set", 3, 1, tmp_path)
    assert made_now == [1, 2]
    assert [run.name for run in found] == ["000000", "000001", "000002"]
    assert runs_under(tmp_path / "set") == found
