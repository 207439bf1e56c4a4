"""What a person reads in training. Plain text only; never safe, clear, or the like."""

from __future__ import annotations

from assistant.language import tr, translate
from assistant.lengths import UNCAL
from assistant.training.agreement import Agreement
from assistant.training.clip import ANSWERS
from assistant.training.scoring import AnswerVerdict, Score

TRAINING = tr("TRAINING")
REHEARSAL = tr("rehearsal, not counted")
ARCHIVED = tr("{0} case {1} · no live picture")
LOCKED = tr("{0} case {1} · answer locked")
STOPS_BEFORE = tr("Frame stops before the outcome")
CASE_OF = tr("Case {0} of {1}")
CLIP_RUNS = tr("Clip runs · {0}")
CLIP_STOPPED = tr("Clip stopped at {0}")
CAME_NEXT = tr("What came next · {0}")
READING = tr("The pictures are being read …")
ANSWER_KEYS = tuple(zip("123", ANSWERS, (tr("Stop"), tr("Go on"), tr("Cannot tell")), strict=True))
HONEST = tr("an honest answer counts")
WOULD_YOU = tr("Would you stop now?")
HOW_SURE = tr("How sure are you?")
WHERE = tr("Where is it going?")
SITE_CHOICE = tr("Leak seen")
SURE = {"4": 50, "5": 60, "6": 70, "7": 80, "8": 90, "9": 99}
WHERE_LATERAL = (
    ("W", "superior disc", tr("Sup. disc")),
    ("D", "posterior", tr("Posterior")),
    ("X", "inferior disc", tr("Inf. disc")),
    ("A", "anterior", tr("Anterior")),
    ("S", "stays in", tr("Stays in")),
)
WHERE_AP = (
    ("W", "superior disc", tr("Sup. disc")),
    ("D", "lateral", tr("Lateral")),
    ("X", "inferior disc", tr("Inf. disc")),
    ("A", "lateral", tr("Lateral")),
    ("S", "stays in", tr("Stays in")),
)
SHAPES = (("1", "spike", tr("Spike")), ("2", "round", tr("Round")), ("3", "undetermined", tr("Undetermined")))
LOCK = tr("Lock the answer")
HIDDEN = tr("Outcome, lines and alarms stay hidden until the answer is locked.")
HIDDEN_WITH = tr(
    "The assistant shows its lines and its figure. Outcome and alarms stay hidden until the answer is locked."
)
CHOOSE_FIRST = tr("Choose an answer first: [[training:answer 1]], [[training:answer 2]] or [[training:answer 3]].")
WATCH_TITLE = tr("Press stop when you would stop")
WATCH_NOTE = tr("The run goes on until you press, or to its end.")
SITE_TITLE = tr("Where did it leak?")
SHAPE_TITLE = tr("Which shape is it?")
STOP_NOW = tr("Stop injecting")
NEXT, SEE, FLAG = tr("Next case"), tr("See the run"), tr("Flag")
ONLY_YOU = tr("Only you see this")
FLAGGED = tr("Flagged: this case comes last from now on.")
ANSWERS_TITLE = tr("Answers to this frame")
NO_OTHERS = tr("Nobody else has answered this case here.")
AGAINST = tr("Your stop against the run")
TO_EVENT = tr("seconds to the event")
CT_TITLE = tr("After-operation CT in this case")
SIMULATED = tr("Simulated run: what happened is known, no CT.")
NO_CT = tr("No CT linked to this case.")
LABELLED = tr("Leaks as labelled by {0}.")
ONE_VIEW = tr("One view shows only part of what CT shows.")
BACK_IN = tr("This case comes back in {0}.")
NOT_KEPT = tr("Nothing of this is kept: you have not agreed to it.")
WELCOME = tr("Training with archived and simulated runs")
WELCOME_TEXT = tr(
    "You see a clip that stops before the outcome. You say whether you would stop, how sure you are, and where the "
    "cement is going. Then the run goes on.\n\n"
    "Your answers are kept on this computer under a random number, without your name, and compared with the answers "
    "of others here. You can take that back at any time ([[training:withdraw]] on the overview)."
)
WELCOME_KEYS = ("agree", "nothing")
PREPARING = tr("{0} of {1} starter cases are ready; the next ones are being made.")
NO_CASE = tr("No case can be asked here now.")
EXPORTED = tr("{0} answers written to {1}.")
LINES_SHOWN = tr(
    "The next cases are asked with the assistant's lines and figure. Some carry a wrong line on purpose; each is told "
    "once the answer is locked."
)
LINES_HIDDEN = tr("The next cases are asked without the assistant.")
PLANTED_APART = tr("Counted apart: this answer is in no other figure.")
PLANTED = tr("Some cases carry a wrong line on purpose, to see whether the picture or the line was read.")
CUT = tr("Case {0} was cut: it stops where you were. It is asked with the other new cases.")
CUT_BEGIN = tr("Case {0} was cut. Begin first, then it is asked.")
WITHDRAW_ASKED = tr("Take your answers out of every figure and keep nothing more? Press [[training:withdraw]] again.")
WITHDRAWN = tr("Your answers were taken out, and nothing more is kept.")

