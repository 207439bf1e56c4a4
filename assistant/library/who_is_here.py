"""Who sits at this computer: a person of the library by random id, chosen by hand or enrolled with the first word."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from assistant.identity import is_id
from assistant.library import database
from assistant.library.people import LOCAL, Permission, Person, Role
from assistant.library.store import Library
from assistant.system.files import write_json
from assistant.system.plain import read_json

log = logging.getLogger(__name__)
FILE: Final = "who_is_here.json"


def enrol(
    library: Library,
    name: str = "",
    role: Role = Role.TRAINEE,
    *,
    consents: bool,
    is_expert: bool = False,
    wall_ns: Callable[[], int] = time.time_ns,
) -> Person:
    """A new person with a random id. Who does not consent can train, and nothing of it is kept."""
    id_ = library.new_id("people")
    values: dict[str, Any] = {
        "name": name.strip()[:40],
        "role": role.value,
        "consent_ns": wall_ns() if consents else None,
        "is_expert": int(is_expert),
    }
    library.change([("people", id_, values)], Permission.ANSWER, "person", about=id_)
    return library.person(id_)


def people_here(folder: Path) -> list[tuple[str, str]]:
    """Id and name of all people of a library, beside whoever has it open; who was chosen last comes first."""
    try:
        connection = database.look(folder)
        if connection is None:
            return []
        try:
            rows = connection.execute("SELECT id, name FROM people WHERE deleted_ns IS NULL ORDER BY number").fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        log.warning("the people of the library are not known: %s", error)
        return []
    chosen = _chosen(folder)
    return sorted(((row["id"], row["name"]) for row in rows), key=lambda one: one[0] != chosen)


def reviewer_here(library: Library) -> Person:
    """Who reviews here: who was chosen last, else the first person of the library, else somebody new."""
    people = people_here(library.folder)
    if people:
        return library.person(people[0][0])
    made = enrol(library, role=Role.REVIEWER, consents=False)
    choose(library.folder, made.id)
    return made


def known_here(folder: Path) -> str:
    """The id of who reviews here, without writing anything; that of `LOCAL` where nobody has said who they are."""
    people = people_here(folder)
    return people[0][0] if people else LOCAL.id


def choose(folder: Path, person_id: str) -> None:
    """Keep who sits here.

    Raises
    ------
    EnvironmentError_
        If it cannot be kept.
    """
    write_json(folder / FILE, {"person": person_id})


def _chosen(folder: Path) -> str:
    try:
        person = read_json((folder / FILE).read_bytes()).get("person")
    except (OSError, ValueError, AttributeError, RecursionError):
        return ""
    return str(person) if is_id("people", person) else ""
