"""A run without a scale, the whole way: set-up, session, result, review, exports, pack, another library, training.

Inside, an assumed depth goes on. Outside there is no figure in mm anywhere, and "uncal." stands beside each share.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent, QPainter
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtWidgets import QLabel, QTableWidget, QWidget

from assistant import lengths
from assistant.cli import main
from assistant.library.search import search
from assistant.library.store import Library
from assistant.lines import TABLED_LINES
from assistant.plan import plan_from_document, read_plan
from assistant.results.summary_table import summary_table
from assistant.review.cached_result import summary_of
from assistant.review.stored import read_analysed
from assistant.settings.tree import Settings
from assistant.setup.model import PointStatus, SetUp, SetView, Step
from assistant.training.archive import keep_clip, result_of
from assistant.training.csv_out import answers_of, write_answers
from assistant.training.explain import gave_away
from assistant.training.planted import can_carry, line_readout
from assistant.training.run_outcome import read_run_outcome
from assistant.training.scoring import score, score_watching
from assistant.training.trainer import QUESTION, AskedClip, Given, Trainer
from assistant.vocabulary import Distances, Unknown
from tests.journeys.hands import CONTROL, press
from tests.journeys.room import Room
from tests.small_run import INFERIOR, SUPERIOR, SmallRun, pictures, plan_document, write_small_run, write_video
from ui.review import review_words
from ui.review.page import ReviewPage
from ui.setup import proposals
from ui.shell import Shell
from ui.theatre.page import TheatrePage
from ui.training import training_words

K = Qt.Key

COUNT = 60
SHARES = ("posterior_wall_share", "warning_line_share", "superior_endplate_share", "inferior_endplate_share")
_ADVICE = re.compile(r"2\N{EN DASH}3 mm")
"""How far the cannula is drawn back is said of the hand, not measured in the picture."""
_FIGURE_IN_MM = re.compile(r"\d[\d.,]*\s*(mm|mm²)(?![\w/])")


def figures_in_mm(text: str) -> list[str]:
    """Every figure in mm or mm² of a text, but for what is assumed and said to be so."""
    left = re.sub(r"[\d.]+ mm of (depth|width) (are )?assumed", "", _ADVICE.sub("", text))
    return [found.group() for found in _FIGURE_IN_MM.finditer(left)]


def uncalibrated(run: SmallRun, **changes: Any) -> SmallRun:
    """The run with a plan in which no scale was set."""
    run.save_plan(plan_document(calibrated=False, scale_by="assumed depth", **changes))
    return run


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("view", ["lateral", "ap"])
def test_by_command_there_is_no_figure_in_mm_and_the_shares_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], view: str
) -> None:
    with_scale = write_small_run(tmp_path / "with")
    with_scale.save_plan(plan_document(view=view))
    without = uncalibrated(write_small_run(tmp_path / "without"), view=view)
    assert main(with_scale.arguments()) == main(without.arguments()) == 0
    for run in (with_scale, without):
        assert main(["validate", str(run.out)]) == main(["validate", str(run.plan)]) == 0
    told = capsys.readouterr().out
    assert "uncal." in told
    known, shares = table(with_scale.out / "measurements.csv"), table(without.out / "measurements.csv")
    measured = [(one, other) for one, other in zip(known, shares, strict=True) if one["superior_endplate_mm"]]
    assert measured
    for one, other in measured:
        in_mm = [name for name in other if name.endswith(("_mm", "_mm2", "_mm_per_s"))]
        assert not any(other[name] for name in in_mm), other
        # What is told as a share is the same thing, and stands in every run.
        wanted = SHARES if view == "lateral" else SHARES[2:]
        assert all(one[name] == other[name] for name in wanted)
        assert any(one[name] for name in wanted)
        assert (one["alarm"], one["time_to_line_s"]) == (other["alarm"], other["time_to_line_s"])
    plan = read_plan(with_scale.plan, 0.25).views[0]
    row = measured[-1][0]
    height = float(row["superior_endplate_mm"]) / lengths.height_mm(plan)
    assert float(row["superior_endplate_share"]) == pytest.approx(height, abs=1e-4)
    result, scaled = (json.loads((run.out / "result.json").read_text()) for run in (without, with_scale))
    assert [event["kind"] for event in result["events"]] == [event["kind"] for event in scaled["events"]]
    assert result["leaks"]
    assert all(leak["area_mm2"] is leak["length_mm"] is leak["width_mm"] is None for leak in result["leaks"])
    assert all(leak["area_share"] > 0 and leak["length_share"] > 0 for leak in result["leaks"])
    assert [name for name, value in result["final"].items() if name.endswith(("mm", "mm2")) and value is not None] == []
    assert any("assumed" in note for note in result["run"]["notes"])
    assert result["plan"]["views"][0]["calibrated"] is False
    words = summary_table(result)
    assert "uncal." in words
    assert figures_in_mm(words) == []
    assert figures_in_mm(" ".join(event["text"] for event in result["events"])) == []


def test_an_ap_view_alone_is_taken_for_as_wide_as_a_body_and_the_result_says_so(tmp_path: Path) -> None:
    """Set up without a scale, the lateral view left out: a width is assumed, never the depth of a body."""
    run = write_small_run(tmp_path)
    alone = SetUp(lines=Settings().alarms.warning_lines, views=[SetView(view="lateral"), SetView(view="ap")])
    for point, (x, y) in zip(alone.views[1].points, [*SUPERIOR, *INFERIOR], strict=True):
        point.at, point.status = (float(x), float(y)), PointStatus.CONFIRMED
    run.save_plan(alone.document())
    assert main(run.arguments()) == 0
    document = json.loads((run.out / "result.json").read_text())
    (view,) = document["plan"]["views"]
    assert (view["calibrated"], view["scale_by"]) == (False, "assumed width, a proposal for L1")
    (note,) = (note for note in document["run"]["notes"] if "assumed" in note)
    assert "41 mm of width are assumed (a proposal for L1)" in note
    # A plan of before says of itself that it took the depth for the width.
    run.save_plan(plan_document(view="ap", calibrated=False, scale_by="assumed depth, usual at L1"))
    assert main(run.arguments()) == 0
    (note,) = (n for n in json.loads((run.out / "result.json").read_text())["run"]["notes"] if "assumed" in n)
    assert note.endswith(lengths.DEPTH_FOR_WIDTH)


def test_what_says_two_things_of_its_scale_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_small_run(tmp_path)
    ruler = {"from": [10.0, 10.0], "to": [20.0, 10.0], "mm": 4.0, "what": "cannula 8G"}
    for changes in ({"calibrated": "no"}, {"calibrated": False, "ruler": ruler, "mm_per_px": None}):
        document = plan_document(**changes)
        document["views"][0] = {key: value for key, value in document["views"][0].items() if value is not None}
        run.save_plan(document)
        assert main(run.arguments()) == main(["validate", str(run.plan)]) == 2
        assert "calibrated" in capsys.readouterr().err
    with_ruler = plan_document(ruler=ruler)
    del with_ruler["views"][0]["mm_per_px"]
    run.save_plan(with_ruler)
    assert read_plan(run.plan, 0.25).views[0].calibrated


def test_a_result_with_figures_in_mm_of_such_a_view_is_not_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = uncalibrated(write_small_run(tmp_path))
    assert main(run.arguments()) == 0
    path = run.out / "measurements.csv"
    lines = path.read_text().splitlines()
    at = lines[0].split(",").index("warning_line_mm")
    cells = lines[-1].split(",")
    cells[at] = "3.1"
    path.write_text("\n".join([*lines[:-1], ",".join(cells)]) + "\n")
    capsys.readouterr()
    assert main(["validate", str(run.out)]) == 2
    assert "not calibrated" in "".join(capsys.readouterr())


def test_what_a_table_told_in_shares_is_read_again_as_the_same_distances(tmp_path: Path) -> None:
    with_scale = write_small_run(tmp_path / "with")
    without = uncalibrated(write_small_run(tmp_path / "without"))
    read, sums = [], []
    for run in (with_scale, without):
        assert main(run.arguments()) == 0
        plan = read_plan(run.plan, 0.25)
        sums.append(summary_of(json.loads((run.out / "result.json").read_text()), plan))
        read.append(read_analysed(run.out, plan, sums[-1].events, sums[-1].leaks))
        assert len(read[-1]) == run.frame_count
    compared = 0
    for one, other in zip(*read, strict=True):
        if isinstance(one.distances, Distances) and isinstance(other.distances, Distances):
            assert other.distances.cement_area_mm2 == pytest.approx(one.distances.cement_area_mm2, abs=0.05)
            for line in TABLED_LINES:
                mm, again = (each.distances.mm[line] for each in (one, other))
                assert isinstance(mm, Unknown) is isinstance(again, Unknown)
                if not isinstance(mm, Unknown):
                    assert again == pytest.approx(mm, abs=0.01)
                    compared += 1
    assert compared > 50
    one, other = sums
    assert [(leak.site, leak.first_frame) for leak in one.leaks] == [
        (leak.site, leak.first_frame) for leak in other.leaks
    ]
    assert [leak.length_mm for leak in other.leaks] == pytest.approx([leak.length_mm for leak in one.leaks], abs=0.02)
    for name in ("cement_area_mm2", "anterior_height_mm", "middle_height_mm", "posterior_height_mm"):
        assert getattr(other.measures, name) == pytest.approx(getattr(one.measures, name), rel=0.002)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that anything draws, on the screen or on paper."""
    texts: list[str] = []
    draw = QPainter.drawText

    def noted(self: QPainter, *what: Any) -> Any:
        texts.extend(each for each in what if isinstance(each, str))
        return draw(self, *what)

    monkeypatch.setattr(QPainter, "drawText", noted)
    return texts


