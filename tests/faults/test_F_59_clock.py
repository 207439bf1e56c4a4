"""F-59: the wall clock jumps back, summer time ends, the year is 2100: order and schedule do not break."""

import pytest

from assistant.library.people import Permission
from assistant.library.search import search
from assistant.library.store import Library
from assistant.training.clip import Clip, ClipFacts
from assistant.training.scoring import score
from assistant.training.trainer import QUESTION, AskedClip, Given, Trainer

HOUR_NS = 3600 * 10**9
TIMES_NS = [10**18, 10**18 - HOUR_NS, 10**18 + HOUR_NS, 0, 4_102_444_800 * 10**9, 2**31 * 10**9]


def test_the_order_of_changes_is_not_the_clocks(tmp_path):
    times = iter(TIMES_NS * 4)
    with Library(tmp_path, wall_ns=lambda: next(times)) as library:
        made = [library.add("cases", Permission.IMPORT, note=str(n)) for n in range(6)]
        assert [change.about for change in library.changes()] == made[::-1]
        assert library.verify() == ""
        library.undo()
        assert search(library).total == 5
        assert library.one("cases", made[-1])["deleted_ns"] is not None


@pytest.mark.parametrize("jump_ns", [-HOUR_NS, -400 * 24 * HOUR_NS, HOUR_NS, 36_500 * 24 * HOUR_NS])
def test_a_card_survives_a_jump(tmp_path, jump_ns):
    now = [10**18]
    facts = ClipFacts(begin_frame=0, stop_frame=1, end_frame=2, right="stop", direction="posterior", stop_s=0.1)
    with Library(tmp_path, wall_ns=lambda: now[0]) as library:
        desk = Trainer(library, lambda: now[0])
        person = desk.enrol(consents=True)
        clip_id = desk.add_clip(Clip(id="", name="1", run_path="run", facts=facts, difficulty=1))
        asked = AskedClip(clip=desk.clip(clip_id), is_repeat=False, is_due=False)
        given = Given(task=QUESTION, answer="stop", sure_percent=80)
        first = desk.lock(person, asked, given, score(facts, "stop", None))
        now[0] += jump_ns
        second = desk.lock(person, asked, given, score(facts, "stop", None))
        assert first >= 1
        assert 1 <= second <= 36_500
        assert len(desk.answers(person)) == 2
        assert desk.next(person, asked_now=[]) is not None
