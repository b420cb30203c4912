"""The command ``skyscrub validate``: a table against the contract of a stage."""

import argparse
import json
from functools import partial
from pathlib import Path
from typing import Any

from scrub.cli import options as shared
from scrub.cli.terminal import shorten, show, show_json


def add(commands: Any) -> None:
    """Add the command to the command line."""
    validate = shared.add_command(commands, "validate", "hold a table against the contract of a stage", _validate)
    stage = partial(shared.name, kind="a contract")
    validate.add_argument("stage", type=stage, help="a contract, such as jwst/exposures")
    validate.add_argument("table", type=shared.name, help="a table (.csv, .parquet)")
    shared.add_rule_options(validate)
    validate.add_argument(
        "--same-rules", action="store_true", help="refuse a table that was not stamped by these rules and contracts"
    )
    validate.add_argument("--json", action="store_true", help="print the findings as JSON")


def _validate(options: argparse.Namespace) -> int:
    from scrub import tables
    from scrub.contracts import contracts
    from scrub.files import table_files
    from scrub.files.shipped import find

    folder = find("schemas")
    files = (file for file in folder.glob("*/*.yaml") if file.parent.name != "rules")
    known = sorted(file.relative_to(folder).with_suffix("").as_posix() for file in files)
    if options.stage not in known:
        raise tables.NoSuchRulesError(f"no stage {options.stage}: there are {', '.join(known)}")
    base = options.stage.partition("/")[0]
    rules = tables.read(options.rules or base, edition=options.edition, base=base)
    contract = contracts.read(options.stage, rules.lists)
    read, torn = table_files.read_table(Path(options.table))
    twice = read.columns.duplicated()
    failures = contracts.failures(contract, contracts.typed(contract, read.loc[:, ~twice]))
    strange = _list_differences(rules, base, options.table) if options.same_rules else []
    strange += [f"{column}: more than one column of this name" for column in read.columns[twice].unique()]
    strange += [f"line {number}: {reason}: {text!r}" for number, reason, text in table_files.list_torn(torn)]
    if options.json:
        first = [{"row": -1, "column": "", "reason": finding, "value": None} for finding in strange]
        findings = [*first, *json.loads(failures.to_json(orient="records"))]
        show_json(findings)
    else:
        for finding in strange:
            show(f"{options.table}: {shorten(finding)}")
        for row, column, reason, value in failures.itertuples(index=False, name=None):
            where = f"{options.table}: row {row + 1}" if row >= 0 else options.table
            show(f"{where}: {shorten(column)}: {reason}: {shorten(repr(value))}")
    return shared.REJECTED if len(failures) or strange else shared.DONE


def _list_differences(rules: Any, base: str, table: str) -> list[str]:
    """Return how the stamp of a table differs from the rules and contracts at hand."""
    from scrub.pipeline import stamp

    try:
        stamp.demand(rules, base, table)
    except stamp.StampError as error:
        return error.differences
    return []
