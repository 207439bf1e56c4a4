"""Reading packs: what is whole comes in, everything else is refused and leaves nothing."""

import json
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.exchange.pack_in import unpack
from assistant.readings.csv_row import COLUMNS
from tests.small_pack import CASE, files, pack_bytes, tree, write_pack_file


def test_a_whole_pack_is_unpacked(tmp_path):
    done = unpack(write_pack_file(tmp_path / "a.zip"), tmp_path / "out")
    assert done.cases[0].levels[0].level == "L3"
    assert tree(tmp_path / "out") == files()


def refused(tmp_path: Path, content: bytes, match: str | None = None) -> None:
    pack = write_pack_file(tmp_path / "a.zip", content)
    before = tree(tmp_path)
    with pytest.raises(InputError, match=match) as caught:
        unpack(pack, tmp_path / "out")
    assert str(pack) in str(caught.value)
    assert tree(tmp_path) == before
    assert not (tmp_path / "out").exists()


def test_a_changed_byte_shows(tmp_path):
    whole = files()
    manifest_of = json.loads(_manifest(whole))
    bent = whole | {"cases/0/runs/0/run.mkv": b"picturez" * 40}
    refused(tmp_path, pack_bytes(bent, manifest=manifest_of), "was changed since")


def _manifest(members: dict[str, bytes]) -> str:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(pack_bytes(members))) as pack:
        return pack.read("manifest.json").decode()


def test_a_file_that_the_manifest_does_not_name(tmp_path):
    refused(tmp_path, pack_bytes(files(), extra=[("cases/0/runs/0/result.json", b"{}")]), "does not name")


def test_a_file_that_is_missing(tmp_path):
    whole = files()
    manifest = json.loads(_manifest(whole))
    del whole["cases/0/runs/0/plan.json"]
    refused(tmp_path, pack_bytes(whole, manifest=manifest), "does not name")


@pytest.mark.parametrize(
    "bent",
    [
        {"levels": []},
        {"runs": [{"level": 3}]},
        {"runs": [{"level": -1}]},
        {"day": "yesterday"},
        {"findings": [{"site": "spleen"}]},
        {"outcomes": [{"stage": "never"}]},
        {"technique": "x" * 100},
        {"note": "x" * 10_000},
        {"unknown": 1},
        {"levels": "L3"},
        {"levels": [{"cement_ml": "much"}]},
    ],
)
def test_a_case_that_says_something_else(tmp_path, bent):
    refused(tmp_path, pack_bytes(files() | {"cases/0/case.json": json.dumps(CASE | bent).encode()}))


SAID = {"number": 1, "about": "shape", "author": "R-7F3QD", "said_at": "", "frame": 3, "text": "spike"}
SAID |= {"site": "superior_disc", "first_frame": 3}


def with_review(**changes: object) -> bytes:
    document = {"schema": "fluoro-assistant/review/2", "entries": [SAID | changes]}
    return pack_bytes(files() | {"cases/0/runs/0/review.json": json.dumps(document).encode()})


def test_what_reviewers_said_comes_along(tmp_path):
    unpack(write_pack_file(tmp_path / "a.zip", with_review()), tmp_path / "out")
    assert (tmp_path / "out/cases/0/runs/0/review.json").is_file()


@pytest.mark.parametrize(
    "bent",
    [
        {"author": "Hans Mueller"},
        {"author": "R-../x"},
        {"text": "star"},
        {"about": "gossip"},
        {"site": "spleen"},
        {"site": "../x"},
        {"frame": -1},
        {"first_frame": -3},
        {"said_at": "last week"},
        {"about": "note", "text": "x" * 5000},
        {"value": 3},
    ],
)
def test_a_review_that_says_something_else(tmp_path, bent):
    refused(tmp_path, with_review(**bent))


def test_a_run_without_pictures(tmp_path):
    whole = files()
    del whole["cases/0/runs/0/run.mkv"]
    refused(tmp_path, pack_bytes(whole), "no pictures")


def test_files_of_no_case(tmp_path):
    refused(tmp_path, pack_bytes(files() | {"cases/7/runs/0/run.mkv": b"x"}), "belong to no case")
    refused(tmp_path, pack_bytes(files() | {"cases/0/runs/5/run.mkv": b"x"}), "belong to no case")


def test_another_version(tmp_path):
    refused(tmp_path, pack_bytes({}, manifest={"schema": "pack/9", "program": "", "files": {}}), "another version")


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + bytes(18), b"\x00" * 70_000])
def test_what_is_no_pack(tmp_path, content):
    refused(tmp_path, content)


@pytest.mark.parametrize(("first_row", "fits"), [("0", True), ("20000000", False), ("1", False)])
def test_a_table_that_does_not_begin_with_the_run_is_refused(tmp_path, first_row, fits):
    cells = {"frame": first_row, "t_s": "0.0", "state": "live", "registration_ok": "0", "alarm": "none"}
    row = [(cells | {"processing_ms": "1.0"}).get(name, "") for name in COLUMNS]
    table = f"{','.join(COLUMNS)}\n{','.join(row)}\n".encode()
    content = pack_bytes(files() | {"cases/0/runs/0/measurements.csv": table})
    if fits:
        unpack(write_pack_file(tmp_path / "a.zip", content), tmp_path / "out")
    else:
        refused(tmp_path, content, "is no table of an analysis .*frame must be 0")
