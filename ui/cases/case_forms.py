"""The forms of a case: its own words, the CT after the operation, the outcome, and the pack to export."""

from __future__ import annotations

import shutil
from pathlib import Path

from assistant.errors import UsageError
from assistant.exchange.jobs import pack_job
from assistant.exchange.pack_out import PackOrder
from assistant.language import tr
from assistant.library.child import run_bytes
from assistant.library.jobs import Jobs
from assistant.library.outcome import (
    MAGNITUDES,
    SHAPES,
    SITES,
    STAGES,
    YEOM,
    OutcomeFigures,
    add_finding,
    add_outcome,
    checked_day,
)
from assistant.library.people import Permission
from assistant.library.store import Library
from ui.cases import case_words as words
from ui.widgets.form_sheet import FormSheet

_YES_NO = ("", "no", "yes")  # sentences


def import_form(jobs: Jobs, paths: list[str], case_id: str | None) -> FormSheet:
    """Copy recordings, or leave them where they are; says what a copy takes.

    Raises
    ------
    InputError
        If one of them cannot be found.
    """
    needed = sum(run_bytes(Path(path)) for path in paths)
    free = shutil.disk_usage(jobs.library.folder).free
    fits = needed < free
    note = words.IMPORT_NOTE.format(words.size(needed), words.size(free)) + ("" if fits else words.NO_ROOM)

    def keep(values: dict[str, str]) -> str:
        for path in paths:
            jobs.bring_in(path, copy=values["how"] == words.COPY, case_id=case_id)
        return ""

    names = Path(paths[0]).name if len(paths) == 1 else tr("{count} recordings", count=len(paths))
    choices = (words.COPY, words.LINK) if fits else (words.LINK,)
    title = words.IMPORT_TITLE.format(names)
    fields = (("how", tr("How"), choices[0], choices),)
    return FormSheet(title=title, fields=fields, keep=keep, button=tr("Import"), note=note)


def edit_form(library: Library, case_id: str) -> FormSheet:
    """Words of the case and of its first level."""
    case = library.one("cases", case_id) or {}
    level = (library.rows("levels", case_id=case_id) or [{}])[0]
    ml = level.get("cement_ml")

    def keep(values: dict[str, str]) -> str:
        cement_ml = number(values["cement"], "cement")
        if cement_ml is not None and not 0 <= cement_ml <= 30:
            raise UsageError(f"cement must lie between 0 and 30 ml, got {cement_ml:g}")
        rows: list[tuple[str, str, dict[str, object]]] = [
            (
                "cases",
                case_id,
                {
                    "day": checked_day(values["day"]),
                    "technique": values["technique"],
                    "note": values["note"],
                    "tags": values["tags"],
                    "owner": values["owner"],
                    "names": values["names"],
                    "keep_until": checked_day(values["keep"]),
                },
            )
        ]
        if level:
            named = {"level": values["level"].upper() or None, "technique": values["technique"]}
            rows.append(("levels", level["id"], {**named, "access": values["access"], "cement_ml": cement_ml}))
        library.change(rows, Permission.EDIT, "change case", about=case_id)
        return tr("{case_id} kept.", case_id=case_id)

    return FormSheet(
        title=words.EDIT_TITLE.format(case_id),
        fields=(
            ("day", tr("Day"), case.get("day") or "", ()),
            ("level", tr("Level"), level.get("level") or "", ()),
            ("technique", tr("Technique"), case.get("technique", ""), ("", "PKP", "PVP", "other")),  # sentences
            ("access", tr("Access"), level.get("access", ""), ("", "one side", "both sides")),  # sentences
            ("cement", tr("Cement ml"), "" if ml is None else f"{ml:g}", ()),
            ("note", tr("Note"), case.get("note", ""), ()),
            ("tags", tr("Tags"), case.get("tags", ""), ()),
            ("owner", tr("Owner"), case.get("owner", ""), ()),
            ("names", tr("Names in the picture"), case.get("names", ""), _names(case.get("names", ""))),
            ("keep", tr("Keep until"), case.get("keep_until") or "", ()),
        ),
        keep=keep,
    )


def _names(present: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((present or words.NAMES[0], *words.NAMES)))


