"""What is known of a run as a whole: its alarms with their ends, its leaks, and the rows of the events list. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from assistant import lengths
from assistant.alarm_table.row import Watched
from assistant.alarm_table.table import SITE_OF_LEAK, row_of
from assistant.language import tr, translate
from assistant.lines import Line
from assistant.plan import PlannedView
from assistant.readings.moments import Moment, view_of
from assistant.review.annotations import About, Review
from assistant.review.counting import OF_MACHINE
from assistant.review.event_list import EventRow
from assistant.review.leak_history import LeakHistory, LeakStory
from assistant.review.session_day import SECOND, XRAY, RaisedAlarm, SessionDay, SessionEvent
from assistant.shape_words import shape_words
from assistant.vocabulary import Alarm, AlarmSite, Distances, EventKind, ScreenChange, Unknown
from ui import words
from ui.review import review_words

_LINE = {
    EventKind.APPROACHING_POSTERIOR: Line.WARNING_LINE,
    EventKind.WARNING_LINE: Line.WARNING_LINE,
    EventKind.POSTERIOR_WALL: Line.POSTERIOR_WALL,
}
_ENDPLATE = {AlarmSite.SUPERIOR_ENDPLATE: Line.SUPERIOR_ENDPLATE, AlarmSite.INFERIOR_ENDPLATE: Line.INFERIOR_ENDPLATE}
_Key = tuple[EventKind, AlarmSite | None, Line | Watched, int]


class RunBook:
    """Grows with the analysis.

    Parameters
    ----------
    views : sequence of PlannedView
        The plan's: how a distance is told follows from the view in which it was measured.
    as_seen : bool
        The alarms are those of the day. How long the analysis took today is no event of the run.
    """

    def __init__(self, views: Sequence[PlannedView] = (), *, as_seen: bool = False) -> None:
        self._views, self._as_seen = views, as_seen
        self.leaks = LeakHistory()
        self.measured = False
        """Whether cement could be looked for in any picture so far."""
        self._alarms: dict[_Key, Alarm] = {}
        self._standing: tuple[Alarm, ...] = ()
        self._values: dict[_Key, str] = {}

    def take(self, moments: Iterable[Moment]) -> None:
        """Take moments that follow on those that are known."""
        taken = list(moments)
        self.leaks.take(taken)
        self.measured |= any(isinstance(moment.distances, Distances) for moment in taken)
        for moment in taken:
            if moment.standing is self._standing:
                continue
            for alarm in moment.standing:
                if not self._belongs(alarm):
                    continue
                known = self._alarms.get(_key(alarm))
                if known is None or known.last_frame is None:
                    self._alarms[_key(alarm)] = alarm
                if _key(alarm) not in self._values:
                    self._values[_key(alarm)] = _value(alarm, moment, self._views)
            self._standing = moment.standing

    def alarm_changed(self, alarm: Alarm) -> None:
        """An alarm was raised or has ended."""
        if self._belongs(alarm):
            self._alarms[_key(alarm)] = alarm

    def _belongs(self, alarm: Alarm) -> bool:
        return self._as_seen or alarm.kind not in OF_MACHINE

    def alarms(self) -> tuple[Alarm, ...]:
        """All alarms, in the order in which they were raised."""
        return tuple(sorted(self._alarms.values(), key=lambda alarm: alarm.first_frame))

    def rows(
        self,
        review: Review | None,
        time_of: Callable[[int], float],
        day: SessionDay | None = None,
        screen: Sequence[ScreenChange] = (),
    ) -> list[EventRow]:
        """The events list: alarms, changes of the screen, what was done and told on the day, notes, key images."""
        rows = [self._alarm_row(alarm, time_of(alarm.first_frame)) for alarm in self.alarms()]
        if day is not None:
            rows += [row for act in day.acts if (row := day_row(act)) is not None]
            # What was told then has rows of its own beside what is found now.
            raised = () if self._as_seen else day.alarms
            rows += [row for one in raised if (row := raised_row(one)) is not None]
        for change in screen:
            at, title = change.frame_index, review_words.SCREEN_MARK
            rows.append(
                EventRow(
                    frame=at, t_s=change.t_s, title=title, aside=translate(change.text), value="", icon="unknown view"
                )
            )
        for entry in review.standing if review is not None else ():
            if entry.about is About.NOTE:
                title, aside, icon = review_words.NOTE_MARK, entry.text, "pencil"
            elif entry.about is About.KEY_IMAGE:
                title, aside, icon = review_words.KEY_IMAGE_MARK, "", "camera"
            else:
                continue
            rows.append(
                EventRow(frame=entry.frame, t_s=time_of(entry.frame), title=title, aside=aside, value="", icon=icon)
            )
        return rows

    def _alarm_row(self, alarm: Alarm, t_s: float) -> EventRow:
        value = self._values.get(_key(alarm), "—")
        story = self._story(alarm)
        if alarm.kind is EventKind.LEAK and story is not None and story.leak.shape is not None:
            value = translate(shape_words(story.leak.shape.label, story.leak.shape.p_spike))
        return EventRow(
            frame=alarm.first_frame,
            t_s=t_s,
            title=translate(row_of(alarm).title),
            aside=words.SITE.get(alarm.site, "") if alarm.site is not None else "",
            value=value,
            priority=alarm.priority,
        )

    def _story(self, alarm: Alarm) -> LeakStory | None:
        return next((s for s in self.leaks.stories() if SITE_OF_LEAK[s.site] is alarm.site), None)


def day_row(act: SessionEvent) -> EventRow | None:
    """An act of the day as it is listed; None for what only the program cares about, or has no place in the run."""
    aside, value = "", "—"
    if act.kind == "state":
        title, icon = review_words.STATES.get(act.text, ""), "held"
    else:
        title, icon = review_words.ACTS.get(act.kind, ("", ""))
    if not title or act.frame is None or act.t_s is None or (act.kind == XRAY and not act.number):
        return None
    if act.ml is not None:
        value = f"{act.ml:.1f} ml"
    elif act.seconds is not None:
        value, aside = f"{act.seconds:.0f} s", words.SECOND_INPUT if act.input == SECOND else ""
    elif act.number is not None:
        aside = str(act.number)
    elif act.kind != "state":
        aside = translate(act.text)[:40]
    return EventRow(frame=act.frame, t_s=act.t_s, title=title, aside=aside, value=value, icon=icon)


def raised_row(alarm: RaisedAlarm) -> EventRow | None:
    """An alarm as it was told on the day; no alarm of this analysis. None where it has no place in the run."""
    if alarm.frame is None or alarm.t_s is None:
        return None
    answered = alarm.acknowledged_s
    value = review_words.NOT_ANSWERED if answered is None else review_words.ANSWERED.format(words.clock(answered))
    title = review_words.TOLD.format(translate(alarm.priority.upper()))
    return EventRow(
        frame=alarm.frame, t_s=alarm.t_s, title=title, aside=translate(alarm.headline), value=value, icon="sound"
    )


def _key(alarm: Alarm) -> _Key:
    return alarm.kind, alarm.site, row_of(alarm).watched, alarm.first_frame


def _value(alarm: Alarm, moment: Moment, views: Sequence[PlannedView]) -> str:
    """The distance that an alarm speaks of, as it stood when it was raised."""
    if not isinstance(moment.distances, Distances):
        return "—"
    line = _LINE.get(alarm.kind) or (_ENDPLATE.get(alarm.site) if alarm.site is not None else None)
    measure = None if line is None else moment.distances.mm[line]
    if line is None or measure is None or isinstance(measure, Unknown):
        return "—"
    view = view_of(moment, views)
    figure = lengths.figure(measure, view, line.of)
    return " ".join(filter(None, (figure, tr("past") if measure < 0 else "", lengths.mark(view))))
