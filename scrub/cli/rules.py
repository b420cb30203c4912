"""The commands ``skyscrub rules …``: check, diff, why, show, missing, fmt and new-edition."""

import argparse
import re
from functools import partial
from pathlib import Path
from typing import Any

from scrub.cli import options as shared
from scrub.cli import rules_html
from scrub.cli.terminal import shorten, show, show_error, show_json

SHOWN = 12  # values of one explanation
PARTS = ("reasons", "values")
REFUSED = ("RENUMBER", "MERGE", "REMOVE")


def add(commands: Any) -> None:
    """Add the commands for rule tables to the command line."""
    rules = commands.add_parser("rules", help="check, format, compare and explain rule tables", allow_abbrev=False)
    own = rules.add_subparsers(title="commands", metavar="COMMAND", required=True)

    check = shared.add_command(own, "check", "list what is wrong with rule tables, as file:line: kind: a case", _check)
    check.add_argument(
        "rules", nargs="?", type=shared.name, help="a rule set, or a folder with tables of one (default: all that ship)"
    )
    check.add_argument("--on", type=shared.name, metavar="TABLE", help="also list rules that no row of TABLE matches")
    check.add_argument(
        "--since",
        metavar="REV",
        help="also list rows released at a git revision that were edited since (default: the start of the branch)",
    )
    shared.add_format_options(check)

    diff = shared.add_command(own, "diff", "list the cases that two versions of the rules answer differently", _diff)
    diff.add_argument(
        "old",
        type=partial(shared.name, kind="a rule set, a folder, an edition or a git revision"),
        help="a rule set, a folder, either with @EDITION; an edition; a git revision (REV, REV:FOLDER)",
    )
    diff.add_argument("new", type=shared.name, help="the same")
    diff.add_argument(
        "--on",
        type=shared.name,
        metavar="TABLE",
        help="also list which exposures, products and features of a table change",
    )
    diff.add_argument(
        "--fail-on",
        action="append",
        metavar="KIND",
        help=f"refuse such changes with exit code 1; repeat it, or give none (default: {' '.join(REFUSED)})",
    )
    shared.add_format_options(diff, more=["markdown"])

    why = shared.add_command(
        own, "why", "list the rule rows that made a product, exposure, data set or feature, and why", _why
    )
    why.add_argument("name", help="a product, exposure or data set (also :FEATURE); without --on, a word of the tables")
    why.add_argument("--on", type=shared.name, metavar="TABLE", help="the table or folder it is of")
    why.add_argument("--not", dest="apart", metavar="PRODUCT", help="why the exposure is not in this product")
    shared.add_rule_options(why)
    shared.add_json_option(why, "the reasons")

    show = shared.add_command(own, "show", "show how exposures of a kind are grouped and named, on one screen", _show)
    show.add_argument("words", nargs="+", metavar="WORD", help="an EXP_TYPE, or KEYWORD=VALUE")
    shared.add_rule_options(show)
    shared.add_json_option(show, "the lines")
    missing = shared.add_command(
        own, "missing", "list the words of a table that have no code or are on no list, with the row to add", _missing
    )
    missing.add_argument("table", type=shared.name, metavar="TABLE", help="the table or folder")
    shared.add_rule_options(missing)
    shared.add_json_option(missing, "the words")
    rules_html.add(own)
    _add_editing(own)


def _add_editing(own: Any) -> None:
    """Add the commands that write tables."""
    fmt = shared.add_command(own, "fmt", "put rule tables in canonical order and quoting; no cell is changed", _fmt)
    fmt.add_argument(
        "folder", nargs="?", type=shared.path, help="of tables, or of rule sets (default: the folder rules here)"
    )
    fmt.add_argument("--check", action="store_true", help="write nothing; list what is not canonical, exit code 1")
    shared.add_json_option(fmt, "the files and findings")

    edition = shared.add_command(
        own, "new-edition", "add an edition; close rows by it, with copies to edit", _new_edition
    )
    edition.add_argument(
        "folder", type=shared.name, help="of the tables of one rule set, or of those that lie over one that ships"
    )
    number = partial(shared.name, kind="an edition")
    edition.add_argument("edition", type=number, help="its number, above every other")
    edition.add_argument("rows", nargs="*", metavar="ROW", help="a row that is to change, such as product_names.csv:9")
    edition.add_argument("--released", default="", metavar="YYYY-MM", help="when it is released (default: not known)")
    edition.add_argument("--source", metavar="TEXT", help="what a reader can open (default: skyscrub rules/README.md)")
    edition.add_argument("--note", default="", metavar="TEXT", help="what a reader should know")
    shared.add_json_option(edition, "the files, and the rows to edit")


