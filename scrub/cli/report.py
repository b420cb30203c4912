"""The command ``skyscrub report``: one page about the run in a folder."""

import argparse
from pathlib import Path
from typing import Any

from scrub.cli import options as shared
from scrub.cli.terminal import show, show_json


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = shared.add_command(commands, "report", "write a page (HTML) about the run in a folder", _report)
    parser.add_argument("folder", type=shared.path, help="what --out named")
    parser.add_argument(
        "--html", type=shared.path, metavar="FILE", help="where to (default: report.html in the folder of the run)"
    )
    shared.add_rule_options(parser)
    shared.add_json_option(parser, "where the page is, and whether all that it checked was good,")


def _report(options: argparse.Namespace) -> int:
    from scrub.files import atomic, run_folder
    from scrub.report import page

    target: Path = options.html or options.folder / "report.html"
    report = page.report(options.folder, rules=options.rules, edition=options.edition)
    run_folder.refuse_outputs(target, options.folder)
    atomic.text(report.page, target)
    if options.json:
        show_json({"page": str(target.resolve()), "good": report.good})
    elif not options.quiet:
        show(target.resolve())
    return shared.DONE if report.good else shared.REJECTED
