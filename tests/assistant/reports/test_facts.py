"""What a report says: figures as text with ≈ or "unknown", no path of anybody's machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.identity import Identity
from assistant.plan import read_plan
from assistant.readings.moments import MomentStore
from assistant.reports.day_facts import clock
from assistant.reports.facts import UNKNOWN, AnalysedRun, ReportFacts, gather
from assistant.review.annotations import About, Review, read_review
from assistant.review.saying import say
from assistant.settings.tree import Settings
from tests.small_run import SmallRun, write_small_run

IDENTITY = Identity(case_id="K-7F3QD", level="L1", run_id="B-7F3QK2MA")


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, 46)


def gathered(run: SmallRun, review: Review, *, through: bool = True) -> ReportFacts:
    source = open_source(str(run.folder))
    plan = read_plan(run.plan, 0.25)
    pipeline, store, leaks = start_pipeline(source, plan, Settings()), MomentStore(), ()
    for frame in source.frames():
        moment = store.add(pipeline.process(frame))
        leaks = moment.leaks or leaks
    summary = pipeline.finish()
    source.close()
    return gather(
        AnalysedRun(
            identity=IDENTITY,
            facts=source.facts,
            plan=plan,
            moments=store.between(0, 45),
            alarms=summary.events,
            leaks=leaks,
            summary=summary if through else None,
            review=review,
            as_seen=False,
            trouble="" if through else "not through",
        )
    )


def test_all_of_a_run_is_told(run: SmallRun) -> None:
    review = read_review(run.folder / "review.json")
    at_noon = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
    review = say(review, About.NOTE, frame=15, who="anna", text="late", now=lambda: at_noon)
    review = say(review, About.KEY_IMAGE, frame=16, who="anna", now=lambda: at_noon)
    facts = gathered(run, review)
    assert facts.identity is IDENTITY
    assert facts.origin.startswith("recomputed with version")
    head, final = dict(facts.head), dict(facts.final)
    assert head["Pictures"].startswith("46 frames of 320 × 300")
    assert head["View lateral"] == "L1, ≈ 0.400 mm/px"
    assert head["Line b"] == "at 25 % of the depth"
    assert "past it" in final["Nearest to line b"]
    assert final["Heights Ha · Hm · Hp"].count("≈") == 3
    line = next(event for event in facts.events if event.text.startswith("CEMENT AT POSTERIOR LINE"))
    assert line.priority == "high"
    assert 0 < line.t_s < 3
    assert facts.leaks
    assert facts.leaks[0][0] == "1"
    assert [line.words for line in facts.reviewer] == ["00:01.00 note: late — anna, 2026-11-12"]
    assert str(run.folder.parent) not in repr(facts)


def test_what_is_not_known_says_so(run: SmallRun) -> None:
    facts = gather(
        AnalysedRun(
            identity=IDENTITY,
            facts=open_source(str(run.folder)).facts,
            plan=None,
            moments=[],
            alarms=[],
            leaks=[],
            summary=None,
            review=Review(path=Path()),
            as_seen=True,
            trouble="stopped",
        )
    )
    assert facts.origin == "as seen live"
    assert dict(facts.head)["Plan"] == "none"
    assert dict(facts.final) == {"Nearest to line b": UNKNOWN}
    assert facts.trouble == "stopped"


def test_the_clock() -> None:
    assert clock(184.267) == "03:04.27"
