"""The child that brings runs in: what it says, and what it leaves when it cannot."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.errors import EnvironmentError_, InputError
from assistant.library.child import main, run_bytes, run_facts, write_thumbnail
from assistant.system.files import partial_path
from assistant.vocabulary import Frame
from tests.small_run import write_small_run


def order(run: Path, into: Path, *, copy: bool = True) -> list[str]:
    order = {"do": "bring in", "run": str(run), "into": str(into), "copy": copy, "apart": True, "library": None}
    return [json.dumps(order)]


def said(capsys: pytest.CaptureFixture[str]) -> dict:
    made: dict = {}
    for line in capsys.readouterr().out.splitlines():
        made |= json.loads(line)
    return made


def test_facts_of_a_run(tmp_path, capsys):
    run = write_small_run(tmp_path, 6)
    assert main(order(run.folder, tmp_path / "into")) == 0
    facts = said(capsys)["facts"]
    assert (facts["width_px"], facts["height_px"], facts["frames"], facts["plan"]) == (320, 300, 6, "plan.json")
    assert facts["bytes"] == run.video.stat().st_size + run.plan.stat().st_size
    assert (tmp_path / "into" / "run" / "run.mkv").is_file()


def test_links_in_a_run_are_not_followed(tmp_path, capsys):
    run = write_small_run(tmp_path, 3)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (run.folder / "link.txt").symlink_to(secret)
    assert main(order(run.folder, tmp_path / "into")) == 0
    assert not (tmp_path / "into" / "run" / "link.txt").exists()
    assert "facts" in said(capsys)


def test_what_cannot_be_read_leaves_nothing(tmp_path, capsys):
    assert main(order(tmp_path / "nowhere", tmp_path / "into")) == InputError.exit_status
    assert "there is no such file" in said(capsys)["error"]
    assert not (tmp_path / "into").exists()
    assert not partial_path(tmp_path / "into").exists()


def test_what_was_left_of_writing_a_review_is_no_part_of_the_run(tmp_path):
    run = write_small_run(tmp_path, 3)
    before = run_bytes(run.folder)
    partial_path(run.folder / "review.json").write_text("half")
    (run.folder / "review.json.part").write_text("half, of an older program")
    assert run_bytes(run.folder) == before


def test_a_plan_that_does_not_fit_is_told(tmp_path, capsys):
    run = write_small_run(tmp_path, 3)
    run.save_plan({"schema": "other"})
    wanted = {
        "do": "analyse",
        "run": str(run.folder),
        "plan": str(run.plan),
        "out": str(tmp_path / "out"),
        "settings": {},
    }
    assert main([json.dumps(wanted)]) == 2
    assert "plan.json" in said(capsys)["error"]


@pytest.mark.parametrize(("shape", "white"), [((300, 320), 255), ((50, 900), 255), ((900, 50), 65535), ((4, 4), 255)])
def test_a_thumbnail_is_filled(tmp_path, shape, white):
    grey = np.full(shape, white // 2, np.uint8 if white == 255 else np.uint16)
    write_thumbnail(Frame(index=0, t_s=0.0, grey=grey, white=white), tmp_path / "t.jpg")
    made = cv2.imread(str(tmp_path / "t.jpg"), cv2.IMREAD_GRAYSCALE)
    assert made.shape == (376, 592)
    assert abs(int(made.min()) - 127) <= 3


def test_a_thumbnail_that_cannot_be_written_is_told(tmp_path):
    frame = Frame(index=0, t_s=0.0, grey=np.zeros((4, 4), np.uint8))
    with pytest.raises(EnvironmentError_):
        write_thumbnail(frame, tmp_path / "no" / "t.jpg")


def test_facts_of_what_is_no_run(tmp_path):
    (tmp_path / "x.mkv").write_bytes(b"x")
    with pytest.raises(InputError):
        run_facts(tmp_path / "x.mkv", tmp_path / "t.jpg")


def test_what_an_import_that_nobody_entered_has_left_makes_way(tmp_path, capsys):
    """A session keeps its id: the window was closed between the child's end and the entry, and the next one tries."""
    run, into = write_small_run(tmp_path, 4).folder, tmp_path / "runs" / "B-1"
    for _ in range(2):
        assert main(order(run, into)) == 0
        assert "facts" in said(capsys)
    assert (into / "thumbnail.jpg").is_file()


def test_what_lies_there_with_a_reviewers_words_is_set_aside_and_never_deleted(tmp_path, capsys):
    """A library that was put back to an earlier day knows nothing of a run that lies in its folder."""
    run, into = write_small_run(tmp_path, 4).folder, tmp_path / "runs" / "B-1"
    assert main(order(run, into)) == 0
    (into / "review.json").write_text("said")
    assert main(order(run, into)) == 0
    said(capsys)
    assert [path.read_text() for path in into.parent.glob("B-1.aside_*/review.json")] == ["said"]
    assert (into / "thumbnail.jpg").is_file()
