"""The command ``skyscrub``: read arguments, call the functions, print, and say by the exit code how it went.

Exit codes: 0 done; 1 some input was rejected or a check failed (outputs are still written); 2 wrong usage;
3 could not run. Progress goes to stderr, results to stdout or to the folder ``--out``.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

DONE, REJECTED, USAGE, FAILED = 0, 1, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    >>> main(["jwst", "no-such-folder"])
    3
    """
    options = _parser().parse_args(argv)
    from scrub.contracts import ContractError
    from scrub.findings import RuleError
    from scrub.source import SourceError
    from scrub.tables import NoSuchRulesError
    from scrub.why import NoSuchNameError

    try:
        code: int = options.command(options)
    except (NoSuchRulesError, NoSuchNameError) as error:
        return _fail(USAGE, error)
    except (SourceError, RuleError, ContractError, OSError) as error:
        return _fail(FAILED, error)
    return code


def _fail(code: int, error: Exception) -> int:
    print(f"skyscrub: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="skyscrub", description="Exposure metadata to model features, by rule tables."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('skyscrub')}")
    commands = parser.add_subparsers(title="commands", required=True)

    jwst = _command(commands, "jwst", "predict Level-3 products, offsets and features of JWST exposures", _jwst)
    jwst.add_argument("input", help="a folder of FITS files, or a table (.csv, .parquet)")
    _rule_options(jwst)
    _output_options(jwst)
    jwst.add_argument("--prefix", default="", help="read files whose name starts so")
    jwst.add_argument("--suffix", default="_uncal.fits", help="read files whose name ends so (default: %(default)s)")

    from scrub import cli_hst, cli_rules, cli_score

    cli_score.add_asn(jwst)
    cli_hst.add(commands)
    cli_rules.add(commands)
    cli_score.add(commands)

    validate = _command(commands, "validate", "hold a table against the contract of a stage", _validate)
    validate.add_argument("stage", help="a contract, such as jwst/exposures")
    validate.add_argument("table", help="a table (.csv, .parquet)")
    _rule_options(validate)
    validate.add_argument(
        "--same-rules", action="store_true", help="refuse a table that was not stamped by these rules and contracts"
    )
    validate.add_argument("--json", action="store_true", help="print the findings as JSON")

    sample = _command(commands, "sample", "write samples for each pipeline, small files, into a folder", _sample)
    sample.add_argument("folder", type=Path, help="where to; made if it is not there")
    return parser


def _command(
    commands: Any, name: str, what: str, command: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=what, description=what, allow_abbrev=False)
    parser.set_defaults(command=command)
    return parser


def _rule_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", help="a rule set, or a folder with tables of one (default: the one that ships)")
    parser.add_argument("--edition", help="an edition of the rule set (default: the newest)")


def _output_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, help="write every table and ledger.json into this folder")
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv", help="of the tables (default: csv)")
    parser.add_argument(
        "--handle-unknown",
        choices=["error", "use_encoded_value"],
        default="error",
        help="words without a code: reject the product, or use the code that the table states (default: error)",
    )
    parser.add_argument("--json", action="store_true", help="print the ledger as JSON")


def _jwst(options: argparse.Namespace) -> int:
    from scrub import cli_score, jwst, write

    if options.asn and not options.out:
        return _fail(USAGE, ValueError("--asn needs --out"))
    if options.out:
        write.folder(options.out, options.format)
    rules = jwst.read_rules(options.rules or "jwst", edition=options.edition)
    answer = jwst.run(
        options.input,
        rules=rules,
        handle_unknown=options.handle_unknown,
        prefix=options.prefix,
        suffix=options.suffix,
        track=_progress,
    )
    if options.asn:
        cli_score.write_associations(rules, answer, options.out)
    frames = {
        "exposures": answer.exposures,
        "members": answer.members,
        "products": answer.products,
        **{f"features-{group}": frame for group, frame in answer.features.items()},
    }
    return _finish(options, frames, answer.rejected, answer.ledger)


def _finish(options: argparse.Namespace, frames: dict[str, Any], rejected: Any, ledger: dict[str, Any]) -> int:
    """Write what a run gave, print its ledger, and return the exit code."""
    from scrub import stamp, write

    if options.out:
        made = stamp.from_ledger(ledger)
        for name, frame in {**frames, "rejected": rejected}.items():
            write.table(frame, options.out / f"{name}.{options.format}", made)
        write.document(ledger, options.out / "ledger.json")
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
    _print_rejected(rejected)


def _print_rejected(rejected: Any) -> None:
    for (stage, reason, column), rows in rejected.groupby(["stage", "reason", "column"]):
        what, value = rows["what"].iloc[0], rows["value"].iloc[0]
        print(f"rejected at {stage}: {len(rows)}: {column} {reason}, such as {what!r}: {value!r}")


def _validate(options: argparse.Namespace) -> int:
    from scrub import contracts, source, tables
    from scrub.where import find

    folder = find("schemas")
    known = sorted(file.relative_to(folder).with_suffix("").as_posix() for file in folder.glob("[!r]*/*.yaml"))
    if options.stage not in known:
        raise tables.NoSuchRulesError(f"no stage {options.stage}: there are {', '.join(known)}")
    base = options.stage.partition("/")[0]
    rules = tables.read(options.rules or base, edition=options.edition, base=base)
    contract = contracts.read(options.stage, rules.lists)
    frame = contracts.typed(contract, source.read_table(Path(options.table)).good)
    found = contracts.failures(contract, frame)
    strange = _differences(rules, base, options.table) if options.same_rules else []
    if options.json:
        told = [{"row": -1, "column": "", "reason": difference, "value": None} for difference in strange]
        print(json.dumps([*told, *json.loads(found.to_json(orient="records"))], indent=2))
    else:
        for difference in strange:
            print(f"{options.table}: {difference}")
        for row, column, reason, value in found.itertuples(index=False, name=None):
            print(f"{options.table}: " + (f"row {row + 1}: " if row >= 0 else "") + f"{column}: {reason}: {value!r}")
    return REJECTED if len(found) or strange else DONE


def _differences(rules: Any, base: str, table: str) -> list[str]:
    """Return what the stamp of a table has otherwise than the rules and contracts at hand."""
    from scrub import stamp

    try:
        stamp.demand(rules, base, table)
    except stamp.StampError as error:
        return error.differences
    return []


def _sample(options: argparse.Namespace) -> int:
    from scrub import samples

    for name, paths in samples.write_all(options.folder).items():
        print(f"{len(paths)} files in {options.folder / name}")
    return DONE


def _progress(steps: Any, *, total: int, desc: str) -> Any:
    from tqdm import tqdm

    return tqdm(steps, total=total, desc=desc, file=sys.stderr, leave=False)


if __name__ == "__main__":
    sys.exit(main())
