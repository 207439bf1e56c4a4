"""Sets of clips: put together by hand, or by a rule over site, level and difficulty that takes in later clips too."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from assistant.errors import UsageError
from assistant.library.people import Permission
from assistant.library.store import Library
from assistant.system.plain import json_text
from assistant.training.clip import Clip, clip_from_row
from assistant.training.run_outcome import DIRECTIONS


class SetRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which clips belong to a set; an empty tuple means any."""

    directions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    difficulties: tuple[int, ...] = ()
    traps: bool | None = None
    """Only technical traps, or none of them; None: both."""

    def takes(self, clip: Clip) -> bool:
        """Whether a clip belongs to the set."""
        facts = clip.facts
        return (
            (not self.directions or facts.direction in self.directions)
            and (not self.levels or facts.level in self.levels)
            and (not self.difficulties or clip.difficulty in self.difficulties)
            and (self.traps is None or bool(facts.trap) == self.traps)
        )


def make_set(library: Library, name: str, *, rule: SetRule | None = None, clips: tuple[str, ...] = ()) -> str:
    """Make a set by rule or by hand; gives its id.

    Raises
    ------
    UsageError
        If the person may not, or both or neither of rule and clips are given, or the rule can never be met.
    """
    if (rule is None) == (not clips):
        raise UsageError("a set is made either by a rule or by a list of clips")
    if not name.strip():
        raise UsageError("give the set a name")
    if rule is not None:
        unknown = [one for one in rule.directions if one not in DIRECTIONS]
        if unknown:
            raise UsageError(f"there is no direction {unknown[0]!r}; choose from {', '.join(DIRECTIONS)}")
    values: dict[str, Any] = {
        "name": name.strip()[:60],
        "rule": "" if rule is None else json_text(rule, indent=None),
        "clips": json_text(clips, indent=None),
    }
    return library.add("sets", Permission.TEACH, "make a training set", **values)


def clips_named(library: Library, text: str) -> tuple[str, ...]:
    """The clips of a list by hand, as typed: their numbers, separated by spaces or commas, ``3-7`` for a stretch.

    Raises
    ------
    UsageError
        If one of them is no number or there is no such clip.
    """
    names = {int(row["name"]): str(row["id"]) for row in library.rows("clips") if row["name"].isdecimal()}
    chosen: list[str] = []
    for part in text.replace(",", " ").split():
        first, _, last = part.partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            raise UsageError(f"cases are named by their numbers, such as 3 8 12-15, got {part!r}")
        for number in range(int(first), int(last or first) + 1):
            if number not in names:
                raise UsageError(f"there is no case {number:03d}; there are {len(names)}")
            chosen.append(names[number])
    return tuple(dict.fromkeys(chosen))


def clip_ids(library: Library, set_id: str) -> set[str]:
    """The clips of a set as it stands now.

    Raises
    ------
    UsageError
        If there is no such set.
    """
    row = library.one("sets", set_id)
    if row is None or row["deleted_ns"] is not None:
        raise UsageError(f"there is no training set {set_id}")
    if not row["rule"]:
        return set(json.loads(row["clips"]))
    rule = msgspec.json.decode(row["rule"], type=SetRule)
    return {clip["id"] for clip in library.rows("clips") if rule.takes(clip_from_row(clip))}
