from collections.abc import Callable
from itertools import count

import numpy as np
import pytest

from assistant.leak_shape.model_protocol import ShapeAnswer
from assistant.leak_shape.patch import SeenPatch
from assistant.model_packs.model_process import ModelProcess
from assistant.model_packs.pack import Pack
from assistant.model_packs.shape_models import LiveShapeModel, WaitingShapeModel
from assistant.vocabulary import Leak, LeakSite, Shape, Unknown
from tests.waiting import HUNG_S, wait_until

UP, DOWN = LeakSite.SUPERIOR_DISC, LeakSite.INFERIOR_DISC
VALUES = np.zeros((5, 64, 64), np.float32)
Faked = Callable[[str], ModelProcess]


def test_who_waits_gets_the_answer_of_this_very_picture(pack: Pack) -> None:
    with WaitingShapeModel(pack) as model:
        assert model.identity == pack.identity
        assert model.limits == pack.limits
        first, again = (model.ask(UP, frame, pack.golden[0]) for frame in (7, 8))
    assert isinstance(first, tuple)
    assert isinstance(again, tuple)
    assert first[0].frame_index == 7
    assert first[0].probabilities == again[0].probabilities == pytest.approx(pack.manifest.golden.p[0], abs=1e-4)


def test_who_does_not_wait_gets_earlier_answers_of_the_same_site(pack: Pack) -> None:
    got: dict[LeakSite, list[ShapeAnswer]] = {UP: [], DOWN: []}
    frames_asked = count()
    with LiveShapeModel(pack, limit_s=HUNG_S) as model:
        model.warm()

        def ask() -> None:
            frame = next(frames_asked)
            for site, patch in ((UP, pack.golden[0]), (DOWN, pack.golden[1])):
                answers = model.ask(site, frame, patch)
                assert isinstance(answers, tuple)
                got[site] += answers

        wait_until(lambda: min(map(len, got.values())) >= 2, ask)
    for site, k in ((UP, 0), (DOWN, 1)):
        frames = [answer.frame_index for answer in got[site]]
        assert frames == sorted(set(frames))
        assert got[site][0].probabilities == pytest.approx(pack.manifest.golden.p[k], abs=1e-4)


def test_a_slow_model_costs_a_live_run_nothing_and_says_so(pack: Pack, faked: Faked) -> None:
    model = LiveShapeModel(pack, faked("while asked > 1: pass"), limit_s=0.2)
    said: list[object] = []
    # It never answers: who waited for it would wait for ever.
    wait_until(lambda: isinstance(said[-1], Unknown), lambda: said.append(model.ask(UP, 1, VALUES)))
    assert all(each == () for each in said[:-1])
    assert isinstance(said[-1], Unknown)
    assert "did not answer" in said[-1].reason
    model.close()


def test_a_model_that_dies_is_told_as_a_reason(pack: Pack, faked: Faked) -> None:
    with WaitingShapeModel(pack, faked("if asked > 1: sys.exit(9)")) as model:
        said = model.ask(UP, 1, VALUES)
    assert isinstance(said, Unknown)
    assert "died" in said.reason


def typed_leak(frames: tuple[int, ...]) -> Leak:
    shape = Shape(label="spike", p_spike=0.9, model="leak-shape@0", frames=frames)
    return Leak(
        site=UP,
        first_frame=3,
        area_mm2=9.0,
        length_mm=4.0,
        width_mm=3.0,
        yeom="C",
        magnitude="minor",
        outline_px=np.zeros((3, 2)),
        shape=shape,
    )


def test_a_leak_is_told_with_what_its_answer_hangs_on(pack: Pack) -> None:
    place = np.array([[2.0, 0.0, 5.0], [0.0, 2.0, 7.0]])
    patch = SeenPatch(frame_index=8, values=pack.golden[2], reference_from_patch=place)
    with WaitingShapeModel(pack) as model:
        told, other = model.explained([typed_leak((7, 8)), typed_leak((7,))], {UP: patch})
        lower = model.explained([typed_leak((8,))], {DOWN: patch})
    assert told.shape is not None
    assert told.shape.saliency is not None
    assert told.shape.saliency.frame_index == 8
    assert told.shape.saliency.values.shape == (64, 64)
    assert np.abs(told.shape.saliency.values).max() > 0
    assert told.shape.saliency.reference_from_patch is place
    # Another picture than those that the answer rests on, or another leak, explains nothing.
    for leak in (other, *lower):
        assert leak.shape is not None
        assert leak.shape.saliency is None


def test_a_model_that_died_leaves_the_leak_as_it_was(pack: Pack, faked: Faked) -> None:
    patch = SeenPatch(frame_index=8, values=pack.golden[2], reference_from_patch=np.eye(2, 3))
    with WaitingShapeModel(pack, faked("if asked > 1: sys.exit(1)")) as model:
        (told,) = model.explained([typed_leak((8,))], {UP: patch})
    assert told.shape is not None
    assert told.shape.saliency is None
