"""What leaves the program about a run: one-page report, tables, pictures, video."""
