"""The way of one frame, from picture to alarm, read from top to bottom.

    frame -> liveness -> motion -> cement -> distances -> approach -> leaks -> alarms (handed out here) -> shapes
          -> reading

Live, replay, training and the command line run this same code; only the source and the listener differ. Nothing here
knows a thread, a screen or a disk; the clock that times the work is handed in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant import lengths
from assistant.acquisition import Acquisition, AcquisitionMemory, decide, take_picture
from assistant.alarm_table.row import PipelineRow
from assistant.alarm_table.table import with_shapes
from assistant.geometry import Crop
from assistant.imaging.xray_field import field_at, find_field
from assistant.language import sentence
from assistant.leak_shape.model_protocol import ShapeModel, model_name
from assistant.leak_shape.patch import SeenPatch
from assistant.leak_typing import LeakTyping, is_untyped
from assistant.line_maps import make_line_maps
from assistant.plan import Plan, PlannedView
from assistant.quick_steps import QuickSteps
from assistant.run_facts import RunClock
from assistant.settings.tree import Settings
from assistant.steps.alarms import AlarmInput, AlarmMemory, acknowledge, alarms_at_end, update_alarms
from assistant.steps.cement import (
    USUAL_LIMITS,
    CementLimits,
    EarlierCement,
    MaskMemory,
    PolarityWatch,
    cement_crop,
    find_cement,
    start_masking,
)
from assistant.steps.leaks import LeakMemory, all_leaks, leaks_at_end, once_a_site
from assistant.steps.liveness import ScreenWatch, SeenPictures, moves_fast, picture_with
from assistant.steps.lost_pictures import LostPictures
from assistant.steps.measures import final_measures
from assistant.steps.motion import (
    DisplayWatch,
    MotionMemory,
    Pyramid,
    SpeedMemory,
    follow,
    start_following,
    too_fast,
)
from assistant.vocabulary import (
    REPLAYED,
    Alarm,
    Approach,
    CementMask,
    Distances,
    EventKind,
    Frame,
    FrameState,
    Leak,
    LeakSite,
    Liveness,
    Measures,
    ModelIdentity,
    Motion,
    Reading,
    ScreenChange,
    Unknown,
)

_TOO_FAST = sentence("the picture moves too fast to measure")
_FAILED = sentence("this picture could not be analysed")
_NOT_YET = sentence("before the reference frame: cement is not looked for yet")
_BLENDED = sentence("the picture does not match the planned view well: it may be changing")
_CERTAIN = 0.82
"""Confidence from which a motion is believed even while the whole picture changes [P]."""
AlarmListener = Callable[[Alarm], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a whole run comes to.

    ``notes``: what the analysis assumed or could not do, in sentences for people; ``xray_s``: X-ray time of each
    exposure, None where the source's times are not known, or new pictures could not be told from held ones.
    """

    events: tuple[Alarm, ...]
    leaks: tuple[Leak, ...]
    measures: Measures
    models: tuple[ModelIdentity, ...]
    notes: tuple[str, ...] = ()
    screen_changes: tuple[ScreenChange, ...] = ()
    xray_s: tuple[float, ...] | None = None


