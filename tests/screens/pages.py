"""Pictures of review, library, training, self-test and the watchdog's window, with the demo run."""

from __future__ import annotations

from assistant.library.people import Permission, Role
from assistant.review.annotations import About
from assistant.settings.tree import Settings
from assistant.system.places import demo_run
from assistant.training.trainer import Starter
from tests.screens.camera import Camera, key, settle, wait
from ui.cases.page import CasesPage
from ui.review import review_words
from ui.review.page import ReviewPage
from ui.selftest.page import SelfTestPage
from ui.shell import Shell
from ui.training.page import TrainingPage
from ui.training.view import ASKING, FEEDBACK


def _window(page: str) -> Shell:
    shell = Shell(Settings())
    shell.resize(1920, 1080)
    shell.show()
    shell.go_to(page)
    return shell


def take_review(camera: Camera) -> None:
    """The review: each card, editing, beside, difference, states of the day, export."""
    shell = _window("review")
    page = shell.page("review")
    assert isinstance(page, ReviewPage)
    camera.take("review_empty", shell)
    run = demo_run()
    assert page.open(str(run), str(run / "plan.json")), page.note.text()
    page.playing = False
    session = page.session
    assert session is not None
    wait(lambda: session.ended, 240)
    moments = session.moments
    assert moments is not None
    leaks = [k for k in range(len(moments)) if any(leak.shape for leak in (moments.at(k) or moments.at(0)).leaks)]
    at = leaks[len(leaks) * 3 // 4] if leaks else len(moments) - 30

    def go(frame: int) -> None:
        page.jump(frame)
        wait(lambda: page.picture.frame_index == frame)
        settle(300)

    go(at)
    page.reviewing.key_image()
    page.reviewing.say(About.NOTE, "cement follows the endplate")
    go(at - 40)
    page.reviewing.key_image()
    go(at)
    key(shell, "Z")
    for k, name in enumerate(review_words.TABS):
        page.cards.show_card(name)
        if name == review_words.TABS[2]:
            page.measure.choose("distance")
            page.state.board.points["distance"] = [(200.0, 200.0), (260.0, 210.0)]
        settle(200)
        camera.take(f"review_{k + 1}_{name.lower()}", shell)
        page.measure.choose("")
        page.state.board.clear()
    page.cards.show_card(review_words.TABS[0])
    key(shell, "C")
    camera.take("review_beside", shell, lambda: settle(200))
    key(shell, "C")
    key(shell, "D")
    camera.take("review_difference", shell, lambda: settle(200))
    key(shell, "D")
    page.exporter.export("pdf")
    wait(lambda: not page.exporter.busy)
    camera.take("review_exported", shell, lambda: _export_card(page))
    page.cards.show_card(review_words.TABS[0])
    page.controller.edit_plan()
    camera.take("review_points", shell, lambda: settle(200))
    key(shell, "Escape")
    page.do("bare")
    camera.take("review_bare", shell)
    page.do("bare")
    shell.close()


def _export_card(page: ReviewPage) -> None:
    if review_words.EXPORT in page.cards.names():
        page.cards.show_card(review_words.EXPORT)


def take_cases(camera: Camera) -> None:
    """The library: empty, with cases, each form, deleted ones, no match."""
    shell = _window("cases")
    page = shell.page("cases")
    assert isinstance(page, CasesPage)
    camera.take("cases_empty", shell)
    jobs, library = page.library_access.jobs, page.library_access.library
    assert jobs is not None
    assert library is not None
    job = jobs.bring_in(str(demo_run()))
    wait(lambda: job.is_over, 120)
    wait(lambda: library.rows("runs")[0]["state"] == "done", 240)
    for n, (day, note) in enumerate(
        (("2026-11-10", "follow-up in March"), ("2026-11-12", ""), ("2026-11-19", "two levels"))
    ):
        case_id = library.add("cases", Permission.IMPORT, day=day, note=note, tags="teaching" if n == 1 else "")
        library.add("levels", Permission.EDIT, case_id=case_id, level=("L2", "T12", "L1")[n])
    page.library_access.tell_changed()
    settle(400)
    key(shell, "End")
    page.controller.go(page.controller.found.total - 1)
    camera.take("cases_list", shell, lambda: settle(200))
    for act in ("ct", "outcome", "export", "edit"):
        page.do(act)
        camera.take(f"cases_form_{act}", shell, lambda: settle(150))
        key(shell, "Escape")
    page.search.setText("nothing like this")
    settle(400)
    camera.take("cases_no_match", shell)
    page.search.clear()
    settle(300)
    key(shell, "Delete")
    camera.take("cases_delete_asked", shell)
    shell.close()


def take_training(camera: Camera) -> None:
    """Training: welcome, each task, feedback, overview, instructor's view."""
    go_on = Starter.go_on
    Starter.go_on = lambda _self: True  # the course would be made meanwhile
    try:
        _training(camera)
    finally:
        Starter.go_on = go_on


def _training(camera: Camera) -> None:
    shell = _window("training")
    page = shell.page("training")
    assert isinstance(page, TrainingPage)
    wait(lambda: page.controller.starter is not None and page.controller.starter.made == 1)
    camera.take("training_1_welcome", shell)

    def asked() -> None:
        wait(lambda: page.controller.front.mode == ASKING and page.view.frame_index >= 0)
        settle(300)

    key(shell, "Return")
    asked()
    camera.take("training_2_clip_runs", shell, lambda: settle(100))
    key(shell, "Return")
    settle(500)
    key(shell, "1", "7", "D")
    camera.take("training_3_question", shell, lambda: settle(200))
    key(shell, "Return")
    wait(lambda: page.controller.front.mode == FEEDBACK)
    wait(lambda: page.controller.sitting.case is not None and page.controller.sitting.case.player.at_end, 60)
    camera.take("training_4_feedback", shell, lambda: settle(200))
    key(shell, "Escape")
    settle(300)
    camera.take("training_5_overview", shell, lambda: settle(150))
    for act, name in (("watch", "watching"), ("site", "site"), ("shape", "shape")):
        page.do(act)
        wait(lambda: not page.reader.busy, 60)
        settle(800)
        if act != "watch":
            key(shell, "Return")
            settle(400)
        camera.take(f"training_6_{name}", shell, lambda: settle(50))
        key(shell, "Escape")
        settle(200)
    page.do("who")
    camera.take("training_7_people", shell, lambda: settle(100))
    key(shell, "Escape")
    assert page.controller.trainer is not None
    page.controller.sitting.person = page.controller.trainer.enrol(role=Role.INSTRUCTOR, consents=True)
    page.do("instructor")
    camera.take("training_8_instructor", shell, lambda: settle(100))
    shell.close()


def take_selftest(camera: Camera) -> None:
    """The self-test: waiting for the sound's answer, answered, keys, model cards."""
    shell = _window("selftest")
    page = shell.page("selftest")
    assert isinstance(page, SelfTestPage)
    wait(lambda: not page.controller.running and page.controller.may_sign() is not None, 180)
    settle(400)
    camera.take("selftest_1_checked", shell)
    for name, k in (("2_keys", "K"), ("3_model_cards", "C")):
        key(shell, k)
        settle(500)
        camera.take(f"selftest_{name}", shell, lambda: settle(150))
        key(shell, "Escape")
    shell.close()
