"""Asks for report, tables, pictures and videos of the run that is open; a thread makes them, the window goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from assistant.errors import AssistantError, describe
from assistant.identity import Identity, free_name
from assistant.language import tr, translate
from assistant.library.counted import counted_runs
from assistant.library.identities import identify
from assistant.library.jobs import plan_path
from assistant.plan import read_plan
from assistant.reports import whatif_table
from assistant.review.annotations import Review
from assistant.review.opened_run import OpenedRun
from assistant.review.whatif import RunAndPlan, VariantResult, WhatIfJob
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from ui.keys.key_map import with_keys
from ui.library_access import library_of_window
from ui.review import review_words
from ui.review.bridge import Bridge
from ui.review.cards.export_panel import ExportPanel
from ui.review.export_work import WAYS, Material, Progress
from ui.review.report_pdf import CURVE_COLUMNS
from ui.review.state import ReviewState

log = logging.getLogger(__name__)
_STOP_WAIT_S = 20.0
Way = Callable[[Progress], Path]


class _StoppedError(Exception):
    """A person no longer wants it."""


class _Work:
    """One or more exports, written one after the other in a thread of their own."""

    def __init__(self, ways: Sequence[Way], notify: Callable[[str, int, str], None]) -> None:
        """``told`` is given the path that was written ("" while one is), percent done, and why not."""
        self._ways, self._notify = ways, notify
        self._percent = -1
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pictures", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """No longer wanted; what is being written is taken away again."""
        self._stopped.set()

    def wait(self) -> None:
        """Until it has ended, after a stop."""
        self._thread.join(_STOP_WAIT_S)

    def _run(self) -> None:
        try:
            for k, way in enumerate(self._ways):
                path = way(partial(self._progress, k))
                self._notify(str(path), 100 * (k + 1) // len(self._ways), "")
        except _StoppedError:
            self._notify("", 100, review_words.EXPORT_STOPPED)
        except AssistantError as error:
            self._notify("", 100, review_words.NOT_EXPORTED.format(translate(error)))
        except Exception as error:
            log.exception("an export stopped")
            why = tr("an error of the program ({error})", error=describe(error))
            self._notify("", 100, review_words.NOT_EXPORTED.format(why))

    def _progress(self, before: int, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise _StoppedError
        percent = min(99, int(100 * (before + done / max(1, total)) / len(self._ways)))
        if percent != self._percent:
            self._percent = percent
            self._notify("", percent, "")


class Exporter:
    """One wish at a time.

    Parameters
    ----------
    settings : Settings
    state : ReviewState
        Whose run is written.
    panel : ExportPanel
        Asks, and is told how it goes.
    bridge : Bridge
        Brings what the thread says into the window.
    """

    def __init__(self, settings: Settings, state: ReviewState, panel: ExportPanel, bridge: Bridge) -> None:
        self._settings, self._state, self._panel, self._bridge = settings, state, panel, bridge
        self._work: _Work | None = None
        self._wish = 0
        self._written: list[str] = []
        bridge.exported.connect(self._hear)
        panel.export_wanted.connect(self.export)
        panel.stop_wanted.connect(self.stop)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._work is not None and self._work.busy

    def forget(self) -> None:
        """Another run."""
        self._panel.show_message(review_words.EXPORT_NOTE.format(self.folder()) if self._state.run else "")

    def folder(self) -> Path:
        """Where exports go: a folder of the case and run that is open."""
        run = self._state.run
        exports = data_home() / "exports"
        return exports if run is None else exports / run.identity.folder

    def stop(self) -> None:
        """A person stops what is being written; nothing of it is left."""
        if self._work is not None:
            self._work.stop()

    def close(self) -> None:
        """The run is closed: what is being written is no longer wanted, nor heard of."""
        self.stop()
        self._wish += 1
        self._panel.set_busy(False)
        self._panel.show_message("")

    def shut(self) -> None:
        """The window goes: wait until nothing unfinished is left."""
        self.close()
        if self._work is not None:
            self._work.wait()

    def export(self, *kinds: str) -> None:
        """Write one or more of "pdf", "csv", "png", "video", "dicom"."""
        run = self._state.run
        if run is not None:
            made_of = self.material(run)
            self._begin([partial(WAYS[kind], made_of) for kind in kinds])

    def whatif_table(self, job: WhatIfJob, rows: Sequence[VariantResult]) -> None:
        """Write the what-if table: of one run into its folder, of many beside the cases."""
        kept, folder, name = tuple(rows), data_home() / "exports", "what_if_all_runs.csv"
        if len(job.runs) == 1:
            identity = self.who(job.runs[0])
            folder, name = folder / identity.folder, identity.file("what_if", ".csv")

        def way(_progress: Progress) -> Path:
            with free_name(folder, name) as path:
                whatif_table.write_table(path, job, kept, self.who)
            return path

        self._begin([way])

    def _begin(self, ways: Sequence[Way]) -> None:
        if self.busy:
            self._panel.show_message(with_keys(review_words.EXPORT_BUSY))
            return
        self._wish += 1
        self._written.clear()
        wish, emit = self._wish, self._bridge.exported.emit
        self._panel.set_busy(True)
        self._panel.show_message(review_words.EXPORTING.format(0))
        self._work = _Work(ways, lambda path, percent, failure: emit(wish, path, percent, failure))

    def _hear(self, wish: int, path: str, percent: int, failure: str) -> None:
        if wish != self._wish:
            return
        if failure:
            text = failure
        elif path:
            self._written.append(path)
            text = review_words.EXPORTED.format(", ".join([self._written[0], *map(_name, self._written[1:])]))
        else:
            text = review_words.EXPORTING.format(percent)
        self._panel.show_message(text)
        self._panel.set_busy(percent < 100)

    def runs(self, all_runs: bool) -> list[RunAndPlan]:
        """The run that is open with its plan; or all runs of the library that have one."""
        run = self._state.run
        if not all_runs:
            if run is None or run.plan is None:
                return []
            plan = run.plan_path or str(run.default_plan_path())
            return [RunAndPlan(run=run.run, plan=plan)] if Path(plan).is_file() else []
        return library_runs(self._settings)

    def who(self, pair: RunAndPlan) -> Identity:
        """Which case, level and run a recording is."""
        return who_is(pair, self._settings)

    def material(self, run: OpenedRun) -> Material:
        """What stands now; what an export is made of changes no more while it is written."""
        state = self._state
        frames = run.frame_count
        first, last = run.playhead.range
        begin = run.first_frame
        return Material(
            run=run.run,
            identity=run.identity,
            folder=self.folder(),
            facts=run.facts,
            plan=run.plan,
            moments=run.moments,
            still=run.pictures.still,
            frames=frames,
            fps=run.fps,
            playhead=run.playhead.frame,
            stretch=(begin if first is None else first, begin + frames - 1 if last is None else last),
            key_frames=tuple(state.key_frames()),
            alarms=state.book.alarms(),
            leaks=tuple(story.leak for story in state.book.leaks.stories()),
            rows=tuple(state.events.rows),
            curve=state.curves.columns(CURVE_COLUMNS, frames),
            summary=None if run.shows_as_seen else run.summary,
            review=state.review or Review(path=Path()),
            as_seen=run.shows_as_seen,
            made_by=run.made_by,
            day=run.day,
            trouble=run.failure
            or run.not_whole
            or ("" if run.ended or run.shows_as_seen else review_words.NOT_THROUGH),
        )


def _name(path: str) -> str:
    return Path(path).name


def who_is(pair: RunAndPlan, settings: Settings) -> Identity:
    """Which case, level and run a recording is."""
    try:
        plan = read_plan(Path(pair.plan), settings.alarms.warning_lines)
    except AssistantError:
        plan = None  # that it cannot be used is told by its row
    return identify(pair.run, plan)


def library_runs(settings: Settings) -> list[RunAndPlan]:
    """All runs of the library that count and have a plan, also those that it only refers to.

    They are the same ones whether the library is open here or in another window.

    Raises
    ------
    EnvironmentError_
        If the library cannot be read.
    """
    shared = library_of_window()
    shared.enter()
    try:
        shared.open(settings)  # brings one of an older version up to date; one that is open elsewhere is so already
        pairs = [(run["path"], plan_path(run)) for run in counted_runs(data_home())]
    finally:
        shared.leave()
    return [RunAndPlan(run=path, plan=str(plan)) for path, plan in pairs if plan is not None]
