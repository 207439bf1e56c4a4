"""Whether a plan, a result or a run is whole and well formed, and a mended copy of a run that is not."""
