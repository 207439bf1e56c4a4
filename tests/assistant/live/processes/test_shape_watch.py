from types import SimpleNamespace
from typing import Any

import numpy as np

from assistant.live.messages import ShapeModelStatus
from assistant.live.processes.shape_watch import watched
from assistant.vocabulary import LeakSite, Unknown

PATCH = np.zeros((1, 4, 4), np.float32)


def test_why_there_is_no_model_is_told_at_once() -> None:
    said: list[ShapeModelStatus] = []
    missing = Unknown("its check sum is wrong")
    assert watched(missing, said.append) is missing
    assert said == [ShapeModelStatus(available=False, reason="its check sum is wrong")]
    assert watched(None, said.append) is None


def test_a_model_that_stops_answering_is_told_once_and_when_it_answers_again() -> None:
    answers: list[Any] = [(), Unknown("it died"), Unknown("it died"), Unknown("it is off"), (), ()]
    said: list[ShapeModelStatus] = []
    model = SimpleNamespace(identity="i", limits="l", ask=lambda *_: answers.pop(0))
    shapes: Any = watched(model, said.append)
    assert (shapes.identity, shapes.limits) == ("i", "l")
    for k in range(6):
        shapes.ask(LeakSite.SUPERIOR_DISC, k, PATCH)
    assert said == [
        ShapeModelStatus(available=False, reason="it died"),
        ShapeModelStatus(available=False, reason="it is off"),
        ShapeModelStatus(available=True),
    ]
