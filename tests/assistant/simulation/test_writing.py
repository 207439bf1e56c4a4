import csv
import hashlib
import json

import av
import cv2
import numpy as np
import pydicom
import pytest

from assistant import plan as plan_module
from assistant.errors import UsageError
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import Case, Cement, Run, load
from assistant.simulation.writing import COLUMNS, write_run


def small(output="ffv1", **run):
    knobs = {"duration_s": 4.0, "fps": 15.0, "pulses_per_s": 7.5, "width_px": 200, "height_px": 160} | run
    return Case(title="small", cement=Cement(start_s=1.5), run=Run(output=output, **knobs))


CASE = small(duration_s=7.0)


def write(folder, case, toy_anatomy, toy_flow, seed=1):
    return write_run(Fluoroscope(case, seed, toy_anatomy, toy_flow), folder)


def rows_of(folder):
    with (folder / "truth" / "truth.csv").open(newline="") as table:
        return list(csv.DictReader(table))


def test_a_run_folder_is_whole(tmp_path, toy_anatomy, toy_flow):
    out = tmp_path / "run"
    document = write(out, CASE, toy_anatomy, toy_flow)
    rows = rows_of(out)
    assert tuple(rows[0]) == COLUMNS
    with av.open(str(out / "run.mkv")) as container:
        frames = [(frame.time, frame.to_ndarray()) for frame in container.decode(video=0)]
    assert len(frames) == len(rows) == 105
    assert [round(t, 3) for t, _ in frames] == [float(row["t_s"]) for row in rows]
    simulated = list(Fluoroscope(CASE, 1, toy_anatomy, toy_flow).frames())
    assert all(np.array_equal(a[1], b.grey) for a, b in zip(frames, simulated, strict=True))
    plan = plan_module.read_plan(out / "plan.json", 0.25)
    plan_module.check_against_run(plan, 200, 160, len(rows))
    assert plan.views[0].reference_frame == document["views"][0]["reference_frame"]
    assert json.loads((out / "truth" / "truth.json").read_text()) == document
    assert load(str(out / "scenario.toml")) == CASE
    new = [row for row in rows if row["new_picture"] == "1"]
    for kind in ("cement", "visible"):
        assert sorted(p.name for p in (out / "truth" / kind).iterdir()) == [f"{int(r['frame']):06d}.png" for r in new]
    mm2 = document["views"][0]["mm_per_px"] ** 2
    for row in new[::4]:
        mask = cv2.imread(str(out / "truth" / "cement" / f"{int(row['frame']):06d}.png"), cv2.IMREAD_UNCHANGED)
        assert mask.shape == (160, 200)
        assert set(np.unique(mask)) <= {0, 255}
        assert (mask > 0).sum() * mm2 == pytest.approx(float(row["cement_area_mm2"]), abs=2e-3)
    last = next(rows[k] for k in range(len(rows) - 1, 0, -1))
    assert last["posterior_wall_mm"] != ""
    assert last["side_wall_mm"] == ""
    assert rows[0]["warning_line_mm"] == ""
    places = document["cement"]["places"]
    assert sum(place["volume_ml"] for place in places.values()) == pytest.approx(
        document["cement"]["volume_ml"], rel=0.05
    )
    assert set(places) == {"body", "superior_disc"}
    assert places["superior_disc"]["middle_mm"][2] > places["body"]["high_mm"][2] - 1.0
    marks = document["landmarks_mm"]
    assert marks["superior"][0][0] > marks["superior"][-1][0]
    assert {"left", "right", "pedicle_left", "pedicle_right"} <= set(marks)
    assert document["leaks"][0]["site"] == "superior_disc"
    assert document["leaks"][0]["onset_2d_frame"] >= document["leaks"][0]["onset_3d_frame"]


def test_same_seed_same_bytes(tmp_path, toy_anatomy, toy_flow):
    def digest(folder):
        total = hashlib.sha256()
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            total.update(path.name.encode() + path.read_bytes())
        return total.hexdigest()

    for output in ("ffv1", "h264"):
        for name in ("a", "b"):
            write(tmp_path / output / name, small(output), toy_anatomy, toy_flow)
        assert digest(tmp_path / output / "a") == digest(tmp_path / output / "b")


@pytest.mark.parametrize(
    ("output", "name", "off"), [("h264", "run.mkv", 12), ("mjpeg", "run.avi", 14), ("huffyuv", "run.avi", 0)]
)
def test_other_codecs_keep_the_grey_values(tmp_path, toy_anatomy, toy_flow, output, name, off):
    out = tmp_path / "run"
    case = small(output, duration_s=2.0)
    write(out, case, toy_anatomy, toy_flow)
    simulated = list(Fluoroscope(case, 1, toy_anatomy, toy_flow).frames())
    with av.open(str(out / name)) as container:
        decoded = [frame.to_ndarray() for frame in container.decode(video=0)]
    assert len(decoded) == len(simulated)
    for got, frame in zip(decoded[::5], simulated[::5], strict=True):
        luma = got[: frame.grey.shape[0], : frame.grey.shape[1]]
        difference = luma.astype(int) - frame.grey
        assert np.percentile(np.abs(difference), 99) <= off
        assert abs(difference.mean()) < 0.6


@pytest.mark.parametrize("output", ["png", "tiff"])
def test_numbered_pictures(tmp_path, toy_anatomy, toy_flow, output):
    out = tmp_path / "run"
    case = small(output, duration_s=2.0)
    write(out, case, toy_anatomy, toy_flow)
    first = next(Fluoroscope(case, 1, toy_anatomy, toy_flow).frames()).grey
    assert np.array_equal(cv2.imread(str(out / "frames" / f"000000.{output}"), cv2.IMREAD_UNCHANGED), first)
    assert len(list((out / "frames").iterdir())) == 30


def test_dicom(tmp_path, toy_anatomy, toy_flow):
    out = tmp_path / "run"
    case = small("dicom", duration_s=2.0)
    write(out, case, toy_anatomy, toy_flow)
    data = pydicom.dcmread(out / "run.dcm")
    assert data.Modality == "XA"
    assert float(data.FrameTime) == pytest.approx(1000.0 / 15.0)
    frames = [frame.grey for frame in Fluoroscope(case, 1, toy_anatomy, toy_flow).frames()]
    assert np.array_equal(data.pixel_array, np.stack(frames))


def test_somebody_else_sees_each_frame_with_the_contrast_that_the_visible_mask_rests_on(
    tmp_path, toy_anatomy, toy_flow
):
    seen = []
    write_run(Fluoroscope(small(), 1, toy_anatomy, toy_flow), tmp_path / "run", also=seen.append)
    assert [frame.stored.index for frame in seen] == list(range(len(rows_of(tmp_path / "run"))))
    last = next(frame.truth for frame in reversed(seen) if frame.truth is not None)
    assert last.visible.any()
    assert np.array_equal(last.visible, last.cement & (last.contrast_to_noise >= 3.0))


def test_a_folder_that_holds_something_is_left_alone(tmp_path, toy_anatomy, toy_flow):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        write(tmp_path, small(), toy_anatomy, toy_flow)
    assert [p.name for p in tmp_path.iterdir()] == ["note.txt"]