def ct_form(library: Library, case_id: str) -> FormSheet:
    """A finding of the CT."""

    def keep(values: dict[str, str]) -> str:
        add_finding(library, case_id, **values)
        return tr("CT of {case_id} linked.", case_id=case_id)

    return FormSheet(
        title=words.CT_TITLE,
        fields=(
            ("site", tr("Site"), SITES[0], SITES),
            ("level", tr("Level"), "", ()),
            ("yeom", tr("Yeom type"), "", YEOM),
            ("magnitude", tr("Magnitude"), "", MAGNITUDES),
            ("shape", tr("Shape (disc)"), "", SHAPES),
            ("day", tr("Day of the CT"), "", ()),
            ("note", tr("Note"), "", ()),
        ),
        keep=keep,
        note=tr("One entry for each site. Enter “none seen” where the CT shows none."),
    )


def outcome_form(library: Library, case_id: str) -> FormSheet:
    """Follow-up figures."""

    def keep(values: dict[str, str]) -> str:
        add_outcome(
            library,
            case_id,
            OutcomeFigures(
                stage=values["stage"],
                vas=number(values["vas"], "pain"),
                odi_percent=number(values["odi"], tr("ODI")),
                anterior_height_mm=number(values["anterior"], tr("anterior height")),
                middle_height_mm=number(values["middle"], tr("middle height")),
                posterior_height_mm=number(values["posterior"], tr("posterior height")),
                adjacent_fracture=_yes_no(values["adjacent"]),
                remote_fracture=_yes_no(values["remote"]),
                brace=values["brace"],
                note=values["note"],
            ),
        )
        return tr("Outcome of {case_id} kept.", case_id=case_id)

    return FormSheet(
        title=words.OUTCOME_TITLE,
        fields=(
            ("stage", tr("When"), STAGES[1], STAGES),
            ("vas", tr("Pain (VAS 0–10)"), "", ()),
            ("odi", tr("ODI %"), "", ()),
            ("anterior", tr("Anterior height mm"), "", ()),
            ("middle", tr("Middle height mm"), "", ()),
            ("posterior", tr("Posterior height mm"), "", ()),
            ("adjacent", tr("Adjacent fracture"), "", _YES_NO),
            ("remote", tr("Remote fracture"), "", _YES_NO),
            ("brace", tr("Brace"), "", ()),
            ("note", tr("Note"), "", ()),
        ),
        keep=keep,
    )


def export_form(jobs: Jobs, case_id: str) -> FormSheet:
    """A de-identified pack; the own folder is named ~, as everywhere."""

    def keep(values: dict[str, str]) -> str:
        order = PackOrder(
            case_ids=(case_id,),
            shift_days=int(number(values["shift"], "days") or 0),
            with_notes=values["notes"] == "yes",
            cover_px=cover(values["cover"]),
            looked_for_names=values["looked"] == "yes, none is left to read",  # sentences
        )
        job = jobs.add(pack_job(jobs.library, order, Path(values["place"]).expanduser()))
        return tr("{job} is being written.", job=job.name)

    return FormSheet(
        title=words.EXPORT_TITLE,
        fields=(
            ("looked", tr("Names in the picture?"), "", ("", "yes, none is left to read")),  # sentences
            ("cover", tr("Cover x y w h (px)"), "", ()),
            ("shift", tr("Shift dates by days"), "", ()),
            ("notes", tr("Notes go along"), "no", ("no", "yes")),  # sentences
            ("place", tr("File"), f"~/{case_id}.fluopack.zip", ()),
        ),
        keep=keep,
        button=tr("Export"),
        note=words.EXPORT_NOTE,
    )


def number(text: str, what: str) -> float | None:
    """A figure as typed; None for an empty field.

    Raises
    ------
    UsageError
        If it is no number.
    """
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise UsageError(f"{what} must be a number, got {text!r}") from error


def cover(text: str) -> tuple[tuple[int, int, int, int], ...]:
    """Rectangles to black out, as typed: four numbers each, separated by semicolons.

    Raises
    ------
    UsageError
        If they are not that.
    """
    made = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        found = [number(each, tr("a corner or size")) for each in part.replace(",", " ").split()]
        if len(found) != 4:
            raise UsageError(f"a cover is four numbers, x y width height, got {part!r}")
        x, y, w, h = (int(each or 0) for each in found)
        made.append((x, y, w, h))
    return tuple(made)


def _yes_no(text: str) -> bool | None:
    return None if not text else text == "yes"
