"""Only the contract's keys travel, and days move together."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.errors import InputError, UsageError
from assistant.exchange.deidentify import bare_plan, bare_review, shifted, write_pictures
from assistant.review.annotations import About, Entry, LeakKey, Review, read_review
from assistant.review.saying import say
from tests.small_run import plan_document

CANARY = "MUSTERFRAU^ERIKA"


def test_only_the_contracts_keys_of_a_plan():
    document = plan_document(patient="x") | {"operator": "y"}
    assert "patient" not in json.dumps(bare_plan(document))
    assert "operator" not in bare_plan(document)
    with pytest.raises(InputError):
        bare_plan([])


def test_days_move_together():
    assert shifted("2026-03-01", -1) == "2026-02-28"
    assert shifted(None, 5) is None
    for day, by in (("2026-03-01", 10**6), ("9999-12-31", 1), ("x", 1)):
        with pytest.raises(UsageError):
            shifted(day, by)


def reviewed(tmp_path) -> Review:
    review = read_review(tmp_path / "review.json")
    review = say(review, About.NOTE, frame=1, who="erika", text=CANARY, value={"by": CANARY})
    review = say(review, About.SHAPE, frame=2, who="R-7F3QD", text="spike", leak=LeakKey("posterior", 2))
    review = say(review, About.KEY_IMAGE, frame=3, who="hans", text=CANARY)
    review = say(review, About.MEASURE, frame=3, who="erika", value={"figures": {"Angle": "≈ 3°"}, "patient": CANARY})
    strange = Entry(number=5, about=About.UNDO, author="erika", said_at="", frame=3, takes_back=99)
    return replace(review, entries=(*review.entries, strange))


def test_of_a_review_labels_go_along_and_nobody_is_named(tmp_path):
    left = bare_review(reviewed(tmp_path), 0, with_notes=False)
    assert [entry.about for entry in left.entries] == [About.SHAPE, About.KEY_IMAGE, About.MEASURE]
    assert [entry.author for entry in left.entries] == ["R-7F3QD", "reviewer 1", "reviewer 2"]
    assert CANARY not in str(left.entries)
    assert left.entries[2].value == {"figures": {"Angle": "≈ 3°"}}
    assert {entry.said_at for entry in left.entries} == {""}


def test_notes_go_along_where_that_was_said_and_days_move(tmp_path):
    review = reviewed(tmp_path)
    left = bare_review(review, 10, with_notes=True)
    assert left.entries[0].text == CANARY
    assert left.entries[0].said_at == shifted(review.entries[0].said_at[:10], 10)


def test_sixteen_bit_pictures_of_a_pack_are_those_that_the_sender_saw(tmp_path):
    """What was stretched once at the sender's door is not stretched again by what the receiver's samples are."""
    rng = np.random.default_rng(3)
    sent = tmp_path / "sent"
    sent.mkdir()
    for k in range(6):
        picture = rng.normal(300, 40, (64, 80)).clip(0, 500).astype(np.uint16)
        picture[:10] = 4095  # a name in white, which the pack covers
        assert cv2.imwrite(str(sent / f"{k:03}.png"), picture)
    covered, packed = [(0, 0, 80, 10)], tmp_path / "run.mkv"
    write_pictures(str(sent), packed, covered)
    at_sender, at_receiver = open_source(str(sent)), open_source(str(packed))
    for left, right in zip(at_sender.frames(), at_receiver.frames(), strict=True):
        np.testing.assert_array_equal(right.grey[10:], left.grey[10:])
    assert not [note for note in at_receiver.facts.notes if "grey values" in note]
    at_sender.close()
    at_receiver.close()
