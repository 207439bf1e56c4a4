import cv2
import numpy as np

from assistant.errors import UsageError
from assistant.simulation import gallery


def test_sheets_are_written_and_an_impossible_leak_is_named(tmp_path, monkeypatch, toy_anatomy, toy_flow):
    def flow(case, seed, anatomy):
        if case.cement.leak == "foramen":
            raise UsageError("no way out there")
        return toy_flow

    monkeypatch.setattr(gallery, "build_anatomy", lambda *_: toy_anatomy)
    monkeypatch.setattr(gallery, "build_flow", flow)
    monkeypatch.setattr(gallery, "_TILE_PX", 96)
    monkeypatch.setattr(gallery, "_LEVELS", ("L1", "L2"))
    monkeypatch.setattr(gallery.leak_paths, "NAMES", ("anterior", "foramen"))
    shares = []
    paths = gallery.write_gallery(tmp_path / "sheets", shares.append)
    assert [path.name for path in paths] == ["levels.png", "fractures.png", "noise.png", "leaks.png"]
    sizes = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED).shape for path in paths]
    assert sizes == [(192, 192), (192, 384), (192, 384), (96, 384)]
    leaks = cv2.imread(str(paths[3]), cv2.IMREAD_UNCHANGED)
    assert np.median(leaks[:, 192:]) == 30
    assert shares[-1] == 1.0
