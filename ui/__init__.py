"""The window. Everything that touches Qt lives here and nowhere else."""
