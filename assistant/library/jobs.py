"""Imports and analyses in the background: one child process at a time, looked at now and then, never waited for."""

from __future__ import annotations

import json
import logging
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from assistant.errors import UsageError
from assistant.identity import session_of
from assistant.language import sentence
from assistant.library.change_log import Row
from assistant.library.child import RUN
from assistant.library.people import Permission, check_may
from assistant.library.session_rows import (
    ANALYSING,
    DONE,
    FAILED,
    NO_PLAN,
    WAITING,
    level_rows,
    moved_rows,
    of_same_recording,
    run_rows,
)
from assistant.library.store import Library
from assistant.part import FOLDER, read_part, recording_of
from assistant.recording.event_log import log_files
from assistant.recording.reading import read_head
from assistant.settings.tree import Settings, changes_of
from assistant.system.error_log import LastWords, exit_words
from assistant.system.files import put_in_place
from assistant.system.places import plan_path_of
from assistant.system.plain import json_text, read_json
from assistant.system.processes import ChildProcess, Stream, module_command, module_environment

log = logging.getLogger(__name__)
_LONGEST_LINE: Final = 1 << 20
ONE_RUN_AS_YET: Final = sentence(
    "It was one run, measured with the lines of its last level alone: now each of its levels is analysed by itself"
)
_NOT_ANALYSED: Final = {
    **{"high": None, "medium": None, "low": None, "result": None},
    **{"leak_said": "", "has_leak": 0, "analysed_by": "", "why": ""},
}
COURSE: Final = "course"
"""Kind of the jobs that make training cases, which nobody waits for."""


@dataclass(slots=True, kw_only=True)
class LibraryJob:
    """One import or analysis.

    Attributes
    ----------
    kind : str
        "bring in" or "analyse".
    name : str
        What is worked on, for the screen.
    share : float or None
        Done, 0 to 1; None while that is not known.
    error : str
        Why it failed; empty while all is well.
    message : str
        What is to be said of work that was done, besides that it was; empty for nothing.
    module : str
        What the child runs.
    finish : callable or None
        Enters what the child has said; for an analysis the queue does that itself.
    then : LibraryJob or None
        What has shown itself to be left to do: comes next.
    """

    kind: str
    name: str
    order: dict[str, Any] = field(repr=False)
    run_id: str
    case_id: str | None = None
    share: float | None = 0.0
    error: str = ""
    message: str = ""
    module: str = "assistant.library.child"
    finish: Callable[[Library, LibraryJob], None] | None = field(default=None, repr=False)
    act: Permission = Permission.IMPORT
    then: LibraryJob | None = field(default=None, repr=False)
    answer: dict[str, Any] = field(default_factory=dict, repr=False)
    is_over: bool = False


