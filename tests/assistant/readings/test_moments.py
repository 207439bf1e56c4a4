from pathlib import Path

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.plan import read_plan
from assistant.readings.moments import MomentMaker, MomentStore
from assistant.settings.tree import Settings
from tests.small_run import write_small_run


def test_moments_keep_the_figures_and_share_outlines(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 40)
    source = open_source(str(run.folder))
    pipeline = start_pipeline(source, read_plan(run.plan, 0.25), Settings())
    store, readings = MomentStore(), []
    for frame in source.frames():
        readings.append(pipeline.process(frame))
        store.add(readings[-1])
    source.close()
    assert len(store) == 40
    assert store.at(39).distances == readings[39].distances
    assert store.at(39).outline
    assert store.at(39).outline is store.at(38).outline  # a repeat of the picture before
    assert store.at(40) is None
    assert store.index_at(store.at(7).t_s) == 7
    assert store.index_at(-1.0) == -1
    assert [m.frame_index for m in store.between(3, 5)] == [3, 4, 5]


def test_a_store_takes_moments_made_elsewhere(tmp_path: Path) -> None:
    run = write_small_run(tmp_path, 12)
    source = open_source(str(run.folder))
    pipeline = start_pipeline(source, read_plan(run.plan, 0.25), Settings())
    maker, store = MomentMaker(), MomentStore()
    store.extend(maker.make(pipeline.process(frame)) for frame in source.frames())
    source.close()
    assert len(store) == 12
