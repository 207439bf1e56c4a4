"""Who sits here is a person of the library by random id, never the account of the computer."""

from __future__ import annotations

from pathlib import Path

from assistant.identity import is_id
from assistant.library.people import LOCAL, Role
from assistant.library.store import Library
from assistant.library.who_is_here import choose, enrol, known_here, people_here, reviewer_here


def test_the_first_reviewer_is_enrolled_and_stays(tmp_path: Path) -> None:
    assert known_here(tmp_path) == LOCAL.id
    with Library(tmp_path) as library:
        first = reviewer_here(library)
        assert is_id("people", first.id)
        assert first.role is Role.REVIEWER
        assert not first.has_consented
        assert reviewer_here(library) == first
    assert known_here(tmp_path) == first.id


def test_who_was_chosen_last_reviews(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        first = enrol(library, "Anna", consents=True)
        second = enrol(library, "Ben", Role.REVIEWER, consents=False)
        assert reviewer_here(library) == first
        choose(tmp_path, second.id)
        assert reviewer_here(library) == second
        assert people_here(tmp_path) == [(second.id, "Ben"), (first.id, "Anna")]  # also while the library is open


def test_a_file_that_is_none_of_ours_chooses_nobody(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        first = enrol(library, consents=False)
        for content in ("", "[]", '{"person": "../x"}', '{"person": "R-ZZZZZ"}'):
            (tmp_path / "who_is_here.json").write_text(content)
            assert reviewer_here(library) == first
