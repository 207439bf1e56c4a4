"""The rows of the table: every figure that is told of a method, with the goal that it should reach."""

from __future__ import annotations

from assistant.evaluation.figures import (
    Figure,
    Reduce,
    auc_of,
    calibration_error_of,
    mean_of,
    quantile_of,
    share,
)
from assistant.evaluation.paired_runs import LOST, OVER_IDEAL

LEAK_SITES = ("posterior", "superior_disc", "inferior_disc", "anterior", "lateral")


def _distances() -> list[Figure]:
    figures = []
    groups = {
        "posterior_wall": ("posterior_wall",),
        "warning_line": ("warning_line",),
        "endplates": ("superior_endplate", "inferior_endplate"),
        "anterior_wall": ("anterior_wall",),
        "side_wall": ("side_wall",),
    }
    for group, lines in groups.items():
        goal = group in ("posterior_wall", "warning_line", "endplates")
        for against, title in (("visible", "visible"), ("path", "0.5 mm mask")):
            keys = tuple(f"distance.{line}.{against}" for line in lines)
            rows: list[tuple[str, str, Reduce, str]] = [
                ("median", "median error", quantile_of(*keys, at=0.5), "<= 0.25"),
                ("p95", "p95 error", quantile_of(*keys, at=0.95), "<= 0.8"),
                ("bias", "bias", mean_of(*keys), ""),
            ]
            figures += [
                Figure(
                    key=f"{group}.{name}.{against}",
                    section=group.replace("_", " "),
                    label=f"{label}, {title}",
                    unit="mm",
                    reduce=reduce,
                    goal=limit if goal and against == "visible" else "",
                    main=goal and against == "visible" and name != "bias",
                )
                for name, label, reduce, limit in rows
            ]
        figures.append(
            share(
                f"{group}.coverage",
                group.replace("_", " "),
                "frames with a figure",
                *(f"coverage.{line}" for line in lines),
                goal=">= 0.97" if goal else "",
            )
        )
    return figures


def _masks() -> list[Figure]:
    def dice(key: str, label: str, against: str, at: float, goal: str = "") -> Figure:
        return Figure(
            key=f"dice.{key}.{against}",
            section="cement mask",
            label=f"Dice {label}, {'visible' if against == 'visible' else '0.5 mm mask'}",
            unit="",
            reduce=quantile_of(f"dice.{against}", at=at),
            digits=3,
            goal=goal,
            main=bool(goal),
        )

    return [
        dice("median", "median", "visible", 0.5, ">= 0.95"),
        dice("p05", "5th percentile", "visible", 0.05, ">= 0.88"),
        dice("median", "median", "path", 0.5),
        dice("p05", "5th percentile", "path", 0.05),
        share("mask.coverage", "cement mask", "scored frames with a mask", "coverage.mask"),
        share("front.within", "cement mask", "errors within the outline's own sigma (0.68)", "front.within"),
        share("phantom", "cement mask", "frames with phantom cement", "phantom", goal="0", main=True),
    ]


def _delays(kind: str, section: str) -> list[Figure]:
    """How late the alarms of one kind come: in pictures, exposures, beside the ideal observer's, in time."""
    return [
        Figure(
            key=f"{kind}.delay_median",
            section=section,
            label="delay median, new pictures",
            unit="",
            reduce=quantile_of(f"delay_pictures.{kind}", at=0.5, absolute=False),
            digits=1,
            goal="0",
        ),
        Figure(
            key=f"{kind}.delay_p95",
            section=section,
            label="delay p95, new pictures",
            unit="",
            reduce=quantile_of(f"delay_pictures.{kind}", at=0.95, absolute=False),
            digits=1,
            goal="<= 1",
            main=True,
        ),
        Figure(
            key=f"{kind}.delay_exposures_p95",
            section=section,
            label="delay p95, exposures",
            unit="",
            reduce=quantile_of(f"delay_exposures.{kind}", at=0.95, absolute=False),
            digits=1,
            goal="<= 1",
        ),
        *(
            Figure(
                key=f"{kind}.over_ideal_{name}",
                section=section,
                label=f"pictures later than the ideal observer's, {label}",
                unit="",
                reduce=quantile_of(f"{OVER_IDEAL}.{kind}", at=at, absolute=False),
                digits=1,
                goal=goal,
            )
            for name, label, at, goal in (("median", "median", 0.5, "<= 0"), ("p95", "p95", 0.95, "<= 1"))
        ),
        Figure(
            key=f"{kind}.delay_ms",
            section=section,
            label="delay median",
            unit="ms",
            reduce=quantile_of(f"delay_ms.{kind}", at=0.5, absolute=False),
            digits=0,
        ),
    ]


