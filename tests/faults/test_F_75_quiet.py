"""F-75: nothing is sent and nothing is left behind: every process that is started, without a network, in a fresh home.

The runtime of the models kept an id of the machine and a queue in the home folder and asked for its maker's collector
after nine seconds; the file dialog kept the folders that a person had looked into; what the library copied could be
read by every user of the machine.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.review import whatif
from tests.old_files import old_files
from tests.quiet_machine import ROOT, Left, QuietMachine, why_not

PYTHON = [sys.executable, "-P"]
NOT_HERE = why_not()
pytestmark = pytest.mark.skipif(bool(NOT_HERE), reason=NOT_HERE or "it can be watched here")

OF_A_DEVELOPER = (
    "assistant.evaluation.",
    "assistant.simulation.",
    "assistant.language.gathering",
    "ui.screenshot",
    "ui.keys.document",
)
"""Started by hand to measure, to simulate or to make pictures and pages of the README: nothing of a patient, never by
the program."""

Make = Callable[[QuietMachine, Path], list[str]]


def children(machine: QuietMachine, order: dict[str, object], module: str) -> list[str]:
    return [*PYTHON, "-m", module, json.dumps(order)]


def analyze(machine: QuietMachine, out: Path) -> list[str]:
    run = old_files(out / "old") / "run"
    return [*PYTHON, "-m", "assistant", "analyze", str(run), "--plan", str(run / "plan.json"), "--out", str(out)]


def bring_in(machine: QuietMachine, out: Path) -> list[str]:
    # Readable by all where it lies, as a file from a stick is: the copy in the library must not be.
    run = old_files(out / "old") / "run"
    return [*PYTHON, "-m", "assistant", "import", str(run)]


def unpack(machine: QuietMachine, out: Path) -> list[str]:
    return children(
        machine,
        {"do": "unpack", "pack": str(old_files(out / "old") / "case.fluopack.zip"), "into": str(out / "into")},
        "assistant.exchange.child",
    )


def scrub(machine: QuietMachine, out: Path) -> list[str]:
    return [
        *PYTHON,
        "-m",
        "assistant.review.previews",
        str(old_files(out / "old") / "run"),
        str(out / "a.scrub"),
        str(out / "k.scrub"),
    ]


def what_if(machine: QuietMachine, out: Path) -> list[str]:
    run = old_files(out / "old") / "run"
    runs = [whatif.RunAndPlan(run=str(run), plan=str(run / "plan.json"))]
    whatif.begin(out / "job", whatif.WhatIfJob(runs=runs, variants=[whatif.Variant(name=whatif.BASE)], settings={}))
    return [*PYTHON, "-m", "assistant.review.whatif", str(out / "job")]


def propose(machine: QuietMachine, out: Path) -> list[str]:
    body = (
        "import numpy as np; from ui.setup.proposal_child import ask; "
        "print(ask(np.full((300, 320), 90, np.uint8), 255, 'lateral', None))"
    )
    return [*PYTHON, "-c", body]


def model(machine: QuietMachine, out: Path) -> list[str]:
    # The runtime waits nine seconds before it asks for its collector.
    body = (
        "import time; from assistant.model_packs.finding import find_pack; "
        "from assistant.model_packs.model_process import ModelProcess; "
        "process = ModelProcess(find_pack().pack); why = process.make_ready(); assert not why, why; "
        "time.sleep(11); process.stop()"
    )
    return [*PYTHON, "-c", body]


def review(machine: QuietMachine, out: Path) -> list[str]:
    run = old_files(out / "old") / "run"
    return [*PYTHON, str(ROOT / "tests" / "window_walk.py"), "review", str(run), str(run / "plan.json")]


def theatre(machine: QuietMachine, out: Path) -> list[str]:
    film = old_files(out / "old") / "run" / "run.mkv"
    return [*PYTHON, str(ROOT / "tests" / "window_walk.py"), "theatre", f"loop:{film}"]


STARTS: dict[Make, tuple[str, ...]] = {
    analyze: ("assistant",),
    bring_in: ("assistant", "assistant.library.child"),
    unpack: ("assistant.exchange.child",),
    scrub: ("assistant.review.previews",),
    what_if: ("assistant.review.whatif",),
    propose: ("ui.setup.proposal_child",),
    model: ("assistant.model_packs.worker",),
    review: (
        "assistant.review.replay",
        "ui.review.report_child",
        "assistant.review.previews",
        "assistant.training.course_child",
    ),
    theatre: ("assistant.live.processes.entry", "ui.system.watchdog_window", "assistant.model_packs.worker"),
}
"""How each is started, and the modules that run then as processes of their own."""


@pytest.mark.parametrize("make", STARTS, ids=lambda make: make.__name__)
def test_it_asks_for_no_network_and_leaves_nothing_in_the_home(make: Make, tmp_path: Path) -> None:
    machine, out = QuietMachine(tmp_path), tmp_path / "out"
    out.mkdir()
    left = machine.run(make(machine, out), own=(out,))
    assert left.status == 0, left.said
    assert left.sockets == ()
    assert left.strays == ()
    assert left.open_to_others == ()
    for module in STARTS[make]:
        assert _was_started(left, module), f"{module} did not run"


def test_no_process_of_the_program_is_left_out() -> None:
    found = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for top in ("assistant", "ui")
        for path in (ROOT / top).rglob("*.py")
        if re.search(r"^if __name__ == ", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    tested = {module for modules in STARTS.values() for module in modules}
    assert [module for module in sorted(found - tested) if not module.startswith(OF_A_DEVELOPER)] == []


def _was_started(left: Left, module: str) -> bool:
    names = (f'"-m", "{module}"', f"{module.replace('.', '/')}.py")
    return any(name in line for line in left.started for name in names)
