"""The machine below the program: files whole, processes, plain types, what went wrong, and stopping."""
