"""What went wrong is kept with its place in the program and without a word of a patient."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.system.error_log import LastWords, clean, cleaned, exit_words, log_folder, seal, write_error
from tests.waiting import HUNG_S

PATIENT = ("MEIER", "Meier", "hans", "19580312", "K-77", "meier.mkv")


def test_an_error_is_written_with_its_place_and_without_its_data() -> None:
    def fails() -> None:
        raise ValueError("MEIER^HANS (19580312): 'hans' is no 'fails' in /data/Meier Hans/meier.mkv, expected 3")

    try:
        fails()
    except ValueError as error:
        path = write_error(type(error), error, error.__traceback__)
    assert path is not None
    text = path.read_text("utf-8")
    assert "test_error_log.py" in text
    assert "in fails" in text
    assert "ValueError:" in text
    assert "'fails'" in text
    assert "expected 3" in text
    assert not [word for word in PATIENT if word in text], text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_sentence_of_the_program_loses_the_file_that_it_names() -> None:
    error = InputError("/data/Meier Hans.mkv: the file ends early; copy it again")
    path = write_error(InputError, error, None)
    text = path.read_text("utf-8")
    assert "the file ends early; copy it again" in text
    assert "Meier" not in text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "Encoding objects of type numpy.float64 is unsupported",
            "Encoding objects of type numpy.float64 is unsupported",
        ),
        (
            "unsupported operand type(s) for +: 'int' and 'NoneType'",
            "unsupported operand type(s) for +: 'int' and 'NoneType'",
        ),
        ("no run Meier at C:\\data\\Meier", "no run … at …"),
        ("device 12345678 lost", "device … lost"),
    ],
)
def test_words_of_the_program_stay_and_those_of_its_data_go(said: str, kept: str) -> None:
    assert clean(said, frozenset({"numpy"})) == kept


def crash(code: str, name: str) -> Path | None:
    words = LastWords(name)
    process = subprocess.Popen([sys.executable, "-c", code], stderr=words.fileno())
    return words.over(exit_words(process.wait(HUNG_S)))


def test_the_last_lines_of_a_process_that_crashed_are_kept_and_nothing_of_one_that_ended() -> None:
    before = set(log_folder().iterdir())
    path = crash("import sys; print('Meier', file=sys.stderr); raise RuntimeError('name Meier')", "import")
    assert path is not None
    text = path.read_text("utf-8")
    assert "exit status 1" in text
    assert "RuntimeError:" in text
    assert "Meier" not in text
    assert crash("import sys; print('warned', file=sys.stderr)", "model") is None
    assert {each.name for each in set(log_folder().iterdir()) - before} == {"crash_import.txt"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_crash_in_the_machine_code_names_its_place() -> None:
    code = "import faulthandler, os, signal; faulthandler.enable(); os.kill(os.getpid(), signal.SIGSEGV)"
    text = crash(code, "capture").read_text("utf-8")
    assert "signal 11" in text
    assert "Fatal Python error: Segmentation fault" in text


def test_a_note_that_a_child_wrote_by_itself_is_cleaned(tmp_path: Path) -> None:
    note = tmp_path / "crash_capture.txt"
    note.write_text(
        "Traceback (most recent call last):\n  File \"/x/Meier/y.py\", line 3, in f\n    g()\nKeyError: 'Meier'\n"
    )
    seal(note, "ended by itself (exit status 1)")
    assert cleaned("KeyError: 'Meier'") == ["KeyError: …"]
    assert "Meier/y.py" in note.read_text("utf-8")  # the last two names of a file of code
    assert "KeyError: …" in note.read_text("utf-8")
    note.write_text("")
    seal(note)
    assert not note.exists()


def test_a_path_with_spaces_and_a_day_of_birth_are_gone() -> None:
    told = clean("/media/usb/case mueller anna 1956/video.mkv: invalid data found when processing input")
    assert told == "…: invalid data found when processing input"
    assert "1956" not in clean("cannot read, born 3.4. 1956")
