"""Writes the golden results of the demo run anew: ``python tests/golden/update.py``. Deliberate: read its diff."""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).with_name("demo.json")
FIGURES = (
    "dx_px",
    "dy_px",
    "cement_area_mm2",
    "posterior_wall_mm",
    "warning_line_mm",
    "superior_endplate_mm",
    "inferior_endplate_mm",
    "anterior_wall_mm",
)
EVERY_FRAMES = 25


def figures_of(results: Path) -> dict[str, Any]:
    """What is held fast of a result: events, leaks, final measures, and the table's figures once a second."""
    document = json.loads((results / "result.json").read_text(encoding="utf-8"))
    with (results / "measurements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    states = [row["state"] for row in rows]
    return {
        "frames": len(rows),
        "states": {state: states.count(state) for state in sorted(set(states))},
        "events": [
            {key: event[key] for key in ("kind", "site", "priority", "first_frame", "last_frame")}
            for event in document["events"]
            if event["kind"] != "slow_processing"  # tells of the machine, not of the run
        ],
        "leaks": [
            {
                "site": leak["site"],
                "first_frame": leak["first_frame"],
                "area_mm2": leak["area_mm2"],
                "yeom": leak["yeom"],
                "magnitude": leak["magnitude"],
                "shape": None if leak["shape"] is None else leak["shape"]["label"],
            }
            for leak in document["leaks"]
        ],
        "final": document["final"],
        "rows": {
            row["frame"]: {name: float(row[name]) if row[name] else None for name in FIGURES}
            for row in rows[::EVERY_FRAMES]
        },
    }


def main() -> None:
    """Analyse the demo run and keep its figures."""
    from assistant.cli import main as command
    from assistant.system.places import demo_run

    demo = demo_run()
    with tempfile.TemporaryDirectory() as folder:
        status = command(["analyze", str(demo), "--plan", str(demo / "plan.json"), "--out", folder, "--defaults"])
        if status:
            sys.exit(status)
        GOLDEN.write_text(json.dumps(figures_of(Path(folder)), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
