"""F-61 names, F-62 bombs, F-63 cuts and flips, F-66 JSON, F-67 types: hostile packs are refused and leave nothing."""

import json
import random
import struct
import zipfile
from pathlib import Path

import pytest

from assistant.errors import AssistantError, EnvironmentError_, InputError
from assistant.exchange import pack_in
from assistant.exchange.pack_in import unpack
from assistant.library.store import Library
from tests.small_pack import CASE, files, pack_bytes, tree, write_pack_file

NAMES = [
    *(
        "../evil",
        "../../evil",
        "/etc/evil",
        "//evil",
        "\\evil",
        "..\\evil",
        "C:\\evil",
        "C:/evil",
        "c:evil",
        "\\\\h\\s\\e",
    ),
    *(
        "//host/share/e",
        "cases/../../evil",
        "cases/0/../0/case.json",
        "./manifest.json",
        "cases//0/case.json",
        "~/evil",
    ),
    *("CON", "PRN", "AUX", "NUL", "COM1", "LPT1", "cases/0/CON", "NUL.json", "aux.mkv", "cases/0/runs/0/nul"),
    *("evil\x00.mkv", "cases/0/case.json\x00", "cases/0/case.json ", "cases/0/case.json.", "cases/0/case.json:ads"),
    *("cases/0/run.py", "cases/0/model.pkl", "x.npz", "x.yaml", "x.xml", "x.so", "x.dll", "x.desktop", "__main__.py"),
    *(".bashrc", ".ssh/authorized_keys", "library.sqlite", "../library.sqlite", "runs/x", "cases/0/runs/0/run.mkv/x"),
    *("cases/-1/case.json", "cases/1e3/case.json", "cases/99999/case.json", "cases/0/runs/9999/run.mkv", "cases/0/"),
    *("cases/0/runs/0/", "", " ", "\n", "\u202ecases/0/case.json", "cases/\uff10/case.json", "a" * 5000, "{0}", "%s%n"),
    *(
        "'; DROP TABLE cases; --",
        "=cmd|' /C calc'!A0",
        "<script>",
        "cases\\0\\case.json",
        "manifest.json/",
        "MANIFEST.JSON",
    ),
]


def refused(pack: Path, around: Path) -> str:
    before = tree(around)
    with pytest.raises(InputError) as caught:
        unpack(pack, around / "out" / "here")
    assert tree(around) == before
    return str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_F_61_a_name_that_is_not_the_programs(tmp_path, name):
    entry = zipfile.ZipInfo("x")
    entry.filename = name
    content = pack_bytes(files(), extra=[(entry, b"evil")])
    refused(write_pack_file(tmp_path / "a.zip", content), tmp_path)


@pytest.mark.parametrize("kind", [0o120777, 0o060666, 0o020666, 0o010666, 0o140777, 0o040777])
def test_F_61_links_and_devices(tmp_path, kind):
    members = files()
    entry = zipfile.ZipInfo("cases/0/runs/0/result.json")
    entry.external_attr = kind << 16
    entry.create_system = 3
    content = pack_bytes(members, extra=[(entry, b"/etc/passwd")])
    assert "no plain file" in refused(write_pack_file(tmp_path / "a.zip", content), tmp_path)


def test_F_61_a_name_twice(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = pack_bytes(files(), extra=[("cases/0/case.json", b"{}")])
    assert "twice" in refused(write_pack_file(tmp_path / "a.zip", content), tmp_path)


def bombs() -> dict[str, bytes]:
    zeros = bytes(20_000_000)
    forged = bytearray(pack_bytes(files()))
    at = forged.rfind(b"PK\x01\x02")
    struct.pack_into("<I", forged, at + 24, 5)  # the directory says 5 bytes; the file has more
    many = bytearray(pack_bytes(files()))
    end = many.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", many, end + 8, 65_000, 65_000)
    overlap = bytearray(pack_bytes(files()))
    second = overlap.find(b"PK\x01\x02", overlap.find(b"PK\x01\x02") + 1)
    struct.pack_into("<I", overlap, second + 42, 0)
    return {
        "zeros": pack_bytes(files() | {"cases/0/runs/0/measurements.csv": zeros}),
        "forged size": bytes(forged),
        "many": bytes(many),
        "overlap": bytes(overlap),
        "nested": pack_bytes(files() | {"cases/0/runs/0/inner.zip": pack_bytes({"a": zeros})}),
        "long end": pack_bytes(files())[:-22] + _long_end(10**6),
    }


def _long_end(count: int) -> bytes:
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, 46 * count, 0)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, 0, 1)
    return record + locator + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


