"""Words to codes and back, by a table of pairs and a stated policy for words that it does not have."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import pandas as pd

from scrub.frames.cells import TEXT

HandleUnknown = Literal["error", "use_encoded_value"]
OTHER = "*"


class Encoded(NamedTuple):
    """Codes (Int64), and which values have none."""

    codes: pd.Series
    unknown: pd.Series


def encode(pairs: Mapping[str, int], values: pd.Series, *, handle_unknown: HandleUnknown = "error") -> Encoded:
    """Return the code of each value.

    Args:
        pairs: the code of each word; the word ``*`` has the code of every word without a pair.
        values: words, nothing missing.
        handle_unknown: ``error`` leaves a word without a pair unknown; ``use_encoded_value`` gives it
            the code of ``*``, and leaves it unknown where the table states none.

    Raises:
        ValueError: another policy.

    >>> encode({"NONE": 0, "CLEAR": 1}, pd.Series(["CLEAR", "NONE", "F999X"])).unknown.tolist()
    [False, False, True]
    >>> encode({"NONE": 0, "*": 9}, pd.Series(["F999X"]), handle_unknown="use_encoded_value").codes.tolist()
    [9]
    """
    positions, words = pd.factorize(values, use_na_sentinel=False)
    codes = pd.array(encode_words(pairs, words.tolist(), handle_unknown=handle_unknown), dtype="Int64")
    column = pd.Series(codes.take(positions), index=values.index)
    return Encoded(column, column.isna())


def encode_words(
    pairs: Mapping[str, int], words: Iterable[str], *, handle_unknown: HandleUnknown = "error"
) -> list[int | None]:
    """Return the code of each word of a list, None where there is none: see ``encode``.

    Args:
        pairs: the code of each word.
        words: words.
        handle_unknown: as in ``encode``.

    Raises:
        ValueError: another policy.

    >>> encode_words({"NONE": 0, "CLEAR": 1}, ["CLEAR", "F999X"])
    [1, None]
    """
    if handle_unknown not in ("error", "use_encoded_value"):
        raise ValueError(f"handle_unknown is 'error' or 'use_encoded_value', not {handle_unknown!r}")
    fallback = pairs.get(OTHER) if handle_unknown == "use_encoded_value" else None
    return [fallback if word == OTHER else pairs.get(word, fallback) for word in words]


def find_shared(pairs: Mapping[str, int]) -> dict[int, list[str]]:
    """Return each code that several words have, with those words in order.

    Args:
        pairs: the code of each word.

    >>> find_shared({"SHORT": 0, "LONG": 0, "ALL": 1})
    {0: ['LONG', 'SHORT']}
    """
    words: dict[int, list[str]] = {}
    for word, code in pairs.items():
        words.setdefault(code, []).append(word)
    return {code: sorted(several) for code, several in words.items() if len(several) > 1}


def decode(pairs: Mapping[str, int], codes: pd.Series, *, representative: Mapping[int, str] | None = None) -> pd.Series:
    """Return the word of each code: the inverse of ``encode``.

    Args:
        pairs: the code of each word.
        codes: whole numbers, none missing.
        representative: the word to answer for each code that several words share.

    Raises:
        ValueError: words share a code that has no representative, or a code is not in the table.

    >>> decode({"NONE": 0, "CLEAR": 1}, pd.Series([1, 0])).tolist()
    ['CLEAR', 'NONE']
    >>> decode({"SHORT": 0, "LONG": 0}, pd.Series([0]))
    Traceback (most recent call last):
    ValueError: the code 0 stands for LONG, SHORT: name a representative
    >>> decode({"SHORT": 0, "LONG": 0}, pd.Series([0]), representative={0: "LONG"}).tolist()
    ['LONG']
    """
    shared = find_shared(pairs)
    chosen = {code: word for word, code in pairs.items() if code not in shared}
    for code, word in (representative or {}).items():
        if pairs.get(word) != code:
            raise ValueError(f"the representative {word!r} does not have the code {code}")
        chosen[code] = word
    for code, words in shared.items():
        if code not in chosen:
            raise ValueError(f"the code {code} stands for {', '.join(words)}: name a representative")
    unknown = codes[~codes.isin(list(chosen))]
    if len(unknown):
        raise ValueError(f"no word has the code {unknown.iloc[0]}")
    return codes.map(chosen).astype(TEXT)
