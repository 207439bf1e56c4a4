"""Where a set-up stands: what was chosen, placed and said so far. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.errors import UsageError
from assistant.language import sentence, tr, translate
from assistant.live.messages import StampedFrame
from assistant.live.status import LiveStatus
from assistant.plan import Plan, plan_from_document
from assistant.run_facts import RunFacts
from assistant.setup.carried_scale import NO_LINES, KnownScale, StillDisplay, carried, same_polarity
from assistant.setup.model import SetUp, SetView, Step
from assistant.setup.sources import SourceChoice
from assistant.vocabulary import ShownPolarity, Unknown
from ui.setup.polarity import AskedPolarity
from ui.setup.scale import Scale


@dataclass(slots=True)
class SetupState:
    """The state that the acts change and the screen shows.

    Attributes
    ----------
    setup : SetUp
        Source, level, views with their points, line.
    step : Step
        The present one.
    done : set of Step
    choices, chosen : list of SourceChoice, int
        The sources that can be chosen now, and which one is.
    scale, polarity : Scale, AskedPolarity
    last_scale : KnownScale or None
        Of the level before.
    message : str
        What happened last, or what is missing; names of keys as ``[[page:act]]``.
    facts : RunFacts or None
        What the open source says it is.
    status : LiveStatus or None
        Of the session, the newest.
    waits_for_plan : bool
        The lines were handed over; the analysis has not answered yet.
    """

    setup: SetUp
    step: Step = Step.SOURCE
    done: set[Step] = field(default_factory=set)
    choices: list[SourceChoice] = field(default_factory=list)
    chosen: int = 0
    scale: Scale = field(default_factory=Scale)
    polarity: AskedPolarity = field(default_factory=AskedPolarity)
    last_scale: KnownScale | None = None
    message: str = ""
    facts: RunFacts | None = None
    status: LiveStatus | None = None
    waits_for_plan: bool = False

    @property
    def owns_picture(self) -> bool:
        """Whether the picture is the still one of this step."""
        return self.step >= Step.POINTS and self.setup.view.still is not None

    def begin_with(self, source: str) -> None:
        """Another source: nothing that was placed or said of the one before holds."""
        self.setup = SetUp(lines=self.setup.lines, source=source)
        self.scale, self.last_scale = Scale(), None
        self.done.clear()
        self.polarity = AskedPolarity()
        self.status, self.facts = None, None

    def next_level(self) -> None:
        """Another level: its points are placed anew, what was done of the level before is open again."""
        last = self.setup.views[0].known_scale
        self.last_scale = last or self.last_scale
        self.setup.views, self.setup.at = [SetView()], 0
        self.scale, self.message = Scale(), ""
        if last is not None:
            self.message = tr(
                "Scale of the last level: {scale:.4f} mm/px ({by})", scale=last.mm_per_px, by=translate(last.by)
            )
        self.done -= {Step.LEVEL, Step.POINTS, Step.SCALE, Step.LINE}

    def take_still(self, still: StampedFrame, display: StillDisplay) -> None:
        """Another picture for the present view: a scale comes with it as a proposal only, for the size it has now."""
        view = self.setup.view
        before = view.display if view.still is not None else self.setup.views[0].display
        known = view.scale_before = self._scale_elsewhere()
        if view.still is not None or view is not self.setup.views[0]:
            view.shown = view.shown if same_polarity(before, display) else ShownPolarity.NOT_KNOWN
        view.still, view.display, view.mm_per_px, view.scale_by = still, display, None, ""
        self.scale.forget_shaft()
        self.scale.typed = self.scale.by = self.scale.note = ""
        if known is None:
            return
        found = carried(known, display)
        if isinstance(found.mm_per_px, Unknown):
            self.scale.note = tr(
                "No scale is proposed: {reason}. Measure the cannula, or set the console back and take a fresh one.",
                reason=translate(found.mm_per_px.reason),
            )
        else:
            self.scale.propose(found.mm_per_px, found.by)
            if found.doubt:
                self.scale.note = tr(
                    "Was the console's zoom changed since? Not known: {reason}. If so, measure the cannula anew.",
                    reason=translate(found.doubt),
                )
        self.message = self.scale.note

    def _scale_elsewhere(self) -> KnownScale | None:
        """The scale of this view's own picture before, of the lateral one, or of the level before."""
        view, first = self.setup.view, self.setup.views[0]
        own = view.known_scale
        if own is None and view.still is not None:
            own = self.scale.known(view.display)
        if own is not None:
            return _as_before(own)
        if view.scale_before is not None:
            return view.scale_before
        if view is first:
            return None if self.last_scale is None else _as_before(self.last_scale)
        lateral = first.known_scale if view.input == first.input else None
        return None if lateral is None else replace(lateral, by=sentence(f"as lateral ({lateral.by})"))

    def lines_taken(self) -> None:
        """The session works with these lines: against their pictures the console's display is told from now on."""
        self.last_scale = None
        for view in self.setup.views:
            view.display = StillDisplay(doubt="" if view.whole else NO_LINES)
            view.scale_before = None

    def plan(self) -> Plan | None:
        """The lines as they stand; None, with the reason as the message, where they cannot be used."""
        try:
            return plan_from_document(self.setup.document(), self.setup.lines)
        except UsageError as error:
            self.message = str(error)
            return None


def _as_before(known: KnownScale) -> KnownScale:
    """Told once, however many pictures it has come along."""
    return known if known.by.startswith("as ") else replace(known, by=sentence(f"as before: {known.by}"))
