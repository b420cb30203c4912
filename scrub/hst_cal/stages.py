"""The stages of HST calibration: data sets with each keyword as its kind, then their features."""

from functools import partial

import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import copies
from scrub.frames.arrays import read_frame
from scrub.frames.cells import TEXT, Words, text
from scrub.frames.columns import sort_rows
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import Split, set_aside
from scrub.pipeline.features import make_features
from scrub.pipeline.kinds import NO_WORDS, NOUNS, find_unreadable, parse
from scrub.tables import Rules, words

INPUTS, _DATASETS, _FEATURES = "hst_cal/inputs", "hst_cal/datasets", "hst_cal/features"


@stage(INPUTS, _DATASETS, before="hst_cal.from_table(rules, table).good")
def datasets(rules: Rules, inputs: pd.DataFrame) -> Split:
    """Return data sets with each keyword as its kind: words in upper case, missing words blank.

    Rows come back in the order of their names. Rows of one name that say the same are one row; those that differ are
    rejected.

    Args:
        rules: an HST calibration rule set.
        inputs: one row a data set, as ``from_table`` gives it.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> from scrub import hst_cal
    >>> rules = hst_cal.read_rules()
    >>> datasets(rules, hst_cal.example(rules)).loc[0, ["DRIZCORR", "DETECTOR"]].tolist()
    ['PERFORM', 'WFC']
    """
    frame, faults = copies.fold(_read(rules, inputs))
    good, rejected = set_aside(frame, _DATASETS, faults)
    return Split(sort_rows(good), rejected)


def count_copies(rules: Rules, inputs: pd.DataFrame) -> int:
    """Return how many rows say what another of the same name says: they are folded, and no data sets of their own.

    Args:
        rules: an HST calibration rule set.
        inputs: one row a data set, as ``from_table`` gives it.

    >>> from scrub import hst_cal
    >>> rules = hst_cal.read_rules()
    >>> count_copies(rules, pd.concat([hst_cal.example(rules)] * 3, ignore_index=True))
    2
    """
    return copies.count_copies(inputs, partial(_read, rules))


def _read(rules: Rules, inputs: pd.DataFrame) -> copies.Read:
    """Return inputs with each keyword as its kind, and what is wrong with which of them."""
    spellings = Words(*(frozenset(word.upper() for word in group) for group in words(rules)))
    read, faults = {"dataset": inputs["dataset"].astype(TEXT)}, []
    for row in rules["inputs"].records():
        column, kind = row["column"], row["kind"]
        parsed = parse(spellings, _upper(inputs[column], kind), kind)
        read[column] = parsed.values
        faults += find_unreadable(parsed, kind, column, inputs[column])
    return copies.Read(pd.DataFrame(read), faults)


def _upper(cells: pd.Series, kind: str) -> pd.Series:
    """Return cells in upper case, since words count in any case here; numbers stay numbers."""
    if kind in NOUNS and kind != "flag" and pd.api.types.is_numeric_dtype(cells.dtype):
        return cells
    return text(NO_WORDS, cells, upper=True)


@stage(_DATASETS, _FEATURES)
def features(rules: Rules, datasets: pd.DataFrame, *, handle_unknown: HandleUnknown = "error") -> Split:
    """Return one row a data set: its name and the features, in the order of the rule table.

    Words are folded by the rule table ``abbreviations``, then encoded; flags are 1 or 0; ``rounded`` is to
    the nearest whole number, halves to the even one.

    Args:
        rules: an HST calibration rule set.
        datasets: data sets under the contract ``hst_cal/datasets``.
        handle_unknown: ``error`` rejects a word without a code; ``use_encoded_value`` gives it the code that
            the table states for ``*``, and rejects it where there is none.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> from scrub import hst_cal
    >>> rules = hst_cal.read_rules()
    >>> frame = hst_cal.datasets(rules, hst_cal.example(rules))
    >>> features(rules, frame).loc[0, ["detector", "dtype", "instr"]].tolist()
    [1, 1, 0]
    """
    encoded, faults = make_features(rules, read_frame(datasets), handle_unknown=handle_unknown)
    return set_aside(pd.DataFrame({"dataset": datasets["dataset"], **encoded}), _FEATURES, faults)
