"""Who it is, through everything: two patients whose recordings have one name, exported after one another."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import av
import pydicom
from PyQt6.QtCore import Qt

from assistant.cli import main
from assistant.identity import Identity, is_id
from assistant.library.store import Library
from assistant.reports.dicom_out import write_dicom
from assistant.system.places import data_home, demo_run
from assistant.vocabulary import Unknown
from tests.small_run import frames, plan_document, write_small_run
from ui.review.page import ReviewPage

K = Qt.Key


def exported(qtbot, page: ReviewPage, run: Path) -> str:
    """Open a run and export all there is, by keys and touch; what the page said of where it is."""
    assert page.open(str(run), None), page.note.text()
    page.playing = False
    qtbot.waitUntil(lambda: page.session is not None and page.session.ended)
    told = []
    for act in (
        lambda: qtbot.keyClick(page, K.Key_R),
        lambda: qtbot.keyClick(page, K.Key_E),
        lambda: page.export.export_wanted.emit("dicom"),
        lambda: page.export.export_wanted.emit("video"),
    ):
        act()
        qtbot.waitUntil(lambda: not page.exporter.busy and page.export.stop.isHidden())
        told.append(page.export.message)
    return "\n".join(told)


def words_in(path: Path) -> str:
    """What a file says of who it is."""
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            return " ".join(cell for row in list(csv.reader(file))[:8] for cell in row)
    if path.suffix == ".dcm":
        return str(pydicom.dcmread(path))
    if path.suffix == ".mp4":
        with av.open(str(path)) as video:
            return video.metadata["title"]
    content = path.read_bytes()
    return (
        content.decode("utf-16-be", "ignore")
        + content[1:].decode("utf-16-be", "ignore")
        + content[:300].decode("utf-8", "ignore")
    )


def test_the_day_is_the_studys_own_and_never_that_of_a_file(qtbot, review: ReviewPage, tmp_path: Path, capsys) -> None:
    """A DICOM file of 9 March 2026, copied long before by the clock of its file; a film that says no day."""
    study, film = tmp_path / "study.dcm", write_small_run(tmp_path / "a", 20).video
    write_dicom(study, frames(20), [Unknown("not analysed")] * 20, Identity(run_id="U-00000000"))
    dataset = pydicom.dcmread(study)
    dataset.StudyDate, dataset.ContentDate = "20260309", "20270101"
    dataset.save_as(study)
    for path in (study, film):
        path.with_suffix(".plan.json").write_text(json.dumps(plan_document()))
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert main(["import", str(study), str(film), "--no-analysis"]) == 0
    cases = [line.rpartition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    with Library() as library:
        days = [library.one("cases", case)["day"] for case in cases]
        runs = [library.rows("runs", case_id=case)[0]["path"] for case in cases]
    assert days == ["2026-03-09", None]
    for run, told in zip(runs, ("recorded 9 Mar 2026", "date not known"), strict=True):
        exported(qtbot, review, Path(run))
        assert review.session is not None
        assert told in review.header.accessibleName()
        folder = review.exporter.folder()
        (events,) = folder.glob("*_events.csv")
        assert f"recorded,{told}" in events.read_text(encoding="utf-8").replace("identity,,,", "")
        (key_images,) = folder.glob("*.dcm")
        assert pydicom.dcmread(key_images).StudyDate == ""  # de-identified


def test_two_patients_of_one_folder_name_never_meet(qtbot, review: ReviewPage, tmp_path: Path, capsys) -> None:
    runs = [write_small_run(tmp_path / name, count).folder for name, count in (("Mueller", 20), ("Maier", 24))]
    assert [run.name for run in runs] == ["run", "run"]
    seen: dict[Path, bytes] = {}
    for run in runs:
        told = exported(qtbot, review, run)
        assert review.session is not None
        ids = review.session.identity
        folder = data_home() / "exports" / "no-case" / ids.run_id
        files = sorted(folder.iterdir())
        assert {path.suffix for path in files} == {".pdf", ".csv", ".png", ".dcm", ".mp4"}
        for path in files:
            assert ids.run_id in path.name
            assert ids.run_id in words_in(path), path.name
            assert "Mueller" not in words_in(path)
        assert str(folder / ids.file("report", ".pdf")) in told
        assert seen.keys().isdisjoint(files)
        seen |= {path: path.read_bytes() for path in files}
    assert all(path.read_bytes() == content for path, content in seen.items())
    assert len({path.parent for path in seen}) == 2


def test_a_run_is_the_same_case_in_the_library_in_review_and_in_every_file(
    qtbot, review: ReviewPage, tmp_path: Path, capsys
) -> None:
    runs = [write_small_run(tmp_path / name, count).folder for name, count in (("a", 20), ("b", 24))]
    assert main(["import", *map(str, runs), "--no-analysis"]) == 0
    cases = [line.rpartition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert all(is_id("cases", case) for case in cases)
    for run in sorted((data_home() / "runs").glob("*/run")):
        exported(qtbot, review, run)
        assert review.session is not None
        ids = review.session.identity
        assert ids.case_id in cases
        assert run.parent.name == ids.run_id
        assert f"case {ids.case_id} · L1 · run {ids.run_id}" in review.header.accessibleName()
        assert "date not known" in review.header.accessibleName()
        for path in (data_home() / "exports" / ids.case_id / ids.run_id).iterdir():
            assert path.name.startswith(f"{ids.case_id}_L1_{ids.run_id}_")
            assert ids.case_id in words_in(path)


def test_no_run_takes_the_plan_of_another_that_has_its_name(review: ReviewPage, tmp_path: Path) -> None:
    """Lines that were moved on the demonstration run are kept under its name; a patient's folder may have that too."""
    moved = data_home() / "plans" / f"{demo_run().name}.plan.json"
    moved.parent.mkdir(parents=True)
    moved.write_text(json.dumps(plan_document()))
    patient = write_small_run(tmp_path, 8)
    folder = patient.folder.rename(tmp_path / demo_run().name)
    (folder / "plan.json").unlink()
    assert review.open(str(folder), None), review.note.text()
    assert review.session is not None
    assert review.session.plan is None
