"""The model's card: for whom, from what, how right, what not; in the order of the FDA draft's Appendix E."""

from __future__ import annotations

from typing import Any

_TEXT = """# Leak shape, version {version}

Says of cement that has leaked into a disc, as seen in a lateral X-ray picture, whether it is a **spike**, **round**, or
**undetermined**, with a calibrated number and the frames it rests on. Research software; not a medical device.

## What for

To record the shape of an intradiscal leak with its uncertainty, for the surgeon to look at. In one cohort adjacent
fractures followed 7 of 9 spike leaks and 0 of 2 round ones (Reyhani Yassavoly 2025, J Orthop Spine Trauma 11:64; Fisher
p = 0.109): too few to act on. **No risk is derived. It never raises, lowers or delays an alarm.**

## What the words mean here

Working definitions; the literature has none in words or numbers, no reader agreement is known, and **a surgeon must
confirm them**. On the cement beyond the endplate line, h its height, w its width at the endplate, apex angle from the
flanks of its outer 40 %, circularity 4πA/P²:

- **Spike**: opened as a tapering tongue, and h/w ≥ 1 or an apex of at most 60°, circularity below 0.85.
- **Round**: opened as a broad lobule, and h/w < 1, an apex above 75°, circularity of at least 0.65.
- **Undetermined**: all between, and whatever the picture does not bear out. Below 1 mm or 4 px of height, cut by the
  edge of the field, too blurred (edge wider than {blur_mm:g} mm) or unlike the training data (distance above
  {strangeness:g}): undetermined with that reason, without a number.

The starting point was h/w ≥ 1 or apex ≤ 60° with circularity below 0.6, and h/w < 1, apex above 90° and circularity of
at least 0.7. On clean simulated shapes those limits leave half of the clear spikes and a quarter of the clear rounds
open, since a tongue with a rounded tip reaches 0.75; every shape that they do name is named the same here unless it was
opened as in between.

`p_spike` is how much rather spike than round; 0.5 in between. A word is given from a probability of {decide:g}.

## What it sees

A patch of 24 mm (64 px of 0.375 mm), endplate level, disc up, cut by `assistant/leak_patch.py`: the leak, all cement,
distance to the endplate, darkening since before the injection, the picture. Polarity, zoom and orientation are settled
before. The latest pictures (7 at most) that show the leak at about its largest are weighed together.

## From what it learned

No labelled recording of such leaks is public: **everything it knows is simulated.** {train_stills} pictures of
{train_patients} procedural spines from the project's synthetic fluoroscope, seen through the program's own cement step,
and {drawn_stills} outlines of leaks drawn in two dimensions, given a thickness and put as cement before bone, beam,
camera and display of the same fluoroscope; marks, scale, masks, grain and blur disturbed at random. The drawn outlines
keep the network from learning by heart how one program lets cement flow. Limits and
temperature ({temperature:.2f}) from {calibration_patients} other spines. Nobody's data is in it. {note}
A convolutional network of {parameters} weights, ONNX opset 18, float: int8 {int8}.

## How right it is

On {test_stills} pictures of {injections} injections into {test_patients} spines that took no part in training or
calibration, judged one by one. Of each leak its very first picture (at least 2 mm² of leaked cement are visible), its
last, and five at random: the first is hard on purpose, since new cement is taken for cement only when it stays. Shares
are of true spikes and rounds. The geometric rule is on the same masks and lines. "Found by the cement step": something
of the leak, at least 1 mm and 4 px high, is in the mask; of the rest no classifier can say anything.

{main_table}

Single pictures; an answer in the program rests on up to seven. {missing}

### What was said (rows: true; of the model)

{confusion}

### By subgroup (the model)

{subgroups}

### Under errors of marking and picture (the model; beside it the rule)

{stress}

### Is the number right? (p_spike said, share of spikes among them)

{reliability}

### The surer, the righter (share of spikes and rounds answered, share wrong of them)

{risk}

### In other worlds

{worlds}

### Whole runs

{runs}

## What it must not be used for

- Anything that decides treatment. AP or oblique views (it is not asked there). Leaks elsewhere than into a disc.
- Pictures that its makers never saw: it has **never been shown a patient's leak**. What it does on them is unknown.
- Projection hides shape: a flat sheet seen edge-on looks like a spike. In discs below about 4 mm (upper thoracic spine)
  a shape is at the limit of what can be seen.
"""

