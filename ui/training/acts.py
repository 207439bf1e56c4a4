"""What the keys of the overview and the instructor's view do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QFileDialog

from assistant.errors import AssistantError
from assistant.library.outcome import finding_words
from assistant.library.people import LOCAL, Act, Person, check_may, may
from assistant.training.archive import cut_before, keep_clip, result_of, run_at, run_of_case
from assistant.training.clip import Clip, ClipFacts
from assistant.training.csv_out import answers_of, write_answers
from assistant.training.trainer import QUESTION, Desk, Starter
from ui.system.live_watch import OFFERED, Live
from ui.training import training_words as words
from ui.training.modes import ASKING, FEEDBACK, INSTRUCTOR
from ui.training.training_forms import chosen_set, people_form, set_form
from ui.widgets.form import Form

if TYPE_CHECKING:
    from ui.training.page import TrainingPage


def prepare(page: TrainingPage, starter: Starter) -> None:
    """Have the demonstration run ready as the first case; who has asked for a case meanwhile gets it then."""

    def keep(facts: ClipFacts) -> None:
        if page.starter is not starter or page.room.library is not starter.library:
            return
        starter.keep_first(facts)
        if page.waits_for_first:
            page.waits_for_first = False
            page.ask_next()

    if starter.lacks_first:
        page.first.find(starter.look_at_first, keep)


def make_way(page: TrainingPage, state: Live) -> None:
    """A live picture is offered; while injecting is on no case is shown beside it, and one that is open is put away."""
    if state is Live.ARMED and page.mode in (ASKING, FEEDBACK):
        page.show_start()
    page.tell(page.live.refusal or (OFFERED if state is Live.PICTURE else ""))


def export(page: TrainingPage) -> None:
    """The answers as a table: one's own, and everybody's for an instructor."""
    assert page.desk is not None
    teaches = may(page.person, Act.SEE_OTHERS) and page.mode == INSTRUCTOR
    name, _ = QFileDialog.getSaveFileName(page, "Answers as a table", f"{page.person.id}.csv", "CSV (*.csv)")
    if not name or page.writer.busy:
        return
    library, answers = page.desk.library, answers_of(page.desk, None if teaches else page.person, asks=page.person)

    def written(count: int) -> None:
        if page.room.library is library:
            library.note("export", f"{count} training answers")
        page.tell(words.EXPORTED.format(count, name))

    page.writer.find(lambda: write_answers(answers, Path(name)), written)


def people(page: TrainingPage) -> None:
    """Choose or enrol a person."""
    assert page.desk is not None
    taken: list[Person] = []
    form = Form(people_form(page.desk, page.person, taken))

    def closed(told: str) -> None:
        if taken:
            page.person = taken[0]
        page.close_form()
        page.show_start()
        page.tell(told)

    _show(page, form, closed)


def new_set(page: TrainingPage) -> None:
    """A set by rule or by hand, for who may teach."""
    assert page.desk is not None
    check_may(page.person, Act.TEACH)
    form = Form(set_form(page.desk, page.person))

    def closed(told: str) -> None:
        page.close_form()
        instructor(page)
        page.tell(told)

    _show(page, form, closed)


def _show(page: TrainingPage, form: Form, closed: object) -> None:
    form.closed.connect(closed)
    page.show_form(form)


def instructor(page: TrainingPage) -> None:
    """Everybody's figures, for who may see them; the look is logged."""
    assert page.desk is not None
    check_may(page.person, Act.SEE_OTHERS)
    page.desk.library.note("look at everybody's figures", page.person.id)
    page.mode = INSTRUCTOR
    page.instructor_view.show_desk(page.desk, time.time_ns())
    page.stack.setCurrentWidget(page.instructor_view)
    page.header.say("instructor · everybody by random number", f"Reader {page.person.id}")


def next_set(page: TrainingPage) -> None:
    """The cases of another set from now on."""
    assert page.desk is not None
    page.set_id = chosen_set(page.desk, page.set_id)
    row = page.desk.library.one("sets", page.set_id) if page.set_id else None
    page.tell(f"Cases of the set “{row['name']}” from now on." if row else "All cases from now on.")


def withdraw(page: TrainingPage) -> None:
    """Take the consent back; asked twice."""
    assert page.desk is not None
    if not page.asked_to_withdraw:
        page.asked_to_withdraw = True
        page.tell(words.WITHDRAW_ASKED)
        return
    page.asked_to_withdraw = False
    if page.person.id != LOCAL.id:
        page.desk.withdraw(page.person)
        page.person = page.desk.library.person(page.person.id)
    page.show_start()
    page.tell(words.WITHDRAWN)


def toggle_lines(page: TrainingPage) -> None:
    """Ask the next cases with the plan's lines on the picture, or without."""
    page.lines_shown = not page.lines_shown
    page.tell(words.LINES_SHOWN if page.lines_shown else words.LINES_HIDDEN)


def kind_of(page: TrainingPage, clip: Clip) -> str:
    """What the run of a clip is, for the header."""
    if page.desk is not None and clip.id in page.desk.rehearsed():
        return words.REHEARSAL
    return "simulated" if clip.course else "archived"


def see_run(page: TrainingPage) -> None:
    """The whole run again, with its lines."""
    if page.player is not None:
        page.player.play(page.player.ending.first_frame, page.player.ending.frames - 1)


def flag(page: TrainingPage) -> None:
    """Mark the case as doubtful."""
    if page.desk is not None and page.asked is not None:
        page.desk.flag(page.asked.clip.id)
        page.tell(words.FLAGGED)


def known_afterwards(desk: Desk, clip: Clip) -> str:
    """What is known of a case beside its run: CT findings, and who labelled its leaks."""
    run = desk.library.one("runs", clip.run_id) if clip.run_id else None
    findings = desk.library.rows("findings", case_id=run["case_id"]) if run is not None else []
    lines = [finding_words(one) for one in findings[:3]]
    if not lines:
        lines = [words.SIMULATED if clip.facts.is_truth else words.NO_CT]
    if clip.facts.labelled_by:
        lines.append(words.LABELLED.format(", ".join(clip.facts.labelled_by)))
    return "\n".join(lines)


def cut_clip(page: TrainingPage, thing: object) -> None:
    """Cut a clip out of a run, by rule (``("case", id, run)``) or where a person stopped it (``("cut", run, s)``)."""
    desk = page.desk
    if desk is None or not isinstance(thing, tuple) or thing[:1] not in (("case",), ("cut",)):
        return
    stop_s = float(thing[2]) if thing[0] == "cut" else None
    try:
        run = run_at(desk, str(thing[1])) if thing[0] == "cut" else run_of_case(desk, *map(str, thing[1:3]))
    except AssistantError as error:
        page.tell(str(error))
        return
    before = None if stop_s is not None else cut_before(desk, run)

    def ask(clip_id: str) -> None:
        if page.person.id == LOCAL.id or stop_s is not None:
            page.show_start()
            name = desk.clip(clip_id)
            page.tell((words.CUT if stop_s is not None else words.CUT_BEGIN).format(name.name if name else ""))
            return
        page.task = QUESTION
        page.ask_next(clip_id)

    if before is not None:
        ask(before)
        return
    page.tell(words.READING)
    alarms = page.settings.alarms
    page.reader.read(
        Path(run["path"]), result_of(run), lambda ending: ask(keep_clip(desk, run, ending, alarms, stop_s=stop_s))
    )