def _events() -> list[Figure]:
    figures = []
    for kind in ("warning_line", "posterior_wall", "endplate"):
        section = f"alarm {kind.replace('_', ' ')}"
        figures += [
            share(f"{kind}.missed", section, "missed", f"missed.{kind}", goal="0", main=True, apart=True),
            share(f"{kind}.never", section, "... alarmed for neither then nor later", f"never.{kind}", apart=True),
            share(f"{kind}.standing", section, "standing before", f"standing.{kind}"),
            *_delays(kind, section),
            share(
                f"{kind}.false_per_min",
                section,
                "false per line-minute",
                f"false_alarms.{kind}",
                goal="<= 0.05",
                main=True,
                rate=True,
            ),
            share(f"{kind}.unseen_alarmed", section, "invisible crossings alarmed", f"unseen_crossing_alarmed.{kind}"),
        ]
    section = "geometric alarms"
    return [
        *figures,
        share(
            "geometric.false_per_min",
            section,
            'false per line-minute, "outside body" with them',
            "false_geometric",
            goal="<= 0.05",
            main=True,
            rate=True,
        ),
        share("outside.false_per_min", section, 'false "outside body" per minute', "false_outside", rate=True),
        share("phantom_alarms", section, "before any cement, per run", "phantom_alarms", goal="0", main=True),
    ]


def _first() -> list[Figure]:
    section = "first cement"
    rows = [
        ("area_median", "visible beside the shaft when first seen, median", "mm2", "first.area_mm2", 0.5, "<= 8"),
        ("area_p90", "... 90th percentile", "mm2", "first.area_mm2", 0.9, "<= 15"),
        ("pictures_p90", "pictures after 5 mm2, 90th percentile", "", "first.pictures", 0.9, "<= 3"),
        ("exposures_p90", "exposures after 5 mm2, 90th percentile", "", "first.exposures", 0.9, "<= 1"),
    ]
    figures = [
        Figure(
            key=f"first.{key}",
            section=section,
            label=label,
            unit=unit,
            reduce=quantile_of(sample, at=at),
            digits=1,
            goal=goal,
            main=True,
        )
        for key, label, unit, sample, at, goal in rows
    ]
    return [*figures, share("first.never", section, "never seen at all", "first.never", goal="0", apart=True)]


