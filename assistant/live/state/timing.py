"""How fast pictures come and how late their analysis is: short memories of times, all in monotonic nanoseconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from assistant.acquisition import AcquisitionMemory, decide, take_picture
from assistant.live.messages import LiveMoment
from assistant.vocabulary import Measure, Unknown

_LAG_WINDOW_NS: Final = 10_000_000_000
_RATE_WINDOW_NS: Final = 3_000_000_000
_LONGEST_PULSE_NS: Final = 1_500_000_000
_BREAK_NS: Final = 1_000_000_000
_PAUSE_NS: Final = 200_000_000
"""A source that gives nothing for longer has paused, if the analysis had seen all that came before.

After a break nothing is known until the analysis has seen a picture: no pause then."""
_MOST: Final = 2048


@dataclass(slots=True)
class FrameTiming:
    """What has been seen of the times of frames and moments."""

    _frames: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_MOST))
    _exposures: AcquisitionMemory = field(default_factory=AcquisitionMemory)
    _newest_ns: int | None = None
    _in_doubt: str = ""
    """Why it cannot be told whether the newest picture is a new one."""
    _lags: deque[tuple[int, float, int]] = field(default_factory=lambda: deque(maxlen=_MOST))
    _resumed_ns: int = 0

    def see_frame(self, index: int, captured_ns: int, analysed_ns: int | None = None) -> None:
        """The newest frame, as often as it is looked at, and when the newest analysed one was grabbed."""
        if self._frames and index < self._frames[-1][0]:
            self._frames.clear()
        if not self._frames or index > self._frames[-1][0]:
            if self._frames and analysed_ns is not None:
                last_index, last_ns = self._frames[-1]
                paused = index == last_index + 1 and _PAUSE_NS < captured_ns - last_ns <= _BREAK_NS
                if paused and analysed_ns >= last_ns:
                    self._resumed_ns = captured_ns
            self._frames.append((index, captured_ns))

    def waited_since_ns(self, analysed_ns: int) -> int:
        """Since when the analysis has had something to do: a pause of the source is not its delay."""
        return max(analysed_ns, self._resumed_ns)

    def see_moment(self, moment: LiveMoment) -> None:
        """Every moment that comes."""
        self._lags.append((moment.finished_ns, (moment.finished_ns - moment.captured_ns) / 1e6, moment.skipped))
        is_later = self._newest_ns is None or moment.captured_ns > self._newest_ns
        if moment.liveness.may_be_new and is_later:
            self._newest_ns, self._in_doubt = moment.captured_ns, moment.liveness.doubt
            take_picture(self._exposures, moment.captured_ns / 1e9, in_doubt=bool(self._in_doubt))
        decide(self._exposures, moment.captured_ns / 1e9, moment.liveness.decided)

    def frame_period_ms(self) -> Measure:
        """Usual time between frames of the video, over the last three seconds of frames."""
        if len(self._frames) < 2:
            return Unknown("too few frames have come")
        last_index, last_ns = self._frames[-1]
        first_index, first_ns = next(f for f in self._frames if last_ns - f[1] <= _RATE_WINDOW_NS)
        if last_index == first_index:
            return Unknown("too few frames have come")
        return (last_ns - first_ns) / 1e6 / (last_index - first_index)

    def pulse_period_s(self) -> Measure:
        """Usual time between new X-ray pictures of one exposure."""
        rate = self._exposures.pulses_per_s
        return rate if isinstance(rate, Unknown) else 1.0 / rate

    def pictures_per_s(self, now_ns: int) -> Measure:
        """New X-ray pictures a second; unknown while none come."""
        if self._newest_ns is None or now_ns - self._newest_ns > _LONGEST_PULSE_NS:
            return Unknown("no new X-ray picture comes")
        return self._exposures.pulses_per_s

    def lags_ms(self, now_ns: int) -> tuple[Measure, Measure]:
        """Median and 95 of 100 of the time from grab to the end of the analysis, over the last ten seconds."""
        lags = sorted(lag for finished_ns, lag, _ in self._lags if now_ns - finished_ns <= _LAG_WINDOW_NS)
        if not lags:
            return Unknown("nothing was analysed"), Unknown("nothing was analysed")
        return lags[len(lags) // 2], lags[min(len(lags) - 1, int(0.95 * len(lags)))]

    def dropped_share(self, now_ns: int) -> float:
        """Share of the frames of the last ten seconds that the analysis passed over."""
        recent = [skipped for finished_ns, _, skipped in self._lags if now_ns - finished_ns <= _LAG_WINDOW_NS]
        if len(recent) < 2:
            return 0.0
        dropped = max(0, recent[-1] - recent[0])
        return dropped / (dropped + len(recent))

    def push_s(self, now_ns: int) -> Measure:
        """X-ray time of the present exposure; unknown once no picture has come for a second."""
        if self._newest_ns is None or now_ns - self._newest_ns > _BREAK_NS:
            return Unknown("X-ray is off")
        if self._in_doubt:
            return Unknown(self._in_doubt)
        return self._exposures.xray_s[-1]

    @property
    def xray_s(self) -> tuple[float, ...]:
        """X-ray time of each exposure so far, in order."""
        return self._exposures.xray_s

    @property
    def known_xray_s(self) -> tuple[float, ...] | Unknown:
        """The same; unknown where new pictures could not be told from held ones for long."""
        doubt = self._exposures.doubt
        return self._exposures.xray_s if doubt is None else doubt

    def forget_analysis(self) -> None:
        """The analysis was started anew: its count of skipped frames begins at 0."""
        self._lags.clear()
