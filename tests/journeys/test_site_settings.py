"""A site's settings count in every room, and ``--defaults`` in none: by commands, files and keys only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.capture.opening import open_source
from assistant.library.store import Library
from assistant.lines import Line
from assistant.live.messages import Moved
from assistant.live.session import LiveSession
from assistant.readings.moments import Moment
from assistant.reports.drawing import drawn
from assistant.settings.file import load_settings
from assistant.training.clip import Clip
from assistant.training.trainer import Trainer
from assistant.vocabulary import Distances, Unknown
from tests.assistant.live.conftest import until
from tests.small_run import SmallRun, pictures, plan_document, write_small_run
from tests.waiting import wait_until
from ui.shell import Shell
from ui.theatre.sessions import make_session

NEAR_BGR = (0, 212, 255)
"""The yellow of a third that the cement is near to."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    return write_small_run(tmp_path_factory.mktemp("site"), 90)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a site whose warning line stands farther in front, at L1 farther still."""
    folder = tmp_path_factory.mktemp("home")
    site = {"alarms": {"warning_line_fraction": 0.35, "warning_line_by_level": "T12 0.3, L1 0.45"}}
    (folder / "site.json").write_text(json.dumps({"schema": "fluoro-assistant/settings/1", "settings": site}))
    return folder


def command(home: Path, *arguments: str | Path) -> str:
    """Run a command; gives what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *map(str, arguments)],
        env={**os.environ, "FLUORO_ASSISTANT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def analyze(home: Path, run: SmallRun, out: Path, *more: str | Path) -> dict[str, Any]:
    command(home, "analyze", run.video, "--plan", run.plan, "--out", out, *more)
    return read(out)


def read(out: Path) -> dict[str, Any]:
    return json.loads((out / "result.json").read_text(encoding="utf-8"))


def told(result: dict[str, Any], kind: str = "warning_line") -> int:
    """The first frame of an event."""
    return min(event["first_frame"] for event in result["events"] if event["kind"] == kind)


@pytest.fixture(scope="module")
def by_default(run: SmallRun, home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return analyze(home, run, tmp_path_factory.mktemp("default") / "out", "--defaults")


@pytest.fixture(scope="module")
def by_site(run: SmallRun, home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return analyze(home, run, tmp_path_factory.mktemp("site") / "out")


def test_analyze_works_with_the_site_s_line_and_says_so(
    run: SmallRun, by_default: dict[str, Any], by_site: dict[str, Any], tmp_path: Path
) -> None:
    assert told(by_site) < told(by_default)
    made, plain = by_site["program"]["settings"], by_default["program"]["settings"]
    assert made["changed"] == {
        "alarms.warning_line_fraction": 0.35,
        "alarms.warning_line_by_level": "T12 0.3, L1 0.45",
    }
    assert plain["changed"] == {}
    assert made["sha256"] != plain["sha256"]
    # A machine without any settings file gives what --defaults gives on this one.
    bare = analyze(tmp_path / "empty", run, tmp_path / "out")
    assert (bare["events"], bare["program"]["settings"]) == (by_default["events"], plain)


def test_a_file_that_is_named_counts_alone(
    run: SmallRun, home: Path, by_default: dict[str, Any], tmp_path: Path
) -> None:
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"schema": "fluoro-assistant/settings/1", "settings": {"alarms": {"release_mm": 1.5}}}))
    result = analyze(home, run, tmp_path / "out", "--settings", own)
    assert result["program"]["settings"]["changed"] == {"alarms.release_mm": 1.5}
    assert told(result) == told(by_default)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "there is no such settings file"),
        ("{}", "is no settings file"),
        ('{"schema": "fluoro-assistant/settings/1", "settings": {"alarms": {"nothing": 1}}}', "there is no setting"),
        ('{"schema": "fluoro-assistant/settings/1", "settings": {"alarms": {"release_mm": 99}}}', "must lie between"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(
    run: SmallRun, home: Path, content: str | None, why: str, tmp_path: Path
) -> None:
    own = tmp_path / "own.json"
    if content is not None:
        own.write_text(content)
    with pytest.raises(AssertionError, match=rf"own\.json: .*{why}"):
        analyze(home, run, tmp_path / "out", "--settings", own)
    assert not (tmp_path / "out").exists()


def test_validate_reads_the_plan_with_the_site_s_line(run: SmallRun, home: Path) -> None:
    assert "warning line at 45 %" in command(home, "validate", run.plan)
    assert "warning line at 25 %" in command(home, "validate", run.plan, "--defaults")


def test_a_result_says_to_validate_what_it_was_made_with(run: SmallRun, home: Path, tmp_path: Path) -> None:
    analyze(home, run, tmp_path / "out")
    assert "made with alarms.warning_line_fraction = 0.35" in command(home, "validate", tmp_path / "out")


@pytest.fixture(scope="module")
def imported(run: SmallRun, home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two data folders of the same site with the run in their library: imported as it is set, and by default."""
    made = {}
    for name, more in (("site", ()), ("plain", ("--defaults",))):
        made[name] = tmp_path_factory.mktemp(name)
        (made[name] / "site.json").write_bytes((home / "site.json").read_bytes())
        command(made[name], "import", run.folder, *more)
    return made