def _leaks() -> list[Figure]:
    visible = tuple(f"leaks_visible.{site}" for site in LEAK_SITES)
    figures = [
        share("leaks.visible", "leaks", "visible ones found", *visible, goal=">= 0.98", main=True),
        *(
            share(f"leaks.visible.{site}", "leaks", f"visible, {site}", f"leaks_visible.{site}", goal=">= 0.98")
            for site in LEAK_SITES
        ),
        *(
            share(f"leaks.3d.{site}", "leaks", f"3-D truth, {site}", f"leaks_3d.{site}", goal=goal)
            for site, goal in zip(LEAK_SITES, ("> 0.21", "> 0.75", "> 0.75", "", "> 0.51"), strict=True)
        ),
        share("leaks.false", "leaks", "false per run", "false_leaks", goal="<= 0.02", main=True),
        share("leaks.contestable", "leaks", "unmatched that are contestable", "contestable_leaks"),
        Figure(
            key="leaks.delay_p95",
            section="leaks",
            label="delay p95, new pictures",
            unit="",
            reduce=quantile_of("leak_delay_pictures", at=0.95, absolute=False),
            digits=1,
        ),
        share("shape.right_of_all", "leak shape", "right of all", "shape.right_of_all"),
        share("shape.right_of_decided", "leak shape", "right of decided", "shape.right_of_decided", goal=">= 0.95"),
        share("shape.decided", "leak shape", "decided", "shape.decided"),
        share("shape.decided_large", "leak shape", "decided, of 2 mm and more", "shape.decided_large", goal=">= 0.85"),
        share("shape.labelled", "leak shape", "labelled", "shape.labelled"),
        share("shape.left_open", "leak shape", "in-between left open", "shape.in_between_left_open"),
    ]
    spikes_rounds = ("shape.p_of_spikes", "shape.p_of_rounds")
    for key, label, reduce, goal in (
        ("auc", "AUC of p_spike", auc_of(*spikes_rounds), ">= 0.98"),
        ("ece", "calibration error", calibration_error_of(*spikes_rounds), "<= 0.05"),
    ):
        figures.append(
            Figure(key=f"shape.{key}", section="leak shape", label=label, unit="", reduce=reduce, digits=3, goal=goal)
        )
    return figures


def _states() -> list[Figure]:
    figures = []
    for state in ("frozen", "no_signal", "unusable", "moving"):
        goal = "1" if state in ("frozen", "no_signal") else ""
        section = f"state {state.replace('_', ' ')}"
        figures += [
            share(f"{state}.recall", section, "segments noticed", f"state_recall.{state}", goal=goal),
            share(f"{state}.precision", section, "called with cause", f"state_precision.{state}"),
            Figure(
                key=f"{state}.delay_p95",
                section=section,
                label="delay p95",
                unit="s",
                reduce=quantile_of(f"state_delay_s.{state}", at=0.95),
                goal="<= 1.0" if goal else "",
            ),
        ]
    return [
        *figures,
        share(
            "false_stop",
            "new pictures",
            "frozen or no signal without cause, per 8 h",
            "false_stop",
            goal="<= 1",
            rate=True,
        ),
        share("live.recall", "new pictures", "recall", "live_recall", goal=">= 0.98", main=True),
        share("live.precision", "new pictures", "precision", "live_precision", goal=">= 0.98", main=True),
        share("live.untold", "new pictures", "frames of which it cannot be told", "live_untold", goal="<= 0.05"),
        share("live.no_signal", "new pictures", "called no signal", "called_no_signal", goal="0", main=True),
        share("blind", "new pictures", "live figures without a picture", "live_figures_while_blind", goal="0"),
        share("loop.live", "console's loop", "frames called live", "loop_live", goal="0", main=True),
        share("loop.figures", "console's loop", "frames with figures", "loop_figures", goal="0"),
        share("swing.figures", "C-arm away", "pictures with figures", "swing_figures", goal="0", main=True),
    ]


def _motion() -> list[Figure]:
    return [
        Figure(
            key="registration.median",
            section="registration",
            label="median error",
            unit="mm",
            reduce=quantile_of("registration", at=0.5),
            goal="<= 0.10",
            main=True,
        ),
        Figure(
            key="registration.p95",
            section="registration",
            label="p95 error",
            unit="mm",
            reduce=quantile_of("registration", at=0.95),
            goal="<= 0.35",
            main=True,
        ),
        share("registration.coverage", "registration", "pictures with a motion", "coverage.registration"),
        share("registration.wrong_lock", "registration", "given out, wrong by > 2 mm", "wrong_lock", goal="0"),
        share("registration.view", "registration", "view named right", "view_right"),
        share("registration.on_nothing", "registration", "given out, no planned view", "lines_on_nothing", goal="0"),
        share("lock.noticed", "lock", "swings, flips and zooms noticed within 300 ms", "lock_noticed", goal="1"),
        Figure(
            key="lock.delay_p95",
            section="lock",
            label="lines gone after, p95",
            unit="ms",
            reduce=quantile_of("lock_delay_ms", at=0.95),
            digits=0,
            goal="<= 300",
        ),
        Figure(
            key="lock.back_p95",
            section="lock",
            label="lines back after, p95",
            unit="ms",
            reduce=quantile_of("lock_back_ms", at=0.95),
            digits=0,
            goal="<= 300",
        ),
        share("lock.false", "lock", "lost without cause, per 30 min", "false_loss", goal="<= 1", main=True, rate=True),
    ]


