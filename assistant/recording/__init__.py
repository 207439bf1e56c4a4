"""How a live run is kept on the disk so that whatever happens, everything up to that moment can be played."""
