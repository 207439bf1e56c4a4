"""The steps of the way of a frame. Each: typed input, typed output, no I/O, no import of another step."""