@pytest.mark.parametrize("kind", ["zeros", "forged size", "many", "overlap", "nested", "long end"])
def test_F_62_bombs_are_refused_before_they_are_inflated(tmp_path, monkeypatch, kind):
    pack = write_pack_file(tmp_path / "a.zip", bombs()[kind])
    read, inflated = zipfile.ZipExtFile.read, []

    def counted(member, *arguments):
        inflated.append(read(member, *arguments))
        return inflated[-1]

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    refused(pack, tmp_path)
    assert sum(map(len, inflated)) < 1_000_000  # of twenty


def test_F_62_a_million_members_are_counted_before_they_are_listed(tmp_path, monkeypatch):
    whole = pack_bytes(files())
    pack = write_pack_file(tmp_path / "a.zip", whole[:-22] + b"PK\x01\x02" * 1_000_000 + whole[-22:])
    check, listed = pack_in._checked_members, []

    def counted(opened, path):
        listed.append(len(opened.infolist()))
        return check(opened, path)

    monkeypatch.setattr(pack_in, "_checked_members", counted)
    refused(pack, tmp_path)
    assert sum(listed) < 1000


def test_F_63_a_pack_cut_at_every_hundredth(tmp_path):
    whole = pack_bytes(files())
    for percent in range(100):
        cut = whole[: len(whole) * percent // 100]
        refused(write_pack_file(tmp_path / "a.zip", cut), tmp_path)


def mutated(rng: random.Random, whole: bytes) -> bytes:
    """One of ten ways to bend a pack."""
    bent = bytearray(whole)
    way = rng.randrange(10)
    at = rng.randrange(len(bent))
    if way <= 2:
        for _ in range(rng.randrange(1, 4)):
            bent[rng.randrange(len(bent))] ^= 1 << rng.randrange(8)
    elif way == 3:
        del bent[at : at + rng.randrange(1, 60)]
    elif way == 4:
        bent[at:at] = rng.randbytes(rng.randrange(1, 60))
    elif way == 5:
        bent[at : at + 4] = rng.choice([b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f", b"PK\x01\x02", b"PK\x03\x04"])
    elif way == 6:
        other = rng.randrange(len(bent))
        piece = bytes(bent[other : other + 30])
        bent[at : at + len(piece)] = piece
    elif way == 7:
        headers = [n for n in range(len(bent) - 46) if bent[n : n + 4] == b"PK\x01\x02"]
        place = rng.choice(headers) + rng.randrange(4, 46)
        bent[place] = rng.randrange(256)
    elif way == 8:
        end = bent.rfind(b"PK\x05\x06")
        bent[end + rng.randrange(22)] = rng.randrange(256)
    else:
        bent += rng.randbytes(rng.randrange(1, 80))
    return bytes(bent)


def test_F_63_two_thousand_bent_packs(tmp_path):
    rng = random.Random(61)
    whole = pack_bytes(files())
    around = tmp_path / "around"
    around.mkdir()
    with Library(around / "home") as library:
        before = tree(around)
        taken = 0
        for _ in range(2000):
            content = mutated(rng, whole)
            pack = write_pack_file(tmp_path / "a.zip", content)
            out = library.folder / "incoming" / "x"
            try:
                done = unpack(pack, out)
            except AssistantError:
                assert not out.exists()
            else:
                # What came through is what was packed, to the byte: only bytes that mean nothing were bent.
                taken += 1
                assert tree(done.folder) == files()
                import shutil

                shutil.rmtree(done.folder)
        left = tree(around)
        assert left == before
        assert library.rows("cases") == []
        assert library.verify() == ""
    assert taken < 600


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        json.dumps(CASE).replace("2.8", "NaN"),
        json.dumps(CASE).replace("2.8", "1" + "0" * 400),
        json.dumps(CASE)[:-1] + ', "levels": [], "levels": []}',
        json.dumps(CASE).replace('"PKP"', "1"),
        json.dumps(CASE).replace('"L3"', '"\\ud800"'),
        "null",
        "",
        "\ufeff{}",
    ],
)
def test_F_66_json_that_is_meant_to_break(tmp_path, text):
    content = pack_bytes(files() | {"cases/0/case.json": text.encode("utf-8", "surrogatepass")})
    refused(write_pack_file(tmp_path / "a.zip", content), tmp_path)


@pytest.mark.parametrize("name", ["model.pkl", "a.npz", "plan.yaml", "plan.xml"])
def test_F_67_types_that_run_code_are_refused_by_name(tmp_path, name):
    canary = tmp_path / "canary"
    content = f"import pathlib; pathlib.Path({str(canary)!r}).touch()".encode()
    refused(write_pack_file(tmp_path / "a.zip", pack_bytes(files() | {f"cases/0/runs/0/{name}": content})), tmp_path)
    assert not canary.exists()


def test_a_disk_without_room_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Room", (), {"free": 10})())
    with pytest.raises(EnvironmentError_, match="make room"):
        unpack(write_pack_file(tmp_path / "a.zip"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
