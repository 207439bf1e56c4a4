"""Who works with the library: four roles, kept on this computer only. A role keeps order; it is no lock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from assistant.errors import UsageError


class Role(StrEnum):
    """What a person may do."""

    OPERATOR = "operator"  # sentences
    REVIEWER = "reviewer"  # sentences
    TRAINEE = "trainee"  # sentences
    INSTRUCTOR = "instructor"  # sentences


class Permission(StrEnum):
    """What can be done with the library."""

    IMPORT = "import a run"  # sentences
    EDIT = "change a case"  # sentences
    FIND = "enter a finding"  # sentences
    DELETE = "delete"  # sentences
    EXPORT = "export"  # sentences
    TEACH = "make a training set"  # sentences
    SEE_OTHERS = "see others' answers"  # sentences
    ANSWER = "answer a training case"  # sentences


_MAY: Final[dict[Role, frozenset[Permission]]] = {
    Role.OPERATOR: frozenset(Permission) - {Permission.SEE_OTHERS},
    Role.REVIEWER: frozenset(
        {Permission.IMPORT, Permission.EDIT, Permission.FIND, Permission.EXPORT, Permission.ANSWER}
    ),
    Role.TRAINEE: frozenset({Permission.ANSWER}),
    Role.INSTRUCTOR: frozenset(
        {
            Permission.IMPORT,
            Permission.EDIT,
            Permission.FIND,
            Permission.EXPORT,
            Permission.TEACH,
            Permission.SEE_OTHERS,
            Permission.ANSWER,
        }
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at this computer.

    Attributes
    ----------
    id : str
        Such as ``R-7F3Q``: drawn at random, shown to others in place of a name.
    name : str
        As they want to be called here; may be empty, and is never exported.
    role : Role
    has_consented : bool
        To their training answers being kept and, without their name, compared with others'.
    is_expert : bool
        Their answers count as the experts' in training.
    """

    id: str
    name: str = ""
    role: Role = Role.OPERATOR
    has_consented: bool = False
    is_expert: bool = False


LOCAL: Final = Person(id="local", role=Role.OPERATOR)
"""Whoever sits here, before anyone has said who they are."""


def check_may(person: Person, act: Permission) -> None:
    """Refuse what a role does not do.

    Raises
    ------
    UsageError
        Saying who may.
    """
    if act not in _MAY[person.role]:
        who = ", ".join(role.value for role in Role if act in _MAY[role])
        raise UsageError(f"a {person.role.value} does not {act.value}; ask someone with the role: {who}")


def may(person: Person, act: Permission) -> bool:
    """Whether a role does this."""
    return act in _MAY[person.role]
