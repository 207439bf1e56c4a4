"""Writing packs: nothing of a name goes out, and nothing is left behind when it cannot be written."""

import zipfile
from pathlib import Path

import av
import pytest

from assistant.errors import InputError, UsageError
from assistant.exchange.pack_out import PackOrder, write_pack
from assistant.library.outcome import add_finding
from assistant.library.people import Act, Person, Role
from assistant.library.store import Library
from tests.small_run import SmallRun, plan_document, write_small_run

CANARY = "MUSTERFRAU^ERIKA"


def library_with(run: SmallRun, folder: Path) -> Library:
    """One case whose every free text names somebody."""
    library = Library(folder)
    case = {"day": "2026-11-12", "note": f"note {CANARY}", "tags": CANARY, "owner": CANARY, "technique": "PKP"}
    library.add("cases", Act.IMPORT, id="K-1", **case)
    library.add("levels", Act.EDIT, id="L-1", case_id="K-1", level="L1", cement_ml=2.8, note=CANARY)
    values = {"path": str(run.folder), "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300}
    library.add("runs", Act.IMPORT, case_id="K-1", level_id="L-1", state="waiting", note=CANARY, **values)
    add_finding(library, "K-1", site="anterior", day="2026-11-13", note=CANARY)
    return library


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    made = write_small_run(tmp_path / CANARY, 6)
    made.save_plan(plan_document(ruler=None, patient=CANARY) | {"operator": CANARY})
    with av.open(str(made.video)) as film:
        packets = list(film.demux(video=0))
        stream = film.streams.video[0]
        with av.open(str(made.video.with_name("other.mkv")), "w") as out:
            out.metadata["title"] = CANARY
            copy = out.add_stream_from_template(stream)
            for packet in packets:
                if packet.dts is not None:
                    packet.stream = copy
                    out.mux(packet)
    made.video.with_name("other.mkv").replace(made.video)
    return made


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
