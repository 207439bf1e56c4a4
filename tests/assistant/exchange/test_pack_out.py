"""Writing packs: nothing of a name goes out, and nothing is left behind when it cannot be written."""

import zipfile
from pathlib import Path

import pytest

from assistant.errors import InputError, UsageError
from assistant.exchange.pack_in import unpack
from assistant.exchange.pack_out import PackOrder, write_pack
from assistant.library.people import Permission, Person, Role
from assistant.library.session_rows import session_columns
from assistant.library.store import Library
from assistant.review.session_day import SessionDay
from assistant.review.session_parts import write_parts
from assistant.review.session_reading import read_session_day
from tests.named_case import CANARY, library_with, run_with_names
from tests.recorded_levels import Session, level_pictures
from tests.small_run import SmallRun


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return run_with_names(tmp_path)


def everything(pack: Path) -> bytes:
    with zipfile.ZipFile(pack) as zipped:
        return b"".join(zipped.read(name) for name in zipped.namelist()) + "".join(zipped.namelist()).encode()


def test_nothing_of_the_name_is_in_the_pack(run, tmp_path):
    assert CANARY.encode() in run.video.read_bytes()
    with library_with(run, tmp_path / "a") as library:
        pack = write_pack(library, PackOrder(case_ids=("K-1",), looked_for_names=True), tmp_path / "out")
    content = everything(pack)
    for word in (CANARY, "ERIKA", "2026", "K-1", str(tmp_path)):
        assert word.encode() not in content, word
    assert CANARY.encode() not in pack.read_bytes()


@pytest.mark.parametrize("cover", [(-1, 0, 5, 5), (0, 0, 0, 5), (300, 0, 100, 5)])
def test_a_cover_outside_the_picture_is_refused(run, tmp_path, cover):
    order = PackOrder(case_ids=("K-1",), cover_px=(cover,), looked_for_names=True)
    with library_with(run, tmp_path / "a") as library, pytest.raises(UsageError, match="inside"):
        write_pack(library, order, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_without_a_look_for_names_nothing_is_written(run, tmp_path):
    with library_with(run, tmp_path / "a") as library:
        with pytest.raises(UsageError, match="burned-in"):
            write_pack(library, PackOrder(case_ids=("K-1",)), tmp_path / "out")
        library.who = Person(id="R-1", role=Role.TRAINEE)
        with pytest.raises(UsageError, match="trainee"):
            write_pack(library, PackOrder(case_ids=("K-1",), looked_for_names=True), tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))


def test_a_run_that_breaks_off_leaves_no_pack(run, tmp_path):
    run.video.write_bytes(run.video.read_bytes()[:-3000])
    with library_with(run, tmp_path / "a") as library, pytest.raises(InputError):
        write_pack(library, PackOrder(case_ids=("K-1",), looked_for_names=True), tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))


def test_the_words_of_a_site_for_the_stages_of_its_cement_stay_there(tmp_path):
    session = Session(tmp_path / "live")
    for times, level in enumerate(("L1", "L2")):
        session.film(level_pictures(8, times))
        session.set_plan(level, times)
        session.say("cement_clock", level=level)
        for stage in (f"pâte {CANARY}", "dough", f"dur {CANARY}")[times:]:
            session.say("cement_stage", stage=stage, level=level)
        if level == "L1":
            session.next_level()
    recording = session.end()
    write_parts(recording)
    day = read_session_day(recording)
    with Library(tmp_path / "a") as library:
        library.add("cases", Permission.IMPORT, id="K-1")
        values = {"is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300, "state": "waiting"}
        for number, said in enumerate(session_columns(day, rehearsal=False)["levels"], start=1):
            assert CANARY in said["day_said"]
            library.add("levels", Permission.EDIT, id=f"L-{number}", case_id="K-1", **said)
            path = str(recording / "levels" / f"{number}_{said['level']}")
            library.add("runs", Permission.IMPORT, case_id="K-1", level_id=f"L-{number}", path=path, **values)
        pack = write_pack(library, PackOrder(case_ids=("K-1",), looked_for_names=True), tmp_path / "out")
    for word in (CANARY, "pâte", "dur "):
        assert word.encode() not in everything(pack), word
    done = unpack(pack, tmp_path / "there")
    said = [level.day_said for level in done.cases[0].levels]
    assert [[part.split(" 0")[0] for part in one.split(", ")] for one in said] == [
        ["cement mixed", "stage 2", "dough", "stage 4"],
        ["cement mixed", "dough", "stage 4"],
    ]
    for run, level in enumerate(done.cases[0].levels):
        (there,) = read_session_day(tmp_path / "there" / "cases" / "0" / "runs" / str(run)).levels
        assert [act.text for act in there.acts if act.kind == "cement_stage"][-1] == "stage 4"
        assert session_columns(SessionDay(levels=(there,)), rehearsal=False)["levels"][0]["day_said"] == level.day_said
