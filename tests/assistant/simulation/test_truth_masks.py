"""The masks of a run's truth are the same whether they lie one by one or in one file, to all who read them."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.errors import InputError, UsageError
from assistant.evaluation.score import score_run
from assistant.evaluation.truth import read_truth
from assistant.simulation.truth_masks import PACK, main, mask_at, pack_masks
from assistant.system.places import demo_run
from assistant.training.known_moment import KnownMoments
from assistant.training.run_outcome import read_run_outcome

MASK = np.zeros((40, 50), np.uint8)
MASK[10:20, 10:30] = 255


def run_with_masks(run: Path) -> Path:
    for kind in ("cement", "visible"):
        (run / "truth" / kind).mkdir(parents=True)
        cv2.imwrite(str(run / "truth" / kind / "000003.png"), MASK if kind == "cement" else MASK // 255 * 0)
    return run


def test_a_packed_mask_is_the_one_that_lay_there_bit_by_bit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_with_masks(tmp_path / "run")
    path = run / "truth" / "cement" / "000003.png"
    assert mask_at(path.with_name("000004.png")) is None
    assert main([str(run)]) == 0
    assert [each.name for each in (run / "truth").iterdir()] == [PACK]
    assert PACK in capsys.readouterr().out
    np.testing.assert_array_equal(mask_at(path), MASK)
    assert not mask_at(path.parent.with_name("visible") / path.name).any()
    assert mask_at(path.with_name("000004.png")) is None
    assert mask_at(path.parent.with_name("ideal") / path.name) is None


def test_the_same_masks_make_the_same_file(tmp_path: Path) -> None:
    first, second = (pack_masks(run_with_masks(tmp_path / name)).read_bytes() for name in ("first", "second"))
    assert first == second


def test_a_file_that_lies_there_counts_before_the_packed_one(tmp_path: Path) -> None:
    run = run_with_masks(tmp_path / "run")
    pack_masks(run)
    path = run / "truth" / "cement" / "000003.png"
    path.parent.mkdir()
    cv2.imwrite(str(path), 255 - MASK)
    np.testing.assert_array_equal(mask_at(path), 255 - MASK)


def test_masks_that_were_packed_anew_are_read_anew(tmp_path: Path) -> None:
    run = run_with_masks(tmp_path / "run")
    path = run / "truth" / "visible" / "000003.png"
    pack_masks(run)
    assert not mask_at(path).any()
    (run / "truth" / PACK).unlink()
    assert mask_at(path) is None


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 torn"])
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    truth = tmp_path / "truth"
    truth.mkdir()
    (truth / PACK).write_bytes(content)
    with pytest.raises(InputError, match=r"000003\.png: the mask cannot be read"):
        mask_at(truth / "cement" / "000003.png")
    (truth / "cement").mkdir()
    (truth / "cement" / "000003.png").write_bytes(content)
    with pytest.raises(InputError, match=r"000003\.png: the mask cannot be read"):
        mask_at(truth / "cement" / "000003.png")


def test_a_run_without_masks_is_not_packed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="holds no masks to pack"):
        pack_masks(tmp_path)
    assert main([str(tmp_path)]) == 2
    assert "holds no masks" in capsys.readouterr().err


def unpacked(demo: Path, run: Path) -> Path:
    """The demo as the simulator wrote it: its masks one by one."""
    shutil.copytree(demo, run)
    shutil.unpack_archive(run / "truth" / PACK, run / "truth")
    (run / "truth" / PACK).unlink()
    return run


def test_scores_and_the_trainings_outline_are_the_same_from_both(tmp_path: Path) -> None:
    demo, run = demo_run(), unpacked(demo_run(), tmp_path / "run")
    assert len(list((run / "truth" / "visible").iterdir())) == int(read_truth(demo / "truth").live.sum()) > 100
    # A result in which the program is right: the truth's own figures and masks.
    result = tmp_path / "result"
    result.mkdir()
    shutil.copytree(run / "truth" / "cement", result / "masks")
    table = (run / "truth" / "truth.csv").read_text().splitlines()
    rows = [f"{line},{'registration_ok,processing_ms' if k == 0 else '1,4.0'}" for k, line in enumerate(table)]
    (result / "measurements.csv").write_text("\n".join(rows) + "\n")
    (result / "result.json").write_text(json.dumps({"complete": True, "events": [], "leaks": []}))
    one, other = score_run(result, demo / "truth"), score_run(result, run / "truth")
    assert set(one.samples) == set(other.samples)
    for name, figures in one.samples.items():
        np.testing.assert_array_equal(figures, other.samples[name])
    assert 0.5 < np.median(one.samples["dice.visible"]) <= 1.0
    assert (one.counts, one.notes) == (other.counts, other.notes)
    for frame in (300, 500, 640):
        outlines = [KnownMoments(read_run_outcome(each)).at(frame).outline for each in (demo, run)]
        assert len(outlines[0]) == len(outlines[1]) > 0
        for mine, theirs in zip(*outlines, strict=True):
            np.testing.assert_array_equal(mine, theirs)
