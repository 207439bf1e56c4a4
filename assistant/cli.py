"""The commands of the contract, without a window: ``analyze``, ``validate``, ``simulate``, ``evaluate``."""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from assistant import __version__
from assistant.errors import AssistantError, UsageError, describe
from assistant.language import tr, translate
from assistant.settings.file import add_arguments, wanted_settings
from assistant.settings.tree import Settings

if TYPE_CHECKING:
    from assistant.analysis import AnalysisOutcome

COMMANDS = (
    *("analyze", "validate", "mend", "live-child", "simulate", "evaluate", "models", "model-worker"),
    *("import", "pack", "unpack", "settings"),
)


def main(argv: list[str] | None = None) -> int:
    """Run one command; gives the exit status.

    0 done; 1 a fault of the program; 2 arguments or a plan that cannot be used; 3 an input that cannot be read, or not
    to its end; 4 the world's fault (disk full, no permission); 130 stopped by a person.
    """
    return run_safely(lambda: _run(sys.argv[1:] if argv is None else argv))


def run_safely(command: Callable[[], int]) -> int:
    """Run a command so that whatever goes wrong is one sentence on standard error and an exit status."""
    _keep_quiet()
    try:
        status = command()
        # Short output waits in the buffer: a reader that has gone must be noticed here, not when Python ends.
        sys.stdout.flush()
        return status
    except AssistantError as error:
        sys.stderr.write(f"{translate(error)}\n")
        return error.exit_status
    except KeyboardInterrupt:
        sys.stderr.write(tr("stopped; nothing was written\n"))
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`). Python would complain once more when it closes the stream.
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.close()
        return 0
    except MemoryError:
        sys.stderr.write(tr("the machine has no memory left; close other programs and start again\n"))
        return 4
    except Exception as error:
        sys.stderr.write(
            tr(
                "a fault in the program: {error}; please report it with what you typed\n",
                error=translate(describe(error)),
            )
        )
        return AssistantError.exit_status


def _keep_quiet() -> None:
    """Libraries talk through the log, a person reads sentences; and words must not fail on an old console."""
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["simulate"]:
        from assistant.simulation import command as simulation

        return simulation.run(arguments[1:])
    if arguments[:1] == ["live-child"]:
        # A process of a live session, where the program is one file and has no Python beside it.
        from assistant.live.processes import entry

        return entry.main(arguments[1:])
    if arguments[:1] == ["models"]:
        from assistant.model_packs import command as models

        return models.run(arguments[1:])
    if arguments[:1] == ["model-worker"]:
        # As above: the process of a model.
        from assistant.model_packs import worker

        return worker.main()
    if arguments[:1] == ["evaluate"]:
        from assistant.evaluation import command as evaluation

        return evaluation.main(arguments[1:])
    if arguments[:1] in (["import"], ["pack"], ["unpack"]):
        from assistant.exchange import command as exchange

        return exchange.run(arguments)
    if arguments[:1] == ["settings"]:
        from assistant.settings import command as settings_command

        return settings_command.run(arguments[1:])
    top = parser()
    args = top.parse_args(arguments)
    if args.command == "analyze":
        settings = wanted_settings(args)
        return run_analyze(args.run_path, args.plan, args.out, settings, masks=args.masks, fps=args.fps)
    if args.command == "validate":
        return _run_validate(args.file, wanted_settings(args))
    if args.command == "mend":
        return _run_mend(args.run_path, args.out)
    top.print_help(sys.stderr)
    return UsageError.exit_status


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the whole usage before it."""

    def error(self, message: str) -> NoReturn:
        """End with one sentence and exit status 2."""
        self.exit(2, tr("{prog}: {message}; see {prog} --help\n", prog=self.prog, message=message))


def parser() -> argparse.ArgumentParser:
    """The command line, for help and for parsing."""
    top = Parser(
        prog="fluoro-assistant",
        usage="fluoro-assistant [RUN] [--plan PLAN]\n       fluoro-assistant --live SOURCE\n"
        "       fluoro-assistant COMMAND ...",
        description=tr(
            "Tracks bone cement on fluoroscopy against the warning line and the endplates, and warns in time. "
            "Research software, not a medical device. Without a command the window opens, with RUN if one is given; "
            "--live opens the theatre with a SOURCE: a camera or grabber, play:RUN or loop:RUN (a rehearsal)."
        ),
        epilog=tr(
            "Exit status: 0 done; 1 a fault of the program; 2 arguments or a plan that cannot be used; 3 an input that "
            "cannot be read, not to its end, or without one usable picture; 4 disk full or no permission; 130 stopped. "
            "What was analysed before a failure is kept."
        ),
    )
    top.add_argument("--version", action="version", version=f"fluoro-assistant {__version__}")
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=Parser, prog="fluoro-assistant"
    )
    _add_analyze(commands)
    validate = commands.add_parser(
        "validate",
        usage="fluoro-assistant validate FILE [--defaults | --settings FILE]",
        help=tr("say whether a plan, a result or a run folder is whole"),
        description=tr("Says of a plan, a result, a run or a folder with these whether it is whole and well formed."),
    )
    validate.add_argument("file", metavar="FILE", type=Path)
    add_arguments(validate)
    mend = commands.add_parser(
        "mend",
        usage="fluoro-assistant mend RUN OUT",
        help=tr("make a whole copy of a recording that was cut off"),
        description=tr("Copies all that can be read of a recorded run folder into OUT as one whole video; RUN stays."),
    )
    mend.add_argument("run_path", metavar="RUN", type=Path, help=tr("a run folder that the program recorded"))
    mend.add_argument("out", metavar="OUT", type=Path, help=tr("must not exist"))
    commands.add_parser("simulate", help=tr("make X-ray runs with known truth (simulate --help)"), add_help=False)
    commands.add_parser("evaluate", help=tr("measure how right the analysis is (evaluate --help)"), add_help=False)
    for name, words in (
        ("import", tr("take runs or case packs into the library (import --help)")),
        ("pack", tr("write cases into a de-identified pack (pack --help)")),
        ("unpack", tr("take a case pack into the library")),
    ):
        commands.add_parser(name, help=words, add_help=False)
    commands.add_parser("settings", help=tr("what can be set, and setting it (settings --help)"), add_help=False)
    commands.add_parser("models", help=tr("which model packs there are (models --help)"), add_help=False)
    return top


def _add_analyze(commands: argparse._SubParsersAction[Parser]) -> None:
    analyze = commands.add_parser(
        "analyze",
        usage="fluoro-assistant analyze RUN --plan PLAN.json --out DIR [--masks] [--fps N]\n"
        "                                [--defaults | --settings FILE]",
        help=tr("analyse a recorded run, no window needed"),
        description=tr("Analyses a recorded run and writes result.json and measurements.csv into DIR."),
    )
    analyze.add_argument(
        "run_path",
        metavar="RUN",
        help=tr("video, DICOM multi-frame file, folder of numbered PNG or TIFF, or run folder"),
    )
    analyze.add_argument("--plan", type=Path, required=True, help=tr("plan.json: view, level, scale and landmarks"))
    analyze.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("made if need be"))
    analyze.add_argument(
        "--masks", action="store_true", help=tr("also write masks/000123.png: 255 where cement stands")
    )
    analyze.add_argument(
        "--fps", type=float, metavar="N", help=tr("frames a second of a run that has no clock of its own (default 15)")
    )
    add_arguments(analyze)


def run_analyze(
    run: str,
    plan_path: Path,
    out: Path,
    settings: Settings,
    *,
    masks: bool = False,
    fps: float | None = None,
    only_table: bool = False,
) -> int:
    """Analyse a run and write the results.

    Parameters
    ----------
    run : str
        As typed.
    plan_path, out : Path
    settings : Settings
    masks : bool
    fps : float or None
        For a run that has no clock of its own.
    only_table : bool
        The summary on standard output is what counts, also when it is no terminal; ``out`` is thrown away afterwards.

    Raises
    ------
    AssistantError
        Also when the run was analysed in part; the text says what was kept.
    """
    # Imported late: `validate` and help must not wait for the codecs.
    import cv2

    from assistant.analysis import analyze
    from assistant.capture.opening import is_camera, open_source
    from assistant.model_packs.starting import recorded_shape_model
    from assistant.plan import read_plan
    from assistant.system.stop_signal import StopOnSignal

    plan = read_plan(plan_path, settings.alarms.warning_lines)
    _check_places(run, out)
    if is_camera(run):
        raise UsageError(f"{run}: a camera has no end; analyze takes a recorded run, the window a live one")
    # The pictures of one run come one after the other: a second thread costs more than it gives on such small crops.
    cv2.setNumThreads(1)
    progress = ProgressLine(sys.stderr)
    with StopOnSignal() as stop, recorded_shape_model() as shapes:
        source = open_source(run, fps)
        try:
            outcome = analyze(
                source, plan, settings, out, masks=masks, progress=progress, should_stop=stop.asked, shapes=shapes
            )
        except UsageError as error:
            raise UsageError(f"{plan_path}: {error}") from error
        finally:
            source.close()
            progress.end()
    _print_outcome(outcome, run, out, only_table=only_table)
    return 0


def _print_outcome(outcome: AnalysisOutcome, run: str, out: Path, *, only_table: bool) -> None:
    """The table where somebody reads it, else the notes; what ended the analysis early is raised."""
    from assistant.analysis import with_place
    from assistant.results.summary_table import summary_table

    if only_table or sys.stdout.isatty():
        sys.stdout.write(summary_table(outcome.document))
        sys.stdout.flush()
    elif outcome.failure is None:
        # Nobody reads the table: what was assumed or mended must still reach the log of whoever called.
        for note in outcome.document["run"].get("notes", ()):
            sys.stderr.write(f"{run}: {translate(note)}\n")
    if outcome.failure is not None:
        raise outcome.failure if only_table else with_place(outcome, out)


def _check_places(run: str, out: Path) -> None:
    """Refuse to write where the results would stand in the way of what is read.

    Raises
    ------
    UsageError
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: --out must be a folder, and this is a file; choose another --out")
    try:
        masks, source = (out / "masks").resolve(), Path(run).resolve()
    except (OSError, ValueError):
        return  # a name that cannot be opened either; opening it says so
    if source == masks or masks in source.parents:
        raise UsageError(f"{run}: lies where --out {out} puts its masks; choose another --out")


class ProgressLine:
    """One line on a terminal, rewritten: percent, frames a second, time left. Silent where nobody looks."""

    def __init__(self, stream: TextIO, now_s: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream if stream.isatty() else None
        self._now_s = now_s
        self._started_s = now_s()
        self._reported_s = -1.0

    def __call__(self, done: int, total: int | None) -> None:
        """Tell how far it is: frames done, and in all where that is known."""
        if self._stream is None:
            return
        now_s = self._now_s()
        if now_s - self._reported_s < 0.2 and done != total:
            return
        self._reported_s = now_s
        rate = done / max(now_s - self._started_s, 1e-6)
        if total:
            left_s = (total - done) / max(rate, 1e-6)
            line = tr(
                "{percent:3d} %  frame {done} of {total}  {rate:.0f}/s  {time} left",
                percent=100 * done // total,
                done=done,
                total=total,
                rate=rate,
                time=_duration(left_s),
            )
        else:
            line = tr("frame {done}  {rate:.0f}/s", done=done, rate=rate)
        self._stream.write(f"\r{line:<70}")
        self._stream.flush()

    def end(self) -> None:
        """Leave the line, so that what follows stands on its own."""
        if self._stream is not None and self._reported_s >= 0:
            self._stream.write("\n")
            self._stream.flush()


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return (
        tr("{minutes}:{seconds:02d} min", minutes=whole // 60, seconds=whole % 60)
        if whole >= 60
        else tr("{seconds} s", seconds=whole)
    )


def _run_validate(file: Path, settings: Settings) -> int:
    from assistant.validation.validate import validate

    progress = ProgressLine(sys.stderr)
    findings = validate(file, settings, progress)
    progress.end()
    for finding in findings:
        stream: Any = sys.stdout if finding.status == 0 else sys.stderr
        stream.write(f"{finding.path}: {translate(finding.text)}\n")
    return max(finding.status for finding in findings)


def _run_mend(run: Path, out: Path) -> int:
    from assistant.validation.mend import mend

    progress = ProgressLine(sys.stderr)
    mended = mend(run, out, progress)
    progress.end()
    lost = tr("; {count} of them have no picture", count=mended.lost_frames) if mended.lost_frames else ""
    cut = tr("; {count} frames at the end could not be saved", count=mended.cut_frames) if mended.cut_frames else ""
    was = tr("the run was whole") if mended.was_whole else tr("mended")
    sys.stdout.write(
        tr("{out}: {was}: {frames} frames{lost}{cut}\n", out=out, was=was, frames=mended.frames, lost=lost, cut=cut)
    )
    return 0