@dataclass(slots=True, eq=False)
class _View:
    """One planned view and everything remembered of it."""

    planned: PlannedView
    quick: QuickSteps
    motion: MotionMemory
    mask: MaskMemory
    cement: CementMask | Unknown
    typing: LeakTyping
    sign: float
    """With which cement was last looked for: whether it shows dark or bright."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _PictureFindings:
    """What was found in the last new X-ray picture; a repeated frame carries it on.

    ``moves``: too fast to measure. ``grows_opposite``: something grows where cement would, with the other sign.
    ``sign_turned``: from this picture on cement is looked for with the other sign.
    """

    motion: Motion | Unknown
    cement: CementMask | Unknown
    distances: Distances | Unknown
    approach: Approach
    leaks: tuple[Leak, ...]
    moves: bool = False
    grows_opposite: bool = False
    sign_turned: bool = False


class Pipeline:
    """Takes frames in order and gives a `Reading` for each.

    Parameters
    ----------
    plan : Plan
    references : sequence of Frame
        The reference frame of each of the plan's views, in the plan's order.
    settings : Settings
    clock_ns : callable
        A monotonic clock for ``processing_ms``.
    shapes : ShapeModel, Unknown or None
        Types leaks into a disc; Unknown: why there is no model. Without one the geometric rule answers.
    clock : RunClock
        Of the run's source; by an assumed one no speed is told.
    seen : SeenPictures or None
        What the session has shown before this plan; None: nothing.
    cement_limits : CementLimits
        The numbers of the cement step: others are for trying (`assistant.evaluation`), nobody else sets them.

    Attributes
    ----------
    plan : Plan
    screen : ScreenWatch
        Which of the screen's pictures is looked at, and whether it is live.
    display : DisplayWatch
        How the console shows it: a zoom or a flip is offered, and may be taken over.
    before : EarlierCement
        Whether cement stood there before the start.
    exposures : AcquisitionMemory
        What the beam has done so far.
    acquisition : Acquisition or None
        The same at the newest X-ray picture, an unusable one too; None before the first.
    alarms : AlarmMemory
        What stands and has stood.
    """

    def __init__(
        self,
        plan: Plan,
        references: Sequence[Frame],
        settings: Settings,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
        shapes: ShapeModel | Unknown | None = None,
        clock: RunClock = RunClock.FILE,
        cement_limits: CementLimits = USUAL_LIMITS,
        seen: SeenPictures | None = None,
    ) -> None:
        self.plan, self._settings = plan, settings
        self._shapes = shapes
        self._clock_ns = clock_ns
        places = [view.centre_px for view in plan.views]
        self.lost = LostPictures()
        self.screen = ScreenWatch(settings.liveness, places, references[0], seen, _around(plan.views))
        pictures = [picture_with(view.centre_px, frame) for view, frame in zip(plan.views, references, strict=True)]
        self._polarity = PolarityWatch(plan.views, pictures, cement_limits)
        self._views = [
            _start(k, view, frame, settings, clock, self._polarity.polarity(k).sign, cement_limits)
            for k, (view, frame) in enumerate(zip(plan.views, pictures, strict=True))
        ]
        self.display = DisplayWatch(pictures, [view.body_px for view in plan.views], plan.displays)
        self.before = EarlierCement(
            [each.mask for each in self._views], [each.planned.cement_before for each in self._views]
        )
        self.exposures = AcquisitionMemory()
        self.acquisition: Acquisition | None = None
        self._timed = clock is not RunClock.ASSUMED
        self._active = 0
        self._speed = SpeedMemory()
        self.alarms = AlarmMemory()
        self._last = _nothing(sentence("no X-ray picture has been measured yet"))
        self._covered: _PictureFindings | None = None
        """What was found in the newest X-ray picture, while a torn frame (two pictures in one) or an older picture
        stands in its place."""

    def process(self, frame: Frame, on_alarm: AlarmListener | None = None) -> Reading:
        """Take one frame through all steps.

        Parameters
        ----------
        frame : Frame
            The next one of the source.
        on_alarm : callable, optional
            Told of each alarm raised or ended, before the shapes of leaks are looked at.
        """
        try:
            return self._through(frame, on_alarm)
        except Exception:
            # Whatever step failed, the first one too: what repeats this picture has no figures of an older one.
            self._last, self._covered = _nothing(_FAILED), None
            raise

    def _through(self, frame: Frame, on_alarm: AlarmListener | None) -> Reading:
        started_ns = self._clock_ns()
        # Liveness. What is no new picture goes on with the figures of the last one, or with none.
        liveness = self.lost.judge(frame) or self.screen.judge(frame)
        if liveness.may_be_new:
            doubt = bool(liveness.doubt)
            self.acquisition = take_picture(self.exposures, frame.t_s, timed=self._timed, in_doubt=doubt)
        decide(self.exposures, frame.t_s, liveness.decided, timed=self._timed)
        new_picture = liveness.state is FrameState.LIVE
        if new_picture and self.acquisition is not None:
            self._covered = None
            # What lies between two pictures whose times nobody knows is no motion.
            fast = self._timed and moves_fast(self.screen.memory)
            self._last = self._measure(frame, self.acquisition, fast=fast)
            moving = fast and not _certain(self._last.motion) and not self.display.explains
            if self._last.moves or moving:
                liveness = replace(liveness, state=FrameState.MOVING, reason=_TOO_FAST)
                self._last = _nothing(_TOO_FAST)
        elif liveness.state in (FrameState.NO_SIGNAL, FrameState.UNUSABLE) or liveness.reason == REPLAYED:
            self._covered = self._last if self._covered is None else self._covered
            self._last = _nothing(liveness.reason)
        elif self._covered is not None:
            self._last, self._covered = self._covered, None  # the newest picture is shown again
        # Nobody comes to confirm what the last picture showed, whatever is on the screen now: after a while a leak of a
        # single shot counts.
        held = () if new_picture else self._views[self._active].quick.hold(frame.t_s)
        if held and self._covered is not None:
            self._covered = replace(self._covered, leaks=(*self._covered.leaks, *held))
        elif held:
            self._last = replace(self._last, leaks=(*self._last.leaks, *held))
        alarm_input = self._alarm_input(frame, liveness, new_picture, started_ns)
        if self._covered is not None:
            alarm_input = replace(alarm_input, leaks=held)
        outcome = update_alarms(self.alarms, alarm_input, self._settings.alarms)
        # Handed out here: shapes and the sign of the picture, below, may take long or fail.
        if on_alarm is not None:
            for alarm in outcome.heard:
                on_alarm(alarm)
        if any(is_untyped(leak) for leak in self._last.leaks) and isinstance(self._last.cement, CementMask):
            typing = self._views[self._active].typing
            film_s = 0.0 if self.acquisition is None else self.acquisition.film_s
            typed = typing.typed(self._shapes, self._last.leaks, self._last.cement, frame.index, film_s)
            self._last = replace(self._last, leaks=typed)
        self._polarity.judge_due()
        return Reading(
            frame_index=frame.index,
            t_s=frame.t_s,
            liveness=liveness,
            motion=self._last.motion,
            cement=self._last.cement,
            distances=self._last.distances,
            approach=self._last.approach,
            standing=_worded(outcome.standing, self._views, self._last.leaks),
            changes=outcome.changes,
            leaks=self._last.leaks,
            processing_ms=(self._clock_ns() - started_ns) / 1e6,
            offered=self.display.offered,
            asks_before=self.before.asks,
            counts_before=self.before.counted,
            shown=self.display.shown,
        )

    def go_on_with(self, seen: SeenPictures) -> None:
        """It has caught up with a session: what that has shown is known from now on."""
        self.screen.memory.seen = seen

    def acknowledge(self, only: Collection[PipelineRow] | None = None) -> tuple[Alarm, ...]:
        """A person has seen all that stands (or ``only`` these rows), so it may end. The fresh ones."""
        return acknowledge(self.alarms, only)

    def finish(self) -> Summary:
        """Say what the run comes to; may be called at any time."""
        # Heights and the wedge angle are known in the lateral view, also when the run ends in another one.
        at = next((k for k, each in enumerate(self._views) if each.planned.is_lateral), self._active)
        last = [leak for k, each in enumerate(self._views) for leak in self._last_leaks(k, each)]
        leaks = once_a_site([*(leak for each in self._views for leak in all_leaks(each.quick.leaks)), *last])
        return Summary(
            events=with_shapes(alarms_at_end(self.alarms, last, self._settings.alarms), leaks),
            leaks=leaks,
            measures=final_measures(self._views[at].planned, self._views[at].cement, at),
            models=_models(self._shapes, leaks),
            notes=(
                *self.lost.notes,
                *self.screen.notes,
                *(self.exposures.notes if self._timed else ()),
                *self.display.notes,
                *self.before.notes,
                *_notes(self._views, self._polarity),
            ),
            screen_changes=self.screen.changes,
            xray_s=self.exposures.xray_s if self._timed and self.exposures.doubt is None else None,
        )

    def _last_leaks(self, index: int, view: _View) -> tuple[Leak, ...]:
        """What a view's last picture shows and no other has confirmed."""
        leaks, seen = leaks_at_end(view.quick.leaks), self.alarms.shown.get(index)
        if not leaks or seen is None or seen.acquisition is None or isinstance(view.cement, Unknown):
            return leaks
        return view.typing.typed(self._shapes, leaks, view.cement, seen.frame_index, seen.acquisition.film_s)

    def seen_by_model(self) -> dict[LeakSite, SeenPatch]:
        """The newest picture of each leak that the model's answer rests on; of two views the later one's."""
        seen: dict[LeakSite, SeenPatch] = {}
        for view in self._views:
            seen.update(view.typing.seen())
        return seen

    def _measure(self, frame: Frame, acquisition: Acquisition, *, fast: bool) -> _PictureFindings:
        shown = self.screen.looking.alone(frame)
        frame, motion = self._found(shown, acquisition, fast=fast)
        if isinstance(motion, Unknown):
            motion = self.screen.explained(motion)
            return _nothing(motion.reason, motion)
        if fast and not _certain(motion):
            return _nothing(_TOO_FAST)  # what is not believed must not come into the memory of the cement or the speed
        view = self._views[self._active]
        if view.motion.doubtful:
            return _nothing(_BLENDED, motion)  # behind a recursive filter half of it shows where the vertebra was
        if too_fast(self._speed, motion, view.planned.mm_per_px, acquisition):
            return replace(_nothing(_TOO_FAST), moves=True)
        # Cement, on the grid of the reference frame; then distances, approach and leaks (quick_steps.py).
        before = frame.index < view.planned.reference_frame
        self._polarity.look(self._active, frame, motion.similarity, view.mask)
        if not before:
            self.before.see(self._active)
        cement = find_cement(
            view.mask,
            frame.grey,
            motion.similarity,
            frame.t_s,
            before_injection=before,
            passed_s=acquisition.passed_s,
            began_s=acquisition.began_s,
        )
        view.cement = cement
        distances, approach, leaks = view.quick.take(cement, frame.index, acquisition)
        grows = self._polarity.grows(self._active, frame.index, view.mask, acquisition)
        turned, view.sign = view.mask.baseline.sign != view.sign, view.mask.baseline.sign
        motion = self.display.as_shown(motion, shown)
        if before:  # what stands there was not looked for: no area of 0
            return replace(_nothing(_NOT_YET, motion), grows_opposite=grows, sign_turned=turned)
        return _PictureFindings(
            motion=motion,
            cement=cement,
            distances=distances,
            approach=approach,
            leaks=leaks,
            grows_opposite=grows,
            sign_turned=turned,
        )

    def _found(self, shown: Frame, acquisition: Acquisition, *, fast: bool) -> tuple[Frame, Motion | Unknown]:
        """The picture as the plan knows it, and where the vertebra lies in that."""
        why = self.display.explain(self._active, shown, fast=fast)
        if why:
            return shown, Unknown(why)
        frame, motion = self._followed(shown, acquisition)
        judged = self.display.judge(self._active, shown, motion, certain=_certain(motion))
        return (frame, judged) if judged is not None else self._followed(shown, acquisition)

    def _followed(self, shown: Frame, acquisition: Acquisition) -> tuple[Frame, Motion | Unknown]:
        # The mask found before is left out of it: cement would drag the lines along.
        frame = self.display.as_planned(shown)
        known = self._views[self._active].cement
        cement_before = known if isinstance(known, CementMask) else None
        pyramid = Pyramid(grey=frame.grey, white=frame.white)
        memories = [each.motion for each in self._views]
        motion, self._active = follow(memories, self._active, pyramid, cement_before, acquisition)
        return frame, motion

    def _alarm_input(self, frame: Frame, liveness: Liveness, new_picture: bool, started_ns: int) -> AlarmInput:
        last = self._last
        return AlarmInput(
            frame_index=frame.index,
            t_s=frame.t_s,
            acquisition=self.acquisition,
            state=liveness.state,
            in_doubt=bool(liveness.doubt),
            new_picture=new_picture,
            view_index=None if isinstance(last.motion, Unknown) else last.motion.view_index,
            distances=last.distances,
            approach=last.approach,
            outline_sigma_mm=0.0 if isinstance(last.cement, Unknown) else last.cement.outline_sigma_mm,
            processing_ms=(self._clock_ns() - started_ns) / 1e6,
            leaks=last.leaks,
            grows_opposite=last.grows_opposite,
            sign_turned=last.sign_turned,
        )


