"""The command ``skyscrub doctor``: which versions and extras are here, and where the rules come from."""

import argparse
from typing import Any

from scrub.cli import options as shared
from scrub.cli.terminal import show, show_json


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = shared.add_command(
        commands, "doctor", "print versions, extras, and where rules and contracts come from", _doctor
    )
    shared.add_json_option(parser, "them")


def _doctor(options: argparse.Namespace) -> int:
    from scrub.pipeline import installation

    installed = installation.describe()
    if options.json:
        show_json(installed._asdict())
    elif not options.quiet:
        show(*installation.list_lines(installed))
    return shared.REJECTED if installed.faults else shared.DONE
