import numpy as np
import pydicom
import pytest

from assistant.simulation.imaging_chain.sinks import DicomSink, PictureSink, VideoSink, sink_for
from assistant.simulation.scenario import Run


def test_each_way_of_storing_has_its_sink(tmp_path):
    for output, kind in (("ffv1", VideoSink), ("h264", VideoSink), ("png", PictureSink), ("dicom", DicomSink)):
        assert isinstance(sink_for(Run(output=output), tmp_path, [0.0]), kind)


def test_uneven_times_go_into_the_dicom_file(tmp_path):
    times = [0.0, 0.04, 0.2, 0.24]
    with sink_for(Run(output="dicom", fps=25.0), tmp_path, times) as sink:
        for k, t in enumerate(times):
            sink.write(np.full((8, 10), k, np.uint8), t)
    data = pydicom.dcmread(tmp_path / "run.dcm")
    assert [float(v) for v in data.FrameTimeVector] == pytest.approx([0.0, 40.0, 160.0, 40.0])
    assert data.pixel_array[:, 0, 0].tolist() == [0, 1, 2, 3]


def test_a_failed_run_leaves_no_dicom_file(tmp_path):
    def fail():
        with DicomSink(tmp_path / "run.dcm", [0.0], 25.0) as sink:
            sink.write(np.zeros((4, 4), np.uint8), 0.0)
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        fail()
    assert not (tmp_path / "run.dcm").exists()


@pytest.mark.parametrize("kbit_per_s", [100.0, 300.0])
def test_a_stream_keeps_its_rate_whatever_the_grain(tmp_path, kbit_per_s):
    random = np.random.default_rng(0)
    run = Run(output="h264", kbit_per_s=kbit_per_s, fps=15.0, width_px=192, height_px=192)
    with sink_for(run, tmp_path, [k / 15.0 for k in range(75)]) as sink:
        for k in range(75):
            sink.write(random.normal(128, 20, (192, 192)).clip(0, 255).astype(np.uint8), k / 15.0)
    assert 8 * (tmp_path / "run.mkv").stat().st_size / 5.0 == pytest.approx(kbit_per_s * 1000, rel=0.25)