class Jobs:
    """The queue of a library. `poll` is called a few times a second by whoever has the library open.

    Parameters
    ----------
    library : Library
    settings : Settings
        Of the window or the command: each analysis works with them.
    """

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library, self.settings = library, settings
        self.held = ""
        """Why nothing is started now ("a procedure runs"); empty when it may."""
        self.finished: deque[LibraryJob] = deque(maxlen=100)
        self._wanted: deque[LibraryJob] = deque()
        self._job: LibraryJob | None = None
        self._process: ChildProcess | None = None
        self._read = b""
        self._refused: set[str] = set()
        # What was being analysed when the program ended begins anew.
        for run in library.rows("runs", state=ANALYSING):
            library.change([("runs", run["id"], {"state": WAITING})], Permission.ANSWER, "analysis", about=run["id"])

    @property
    def current(self) -> LibraryJob | None:
        """What is worked on now."""
        return self._job

    @property
    def waiting(self) -> int:
        """How many wait: imports, and runs whose analysis has not begun."""
        return len(self._wanted) + len(self.library.rows("runs", state=WAITING))

    def bring_in(self, run: str, *, copy: bool = True, case_id: str | None = None) -> LibraryJob:
        """Ask for a run to be taken into the library.

        Parameters
        ----------
        run : str
            A file or folder that `open_source` reads.
        copy : bool
            Copy it into the library; else it is only pointed to and has to stay where it is.
        case_id : str, optional
            The case that it belongs to; a new one without it.

        Raises
        ------
        UsageError
            If the person may not, or a procedure runs.
        """
        run = str(recording_of(Path(run)))
        run_id = self._run_id(Path(run))
        into = self.library.runs_folder / run_id
        order = {"do": "bring in", "run": os.path.abspath(run), "into": str(into), "copy": copy}
        order |= {"apart": True, "library": str(self.library.folder)}
        name = Path(run).name
        job = LibraryJob(kind="bring in", name=name, order=order, run_id=run_id, case_id=case_id, finish=take_in)
        return self.add(job)

    def _run_id(self, run: Path) -> str:
        """The id that a session has written into its folder, else a new one."""
        wanted = session_of(read_head(run)).run_id
        asked = {job.run_id for job in (*self._wanted, *((self._job,) if self._job is not None else ()))}
        is_free = wanted and wanted not in asked and self.library.one("runs", wanted) is None
        # What lies in the library's own folder is not brought in over itself.
        is_free = is_free and not run.resolve().is_relative_to(self.library.runs_folder.resolve())
        return wanted if is_free else self.library.new_id("runs")

    def find_again(self, run_id: str, path: str) -> LibraryJob:
        """Ask for a run that was moved to be taken from its new place: looked at first, byte for byte.

        One of several levels is shown by its recording or by its own folder in it.

        Raises
        ------
        UsageError
            If the person may not, or a procedure runs.
        """
        path = str(recording_of(Path(path)))
        into = self.library.runs_folder / f"{run_id}.found"
        order = {"do": "bring in", "run": os.path.abspath(path), "into": str(into), "copy": False, "apart": False}
        job = LibraryJob(
            kind="find", name=Path(path).name, order=order, run_id=run_id, finish=enter_new_place, act=Permission.EDIT
        )
        return self.add(job)

    def add(self, job: LibraryJob) -> LibraryJob:
        """Put work into the queue that another package knows how to finish.

        Raises
        ------
        UsageError
            If the person may not import, or a procedure runs.
        """
        check_may(self.library.who, job.act)
        if self.held:
            raise UsageError(self.held)
        self._wanted.append(job)
        running = self._job
        if running is not None and running.kind == COURSE and job.kind != COURSE:
            # What a person asks for does not wait for what the program makes for itself: that begins anew afterwards.
            self.stop()
            self._wanted.append(running)
        return job

    def poll(self) -> bool:
        """Take over what the child has said, start the next one; whether anything changed."""
        changed = False
        if self._process is not None:
            changed = self._listen()
            if self._process.poll() is not None:
                self._listen()
                self._end()
                changed = True
        if self._process is None and not self.held:
            changed = self._start_next() or changed
        return changed

    def hold(self, why: str) -> None:
        """A procedure begins: end what runs (it begins anew afterwards) and take nothing in until `let_go`."""
        self.held = why
        job = self._job
        self.stop()
        if job is not None and job.kind != "analyse":
            self._wanted.appendleft(job)

    def let_go(self) -> None:
        """The procedure is over."""
        self.held = ""

    def stop(self, wait_s: float = 5.0) -> None:
        """End the child; what it worked on begins anew next time."""
        if self._process is None:
            return
        self._process.end(wait_s, by_signal=True)
        job, self._job = self._job, None
        self._close()
        if job is not None and job.kind == "analyse":
            self._set_run(job.run_id, {"state": WAITING})

    def _start_next(self) -> bool:
        asked = next((job for job in self._wanted if job.kind != COURSE), None)
        job = asked or self._next_analysis() or (self._wanted[0] if self._wanted else None)
        if job is None:
            return False
        if job in self._wanted:
            self._wanted.remove(job)
        self._job, self._read = job, b""
        self._words = LastWords(job.kind.replace(" ", "_"))
        command = module_command(job.module, json_text(job.order, indent=None))
        self._process = ChildProcess(command, environment=module_environment(), out=Stream.PIPE, words=self._words)
        os.set_blocking(self._process.output.fileno(), False)
        if job.kind == "analyse":
            self._set_run(job.run_id, {"state": ANALYSING, "why": ""})
        return True

    def _next_analysis(self) -> LibraryJob | None:
        for run in self.library.rows("runs", state=WAITING):
            plan = plan_path(run)
            if plan is None:
                self._set_run(run["id"], {"state": NO_PLAN})
                continue
            out = self.library.runs_folder / run["id"] / "result"
            order = {"do": "analyse", "run": run["path"], "plan": str(plan), "out": str(out)}
            order |= {"settings": changes_of(self.settings)}
            return LibraryJob(
                kind="analyse", name=run["case_id"], order=order, run_id=run["id"], case_id=run["case_id"]
            )
        return None

    def _listen(self) -> bool:
        assert self._process is not None
        assert self._job is not None
        try:
            self._read += os.read(self._process.output.fileno(), 1 << 16)
        except BlockingIOError:
            return False
        *lines, self._read = self._read.split(b"\n")
        if len(self._read) > _LONGEST_LINE:
            self._read = b""
        for line in lines:
            try:
                answer = json.loads(line)
            except ValueError:
                continue  # a library that talks on standard output
            if isinstance(answer, dict):
                self._job.share = answer.get("share", self._job.share)
                self._job.answer |= {name: value for name, value in answer.items() if name != "share"}
        return bool(lines)

    def _end(self) -> None:
        assert self._process is not None
        assert self._job is not None
        status, job = self._process.returncode, self._job
        self._words.over(exit_words(status))
        self._job = None
        self._close()
        job.error = str(job.answer.get("error", "")) or (
            sentence(f"{job.name}: reading it broke off ({exit_words(status)}); the library is as it was")
            if status
            else ""
        )
        try:
            if job.finish is None:
                self._analysed(job)
            elif not job.error:
                job.finish(self.library, job)
        except Exception as error:
            job.error = job.error or str(error)
            log.exception("a background job could not be finished")
        if job.then is not None:
            self._wanted.appendleft(job.then)
        job.is_over = True
        self.finished.append(job)

    def _analysed(self, job: LibraryJob) -> None:
        result = job.answer.get("result")
        if job.error or not isinstance(result, dict):
            self._set_run(job.run_id, {"state": FAILED, "why": job.error or sentence("the analysis said nothing")})
            return
        out = str(Path(job.order["out"]) / "result.json")
        why = str(job.answer.get("why", ""))
        self._set_run(job.run_id, {**result, "state": DONE, "why": why, "result": out}, level=job.answer.get("level"))

    def _set_run(self, run_id: str, values: dict[str, Any], level: str | None = None) -> None:
        run = self.library.one("runs", run_id)
        if run is None:
            return
        rows: list[tuple[str, str, dict[str, Any]]] = [("runs", run_id, values)]
        held = self.library.one("levels", run["level_id"])
        if level and held is not None and not held["level"]:
            rows.append(("levels", held["id"], {"level": level}))
        self.library.change(rows, Permission.ANSWER, "analysis", about=run_id)

    def _close(self) -> None:
        if self._process is not None:
            self._process.output.close()
            self._words.over()
            self._process = None


