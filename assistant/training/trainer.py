"""Who trains, which case comes next, and what is kept of an answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.errors import UsageError
from assistant.library.change_log import Row
from assistant.library.jobs import Jobs, LibraryJob
from assistant.library.people import Permission, Person, Role
from assistant.library.session_rows import THUMBNAIL
from assistant.library.store import Library
from assistant.library.who_is_here import enrol
from assistant.settings.tree import changes_of
from assistant.system.places import demo_run
from assistant.training import course, schedule
from assistant.training.clip import ANSWERS, Clip, ClipFacts, clip_from_row, facts_as_json
from assistant.training.planted import SHARE, can_carry, is_trusted
from assistant.training.schedule import Memory
from assistant.training.scoring import Score, rating

QUESTION, WATCHING, SITE, SHAPE = "question", "watching", "leak site", "shape"
"""The tasks."""
REPEAT_EVERY: Final = 6
"""So often a case comes that was answered before, without a word that it is one [P]."""
_REPEAT_AFTER: Final = 4
_DAY_NS: Final = 86_400_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedClip:
    """A clip that is asked, whether it is a hidden repeat or one that came due, and whether its line is to be wrong."""

    clip: Clip
    is_repeat: bool
    is_due: bool
    is_planted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer as it was locked; ``planted_mm``: by how much the line was wrong on purpose (None: it was not)."""

    task: str
    answer: str
    sure_percent: int | None = None
    direction: str | None = None
    pressed_frame: int | None = None
    lines_shown: bool = False
    took_s: float | None = None
    planted_mm: float | None = None


