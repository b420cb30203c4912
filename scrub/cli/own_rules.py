"""The commands ``decide``, ``encode`` and ``decode``: any rule set on any table; exit codes as in ``cli.options``."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from scrub.cli import options as shared
from scrub.cli.terminal import show, show_json

if TYPE_CHECKING:
    from scrub.frames.rejects import Split

COMMANDS = {
    "decide": "add to each row of a table what the decision tables of a rule set answer, and the rows that answered",
    "encode": "put codes in place of words, in every column that the rule set has codes for",
    "decode": "put words in place of codes",
}


def add(commands: Any) -> None:
    """Add the commands to the command line."""
    for name, what in COMMANDS.items():
        parser = shared.add_command(commands, name, what, _run)
        parser.set_defaults(task=name)
        parser.add_argument("table", type=shared.path, help="a table (.csv, .parquet); its first column names the rows")
        shared.add_rule_options(parser)
        parser.add_argument(
            "--out", type=shared.path, metavar="FILE", help="write the rows to FILE, and rejects to FILE-rejected"
        )
        if name == "encode":
            shared.add_unknown_option(parser)
        shared.add_json_option(parser, "rows and rejects")


def _run(options: argparse.Namespace) -> int:
    from scrub import tables
    from scrub.files.table_files import read_table
    from scrub.frames.rejects import Split, join, none_rejected
    from scrub.on_data import own_rules

    rules = tables.read(options.rules or "jwst", edition=options.edition)
    table, torn = read_table(options.table)
    if options.task == "decide":
        split = own_rules.decide(rules, table)
    elif options.task == "encode":
        split = own_rules.encode(rules, table, handle_unknown=options.handle_unknown)
    else:
        split = Split(own_rules.decode(rules, table), none_rejected())
    split = Split(split.good, join([torn, split.rejected]))
    _write(options, split, own_rules.count(len(table) + len(torn), split))
    return shared.REJECTED if len(split.rejected) else shared.DONE


def _write(options: argparse.Namespace, split: "Split", account: str) -> None:
    """Write the rows and the rejects to files, or print the rows; then what became of them, and rejects by reason."""
    from scrub.pipeline import save

    if options.out:
        save.table(split.good, options.out)
        save.table(split.rejected, options.out.with_stem(f"{options.out.stem}-rejected"))
    if options.json:
        show_json({name: json.loads(frame.to_json(orient="records")) for name, frame in split._asdict().items()})
        return
    if options.out and not options.quiet:
        show(account)
    if not options.out:
        show(*split.good.to_csv(index=False).splitlines())
    shared.print_rejected(split.rejected, on_stderr=not options.out)
