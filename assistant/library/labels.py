"""What reviewers say of the runs of a library: found beside each run, told to its search."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.library.people import Permission
from assistant.library.store import Library
from assistant.review.annotations import LeakKey, Review, converted, keys_of, place_for, read_review, words_of
from assistant.system.places import data_home, demo_run
from assistant.system.plain import read_json


def review_of(run: Path, result: Path | None = None, run_id: str = "", home: Path | None = None) -> Review:
    """What was said of a run; words that named a leak by its number are given its key where its result tells it.

    Parameters
    ----------
    run : Path
    result : Path or None
        ``result.json``.
    run_id : str
        Of the library, where it is known.
    home : Path or None
        The data folder.

    Raises
    ------
    InputError
        If the review cannot be read.
    """
    place = place_for(run, data_home() if home is None else home, demo_run(), run_id)
    return converted(read_review(place), leaks_of(result))


def leaks_of(result: Path | None) -> tuple[LeakKey, ...]:
    """The leaks of a result; none where it cannot be read."""
    if result is None:
        return ()
    try:
        document: Any = read_json(result.read_bytes())
        return keys_of(document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


def index_for_search(library: Library, run_id: str, review: Review) -> bool:
    """Let the search find what stands of a run; whether anything was new to it."""
    run = library.one("runs", run_id)
    words = words_of(review.standing)
    if run is None or run["reviewed"] == words:
        return False
    library.change([("runs", run_id, {"reviewed": words})], Permission.ANSWER, "review", about=run["case_id"])
    return True
