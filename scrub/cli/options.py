"""What every command shares: exit codes, options for rules and outputs, and how a run ends.

Exit codes: 0 done; 1 some input was rejected or a check failed (outputs are still written); 2 wrong usage;
3 could not run; 130 interrupted. Progress goes to stderr, results to stdout or to the folder ``--out``.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from scrub.cli.terminal import shorten, show, show_error, show_json

if TYPE_CHECKING:
    from scrub.files.table_files import Track
    from scrub.formats.findings import Report

FORMATS = ("text", "json", "junit", "github", "gitlab", "sarif")  # those of scrub.formats
DONE, REJECTED, USAGE, FAILED, INTERRUPTED = 0, 1, 2, 3, 130


def fail(code: int, error: object) -> int:
    """Print an error; return the exit code.

    Args:
        code: the exit code.
        error: what went wrong.
    """
    show_error(*f"skyscrub: {error}".split("\n"))
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
    parser.set_defaults(command=command, parser=parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="print findings, rejects and errors only")
    parser.add_argument("-v", "--verbose", action="store_true", help="print how long each task took, and tracebacks")
    return parser


def path(text: str) -> Path:
    """Return a path that is named; an empty text names none, and is wrong usage.

    Args:
        text: as it stands on the command line.
    """
    return Path(name(text))


def name(text: str, *, kind: str = "a file or a folder") -> str:
    """Return the name of an input, rule set, table or edition; an empty text is wrong usage.

    Args:
        text: as it stands on the command line.
        kind: what is to be named, for the message.
    """
    if not text:
        raise argparse.ArgumentTypeError(f"empty: name {kind}")
    return text


def count(text: str) -> int:
    """Return a number of things, one or more; any other text is wrong usage.

    Args:
        text: as it stands on the command line.
    """
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def add_json_option(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the option that prints the results of a command as JSON.

    Args:
        parser: of the command.
        what: the results.
    """
    parser.add_argument("--json", action="store_true", help=f"print {what} as JSON")


def add_format_options(parser: argparse.ArgumentParser, *, more: Sequence[str] = ()) -> None:
    """Add the options that choose the format of findings.

    Args:
        parser: of the command.
        more: formats that this command alone has.
    """
    choices = [*FORMATS, *more]
    parser.add_argument("--format", choices=choices, default="text", help=f"{', '.join(choices)} (default: text)")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="short for --format json")


def show_reports(options: argparse.Namespace, command: str, reports: "Sequence[Report]") -> None:
    """Print reports in the format that is asked for; quiet, a file without findings has no line of text.

    Args:
        options: of the command line.
        command: the name of the command.
        reports: a report for each file.
    """
    from importlib.metadata import version

    from scrub import formats

    if options.quiet and options.format == "text":
        reports = [report for report in reports if report.findings]
    lines = formats.write(options.format, reports, command=command, tool=version("skyscrub"), shorten=shorten)
    show(*lines)


def add_rule_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a rule set."""
    parser.add_argument(
        "--rules", type=name, help="a rule set, or a folder with tables of one (default: the one that ships)"
    )
    edition = partial(name, kind="an edition")
    parser.add_argument("--edition", type=edition, help="an edition of the rule set (default: the newest)")


def add_level_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that is short for the rule set of a level."""
    parser.add_argument(
        "--level", choices=["2", "3"], help="of the products: 2 is short for --rules jwst_dms2 (default: 3)"
    )


def choose_rules(options: argparse.Namespace) -> str:
    """Return the rule set that the options ask for.

    Raises:
        ValueError: a level, and a rule set as well.

    >>> choose_rules(argparse.Namespace(level="2", rules=None))
    'jwst_dms2'
    """
    if options.level and options.rules:
        raise ValueError("--level and --rules: name one of them, since each rule set is of one level")
    return "jwst_dms2" if options.level == "2" else options.rules or "jwst"


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of commands that write tables."""
    parser.add_argument("--out", type=path, help="write every table and ledger.json into this folder")
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv", help="of the tables (default: csv)")
    parser.add_argument(
        "--raw-cells",
        action="store_true",
        help="leave text that a spreadsheet would run as a formula as it is (default: an apostrophe before it)",
    )
    add_unknown_option(parser)
    add_json_option(parser, "the ledger")


def add_unknown_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that says what a word without a code gets."""
    parser.add_argument(
        "--handle-unknown",
        choices=["error", "use_encoded_value"],
        default="error",
        help="words without a code: reject the product, or use the code that the table states (default: error)",
    )


def finish(
    options: argparse.Namespace,
    frames: dict[str, Any],
    rejected: Any,
    ledger: dict[str, Any],
    *,
    write: Callable[[Path], Any] | None = None,
) -> int:
    """Write what a run gave, print its ledger, and return the exit code.

    Args:
        options: of the command line.
        frames: the tables, by name.
        rejected: every reject.
        ledger: of the run.
        write: writes further files into the folder that it is given.
    """
    if options.out:
        ledger = _write_run(options, {**frames, "rejected": rejected}, ledger, write)
    if options.json:
        show_json(ledger)
    else:
        if not options.quiet:
            print_ledger(ledger)
        print_rejected(rejected)
    return REJECTED if len(rejected) else DONE


