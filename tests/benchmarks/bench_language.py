"""How long it takes to know a kept text again, by its length; a person waits for it wherever one is shown.

Every sentence of the program is in the catalogue. A text is so many of them, filled in and joined as reasons and notes
are; the same words in another order, which are no sentences; and a text of the same length without any such word.
"""

from __future__ import annotations

import random
import statistics
import sys
import time

from assistant.language.gathering import gathered
from assistant.language.recognising import PLACE, Recogniser
from tests.pseudo_language import in_brackets

COUNTS = (1, 4, 16, 64, 256)
JOINTS = ("; ", " · ", ". ", ": ", ", ", "\n")
TIMES = 5
_MOST_PER_LETTER_MS = 0.02
"""Of the longest text: five times what it takes; by templates as patterns it took 0.3 of one of 900 letters."""


def texts(sentences: list[str], count: int) -> tuple[str, str, str]:
    """One that is known, one of its words alone, and one of which nothing is known."""
    drawn = random.Random(count)
    parts = [PLACE.sub("12.5", drawn.choice(sentences)) for _ in range(count)]
    known = "".join(part + drawn.choice(JOINTS) for part in parts)
    words = known.split(" ")
    drawn.shuffle(words)
    return known, " ".join(words), "".join(letter.upper() + "q" if letter.isalpha() else letter for letter in known)


def test_the_time_grows_with_the_length_of_a_text() -> None:
    """A row a length: letters, and the median time in ms of each text."""
    sentences = [one for one, _ in gathered()]
    known = Recogniser({text: in_brackets(text) for text in sentences})
    sys.stdout.write("\nsentences  letters  known ms  shuffled ms  unknown ms\n")
    per_letter = []
    for count in COUNTS:
        row = []
        for text in texts(sentences, count):
            took = []
            for _ in range(TIMES):
                begin = time.perf_counter()
                known.translation(text)
                took.append(1000 * (time.perf_counter() - begin))
            row.append(statistics.median(took))
        sys.stdout.write(f"{count:9d}  {len(text):7d}  {row[0]:8.1f}  {row[1]:11.1f}  {row[2]:10.1f}\n")
        per_letter.append(max(row) / len(text))
    assert per_letter[-1] < _MOST_PER_LETTER_MS