def _notes(views: Sequence[_View], polarity: PolarityWatch) -> Iterator[str]:
    yield from (note for each in views if (note := lengths.assumption(each.planned)))
    yield from polarity.notes()
    yield from (note for each in views if (note := each.typing.fault))


def _around(views: Sequence[PlannedView]) -> Crop:
    """The bodies of the views, and a third as much again on each side of them."""
    points = np.vstack([view.body_px for view in views])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.3 * (high - low).max()
    (x0, y0), (x1, y1) = np.floor(low - margin).astype(int).tolist(), np.ceil(high + margin).astype(int).tolist()
    return Crop(x0_px=x0, y0_px=y0, width_px=x1 - x0, height_px=y1 - y0)


def _start(
    index: int,
    view: PlannedView,
    reference: Frame,
    settings: Settings,
    clock: RunClock,
    sign: float,
    limits: CementLimits,
) -> _View:
    rows, cols = reference.grey.shape
    field_mask = find_field(reference.grey, reference.white)
    crop = cement_crop(view.body_px, view.mm_per_px, cols, rows, limits)
    usable = field_at(field_mask, rows, cols, inset=0.01)
    quick = QuickSteps(
        planned=view,
        maps=make_line_maps(view, crop),
        clock=clock,
        leak_settings=settings.leaks,
        leaks=LeakMemory(view_index=index),
    )
    mask = start_masking(reference.grey, reference.white, usable, crop, view.body_px, view.mm_per_px, sign, limits)
    return _View(
        planned=view,
        quick=quick,
        motion=start_following(
            index, reference.grey, reference.white, field_mask, view.mm_per_px, view.body_px, view.centre_px
        ),
        mask=mask,
        cement=Unknown("no X-ray picture has been measured yet"),
        typing=LeakTyping(quick=quick, mask=mask),
        sign=sign,
    )


