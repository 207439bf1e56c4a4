"""The patch that a shape model sees, and what the program asks of such a model."""
