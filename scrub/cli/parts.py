"""A run in parts as a command: in this process where the input is large, or on the workers of a Dask scheduler."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrub.cli import options as shared
from scrub.cli.terminal import show_error, show_json

if TYPE_CHECKING:
    from scrub.pipeline.each import Each
    from scrub.tables import Rules


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of runs in parts.

    Args:
        parser: of the command.
    """
    parser.add_argument(
        "--part",
        type=shared.count,
        metavar="ROWS",
        help="run in parts of so many exposures (default: a large input only, in parts that fit into memory)",
    )
    parser.add_argument(
        "--scheduler",
        type=shared.name,
        metavar="ADDRESS",
        help="run in parts on the workers of this Dask scheduler (tcp://host:8786), or of 'local': one for each core",
    )


def is_wanted(options: argparse.Namespace) -> bool:
    """Return whether a run in parts is asked for, or its input is large.

    Args:
        options: of the command line.
    """
    from scrub.files import urls
    from scrub.jwst import in_parts

    if options.part or options.scheduler:
        return True
    if options.cache or urls.is_url(options.input):
        return False
    return in_parts.is_large(Path(options.input), prefix=options.prefix, suffix=options.suffix)


def run(options: argparse.Namespace, rules: "Rules", candidates: str) -> int | None:
    """Run a pipeline in parts, print its ledger, and return the exit code; None where one piece must do.

    Args:
        options: of the command line.
        rules: a JWST rule set.
        candidates: of what products are made.
    """
    from scrub.files import urls
    from scrub.jwst.kept_inputs import IndivisibleError
    from scrub.pipeline.each import map_here

    if options.cache:
        return shared.fail(shared.USAGE, "--cache is of a run in one piece: leave out --part and --scheduler")
    if urls.is_url(options.input):
        return shared.fail(shared.USAGE, "URLs are read in one piece: leave out --part and --scheduler")
    track = shared.track(options)
    try:
        if not options.scheduler:
            return _run(options, rules, candidates, partial(map_here, track=track))
        from scrub import distributed

        with distributed.connect(options.scheduler) as client, distributed.watch(client) as lost:
            each, least = distributed.map_on(client, track=track), distributed.count_parts(client)
            code = _run(options, rules, candidates, each, files=distributed.FILES, least=least)
            for worker in lost:
                show_error(f"skyscrub: the worker {worker} was lost: what it had to do was done by others")
            return code
    except IndivisibleError as error:
        return shared.fail(shared.USAGE, error) if options.part or options.scheduler else None


def _run(options: argparse.Namespace, rules: "Rules", candidates: str, each: "Each", **more: int) -> int:
    from scrub.jwst import kept_inputs, write_parts

    written = write_parts.run_and_write(
        rules,
        Path(options.input),
        options.out,
        handle_unknown=options.handle_unknown,
        candidates=candidates,
        prefix=options.prefix,
        suffix=options.suffix,
        fast=options.fast,
        asn=options.asn,
        form=options.format,
        raw_cells=options.raw_cells,
        inputs=shared.list_inputs(options),
        rows=options.part or kept_inputs.PART,
        each=each,
        **more,
    )
    if options.json:
        show_json(written.ledger)
    else:
        if not options.quiet:
            shared.print_ledger(written.ledger)
        shared.print_reasons(written.reasons)
    return shared.REJECTED if len(written.reasons) else shared.DONE
