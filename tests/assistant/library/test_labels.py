"""What reviewers say is found beside a run and told to the search."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.library.labels import index_for_search, leaks_of, review_of
from assistant.library.people import Permission
from assistant.library.search import search
from assistant.library.store import Library
from assistant.review.annotations import SCHEMA_BY_NUMBER, About, LeakKey, read_review
from assistant.review.saying import say

RUN = {
    "case_id": "K-1",
    "level_id": "L-1",
    "path": "/x",
    "is_copied": 0,
    "sha256": "a",
    "bytes": 1,
    "width_px": 1,
    "height_px": 1,
    "state": "done",
}


def test_words_of_before_find_their_leak_by_the_result(tmp_path: Path) -> None:
    entry = {"number": 1, "about": "yeom", "author": "a", "said_at": "", "frame": 9, "text": "C", "leak": 1}
    (tmp_path / "review.json").write_text(json.dumps({"schema": SCHEMA_BY_NUMBER, "entries": [entry]}))
    leaks = [{"site": "posterior", "first_frame": 40}, {"site": "anterior", "first_frame": 7}]
    result = tmp_path / "result.json"
    result.write_text(json.dumps({"leaks": leaks}))
    assert review_of(tmp_path, result).entries[0].key == LeakKey("anterior", 7)
    assert review_of(tmp_path).entries[0].key is None
    for content in ("", "[]", '{"leaks": [1]}'):
        result.write_text(content)
        assert leaks_of(result) == ()


def test_a_case_is_found_by_what_was_said_of_its_run(tmp_path: Path) -> None:
    review = say(read_review(tmp_path / "review.json"), About.NOTE, frame=0, who="R-7F3QD", text="Blitzkristall")
    with Library(tmp_path / "home") as library:
        rows = [("cases", "K-1", {}), ("levels", "L-1", {"case_id": "K-1"}), ("runs", "B-1", RUN)]
        library.change(rows, Permission.IMPORT, "import", about="K-1")
        assert search(library, "blitzk").total == 0
        assert index_for_search(library, "B-1", review)
        assert not index_for_search(library, "B-1", review)
        assert [case["id"] for case in search(library, "blitzk").cases] == ["K-1"]
        assert not index_for_search(library, "B-2", review)
        assert library.undo().kind == "import"  # a reviewer's words are taken back in the review alone
