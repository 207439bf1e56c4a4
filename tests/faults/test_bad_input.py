"""Bad input through the command line: one sentence that names the file, the right exit status, nothing left behind."""

import copy
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from assistant.cli import main
from tests.small_run import (
    INFERIOR,
    REFERENCE,
    SUPERIOR,
    SmallRun,
    pictures,
    plan_document,
    write_small_run,
    write_video,
)


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, 8)


def refused(run: SmallRun, capsys: pytest.CaptureFixture[str], *, named: Path) -> tuple[int, str]:
    """Analyse; nothing may be written. Gives the exit status and the sentence."""
    before = sorted(path.name for path in run.folder.parent.rglob("*"))
    status = main(run.arguments("--masks"))
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err
    assert str(named) in told.err
    assert not run.out.exists()
    assert sorted(path.name for path in run.folder.parent.rglob("*")) == before
    return status, told.err


def audio_only(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        sound.rate, sound.pts, sound.time_base = 8000, 0, Fraction(1, 8000)
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))


def zero_frames(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=15)
        stream.width, stream.height, stream.pix_fmt = 320, 300, "gray"
        container.start_encoding()


def random_bytes(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(100_000))


def head_only(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:300])


BAD_RUNS: dict[str, Callable[[Path], Any]] = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "head only": head_only,
    "zero frames": zero_frames,
    "audio only": audio_only,
    "random bytes": random_bytes,
    "text": lambda path: path.write_text("this is no video\n" * 100),
    "a plan": lambda path: path.write_text(json.dumps(plan_document())),
    "a folder without a run": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("kind", BAD_RUNS)
def test_a_run_that_cannot_be_opened_is_3(kind: str, run: SmallRun, capsys: pytest.CaptureFixture[str]) -> None:
    BAD_RUNS[kind](run.video)
    status, told = refused(run, capsys, named=run.video)
    assert status == 3, told


