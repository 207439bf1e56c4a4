"""X-ray of one input: counted once, logged as it grows, found again after a crash, gone on with when opened anew."""

import pytest

from assistant.live.xray_count import XrayCount


def test_pushes_are_the_exposures_that_were_seen() -> None:
    count = XrayCount()
    assert not count.is_counted
    assert count.unlogged(is_over=True) == {}
    for exposures_s in ((), (0.5,), (1.5,), (3.0,)):
        count.see(exposures_s)
    assert (count.pushes, count.xray_on_s) == (1, 3.0)
    count.see((3.0, 0.2))
    assert (count.pushes, count.xray_on_s) == (2, pytest.approx(3.2))


def test_it_is_logged_as_it_is_counted_and_found_again_after_a_crash() -> None:
    count, log = XrayCount(), []
    for seconds in (0.5, 1.0, 1.5):
        count.see((seconds,))
        log.append(count.unlogged(is_over=False))
    assert log == [{0: 0.0, 1: 0.5}, {}, {}]
    log += [count.unlogged(is_over=True), count.unlogged(is_over=True)]
    count.see((1.5, 0.2))
    log.append(count.unlogged(is_over=False))
    count.see((1.5, 3.2))
    log.append(count.unlogged(is_over=False))
    assert log[3:] == [{1: 1.5}, {}, {2: 0.2}, {2: 3.2}], "a long one is logged as it grows"
    again = XrayCount()
    for number, seconds in (entry for made in log for entry in made.items()):
        again.recall({"number": number, "seconds": seconds})
    again.recall({"number": "many"})
    assert (again.pushes, again.xray_on_s) == (2, pytest.approx(4.7))
    again.see((0.1, 0.4))
    assert (again.pushes, again.xray_on_s) == (4, pytest.approx(5.2)), "a new window has seen others"
    assert again.unlogged(is_over=True) == {3: 0.1, 4: 0.4}


def test_two_stretches_that_are_found_to_be_one_are_one_in_the_log_too() -> None:
    count, log = XrayCount(), {}
    for exposures_s in ((1.0, 0.2), (1.4,)):
        count.see(exposures_s)
        log |= count.unlogged(is_over=True)
    assert log == {0: 0.0, 1: 1.4, 2: 0.0}
    assert count.unlogged(is_over=True) == {}
    again = XrayCount()
    for number, seconds in log.items():
        again.recall({"number": number, "seconds": seconds})
    assert (again.pushes, again.xray_on_s) == (1, 1.4)
    again.see((0.5,))
    assert again.unlogged(is_over=True) == {2: 0.5}


def test_an_input_that_is_opened_anew_goes_on() -> None:
    count = XrayCount()
    count.see((1.0, 2.0))
    count.begin_anew()
    count.see(())
    assert count.pushes == 2
    count.see((0.5,))
    assert (count.pushes, count.xray_on_s) == (3, 3.5)
