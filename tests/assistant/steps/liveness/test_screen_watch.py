"""Each picture of a screen is judged for itself; without a plan the one that changes is looked at."""

from assistant.settings.tree import Settings
from assistant.steps.liveness.screen_watch import ScreenWatch, picture_with
from assistant.vocabulary import Frame, FrameState
from tests.two_pictures import LEFT, RIGHT, Picture, film, screen

FILM = film(48)
SETTINGS = Settings().liveness
IN_LEFT, IN_RIGHT = (190.0, 300.0), (490.0, 300.0)


def frame(k: int, grey: Picture) -> Frame:
    return Frame(index=k, t_s=k / 15, grey=grey)


def live_right(k: int) -> Frame:
    return frame(k, screen((FILM[3], LEFT), (FILM[k], RIGHT)))


def test_without_a_plan_the_one_that_changes_is_looked_at() -> None:
    watch = ScreenWatch(SETTINGS)
    states = [watch.judge(live_right(k)).state for k in range(40)]
    assert [(each.where, each.looked_at, each.live) for each in sorted(watch.fields, key=lambda each: each.where)] == [
        ("left", False, False),
        ("right", True, True),
    ]
    assert FrameState.LIVE in states[-4:]
    assert FrameState.FROZEN not in states


def test_a_person_chooses_and_is_told_that_the_other_one_is_live() -> None:
    watch = ScreenWatch(SETTINGS)
    for k in range(6):
        watch.judge(live_right(k))
    watch.look_at(IN_LEFT)
    found = [watch.judge(live_right(k)) for k in range(6, 44)]
    assert FrameState.LIVE not in {each.state for each in found}
    assert found[-1].state is FrameState.FROZEN
    assert found[-1].elsewhere == "right"
    watch.look_at(None)
    watch.judge(live_right(44))
    assert [each.where for each in watch.fields if each.looked_at] == ["right"]


def test_with_a_plan_its_picture_is_looked_at_whatever_moves() -> None:
    watch = ScreenWatch(SETTINGS, [IN_LEFT], live_right(0))
    states = [watch.judge(live_right(k)).state for k in range(40)]
    assert FrameState.LIVE not in states[1:]
    assert states[-1] is FrameState.FROZEN
    assert "at the left" in watch.notes[0]


def test_a_screen_with_one_picture_has_nothing_to_choose() -> None:
    watch = ScreenWatch(SETTINGS)
    states = {watch.judge(frame(k, screen((FILM[k], LEFT)))).state for k in range(20)}
    assert states == {FrameState.LIVE, FrameState.REPEAT}
    assert watch.fields == ()
    assert watch.notes == ()


def test_the_reference_is_shown_alone() -> None:
    alone = picture_with(IN_RIGHT, live_right(9))
    assert not alone.grey[:, : RIGHT[0] - 12].any()
    assert alone.grey[200:400, RIGHT[0] + 20 : RIGHT[0] + 280].all()


def test_few_frames_a_second_are_enough_to_tell_the_live_one() -> None:
    """An analysis that comes too late passes frames over: a picture that is live in them is not called held."""
    watch = ScreenWatch(SETTINGS)
    for k in range(0, 48, 6):
        found = watch.judge(Frame(index=k, t_s=k / 5, grey=live_right(k).grey))
    assert [(each.where, each.live) for each in watch.fields if each.looked_at] == [("right", True)]
    watch.look_at(IN_LEFT)
    for k in range(48, 66, 6):
        found = watch.judge(Frame(index=k, t_s=k / 5, grey=live_right(k - 30).grey))
    assert found.elsewhere == "right"
