from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage.measure import perimeter_crofton

from assistant.geometry import Crop, signed_distance_map
from assistant.leak_shape.model_protocol import ShapeAnswer, ShapeLimits
from assistant.leak_shape.patch import LeakPatch
from assistant.steps.leak_shape import MODEL, ShapeMemory, classify, classify_by_geometry, perimeter_px
from assistant.vocabulary import LeakSite, ModelIdentity, Shape, Unknown

SIDE_PX = 200
CROP = Crop(x0_px=0, y0_px=0, width_px=SIDE_PX, height_px=SIDE_PX)


class Scene:
    """An endplate across the middle of the crop, turned by an angle; shapes are drawn in (u, n) of it, in mm."""

    def __init__(self, turn_deg: float = 0.0, mm_per_px: float = 0.25) -> None:
        self.mm_per_px = mm_per_px
        angle = np.deg2rad(turn_deg)
        self.u = np.array([np.cos(angle), np.sin(angle)])
        self.n = np.array([np.sin(angle), -np.cos(angle)])  # up, out of the body
        self.foot = np.array([SIDE_PX / 2, SIDE_PX / 2])
        line = np.array([self.foot - 60 * self.u, self.foot, self.foot + 60 * self.u])
        self.endplate = signed_distance_map(CROP, line, self.foot - 50 * self.n, mm_per_px, runs_on=False)

    def mask(self, *rings_mm: list[tuple[float, float]]) -> np.ndarray:
        """Rings of (u, n), together with cement inside the body below them."""
        picture = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
        body = [(-8.0, -0.3), (8.0, -0.3), (8.0, -5.0), (-8.0, -5.0)]
        for ring in (*rings_mm, body):
            points = np.array([self.foot + (u * self.u + n * self.n) / self.mm_per_px for u, n in ring])
            cv2.fillPoly(picture, [np.round(points * 16).astype(np.int32)], 1, shift=4)
        return picture > 0

    def typed(self, *rings_mm: list[tuple[float, float]]) -> Shape:
        return classify_by_geometry(self.mask(*rings_mm), self.endplate, self.mm_per_px)


def spike(height: float, width: float) -> list[tuple[float, float]]:
    return [(-width / 2, -0.5), (-width / 2, 0.0), (0.0, height), (width / 2, 0.0), (width / 2, -0.5)]


def dome(height: float, width: float) -> list[tuple[float, float]]:
    angles = np.linspace(0, np.pi, 60)
    return [(width / 2 * np.cos(a), height * np.sin(a)) for a in angles] + [(-width / 2, -0.5), (width / 2, -0.5)]


TURNS = [0.0, 12.0, -30.0, 90.0, 180.0]


@pytest.mark.parametrize("turn_deg", TURNS)
@pytest.mark.parametrize(("height", "width"), [(7.0, 3.0), (5.0, 2.0), (9.0, 5.0)])
def test_a_tapering_tongue_is_a_spike_however_the_picture_lies(turn_deg: float, height: float, width: float) -> None:
    shape = Scene(turn_deg).typed(spike(height, width))
    assert shape.label == "spike"
    assert shape.model == MODEL
    assert isinstance(shape.p_spike, float)
    assert shape.p_spike > 0.8


@pytest.mark.parametrize("turn_deg", TURNS)
@pytest.mark.parametrize(("height", "width"), [(4.0, 8.0), (5.0, 10.0), (3.0, 6.5)])
def test_a_broad_dome_is_round(turn_deg: float, height: float, width: float) -> None:
    shape = Scene(turn_deg).typed(dome(height, width))
    assert shape.label == "round"
    assert isinstance(shape.p_spike, float)
    assert shape.p_spike < 0.25


@pytest.mark.parametrize("mm_per_px", [0.2, 0.25, 0.3])
def test_zoom_does_not_change_the_answer(mm_per_px: float) -> None:
    scene = Scene(8.0, mm_per_px)
    assert scene.typed(spike(7.0, 3.0)).label == "spike"
    assert scene.typed(dome(4.0, 8.0)).label == "round"


def test_in_between_is_undetermined_and_says_why() -> None:
    shape = Scene().typed([(-2.5, 0.0), (-2.5, 5.0), (2.5, 5.0), (2.5, 0.0)])  # as high as wide, and blunt
    assert shape.label == "undetermined"
    assert shape.reason.startswith("between spike and round")
    assert isinstance(shape.p_spike, float)


def test_a_higher_thinner_leak_scores_more() -> None:
    scores = [Scene().typed(spike(height, 4.0)).p_spike for height in (3.0, 5.0, 7.0, 9.0)]
    assert all(isinstance(score, float) and 0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, key=lambda score: score if isinstance(score, float) else -1)


