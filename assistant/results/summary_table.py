"""A result as a few lines for a person."""

from __future__ import annotations

from typing import Any

from assistant.language import tr, translate
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
        tr(
            "{source}: {count} frames of {width} x {height}",
            source=run["source"],
            count=run["frames"],
            width=run["width"],
            height=run["height"],
        )
        + (tr(" at {fps:g}/s", fps=fps) if fps else "")
        + ("" if document["complete"] else tr("  INCOMPLETE: not analysed to its end")),
        "",
        *(_events(document["events"], fps) or [_nothing(tr("crossing"), document)]),
        "",
        *(_leaks(document["leaks"]) or [_nothing(tr("leak"), document)]),
        *_final(document["final"]),
        _times(timing),
        "",
        *(tr("note: {note}", note=translate(note)) for note in run.get("notes", ())),
        tr("What is not listed was not seen in this view. It may be there all the same: check the second plane."),
        "",
    ]
    return "\n".join(lines)


def _times(timing: dict[str, float]) -> str:
    """The contract wants numbers in the file also where nothing was timed: three times 0, which no picture takes."""
    if not timing["max_ms"]:
        return tr("no new picture was measured, so none was timed")
    return tr(
        "a new picture took {median:.1f} ms (median), {most:.1f} ms (99 of 100), {longest:.1f} ms at most",
        median=timing["median_ms"],
        most=timing["p99_ms"],
        longest=timing["max_ms"],
    )


def _nothing(what: str, document: dict[str, Any]) -> str:
    """Nothing is listed: said as far as was looked."""
    reason = looked_of(document).none
    return (
        tr("No {what} seen in this view.", what=what)
        if reason == NONE_SEEN
        else tr("No {what} is listed: {reason}.", what=what, reason=translate(reason))
    )


def _events(events: list[dict[str, Any]], fps: float | None) -> list[str]:
    if not events:
        return []
    heads = (tr("from"), "", tr("until"), tr("priority"), tr("event"), tr("where"), tr("words"))
    head = "{:>7} {:>8}  {:>7}  {:<8}  {:<21}  {:<17}  {}".format(*heads)
    rows = [head, "-" * len(head)]
    for event in events:
        until = tr("stands") if event["last_frame"] is None else str(event["last_frame"])
        # Of a nominal rate; the true stamp of each frame stands in measurements.csv.
        at = tr("≈{seconds:.1f} s", seconds=event["first_frame"] / fps) if fps else ""
        rows.append(
            f"{event['first_frame']:>7} {at:>8}  {until:>7}  {event['priority']:<8}  {event['kind']:<21}  "
            f"{event['site'] or '':<17}  {translate(event['text'])}"
        )
    return rows


def _leaks(leaks: list[dict[str, Any]]) -> list[str]:
    rows = []
    for leak in leaks:
        words = [
            tr(
                "leak {site} from frame {frame}",
                site=translate(leak["site"].replace("_", " ")),
                frame=leak["first_frame"],
            ),
            _figure(leak, "area", "mm2", "mm²", tr("of the body")),
            tr("{length} long", length=_figure(leak, "length", "mm", "mm", tr("of depth"))),
        ]
        if leak["yeom"] is not None:
            words.append(tr("Yeom {type}", type=leak["yeom"]))
        if leak["magnitude"] is not None:
            words.append(translate(leak["magnitude"]))
        shape = leak.get("shape")
        if shape is not None:
            words.append(tr("shape {shape}", shape=translate(shape_words(shape["label"], shape["p_spike"]))))
        rows.append(", ".join(words))
    return rows


def _figure(found: dict[str, Any], name: str, unit: str, words: str, of: str, digits: int = 0) -> str:
    """A figure in mm; where there is none, its share of the body with the mark."""
    value, share = found.get(f"{name}_{unit}"), found.get(f"{name}_share")
    if value is not None:
        return f"≈ {value:.{digits}f} {words}"
    return _unknown() if share is None else f"≈ {100 * share:.0f} % {of} {UNCAL}"


def _unknown() -> str:
    return tr("unknown")


def _final(final: dict[str, Any]) -> list[str]:
    def figure(name: str, words: str, factor: float = 1.0, digits: int = 0) -> str:
        value = final.get(name)
        return _unknown() if value is None else f"≈ {factor * value:.{digits}f}{words}"

    parts = ("anterior", "middle", "posterior")
    heights = [_figure(final, f"{part}_height", "mm", "mm", tr("of depth"), digits=1) for part in parts]
    area, filled = figure("cement_area_mm2", " mm²"), figure("fill_area_ratio", " %", 100.0)
    only_share = area == _unknown() and filled != _unknown()
    rows = [
        tr(
            "cement at the end {area}{filled} of the body, distribution grade {grade}",
            area="" if only_share else f"{area}, ",
            filled=filled,
            grade=final.get("distribution_grade") or _unknown(),
        )
    ]
    if heights != [_unknown()] * 3:
        rows.append(
            tr(
                "heights anterior {anterior}, middle {middle}, posterior {posterior}; wedge angle {angle}",
                **dict(zip(parts, heights, strict=True)),
                angle=figure("wedge_angle_deg", "°", digits=1),
            )
        )
    return rows
