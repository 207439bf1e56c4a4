"""What cannot be done by a slip of the finger: delete, take back, go back to a copy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.library.database import kept_backups
from assistant.library.database import restore as put_in_place
from assistant.library.search import Filter
from assistant.library.trash import empty_bin
from assistant.system.places import data_home
from ui.cases import case_words as words
from ui.run_dialog import ask_for_run

if TYPE_CHECKING:
    from ui.cases.page import CasesPage


def delete(page: CasesPage) -> None:
    """Delete the chosen case, or empty the bin; asked twice."""
    library, case_id = page.room.library, page.chosen()
    if library is None or not case_id:
        return
    in_bin = page.which is Filter.BIN
    ask = words.BIN_ASKED.format(page.model.total) if in_bin else words.DELETE_ASKED.format(case_id)
    if page.asked != ask:
        page.asked = ask
        page.tell(ask)
        return
    page.asked = ""
    try:
        if in_bin:
            count, freed = empty_bin(library)
            page.tell(words.BIN_EMPTIED.format(count, words.size(freed)))
        else:
            library.delete("cases", case_id, kind="delete case")
            page.tell(words.DELETED.format(case_id))
    except AssistantError as error:
        page.tell(str(error))
    page.room.tell_changed()


def restore(page: CasesPage) -> None:
    """Put the newest copy of a damaged library in its place; asked twice."""
    if page.room.library is not None:
        return
    try:
        copies = kept_backups(data_home())
        if not copies:
            page.tell(words.NO_COPY)
            return
        ask = words.RESTORE_ASKED.format(copies[0].name)
        if page.asked != ask:
            page.asked = ask
            page.tell(ask)
            return
        page.asked = ""
        aside = put_in_place(data_home(), copies[0])
    except AssistantError as error:
        page.tell(str(error))
        return
    if page.room.open(page.settings):
        page.tell(words.RESTORED.format(copies[0].name, aside.name))
    page.room.tell_changed()


def undo(page: CasesPage) -> None:
    """Take the newest change back."""
    if page.room.library is None:
        return
    try:
        change = page.room.library.undo()
    except AssistantError as error:
        page.tell(str(error))
        return
    page.tell(words.NOTHING_TO_UNDO if change is None else words.UNDONE.format(change.kind, change.about))
    page.room.tell_changed()


def find_again(page: CasesPage) -> None:
    """Show where a recording that was moved lies now."""
    run, jobs = page.card.run, page.room.jobs
    if run is None or jobs is None:
        return
    if Path(run["path"]).exists():
        page.tell(words.STILL_THERE.format(run["case_id"]))
        return
    name = ask_for_run(page, f"Where is {Path(run['path']).name}?")
    if name:
        # A folder of pictures is shown by any file in it too.
        was_folder = not Path(run["path"]).suffix and Path(name).is_file()
        try:
            jobs.find_again(run["id"], str(Path(name).parent) if was_folder else name)
        except AssistantError as error:
            page.tell(str(error))