@pytest.mark.parametrize(
    ("rings", "reason"),
    [
        ([], "no cement beyond the endplate|too small to type"),
        ([spike(0.8, 1.0)], "too small to type"),
        ([spike(60.0, 8.0)], "cut by the edge of the field"),
        ([[(-1.5, 3.0), (0.0, 6.0), (1.5, 3.0)]], "not joined to the endplate"),
    ],
)
def test_what_cannot_be_typed_is_undetermined(rings: list[list[tuple[float, float]]], reason: str) -> None:
    shape = Scene().typed(*rings)
    assert shape.label == "undetermined"
    assert shape.reason in reason.split("|")
    assert shape.p_spike == Unknown(shape.reason)


def test_the_largest_piece_is_typed() -> None:
    # A small far dot is no tip.
    dot = [(6.0, 9.0), (6.5, 9.0), (6.5, 9.5), (6.0, 9.5)]
    assert Scene().typed(dome(4.0, 8.0), dot).label == "round"


def test_a_mirror_changes_nothing() -> None:
    scene = Scene(15.0)
    mask = scene.mask([(-2.0, 0.0), (-1.0, 6.5), (1.0, 0.0)])
    straight = classify_by_geometry(mask, scene.endplate, 0.25)
    flipped = classify_by_geometry(mask[:, ::-1].copy(), scene.endplate[:, ::-1].copy(), 0.25)
    assert straight.label == flipped.label
    assert straight.p_spike == pytest.approx(flipped.p_spike, abs=0.02)


@pytest.mark.parametrize("radius_px", [4, 9, 30])
def test_the_perimeter_is_croftons(radius_px: int) -> None:
    ys, xs = np.mgrid[-40:41, -40:41]
    disc = xs**2 + ys**2 <= radius_px**2
    assert perimeter_px(disc) == pytest.approx(perimeter_crofton(disc, directions=4), rel=1e-6)
    assert perimeter_px(disc) == pytest.approx(2 * np.pi * radius_px, rel=0.06)


class Oracle:
    """A model that says what it was told to say."""

    identity = ModelIdentity(name="leak-shape", sha256="ab" * 32)
    limits = ShapeLimits(decide=0.6, strangeness=5.0, blur_mm=3.0)

    def __init__(self, *said: tuple[ShapeAnswer, ...] | Unknown) -> None:
        self.said = list(said)
        self.asked: list[int] = []

    def ask(self, site: LeakSite, frame_index: int, values: np.ndarray) -> tuple[ShapeAnswer, ...] | Unknown:
        self.asked.append(frame_index)
        return self.said.pop(0)


def answer(frame: int, spike: float, round_: float, strangeness: float = 1.0) -> ShapeAnswer:
    return ShapeAnswer(frame_index=frame, probabilities=(spike, round_, 1.0 - spike - round_), strangeness=strangeness)


def seen(area_mm2: float = 20.0, blur_mm: float = 1.0) -> LeakPatch:
    return LeakPatch(
        values=np.zeros((5, 64, 64), np.float32),
        height_mm=5.0,
        area_mm2=area_mm2,
        blur_mm=blur_mm,
        lattice_from_patch=np.eye(2, 3),
    )


RULE = Shape(label="round", p_spike=0.1, model=MODEL, reason="")
UP = LeakSite.SUPERIOR_DISC
NAME = "leak-shape@abababababab"


def test_without_a_model_the_rule_stands_and_says_why() -> None:
    assert classify(ShapeMemory(), None, UP, 3, seen(), RULE, film_s=3 / 7.5) == RULE
    told = classify(ShapeMemory(), Unknown("the pack is refused"), UP, 3, seen(), RULE, film_s=3 / 7.5)
    assert (told.label, told.p_spike, told.model) == ("round", 0.1, MODEL)
    assert told.reason == "by the geometric rule, the pack is refused"
    failed = classify(
        ShapeMemory(), Oracle(Unknown("it died")), UP, 3, seen(), replace(RULE, reason="in between"), film_s=3 / 7.5
    )
    assert failed.reason == "by the geometric rule, it died; in between"
    waiting = classify(ShapeMemory(), Oracle(()), UP, 3, seen(), RULE, film_s=3 / 7.5)
    assert (waiting.model, waiting.frames) == (MODEL, ())
    assert "not answered yet" in waiting.reason


def test_a_sure_answer_is_given_with_its_frames() -> None:
    memory = ShapeMemory()
    model = Oracle((answer(4, 0.9, 0.05),), (answer(6, 0.94, 0.03),))
    classify(memory, model, UP, 4, seen(), RULE, film_s=4 / 7.5)
    shape = classify(memory, model, UP, 6, seen(), RULE, film_s=6 / 7.5)
    assert (shape.label, shape.model, shape.frames, shape.reason) == ("spike", NAME, (4, 6), "")
    assert isinstance(shape.p_spike, float)
    assert 0.9 / 0.95 < shape.p_spike < 0.94 / 0.97


