"""A result as a few lines for a person."""

from __future__ import annotations

from typing import Any

from assistant.lengths import UNCAL
from assistant.results.looked_at import NONE_SEEN, looked_of
from assistant.shape_words import shape_words


def summary_table(document: dict[str, Any]) -> str:
    """Say what a result document holds: events, leaks, measures, times.

    Parameters
    ----------
    document : dict
        Of the contract's schema ``fluoro-assistant/result/1``.
    """
    run, timing = document["run"], document["timing"]
    fps = run["fps"]
    lines = [
        f"{run['source']}: {run['frames']} frames of {run['width']} x {run['height']}"
        + (f" at {fps:g}/s" if fps else "")
        + ("" if document["complete"] else "  INCOMPLETE: not analysed to its end"),
        "",
        *(_events(document["events"], fps) or [_nothing("crossing", document)]),
        "",
        *(_leaks(document["leaks"]) or [_nothing("leak", document)]),
        *_final(document["final"]),
        f"a new picture took {timing['median_ms']:.1f} ms (median), {timing['p99_ms']:.1f} ms (99 of 100), "
        f"{timing['max_ms']:.1f} ms at most",
        "",
        *(f"note: {note}" for note in run.get("notes", ())),
        "What is not listed was not seen in this view. It may be there all the same: check the second plane.",
        "",
    ]
    return "\n".join(lines)


def _nothing(what: str, document: dict[str, Any]) -> str:
    """Nothing is listed: said as far as was looked."""
    told = looked_of(document).none
    return f"No {what} seen in this view." if told == NONE_SEEN else f"No {what} is listed: {told}."


def _events(events: list[dict[str, Any]], fps: float | None) -> list[str]:
    if not events:
        return []
    head = f"{'from':>7} {'':>8}  {'until':>7}  {'priority':<8}  {'event':<21}  {'where':<17}  words"
    rows = [head, "-" * len(head)]
    for event in events:
        until = "stands" if event["last_frame"] is None else str(event["last_frame"])
        # Of a nominal rate; the true stamp of each frame stands in measurements.csv.
        at = f"≈{event['first_frame'] / fps:.1f} s" if fps else ""
        rows.append(
            f"{event['first_frame']:>7} {at:>8}  {until:>7}  {event['priority']:<8}  {event['kind']:<21}  "
            f"{event['site'] or '':<17}  {event['text']}"
        )
    return rows


def _leaks(leaks: list[dict[str, Any]]) -> list[str]:
    rows = []
    for leak in leaks:
        words = [
            f"leak {leak['site'].replace('_', ' ')} from frame {leak['first_frame']}",
            _figure(leak, "area", "mm2", "mm²", "of the body"),
            f"{_figure(leak, 'length', 'mm', 'mm', 'of depth')} long",
        ]
        if leak["yeom"] is not None:
            words.append(f"Yeom {leak['yeom']}")
        if leak["magnitude"] is not None:
            words.append(leak["magnitude"])
        shape = leak.get("shape")
        if shape is not None:
            words.append(f"shape {shape_words(shape['label'], shape['p_spike'])}")
        rows.append(", ".join(words))
    return rows


def _figure(found: dict[str, Any], name: str, unit: str, words: str, of: str, digits: int = 0) -> str:
    """A figure in mm; where there is none, its share of the body with the mark."""
    value, share = found.get(f"{name}_{unit}"), found.get(f"{name}_share")
    if value is not None:
        return f"≈ {value:.{digits}f} {words}"
    return "unknown" if share is None else f"≈ {100 * share:.0f} % {of} {UNCAL}"


def _final(final: dict[str, Any]) -> list[str]:
    def said(name: str, words: str, factor: float = 1.0, digits: int = 0) -> str:
        value = final.get(name)
        return "unknown" if value is None else f"≈ {factor * value:.{digits}f}{words}"

    parts = ("anterior", "middle", "posterior")
    heights = [_figure(final, f"{part}_height", "mm", "mm", "of depth", digits=1) for part in parts]
    area, filled = said("cement_area_mm2", " mm²"), said("fill_area_ratio", " %", 100.0)
    only_share = area == "unknown" and filled != "unknown"
    rows = [
        f"cement at the end {'' if only_share else f'{area}, '}{filled} of the body, "
        f"distribution grade {final.get('distribution_grade') or 'unknown'}"
    ]
    if heights != ["unknown"] * 3:
        rows.append(
            f"heights anterior {heights[0]}, middle {heights[1]}, posterior {heights[2]}; "
            f"wedge angle {said('wedge_angle_deg', '°', digits=1)}"
        )
    return rows
