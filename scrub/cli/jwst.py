"""The command ``skyscrub jwst``."""

import argparse
from pathlib import Path
from typing import Any

from scrub.cli import options as shared
from scrub.cli import parts


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = shared.add_command(
        commands, "jwst", "predict Level-3 products, offsets and features of JWST exposures", _jwst
    )
    parser.add_argument(
        "input",
        type=shared.name,
        help="a folder of FITS files, or a table (.csv, .parquet); a URL (s3, https) or a list of them (.txt, .csv)",
    )
    shared.add_rule_options(parser)
    shared.add_level_option(parser)
    shared.add_output_options(parser)
    parser.add_argument("--prefix", default="", help="read files whose name starts so")
    parser.add_argument("--suffix", default="_uncal.fits", help="read files whose name ends so (default: %(default)s)")
    parser.add_argument("--fast", action="store_true", help="read .gz files no further than their headers: no checksum")
    parser.add_argument(
        "--cache",
        type=shared.path,
        metavar="FILE",
        help="a Parquet file that keeps headers: read new files only",
    )
    parts.add_options(parser)
    parser.add_argument(
        "--candidates",
        default="o",
        metavar="LETTERS",
        help="of what products are made: o observations, c candidates of the proposal, a discovered ones (default: o)",
    )
    parser.add_argument("--asn", action="store_true", help="write an association file for each product into OUT/asn")


def _jwst(options: argparse.Namespace) -> int:
    from scrub import jwst
    from scrub.files import atomic
    from scrub.jwst import asn_files
    from scrub.jwst.candidates import check_letters
    from scrub.jwst.in_parts import list_frames

    if options.asn and not options.out:
        return shared.fail(shared.USAGE, ValueError("--asn needs --out"))
    try:
        candidates, name = check_letters(options.candidates), shared.choose_rules(options)
    except ValueError as error:
        return shared.fail(shared.USAGE, error)
    if options.out:
        atomic.folder(options.out, options.format)
    rules = jwst.read_rules(name, edition=options.edition)
    if parts.is_wanted(options) and (code := parts.run(options, rules, candidates)) is not None:
        return code
    answer = jwst.run(
        options.input,
        rules=rules,
        handle_unknown=options.handle_unknown,
        candidates=candidates,
        prefix=options.prefix,
        suffix=options.suffix,
        fast=options.fast,
        cache=options.cache,
        track=shared.track(options),
    )
    documents = asn_files.documents(jwst.associations(rules, answer)) if options.asn else {}

    def write(folder: Path) -> None:
        if options.asn:
            asn_files.save(documents, folder / "asn")

    return shared.finish(options, list_frames(answer), answer.rejected, answer.ledger, write=write)