_SUBGROUP = ("decided", "found by the cement step", "decided of found", "right of decided", "AUC")
_MAIN = (
    "decided",
    "found by the cement step",
    "decided of found",
    "right of decided",
    "right of all",
    "with a number",
    "AUC",
    "ECE",
    "in-between left open",
)


def write_card(metrics: dict[str, Any]) -> str:
    """The card as Markdown, of figures as they stand in ``metrics.json`` (None: there was nothing to count)."""
    confusion_table = metrics["confusion"]
    columns = list(next(iter(confusion_table.values())))
    main = metrics["model"], metrics["rule"]
    return _TEXT.format(
        **metrics["facts"],
        main_table=_table(["", "model", "geometric rule"], [[k, *(_word(each[k]) for each in main)] for k in _MAIN]),
        missing=metrics["missing"],
        confusion=_table(["", *columns], [[truth, *map(str, row.values())] for truth, row in confusion_table.items()]),
        subgroups=_table(
            ["", "stills", *_SUBGROUP],
            [
                [name, str(own["stills"]), *(_word(own[k]) for k in _SUBGROUP)]
                for name, own in metrics["subgroups"].items()
            ],
        ),
        stress=_table(
            ["", "decided", "right of decided", "AUC", "ECE", "rule: decided", "rule: right of decided"],
            [
                [
                    name,
                    *(_word(own["model"][k]) for k in ("decided", "right of decided", "AUC", "ECE")),
                    *(_word(own["rule"][k]) for k in ("decided", "right of decided")),
                ]
                for name, own in metrics["stress"].items()
            ],
        ),
        reliability=_table(
            ["said", "true", "stills", ""],
            [
                [_word(row["said"]), _word(row["true"]), str(row["stills"]), "█" * round(20 * row["true"])]
                for row in metrics["reliability"]
            ],
        ),
        risk=_table(["answered", "wrong"], [[_word(row["coverage"]), _word(row["risk"])] for row in metrics["risk"]]),
        worlds=_table(
            ["", "stills", "decided", "right of decided", "AUC", "rule: decided", "rule: right of decided"],
            [
                [
                    name,
                    str(own["model"]["stills"]),
                    *(_word(own["model"][k]) for k in ("decided", "right of decided", "AUC")),
                    *(_word(own["rule"][k]) for k in ("decided", "right of decided")),
                ]
                for name, own in metrics["worlds"].items()
            ],
        ),
        runs=_runs(metrics["runs"]),
    )


_RUNS = """{runs} short simulated runs of {spines} spines that took no part in training, one leak into a disc opened in
each: 29 pictures, 0.35 s apart, the plan with its marking errors, through the same call as `fluoro-assistant analyze`.
The word at the end of the run counts. True spikes and rounds: {named}; found by the program: {found}; of these decided:
{decided}, right: {right}. In-between shapes left open or not found: {open} of {between}. A leak that was not found is
the cement step's miss.

{confusion}"""


def _runs(runs: dict[str, Any]) -> str:
    words = sorted({word for row in runs["confusion"].values() for word in row})
    return _RUNS.format(
        **{name: runs[name] for name in ("runs", "spines", "found", "decided", "right")},
        named=runs["spikes and rounds"],
        open=runs["in-between left open"],
        between=runs["in-between"],
        confusion=_table(
            ["true, and what was said", *words],
            [[true, *(str(row.get(word, 0)) for word in words)] for true, row in runs["confusion"].items()],
        ),
    )


def _word(number: float | None) -> str:
    return "—" if number is None else f"{number:.3f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