def _worded(standing: tuple[Alarm, ...], views: list[_View], leaks: tuple[Leak, ...]) -> tuple[Alarm, ...]:
    """The shape of a leak in the words of its alarm: of this picture, else as it was told before."""
    if all(alarm.kind is not EventKind.LEAK for alarm in standing):
        return standing
    return with_shapes(standing, [*(leak for view in views for leak in all_leaks(view.quick.leaks)), *leaks])


def _models(shapes: ShapeModel | Unknown | None, leaks: tuple[Leak, ...]) -> tuple[ModelIdentity, ...]:
    """The model, if an answer of it stands."""
    if shapes is None or isinstance(shapes, Unknown):
        return ()
    name = model_name(shapes.identity)
    answered = any(leak.shape is not None and leak.shape.model == name for leak in leaks)
    return (shapes.identity,) if answered else ()


def _certain(motion: Motion | Unknown) -> bool:
    return isinstance(motion, Motion) and motion.confidence >= _CERTAIN


def _nothing(reason: str, motion: Motion | Unknown | None = None) -> _PictureFindings:
    unknown = Unknown(reason)
    return _PictureFindings(
        motion=motion if motion is not None else unknown,
        cement=unknown,
        distances=unknown,
        approach=Approach(approach_mm_per_s=unknown, time_to_line_s=unknown),
        leaks=(),
    )
