"""What was told on the day is read back as it was: the same figures, and "not kept" where they were not."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.errors import InputError
from assistant.lines import Line
from assistant.part import FOLDER, Part, write_part
from assistant.plan import Plan, read_plan
from assistant.readings.csv_row import COLUMNS
from assistant.readings.moments import Moment
from assistant.review.cached_result import alarm_of
from assistant.review.stored import NOT_STORED, holds_figures, holds_leaks, read_analysed, read_as_seen
from assistant.vocabulary import AlarmSite, EventKind, FrameState, Motion, Priority, Unknown
from tests.small_run import SmallRun, write_small_run


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    made = write_small_run(tmp_path, 46)
    assert main(["analyze", str(made.folder), "--plan", str(made.plan), "--out", str(made.out)]) == 0
    return made


@pytest.fixture
def plan(run: SmallRun) -> Plan:
    return read_plan(run.plan, 0.25)


def table(run: SmallRun) -> list[dict[str, str]]:
    lines = (run.out / "measurements.csv").read_text(encoding="utf-8").splitlines()
    return [dict(zip(COLUMNS, line.split(","), strict=False)) for line in lines[1:]]


def analysed(run: SmallRun, plan: Plan) -> list[Moment]:
    events = json.loads((run.out / "result.json").read_text(encoding="utf-8"))["events"]
    return read_analysed(run.out, plan, [alarm_of(event) for event in events], ())


def test_an_earlier_result_gives_its_figures_and_alarms_and_is_none_of_the_day(run: SmallRun, plan: Plan) -> None:
    assert not holds_figures(run.out)
    moments = analysed(run, plan)
    rows = table(run)
    assert [m.frame_index for m in moments] == list(range(46))
    for moment, row in zip(moments, rows, strict=True):
        assert moment.liveness.state is FrameState(row["state"])
        if row["warning_line_mm"]:
            assert moment.distances.mm[Line.WARNING_LINE] == float(row["warning_line_mm"])
            assert moment.distances.mm[Line.WARNING_UPPER] is NOT_STORED
        assert isinstance(moment.motion, Motion) == (row["registration_ok"] == "1")
        assert max((a.priority for a in moment.standing), default=Priority.NONE).word == row["alarm"]
    assert {a.kind for m in moments for a in m.standing} >= {EventKind.WARNING_LINE}
    assert moments[30].motion.similarity.centre_px == plan.views[0].centre_px


def test_without_the_plan_figures_are_told_and_lines_are_not(run: SmallRun) -> None:
    lines = [{"columns": list(COLUMNS)}, *({"row": list(row.values()), "standing": []} for row in table(run))]
    (run.out / "readings_000.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    moment = read_as_seen(run.out, None)[40]
    assert isinstance(moment.motion, Unknown)
    assert moment.distances.mm[Line.WARNING_LINE] < 0


def test_the_lines_of_a_live_session(run: SmallRun, plan: Plan) -> None:
    folder = run.folder / "live"
    folder.mkdir()
    rows = table(run)
    lines = [json.dumps({"columns": list(COLUMNS), "since_frame": 3})]
    for row in rows[3:10] + rows[14:]:
        stands = ["warning_line:high"] if 20 <= int(row["frame"]) < 30 else []
        cells = [row.get(name, "") for name in COLUMNS]
        lines.append(json.dumps({"row": cells, "plan": 1, "lag_ms": 40.0, "standing": stands}))
    (folder / "readings_000.jsonl").write_text("\n".join(lines) + '\n{"row": ["4', encoding="utf-8")
    moments = read_as_seen(folder, plan)
    assert [m.frame_index for m in moments] == list(range(46))
    assert moments[12].liveness.reason == "not analysed on the day"
    assert moments[11].t_s < moments[12].t_s < moments[14].t_s
    (alarm,) = moments[25].standing
    assert (alarm.kind, alarm.priority, alarm.first_frame, alarm.last_frame) == (
        EventKind.WARNING_LINE,
        Priority.HIGH,
        20,
        29,
    )
    assert (alarm.headline, alarm.action) == ("CEMENT AT POSTERIOR LINE", "Stop injecting. Check both planes.")
    assert moments[30].standing == ()


def test_the_two_stages_of_a_disc_leak_are_told_apart_and_an_older_line_says_what_was_said_then(
    run: SmallRun, plan: Plan
) -> None:
    folder = run.folder / "stages"
    folder.mkdir()
    lines = [json.dumps({"columns": list(COLUMNS), "since_frame": 0})]
    words = {3: "endplate:medium:inferior_endplate", 4: "leak:medium:inferior_endplate", 5: "endplate:medium"}
    for row in table(run)[:6]:
        stands = [words[int(row["frame"])]] if int(row["frame"]) in words else []
        lines.append(json.dumps({"row": [row.get(name, "") for name in COLUMNS], "plan": 1, "standing": stands}))
    (folder / "readings_000.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = [moment.standing[0] for moment in read_as_seen(folder, plan)[3:]]
    assert [(alarm.headline, alarm.site) for alarm in told] == [
        ("CEMENT AT INFERIOR ENDPLATE", AlarmSite.INFERIOR_ENDPLATE),
        ("CEMENT IN DISC", AlarmSite.INFERIOR_ENDPLATE),
        ("CEMENT IN DISC", None),
    ]


@pytest.mark.parametrize("damage", ["frame,t_s\nx,y\n", "frame,t_s,state\n1,1.0,unheard\n"])
def test_damaged_tables_are_told(run: SmallRun, plan: Plan, damage: str) -> None:
    (run.out / "measurements.csv").write_text(damage, encoding="utf-8")
    with pytest.raises(InputError, match="damaged"):
        analysed(run, plan)


def test_a_part_of_a_session_holds_its_own_frames_and_nothing_of_another_level_s_lines(
    run: SmallRun, plan: Plan
) -> None:
    recording = run.folder / "session"
    part = recording / FOLDER / "2_L2"
    write_part(part, Part(number=2, of=2, level="L2", first_frame=20, frames=20, first_plan=2))
    lines = [json.dumps({"columns": list(COLUMNS), "since_frame": 0, "keeps": True})]
    for row in table(run):
        number = 1 if int(row["frame"]) < 25 else 2
        lines.append(json.dumps({"row": [row.get(name, "") for name in COLUMNS], "plan": number, "standing": []}))
    (recording / "readings_000.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert holds_figures(part)
    assert holds_leaks(part)
    moments = read_as_seen(part, plan)
    assert [moment.frame_index for moment in moments] == list(range(20, 40))
    assert [moment.liveness.reason for moment in moments[:6]] == 5 * ["not analysed on the day"] + [""]
    known_s = [float(row["t_s"]) for row in table(run)[20:40]]
    assert [moment.t_s for moment in moments] == pytest.approx(known_s, abs=1e-3)
    # A camera that stood for 0.8 s: the recording's own lines say when.
    stood_s = [at / 30 if at < 23 else 0.8 + at / 30 for at in range(46)]
    frames = [json.dumps({"i": at, "t": 7 + t, "ns": 0, "v": 0, "p": at}) for at, t in enumerate(stood_s)]
    (recording / "frames_000.jsonl").write_text("\n".join(frames) + "\n", encoding="utf-8")
    begun = [moment.t_s for moment in read_as_seen(part, plan)[:6]]
    assert begun == pytest.approx([known_s[5] - stood_s[25] + t for t in stood_s[20:26]])
    assert [moment.frame_index for moment in read_as_seen(recording, plan)] == list(range(46))


@pytest.mark.parametrize("frame", [20_000_000, 4_000_000, -1])
def test_a_table_with_a_row_that_no_recording_has_there_is_damaged_and_nothing_is_made_for_it(
    run: SmallRun, plan: Plan, frame: int
) -> None:
    (run.out / "measurements.csv").write_text(f"frame,t_s,state\n{frame},1.0,live\n", encoding="utf-8")
    tracemalloc.start()
    with pytest.raises(InputError, match="damaged"):
        analysed(run, plan)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most_bytes < 4_000_000


def test_an_event_from_before_the_run_stands_in_its_frames_alone(run: SmallRun, plan: Plan) -> None:
    alarm = replace(alarm_of(json.loads((run.out / "result.json").read_text())["events"][0]), first_frame=-(10**7))
    tracemalloc.start()
    moments = read_analysed(run.out, plan, [alarm], ())
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most_bytes < 20_000_000
    assert moments[0].standing[0].first_frame == -(10**7)


def test_nothing_there_is_told(run: SmallRun, plan: Plan) -> None:
    assert not holds_figures(run.folder)
    assert not holds_figures(run.video)
    with pytest.raises(InputError, match="no figures of the day"):
        read_as_seen(run.folder, plan)


@pytest.mark.parametrize("frame", [4_999_999, 200_000])
def test_a_far_frame_of_a_strange_session_is_told_by_its_file_and_no_moments_are_made_up_to_it(
    tmp_path: Path, frame: int
) -> None:
    folder = tmp_path / "of a stranger"
    folder.mkdir()
    cells = {"frame": "0", "t_s": "0.0", "state": "live", "view": "lateral", "registration_ok": "0"}
    rows = [{**cells, "frame": str(number), "t_s": str(number / 30)} for number in (0, 1, frame)]
    lines = [json.dumps({"columns": list(COLUMNS), "since_frame": 0})]
    lines += [json.dumps({"row": [row.get(name, "") for name in COLUMNS], "plan": 1, "standing": []}) for row in rows]
    (folder / "readings_000.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "frames_000.jsonl").write_text(json.dumps({"i": frame, "t": 1e6, "ns": 1, "v": -1, "p": -1}) + "\n")
    tracemalloc.start()
    with pytest.raises(InputError, match=f"readings_000.jsonl: tells of frame {frame} after frame 1"):
        read_as_seen(folder, None)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most_bytes < 4_000_000