def test_an_import_stores_what_analyze_says(
    imported: dict[str, Path], by_default: dict[str, Any], by_site: dict[str, Any]
) -> None:
    for name, expected in (("site", by_site), ("plain", by_default)):
        (out,) = imported[name].rglob("result.json")
        stored = read(out.parent)
        assert stored["program"]["settings"] == expected["program"]["settings"]
        assert told(stored) == told(expected)


def test_a_training_clip_stops_before_the_line_that_the_result_was_made_with(
    imported: dict[str, Path], monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    stops = {}
    for name, folder in imported.items():
        with window_on(folder, monkeypatch, qtbot) as shell:
            shell.go_to("cases")
            (case,) = shell.page("cases").library_access.library.rows("cases")
            shell.go_to("training", ("case", case["id"]))
            desk = shell.page("training").controller.trainer
            qtbot.waitUntil(lambda desk=desk: bool(own_clips(desk)))
            (clip,) = own_clips(desk)
            stops[name] = clip.facts.stop_frame
    assert stops["site"] < stops["plain"]


def own_clips(desk: Trainer) -> list[Clip]:
    """The clips that are of no course."""
    return [clip for clip in desk.clips() if not clip.course]


def test_the_review_and_its_what_if_work_with_the_site_s_line(
    run: SmallRun, home: Path, by_site: dict[str, Any], monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    with window_on(home, monkeypatch, qtbot) as shell:
        shell.go_to("review", (str(run.folder), str(run.plan)))
        page = shell.page("review")
        page.playing = False
        qtbot.waitUntil(lambda: page.session.ended)
        crossings = [event.first_frame for event in page.session.summary.events if event.kind == "warning_line"]
        assert min(crossings) == told(by_site)
        page.whatif.begin(all_runs=False)
        qtbot.waitUntil(lambda: not page.whatif.working)
        (planned,) = [row for row in page.whatif.rows() if row.variant == "as planned"]
        assert planned.first("warning_line").frame == told(by_site)


def test_the_analysis_of_a_live_session_works_with_the_site_s_line(run: SmallRun, home: Path, tmp_path: Path) -> None:
    """The processes of a session are handed what the window has loaded; seen in what the analysis writes."""
    spans = {}
    for name, folder in (("site", home), ("plain", tmp_path)):
        settings = load_settings(folder).settings
        session = make_session(f"play:{run.video}", tmp_path / name, settings)
        session.start()
        try:
            until(session, lambda status: status.frame_index is not None)
            session.set_plan(plan_document(), [pictures(90)[2]])
            session.confirm_lines()
            found = measured(session)
        finally:
            session.stop()
        spans[name] = found.mm[Line.POSTERIOR_WALL] - found.mm[Line.WARNING_LINE]
    depth_mm = spans["plain"] / 0.25
    assert spans["site"] == pytest.approx(0.45 * depth_mm, rel=0.15)


def test_what_counts_as_near_is_the_site_s_band_in_exported_pictures_too(
    run: SmallRun, monkeypatch: pytest.MonkeyPatch, qtbot: Any, tmp_path: Path
) -> None:
    """Cement 4 to 6 mm before the line: quiet by the default band of 3 mm, near by a site's of 6 mm."""
    wide = tmp_path / "wide"
    wide.mkdir()
    site = {"alarms": {"posterior_band_mm": 6.0}}
    (wide / "site.json").write_text(json.dumps({"schema": "fluoro-assistant/settings/1", "settings": site}))
    seen = {}
    for name, folder in (("wide", wide), ("plain", tmp_path / "plain")):
        with window_on(folder, monkeypatch, qtbot) as shell:
            shell.go_to("review", (str(run.folder), str(run.plan)))
            page = shell.page("review")
            page.playing = False
            qtbot.waitUntil(lambda page=page: page.session.ended)
            moment = next(each for each in page.session.moments.between(0, 89) if 4.0 < before_line_mm(each) < 6.0)
            source = open_source(str(run.video))
            frame = source.frame_at(moment.frame_index)
            source.close()
            picture = drawn(frame, moment, page.session.plan.views)
            seen[name] = bool((picture == NEAR_BGR).all(axis=2).any())
    assert seen == {"wide": True, "plain": False}


def before_line_mm(moment: Moment) -> float:
    distances = moment.distances
    if not isinstance(distances, Distances) or isinstance(distances.mm[Line.WARNING_LINE], Unknown):
        return 0.0
    return distances.mm[Line.WARNING_LINE]


def measured(session: LiveSession) -> Distances:
    """The first distances of a session in which cement is seen."""
    found: list[Distances] = []

    def look() -> None:
        moments = (message.moment for message in session.poll() if isinstance(message, Moved))
        measures = (moment.distances for moment in moments if isinstance(moment.distances, Distances))
        found.extend(each for each in measures if not isinstance(each.mm[Line.POSTERIOR_WALL], Unknown))

    wait_until(lambda: found, look, lambda: session.status)
    return found[0]


@contextmanager
def window_on(folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> Iterator[Shell]:
    """The window as the program opens it, on a data folder."""
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(folder))
    shell = Shell(load_settings().settings)
    qtbot.addWidget(shell)
    shell.show()
    try:
        yield shell
    finally:
        shell.close()


def test_a_pack_says_elsewhere_with_which_settings_it_was_analysed(
    imported: dict[str, Path], by_site: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    """The figures come as they were made; where the settings are others here, the review says so."""
    (case_id,) = cases_of(imported["site"])
    pack, elsewhere = tmp_path / "case.fluopack.zip", tmp_path / "elsewhere"
    command(imported["site"], "pack", case_id, "--out", pack, "--names-looked-for")
    elsewhere.mkdir()
    command(elsewhere, "unpack", pack)
    (out,) = elsewhere.rglob("result.json")
    stored = read(out.parent)
    assert stored["program"]["settings"] == by_site["program"]["settings"]
    for same in (False, True):
        if same:
            (elsewhere / "site.json").write_bytes((imported["site"] / "site.json").read_bytes())
        with window_on(elsewhere, monkeypatch, qtbot) as shell:
            shell.go_to("cases")
            (run,) = shell.page("cases").library_access.library.rows("runs")
            shell.go_to("review", run["path"])
            page = shell.page("review")
            page.playing = False
            qtbot.waitUntil(lambda page=page: page.session is not None and page.session.ended)
            assert ("other settings" in page.header.accessibleName()) is not same
            crossings = [event.first_frame for event in page.session.summary.events if event.kind == "warning_line"]
            assert min(crossings) == told(by_site)
            # The line on the picture is that of the figures, and not the one that is set here.
            assert page.session.plan.views[0].warning_line_fraction == 0.45


def cases_of(folder: Path) -> list[str]:
    """The cases of a data folder."""
    with Library(folder) as library:
        return [row["id"] for row in library.rows("cases")]
