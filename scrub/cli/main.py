"""The command ``skyscrub``: read arguments, call the functions, and say by the exit code how it went."""

import argparse
from collections.abc import Sequence
from importlib.metadata import version

from scrub.cli import hst, jwst, rules, sample, score, validate, verify
from scrub.cli.options import FAILED, USAGE, fail


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    >>> main(["jwst", "no-such-folder"])
    3
    """
    options = _parser().parse_args(argv)
    from scrub.contracts.parse import ContractError
    from scrub.files.table_files import SourceError
    from scrub.pipeline.reasons import NoSuchNameError
    from scrub.tables import NoSuchRulesError
    from scrub.tables.findings import RuleError

    try:
        code: int = options.command(options)
    except (NoSuchRulesError, NoSuchNameError) as error:
        return fail(USAGE, error)
    except (SourceError, RuleError, ContractError, OSError) as error:
        return fail(FAILED, error)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="skyscrub", description="Exposure metadata to model features, by rule tables."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('skyscrub')}")
    commands = parser.add_subparsers(title="commands", required=True)
    for command in (jwst, hst, rules, score, validate, verify, sample):
        command.add(commands)
    return parser
