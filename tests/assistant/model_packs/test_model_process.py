from collections.abc import Callable

import numpy as np
import pytest

from assistant.model_packs.model_process import MOST_FAILURES, ModelFailure, ModelOutput, ModelProcess
from assistant.model_packs.pack import Pack
from assistant.vocabulary import Unknown
from tests.waiting import HUNG_S, wait_until

Faked = Callable[[str], ModelProcess]
ONE = np.zeros((1, 5, 64, 64), np.float32)


def test_the_shipped_model_answers_its_golden_patches(pack: Pack) -> None:
    process = ModelProcess(pack)
    try:
        assert process.make_ready() == ""
        output = process.ask(pack.golden[:4], HUNG_S)
        assert isinstance(output, ModelOutput)
        assert np.abs(output.p - np.array(pack.manifest.golden.p[:4])).max() < 1e-4
        token = process.send(pack.golden[4:5])
        assert patiently(process, token).p.shape == (1, 3)
        assert process.failures == 0
    finally:
        process.stop()


def patiently(process: ModelProcess, token: int) -> ModelOutput:
    done: dict[int, ModelOutput] = {}
    wait_until(lambda: token in done, lambda: done.update(process.take(HUNG_S)))
    return done[token]


EVIL = {
    "nan": ("p = [[float('nan')] * 3] * len(p)", "no number"),
    "infinite": ("strangeness = [float('inf')] * len(p)", "no number"),
    "negative": ("p = [[-0.2, 0.6, 0.6]] * len(p)", "no probability"),
    "not summed": ("p = [[0.9, 0.9, 0.9]] * len(p)", "no probability"),
    "another form": ("p = [[0.5, 0.5]] * len(p)", "another form"),
    "too many": (
        "p = p + p if asked > 1 else p; strangeness = strangeness * (2 if asked > 1 else 1)",
        "another number",
    ),
    "dies": ("sys.exit(3)", "died"),
    "crashes": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "died"),
    "says no": (
        "send({'token': head['token'], 'ok': False, 'reason': 'out of memory'}); continue",
        "out of memory",
    ),
}


@pytest.mark.parametrize("case", EVIL)
def test_what_cannot_be_an_answer_is_a_failure_in_words(faked: Faked, case: str) -> None:
    deed, word = EVIL[case]
    process = faked("if asked > 1: " + deed if not deed.startswith("p = p") else deed)
    said = process.ask(ONE, HUNG_S)
    assert isinstance(said, Unknown)
    assert word in said.reason
    assert process.failures == 1


def test_a_golden_answer_that_has_drifted_keeps_the_model_from_starting(faked: Faked) -> None:
    process = faked("p = [[row[1], row[0], row[2]] for row in p]")
    assert "golden" in process.make_ready()


def test_a_model_that_never_answers_is_stopped_and_replaced(faked: Faked) -> None:
    process = faked("while asked > 1: pass")
    assert process.make_ready() == ""
    said = process.ask(ONE, 0.3)
    assert isinstance(said, Unknown)
    assert "0.3 s" in said.reason
    assert process.make_ready() == ""  # a fresh process took its place


def test_after_some_failures_it_stays_off(faked: Faked) -> None:
    process = faked("if asked > 1: sys.exit(1)")
    for _ in range(MOST_FAILURES):
        assert isinstance(process.ask(ONE, HUNG_S), Unknown)
    said = process.ask(ONE, HUNG_S)
    assert isinstance(said, Unknown)
    assert said.reason.startswith("switched off after 3 failures")
    with pytest.raises(ModelFailure):
        process.send(ONE)


def test_who_does_not_read_does_not_hold_up_the_caller(faked: Faked) -> None:
    process = faked("while True: pass")
    for _ in range(20):  # a pipe holds less than one: who waited for it would wait for ever
        process.send(ONE)
        assert process.take(HUNG_S) == {}


def test_a_late_answer_is_a_failure_also_for_who_does_not_wait(faked: Faked) -> None:
    process = faked("while asked > 1: pass")
    assert process.make_ready() == ""
    process.send(ONE)
    with pytest.raises(ModelFailure, match="did not answer"):
        late(process)


def late(process: ModelProcess) -> None:
    wait_until(lambda: process.take(0.2))


def test_stopping_twice_is_no_fault(pack: Pack) -> None:
    process = ModelProcess(pack)
    process.stop()
    process.start()
    process.stop()
    process.stop()
