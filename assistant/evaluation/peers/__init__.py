"""Other methods beside the program: what each makes of a run, and the limit that an observer who knows all reaches."""
