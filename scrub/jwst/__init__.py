"""JWST: Level-1b exposures in; predicted Level-3 products, pixel offsets and encoded features out.

The pipeline is a tuple of pure steps, each from one contract to the next:

>>> from functools import partial
>>> from toolz import pipe
>>> from scrub import jwst
>>> rules = jwst.read_rules()
>>> [step.func.__name__ for step in jwst.steps(rules)]
['exposures', 'group', 'products', 'features']
>>> pipe(jwst.example(rules), *jwst.steps(rules))["product_id"].tolist()
['jw01018-o006_t1_niriss_clear-f200w']

Called so, a step raises on a bad row; ``run`` sets bad rows aside and accounts for every one.
"""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.contracts import ledger
from scrub.contracts.stage import chain
from scrub.files.table_files import SourceError, untracked
from scrub.frames import columns
from scrub.frames.encode import HandleUnknown
from scrub.jwst.associations import associations
from scrub.jwst.exposures import exposures
from scrub.jwst.features import by_group, features
from scrub.jwst.groups import group
from scrub.jwst.products import products
from scrub.jwst.source import Source, from_table, load
from scrub.pipeline import stamp
from scrub.pipeline.features import decode
from scrub.tables import Rules
from scrub.tables import read as read_rules

__all__ = [
    "Answer", "SourceError", "associations", "by_group", "decode", "example", "exposures", "features", "from_table",
    "group", "load", "products", "read_rules", "run", "steps",
]  # fmt: skip

MEMBERS = ["exposure", "group", "product_id", "product", "rule", "role", "lacking"]


class Answer(NamedTuple):
    """The frames of a run, and its ledger."""

    exposures: pd.DataFrame
    members: pd.DataFrame
    products: pd.DataFrame
    features: dict[str, pd.DataFrame]
    rejected: pd.DataFrame
    ledger: ledger.Ledger


def steps(rules: Rules, *, handle_unknown: HandleUnknown = "error") -> tuple[partial[pd.DataFrame], ...]:
    """Return the pipeline: from headers to exposures, members, products and features."""
    return (
        partial(exposures, rules),
        partial(group, rules),
        partial(products, rules),
        partial(features, rules, handle_unknown=handle_unknown),
    )


def run(
    source: pd.DataFrame | str | Path,
    *,
    edition: str | int | None = None,
    rules: Rules | str | Path = "jwst",
    handle_unknown: HandleUnknown = "error",
    prefix: str = "",
    suffix: str = "_uncal.fits",
    track: Callable[..., Iterable[Any]] = untracked,
) -> Answer:
    """Return every frame of the pipeline for a source; bad input never ends the run, it is in ``rejected``.

    Args:
        source: a frame, a table file (CSV, Parquet) or a folder of FITS files.
        edition: an edition of the rule set; the newest unless one is named.
        rules: a rule set, its name, or its folder.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        prefix: of the files of a folder, those whose name starts so.
        suffix: and ends so.
        track: called with an iterable, ``total`` and ``desc``; returns the iterable, showing progress (tqdm).

    Returns:
        exposures; members (exposure, group, product_id, product, rule; one row an exposure, product
        blank where a rule left it out); products and, for each group, features (index product_id);
        rejected (what, stage, reason, column, value); the ledger.

    Raises:
        SourceError: nothing there to read.
        RuleError: no such rule set or edition, or a table that cannot be trusted.

    >>> answer = run(example(read_rules()))
    >>> answer.features["image"].loc["jw01018-o006_t1_niriss_clear-f200w", "nexposur"]
    np.float64(2.0)
    >>> answer.ledger["exposures"]
    {'in': 2, 'products': 2, 'left_out': 0, 'rejected': 0}
    """
    rules = rules if isinstance(rules, Rules) else read_rules(rules, edition=edition)
    read = load(rules, source, prefix=prefix, suffix=suffix, track=track)
    frames, rejected = chain(steps(rules, handle_unknown=handle_unknown), read.headers, track=track)
    typed, grouped, made, encoded = frames
    lost = pd.concat([read.rejected, rejected], ignore_index=True)
    return Answer(
        typed,
        columns.keep(grouped, MEMBERS),
        made.set_index("product_id"),
        by_group(rules, encoded),
        lost,
        _account(rules, handle_unknown, read, grouped, encoded, lost),
    )


def _account(
    rules: Rules,
    handle_unknown: HandleUnknown,
    read: Source,
    grouped: pd.DataFrame,
    encoded: pd.DataFrame,
    lost: pd.DataFrame,
) -> ledger.Ledger:
    """Return the ledger: each number is counted where it arises, and must add up."""
    stages = lost["stage"]
    files, late = stages == "files", stages.isin([products.returns, features.returns])
    in_product = grouped["product_id"].notna()
    unknown = {"unknown": int(grouped["lacking"].notna().sum())} if "lacking" in grouped else {}
    return ledger.closed(
        {
            "rules": rules.name,
            "edition": rules.edition,
            "handle_unknown": handle_unknown,
            "files": {
                "found": read.files,
                "read": read.files - int(files.sum()),
                "unreadable": int(files.sum()),
            },
            "exposures": {
                "in": read.exposures,
                "products": int(in_product.sum()),
                "left_out": int((~in_product).sum()) - sum(unknown.values()),
                **unknown,
                "rejected": int((~files & ~late).sum()),
            },
            "products": {
                "in": int(grouped["product_id"].nunique()),
                "features": len(encoded),
                "rejected": int(late.sum()),
            },
            "fingerprint": stamp.entry(rules, "jwst"),
        }
    )


def example(rules: Rules) -> pd.DataFrame:
    """Return headers of two exposures of one NIRISS image, for examples."""
    shared = {
        "PROGRAM": "1018", "OBSERVTN": "6", "EXP_TYPE": "NIS_IMAGE", "INSTRUME": "NIRISS", "DETECTOR": "NIS",
        "VISITYPE": "PRIME_TARGETED_FIXED", "TSOVISIT": "f", "FILTER": "CLEAR", "PUPIL": "F200W", "SUBARRAY": "FULL",
        "TARG_RA": 80.4875, "TARG_DEC": -69.4975, "CRVAL2": -69.4975,
    }  # fmt: skip
    names = ["jw01018006001_02101_00001_nis", "jw01018006001_02101_00002_nis"]
    table = pd.DataFrame([{**shared, "exposure": n, "CRVAL1": 80.4875 + i / 1000} for i, n in enumerate(names)])
    return from_table(rules, table).good
