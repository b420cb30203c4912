"""The command ``skyscrub sample``: made-up data for each pipeline."""

import argparse
from typing import Any

from scrub.cli import options as shared
from scrub.cli.terminal import show


def add(commands: Any) -> None:
    """Add the command to the command line."""
    sample = shared.add_command(
        commands, "sample", "write samples for each pipeline, small files, into a folder", _sample
    )
    sample.add_argument("folder", type=shared.path, help="where to; made if it is not there")


def _sample(options: argparse.Namespace) -> int:
    from scrub import samples

    for name, paths in samples.write_all(options.folder).items():
        show(f"{len(paths)} files in {options.folder / name}")
    return shared.DONE
