"""Any run is looked at without a plan, and opened by its dialog: a file, a run folder, a folder of pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QApplication, QFileDialog, QLineEdit

from tests.journeys.hands import CONTROL, press
from tests.small_run import pictures, write_small_run, write_video
from ui import words
from ui.keys.table import actions_of
from ui.review.page import ReviewPage
from ui.shell import Shell

K = Qt.Key
COUNT = 40


def a_video(folder: Path) -> Path:
    return write_video(folder / "lone.mkv", pictures(COUNT))


def a_folder_of_pictures(folder: Path) -> Path:
    made = folder / "pictures"
    made.mkdir()
    for number, picture in enumerate(pictures(COUNT)):
        cv2.imwrite(str(made / f"{number:04d}.png"), picture)
    return made


def a_run_folder(folder: Path) -> Path:
    run = write_small_run(folder, COUNT)
    run.plan.unlink()
    return run.folder


def a_dicom(folder: Path) -> Path:
    import pydicom
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.12.2"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film = np.stack(pictures(COUNT))
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.NumberOfFrames, data.Rows, data.Columns = film.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    data.Modality, data.FrameTime = "RF", 1000 / 15
    data.PixelData = film.tobytes()
    path = folder / "film.dcm"
    pydicom.dcmwrite(path, data, enforce_file_format=True)
    return path


KINDS = [a_video, a_folder_of_pictures, a_run_folder, a_dicom]


def choose_by_dialog(window: Shell, path: Path) -> None:
    """Ctrl+O, the path typed into the program's dialog, Enter."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        line = dialog.findChild(QLineEdit)
        line.setText(str(path))
        dialog.accept()
        if dialog.isVisible():
            dialog.reject()

    QTimer.singleShot(300, answer)
    press(window, K.Key_O, CONTROL)


@pytest.mark.parametrize("make", KINDS)
def test_a_run_without_a_plan_plays_steps_and_seeks_at_once(
    window: Shell, tmp_path: Path, qtbot, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path)
    window.go_to("review")
    page = window.page("review")
    assert isinstance(page, ReviewPage)
    choose_by_dialog(window, path)
    assert page.session is not None, page.note.text()
    assert page.playing
    assert not page.editing
    message = page.message.message
    assert message.headline == words.NO_PLAN
    assert not message.known
    assert "Ctrl P" in message.action
    assert "Ctrl L" in message.action
    qtbot.waitUntil(lambda: page.session.playhead.frame > 2)
    press(window, K.Key_Space, text=" ")
    assert not page.playing
    here = page.session.playhead.frame
    press(window, K.Key_Period, text=".")
    assert page.session.playhead.frame == here + 1
    press(window, K.Key_Home)
    assert page.session.playhead.frame == 0
    page.jump(30)
    qtbot.waitUntil(lambda: page.picture.frame_index == 30)
    press(window, K.Key_L, text="l")
    press(window, K.Key_Space, text=" ")
    qtbot.waitUntil(lambda: not page.playing)
    assert page.session.playhead.frame >= COUNT - 2


def test_a_plan_that_cannot_be_used_is_told_and_the_run_is_shown(window: Shell, tmp_path: Path) -> None:
    run = write_small_run(tmp_path, COUNT)
    run.plan.write_text("{")
    window.go_to("review", (str(run.folder), None))
    page = window.page("review")
    assert page.session is not None
    assert page.playing
    assert "plan.json" in page.note.text()
    assert words.LOOKING_ONLY in page.note.text()


def test_every_key_of_the_page_means_something_or_nothing_without_a_plan(
    window: Shell, tmp_path: Path, qtbot, monkeypatch
) -> None:
    from ui.keys.key_names import CONTROL as CTRL
    from ui.keys.key_names import SHIFT, chord

    monkeypatch.setattr("ui.review.page.ask_for_run", lambda *_: "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    window.go_to("review", (str(a_video(tmp_path)), None))
    page = window.page("review")
    left_out = {"leave", "live", "clip"}
    with qtbot.capture_exceptions() as errors:
        for act in actions_of("review"):
            if act.name in left_out or act.parts:
                continue
            for key in map(chord, act.keys):
                held = Qt.KeyboardModifier(key & (CTRL | SHIFT))
                press(window, key & ~(CTRL | SHIFT), held)
                page.controller.end_editing()
                page.setFocus()
        qtbot.wait(200)
    assert errors == []
    assert page.session is not None


def test_leaving_the_points_goes_back_to_looking(window: Shell, tmp_path: Path) -> None:
    window.go_to("review", (str(a_video(tmp_path)), None))
    page = window.page("review")
    press(window, K.Key_P, CONTROL)
    assert page.editing
    press(window, K.Key_Escape)
    assert not page.editing
    assert page.session is not None
    press(window, K.Key_Space, text=" ")
    assert page.playing
