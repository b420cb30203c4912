"""The command ``skyscrub score``, and what ``skyscrub jwst --asn`` writes; exit codes as in ``cli.options``."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from scrub.cli import options as shared
from scrub.cli.terminal import show

if TYPE_CHECKING:
    import pandas as pd

    from scrub.jwst.score_inputs import Inputs


def add(commands: Any) -> None:
    """Add the command to the command line."""
    parser = shared.add_command(
        commands, "score", "hold predicted products against the associations that were made", _score
    )
    parser.add_argument(
        "predicted",
        type=shared.path,
        help="a table of members (product, exposure), or the folder of a run of skyscrub jwst",
    )
    parser.add_argument(
        "truth", type=shared.path, help="a table of members, a folder of *_asn.json files, or one such file"
    )
    parser.add_argument(
        "--candidates", default="observation", help="kinds of candidate, with commas between (default: %(default)s)"
    )
    parser.add_argument(
        "--exposures", type=shared.path, help="a table (exposure, exp_type; pool) with the types of exposures"
    )
    parser.add_argument(
        "--ignore", type=shared.path, help="a table (exposure; pool) of exposures to leave out of both sides"
    )
    parser.add_argument(
        "--mismatches", type=shared.path, help="write the groups that differ to this table (.csv, .parquet)"
    )
    parser.add_argument(
        "--roles", action="store_true", help="compare every member and its role, not the science members alone"
    )
    shared.add_rule_options(parser)
    shared.add_level_option(parser)
    shared.add_json_option(parser, "the scores")


def _score(options: argparse.Namespace) -> int:
    from scrub import jwst
    from scrub.files import run_folder
    from scrub.jwst import score, score_inputs
    from scrub.pipeline import save

    try:
        name = shared.choose_rules(options)
    except ValueError as error:
        return shared.fail(shared.USAGE, error)
    rules = jwst.read_rules(name, edition=options.edition)
    inputs = score_inputs.load(
        rules,
        options.predicted,
        options.truth,
        candidates=options.candidates.split(","),
        exposures=options.exposures,
        ignore=options.ignore,
        roles=options.roles,
    )
    compared = score.compare(rules, inputs.predicted, inputs.true)
    scores = score.score(compared)
    if options.mismatches:
        given = (options.predicted, options.truth, options.exposures, options.ignore)
        run_folder.refuse([options.mismatches], [path for path in given if path])
        save.table(score.mismatches(compared), options.mismatches)
    text = _write_json(inputs, scores) if options.json else write_text(inputs, scores)
    show(*text.split("\n"))
    if not options.json:
        shared.print_rejected(inputs.rejected)
    return shared.REJECTED if len(inputs.rejected) else shared.DONE


def _write_json(inputs: "Inputs", scores: "pd.DataFrame") -> str:
    """Return the scores as JSON: by exposure type and by what is counted; null where nothing was there to count."""
    records = json.loads(scores.to_json(orient="records", double_precision=15))
    by_type: dict[str, dict[str, Any]] = {}
    for row in records:
        by_type.setdefault(row.pop("exp_type"), {})[row.pop("counted")] = row
    rejected = json.loads(inputs.rejected.to_json(orient="records"))
    lacking = inputs.unknown
    unknown = None if lacking is None else {"exposures": sum(lacking.values()), "lacking": lacking}
    return json.dumps({"read": inputs.read, "unknown": unknown, "rejected": rejected, "scores": by_type}, indent=2)


def write_text(inputs: "Inputs", scores: "pd.DataFrame") -> str:
    """Return the scores as a table to read: a line for each exposure type and what is counted."""
    counts = scores[["tp", "predicted", "true"]].astype("str")
    table = scores[["exp_type", "counted"]].assign(**counts)
    for name in ("precision", "recall"):
        rate, low, high = (scores[column].map(_figure) for column in (name, f"{name}_low", f"{name}_high"))
        table = table.assign(**{name: rate.where(rate == "-", rate + " (" + low + "-" + high + ")")})
    first = ~scores["exp_type"].duplicated()
    shown = table.assign(f1=scores["f1"].map(_figure), exp_type=table["exp_type"].where(first, ""))
    head = f"{inputs.read['truth']} file(s) of truth; in parentheses 95 % intervals; names: of the exact groups\n"
    return head + _describe_unknown(inputs.unknown) + shown.to_string(index=False)


def _describe_unknown(lacking: dict[str, int] | None) -> str:
    r"""Return a line with the number of exposures that the rules could not decide on, and the keywords they need.

    >>> _describe_unknown({"DMS_NOTE": 27, "TARGNAME": 2})
    '29 exposure(s) undecided, in no predicted product: 27 need DMS_NOTE, 2 need TARGNAME\n'
    """
    if lacking is None:
        return ""
    needs = ", ".join(f"{count} need {what}" for what, count in lacking.items())
    return f"{sum(lacking.values())} exposure(s) undecided" + (
        f", in no predicted product: {needs}\n" if needs else "\n"
    )


def _figure(value: float) -> str:
    return f"{value:.3f}" if value == value else "-"
