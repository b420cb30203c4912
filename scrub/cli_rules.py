"""The commands ``skyscrub rules …``: check, fmt, diff, why and new-edition; exit codes as in ``scrub.cli``."""

import argparse
import json
from typing import Any

from scrub import cli


def add(commands: Any) -> None:
    """Add the commands for rule tables to the command line."""
    rules = commands.add_parser("rules", help="check, format, compare and explain rule tables", allow_abbrev=False)
    own = rules.add_subparsers(title="commands", required=True)

    check = cli._command(own, "check", "tell what is wrong with rule tables, as file:line: kind: a case", _check)
    check.add_argument("rules", nargs="?", help="a rule set, or a folder with tables of one (default: all that ship)")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")


def _check(options: argparse.Namespace) -> int:
    from scrub import check, sheets

    findings = [f for name in ([options.rules] if options.rules else sheets.sets()) for f in check.check(name)]
    if options.json:
        print(json.dumps([finding._asdict() for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            print(finding)
    return cli.REJECTED if findings else cli.DONE
