"""Roles keep order: who may not is told who may."""

import pytest

from assistant.errors import UsageError
from assistant.library.people import Permission, Person, Role


@pytest.mark.parametrize(
    ("role", "act"),
    [(Role.TRAINEE, Permission.DELETE), (Role.REVIEWER, Permission.DELETE), (Role.OPERATOR, Permission.SEE_OTHERS)],
)
def test_roles_keep_order(library, role, act):
    library.who = Person(id="R-1", role=role)
    with pytest.raises(UsageError, match=f"a {role.value} does not"):
        library.change([("cases", "K-1", {})], act, "x", about="")
    assert library.changes() == []