def _acquisition() -> list[Figure]:
    section = "acquisition"
    worst = [
        ("scale", "scale spread, worst run", "%", "spread.scale_pct", "<= 0.2"),
        ("rotation", "rotation spread, worst run", "deg", "spread.rotation_deg", "<= 0.1"),
        ("xray_s", "X-ray time off, worst run", "share", "xray.time_off", "<= 0.05"),
        ("exposures", "exposures off, worst run", "share", "xray.exposures_off", "<= 0.05"),
    ]
    return [
        share(
            "acquisition.pose", section, "new pictures with a pose", "coverage.registration", goal=">= 0.98", main=True
        ),
        share(
            "acquisition.first", section, "... the first of an exposure", "coverage.first", goal=">= 0.95", main=True
        ),
        share(
            "acquisition.figure",
            section,
            "pictures with cement in sight that have a figure",
            "coverage.figure",
            goal=">= 0.97",
            main=True,
        ),
        share("acquisition.silent", section, "... blind without saying so", "blind_silent", goal="0", main=True),
        share(
            "acquisition.technical",
            section,
            "technical alarms without cause, per 30 min of film",
            "false_technical",
            goal="<= 1",
            main=True,
            rate=True,
        ),
        share("acquisition.identity", section, "reference frame: pose is the identity", "reference_identity", goal="1"),
        *(
            Figure(
                key=f"acquisition.{key}_{name}",
                section=section,
                label=label if name == "worst" else label.replace("worst", "median"),
                unit=unit,
                reduce=quantile_of(sample, at=at),
                digits=3,
                goal=goal if name == "worst" else "",
            )
            for key, label, unit, sample, goal in worst
            for name, at in (("median", 0.5), ("worst", 1.0))
        ),
    ]


def _shown() -> list[Figure]:
    """What a console or a person brings: acts, cement that was there before, folders of stills."""
    return [
        share(
            "display.named",
            "console",
            "runs mirrored, zoomed, inverted, turned, of a roadmap: named",
            "display_named",
            goal=">= 0.95",
            main=True,
        ),
        share("display.lost", "console", "figures lost beside the run as it is", LOST, goal="<= 0.02", main=True),
        share("before.asked", "cement before", "runs with 20 mm2 of it that ask", "before.asked", goal=">= 0.95"),
        share("before.false", "cement before", "runs without it that ask", "before.false", goal="<= 0.02"),
        share(
            "stills.found", "stills", "vertebra found in the last picture", "stills.found", goal=">= 0.95", main=True
        ),
        share("stills.leaks", "stills", "leaks of 2 mm and more found", "stills.leaks", goal=">= 0.9", main=True),
    ]


def _time() -> list[Figure]:
    return [
        Figure(
            key="time.median",
            section="time",
            label="median",
            unit="ms",
            reduce=quantile_of("processing_ms", at=0.5),
            goal="<= 5",
        ),
        Figure(
            key="time.p99",
            section="time",
            label="p99",
            unit="ms",
            reduce=quantile_of("processing_ms", at=0.99),
            goal="<= 12",
        ),
        Figure(key="time.max", section="time", label="max", unit="ms", reduce=quantile_of("processing_ms", at=1.0)),
        share("time.wall", "time", "wall time per frame, s", "wall_s"),
        share("complete", "runs", "analysed to the end", "complete", goal="1"),
    ]


FIGURES: tuple[Figure, ...] = (
    *_distances(),
    *_masks(),
    *_first(),
    *_events(),
    *_leaks(),
    *_states(),
    *_motion(),
    *_acquisition(),
    *_shown(),
    *_time(),
)
