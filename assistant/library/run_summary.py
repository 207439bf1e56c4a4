"""What a result says of a run, in the few words and figures of the list."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from assistant.language import sentence
from assistant.lengths import UNCAL
from assistant.results.looked_at import looked_of
from assistant.review.counting import COUNTED
from assistant.shape_words import shape_words
from assistant.system.plain import read_json

NOT_WHOLE: Final = sentence("not to its end")


def summary(document: dict[str, Any]) -> dict[str, Any]:
    """The columns of a run that follow from its ``result.json``: what the analysis found of the patient."""
    events = [event for event in document["events"] if event["kind"] in COUNTED]
    leaks = document["leaks"]
    return {
        **{word: sum(event["priority"] == word for event in events) for word in ("high", "medium", "low")},
        "leak_said": "; ".join(dict.fromkeys(leak_words(leak) for leak in leaks)) or looked_of(document).none,
        "has_leak": int(bool(leaks)),
        "analysed_by": str(document.get("program", {}).get("version", "")),
        "recording_said": ", ".join(filter(None, (_whole(document), _scale(document)))),
        "frames": document["run"]["frames"],
    }


def _whole(document: dict[str, Any]) -> str:
    return "whole" if document["complete"] else NOT_WHOLE


def _scale(document: dict[str, Any]) -> str:
    """The mark of a run in which a view is not calibrated."""
    views = document.get("plan", {}).get("views", [])
    return UNCAL if any(view.get("calibrated") is False for view in views) else ""


def leak_words(leak: dict[str, Any]) -> str:
    """A leak as the list says it: site, then shape or type and magnitude."""
    words = [str(leak["site"]).replace("_", " ")]
    shape = leak.get("shape")
    if shape is not None:
        words.append(shape_words(str(shape["label"]), shape["p_spike"]))
    words += [str(leak[name]) for name in ("yeom", "magnitude") if leak.get(name) and shape is None]
    return " · ".join(words)


def read_result(path: Path) -> dict[str, Any] | None:
    """A result that lies beside a run; None where there is none that can be used."""
    try:
        document = read_json(path.read_bytes())
        summary(document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return dict(document)
