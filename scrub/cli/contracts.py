"""The commands ``skyscrub contracts …``: diff and export; exit codes as in ``cli.options``."""

import argparse
from functools import partial
from typing import Any

from scrub.cli import options as shared
from scrub.cli.terminal import shorten, show

FORMS = ("markdown", "jsonschema", "frictionless", "odcs")  # those of scrub.contracts.export


def add(commands: Any) -> None:
    """Add the commands for contracts to the command line."""
    contracts = commands.add_parser("contracts", help="compare and export data contracts", allow_abbrev=False)
    own = contracts.add_subparsers(title="commands", metavar="COMMAND", required=True)

    diff = shared.add_command(own, "diff", "list what two versions of contracts allow differently", _diff)
    kind = "a stage, a folder or file of contracts, or a git revision (REV, REV:FOLDER)"
    diff.add_argument("old", type=partial(shared.name, kind=kind), help=kind)
    diff.add_argument("new", type=partial(shared.name, kind=kind), help="the same")
    shared.add_format_options(diff)

    export = shared.add_command(own, "export", "print a contract in another language", _export)
    export.add_argument("stage", type=partial(shared.name, kind="a contract"), help="such as jwst/exposures")
    export.add_argument("--as", dest="form", choices=FORMS, default="markdown", help="(default: markdown)")
    shared.add_rule_options(export)
    export.add_argument(
        "--json", dest="form", action="store_const", const="jsonschema", help="short for --as jsonschema"
    )


def _diff(options: argparse.Namespace) -> int:
    from scrub.on_data import contract_versions as versions

    old = versions.read_version(options.old, beside=options.new)
    new = versions.read_version(options.new, beside=options.old)
    differences = versions.list_differences(old, new)
    if options.format == "text":
        for stage, _, changes in differences:
            show(*(f"{stage}: {'BREAKS ' if one.breaks else ''}{shorten(str(one))}" for one in changes))
        changes = [change for one in differences for change in one.changes]
        show(f"{len(changes)} changes, {sum(change.breaks for change in changes)} can break a reader")
    else:
        shared.show_reports(options, "contracts diff", [versions.report(one) for one in differences])
    return shared.REJECTED if any(change.breaks for one in differences for change in one.changes) else shared.DONE


def _export(options: argparse.Namespace) -> int:
    from importlib.metadata import version

    from scrub import tables
    from scrub.contracts.export import export
    from scrub.contracts.fields import read_fields
    from scrub.on_data import gate

    def read_rules(base: str) -> tables.Rules:
        return tables.read(options.rules or base, edition=options.edition, base=base)

    sheet = read_fields(gate.read_stage(options.stage, read_rules).contract)
    show(*export(sheet, options.form, version=version("skyscrub")).split("\n"))
    return shared.DONE