def written_on(widget: QWidget) -> str:
    """Labels, tables and names of a widget and all that it holds."""
    texts = [each.text() + each.toolTip() for each in widget.findChildren(QLabel)]
    for table_ in widget.findChildren(QTableWidget):
        cells = (table_.item(r, c) for r in range(table_.rowCount()) for c in range(table_.columnCount()))
        texts += [cell.text() + cell.toolTip() for cell in cells if cell is not None]
    return "\n".join([*texts, *(each.accessibleName() for each in widget.findChildren(QWidget))])


def key(page: TheatrePage, code: int) -> None:
    """A key of the theatre, down and up."""
    for way, act in ((QEvent.Type.KeyPress, page.press), (QEvent.Type.KeyRelease, page.release)):
        act(QKeyEvent(way, int(code), Qt.KeyboardModifier.NoModifier))


def session_without_scale(qtbot: Any, monkeypatch: pytest.MonkeyPatch, drawn: list[str]) -> Path:
    """Set up by keys without a scale, injected until cement is behind the wall; the folder that is left."""
    monkeypatch.setattr(proposals, "ask", lambda *_args: [(x, y) for x, y in [*SUPERIOR, *INFERIOR]])
    room = Room(qtbot, monkeypatch)
    page, shown = room.page, pictures(COUNT, repeat_each=1)
    page.show()
    for grey in shown[:4]:
        room.show(grey)
    page.controller.begin_set_up(at="level")
    key(page, K.Key_Return)
    qtbot.waitUntil(lambda: page.setup.state.setup.view.placed)
    qtbot.waitUntil(lambda: page.setup.state.setup.view.points[5].at == tuple(INFERIOR[2]))
    for _ in range(6):
        key(page, K.Key_Return)
    assert page.setup.state.step is Step.SCALE
    key(page, K.Key_U)
    page.grab()
    assert any("uncal." in text for text in drawn)
    key(page, K.Key_Return)
    room.until(lambda status: status.armed, lambda: room.show(shown[4]), most=20)
    drawn.clear()
    said_aloud: list[str] = []
    for k, grey in enumerate(shown[4:]):
        room.show(grey)
        if k % 4 == 0:
            page.grab()
            said_aloud.append(written_on(page))
    assert any(alarm.code in ("A1", "A2") for alarm in room.status.alarms)
    for text in (*said_aloud, *drawn):
        assert figures_in_mm(text) == [], text
    assert "uncal." in page.display.distances.accessibleName()
    assert "uncal." in page.display.curve.accessibleName()
    assert any(text.endswith("% past uncal.") for text in drawn), "the plate on the picture"
    folder = room.session.folder
    log = room.end()
    # The pictures come as a plain video, without the recorder's lines.
    (folder / "frames_000.jsonl").unlink()
    write_video(folder / "run.mkv", shown)
    (plan,) = (event["data"]["plan"] for event in log if event["kind"] == "plan_set")
    assert plan["views"][0]["calibrated"] is False
    assert lengths.depth_mm(plan_from_document(plan, 0.25).views[0]) == pytest.approx(30.2, abs=0.01)
    assert json.loads((folder / "plan.json").read_text())["views"] == plan["views"]
    return folder


