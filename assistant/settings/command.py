"""The command ``settings``: what can be set, with unit, range, default and a sentence each; and setting it."""

from __future__ import annotations

import argparse
import sys
from operator import attrgetter

from assistant.errors import UsageError
from assistant.language import tr, translate
from assistant.settings.file import Loaded, all_names, load_settings, rules_of, save_user
from assistant.settings.tree import no_such_setting

DEFAULT = "default"


def run(argv: list[str]) -> int:
    """List the settings, or set one for this user; gives the exit status.

    Raises
    ------
    UsageError
        If there is no such setting, its value is out of range, or the site has fixed it.
    EnvironmentError_
        If it cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="fluoro-assistant settings",
        description=tr(
            "Without a name: all settings. With a name and a value: set it for this user. What a site sets for "
            "all, and fixes, stands in site.json in the data folder."
        ),
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help=tr("such as alarms.release_mm"))
    parser.add_argument("value", nargs="?", metavar="VALUE", help=tr('"{default}" takes it back', default=DEFAULT))
    args = parser.parse_args(argv)
    loaded = load_settings()
    if args.name is not None and args.name not in all_names():
        raise no_such_setting(args.name)
    if args.value is not None:
        loaded = save_user(args.name, _typed(args.name, args.value))
    sys.stdout.write("\n".join(_value_words(loaded, name) for name in all_names() if args.name in (None, name)) + "\n")
    sys.stdout.writelines(tr("note: {note}\n", note=translate(note)) for note in loaded.notes)
    return 0


def _typed(name: str, text: str) -> object:
    field = rules_of(name)
    if text == DEFAULT:
        return field.default
    if "low" not in field.metadata:
        return text
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(f"setting {name} must be a number, got {text!r}: {field.metadata['sentence']}") from error


def _value_words(loaded: Loaded, name: str) -> str:
    field, value = rules_of(name), attrgetter(name)(loaded.settings)
    rules = field.metadata
    if "low" in rules:
        room = tr("{low:g} to {high:g}", low=rules["low"], high=rules["high"])
    elif "lines" in rules:
        low, high = rules["lines"]
        room = tr("levels with shares from {low:g} to {high:g}, or none", low=low, high=high)
    else:
        room = (
            ", ".join(rules["choices"])
            if "choices" in rules
            else tr("a word of at most {count} letters", count=rules["most_letters"])
        )
    text, default = (f"{each:g}" if isinstance(each, (int, float)) else str(each) for each in (value, field.default))
    origin = loaded.origins[name] + (tr(", fixed") if name in loaded.locked else "")
    return tr(
        "{name} = {value}  ({origin}; default {default}; {room})\n    {sentence}",
        name=name,
        value=text,
        origin=origin,
        default=default,
        room=room,
        sentence=translate(rules["sentence"]),
    )
