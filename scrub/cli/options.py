"""What every command shares: exit codes, options for rules and outputs, and how a run ends.

Exit codes: 0 done; 1 some input was rejected or a check failed (outputs are still written); 2 wrong usage;
3 could not run. Progress goes to stderr, results to stdout or to the folder ``--out``.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

DONE, REJECTED, USAGE, FAILED = 0, 1, 2, 3


def fail(code: int, error: Exception) -> int:
    """Print an error; return the exit code.

    Args:
        code: the exit code.
        error: what went wrong.
    """
    print(f"skyscrub: {error}", file=sys.stderr)
    return code


def add_command(
    commands: Any, name: str, what: str, command: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """Add a command to the command line; return its parser.

    Args:
        commands: the subcommands of a parser.
        name: of the command.
        what: its help text.
        command: takes the options, returns the exit code.
    """
    parser: argparse.ArgumentParser = commands.add_parser(name, help=what, description=what, allow_abbrev=False)
    parser.set_defaults(command=command)
    return parser


def add_rule_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a rule set."""
    parser.add_argument("--rules", help="a rule set, or a folder with tables of one (default: the one that ships)")
    parser.add_argument("--edition", help="an edition of the rule set (default: the newest)")


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of commands that write tables."""
    parser.add_argument("--out", type=Path, help="write every table and ledger.json into this folder")
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv", help="of the tables (default: csv)")
    parser.add_argument(
        "--handle-unknown",
        choices=["error", "use_encoded_value"],
        default="error",
        help="words without a code: reject the product, or use the code that the table states (default: error)",
    )
    parser.add_argument("--json", action="store_true", help="print the ledger as JSON")


def finish(options: argparse.Namespace, frames: dict[str, Any], rejected: Any, ledger: dict[str, Any]) -> int:
    """Write what a run gave, print its ledger, and return the exit code.

    Args:
        options: of the command line.
        frames: the tables, by name.
        rejected: every reject.
        ledger: of the run.
    """
    from scrub.files import atomic
    from scrub.pipeline import save, stamp

    if options.out:
        stamped = stamp.from_ledger(ledger)
        for name, frame in {**frames, "rejected": rejected}.items():
            save.table(frame, options.out / f"{name}.{options.format}", stamped)
        atomic.document(ledger, options.out / "ledger.json")
    if options.json:
        print(json.dumps(ledger, indent=2))
    else:
        _print_ledger(ledger, rejected)
    return REJECTED if len(rejected) else DONE


def _print_ledger(ledger: dict[str, Any], rejected: Any) -> None:
    print(f"rules {ledger['rules']}, edition {ledger['edition']}")
    for name in ("files", "datasets", "exposures", "products"):
        (first, total), *rest = ledger.get(name, {"in": 0}).items()
        if total or rest:
            print(f"{name}: {total} {first} = " + " + ".join(f"{number} {what}" for what, number in rest))
    print_rejected(rejected)


def print_rejected(rejected: Any) -> None:
    """Print how many rows were rejected for each reason, with an example."""
    for (stage, reason, column), rows in rejected.groupby(["stage", "reason", "column"]):
        what, value = rows["what"].iloc[0], rows["value"].iloc[0]
        print(f"rejected at {stage}: {len(rows)}: {column} {reason}, such as {what!r}: {value!r}")


def progress(steps: Any, *, total: int, desc: str) -> Any:
    """Return the steps, showing progress on stderr.

    Args:
        steps: what is done, one by one.
        total: how many steps there are.
        desc: what they are.
    """
    from tqdm import tqdm

    return tqdm(steps, total=total, desc=desc, file=sys.stderr, leave=False)
