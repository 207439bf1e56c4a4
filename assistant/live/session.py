"""One live session as the window sees it: starts the processes, hears them, keeps the state, tells what to show.

Nothing here waits: `poll` is called by the window's timer (every 16 to 33 ms) and returns at once.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from assistant.errors import EnvironmentError_, UsageError
from assistant.live.children import Nurse
from assistant.live.deck import Cell, Deck
from assistant.live.messages import (
    Child,
    Lines,
    LinesVoid,
    LiveState,
    LiveStatus,
    Message,
    Moment,
    Moved,
    PlanRefused,
    PlanTaken,
    Quiet,
    RecordingState,
    SoundOrder,
    SourceOpened,
    StampedFrame,
    StateChanged,
)
from assistant.live.orders import Acknowledge, Arm, Start, TakePlan
from assistant.plan import plan_from_document
from assistant.settings import Settings
from assistant.vocabulary import FrameState, Grey, Measure, Priority, RunFacts, Unknown

_WINDOW_S: Final = 10.0
_CLOSE_WITHIN_S: Final = 3.0


class LiveSession:
    """A live session.

    Parameters
    ----------
    source : str
        A camera ("0", "/dev/video0", "camera:0", an address), or a rehearsal: ``play:PATH``, ``loop:PATH``.
    folder : Path
        The run folder that is recorded; made if absent.
    settings : Settings
    watchdog_window : sequence of str
        Command that opens the watchdog's own window (it is kept ready, hidden); empty: sound only.
    restart : sequence of str
        Command that starts the window again after it has died; empty: nobody does.
    clock_ns : callable
        The monotonic clock that all processes share.
    """

    def __init__(
        self,
        source: str,
        folder: Path,
        settings: Settings,
        *,
        watchdog_window: Sequence[str] = (),
        restart: Sequence[str] = (),
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.source, self.folder, self._settings = source, folder, settings
        self._watchdog_window, self._restart = tuple(watchdog_window), tuple(restart)
        self._clock_ns = clock_ns
        self._deck: Deck | None = None
        self._nurses: dict[Child, Nurse] = {}
        self._lines = Lines.NONE
        self._armed = False
        self._plan_number = 0
        self._plan: TakePlan | None = None
        self._facts: RunFacts | None = None
        self._rehearsal = False
        self._moment: Moment | None = None
        self._lags_ms: deque[tuple[int, float]] = deque(maxlen=1024)
        self._news_ns: deque[int] = deque(maxlen=1024)
        self._frames_ns: deque[tuple[int, int]] = deque(maxlen=1024)
        self._state = LiveState.NO_SIGNAL
        self._since_ns = clock_ns()
        self._status: LiveStatus | None = None

    def start(self) -> None:
        """Start the processes.

        Raises
        ------
        EnvironmentError_
            If there is no room for the shared memory, or the folder cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentError_(f"{self.folder}: cannot be made ({error.strerror}); choose another") from error
        self._deck = Deck.make()
        self._deck.beat(Cell.WINDOW_BEAT)
        for child in Child:
            nurse = Nurse(child, self._deck, self._orders, self._clock_ns)
            self._nurses[child] = nurse
            nurse.begin()

    def _orders(self, epoch: int) -> Start:
        return Start(
            deck=str(self.deck.path),
            source=self.source,
            folder=str(self.folder),
            settings=self._settings,
            epoch=epoch,
        )

    @property
    def deck(self) -> Deck:
        """The shared memory.

        Raises
        ------
        UsageError
            Before `start`.
        """
        if self._deck is None:
            raise UsageError("the live session has not been started")
        return self._deck

    def stop(self) -> bool:
        """End all processes, the recording closed in order; True if all ended by themselves within three seconds."""
        if self._deck is None:
            return True
        self._deck.put(Cell.CLOSING, 1)
        until_ns = self._clock_ns() + round(_CLOSE_WITHIN_S * 1e9)
        in_order = True
        for nurse in self._nurses.values():
            in_order &= nurse.wait(max(0.0, (until_ns - self._clock_ns()) / 1e9))
            nurse.end_now()
        self._deck.remove()
        self._nurses.clear()
        return in_order

    # What the window asks at each tick -------------------------------------------------------------------------

    def poll(self) -> tuple[Message, ...]:
        """All news since the last call, in order; also looks after the children and brings `status` up to date."""
        deck = self.deck
        deck.beat(Cell.WINDOW_BEAT)
        messages: list[Message] = []
        for nurse in self._nurses.values():
            for change in nurse.look():
                messages.append(change)
                if change.child is Child.ANALYSIS and change.condition not in ("starting", "running"):
                    messages += self._analysis_lost()
        messages += [*deck.capture_says.take(), *deck.analysis_says.take(), *deck.watchdog_says.take()]
        for message in list(messages):
            self._hear(message)
        before = self._state
        self._status = self._make_status()
        if self._state is not before:
            messages.append(StateChanged(before=before, after=self._state))
        return tuple(messages)

    @property
    def status(self) -> LiveStatus:
        """Everything that is to be shown, as of the last `poll`."""
        if self._status is None:
            self._status = self._make_status()
        return self._status

    def newest_frame(self) -> StampedFrame | None:
        """A copy of the newest frame; None before the first."""
        return self.deck.ring.newest()

    @property
    def newest_index(self) -> int:
        """Number of the newest frame, without copying it; -1 before the first."""
        return self.deck.ring.newest_index

    # What the person does --------------------------------------------------------------------------------------

    def set_plan(self, document: dict[str, Any], references: Sequence[Grey]) -> int:
        """Work with a plan; its lines are unconfirmed until `confirm_lines`.

        Parameters
        ----------
        document : dict
            ``plan.json`` of the contract; ``reference_frame`` are frame numbers of this session.
        references : sequence of array
            The picture of each view's reference frame.

        Returns
        -------
        int
            The plan's number; `PlanTaken` or `PlanRefused` with it follows.

        Raises
        ------
        UsageError
            If it is no usable plan.
        EnvironmentError_
            If the reference pictures cannot be kept.
        """
        plan = plan_from_document(document, self._settings.alarms.warning_line_fraction)
        if len(references) != len(plan.views):
            raise UsageError(f"the plan has {len(plan.views)} views and {len(references)} reference pictures came")
        self._plan_number += 1
        kept = self.folder / "references"
        paths = []
        for k, grey in enumerate(references):
            path = kept / f"plan_{self._plan_number:03d}_view_{k}.png"
            _write_picture(path, grey)
            paths.append(str(path))
        self._plan = TakePlan(plan_number=self._plan_number, document=document, references=tuple(paths))
        self._moment = None
        self._lines = Lines.UNCONFIRMED
        self.deck.to_analysis.put(self._plan)
        return self._plan_number

    def confirm_lines(self) -> None:
        """The person has looked at the lines on the picture: they are right."""
        if self._plan is not None:
            self._lines = Lines.CONFIRMED

    def void_lines(self, reason: str) -> None:
        """The lines may not be right any more."""
        if self._lines is Lines.CONFIRMED:
            self._lines = Lines.UNCONFIRMED

    def arm(self, by: str = "key") -> str:
        """Injecting from now on; gives why it cannot be armed, empty when it is."""
        self._armed = True
        self.deck.put(Cell.ARMED, 1)
        self.deck.to_analysis.put(Arm(armed=True))
        return ""

    def disarm(self) -> None:
        """Not injecting any more (the window asks for a key held one second)."""
        self._armed = False
        self.deck.put(Cell.ARMED, 0)
        self.deck.to_analysis.put(Arm(armed=False))

    def acknowledge(self) -> None:
        """The person has seen what stands now: its sound is off for a minute at most."""
        self.deck.to_analysis.put(Acknowledge())

    def sound_is(self, *, available: bool, reason: str = "") -> None:
        """Whether alarm sounds can be heard, as the window knows it."""

    def note(self, kind: str, text: str = "", **data: Any) -> None:
        """Keep something that the person did or said in the event log (marks, millilitres, key images, AP looks)."""

    def clip(self, seconds: float) -> tuple[int, int] | None:
        """Mark the last seconds as a clip; its first and last frame, None before the first frame."""
        return None

    # How it hangs together -------------------------------------------------------------------------------------

    def _analysis_lost(self) -> list[Message]:
        self._moment = None
        self.deck.to_analysis.forget()
        if self._plan is not None:
            self.deck.to_analysis.put(self._plan)
        if self._lines is not Lines.CONFIRMED:
            return []
        self._lines = Lines.UNCONFIRMED
        return [LinesVoid(reason="the analysis was started again")]

    def _hear(self, message: Message) -> None:
        if isinstance(message, Moved):
            moment = message.moment
            if moment.plan_number == self._plan_number:
                self._moment = moment
            self._lags_ms.append((moment.told_ns, (moment.told_ns - moment.captured_ns) / 1e6))
            if moment.liveness.state is FrameState.LIVE:
                self._news_ns.append(moment.captured_ns)
        elif isinstance(message, SourceOpened):
            self._facts, self._rehearsal = message.facts, message.rehearsal
        elif isinstance(message, (PlanTaken, PlanRefused)):
            pass

    def _make_status(self) -> LiveStatus:
        now_ns = self._clock_ns()
        deck = self.deck
        newest = deck.ring.newest_index
        stamp = deck.ring.stamp(newest)
        unknown = Unknown("no frame has come yet")
        age_ms: Measure = unknown if stamp is None else (now_ns - stamp[0]) / 1e6
        self._judge(now_ns, age_ms)
        lags = sorted(lag for at, lag in self._lags_ms if now_ns - at < _WINDOW_S * 1e9)
        news = [at for at in self._news_ns if now_ns - at < _WINDOW_S * 1e9]
        rate: Measure = (len(news) - 1) / ((news[-1] - news[0]) / 1e9) if len(news) > 2 else Unknown("too few pictures")
        return LiveStatus(
            now_ns=now_ns,
            state=self._state,
            since_ns=self._since_ns,
            armed=self._armed,
            lines=self._lines,
            source=self._facts,
            rehearsal=self._rehearsal,
            reason="",
            frame_index=newest if newest >= 0 else None,
            frame_age_ms=age_ms,
            xray_age_s=self._moment.liveness.xray_age_s if self._moment else unknown,
            frames_per_s=self._facts.fps if self._facts and self._facts.fps else unknown,
            pictures_per_s=rate,
            lag_ms=lags[len(lags) // 2] if lags else unknown,
            lag_p95_ms=lags[int(0.95 * len(lags))] if lags else unknown,
            moment=self._moment,
            drawable=self._state is LiveState.LIVE and self._moment is not None,
            alarms=(),
            quiet=Quiet(seen_none=False, headline="NOT KNOWN", action="Confirm the lines: L"),
            sound=SoundOrder(priority=Priority.NONE, bursts=0),
            recording=RecordingState(),
            children={child: nurse.state for child, nurse in self._nurses.items()},
            push_s=unknown,
        )

    def _judge(self, now_ns: int, age_ms: Measure) -> None:
        if isinstance(age_ms, Unknown) or age_ms > 1000:
            state = LiveState.NO_SIGNAL
        elif age_ms > 250:
            state = LiveState.STALE
        elif self._lines is not Lines.CONFIRMED:
            state = LiveState.UNKNOWN_VIEW
        else:
            state = LiveState.LIVE
        if state is not self._state:
            self._state, self._since_ns = state, now_ns


def _write_picture(path: Path, grey: Grey) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        good, coded = cv2.imencode(".png", np.ascontiguousarray(grey))
        if not good:
            raise EnvironmentError_(f"{path}: the reference picture cannot be coded; take the lines again")
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        path.write_bytes(coded.tobytes())
    except OSError as error:
        raise EnvironmentError_(f"{path}: cannot be written ({error.strerror}); make room on the disk") from error
