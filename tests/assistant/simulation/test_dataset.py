import csv
import itertools

import pytest

from assistant.errors import UsageError
from assistant.simulation import dataset
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import Case, Cement, Run


@pytest.fixture
def toy_runs(monkeypatch, toy_anatomy, toy_flow):
    """Every patient is the toy; no processes."""
    case = Case(
        title="toy",
        run=Run(duration_s=3.0, fps=10.0, pulses_per_s=5.0, width_px=160, height_px=160),
        cement=Cement(start_s=1.5),
    )
    asked = []

    def build(_, seed):
        asked.append(seed)
        if len(asked) == 1:
            raise UsageError("this leak does not fit into this body")
        return Fluoroscope(case, seed, toy_anatomy, toy_flow)

    monkeypatch.setattr(dataset, "build_run", build)
    return asked


def test_one_run_is_drawn_again_until_it_is_possible(tmp_path, toy_runs):
    row = dataset.one_run("validation", 3, tmp_path / "000003")
    assert toy_runs == [500_003, 500_003]
    assert tuple(row) == dataset.COLUMNS
    assert (tmp_path / "000003" / "truth" / "truth.json").is_file()


def test_parts_never_share_a_patient():
    ranges = [{dataset.patient_seed(split, n) for n in (0, 1, 99_999)} for split in ("train", "validation", "test")]
    spans = sorted((min(r), max(r)) for r in ranges)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
    with pytest.raises(UsageError):
        dataset.patient_seed("train", 100_000)


def test_bad_requests(tmp_path):
    with pytest.raises(UsageError, match="1 run or more"):
        dataset.write_dataset(0, "train", tmp_path / "new")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        dataset.write_dataset(1, "train", tmp_path)


def test_index_lists_the_runs_in_order(tmp_path, monkeypatch):
    class Pool:
        def __init__(self, *_, **__):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def submit(self, work, *args):
            from concurrent.futures import Future

            done = Future()
            done.set_result(work(*args))
            return done

    def fake(split, number, folder):
        return dict.fromkeys(dataset.COLUMNS, "") | {"run": folder.name, "seed": dataset.patient_seed(split, number)}

    monkeypatch.setattr(dataset, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(dataset, "one_run", fake)
    shares = []
    dataset.write_dataset(3, "test", tmp_path / "set", progress=shares.append)
    with (tmp_path / "set" / "index.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["run"] for row in rows] == ["000000", "000001", "000002"]
    assert shares[-1] == 1.0