def _check(options: argparse.Namespace) -> int:
    from scrub.on_data import uncoded, unfired
    from scrub.on_data.rule_reports import report_findings
    from scrub.tables import locate
    from scrub.tables.findings import Finding
    from scrub.tables.lint import check

    names = _rule_sets(options.rules) if options.rules else ["jwst"] if options.on else locate.sets()
    known: dict[Finding, str] = {}
    for name in names:
        own = check.check(name, since=options.since or _find_start(name))
        known |= {finding: name for finding in own if finding not in known}
    faults = [finding for finding in known if not finding.is_note]
    for name in names if not faults else ():
        more = uncoded.find_uncoded(name)
        more += unfired.find_unfired(name, options.on, track=shared.track(options)) if options.on else []
        known |= {finding: name for finding in more if finding not in known}
    if options.format == "text":
        show(*(finding._replace(case=shorten(finding.case), column=shorten(finding.column)) for finding in known))
    else:
        by_name = [(name, [finding for finding, of in known.items() if of == name]) for name in names]
        shared.show_reports(options, "rules check", [one for pair in by_name for one in report_findings(*pair)])
    return shared.REJECTED if any(not finding.is_note for finding in known) else shared.DONE


def _find_start(name: str) -> str:
    """Return the commit from which the work on a rule set starts, if it is in a git repository and differs."""
    from scrub.tables import locate
    from scrub.tables.diff.versions import find_start

    return find_start(locate.locate(name).folders[-1])


def _rule_sets(name: str) -> list[str]:
    """Return the rule sets of a folder that holds several; else the one that is named."""
    from scrub.tables import locate

    folder = Path(name)
    if name in locate.sets() or any(folder.glob("*.csv")) or not any(own.is_dir() for own in folder.glob("*")):
        return [name]
    return [location.name for location in locate.inside(Path(name)) if location.base != locate.COMMON]


def _diff(options: argparse.Namespace) -> int:
    from scrub import diff
    from scrub.files import urls
    from scrub.on_data import report, rule_reports
    from scrub.on_data.impact import find_effects

    kinds = [kind for given in options.fail_on or REFUSED for kind in re.split("[, ]+", given.upper())]
    if unknown := set(kinds) - {*diff.KINDS, "NONE"}:
        return shared.fail(
            shared.USAGE,
            ValueError(f"no kind of change {', '.join(sorted(unknown))}: there are {', '.join(diff.KINDS)}"),
        )
    old, new = diff.versions(options.old, options.new)
    effects = None
    if options.on:
        before, after = diff.pairs(old, new)[-1]
        effects = find_effects(
            old.editions[before], new.editions[after], new.base, options.on, track=shared.track(options)
        )
    table = urls.show_input(options.on or "")
    comparison = report.Comparison(old.label, new.label, diff.rule_sets(old, new), table, effects)
    writers = {"text": report.as_text, "json": report.as_json, "markdown": report.as_markdown}
    if write := writers.get(options.format):
        show(*write(comparison).split("\n"))
    else:
        shared.show_reports(options, "rules diff", rule_reports.report_changes(comparison, kinds, Path(options.new)))
    refused = sorted(comparison.kinds() & set(kinds))
    if refused:
        show_error(f"skyscrub: refused: {', '.join(refused)}")
    return shared.REJECTED if refused else shared.DONE