def _write_run(
    options: argparse.Namespace, frames: dict[str, Any], ledger: dict[str, Any], write: Callable[[Path], Any] | None
) -> dict[str, Any]:
    """Write the files of a run, all or none; return its ledger with the run's id and the hash of each output."""
    from scrub.contracts import ledger as account
    from scrub.files import atomic, digest, run_folder
    from scrub.pipeline import save, stamp

    with run_folder.open_run(options.out, list_inputs(options)) as folder:
        if write:
            write(folder)
        tables = {name: digest.of_frame(save.flatten(frame)) for name, frame in frames.items()}
        sealed = account.seal(name_inputs(options, ledger), {**tables, **run_folder.hash_files(folder)})
        stamped, origin = stamp.from_ledger(sealed), stamp.Origin(sealed["run"], sealed["handle_unknown"])
        for name, frame in frames.items():
            path = folder / f"{name}.{options.format}"
            save.table(frame, path, stamped, origin=origin, raw_cells=options.raw_cells, content=tables[name])
        written = {**sealed, "outputs": run_folder.hash_files(folder)}
        atomic.document(written, folder / run_folder.LEDGER)
    return written


def list_inputs(options: argparse.Namespace) -> list[Path]:
    """Return the files and folders that a command reads, which no output may replace.

    Args:
        options: of the command line.
    """
    from scrub.files import urls

    given = [getattr(options, option, None) for option in ("input", "rules", "fits", "classes")]
    return [Path(one) for one in given if one and not urls.is_url(str(one))]


def name_inputs(options: argparse.Namespace, ledger: dict[str, Any]) -> dict[str, Any]:
    """Return the ledger with the hash of the table of classes, where the run read one.

    Args:
        options: of the command line.
        ledger: of the run.
    """
    from scrub.files import digest

    classes = getattr(options, "classes", None)
    return {**ledger, "classes": {"sha256": digest.of_file(classes)}} if classes else ledger


def print_ledger(ledger: dict[str, Any]) -> None:
    """Print the numbers of a ledger, and what else it says.

    Args:
        ledger: of a run.
    """
    show(f"rules {ledger['rules']}, edition {ledger['edition']}")
    for name in ("files", "datasets", "exposures", "products"):
        (first, total), *rest = ledger.get(name, {"in": 0}).items()
        if total or rest:
            show(f"{name}: {total} {first} = " + " + ".join(f"{number} {what}" for what, number in rest))
    if cached := ledger.get("cached"):
        show(f"headers of {cached} files from the cache")
    if passed := ledger.get("not_looked_into", []):
        show(f"not looked into: {len(passed)} folder(s), such as {passed[0]!r}: give each as an input of its own")
    for new in ledger.get("new_words", ()):
        word = shorten(repr(new["word"]))
        show(f"new word: {new['keyword']} {word} of {new['INSTRUME']}, in {new['exposures']} exposures")


def print_rejected(rejected: Any, *, on_stderr: bool = False) -> None:
    """Print how many rows were rejected for each reason, with an example.

    Args:
        rejected: the rejects, in their order.
        on_stderr: whether to print to stderr, for a command whose rows go to stdout.
    """
    from scrub.frames.rejects import count_reasons

    print_reasons(count_reasons([rejected]), on_stderr=on_stderr)


def print_reasons(reasons: Any, *, on_stderr: bool = False) -> None:
    """Print how many rows were rejected for each reason, with an example.

    Args:
        reasons: as ``frames.rejects.count_reasons`` gives them.
        on_stderr: whether to print to stderr.
    """
    put = show_error if on_stderr else show
    for row in reasons.to_dict("records"):
        why = f"{row['column']} {row['reason']}" if row["column"] else row["reason"]
        example = f"{shorten(repr(row['what']))}: {shorten(repr(row['value']))}"
        put(f"rejected at {row['stage']}: {row['count']}: {why}, such as {example}")


def track(options: argparse.Namespace) -> "Track":
    """Return what shows the progress of long tasks on stderr: a bar on a terminal, and the time of each with ``-v``.

    Args:
        options: of the command line.
    """
    if options.quiet:
        from scrub.files.table_files import untracked

        return untracked
    return _show_time if options.verbose else _show_progress


def _show_progress(steps: Iterable[Any], *, total: int, desc: str) -> Iterable[Any]:
    """Return the steps of a long task; their progress shows where stderr is a terminal."""
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(steps, total=total, desc=desc, file=sys.stderr, leave=False, disable=None)
    return bar


def _show_time(steps: Iterable[Any], *, total: int, desc: str) -> Iterable[Any]:
    """Yield the steps of a long task; then print how long they took."""
    start = perf_counter()
    yield from _show_progress(steps, total=total, desc=desc)
    show_error(f"{desc}: {total} in {perf_counter() - start:.2f} s")
