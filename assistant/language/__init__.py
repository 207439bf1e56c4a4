"""The sentences that a person reads, in the language of the program: English first, others by a catalogue.

The English sentence is the id (GNU gettext). `sentences.pot` beside this file holds all of them, gathered from the
code by ``make sentences`` (`assistant.language.gathering`). A translation is a ``.mo`` file.

There are two ways, and which one is right follows from where a text goes:

* **A text that only a person reads** (the window, the command line, the report) is said at once: `tr`, `trn`.
* **A text that goes through a file, a log or another process** (reasons, notes, headlines of alarms, errors) is English
  wherever it is kept, so that files are the same everywhere and can be compared; it is said in the language where it
  is shown, by `translate`, which knows it again by the catalogue. `sentence` marks one where it is made; those of
  errors and of `Unknown` need no mark.
"""

from assistant.language.catalogue import LANGUAGE, language, sentence, tr, translate, trn

__all__ = ["LANGUAGE", "language", "sentence", "tr", "translate", "trn"]