class Trainer:
    """Training over a library.

    Parameters
    ----------
    library : Library
    wall_ns : callable
    rng : Random
        Chooses hidden repeats.
    """

    def __init__(
        self, library: Library, wall_ns: Callable[[], int] = time.time_ns, rng: random.Random | None = None
    ) -> None:
        self.library = library
        self._wall_ns = wall_ns
        self._rng = rng if rng is not None else random.Random()

    def people(self) -> list[Person]:
        """All who train here."""
        return [self.library.person(row["id"]) for row in self.library.rows("people")]

    def enrol(self, name: str = "", role: Role = Role.TRAINEE, *, consents: bool, is_expert: bool = False) -> Person:
        """A new person with a random id. Who does not consent can train, and nothing of it is kept."""
        return enrol(self.library, name, role, consents=consents, is_expert=is_expert, wall_ns=self._wall_ns)

    def withdraw(self, person: Person) -> None:
        """Take the consent back: the answers go out of every figure, and nothing more is kept."""
        rows: list[tuple[str, str, dict[str, Any]]] = [("people", person.id, {"consent_ns": None})]
        now = self._wall_ns()
        for table in ("answers", "cards"):
            rows += [(table, row["id"], {"deleted_ns": now}) for row in self.library.rows(table, person_id=person.id)]
        self.library.change(rows, Permission.ANSWER, "person", about=person.id)

    def add_clip(self, clip: Clip, place: int = 0) -> str:
        """Keep a clip; gives its id."""
        id_ = clip.id or self.library.new_id("clips")
        values = {
            "run_id": clip.run_id,
            "run_path": clip.run_path,
            "name": clip.name,
            "stop_frame": clip.facts.stop_frame,
            "facts": facts_as_json(clip.facts),
            "difficulty": clip.difficulty,
            "course": clip.course,
            "place": place,
            "thumbnail": clip.thumbnail,
        }
        self.library.change([("clips", id_, values)], Permission.ANSWER, "new clip", about=id_)
        if clip.run_id is not None:
            run = self.library.one("runs", clip.run_id)
            if run is not None:
                self.library.refresh(run["case_id"])
        return id_

    def clip(self, id_: str) -> Clip | None:
        """A clip by id."""
        row = self.library.one("clips", id_)
        return None if row is None else clip_from_row(row)

    def clips(self, set_id: str | None = None) -> list[Clip]:
        """All clips, or those of a set, easy first; flagged ones last."""
        rows = self.library.ask(
            "SELECT * FROM clips WHERE deleted_ns IS NULL ORDER BY flagged, course = '', place, difficulty, number"
        )
        if set_id is not None:
            from assistant.training.sets import clip_ids

            wanted = clip_ids(self.library, set_id)
            rows = [row for row in rows if row["id"] in wanted]
        return [clip_from_row(row) for row in rows]

    def flag(self, clip_id: str) -> None:
        """Mark a case as doubtful; it comes last from now on, and the instructor sees the mark."""
        self.library.change([("clips", clip_id, {"flagged": 1})], Permission.ANSWER, "flag a clip", about=clip_id)

    def answers(self, person: Person | None = None, *, counted: bool = False, **equal: Any) -> list[Row]:
        """Answers in the order in which they were given; ``counted``: without those about a rehearsal, no patient."""
        if person is not None:
            equal["person_id"] = person.id
        rows = self.library.rows("answers", **equal)
        rehearsed = self.rehearsed() if counted else set()
        return [row for row in rows if row["clip_id"] not in rehearsed]

    def rehearsed(self) -> set[str]:
        """Ids of the clips that were cut out of a rehearsal."""
        question = "SELECT clips.id FROM clips JOIN runs ON runs.id = clips.run_id WHERE runs.rehearsal = 1"
        return {row["id"] for row in self.library.ask(question)}

    def next(
        self,
        person: Person,
        *,
        asked_now: list[str],
        set_id: str | None = None,
        task: str = QUESTION,
        lines_shown: bool = False,
    ) -> AskedClip | None:
        """The clip that is asked next; None when there is none to ask.

        What came due comes first, then new cases from easy to hard; every sixth is a hidden repeat. When all were
        answered, the one that is due soonest comes.

        Parameters
        ----------
        person : Person
        asked_now : list of str
            Ids of the clips asked in this sitting, in order.
        set_id : str, optional
        task : str
        lines_shown : bool
            The case is asked with the assistant's lines: some new ones then carry a wrong line.
        """
        clips = {clip.id: clip for clip in self.clips(set_id) if fits(clip, task)}
        now = self._wall_ns()
        cards = self.library.rows("cards", person_id=person.id, order="due_ns")
        due = [card["clip_id"] for card in cards if card["due_ns"] <= now and card["clip_id"] in clips]
        done = {row["clip_id"] for row in self.answers(person, task=task, planted_mm=None)} | set(asked_now)
        repeat = self._repeat(clips, asked_now)
        if repeat is not None:
            return AskedClip(clip=clips[repeat], is_repeat=True, is_due=False)
        for clip_id in due:
            if clip_id not in asked_now:
                return AskedClip(clip=clips[clip_id], is_repeat=False, is_due=True)
        for clip_id, clip in clips.items():
            if clip_id not in done:
                plants = lines_shown and can_carry(clip) and self._rng.random() < SHARE
                return AskedClip(clip=clip, is_repeat=False, is_due=False, is_planted=plants)
        later = [card["clip_id"] for card in cards if card["clip_id"] in clips]
        rest = [clip_id for clip_id in [*later, *clips] if clip_id not in asked_now[-_REPEAT_AFTER:]]
        return AskedClip(clip=clips[rest[0]], is_repeat=False, is_due=False) if rest else None

    def _repeat(self, clips: dict[str, Clip], asked_now: list[str]) -> str | None:
        if not asked_now or (len(asked_now) + 1) % REPEAT_EVERY:
            return None
        old = [clip_id for clip_id in asked_now[:-_REPEAT_AFTER] if clip_id in clips]
        once = [clip_id for clip_id in old if asked_now.count(clip_id) == 1]
        return self._rng.choice(once) if once else None

    def lock(self, person: Person, asked: AskedClip, given: Given, result: Score) -> int:
        """Keep an answer and work out when the case comes back; gives the days until then.

        An answer to a wrong line is kept by itself: it says nothing of how well the case is known.

        Raises
        ------
        UsageError
            If the answer is none of the task's.
        """
        if given.task == QUESTION and given.answer not in ANSWERS:
            raise UsageError(f"the answer must be one of {', '.join(ANSWERS)}, got {given.answer!r}")
        now = self._wall_ns()
        card = next(iter(self.library.rows("cards", person_id=person.id, clip_id=asked.clip.id)), None)
        grade = rating(result, given.sure_percent)
        if card is None:
            memory = schedule.first_review(grade)
        else:
            before = Memory(stability_days=card["stability_days"], difficulty=card["difficulty"])
            memory = schedule.next_review(before, grade, max(0, (now - card["last_ns"]) // _DAY_NS))
        days = schedule.interval_days(memory)
        if not person.has_consented:
            return days
        answer = {
            "person_id": person.id,
            "clip_id": asked.clip.id,
            "wall_ns": now,
            "task": given.task,
            "mode": "due" if asked.is_due else "new" if given.planted_mm is None else "planted",
            "answer": given.answer,
            "sure_percent": given.sure_percent,
            "direction": given.direction,
            "pressed_frame": given.pressed_frame,
            "is_right": int(result.is_right),
            "direction_right": None if result.direction_right is None else int(result.direction_right),
            "early_s": result.early_s,
            "early_mm": result.early_mm,
            "early_share": result.early_share,
            "is_repeat": int(asked.is_repeat),
            "lines_shown": int(given.lines_shown),
            "took_s": given.took_s,
            "planted_mm": given.planted_mm,
            "trusted": None if given.planted_mm is None else int(is_trusted(given.planted_mm, given.answer)),
        }
        rows = [("answers", self.library.new_id("answers"), answer)]
        if given.planted_mm is not None:
            self.library.change(rows, Permission.ANSWER, "answer", about=asked.clip.id)
            return 0
        card_values = {
            "person_id": person.id,
            "clip_id": asked.clip.id,
            "stability_days": memory.stability_days,
            "difficulty": memory.difficulty,
            "last_ns": now,
            "due_ns": now + days * _DAY_NS,
            "lapses": (card["lapses"] if card else 0) + (grade == schedule.AGAIN),
        }
        card_id = card["id"] if card else self.library.new_id("cards")
        self.library.change([*rows, ("cards", card_id, card_values)], Permission.ANSWER, "answer", about=asked.clip.id)
        return days

    def others(self, clip_id: str, person: Person, task: str = QUESTION) -> dict[str, dict[str, int]]:
        """How experts and colleagues answered a clip: the first answer of each, names left out."""
        experts = {each.id for each in self.people() if each.is_expert}
        made: dict[str, dict[str, int]] = {"experts": {}, "colleagues": {}}
        seen = set()
        for row in self.answers(clip_id=clip_id, task=task, planted_mm=None, counted=True):
            who = row["person_id"]
            if who == person.id or who in seen:
                continue
            seen.add(who)
            group = made["experts" if who in experts else "colleagues"]
            group[row["answer"]] = group.get(row["answer"], 0) + 1
        return made

    def others_stops_s(self, clip_id: str, person: Person) -> list[float]:
        """When experts stopped in the continuous task, in seconds before (positive) the event."""
        experts = {each.id for each in self.people() if each.is_expert}
        rows = self.answers(clip_id=clip_id, task=WATCHING, counted=True)
        return [
            row["early_s"] for row in rows if row["person_id"] in experts - {person.id} and row["early_s"] is not None
        ]


def fits(clip: Clip, task: str) -> bool:
    """Whether a task can be asked of a clip."""
    if task == WATCHING:
        return not clip.facts.trap
    if task == SITE:
        return not clip.facts.trap
    if task == SHAPE:
        return bool(clip.facts.shape)
    return True


class Starter:
    """Makes the starter course, case by case, whenever the queue of the library has nothing better to do."""

    def __init__(self, trainer: Trainer, jobs: Jobs) -> None:
        self._trainer, self._jobs = trainer, jobs
        self._given_up: set[int] = set()
        self._asked: LibraryJob | None = None

    @property
    def library(self) -> Library:
        """Where its cases are entered."""
        return self._trainer.library

    @property
    def made(self) -> int:
        """How many cases of the course can be answered."""
        return len(self._places())

    @property
    def total(self) -> int:
        """How many there will be."""
        return len(course.CASES) + 1

    def _places(self) -> set[int]:
        return {row["place"] for row in self.library.rows("clips", course=course.NAME)}

    @property
    def lacks_first(self) -> bool:
        """Whether the demonstration run is still to be looked at: it comes with the program, needs no simulating."""
        return 0 not in self._places()

    def look_at_first(self) -> ClipFacts:
        """Look at the demonstration run; a thread may, for it takes a while.

        Raises
        ------
        UsageError, InputError
            If no clip can be cut from it.
        """
        from assistant.training.course_child import look_at  # with the simulator, which the window has no need of

        return look_at(demo_run(), self._folder(0), self._jobs.settings.alarms)

    def keep_first(self, facts: ClipFacts) -> None:
        """Enter what was found in the demonstration run: it can be answered from now on."""
        if self.lacks_first:
            self._keep(0, 1, str(demo_run()), facts_as_json(facts), str(self._folder(0) / THUMBNAIL))

    def go_on(self) -> bool:
        """Ask for the next case unless one is being made; whether there is more to make."""
        if self._asked is not None and not self._asked.is_over:
            return True
        if self._asked is not None and self._asked.error:
            self._given_up.add(int(self._asked.order["place"]))
            self._asked = None
        there = self._places() | self._given_up
        line = next((each for each in course.CASES if each.place not in there), None)
        if line is None or self._jobs.held:
            return line is not None
        folder = self._folder(line.place)
        order = {"do": "course", "place": line.place, "into": str(folder)}
        order |= {"settings": changes_of(self._jobs.settings)}
        job = LibraryJob(
            kind="course",
            name=f"training case {line.place}",
            order=order,
            run_id="",
            module="assistant.training.course_child",
            finish=self._finish,
            act=Permission.ANSWER,
        )
        self._asked = self._jobs.add(job)
        return True

    def _finish(self, _library: Library, job: LibraryJob) -> None:
        place = int(job.order["place"])
        line = next(each for each in course.CASES if each.place == place)
        run = Path(job.order["into"]) / "run"
        self._keep(place, line.difficulty, str(run), str(job.answer["clip"]), str(job.answer["thumbnail"]))

    def _keep(self, place: int, difficulty: int, run: str, facts: str, thumbnail: str) -> None:
        row = {
            "run_path": run,
            "run_id": None,
            "name": f"{place + 1:03d}",
            "facts": facts,
            "difficulty": difficulty,
            "course": course.NAME,
            "thumbnail": thumbnail,
            "id": "",
        }
        self._trainer.add_clip(clip_from_row(row), place)

    def _folder(self, place: int) -> Path:
        return self.library.folder / "training" / course.NAME / f"{place:03d}"