_HEAD = {
    AnswerVerdict.IN_TIME: tr("You stopped in time"),
    AnswerVerdict.AFTER_LINE: tr("You stopped after the line"),
    AnswerVerdict.EARLY: tr("You stopped early. Nothing was reached in this run"),
    AnswerVerdict.RIGHT_TO_GO_ON: tr("You went on, and nothing was reached soon"),
    AnswerVerdict.TRAP_SEEN: tr("This picture cannot be judged, and you saw it"),
    AnswerVerdict.TRAP_MISSED: tr("This picture could not be judged: {trap}"),
    AnswerVerdict.OPEN: tr("You could not tell"),
}


def headline(verdict: AnswerVerdict, early_s: float | None, event: str, trap: str) -> str:
    """The first line of the feedback."""
    if verdict is AnswerVerdict.WENT_ON:
        if early_s is None or early_s < 0:
            return tr("You went on. {event}", event=_begun(event)) if event else tr("You went on")
        return tr("You went on. {event} ≈ {seconds:.0f} s later", event=_begun(event), seconds=early_s)
    if verdict is AnswerVerdict.EARLY and event:
        return tr("You stopped early")
    return _HEAD[verdict].format(trap=translate(trap))


def _begun(event: str) -> str:
    """An event as the beginning of a sentence."""
    text = translate(event)
    return f"{text[:1].upper()}{text[1:]}"


def clock(seconds: float) -> str:
    """A time within a run."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def days(count: int) -> str:
    """A span of days."""
    return tr("1 day") if count == 1 else tr("{count} days", count=count)


def early_words(result: Score) -> str:
    """How early or late, in seconds and mm, or in shares of the body where there is no scale."""
    early_s = result.early_s
    parts = []
    if early_s is not None:
        parts.append(
            tr("≈ {seconds:.1f} s before", seconds=early_s)
            if early_s >= 0
            else tr("≈ {seconds:.1f} s after", seconds=-early_s)
        )
    left = result.early_mm if result.early_mm is not None else result.early_share
    if left is not None:
        length = (
            tr("≈ {left:.0f} mm", left=abs(left))
            if result.early_mm is not None
            else f"≈ {100 * abs(left):.0f} % {UNCAL}"
        )
        parts.append(
            tr("{length} before the line", length=length) if left >= 0 else tr("{length} past the line", length=length)
        )
    return ", ".join(parts)


def signed(value: float) -> str:
    """A kappa: two places, a true minus."""
    return f"{value:.2f}".replace("-", "−")


def ranged(found: Agreement) -> str:
    """The 95 % range of a kappa, with words between."""
    return tr("{low} to {high}", low=signed(found.low), high=signed(found.high))