def exported(qtbot: Any, page: ReviewPage, folder: Path) -> None:
    """All that leaves the review: no figure in mm, and the mark in each file that holds words."""
    for act in ("pdf", "csv", "png", "dicom", "video"):
        page.export.export_wanted.emit(act)
        qtbot.waitUntil(lambda: not page.exporter.busy and page.export.stop.isHidden())
    files = {path.name.rpartition("_")[2]: path for path in page.exporter.folder().iterdir()}
    pdf = QPdfDocument(None)
    (report,) = (path for path in files.values() if path.suffix == ".pdf")
    assert pdf.load(str(report)) is QPdfDocument.Error.None_
    assert "uncal" in pdf.getAllText(0).text()
    for path in files.values():
        if path.suffix == ".csv":
            assert figures_in_mm(path.read_text(encoding="utf-8")) == []
    (figures,) = (path for name, path in files.items() if "figures" in name)
    rows = table(figures)
    assert any(row["warning_line_share"] for row in rows)
    assert not any(row[name] for row in rows for name in row if name.endswith(("_mm", "_mm2")))
    (events,) = (path for name, path in files.items() if "events" in name)
    assert "uncal." in events.read_text(encoding="utf-8")
    (key_images,) = (path for path in files.values() if path.suffix == ".dcm")
    assert b"not set (uncal.)" in key_images.read_bytes()


