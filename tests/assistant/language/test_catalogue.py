"""One language a process: said at once, or English where it is kept and said where it is shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import language
from assistant.language import LANGUAGE
from tests.pseudo_language import mo_bytes

GERMAN = {
    "Stop injecting": "Injektion beenden",
    "{file} holds {count:d} runs, {share:.1f} %": "{share:.1f} % von {count:d} Läufen in {file}",
    "{count} run\0{count} runs": "{count} Lauf\0{count} Läufe",
    "no cement seen": "kein Zement zu sehen",
    "{path}: cannot be read ({reason})": "{path} ist nicht lesbar: {reason}",
}
SAID = """
import json, sys
from assistant.language import language, sentence, tr, translate, trn
n = 3
print(json.dumps([
    language(), tr("Stop injecting"), tr("{file} holds {count:d} runs, {share:.1f} %", file="a", count=2, share=0.5),
    trn("{count} run", "{count} runs", 1), trn("{count} run", "{count} runs", 2), sentence("no cement seen"),
    translate("no cement seen"), translate(OSError("x.avi: cannot be read (no cement seen)")), tr("not in it {n}", n=n),
    translate("never said"),
]))
"""


def said_in(wanted: str) -> list[str]:
    child = [sys.executable, "-c", SAID]
    env = {**os.environ, LANGUAGE: wanted, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    return list(json.loads(subprocess.run(child, env=env, capture_output=True, check=True).stdout))


def test_another_language_says_at_once_what_is_for_a_person_and_shows_what_is_kept_in_english(tmp_path: Path) -> None:
    path = tmp_path / "de.mo"
    path.write_bytes(mo_bytes(GERMAN))
    assert said_in(str(path)) == [
        *("xx", "Injektion beenden", "0.5 % von 2 Läufen in a", "1 Lauf", "2 Läufe"),
        *("no cement seen", "kein Zement zu sehen", "x.avi ist nicht lesbar: kein Zement zu sehen"),
        *("not in it 3", "never said"),
    ]


@pytest.mark.parametrize("wanted", ["", "xx", "/no/such/file.mo", __file__ + ".mo"])
def test_a_language_that_cannot_be_had_is_english(wanted: str) -> None:
    assert said_in(wanted) == [
        *("en", "Stop injecting", "a holds 2 runs, 0.5 %", "1 run", "2 runs", "no cement seen", "no cement seen"),
        *("x.avi: cannot be read (no cement seen)", "not in it 3", "never said"),
    ]


def test_in_this_process_english_is_what_stands_in_the_code() -> None:
    assert language.language() == "en"
    assert language.tr("Frame {n:3d}", n=7) == "Frame   7"
