from pathlib import Path

import numpy as np

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.geometry import Crop
from assistant.plan import read_plan
from assistant.readings.moments import MomentMaker, MomentStore, cement_outline
from assistant.settings.tree import Settings
from assistant.vocabulary import CementMask, Unknown
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


def test_the_outline_stands_in_pixels_of_the_reference_frame() -> None:
    inside = np.zeros((20, 30), bool)
    inside[5:15, 10:20] = True
    crop = Crop(x0_px=100, y0_px=50, width_px=30, height_px=20)
    mask = CementMask(
        crop=crop, mask=inside, evidence=np.where(inside, np.float32(1), np.float32(-1)), outline_sigma_mm=0.2
    )
    (outline,) = cement_outline(mask)
    assert outline.min(axis=0).tolist() == [110.0, 55.0]
    assert outline.max(axis=0).tolist() == [119.0, 64.0]
    assert cement_outline(Unknown("x")) == ()