def reviewed(qtbot: Any, shell: Shell, drawn: list[str], folder: Path) -> None:
    """Seen again, recomputed and as it was told on the day; another line tried; the points moved and saved."""
    shell.go_to("review")
    page: Any = shell.page("review")
    assert page.open(str(folder), None), page.note.text()
    page.playing = False
    qtbot.waitUntil(lambda: page.session is not None and page.session.ended)
    drawn.clear()
    marked = set()
    for figures in ("recomputed", "as seen"):
        for frame in (COUNT // 2, COUNT - 1):
            page.jump(frame)
            qtbot.waitUntil(lambda frame=frame: page.picture.frame_index == frame)
            for card in page.cards.names():
                page.cards.show_card(card)
                shell.grab()
                text = written_on(page)
                assert figures_in_mm(text) == [], text
                if "uncal." in text:
                    marked.add((figures, card))
            page.cards.show_card(review_words.TABS[1])
        assert page.session.shows_as_seen is (figures == "as seen")
        press(shell, K.Key_V)
    assert {figures for figures, _ in marked} == {"recomputed", "as seen"}
    for text in drawn:
        assert figures_in_mm(text) == [], text
    assert any("%" in text and "past" in text for text in drawn)
    assert any("of the body uncal." in text for text in drawn), "the size of the leak"
    drawn.clear()
    exported(qtbot, page, folder)
    for text in drawn:
        assert figures_in_mm(text) == [], text
    assert any("uncal." in text for text in drawn)
    page.cards.show_card(review_words.TABS[3])
    assert "% of depth uncal." in page.whatif.band.text()
    page.whatif.band.setValue(20.0)
    page.whatif.begin(all_runs=False)
    qtbot.waitUntil(lambda: not page.whatif.working)
    told = written_on(page.whatif)
    assert figures_in_mm(told) == []
    assert "uncal." in told
    press(shell, K.Key_P, CONTROL)
    qtbot.waitUntil(lambda: page.editing)
    press(shell, K.Key_Right)
    press(shell, K.Key_Return)
    qtbot.waitUntil(lambda: not page.editing)
    saved = read_plan(folder / "plan.json", 0.25).views[0]
    assert not saved.calibrated
    assert saved.scale_by == "assumed depth, usual at L1"
    assert lengths.depth_mm(saved) == pytest.approx(30.2, abs=0.01), "the depth is assumed, not the scale"
    qtbot.waitUntil(lambda: page.session is not None and page.session.ended)
    page.close_session()


def trained(run: dict[str, Any], folder: Path, library: Library) -> None:
    """A clip of the run: asked, answered, explained and written out."""
    ending = read_run_outcome(folder, result_of(run))
    assert ending.plan is not None
    assert not ending.plan.views[0].calibrated
    assert any(value == value for value in ending.distances_mm["posterior"]), "the shares became lengths inside"
    desk = Trainer(library)
    in_sight_s = next(t for t, mm in zip(ending.t_s, ending.distances_mm["posterior"], strict=True) if mm == mm)
    clip = desk.clip(keep_clip(desk, run, ending, Settings().alarms, stop_s=in_sight_s))
    assert clip is not None
    facts = clip.facts
    assert facts.distance_mm is None
    assert facts.distance_share is not None
    assert not can_carry(clip), "by how much a line is wrong could not be told"
    answer = score(facts, "stop", None)
    watched = score_watching(facts, ending, facts.stop_frame)
    words = [training_words.early_words(answer), training_words.early_words(watched), gave_away(ending, facts)]
    words.append(line_readout(ending, facts.stop_frame))
    assert all(figures_in_mm(text) == [] for text in words)
    assert "uncal." in words[0]
    assert "uncal." in words[-1]
    person = desk.enrol(consents=True)
    asked = AskedClip(clip=clip, is_repeat=False, is_due=False)
    desk.lock(person, asked, Given(task=QUESTION, answer="stop"), answer)
    path = folder / "answers.csv"
    assert write_answers(answers_of(desk, person, asks=person), path) == 1
    with path.open(newline="", encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["early_mm"], row["planted_mm"]) == ("", "")
    assert float(row["early_share"]) == pytest.approx(facts.distance_share, abs=0.001)


def test_from_the_set_up_to_training_nobody_reads_a_millimetre(
    qtbot: Any,
    window: Shell,
    drawn: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = session_without_scale(qtbot, monkeypatch, drawn)
    reviewed(qtbot, window, drawn, folder)
    capsys.readouterr()
    assert main(["import", str(folder)]) == 0
    case = capsys.readouterr().out.rpartition(": ")[2].strip()
    pack = tmp_path / "one.fluopack.zip"
    assert main(["pack", case, "--out", str(pack), "--names-looked-for"]) == 0
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", str(pack)]) == 0
    with Library() as library:
        (found,) = search(library, "uncal").cases
        assert "uncal." in found["recording_said"]
        (run,) = library.rows("runs")
        there = Path(run["path"])
        plan = json.loads((there / "plan.json").read_text())["views"][0]
        assert (plan["calibrated"], plan["scale_by"]) == (False, "assumed depth, usual at L1")
        assert main(["validate", str(there / "plan.json")]) == 0
        result = result_of(run)
        assert result is not None
        assert main(["validate", str(result.parent)]) == 0
        trained(run, there, library)
