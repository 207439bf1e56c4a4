"""The picture with the plan's points is looked at, as long as the screen stays as it is."""

from assistant.imaging.field_choice import FieldChoice
from assistant.vocabulary import Frame
from tests.two_pictures import LEFT, RIGHT, film, screen

FILM = film(30)
BOTH = screen((FILM[25], LEFT), (FILM[2], RIGHT))
ALONE = screen((FILM[25], LEFT))
IN_LEFT, IN_RIGHT, IN_NONE = (190.0, 300.0), (490.0, 300.0), (350.0, 40.0)


def begun(place: tuple[float, float], grey=BOTH) -> FieldChoice:
    choice = FieldChoice(places=[place])
    choice.begin(Frame(index=0, t_s=0.0, grey=grey))
    return choice


def test_the_place_decides_and_it_is_said() -> None:
    assert "at the left" in begun(IN_LEFT).notes[0]
    right = begun(IN_RIGHT)
    assert "at the right" in right.notes[0]
    assert right.looking.cut_out(Frame(index=0, t_s=0.0, grey=BOTH)).grey.shape == (300, 300)
    nowhere = begun(IN_NONE)
    assert "in none of them" in nowhere.notes[0]
    assert nowhere.looking.chosen == ()


def test_one_picture_is_handed_on_as_it_is() -> None:
    choice = begun(IN_LEFT, ALONE)
    frame = Frame(index=0, t_s=0.0, grey=ALONE)
    assert choice.notes == []
    assert choice.looking.cut_out(frame) is frame
    assert choice.looking.alone(frame) is frame


def test_a_change_is_believed_when_it_is_seen_twice() -> None:
    choice = begun(IN_LEFT, ALONE)
    times = [k / 15 for k in range(60)]
    changed = [choice.see(Frame(index=k, t_s=t_s, grey=BOTH if t_s > 1 else ALONE)) for k, t_s in enumerate(times)]
    assert changed.count(True) == 1
    assert 2.0 <= times[changed.index(True)] <= 3.0
    assert "the screen's pictures changed" in choice.changed
    assert len(choice.looking.fields) == 2
    assert not any(choice.see(Frame(index=0, t_s=4 + t_s, grey=BOTH)) for t_s in times)


def test_a_reference_that_goes_away_is_told_and_one_that_stays_is_not_forgotten() -> None:
    choice = begun(IN_LEFT)
    seen = [choice.see(Frame(index=k, t_s=k * 0.5, grey=ALONE)) for k in range(12)]
    assert seen.count(True) == 1
    assert choice.looking.chosen == ()
    # The seam cannot be seen for a while: what stood beside still does.
    stays = begun(IN_LEFT)
    hidden = BOTH.copy()
    hidden[160:460, 330:350] = 255
    assert not any(stays.see(Frame(index=k, t_s=k * 0.5, grey=hidden)) for k in range(12))
    assert len(stays.looking.chosen) == 1


def test_a_screen_of_another_size_is_looked_at_anew_at_once() -> None:
    choice = begun(IN_RIGHT)
    small = Frame(index=1, t_s=0.1, grey=BOTH[::2, ::2].copy())
    assert choice.see(small)
    assert "size changed" in choice.changed
    assert all(each.box.x0_px + each.box.width_px <= small.grey.shape[1] for each in choice.looking.fields)
    assert not choice.see(Frame(index=2, t_s=0.2, grey=small.grey))
    choice.look_at([(20.0, 20.0)], Frame(index=3, t_s=0.3, grey=BOTH[::4, ::4].copy()))
