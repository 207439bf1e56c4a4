"""A sample goes the whole way: simulated, registered by the program, kept, read back as the network is given it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.training.cement_reader import cases
from models.training.cement_reader.making import make
from models.training.cement_reader.runs import read_on_few_pictures, read_run

NUMBER = len(cases.GROUPS) + cases.GROUPS.index("usual")


def test_a_sample_holds_what_is_true_where_the_program_saw_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "_PICTURES", 24)
    made = make(NUMBER)
    assert made is not None
    path = tmp_path / f"{NUMBER:04d}.npz"
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **made)
    run = read_run(path)
    assert run is not None
    assert run.group == "usual"
    last = run.pictures[-1]
    assert last.cement_mm2 > 5
    # The truth's area on the readers' lattice is that of the picture ...
    assert float(last.visible.sum()) * run.mm_per_px**2 == pytest.approx(last.visible_mm2, rel=0.1, abs=1.0)
    # ... cement in sight has a path, and what has none is no cement.
    assert (last.path_mm[last.visible > 0.9] >= 0.4).all()
    assert last.path_mm[last.visible == 0].max() < 40
    first = run.pictures[0]
    assert first.cement_mm2 == 0
    assert not first.visible.any()
    # What the network is given says where the cement is: darker there, in units of the grain.
    maps = run.maps(len(run.pictures) - 1)
    assert maps.shape == (8, *run.body.shape)
    assert np.isfinite(maps).all()
    seen = (last.visible > 0.5).astype(np.uint8)
    beside = cv2.dilate(seen, np.ones((15, 15), np.uint8)) - cv2.dilate(seen, np.ones((5, 5), np.uint8))
    assert maps[0][seen > 0].mean() > maps[0][(beside > 0) & run.usable].mean() + 0.5
    # The same on a baseline of few pictures: of those without cement and the first with it.
    few = read_on_few_pictures(path, np.random.default_rng(1))
    assert few is not None
    assert few.group == "few pictures"
    assert few.pictures[0].cement_mm2 == 0
    assert few.pictures[-1].cement_mm2 > 0
    assert len(few.pictures) < len(run.pictures)
