"""The command ``skyscrub verify``: whether the files of a folder are those of one run, unchanged."""

import argparse
from typing import Any

from scrub.cli import options as shared
from scrub.cli.terminal import show, show_json


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = shared.add_command(
        commands, "verify", "say whether all files of a run are of that one run, and unchanged", _verify
    )
    parser.add_argument("folder", type=shared.path, help="what --out named")
    shared.add_json_option(parser, "what is found")


def _verify(options: argparse.Namespace) -> int:
    from scrub.pipeline import verify

    verified = verify.verify(options.folder)
    if options.json:
        show_json(verified._asdict())
        return shared.REJECTED if verified.changes else shared.DONE
    for change in verified.changes:
        show(change)
    if not verified.changes and not options.quiet:
        show(f"{options.folder}: {verified.files} files of run {verified.run}, unchanged")
    return shared.REJECTED if verified.changes else shared.DONE
