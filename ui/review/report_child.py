"""Has the report drawn by a process of its own: in the window's process only the window's own thread draws text.

Qt keeps one lock for all fonts, and PyQt holds the interpreter while it waits for that lock. Reports drawn in a second
thread made the window stand still for ever now and then: while it painted text, and so held the lock, Qt wrote a
message, and the handler of the message, being Python, waited for the interpreter that the second thread held.

Standard input: the content of the page, pickled by the parent, which alone starts this. Standard output: nothing, or
one line of JSON that says why there is no page.
"""

from __future__ import annotations

import json
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from assistant.errors import AssistantError, EnvironmentError_
from assistant.reports.facts import ReportFacts
from assistant.reports.tables import export_file
from assistant.review.curves import CurveColumns
from assistant.review.event_list import EventRow
from assistant.system.error_log import LastWords, exit_words
from assistant.system.files import put_in_place
from assistant.system.plain import json_text
from assistant.system.processes import ChildProcess, Stream, module_command, module_environment
from ui.review.report_pdf import ReportImage, write_report

_LOOK_EVERY_S: Final = 0.1
_STOPPED: Final = "the process that draws the report stopped ({0}); try again"


def write_report_beside(
    path: Path,
    facts: ReportFacts,
    shots: Sequence[ReportImage],
    curve: CurveColumns,
    frames: int,
    length_s: float,
    rows: Sequence[EventRow],
    go_on: Callable[[], object] = lambda: None,
) -> None:
    """As `ui.review.report_pdf.write_report`, by another process; waits for it, so it is called in a thread.

    Parameters
    ----------
    path, facts, shots, curve, frames, length_s, rows
        Of the report.
    go_on : callable
        Called now and then meanwhile; what it raises ends the process, and nothing is left.

    Raises
    ------
    EnvironmentError_
        If the page cannot be written, or its process stopped.
    """
    # Drawn in a folder beside the page: of a process that is ended in the middle nothing stays.
    with export_file(path) as part, tempfile.TemporaryDirectory(prefix=".report_", dir=path.parent) as folder:
        drawn = Path(folder) / path.name
        asked = Path(folder) / "content"
        asked.write_bytes(pickle.dumps((drawn, facts, tuple(shots), curve, frames, length_s, tuple(rows))))
        with asked.open("rb") as content:
            why = _why_not_drawn(content, go_on)
        if why:
            raise EnvironmentError_(f"{path}: {why}")
        put_in_place(drawn, part)


def _why_not_drawn(content: BinaryIO, go_on: Callable[[], object]) -> str:
    """Have it drawn; why it was not, empty where it was."""
    words = LastWords("report")
    process = ChildProcess(
        module_command("ui.review.report_child"),
        environment=module_environment(QT_QPA_PLATFORM="offscreen"),
        given=content,
        out=Stream.PIPE,
        words=words,
    )
    with process:
        try:
            go_on()
            while not process.ended_within(_LOOK_EVERY_S):
                go_on()
        finally:
            words_of_end = exit_words(process.poll())
            process.kill()
            words.over(words_of_end)
        output = process.output.read()
    if process.returncode == 0:
        return ""
    try:
        return str(json.loads(output)["error"])
    except (ValueError, KeyError, TypeError):
        return _STOPPED.format(process.how_it_ended)


def main() -> int:
    """The child: one page."""
    from PyQt6.QtGui import QGuiApplication

    from ui import theme

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    application = QGuiApplication(sys.argv[:1])
    theme.load_fonts()
    content = pickle.loads(sys.stdin.buffer.read())
    try:
        write_report(*content)
    except AssistantError as error:
        # The parent names the place that was asked for, not the one beside it.
        sys.stdout.write(json_text({"error": str(error).removeprefix(f"{content[0]}: ")}, indent=None) + "\n")
        return error.exit_status
    finally:
        application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