def plan_path(run: Row) -> Path | None:
    """The plan of a run, beside it or in its library folder; None where there is none."""
    plan = plan_path_of(Path(run["path"]))
    return plan if plan.is_file() else None


def _case_id(library: Library, run: Path) -> str:
    """The case that a session has written into its folder: it was shown in the theatre already. Else a new one."""
    wanted = session_of(read_head(run)).case_id
    case = library.one("cases", wanted) if wanted else None
    return wanted if wanted and (case is None or case["deleted_ns"] is None) else library.new_id("cases")


def take_in(library: Library, job: LibraryJob) -> None:
    """Enter a run that was brought in: with its case and level where they are new."""
    facts = job.answer["facts"]
    folder = Path(job.order["into"])
    before = facts.pop("sha256_of_before", "")
    path = folder / RUN if job.order["copy"] else Path(job.order["run"])
    session_id = session_of(read_head(path)).session_id
    same = library.rows("runs", sha256=facts["sha256"]) or (before and library.rows("runs", sha256=before))
    # A pack that has brought the session holds its pictures as other bytes.
    same = same or (session_id and of_same_recording(library.rows("runs", session_id=session_id), facts["frames"]))
    if same:
        _remove(folder)
        job.error = sentence(f"{job.name}: is in the library already, as case {same[0]['case_id']}; nothing was added")
        if len(same) == 1 and len(facts["session"]["levels"]) > 1 and _is_one_run(same[0]):
            job.error = f"{job.error}. {ONE_RUN_AS_YET}"
            job.then = _apart_job(library, same[0])
        return
    case_id = job.case_id or _case_id(library, Path(job.order["run"]))
    rows: list[tuple[str, str, dict[str, Any]]] = []
    recorded, session, parts = facts.pop("recorded"), facts.pop("session"), facts.pop("parts")
    rehearsal = bool(session["run"]["rehearsal"])
    if library.one("cases", case_id) is None:
        origin = "simulated" if facts["has_truth"] else "rehearsal" if rehearsal else "own"
        rows.append(("cases", case_id, {"day": recorded, "origin": origin}))
    planned = _planned_level(folder, job)
    levels, level_ids = level_rows(library, case_id, session["levels"], planned, rehearsal=rehearsal)
    rows += levels
    shared = {"case_id": case_id, "is_copied": int(job.order["copy"]), "session_id": session_id}
    rows += run_rows(library, job.run_id, facts | session["run"] | shared, parts, (path, folder), level_ids)
    library.change(rows, Permission.IMPORT, "import", about=case_id)
    job.case_id = case_id


