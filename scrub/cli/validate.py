"""The command ``skyscrub validate``: tables against the contract of a stage."""

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
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
    validate.add_argument("--strict", action="store_true", help="count warnings as errors")
    rate = "errors of a column, a check or COLUMN/CHECK only warn if at most this share of rows has one; repeat it"
    validate.add_argument("--max-rate", action="append", default=[], metavar="CHECK=SHARE", help=rate)
    apart = "write good rows and bad ones, with the reasons, into this folder"
    validate.add_argument("--split", type=shared.path, metavar="DIR", help=apart)
    again = "judge once more what --split wrote into the folder TABLE, after the bad rows are mended"
    validate.add_argument("--replay", action="store_true", help=again)
    shared.add_format_options(validate)


def _validate(options: argparse.Namespace) -> int:
    from scrub import tables
    from scrub.on_data import gate, replay, tolerance

    def read_rules(base: str) -> tables.Rules:
        return tables.read(options.rules or base, edition=options.edition, base=base)

    if options.split and options.replay:
        return shared.fail(shared.USAGE, "--replay writes into the folder that it reads: leave --split out")
    if options.split and options.split.exists() and not options.split.is_dir():
        return shared.fail(shared.USAGE, f"--split: {options.split} is no folder: name one, or a new one")
    own = Path(options.rules) if options.rules and Path(options.rules).is_dir() else None
    stage = gate.read_stage(options.stage, read_rules, own=own)
    rates = tolerance.read_rates(options.max_rate, tolerance.list_names(stage))
    harden = tolerance.be_strict if options.strict else None
    folders = map(Path, options.tables)
    again = (report for folder in folders for report in replay.replay(stage, folder, harden))
    judged = again if options.replay else _judge(options, stage, harden)
    reports = [tolerance.tolerate(report, rates) for report in judged]
    shared.show_reports(options, "validate", reports)
    if any(finding.check == gate.UNREADABLE for report in reports for finding in report.findings):
        return shared.FAILED
    return shared.REJECTED if any(report.count("error") for report in reports) else shared.DONE


def _judge(
    options: argparse.Namespace, stage: "Stage", harden: "Callable[[Report], Report] | None"
) -> Iterator["Report"]:
    """Yield the report of each table; one that cannot be read is a finding, and named on stderr."""
    from scrub.files import any_table
    from scrub.files.table_files import SourceError
    from scrub.on_data import gate, replay

    names = any_table.find_files(options.tables)
    if options.split:
        replay.check_names(names)
    for name in names:
        try:
            table = any_table.read_any(name, getattr(sys.stdin, "buffer", None))
            differences = _list_differences(stage, name) if options.same_rules else []
            report = gate.judge_table(stage, table, differences=differences)
            report = harden(report) if harden else report
            if options.split:
                replay.split(options.split, table, report)
        except SourceError as error:
            show_error(f"skyscrub: {error}")
            report = gate.report_unreadable(stage, name, str(error))
        yield report


def _list_differences(stage: "Stage", table: str) -> list[str]:
    """Return how the stamp of a table differs from the rules and contracts at hand."""
    from scrub.files.any_table import STDIN
    from scrub.pipeline import stamp

    if table == STDIN:
        return ["no stamp: standard input has none"]
    try:
        stamp.demand(stage.rules, stage.base, table)
    except stamp.StampError as error:
        return error.differences
    return []
