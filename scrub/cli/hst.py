"""The commands ``skyscrub hst-svm`` and ``skyscrub hst-cal``; exit codes and options as in ``cli.options``."""

import argparse
from pathlib import Path
from typing import Any

from scrub.cli import options as shared


def add(commands: Any) -> None:
    """Add the HST commands to the command line."""
    svm = shared.add_command(commands, "hst-svm", "alignment, class and features of HST single-visit mosaics", _hst_svm)
    svm.add_argument(
        "input",
        type=shared.name,
        help="a table of QA results (.csv, .parquet, .h5), a folder of QA files, or single_visit_mosaics*.csv",
    )
    shared.add_rule_options(svm)
    shared.add_output_options(svm)
    svm.add_argument(
        "--fits", type=shared.path, help="the folder of {dataset}/{imgname} (default: INPUT, if it is a folder)"
    )
    svm.add_argument("--classes", type=shared.path, help="a table of targname and category (default: ask MAST)")
    svm.add_argument("--cache", type=shared.path, help="where answers of MAST are kept (default: in the user's cache)")
    svm.add_argument("--crpt", action="store_true", help="the mosaics were corrupted on purpose: every label is 1")
    svm.add_argument("--seed", type=int, default=0, help="of the draw of subset.txt (default: %(default)s)")

    cal = shared.add_command(commands, "hst-cal", "features of HST calibration data sets", _hst_cal)
    cal.add_argument(
        "input", type=shared.name, help="a table (.csv, .parquet), or a folder of feature files, keyword=value a line"
    )
    shared.add_rule_options(cal)
    shared.add_output_options(cal)


def _hst_svm(options: argparse.Namespace) -> int:
    from scrub import hst_svm
    from scrub.files import atomic

    if options.out:
        atomic.folder(options.out, options.format)
    rules = hst_svm.read_rules(options.rules or "hst_svm", edition=options.edition)
    classify = None
    if options.classes:
        classify = hst_svm.classes(rules, options.classes)
    elif options.cache:
        classify = hst_svm.mast.classifier(rules, cache=options.cache, track=shared.track(options))
    answer = hst_svm.run(
        options.input,
        fits=options.fits,
        classify=classify,
        crpt=options.crpt,
        seed=options.seed,
        rules=rules,
        handle_unknown=options.handle_unknown,
        track=shared.track(options),
    )

    def write(folder: Path) -> None:
        atomic.lines(answer.subset, folder / "subset.txt")
        if "label" in answer.features:
            atomic.lines(answer.positive, folder / "pos.txt")

    frames = {"raw_features": answer.raw, "features": answer.features}
    return shared.finish(options, frames, answer.rejected, answer.ledger, write=write)


def _hst_cal(options: argparse.Namespace) -> int:
    from scrub import hst_cal
    from scrub.files import atomic

    if options.out:
        atomic.folder(options.out, options.format)
    answer = hst_cal.run(
        options.input,
        edition=options.edition,
        rules=options.rules or "hst_cal",
        handle_unknown=options.handle_unknown,
        track=shared.track(options),
    )
    frames = {"raw_features": answer.datasets, "features": answer.features}
    return shared.finish(options, frames, answer.rejected, answer.ledger)