def _is_one_run(run: Row) -> bool:
    path = Path(run["path"])
    return bool(log_files(path)) and read_part(path) is None


def _apart_job(library: Library, run: Row) -> LibraryJob:
    """Makes a run of each level of a session that came in as one, measured with the lines of its last level."""
    into = library.runs_folder / f"{run['id']}.apart"
    order = {"do": "bring in", "run": run["path"], "into": str(into), "copy": False, "apart": True, "library": None}
    return LibraryJob(kind="take apart", name=run["case_id"], order=order, run_id=run["id"], finish=taken_apart)


def taken_apart(library: Library, job: LibraryJob) -> None:
    """Enter the levels of a session that was one run: its id, and what a person wrote of it, is that of the first."""
    into, recording, facts = Path(job.order["into"]), Path(job.order["run"]), job.answer["facts"]
    run, parts, session = library.one("runs", job.run_id), facts.pop("parts"), facts.pop("session")
    for name in ("sha256_of_before", "recorded"):
        facts.pop(name, None)
    if run is None or not parts:
        _remove(into)
        job.error = sentence(f"{job.name}: its recording holds one level; it stays one run")
        return
    folder = library.runs_folder / job.run_id
    folder.mkdir(parents=True, exist_ok=True)
    for part in parts:
        if part["thumbnail"]:
            put_in_place(into / part["thumbnail"], folder / part["thumbnail"])
    if parts[0]["kept"]:
        put_in_place(into / FOLDER, folder / FOLDER)
    _remove(into)
    rehearsal = bool(session["run"]["rehearsal"] or run["rehearsal"])
    rows, level_ids = level_rows(library, run["case_id"], session["levels"], None, rehearsal=rehearsal)
    kept = {name: run[name] for name in ("case_id", "is_copied", "sha256", "has_truth")}
    shared = {**facts, **session["run"], **kept, **_NOT_ANALYSED}
    shared["session_id"] = run["session_id"] or session_of(read_head(recording)).session_id
    rows += run_rows(library, job.run_id, shared, parts, (recording, folder), level_ids)
    library.change(rows, Permission.IMPORT, "take levels apart", about=run["case_id"])
    job.case_id = run["case_id"]


def enter_new_place(library: Library, job: LibraryJob) -> None:
    """Enter the new place of a run that was moved, if it is the same run."""
    _remove(Path(job.order["into"]))
    run, facts = library.one("runs", job.run_id), job.answer["facts"]
    if run is None or run["sha256"] not in (facts["sha256"], facts.get("sha256_of_before") or facts["sha256"]):
        job.error = sentence(
            f"{job.name}: is another recording (its bytes differ); the case points to its old place still"
        )
        return
    rows = moved_rows(library, run, Path(job.order["run"]), facts["sha256"])
    library.change(rows, Permission.EDIT, "run moved", about=run["case_id"])
    job.case_id = run["case_id"]


def _planned_level(folder: Path, job: LibraryJob) -> str | None:
    base = folder / RUN if job.order["copy"] else Path(job.order["run"])
    plan = plan_path_of(base)
    try:
        level = read_json(plan.read_bytes())["views"][0].get("level")
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    return level if isinstance(level, str) and len(level) <= 3 else None


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
