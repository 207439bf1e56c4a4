"""Case packs: de-identified cases in one file, out and in."""
