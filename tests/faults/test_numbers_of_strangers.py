"""Numbers in files of others that neither SQLite nor NumPy can hold: one sentence that names the file, nothing kept."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main
from assistant.library.store import Library
from tests.old_files import old_files
from tests.small_pack import pack_bytes

NUMBERS = [
    "1" + "0" * 30,
    "-1" + "0" * 30,
    str(2**63),
    str(2**63 - 1),
    "1e308",
    "1e999",
    "NaN",
    "-Infinity",
    "9" * 5000,
]
CASE, RUN = "cases/0/case.json", "cases/0/runs/0/"
DAY = {
    "levels": [{"level": "L1", "acts": [{"kind": "xray", "frame": 1, "t_s": 0.1, "seconds": 1.0, "number": 1}]}],
    "schema": "fluoro-assistant/session-day/1",
}
ENTRY = {"number": 1, "about": "note", "author": "reviewer 1", "said_at": "", "frame": 3, "text": ""}
REVIEW = {"schema": "fluoro-assistant/review/2", "entries": [ENTRY]}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return old_files(tmp_path_factory.mktemp("old"))


@pytest.fixture(scope="module")
def members(old: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(old / "case.fluopack.zip") as pack:
        return {name: pack.read(name) for name in pack.namelist() if name != "manifest.json"}


def with_number(document: dict[str, Any], where: tuple[Any, ...], number: str) -> bytes:
    """The document with this number, as it is written, at a place."""
    bent = json.loads(json.dumps(document))
    at = bent
    for key in where[:-1]:
        at = at[key]
    at[where[-1]] = "THE NUMBER"
    return json.dumps(bent).replace('"THE NUMBER"', number).encode()


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    ("member", "document", "where"),
    [
        (CASE, None, ("levels", 0, "exposures")),
        (CASE, None, ("levels", 0, "cement_ml")),
        (CASE, None, ("outcomes", 0, "adjacent_fracture")),
        (RUN + "day.json", DAY, ("levels", 0, "acts", 0, "number")),
        (RUN + "day.json", DAY, ("levels", 0, "acts", 0, "seconds")),
        (RUN + "review.json", REVIEW, ("entries", 0, "frame")),
    ],
)
def test_a_pack_is_refused_by_its_name(members, tmp_path: Path, capsys, member, document, where, number) -> None:
    bent = dict(members)
    bent[member] = with_number(document or json.loads(members[CASE]), where, number)
    pack = tmp_path / "one.fluopack.zip"
    pack.write_bytes(pack_bytes(bent))
    assert main(["unpack", str(pack)]) == 3
    said = capsys.readouterr().err
    assert str(pack) in said
    assert member in said
    assert "nothing was kept" in said
    with Library() as library:
        assert library.rows("cases") == []
        assert not library.runs_folder.exists() or list(library.runs_folder.iterdir()) == []


def test_a_pack_with_the_largest_of_all_levels_is_taken_in(members, tmp_path: Path) -> None:
    """Their sum has to fit as well."""
    case = json.loads(members[CASE])
    case["levels"] = [{**case["levels"][0], "exposures": 10**6}] * 3
    pack = tmp_path / "one.fluopack.zip"
    pack.write_bytes(pack_bytes({**members, CASE: json.dumps(case).encode()}))
    assert main(["unpack", str(pack)]) == 0


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("where", [("reference_frame",), ("mm_per_px",), ("landmarks", "superior", 0, 0)])
def test_a_plan_is_refused_by_its_name(old: Path, tmp_path: Path, capsys, where, number) -> None:
    document = json.loads((old / "run" / "plan.json").read_bytes())
    plan = tmp_path / "plan.json"
    plan.write_bytes(with_number(document, ("views", 0, *where), number))
    assert main(["analyze", str(old / "run"), "--plan", str(plan), "--out", str(tmp_path / "out")]) == 2
    assert str(plan) in capsys.readouterr().err
    assert main(["validate", str(plan)]) != 0
    assert str(plan) in capsys.readouterr().err


@pytest.mark.parametrize("number", NUMBERS)
def test_settings_are_refused_by_their_name(old: Path, tmp_path: Path, capsys, number) -> None:
    document = {"schema": "fluoro-assistant/settings/1", "settings": {"alarms": {"posterior_band_mm": 2.0}}}
    file = tmp_path / "theirs.json"
    file.write_bytes(with_number(document, ("settings", "alarms", "posterior_band_mm"), number))
    order = ["analyze", str(old / "run"), "--plan", str(old / "run" / "plan.json"), "--out", str(tmp_path / "out")]
    assert main([*order, "--settings", str(file)]) == 2
    assert file.name in capsys.readouterr().err


@pytest.mark.parametrize("number", NUMBERS)
def test_a_result_beside_a_run_of_a_pack_is_passed_over(members, tmp_path: Path, number) -> None:
    document = json.loads(members[RUN + "result.json"])
    bent = {**members, RUN + "result.json": with_number(document, ("run", "frames"), number)}
    pack = tmp_path / "one.fluopack.zip"
    pack.write_bytes(pack_bytes(bent))
    assert main(["unpack", str(pack)]) == 0
    with Library() as library:
        (row,) = library.rows("runs")
        assert row["state"] in ("waiting", "done")
