"""F-68: names that are SQL, HTML, formulas stay text. F-72 to F-74: nothing of a patient goes out or into a log."""

import csv
import logging
import zipfile

import pytest

from assistant.exchange.pack_out import PackOrder, write_pack
from assistant.library.people import Permission
from assistant.library.search import search
from assistant.library.store import Library
from assistant.simulation.imaging_chain.sinks import DicomSink
from assistant.training.clip import Clip, ClipFacts
from assistant.training.csv_out import answers_of, write_answers
from assistant.training.scoring import score
from assistant.training.trainer import QUESTION, AskedClip, Given, Trainer
from tests.small_run import pictures

TEXTS = [
    *(
        "'; DROP TABLE cases; --",
        '" OR 1=1',
        "Robert'); --",
        "<b onload=alert(1)>",
        "{0.__class__}",
        "%s%n%d",
        "$(touch x)",
    ),
    *(
        "=1+1",
        "+49",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\u202egnp.exe",
        "\x1b[31m",
        "a\nb\r\nc",
        "日本語",
        "\ud7ff",
        "NULL",
        "None",
    ),
]


@pytest.mark.parametrize("text", TEXTS)
def test_F_68_a_text_comes_back_as_it_was(tmp_path, text):
    with Library(tmp_path) as library:
        case_id = library.add("cases", Permission.IMPORT, note=text, tags=text)
        library.add("levels", Permission.EDIT, case_id=case_id, level="L1", note=text)
        assert library.one("cases", case_id)["note"] == text
        assert search(library, text).total in (0, 1)
        assert library.rows("cases", note=text)[0]["id"] == case_id
        assert library.verify() == ""


@pytest.mark.parametrize("text", TEXTS)
def test_F_68_no_cell_of_the_table_is_run(tmp_path, text):
    facts = ClipFacts(
        begin_frame=0, stop_frame=1, end_frame=2, right="stop", direction="posterior", stop_s=0.1, level=text, view=text
    )
    with Library(tmp_path) as library:
        desk = Trainer(library)
        person = desk.enrol(text, consents=True)
        clip = Clip(id="", name=text, run_path="run", facts=facts, difficulty=1, course=text)
        clip_id = desk.add_clip(clip)
        asked = AskedClip(clip=desk.clip(clip_id), is_repeat=False, is_due=False)
        desk.lock(person, asked, Given(task=QUESTION, answer="stop"), score(facts, "stop", None))
        write_answers(answers_of(desk, person, asks=person), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 2
    assert not [cell for cell in rows[1] if cell.lstrip(" ")[:1] in "=+@\t\r\n" and cell]


def test_F_73_a_dicom_run_leaves_its_tags_behind(tmp_path):
    run = tmp_path / "MUSTER_ERIKA_19400102.dcm"
    with DicomSink(run, [k / 15 for k in range(4)], 15.0) as sink:
        for k, picture in enumerate(pictures(4)):
            sink.write(picture, k / 15)
    import pydicom

    tagged = pydicom.dcmread(run)
    tagged.PatientName, tagged.PatientID, tagged.PatientBirthDate = "MUSTER^ERIKA", "PID-4711", "19400102"
    tagged.InstitutionName, tagged.OperatorsName = "KLINIKUM", "DRHANDS"
    block = tagged.private_block(0x0009, "CANARY MAKER", create=True)
    block.add_new(0x01, "LO", "PRIVATECANARY")
    uids = [str(tagged.SOPInstanceUID), str(tagged.StudyInstanceUID), str(tagged.SeriesInstanceUID)]
    tagged.save_as(run)
    with Library(tmp_path / "home") as library:
        library.add("cases", Permission.IMPORT, id="K-1")
        library.add("levels", Permission.EDIT, id="L-1", case_id="K-1")
        values = {"path": str(run), "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300}
        library.add("runs", Permission.IMPORT, case_id="K-1", level_id="L-1", state="no plan", **values)
        pack = write_pack(library, PackOrder(case_ids=("K-1",), looked_for_names=True), tmp_path / "out")
    with zipfile.ZipFile(pack) as zipped:
        names = zipped.namelist()
        content = b"".join(zipped.read(name) for name in names) + "".join(names).encode()
    for word in ("MUSTER", "ERIKA", "4711", "19400102", "KLINIKUM", "DRHANDS", "CANARY", *uids):
        assert word.encode() not in content, word


def test_F_74_no_text_of_a_patient_in_the_log(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with Library(tmp_path) as library:
        case_id = library.add("cases", Permission.IMPORT, note="MUSTER^ERIKA")
        search(library, "MUSTER")
        library.delete("cases", case_id)
        library.undo()
    assert "MUSTER" not in caplog.text
