"""The command ``skyscrub rules html``: the rule tables as pages."""

import argparse
from typing import Any

from scrub.cli import options as shared
from scrub.cli.terminal import show, show_json


def add(commands: Any) -> None:
    """Add the command to those for rule tables."""
    parser = shared.add_command(commands, "html", "write rule tables as pages (HTML) to read and to link", _html)
    parser.add_argument("folder", type=shared.path, help="where to; made if it is not there")
    parser.add_argument(
        "--rules", type=shared.name, help="a rule set, or a folder with tables of one or more (default: all that ship)"
    )
    shared.add_json_option(parser, "the files")


def _html(options: argparse.Namespace) -> int:
    from pathlib import Path

    from scrub.files import atomic
    from scrub.report import rule_pages
    from scrub.tables import locate

    if options.rules and options.rules not in locate.sets():
        locations = locate.inside(Path(options.rules))
    else:
        locations = [locate.locate(name) for name in ([options.rules] if options.rules else locate.sets())]
    pages = rule_pages.make_pages([location for location in locations if location.base != locate.COMMON])
    atomic.folder(options.folder, "html")
    for name, page in pages.items():
        atomic.text(page, options.folder / name)
    index = (options.folder / "index.html").resolve()
    if options.json:
        show_json({"index": str(index), "pages": list(pages)})
    elif not options.quiet:
        show(index)
    return shared.DONE
