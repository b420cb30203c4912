"""The command ``skyscrub sky``: a picture of one product of a run."""

import argparse
from pathlib import Path
from typing import Any

from scrub.cli import options as shared
from scrub.cli.terminal import show, show_json

_FORMS = (".svg", ".png")


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = shared.add_command(
        commands, "sky", "draw the footprints, the fiducial and the target of one product of a run", _sky
    )
    parser.add_argument("product", type=shared.name, help="its product_id")
    parser.add_argument("--on", type=shared.path, required=True, metavar="OUT", help="the folder of the run")
    parser.add_argument("--out", type=_picture, required=True, metavar="FILE", help=f"where to ({', '.join(_FORMS)})")
    shared.add_rule_options(parser)
    shared.add_json_option(parser, "where the picture is")


def _picture(text: str) -> Path:
    """Return the path of a picture; another ending is wrong usage."""
    path = shared.path(text)
    if path.suffix.lower() not in _FORMS:
        raise argparse.ArgumentTypeError(f"{text!r} does not end in {' or '.join(_FORMS)}")
    return path


def _sky(options: argparse.Namespace) -> int:
    from scrub.files import atomic, run_folder
    from scrub.report import one_picture, sky_png, sky_svg

    picture = one_picture.draw(options.on, options.product, rules=options.rules, edition=options.edition)
    run_folder.refuse_outputs(options.out, options.on)
    if options.out.suffix.lower() == ".svg":
        atomic.text(sky_svg.to_svg(picture), options.out)
    else:
        atomic.whole(options.out, lambda temporary: sky_png.save(picture, temporary))
    if options.json:
        show_json({"picture": str(options.out.resolve())})
    elif not options.quiet:
        show(options.out.resolve())
    return shared.DONE