def test_what_is_not_clear_is_left_open_with_the_shares() -> None:
    shape = classify(ShapeMemory(), Oracle((answer(4, 0.5, 0.4),)), UP, 4, seen(), RULE, film_s=4 / 7.5)
    assert shape.label == "undetermined"
    assert shape.reason == "not clear: spike 0.50, round 0.40, in between 0.10"
    between = classify(ShapeMemory(), Oracle((answer(4, 0.1, 0.1),)), UP, 4, seen(), RULE, film_s=4 / 7.5)
    assert between.label == "undetermined"
    assert between.p_spike == pytest.approx(0.5)


def test_what_is_strange_blurred_or_refused_is_left_open_without_a_number() -> None:
    strange = classify(
        ShapeMemory(), Oracle((answer(4, 0.98, 0.01, strangeness=9.0),)), UP, 4, seen(), RULE, film_s=4 / 7.5
    )
    blurred = classify(ShapeMemory(), Oracle(), UP, 4, seen(blur_mm=3.5), RULE, film_s=4 / 7.5)
    small = classify(ShapeMemory(), Oracle(), UP, 4, Unknown("too small to type"), RULE, film_s=4 / 7.5)
    for shape, word in ((strange, "unlike"), (blurred, "blurred"), (small, "too small")):
        assert (shape.label, shape.model) == ("undetermined", NAME)
        assert isinstance(shape.p_spike, Unknown)
        assert word in shape.reason


def test_the_answer_rests_on_the_latest_pictures_at_about_the_largest_size() -> None:
    memory = ShapeMemory()
    sizes = [3.0, 8.0, *[20.0] * 9]
    says = [(answer(k, 0.02, 0.95) if k < 2 else answer(k, 0.95, 0.02),) for k in range(len(sizes))]
    model = Oracle(*says)
    for k, size in enumerate(sizes):
        shape = classify(memory, model, UP, k, seen(size), RULE, film_s=k / 7.5)
    assert shape.label == "spike"
    assert shape.frames == (4, 5, 6, 7, 8, 9, 10)


@pytest.mark.parametrize(("pulses_per_s", "count"), [(4.0, 4), (7.5, 7), (30.0, 27)])
def test_how_much_is_weighed_is_film_not_pictures(pulses_per_s: float, count: int) -> None:
    memory, model = ShapeMemory(), Oracle(*((answer(k, 0.95, 0.02),) for k in range(40)))
    for k in range(40):
        shape = classify(memory, model, UP, k, seen(), RULE, film_s=k / pulses_per_s)
    assert len(shape.frames) == count


def test_one_picture_that_cannot_be_typed_does_not_undo_earlier_ones() -> None:
    memory = ShapeMemory()
    model = Oracle((answer(4, 0.9, 0.05),))
    first = classify(memory, model, UP, 4, seen(), RULE, film_s=4 / 7.5)
    later = classify(memory, model, UP, 5, Unknown("cut by the edge of the field"), RULE, film_s=5 / 7.5)
    assert later == first
    assert model.asked == [4]


def test_an_answer_that_comes_later_counts_for_its_own_picture() -> None:
    memory = ShapeMemory()
    model = Oracle((), (answer(4, 0.9, 0.05),))
    classify(memory, model, UP, 4, seen(), RULE, film_s=4 / 7.5)
    shape = classify(memory, model, UP, 5, seen(), RULE, film_s=5 / 7.5)
    assert (shape.label, shape.frames) == ("spike", (4,))


def test_the_newest_picture_that_the_answer_rests_on_is_kept() -> None:
    memory, large, small = ShapeMemory(), seen(20.0), seen(4.0)
    model = Oracle((answer(4, 0.9, 0.05),), (answer(5, 0.9, 0.05),))
    classify(memory, model, UP, 4, large, RULE, film_s=4 / 7.5)
    assert memory.newest == (4, large)
    # Much smaller than the largest: not weighed, so not shown as what the answer hangs on.
    assert classify(memory, model, UP, 5, small, RULE, film_s=5 / 7.5).frames == (4,)
    assert memory.newest == (4, large)


def test_an_answer_of_another_leak_is_none_of_this_one() -> None:
    """The live model outlives a plan: its last answer of the level before comes to the first leak of the next."""
    memory = ShapeMemory()
    shape = classify(memory, Oracle((answer(101, 0.95, 0.03),)), UP, 500, seen(), RULE, film_s=500 / 7.5)
    assert "not answered yet" in shape.reason
    assert memory.answers == {}
    again = classify(memory, Oracle((answer(500, 0.03, 0.95),)), UP, 501, seen(), RULE, film_s=501 / 7.5)
    assert (again.label, again.frames) == ("round", (500,))
