"""Ctrl-C and its kin."""

import signal
import threading

import pytest

from assistant.system.stop_signal import StopOnSignal


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_while_frames_are_analysed_a_signal_asks_and_a_second_one_ends(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with StopOnSignal() as stop:
        assert not stop.asked()
        signal.raise_signal(number)
        assert stop.asked()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_before_the_first_frame_a_signal_ends_at_once() -> None:
    with StopOnSignal(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)


def test_nohup_is_respected() -> None:
    if not hasattr(signal, "SIGHUP"):
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopOnSignal() as stop:
            stop.asked()
            signal.raise_signal(signal.SIGHUP)
            assert not stop.asked()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_it_does_nothing() -> None:
    seen = []

    def work() -> None:
        with StopOnSignal() as stop:
            seen.append(stop.asked())

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]
    assert signal.getsignal(signal.SIGINT) is before
