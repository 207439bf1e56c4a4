"""Forms of training: who trains here, and a new set."""

from __future__ import annotations

from assistant.errors import UsageError
from assistant.language import tr
from assistant.library.people import LOCAL, Person, Role
from assistant.training.run_outcome import DIRECTIONS
from assistant.training.sets import SetRule, clips_named, make_set
from assistant.training.trainer import Trainer
from ui.widgets.form_sheet import FormSheet

_NEW = "new person"  # sentences
_ANY = "any"


def people_form(trainer: Trainer, present: Person, take: list[Person]) -> FormSheet:
    """Choose who trains, or enrol somebody; the chosen person is put into ``take``."""
    people = trainer.people()
    titles = {f"{each.id}{' · ' + each.name if each.name else ''} · {each.role.value}": each for each in people}
    here = next((title for title, each in titles.items() if each.id == present.id), _NEW)

    def keep(values: dict[str, str]) -> str:
        person = titles.get(values["who"])
        if person is None:
            person = trainer.enrol(
                values["name"],
                Role(values["role"]),
                consents=values["keeps"] == "yes",
                is_expert=values["expert"] == "yes",
            )
        take.append(person)
        return tr("{id} trains now.", id=person.id)

    return FormSheet(
        title=tr("Who trains now?"),
        fields=(
            ("who", tr("Person"), here, (*titles, _NEW)),
            ("name", tr("Name (new, may be empty)"), "", ()),
            ("role", tr("Role (new)"), Role.TRAINEE.value, tuple(role.value for role in Role)),
            ("expert", tr("Counts as expert (new)"), "no", ("no", "yes")),
            ("keeps", tr("Agrees that answers are kept (new)"), "no", ("no", "yes")),
        ),
        keep=keep,
        button=tr("Take"),
        note=tr("Names stay on this computer; others see the random number only. Roles keep order, they are no lock."),
    )


def set_form(trainer: Trainer, person: Person) -> FormSheet:
    """A new set, by rule or by hand."""

    def keep(values: dict[str, str]) -> str:
        chosen = clips_named(trainer.library, values["cases"])
        rule = (
            None
            if chosen
            else SetRule(
                directions=() if values["direction"] == _ANY else (values["direction"],),
                levels=tuple(part.upper() for part in values["levels"].replace(",", " ").split()),
                difficulties=() if values["difficulty"] == _ANY else (int(values["difficulty"]),),
                traps={"any": None, "only traps": True, "no traps": False}[values["traps"]],
            )
        )
        library, before = trainer.library, trainer.library.who
        library.who = person if person.id != LOCAL.id else before
        try:
            make_set(library, values["name"], rule=rule, clips=chosen)
        finally:
            library.who = before
        return tr("The set “{name}” was made.", name=values["name"])

    return FormSheet(
        title=tr("New set"),
        fields=(
            ("name", tr("Name"), "", ()),
            ("cases", tr("By hand: case numbers"), "", ()),
            ("direction", tr("Where it goes"), _ANY, (_ANY, *DIRECTIONS)),
            ("levels", tr("Levels (empty: any)"), "", ()),
            ("difficulty", tr("Difficulty"), _ANY, (_ANY, "1", "2", "3")),
            ("traps", tr("Technical traps"), "any", ("any", "only traps", "no traps")),  # sentences
        ),
        keep=keep,
        button=tr("Make"),
        note=tr("By hand: numbers such as 3 8 101-104. With no number the rule below holds, for later cases too."),
    )


def chosen_set(trainer: Trainer, present: str | None) -> str | None:
    """The set after the present one; None stands for all cases.

    Raises
    ------
    UsageError
        If there is no set yet.
    """
    sets = [row["id"] for row in trainer.library.rows("sets")]
    if not sets:
        raise UsageError("there is no set yet; an instructor makes one")
    every = [None, *sets]
    return every[(every.index(present) + 1) % len(every)] if present in every else None
