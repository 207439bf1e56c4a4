from pathlib import Path

import numpy as np
import pytest
from pydicom.encaps import encapsulate

from assistant.capture.dicom.dicom_video import DicomVideo, is_video
from assistant.errors import InputError
from tests.journeys.door_files import Bench

H264 = "1.2.840.10008.1.2.4.102"


def test_a_video_is_known_by_its_coding_and_what_is_none_is_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path, np.zeros((2, 16, 16), np.uint8))
    path = bench.packed("a.dcm", bench.header(H264), encapsulate([b"no video at all"], has_bot=False))
    assert is_video(path.read_bytes()[:512])
    assert not is_video(bench.dicom("b.dcm", bench.header()).read_bytes()[:512])
    with pytest.raises(InputError, match=r"^mine: "):
        DicomVideo(path, "mine")
