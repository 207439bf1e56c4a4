import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.live import plan_store
from assistant.live.orders import TakePlan
from assistant.live.plan_store import keep_plan, plan_left, split_plan
from assistant.settings.tree import lines_at
from tests.small_run import pictures, plan_document

LINES = lines_at(0.25)


def event(kind: str, **data: object) -> dict[str, object]:
    return {"kind": kind, "data": data}


def test_a_plan_is_kept_with_its_pictures(tmp_path: Path) -> None:
    kept = keep_plan(tmp_path, 3, plan_document(), [pictures(4)[2]])
    assert not kept.unwritten
    order = kept.order
    assert json.loads((tmp_path / "plan.json").read_text()) == plan_document()
    (path,) = order.references
    np.testing.assert_array_equal(cv2.imread(path, cv2.IMREAD_UNCHANGED), pictures(4)[2])


def test_the_last_plan_that_was_left_comes_back_under_a_new_number() -> None:
    events = [
        event("plan_set", plan_number=1, plan=plan_document(level="L2"), references=["a"]),
        event("mark"),
        event("plan_set", plan_number=2, plan=plan_document(), references=["b"]),
        event("armed"),
    ]
    left = plan_left(events, LINES)
    assert left == (TakePlan(plan_number=3, document=plan_document(), references=("b",)), ("lateral",))


def test_without_a_plan_or_with_one_that_is_broken() -> None:
    assert plan_left([event("mark")], LINES) is None
    assert isinstance(plan_left([event("plan_set", plan={"schema": "x"})], LINES), str)
    assert isinstance(plan_left([event("plan_set", plan=plan_document())], LINES), str)


def test_where_the_disk_is_full_the_lines_still_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_store, "folders", lambda: (tmp_path / "memory",))
    (tmp_path / "memory").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "references").touch()
    kept = keep_plan(tmp_path / "run", 1, plan_document(), [pictures(4)[2]])
    (path,) = kept.order.references
    assert "references" in kept.unwritten
    assert path.startswith(str(tmp_path / "memory"))
    np.testing.assert_array_equal(cv2.imread(path, cv2.IMREAD_UNCHANGED), pictures(4)[2])


def test_what_was_taken_over_of_the_first_input_is_not_taken_over_of_the_second() -> None:
    document = plan_document() | {"displays": [{"zoom": 1.35}]}
    document["views"] = [document["views"][0], document["views"][0] | {"view": "ap", "input": 2}]
    grey = pictures(1)[0]
    first, second = split_plan(document, [grey, grey])
    assert second is not None
    assert first[0]["displays"] == [{"zoom": 1.35}]
    assert "displays" not in second[0]