def test_a_run_without_permission_is_3(
    run: SmallRun, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def closed(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self == run.video:
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", closed)  # root may read everything, so the mode alone proves nothing
    status, told = refused(run, capsys, named=run.video)
    assert status == 3
    assert "permission" in told


def test_a_truncated_run_is_3_and_what_was_analysed_is_kept(run: SmallRun, capsys: pytest.CaptureFixture[str]) -> None:
    run.video.write_bytes(run.video.read_bytes()[: run.video.stat().st_size * 6 // 10])
    assert main(run.arguments("--masks")) == 3
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert str(run.video) in told
    assert f"is in {run.out}, marked incomplete" in told
    result = json.loads((run.out / "result.json").read_text())
    rows = (run.out / "measurements.csv").read_text().splitlines()[1:]
    assert result["complete"] is False
    assert 2 <= len(rows) == result["run"]["frames"] < 8
    assert len(list((run.out / "masks").iterdir())) == len(rows) - REFERENCE  # before it nothing is measured
    assert main(["validate", str(run.out)]) == 0


def test_a_folder_with_a_broken_picture_in_the_middle_is_3(run: SmallRun, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run.folder.parent / "pictures"
    folder.mkdir()
    for k, picture in enumerate(pictures(6)):
        cv2.imwrite(str(folder / f"{k}.png"), picture)
    (folder / "4.png").write_bytes((folder / "4.png").read_bytes()[:200])
    assert main(["analyze", str(folder), "--plan", str(run.plan), "--out", str(run.out)]) == 3
    assert "4.png" in capsys.readouterr().err
    result = json.loads((run.out / "result.json").read_text())
    assert (result["complete"], result["run"]["frames"]) == (False, 4)


def test_a_run_whose_size_changes_keeps_what_came_before(run: SmallRun, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run.folder.parent / "pictures"
    folder.mkdir()
    for k, picture in enumerate(pictures(6)):
        cv2.imwrite(str(folder / f"{k}.png"), picture if k < 5 else picture[:200])
    assert main(["analyze", str(folder), "--plan", str(run.plan), "--out", str(run.out)]) == 3
    assert "5.png" in capsys.readouterr().err
    assert json.loads((run.out / "result.json").read_text())["run"]["frames"] == 5


def test_an_earlier_result_stays_whole_when_the_run_cannot_be_opened(
    run: SmallRun, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(run.arguments("--masks")) == 0
    before = {path: path.read_bytes() for path in run.out.rglob("*") if path.is_file()}
    for spoil in (lambda: run.video.write_bytes(b""), lambda: run.save_plan({})):
        spoil()
        assert main(run.arguments()) in (2, 3)
    assert {path: path.read_bytes() for path in run.out.rglob("*") if path.is_file()} == before


def landmarks(**lines: Any) -> dict[str, Any]:
    return plan_document(landmarks={"superior": SUPERIOR, "inferior": INFERIOR} | lines)


def without(key: str) -> dict[str, Any]:
    document = copy.deepcopy(plan_document())
    del document["views"][0][key]
    return document


FAR = [[500.0, 110.0], [540.0, 113.0], [590.0, 108.0]]
BAD_PLANS: dict[str, tuple[Any, str]] = {
    "crossed lines": (landmarks(inferior=[[118.0, 107.0], [160.0, 125.0], [207.0, 107.0]]), "cross"),
    "endplates that run against each other": (landmarks(inferior=INFERIOR[::-1]), ""),
    "all in one place": (landmarks(superior=[[120.0, 110.0]] * 3), "same place"),
    "all on one line": (
        landmarks(superior=[[10, 100], [20, 100], [30, 100]], inferior=[[10, 100.5], [20, 100.5], [30, 100.5]]),
        "px apart",
    ),
    "two points only": (landmarks(superior=SUPERIOR[:2]), "3 or more points"),
    "off the picture": (landmarks(superior=FAR, inferior=[[x, y + 70] for x, y in FAR]), "off the picture"),
    "behind the picture's edge": (
        landmarks(superior=[[-5.0, 110.0], *SUPERIOR[1:]], inferior=INFERIOR),
        "off the picture",
    ),
    "wrong schema": (plan_document() | {"schema": "fluoro-assistant/plan/9"}, "fluoro-assistant/plan/1"),
    "no schema": ({"views": plan_document()["views"]}, "schema"),
    "no view": (plan_document() | {"views": []}, "view"),
    "unknown view": (plan_document(view="oblique"), "lateral"),
    "reference past the end": (plan_document(reference_frame=8), "reference_frame 8 is past the run's end"),
    "reference before the start": (plan_document(reference_frame=-1), "reference_frame"),
    "no reference": (without("reference_frame"), "reference_frame"),
    "no scale": (without("mm_per_px"), "exactly one of"),
    "scale 0": (plan_document(mm_per_px=0), "scale"),
    "infinite scale": (json.dumps(plan_document(mm_per_px=0.4)).replace("0.4", "1e999"), ""),
    "fraction above 1": (plan_document(warning_line_fraction=1.5), "warning_line_fraction"),
    "words for numbers": (landmarks(superior=[["a", "b"], *SUPERIOR[1:]]), "superior"),
    "NaN": (json.dumps(plan_document(mm_per_px=float("nan"))), "NaN"),
    "Infinity": (json.dumps(plan_document(mm_per_px=float("inf"))), "Infinity"),
    "no JSON": ("{", "not a plan"),
    "nothing": ("", "not a plan"),
    "a list": ("[]", "schema"),
    "nested without end": ("[" * 200_000, "not a plan"),
    "not text": (b"\xff\xfe\x00", "not a plan"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_PLANS)
def test_a_plan_that_cannot_be_used_is_2(kind: str, run: SmallRun, capsys: pytest.CaptureFixture[str]) -> None:
    document, words = BAD_PLANS[kind]
    if isinstance(document, bytes):
        run.plan.write_bytes(document)
    elif isinstance(document, str):
        run.plan.write_text(document)
    else:
        run.save_plan(document)
    status, told = refused(run, capsys, named=run.plan)
    assert status == 2, told
    assert words in told


def test_a_plan_that_is_not_there_is_2(run: SmallRun, capsys: pytest.CaptureFixture[str]) -> None:
    run.plan.unlink()
    status, _ = refused(run, capsys, named=run.plan)
    assert status == 2


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_run_without_any_picture_is_no_success_and_its_table_is_kept(run: SmallRun, value: int) -> None:
    write_video(run.video, [np.full((300, 320), value, np.uint8)] * 8)
    assert main(run.arguments("--masks")) == 3
    assert json.loads((run.out / "result.json").read_text(encoding="utf-8"))["complete"] is False
    rows = (run.out / "measurements.csv").read_text().splitlines()[1:]
    assert len(rows) == 8
    assert all(row.split(",")[9] == "" for row in rows)
    assert not list((run.out / "masks").iterdir())


def test_odd_things_in_a_plan_that_is_fine_do_no_harm(run: SmallRun) -> None:
    document = plan_document(note="≈ ü") | {"more": [1, None, {"deep": True}]}
    run.save_plan(document)
    assert main(run.arguments()) == 0
    assert json.loads((run.out / "result.json").read_text(encoding="utf-8"))["plan"] == document
    assert main(["validate", str(run.out)]) == 0
