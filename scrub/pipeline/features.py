"""Features by their rule tables: in which order, from which words, to which codes, and back."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from scrub.frames import encode
from scrub.pipeline.stamp import Stamp, demand
from scrub.tables import Rules
from scrub.tables.decide import fold


@lru_cache(maxsize=16)
def ordered(rules: Rules) -> list[dict[str, str]]:
    """Return the rows of the rule table ``features``, in the order of their positions; nobody may change them.

    >>> from scrub import hst_cal
    >>> [row["feature"] for row in ordered(hst_cal.read_rules())][:3]
    ['n_files', 'total_mb', 'drizcorr']
    """
    return sorted(rules["features"].records(), key=lambda row: int(row["position"]))


def pairs(rules: Rules, feature: str) -> dict[str, int]:
    """Return the code of each word of one feature.

    >>> from scrub import hst_cal
    >>> pairs(hst_cal.read_rules(), "instr")
    {'J': 0, 'L': 1, 'O': 2, 'I': 3}
    """
    return {value: int(code) for value, code in _of(rules, "encodings", "column", feature, ("value", "code"))}


def coded(
    rules: Rules, feature: str, words: pd.Series, *, missing: str, handle_unknown: encode.HandleUnknown
) -> encode.Encoded:
    """Return the codes of words: first folded (rule table ``abbreviations``), then encoded.

    Args:
        rules: a rule set with the tables ``abbreviations`` and ``encodings``.
        feature: whose words these are.
        words: text, cells may be missing.
        missing: the word where there is none.
        handle_unknown: what a word without a code gets, as in ``encode.encode``.

    Returns:
        Codes (int64; -1 where there is none), and which words have none.

    >>> from scrub import hst_cal
    >>> words = pd.Series(["1", "4", None])
    >>> coded(hst_cal.read_rules(), "crsplit", words, missing="NONE", handle_unknown="error").codes.tolist()
    [1, 2, 0]
    """
    places, distinct = pd.factorize(words)
    told = pd.Series([*distinct.tolist(), missing], dtype="str")
    patterns = _of(rules, "abbreviations", "feature", feature, ("pattern", "abbreviation"))
    folded = fold([p for p, _ in patterns], [a for _, a in patterns], told) if patterns else told
    codes, unknown = encode.encode(pairs(rules, feature), folded, handle_unknown=handle_unknown)
    whole = codes.fillna(-1).to_numpy(dtype="int64")
    lost = unknown.to_numpy().take(places) if unknown.any() else np.zeros(len(words), dtype=bool)
    return encode.Encoded(pd.Series(whole.take(places), index=words.index), pd.Series(lost, index=words.index))


@lru_cache(maxsize=256)
def _of(rules: Rules, table: str, key: str, feature: str, answers: tuple[str, ...]) -> list[list[str]]:
    """Return the answers of those rows of a table that are about one feature; nobody may change them."""
    return [[row[name] for name in answers] for row in rules[table].records() if row[key] == feature]


def decode(
    rules: Rules,
    features: pd.DataFrame,
    *,
    representatives: Mapping[str, Mapping[int, str]] | None = None,
    stamp: Stamp | None = None,
) -> pd.DataFrame:
    """Return features with words in place of codes: the inverse of the encoding.

    Args:
        rules: the rule set that encoded them.
        features: a frame with any of the encoded features.
        representatives: for a feature whose words share codes, the word to answer for each such code.
        stamp: that of the file the features came from (``scrub.stamp.read``): they are decoded only if the
            rule set is the one that encoded them.

    Raises:
        StampError: other rules encoded the features; ``differences`` has what differs.
        ValueError: a feature whose words share a code that has no representative, or a code without word.

    >>> from scrub import hst_cal
    >>> decode(hst_cal.read_rules(), pd.DataFrame({"instr": [3, 0]}))["instr"].tolist()
    ['I', 'J']
    """
    if stamp is not None:
        demand(rules, None, stamp)
    told = {}
    for row in ordered(rules):
        name = row["feature"]
        if row["kind"] == "category" and name in features:
            chosen = (representatives or {}).get(name)
            try:
                told[name] = encode.decode(pairs(rules, name), features[name], representative=chosen)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    return features.assign(**told)
