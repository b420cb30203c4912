"""The command ``skyscrub validate``: tables against the contract of a stage."""

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from scrub.cli import options as shared
from scrub.cli.terminal import show_error

if TYPE_CHECKING:
    from scrub.formats.findings import Report
    from scrub.on_data.gate import Stage


def add(commands: Any) -> None:
    """Add the command to the command line."""
    validate = shared.add_command(commands, "validate", "hold tables against the contract of a stage", _validate)
    stage = partial(shared.name, kind="a contract")
    validate.add_argument("stage", type=stage, help="a contract, such as jwst/exposures")
    validate.add_argument(
        "tables",
        nargs="+",
        metavar="TABLE",
        type=shared.name,
        help="a table (.csv, .csv.gz, .parquet, .ecsv, .fits), a pattern ('night/*.csv'), or - for standard input",
    )
    shared.add_rule_options(validate)
    validate.add_argument(
        "--same-rules", action="store_true", help="refuse a table that was not stamped by these rules and contracts"
    )
    shared.add_format_options(validate)


def _validate(options: argparse.Namespace) -> int:
    from scrub import tables
    from scrub.files import any_table
    from scrub.on_data import gate

    def read_rules(base: str) -> tables.Rules:
        return tables.read(options.rules or base, edition=options.edition, base=base)

    stage = gate.read_stage(options.stage, read_rules)
    names = any_table.find_files(options.tables)
    reports = list(_judge(options, stage, names))
    shared.show_reports(options, "validate", reports)
    if any(finding.check == gate.UNREADABLE for report in reports for finding in report.findings):
        return shared.FAILED
    return shared.REJECTED if any(report.count("error") for report in reports) else shared.DONE


def _judge(options: argparse.Namespace, stage: "Stage", names: list[str]) -> Iterator["Report"]:
    """Yield the report of each table; one that cannot be read is a finding, and named on stderr."""
    from scrub.files import any_table
    from scrub.files.table_files import SourceError
    from scrub.on_data import gate

    for name in names:
        try:
            table = any_table.read_any(name, getattr(sys.stdin, "buffer", None))
            differences = _list_differences(stage, name) if options.same_rules else []
        except SourceError as error:
            show_error(f"skyscrub: {error}")
            yield gate.report_unreadable(stage, name, str(error))
        else:
            yield gate.judge_table(stage, table, differences=differences)


def _list_differences(stage: "Stage", table: str) -> list[str]:
    """Return how the stamp of a table differs from the rules and contracts at hand."""
    from scrub.pipeline import stamp

    try:
        stamp.demand(stage.rules, stage.base, table)
    except stamp.StampError as error:
        return error.differences
    return []
