"""Video files: the way through one, and what FFmpeg does not pass on."""
