"""Words back from codes, by the tables that gave the codes."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from scrub.frames import encode
from scrub.pipeline.features import abbreviate, order_features, pairs
from scrub.pipeline.marks import warn_of_others
from scrub.pipeline.stamp import Stamp, demand
from scrub.tables import Rules
from scrub.tables.rules import once

Representatives = Mapping[str, Mapping[int, str]]


def decode(
    rules: Rules,
    features: pd.DataFrame,
    *,
    representatives: Representatives | None = None,
    stamp: Stamp | None = None,
) -> pd.DataFrame:
    """Return features with words in place of codes: the inverse of the encoding, for all columns at once.

    Where words share a code, the answer is the one that all of them are folded to (``represent``), or the one that
    ``representatives`` states.

    Args:
        rules: the rule set that encoded them.
        features: a frame with any of the encoded features; other columns stay as they are.
        representatives: for a feature whose words share codes, the word to answer for each such code.
        stamp: that of the file the features came from (``stamp.read``): they are decoded only if the
            rule set is the one that encoded them.

    Warns:
        OtherRulesWarning: no stamp is given, and that of the frame (``marks.read_mark``) is of other rules.

    Raises:
        StampError: other rules encoded the features; ``differences`` has what differs.
        TypeError: the features are no frame.
        ValueError: codes without a representative, or without a word: all of them in one message; or a representative
            that is none.

    >>> from scrub import hst_cal
    >>> rules = hst_cal.read_rules()
    >>> decode(rules, pd.DataFrame({"instr": [3, 0], "dtype": [1, 0]})).iloc[0].tolist()
    ['I', 'ASSOCIATION']
    >>> decode(rules, pd.DataFrame({"detector": [1]}))
    Traceback (most recent call last):
    ValueError: detector: the code 1 stands for UVIS, WFC: name representatives, such as {'detector': {1: 'UVIS'}}
    """
    if not isinstance(features, pd.DataFrame):
        raise TypeError(f"features: a frame is required, not a {type(features).__name__}")
    if stamp is None:
        warn_of_others(rules, features)
    else:
        demand(rules, None, stamp)
    encoded = [row["feature"] for row in order_features(rules) if row["kind"] == "category"]
    own = representatives or {}
    if unknown := sorted(set(own) - set(encoded)):
        raise ValueError(f"representatives of {', '.join(unknown)}: no such encoded feature")
    chosen = {name: {**represent(rules, name), **own.get(name, {})} for name in encoded if name in features}
    _refuse_open(rules, chosen)
    decoded, faults = {}, []
    for name, words in chosen.items():
        try:
            decoded[name] = encode.decode(pairs(rules, name), features[name], representative=words)
        except ValueError as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise ValueError("; ".join(faults))
    return features.assign(**decoded)


def _refuse_open(rules: Rules, chosen: Representatives) -> None:
    """Refuse codes that words share without a representative, all of them in one message.

    Raises:
        ValueError: there are such codes.
    """
    still_open = [
        (name, code, words)
        for name, own in chosen.items()
        for code, words in encode.find_shared(pairs(rules, name)).items()
        if code not in own
    ]
    if still_open:
        lines = (f"{name}: the code {code} stands for {', '.join(words)}" for name, code, words in still_open)
        example: dict[str, dict[int, str]] = {}
        for name, code, words in still_open:
            example.setdefault(name, {})[code] = words[0]
        raise ValueError(f"{'; '.join(lines)}: name representatives, such as {example}")


@once
def represent(rules: Rules, feature: str) -> Mapping[int, str]:
    """Return the word that stands for each code that several words share, where the rule tables say which.

    It is the one of them to which the table ``abbreviations`` folds them all before they are encoded.

    Args:
        rules: a rule set.
        feature: its name.

    >>> from scrub import jwst
    >>> dict(represent(jwst.read_rules(), "subarray")), dict(represent(jwst.read_rules(), "band"))
    ({4: 'MASK', 6: 'SUB', 7: 'WFSS'}, {})
    """
    folded = {
        code: {*abbreviate(rules, feature, words)} for code, words in encode.find_shared(pairs(rules, feature)).items()
    }
    return MappingProxyType({code: words.pop() for code, words in folded.items() if len(words) == 1})