def _why(options: argparse.Namespace) -> int:
    from scrub import tables
    from scrub.on_data import explain
    from scrub.on_data.registry import find_base
    from scrub.pipeline import reasons
    from scrub.tables import locate

    name = options.rules or "jwst"
    rules = tables.read(name, edition=options.edition)
    if options.apart and not options.on:
        return shared.fail(shared.USAGE, "--not compares exposures of a table: name the table with --on")
    if options.on:
        base = find_base(locate.locate(name))
    if options.apart:
        one = explain.explain_apart(rules, base, options.name, options.apart, options.on, track=shared.track(options))
        explained = [one]
    elif options.on:
        explained = explain.explain(rules, base, options.name, options.on, track=shared.track(options))
    else:
        explained = [reasons.Explained(options.name, "is named by", reasons.cite_word(rules, options.name))]
    if options.json:
        blocks = [
            {name: [part._asdict() for part in cell] if name in PARTS else cell for name, cell in one._asdict().items()}
            for one in explained
        ]
        show_json(blocks, ensure_ascii=False)
    else:
        for block in explained:
            lines = (line for reason in block.reasons for line in f"  {reason}".split("\n"))
            values = [f"  {value}" for value in block.values[:SHOWN]]
            more = len(block.values) - len(values)
            values += [f"  … and {more} more values (--json has all)"] if more else []
            show(f"{block.name}: {block.end}", *lines, *values)
    return shared.DONE


def _missing(options: argparse.Namespace) -> int:
    from scrub import tables
    from scrub.on_data.missing import find_missing
    from scrub.on_data.registry import find_base
    from scrub.tables import locate

    name = options.rules or "jwst"
    rules = tables.read(name, edition=options.edition)
    words = find_missing(rules, find_base(locate.locate(name)), options.table, track=shared.track(options))
    if options.json:
        show_json([word._asdict() for word in words], ensure_ascii=False)
    else:
        show(*(line for word in words for line in str(word).split("\n")))
    return shared.REJECTED if words else shared.DONE


def _show(options: argparse.Namespace) -> int:
    from scrub import tables
    from scrub.on_data.registry import find_base, find_pipeline
    from scrub.pipeline.reasons import NoSuchNameError
    from scrub.tables import locate

    name = options.rules or "jwst"
    rules = tables.read(name, edition=options.edition)
    try:
        lines = find_pipeline(find_base(locate.locate(name))).show(rules, options.words)
    except tables.RuleError as error:
        raise NoSuchNameError(str(error)) from None
    if options.json:
        show_json(lines, ensure_ascii=False)
    else:
        show(*lines)
    return shared.DONE


def _fmt(options: argparse.Namespace) -> int:
    from scrub.files import atomic
    from scrub.tables import fmt

    folder = options.folder or Path("rules")
    files = fmt.format_folder(folder if options.check else fmt.check_writable(folder))
    changed = [file for file in files if file.new != file.old]
    refused = [finding._replace(file=_shown(finding.file)) for file in files for finding in file.findings]
    for file in () if options.check else changed:
        atomic.text(file.new.decode(), file.path)
    names = [_shown(file.path) for file in changed]
    if options.json:
        show_json({"changed": names, "findings": [finding._asdict() for finding in refused]})
    else:
        show(*names)
        show_error(*(f"skyscrub: {finding}" for finding in refused))
    return shared.REJECTED if refused or (options.check and changed) else shared.DONE


def _new_edition(options: argparse.Namespace) -> int:
    from scrub.files import atomic
    from scrub.tables import locate, new_edition

    if options.folder in locate.sets():
        raise locate.NoSuchRulesError(
            f"{options.folder} is the rule set that ships, and is not written: name a folder (./{options.folder})"
        )
    new = new_edition.new_edition(
        Path(options.folder),
        options.edition,
        options.rows,
        released=options.released,
        source=options.source or new_edition.SOURCE,
        note=options.note,
    )
    for path, text in new.files.items():
        atomic.text(text, path)
    written = [_shown(path) for path in new.files]
    copies = {row: f"{_shown(path)}:{line}" for row, (path, line) in new.copies.items()}
    if options.json:
        show_json({"written": written, "copies": copies})
    else:
        show(*(f"{path} written" for path in written if not options.quiet))
        show(*(f"{place}: edit this copy of {row}" for row, place in copies.items()))
    return shared.DONE


def _shown(path: Path | str) -> str:
    """Return a path from the working folder where it lies below that."""
    return str(path).removeprefix(f"{Path.cwd()}/")
