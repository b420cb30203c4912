"""HST calibration: one row a data set in; the nine features of its calibration cost out.

>>> from functools import partial
>>> from toolz import pipe
>>> from scrub import hst_cal
>>> rules = hst_cal.read_rules()
>>> [step.func.__name__ for step in hst_cal.steps(rules)]
['datasets', 'features']
>>> pipe(hst_cal.example(rules), *hst_cal.steps(rules)).iloc[0, 1:].astype("int64").tolist()
[61, 1237, 1, 1, 2, 0, 1, 1, 0]

When it is called directly, a step raises on a bad row; ``run`` sets bad rows aside and accounts for every one.
"""

from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub import tables
from scrub.contracts.ledger import Ledger
from scrub.contracts.stage import chain
from scrub.files.table_files import SourceError, Track, untracked
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import arrange, join
from scrub.frames.summaries import show_answer, show_answer_as_html
from scrub.hst_cal.inputs import Inputs, from_files, from_table, load
from scrub.hst_cal.stages import count_copies, datasets, features
from scrub.pipeline.account import account, count_datasets
from scrub.pipeline.decode import decode
from scrub.pipeline.describe import describe as describe_features
from scrub.pipeline.features import keep_numbers
from scrub.pipeline.marks import mark
from scrub.tables import Rules

__all__ = [
    "Answer", "Inputs", "SourceError", "datasets", "decode", "describe", "example", "features", "from_files",
    "from_table", "keep_numbers", "load", "read_rules", "run", "steps",
]  # fmt: skip


class Answer(NamedTuple):
    """The frames of a run, and its ledger."""

    datasets: pd.DataFrame
    features: pd.DataFrame
    rejected: pd.DataFrame
    ledger: Ledger

    def __repr__(self) -> str:
        """Return how many rows each frame has, as one line."""
        return show_answer(self)

    def _repr_html_(self) -> str:
        """Return the same for notebooks, as a table."""
        return show_answer_as_html(self)


def read_rules(name: str | Path = "hst_cal", *, edition: str | int | None = None) -> Rules:
    """Return the rule set of HST calibration, or a version of it in a folder: see ``tables.read``.

    Args:
        name: a rule set that ships, or a folder.
        edition: the newest unless one is named.
    """
    return tables.read(name, edition=edition, base="hst_cal")


def steps(rules: Rules, *, handle_unknown: HandleUnknown = "error") -> tuple["partial[pd.DataFrame]", ...]:
    """Return the pipeline: from inputs to data sets and features.

    Args:
        rules: an HST calibration rule set.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
    """
    return (partial(datasets, rules), partial(features, rules, handle_unknown=handle_unknown))


def run(
    source: pd.DataFrame | str | Path,
    *,
    edition: str | int | None = None,
    rules: Rules | str | Path = "hst_cal",
    handle_unknown: HandleUnknown = "error",
    track: Track = untracked,
) -> Answer:
    """Return every frame of the pipeline for an input; bad input never ends the run, it is in ``rejected``.

    Args:
        source: a frame, a table file (CSV, Parquet), or a folder of feature files, one data set a file.
        edition: an edition of the rule set; the newest unless one is named.
        rules: a rule set, its name, or its folder.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        track: called with an iterable, ``total`` and ``desc``; returns the iterable, showing progress (tqdm).

    Returns:
        data sets as they were read, and their features (both with the name as index); rejected (what, stage,
        reason, column, value); the ledger.

    Raises:
        SourceError: nothing there to read.
        RuleError: no such rule set or edition, or a table that cannot be trusted.

    >>> answer = run(example(read_rules()))
    >>> answer.features.loc["j8zs05020", "total_mb"], answer.ledger["datasets"]
    (np.int64(1237), {'in': 1, 'features': 1, 'rejected': 0, 'duplicates': 0})
    """
    rules = rules.at(edition) if isinstance(rules, Rules) else read_rules(rules, edition=edition)
    read = load(rules, source, track=track)
    (typed, encoded), aside = chain(steps(rules, handle_unknown=handle_unknown), read.inputs, track=track)
    rejected = arrange(join([read.rejected, aside]))
    parts = count_datasets(read.datasets, encoded, rejected, count_copies(rules, read.inputs))
    ledger = account(rules, "hst_cal", handle_unknown, read.files, rejected, parts, read.sha256, read.passed_over)
    return mark(Answer(typed.set_index("dataset"), encoded.set_index("dataset"), rejected, ledger))


def describe(rules: Rules) -> pd.DataFrame:
    """Return what each feature is: its kind, unit, codes and words, description and source: see ``pipeline.describe``.

    Args:
        rules: an HST calibration rule set.

    >>> describe(read_rules()).loc["total_mb", ["kind", "unit"]].tolist()
    ['rounded', 'MB']
    """
    return describe_features(rules, features.returns)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)


def example(rules: Rules) -> pd.DataFrame:
    """Return one ACS data set, for examples."""
    row = {
        "ipst": "j8zs05020", "n_files": 61, "total_mb": "1237.4", "DRIZCORR": "PERFORM", "PCTECORR": "perform",
        "CRSPLIT": "2", "SUBARRAY": "False", "DETECTOR": "WFC",
    }  # fmt: skip
    return from_table(rules, pd.DataFrame([row])).good
