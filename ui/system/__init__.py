"""The machine's sound, mixer, screens and log-off, as far as the window meets them."""
