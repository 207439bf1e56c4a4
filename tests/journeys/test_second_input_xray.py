"""X-ray of the second input: seen in the theatre, over levels and a crash, and kept to the case, its pack and words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.library.store import Library
from assistant.live.procedure import Procedure
from assistant.live.processes.process_alive import is_alive
from assistant.live.processes.running_session import find_running
from assistant.live.session import LiveSession
from assistant.plan import plan_from_document
from assistant.reports.day_facts import day_rows
from assistant.review.session_reading import read_session_day
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame
from tests.exposures import in_exposures, write_exposures
from tests.small_run import plan_document
from tests.waiting import wait_until
from ui.cases.case_words import xray

COLUMNS = ("exposures", "xray_s", "second_exposures", "second_xray_s")


class Theatre:
    """A window on a session of two inputs, without its widgets: what each has counted while it looked."""

    def __init__(self) -> None:
        self.procedure = Procedure(Settings(), LiveSession)
        self.seen: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())

    def look(self) -> None:
        session = self.procedure.session
        assert session is not None
        session.poll()
        self.procedure.look(session.status)
        second = session.second.status if session.second is not None else None
        self.seen = (session.status.xray_s, () if second is None else second.xray_s)

    def until(self, holds: Callable[[], bool]) -> None:
        wait_until(holds, self.look, lambda: self.seen, 0.02)

    def film(self, more: int) -> None:
        """Until so many exposures more were seen in each input."""
        wanted = [len(each) + more for each in self.seen]
        self.until(lambda: all(len(each) >= least for each, least in zip(self.seen, wanted, strict=True)))

    def take_lines(self, level: str) -> None:
        """On the picture that is shown."""
        self.until(lambda: self.procedure.frame is not None)
        shown = self.procedure.frame
        assert shown is not None
        plan = plan_from_document(plan_document(level=level, reference_frame=shown.index), 0.25)
        self.procedure.take_plan(plan, (Frame(index=shown.index, t_s=shown.t_s, grey=shown.grey),))


WINDOW = """
import json, sys, time
from assistant.live import second_input
from tests.journeys.test_second_input_xray import Theatre
second_input._ENDS_ALONE_AFTER_S = 2.0
theatre = Theatre()
theatre.procedure.start(sys.argv[1])
session = theatre.procedure.session
theatre.procedure.open_second(sys.argv[2])
theatre.take_lines("L1")
while True:
    theatre.look()
    if min(map(len, theatre.seen)) >= 1:
        pids = [child.pid for child in session.second.children.values()]
        print(json.dumps([str(session.folder), pids, theatre.seen]), flush=True)
    time.sleep(0.02)
"""


def killed_window(lateral: Path, ap: Path) -> tuple[Path, tuple[tuple[float, ...], ...]]:
    """A window of its own process that is killed while it films, and its second input that ends by itself: the session.

    Gives its folder and what the window had seen.
    """
    arguments = [sys.executable, "-c", WINDOW, f"loop:{lateral}", f"loop:{ap}"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.kill()
        # What it said last, before it was killed, counts.
        folder, pids, seen = json.loads([line, *process.stdout.read().splitlines(keepends=True)][-1])
    wait_until(lambda: not any(is_alive(pid) for pid in pids), lambda: None, lambda: pids, 0.05)
    return Path(folder), tuple(tuple(each) for each in seen)


def test_each_plane_counts_at_each_level_over_a_crash_and_in_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lateral = write_exposures(tmp_path / "lateral", in_exposures([8, 6], pause_s=1.2)).video
    ap = write_exposures(tmp_path / "ap", in_exposures([4, 12], pause_s=0.9)).video
    folder, before = killed_window(lateral, ap)
    theatre = Theatre()
    theatre.procedure.start("", find_running())
    try:
        theatre.film(1)
        at_first = len(before[1]) + len(theatre.seen[1])
        theatre.procedure.next_level()
        theatre.take_lines("L2")
        theatre.film(1)
    finally:
        theatre.procedure.end()
    planes = [before[plane] + theatre.seen[plane] for plane in (0, 1)]
    day = read_session_day(folder)
    assert day is not None
    assert [level.level for level in day.levels] == ["L1", "L2"]
    assert day.levels[0].second_exposures == at_first
    for level in day.levels:
        assert level.exposures is not None
        assert level.second_exposures
        assert level.exposures > level.second_exposures
    assert sum(level.exposures or 0 for level in day.levels) == sum(map(len, planes)), "each plane, none twice"
    assert sum(level.second_exposures or 0 for level in day.levels) == len(planes[1])
    # What goes on while the window dies can be shorter in the log, by two seconds and never more.
    lost_s = sum(map(sum, planes)) - sum(level.xray_s or 0.0 for level in day.levels)
    assert -0.05 < lost_s < 2 * 2.0
    assert all(": first input 00:" in words for _, words in day_rows(day))

    assert main(["import", str(folder), "--stay", "--no-analysis"]) == 0
    case_id = capsys.readouterr().out.rpartition(": ")[2].strip()
    with Library() as library:
        case = library.one("cases", case_id)
        levels = library.rows("levels", case_id=case_id)
    assert case is not None
    assert (case["exposures"], case["second_exposures"]) == (sum(map(len, planes)), len(planes[1]))
    assert [row["second_exposures"] for row in levels] == [level.second_exposures for level in day.levels]
    own_s = int(case["xray_s"] - case["second_xray_s"])
    assert f": first input 00:{own_s:02d} in {len(planes[0])} exposures, second 00:" in xray(case)

    pack = tmp_path / "case.fluopack.zip"
    assert main(["pack", case_id, "--out", str(pack), "--names-looked-for"]) == 0
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", str(pack)]) == 0
    with Library() as library:
        elsewhere = library.one("cases", case_id)
        assert elsewhere is not None
        assert {name: elsewhere[name] for name in COLUMNS} == {name: case[name] for name in COLUMNS}
