"""Files that older versions of the program wrote (`tests/old_data/README.md`)."""

import tarfile
from pathlib import Path

OLD = Path(__file__).resolve().parent / "old_data" / "93736df"


def old_files(into: Path) -> Path:
    """All that the program at 93736df wrote, as a site has it: free to be written, and others may read it."""
    with tarfile.open(OLD / "files.tar.xz") as packed:
        packed.extractall(into, filter="tar")  # with the rights of its files and folders, whatever the umask
    return into
