"""Asks for the six points in a process of its own: a model that crashes or hangs never takes the window along. No Qt.

Standard input: one line of JSON, then the picture as NumPy's own file. Standard output: one line of JSON.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any, Final

import numpy as np

from assistant.language import tr, translate
from assistant.system.plain import json_line, json_text
from assistant.system.processes import TooLate, answer_of, module_command, module_environment
from assistant.vocabulary import Grey, Unknown

LIMIT_S: Final = 20.0


def ask(grey: Grey, white: int, view: str, click_px: tuple[float, float] | None) -> list[tuple[float, float]] | Unknown:
    """Six points, or why there are none. Waits for the child, at most `LIMIT_S`.

    Parameters
    ----------
    grey : array (rows, cols)
    white : int
    view : str
        "lateral" or "ap".
    click_px : tuple of float or None
        A place inside the wanted body.
    """
    picture = io.BytesIO()
    np.save(picture, grey, allow_pickle=False)
    head = json_line({"white": white, "view": view, "click": click_px})
    try:
        answer = answer_of(
            module_command("ui.setup.proposal_child"),
            environment=module_environment(),
            given=head + picture.getvalue(),
            limit_s=LIMIT_S,
        )
        answer_fields: dict[str, Any] = json.loads(answer.out.splitlines()[-1]) if answer.out else {}
    except TooLate:
        return Unknown(f"No proposal within {LIMIT_S:.0f} s. Place the points.")
    except (OSError, ValueError) as error:
        return Unknown(f"No proposal ({type(error).__name__}). Place the points.")
    if "points" in answer_fields:
        return [(float(x), float(y)) for x, y in answer_fields["points"]]
    return Unknown(str(answer_fields.get("reason") or "No proposal: its process stopped. Place the points."))


def main() -> None:
    """Body of the child."""
    from assistant.errors import AssistantError
    from assistant.landmarks import propose

    asked = json.loads(sys.stdin.buffer.readline())
    grey = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    click = tuple(asked["click"]) if asked["click"] is not None else None
    answer: dict[str, Any]
    try:
        found = propose(grey, int(asked["white"]), str(asked["view"]), click)
    except (AssistantError, ValueError) as error:
        answer = {"reason": str(error)}
    else:
        answer = (
            {"reason": tr("No proposal: {reason}", reason=translate(found.reason))}
            if isinstance(found, Unknown)
            else {"points": np.asarray(found.points_px, dtype=np.float64).tolist()}
        )
    sys.stdout.write(json_text(answer, indent=None) + "\n")


if __name__ == "__main__":
    main()
