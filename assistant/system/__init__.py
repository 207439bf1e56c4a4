"""The machine below the program: where files lie, writing one whole, plain types, what went wrong, and stopping."""
