"""A library with one case whose every free text names somebody, for the tests of packs that go out and come in."""

from __future__ import annotations

from pathlib import Path

import av

from assistant.library.outcome import add_finding
from assistant.library.people import Permission
from assistant.library.store import Library
from tests.small_run import SmallRun, plan_document, write_small_run

CANARY = "MUSTERFRAU^ERIKA"


def library_with(run: SmallRun, folder: Path) -> Library:
    """One case whose every free text names somebody."""
    library = Library(folder)
    case = {"day": "2026-11-12", "note": f"note {CANARY}", "tags": CANARY, "owner": CANARY, "technique": "PKP"}
    library.add("cases", Permission.IMPORT, id="K-1", **case)
    library.add("levels", Permission.EDIT, id="L-1", case_id="K-1", level="L1", cement_ml=2.8, note=CANARY)
    values = {"path": str(run.folder), "is_copied": 0, "sha256": "0", "bytes": 1, "width_px": 320, "height_px": 300}
    library.add("runs", Permission.IMPORT, case_id="K-1", level_id="L-1", state="waiting", note=CANARY, **values)
    add_finding(library, "K-1", site="anterior", day="2026-11-13", note=CANARY)
    return library


def run_with_names(folder: Path) -> SmallRun:
    """Six frames in a folder, with a plan and a film, that name somebody too."""
    made = write_small_run(folder / CANARY, 6)
    made.save_plan(plan_document(ruler=None, patient=CANARY) | {"operator": CANARY})
    with av.open(str(made.video)) as film:
        packets = list(film.demux(video=0))
        stream = film.streams.video[0]
        with av.open(str(made.video.with_name("other.mkv")), "w") as out:
            out.metadata["title"] = CANARY
            copy = out.add_stream_from_template(stream)
            for packet in packets:
                if packet.dts is not None:
                    packet.stream = copy
                    out.mux(packet)
    made.video.with_name("other.mkv").replace(made.video)
    return made
