"""Rules and acts of the page of cases, without a window: what is found, which case is chosen, what acts do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

from assistant.errors import AssistantError, UsageError
from assistant.exchange.jobs import unpack_job
from assistant.language import tr, translate
from assistant.library.change_log import Row
from assistant.library.database import list_backups
from assistant.library.database import restore as put_in_place
from assistant.library.jobs import Jobs, LibraryJob
from assistant.library.search import Filter
from assistant.library.session_rows import NO_PICTURES, stored_recording
from assistant.library.store import Library
from assistant.library.trash import empty_trash
from assistant.part import recording_of
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from ui.cases import case_forms
from ui.cases import case_words as words
from ui.cases.found_cases import FoundCases
from ui.controlling import AskedTwice, showing_errors
from ui.shared_library import SharedLibrary, log_fault
from ui.widgets.form_sheet import FormSheet

_ASKED_TWICE: Final = ("delete", "restore")
_HELD: Final = (
    "SELECT count(*) - coalesce(sum(rehearsal), 0) AS cases, coalesce(sum(rehearsal), 0) AS apart, "
    "(SELECT coalesce(sum(bytes), 0) FROM runs WHERE is_copied = 1) AS bytes FROM cases WHERE deleted_ns IS NULL"
)


class CasesView(Protocol):
    """What the controller needs of its page. The page reads what it shows from the controller."""

    def show_message(self, text: str) -> None:
        """A line above the list; empty takes it away."""

    def show_found(self) -> None:
        """The list, the filters and the counts are other than before."""

    def show_chosen(self) -> None:
        """Another case is chosen, another run of it, or none."""

    def show_work(self, text: str) -> None:
        """What goes on in the background."""

    def show_form(self, sheet: FormSheet, closed: Callable[[str], None]) -> None:
        """Ask; ``closed`` is told what was kept, empty for nothing."""

    def begin_search(self) -> None:
        """The field of the search waits for words."""

    def ask_for_runs(self, title: str, *, several: bool = False) -> list[str]:
        """The recordings that a person chooses; none where the question is left."""

    def go_to(self, page: str, thing: object) -> None:
        """Another page, and what it is to open."""


class CasesController:
    """The library as a person works with it.

    Parameters
    ----------
    settings : Settings
    room : SharedLibrary
    view : CasesView

    Attributes
    ----------
    found : FoundCases
        With the one that is chosen.
    text, which : str, Filter
        What is looked for.
    held : row or None
        Counts of the whole library; None where it is not open.
    """

    def __init__(self, settings: Settings, room: SharedLibrary, view: CasesView) -> None:
        self._settings, self._library_access, self._view = settings, room, view
        self.found = FoundCases()
        self.text, self.which = "", Filter.ALL
        self.held: Row | None = None
        self._twice = AskedTwice(view.show_message)
        self.acts: Mapping[str, Callable[[], None]] = {
            "row up": lambda: self._step(-1),
            "row down": lambda: self._step(1),
            "rows up": lambda: self._step(-8),
            "rows down": lambda: self._step(8),
            "search": view.begin_search,
            "leave": self._leave,
            "filter before": lambda: self._step_filter(-1),
            "filter next": lambda: self._step_filter(1),
            "run before": lambda: self._step_run(-1),
            "run next": lambda: self._step_run(1),
            "import": self._import,
            "import here": lambda: self._import(self.found.chosen),
            "review": self._review,
            "training": self._train,
            "ct": lambda: self._fill_in(lambda library, _, case_id: case_forms.ct_form(library, case_id)),
            "outcome": lambda: self._fill_in(lambda library, _, case_id: case_forms.outcome_form(library, case_id)),
            "edit": lambda: self._fill_in(lambda library, _, case_id: case_forms.edit_form(library, case_id)),
            "export": lambda: self._fill_in(lambda _, jobs, case_id: case_forms.export_form(jobs, case_id)),
            "find again": self._find_again,
            "delete": self._delete,
            "restore": self._restore,
            "undo": self._undo,
        }
        """Each act of the page in `ui.keys.table`, and what it does."""

    def begin(self) -> None:
        """Open the library and show it, or say why it cannot be opened."""
        if not self._library_access.open(self._settings):
            why_not = self._library_access.why_not
            self._view.show_message(f"{why_not} {words.RESTORE_KEY}" if "damaged" in why_not else why_not)
        elif fault := log_fault(self._library_access):
            self._view.show_message(fault)
        self.find()

    def enter(self) -> None:
        """Look again: other pages may have changed the library."""
        if self._library_access.library is None and self._library_access.open(self._settings):
            self._view.show_message("")
        self._library_access.take_sessions()
        self.find()

    def do(self, act: str) -> None:
        """Do an act; any other than the one that asked takes its question back."""
        if act not in _ASKED_TWICE:
            self.stop_asking()
        self.acts[act]()

    def stop_asking(self) -> None:
        """Another key came: what asks twice has to be asked anew."""
        self._twice.forget()

    def find(self) -> None:
        """Search anew and stay on the chosen case where it is still there."""
        library = self._library_access.library
        with showing_errors(self._view.show_message):
            self.found.find(library, self.text, self.which)
            self.held = None if library is None else library.ask(_HELD)[0]
            self._view.show_found()
            self._view.show_chosen()

    def go(self, row: int) -> None:
        """Choose a row."""
        self.found.go(row)
        self._view.show_chosen()

    def choose_filter(self, which: Filter) -> None:
        """Show the cases of a filter."""
        self.which = which
        self.find()

    def open_thing(self, thing: object) -> None:
        """Import a path, or show a case."""
        if isinstance(thing, str) and thing.startswith("K-"):
            self.text = ""
            self.find()
            self.go(max(self.found.row_of(thing), 0))
        elif isinstance(thing, str):
            self.bring_in([thing])

    def bring_in(self, paths: list[str], case_id: str | None = None) -> None:
        """Import runs, of new cases or one that is there, and packs."""
        jobs = self._library_access.jobs
        if jobs is None:
            self._view.show_message(self._library_access.why_not)
            return
        packs = [path for path in paths if path.lower().endswith(".zip")]
        runs = [path for path in paths if path not in packs]
        try:
            for path in packs:
                jobs.add(unpack_job(jobs.library, path))
            if jobs.held:
                raise UsageError(jobs.held)
            if runs:
                self._view.show_form(case_forms.import_form(jobs, runs, case_id), self._form_closed)
        except AssistantError as error:
            self._view.show_message(translate(error))
            return
        self.show_work()

    def show_work(self) -> None:
        """Say what goes on in the background, and what came of it."""
        jobs = self._library_access.jobs
        if jobs is None:
            return
        while jobs.finished:
            text = _job_words(jobs.finished.popleft())
            if text:
                self._view.show_message(text)
        self._view.show_work(_work_of(jobs))

    def _form_closed(self, text: str) -> None:
        if text:
            self._view.show_message(text)
            self._library_access.tell_changed()
        self.show_work()

    def _fill_in(self, sheet: Callable[[Library, Jobs, str], FormSheet]) -> None:
        library, jobs, case_id = self._library_access.library, self._library_access.jobs, self.found.chosen
        if library is not None and jobs is not None and case_id:
            self._view.show_form(sheet(library, jobs, case_id), self._form_closed)

    def _step(self, rows: int) -> None:
        self.found.step(rows)
        self._view.show_chosen()

    def _step_filter(self, step: int) -> None:
        every = list(Filter)
        self.choose_filter(every[(every.index(self.which) + step) % len(every)])

    def _step_run(self, step: int) -> None:
        self.found.step_run(step)
        self._view.show_chosen()

    def _leave(self) -> None:
        self.text = ""
        self._view.show_message("")
        self.find()

    def _import(self, case_id: str = "") -> None:
        """By dialog; with a case the runs belong to it."""
        title = (
            tr("Further recordings of {case_id}", case_id=case_id) if case_id else tr("Import recordings or case packs")
        )
        names = self._view.ask_for_runs(title, several=True)
        if names:
            self.bring_in(names, case_id or None)

    def _review(self) -> None:
        run = self.found.run
        if run is None:
            return
        if run["state"] == NO_PICTURES:
            self._view.show_message(words.NO_PICTURES_TO_OPEN)
        elif recording_of(Path(run["path"])).exists():
            self._view.go_to("review", run["path"])
        else:
            self._view.show_message(words.GONE.format(self.found.chosen, run["path"]))

    def _train(self) -> None:
        run = self.found.run
        if self.found.chosen:
            self._view.go_to("training", ("case", self.found.chosen, run["id"] if run else ""))

    def _find_again(self) -> None:
        """Show where a recording that was moved lies now."""
        run, jobs = self.found.run, self._library_access.jobs
        if run is None or jobs is None:
            return
        # One of several levels lies in its recording, which is what was moved.
        path = stored_recording(jobs.library, run)
        if path.exists():
            self._view.show_message(words.STILL_THERE.format(run["case_id"]))
            return
        for name in self._view.ask_for_runs(tr("Where is {path}?", path=path.name))[:1]:
            # A folder of pictures is shown by any file in it too.
            was_folder = not path.suffix and Path(name).is_file()
            with showing_errors(self._view.show_message):
                jobs.find_again(run["id"], str(Path(name).parent) if was_folder else name)

    def _delete(self) -> None:
        """Delete the chosen case, or empty the bin; asked twice."""
        library, case_id, in_trash = self._library_access.library, self.found.chosen, self.which is Filter.TRASH
        if library is None or not case_id:
            return
        question = words.TRASH_ASKED.format(self.found.total) if in_trash else words.DELETE_ASKED.format(case_id)
        if self._twice.asks(question):
            return
        with showing_errors(self._view.show_message):
            if in_trash:
                count, freed = empty_trash(library)
                self._view.show_message(words.trash_emptied(count, freed))
            else:
                library.delete("cases", case_id, kind="delete case")
                self._view.show_message(words.DELETED.format(case_id))
        self._library_access.tell_changed()

    def _restore(self) -> None:
        """Put the newest copy of a damaged library in its place; asked twice."""
        if self._library_access.library is not None:
            return
        with showing_errors(self._view.show_message):
            copies = list_backups(data_home())
            if not copies:
                self._view.show_message(words.NO_COPY)
            elif not self._twice.asks(words.RESTORE_ASKED.format(copies[0].name)):
                aside = put_in_place(data_home(), copies[0])
                if self._library_access.open(self._settings):
                    self._view.show_message(words.RESTORED.format(copies[0].name, aside.name))
                self._library_access.tell_changed()

    def _undo(self) -> None:
        """Take the newest change back."""
        if self._library_access.library is None:
            return
        with showing_errors(self._view.show_message):
            change = self._library_access.library.undo()
            text = (
                words.NOTHING_TO_UNDO if change is None else words.UNDONE.format(translate(change.kind), change.about)
            )
            self._view.show_message(text)
            self._library_access.tell_changed()


def _work_of(jobs: Jobs) -> str:
    """What goes on in the background, or why nothing does."""
    job = jobs.current
    if job is None:
        return translate(jobs.held) or words.IMPORTS_WAIT
    verb = words.VERBS.get(job.kind, "")
    share = "…" if job.share is None else f"{100 * job.share:.0f}"
    more = tr("{waiting} more", waiting=jobs.waiting) if jobs.waiting > 1 else ""
    return words.IMPORTING.format(f"{verb} {job.name}", share, more).strip()


def _job_words(job: LibraryJob) -> str:
    """What is said of work that is over; empty for nothing."""
    if job.error:
        return translate(job.error)
    if job.kind == "pack":
        return words.DONE_EXPORT.format(job.answer.get("written", job.name))
    if job.kind == "find":
        return words.FOUND.format(job.case_id)
    if job.message:
        return f"{job.name}: {job.message}."
    return words.DONE_IMPORT.format(job.name, job.case_id) if job.kind in ("bring in", "unpack") else ""
