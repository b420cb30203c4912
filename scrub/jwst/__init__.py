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

When it is called directly, a step raises on a bad row; ``run`` sets bad rows aside and accounts for every one.
"""

from pathlib import Path

import pandas as pd

from scrub.files.table_files import SourceError, Track, untracked
from scrub.frames.encode import HandleUnknown
from scrub.jwst.answers import Answer, answer_inputs
from scrub.jwst.associations import associations
from scrub.jwst.candidates import OBSERVATIONS, check_letters
from scrub.jwst.exposures import exposures
from scrub.jwst.features import by_group, features
from scrub.jwst.groups import group
from scrub.jwst.inputs import Inputs, from_table, load
from scrub.jwst.pipeline import steps
from scrub.jwst.prepared import Prediction, prepare
from scrub.jwst.products import products
from scrub.pipeline.decode import decode
from scrub.pipeline.describe import describe as describe_features
from scrub.pipeline.features import keep_numbers
from scrub.tables import Rules
from scrub.tables import read as read_rules

__all__ = [
    "Answer", "Inputs", "Prediction", "SourceError", "associations", "by_group", "decode", "describe", "example",
    "exposures", "features", "from_table", "group", "keep_numbers", "load", "prepare", "products", "read_rules", "run",
    "steps",
]  # fmt: skip


def run(
    source: pd.DataFrame | str | Path,
    *,
    edition: str | int | None = None,
    rules: Rules | str | Path = "jwst",
    handle_unknown: HandleUnknown = "error",
    candidates: str = OBSERVATIONS,
    prefix: str = "",
    suffix: str = "_uncal.fits",
    fast: bool = False,
    cache: Path | None = None,
    track: Track = untracked,
) -> Answer:
    """Return every frame of the pipeline for an input; bad input never ends the run, it is in ``rejected``.

    Args:
        source: a frame, a table file (CSV, Parquet), a folder of FITS files or its URL (``s3://bucket/name``), or a
            list of URLs: see ``load``.
        edition: an edition of the rule set; the newest unless one is named.
        rules: a rule set, its name, or its folder.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        candidates: of what products are made: letters of ``oca``, for observations, candidates of the proposal (the
            column ASN_CANDIDATE of a pool), and what is discovered in the whole program.
        prefix: of the files of a folder, those whose name starts so.
        suffix: and ends so.
        fast: whether packed files are read no further than their headers, so that their checksums do not count; the
            ledger says so.
        cache: a Parquet file that keeps the headers of a folder: only files that are not in it are read. The ledger
            says how many were in it.
        track: called with an iterable, ``total`` and ``desc``; returns the iterable, showing progress (tqdm).

    Returns:
        exposures; members (exposure, group, product_id, product, rule; one row an exposure, product
        blank where a rule left it out; one row an exposure and product, with ``candidate``, where candidates beyond
        ``o`` are asked for); products and, for each group, features (index product_id; all are numbers but
        the text ``fxd_slit``, see ``keep_numbers``);
        rejected (what, stage, reason, column, value); the ledger.

    Raises:
        SourceError: nothing there to read.
        RuleError: no such rule set or edition, a table that cannot be trusted, or rules without candidates.
        ValueError: candidates that are no letters of ``oca``.

    >>> answer = run(example(read_rules()))
    >>> answer.features["image"].loc["jw01018-o006_t1_niriss_clear-f200w", "nexposur"]
    np.float64(2.0)
    >>> answer.ledger["exposures"]
    {'in': 2, 'products': 2, 'left_out': 0, 'rejected': 0, 'duplicates': 0}
    """
    rules = rules.at(edition) if isinstance(rules, Rules) else read_rules(rules, edition=edition)
    wanted = check_letters(candidates)
    read = load(rules, source, prefix=prefix, suffix=suffix, fast=fast, cache=cache, track=track)
    return answer_inputs(rules, read, handle_unknown=handle_unknown, candidates=wanted, fast=fast, track=track)


def describe(rules: Rules, *, group: str | None = None) -> pd.DataFrame:
    """Return what each feature is: its kind, unit, codes and words, description and source: see ``pipeline.describe``.

    Args:
        rules: a JWST rule set.
        group: only the features of this group of products; all unless given.

    >>> features = describe(read_rules(), group="fgs")
    >>> features.index[~features["numeric"]].tolist(), features.loc["gs_mag", "unit"]
    (['fxd_slit'], 'mag')
    """
    return describe_features(rules, features.returns, group=group)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)


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
