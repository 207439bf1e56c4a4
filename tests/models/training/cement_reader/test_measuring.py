"""How the figures of the card are counted."""

import numpy as np

from models.training.cement_reader.measuring import pieces, table

LIMITS = {"outline_p": 0.5, "piece_p": 0.9, "piece_mm2": 2.0}


def test_a_new_piece_has_to_be_sure_and_large_and_near_and_an_old_one_stays() -> None:
    body = np.zeros((60, 60), bool)
    body[20:40, 20:40] = True
    p = np.zeros((60, 60), np.float32)
    p[22:28, 22:28] = 0.95
    p[30:36, 30:36] = 0.7
    p[2:9, 50:57] = 0.99
    found = pieces(p, body, None, 0.2, LIMITS)
    assert found.sum() == 36
    assert found[25, 25]
    known = np.zeros_like(body)
    known[33, 33] = True
    assert pieces(p, body, known, 0.2, LIMITS)[33, 33]
    assert not pieces(p, body, known, 0.2, LIMITS)[5, 53]


def test_what_was_not_counted_is_written_as_such() -> None:
    text = table({"all": {"dice": 0.9375, "never_seen": 0.0, "dice_p5": float("nan")}})
    assert text.splitlines()[-1] == "| all | 0.938 | 0 | nan |"
