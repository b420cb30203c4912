"""The command ``skyscrub sample``: made-up data for each pipeline."""

import argparse
from typing import Any

from scrub.cli import options as shared
from scrub.cli.terminal import show, show_json


def add(commands: Any) -> None:
    """Add the command to the command line."""
    sample = shared.add_command(
        commands, "sample", "write samples for each pipeline, small files, into a folder", _sample
    )
    sample.add_argument("folder", type=shared.path, help="where to; made if it is not there")
    shared.add_json_option(sample, "the files")


def _sample(options: argparse.Namespace) -> int:
    from scrub import samples

    written = samples.write_all(options.folder)
    if options.json:
        show_json({name: [str(path) for path in paths] for name, paths in written.items()})
    elif not options.quiet:
        show(*(f"{len(paths)} files in {options.folder / name}" for name, paths in written.items()))
    return shared.DONE
