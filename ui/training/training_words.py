"""What a person reads in training. Plain text only; never safe, clear, or the like."""

from __future__ import annotations

from assistant.lengths import UNCAL
from assistant.training.clip import ANSWERS
from assistant.training.scoring import AnswerVerdict, Score

TRAINING = "TRAINING"
REHEARSAL = "rehearsal, not counted"
ARCHIVED = "{0} case {1} · no live picture"
LOCKED = "{0} case {1} · answer locked"
STOPS_BEFORE = "Frame stops before the outcome"
CASE_OF = "Case {0} of {1}"
CLIP_RUNS = "Clip runs · {0}"
CLIP_STOPPED = "Clip stopped at {0}"
CAME_NEXT = "What came next · {0}"
READING = "The pictures are being read …"
ANSWER_KEYS = tuple(zip("123", ANSWERS, ("Stop", "Go on", "Cannot tell"), strict=True))
HONEST = "an honest answer counts"
WOULD_YOU = "Would you stop now?"
HOW_SURE = "How sure are you?"
WHERE = "Where is it going?"
SITE_CHOICE = "Leak seen"
SURE = {"4": 50, "5": 60, "6": 70, "7": 80, "8": 90, "9": 99}
WHERE_LATERAL = (
    ("W", "superior disc", "Sup. disc"),
    ("D", "posterior", "Posterior"),
    ("X", "inferior disc", "Inf. disc"),
    ("A", "anterior", "Anterior"),
    ("S", "stays in", "Stays in"),
)
WHERE_AP = (
    ("W", "superior disc", "Sup. disc"),
    ("D", "lateral", "Lateral"),
    ("X", "inferior disc", "Inf. disc"),
    ("A", "lateral", "Lateral"),
    ("S", "stays in", "Stays in"),
)
SHAPES = (("1", "spike", "Spike"), ("2", "round", "Round"), ("3", "undetermined", "Undetermined"))
LOCK = "Lock the answer"
HIDDEN = "Outcome, lines and alarms stay hidden until the answer is locked."
HIDDEN_WITH = "The assistant shows its lines and its figure. Outcome and alarms stay hidden until the answer is locked."
CHOOSE_FIRST = "Choose an answer first: [[training:answer 1]], [[training:answer 2]] or [[training:answer 3]]."
WATCH_TITLE = "Press stop when you would stop"
WATCH_NOTE = "The run goes on until you press, or to its end."
SITE_TITLE = "Where did it leak?"
SHAPE_TITLE = "Which shape is it?"
STOP_NOW = "Stop injecting"
NEXT, SEE, FLAG = "Next case", "See the run", "Flag"
ONLY_YOU = "Only you see this"
FLAGGED = "Flagged: this case comes last from now on."
ANSWERS_TITLE = "Answers to this frame"
NO_OTHERS = "Nobody else has answered this case here."
AGAINST = "Your stop against the run"
TO_EVENT = "seconds to the event"
CT_TITLE = "After-operation CT in this case"
SIMULATED = "Simulated run: what happened is known, no CT."
NO_CT = "No CT linked to this case."
LABELLED = "Leaks as labelled by {0}."
ONE_VIEW = "One view shows only part of what CT shows."
BACK_IN = "This case comes back in {0}."
NOT_KEPT = "Nothing of this is kept: you have not agreed to it."
WELCOME = "Training with archived and simulated runs"
WELCOME_TEXT = (
    "You see a clip that stops before the outcome. You say whether you would stop, how sure you are, and where the "
    "cement is going. Then the run goes on.\n\n"
    "Your answers are kept on this computer under a random number, without your name, and compared with the answers "
    "of others here. You can take that back at any time ([[training:withdraw]] on the overview)."
)
WELCOME_KEYS = ("agree", "nothing")
PREPARING = "{0} of {1} starter cases are ready; the next ones are being made."
NO_CASE = "No case can be asked here now."
EXPORTED = "{0} answers written to {1}."
LINES_SHOWN = (
    "The next cases are asked with the assistant's lines and figure. Some carry a wrong line on purpose; each is told "
    "once the answer is locked."
)
LINES_HIDDEN = "The next cases are asked without the assistant."
PLANTED_APART = "Counted apart: this answer is in no other figure."
PLANTED = "Some cases carry a wrong line on purpose, to see whether the picture or the line was read."
CUT = "Case {0} was cut: it stops where you were. It is asked with the other new cases."
CUT_BEGIN = "Case {0} was cut. Begin first, then it is asked."
WITHDRAW_ASKED = "Take your answers out of every figure and keep nothing more? Press [[training:withdraw]] again."
WITHDRAWN = "Your answers were taken out, and nothing more is kept."

_HEAD = {
    AnswerVerdict.IN_TIME: "You stopped in time",
    AnswerVerdict.AFTER_LINE: "You stopped after the line",
    AnswerVerdict.EARLY: "You stopped early. Nothing was reached in this run",
    AnswerVerdict.RIGHT_TO_GO_ON: "You went on, and nothing was reached soon",
    AnswerVerdict.TRAP_SEEN: "This picture cannot be judged, and you saw it",
    AnswerVerdict.TRAP_MISSED: "This picture could not be judged: {trap}",
    AnswerVerdict.OPEN: "You could not tell",
}


def headline(verdict: AnswerVerdict, early_s: float | None, event: str, trap: str) -> str:
    """The first line of the feedback."""
    if verdict is AnswerVerdict.WENT_ON:
        if early_s is None or early_s < 0:
            return f"You went on. {event[:1].upper()}{event[1:]}" if event else "You went on"
        return f"You went on. {event[:1].upper()}{event[1:]} ≈ {early_s:.0f} s later"
    if verdict is AnswerVerdict.EARLY and event:
        return "You stopped early"
    return _HEAD[verdict].format(trap=trap)


def clock(seconds: float) -> str:
    """A time within a run."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def days(count: int) -> str:
    """A span of days."""
    return "1 day" if count == 1 else f"{count} days"


def early_words(result: Score) -> str:
    """How early or late, in seconds and mm, or in shares of the body where there is no scale."""
    early_s = result.early_s
    parts = []
    if early_s is not None:
        parts.append(f"≈ {abs(early_s):.1f} s {'before' if early_s >= 0 else 'after'}")
    left = result.early_mm if result.early_mm is not None else result.early_share
    if left is not None:
        told = f"≈ {abs(left):.0f} mm" if result.early_mm is not None else f"≈ {100 * abs(left):.0f} % {UNCAL}"
        parts.append(f"{told} {'before the line' if left >= 0 else 'past the line'}")
    return ", ".join(parts)
