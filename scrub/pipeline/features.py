"""Features by their rule tables: in which order, from which words, to which codes, and back."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.frames import encode
from scrub.frames.arrays import Columns, list_words, make_cells, pick
from scrub.frames.cells import read_word, to_floats
from scrub.frames.columns import number_rows
from scrub.frames.rejects import Fault
from scrub.tables import RuleError, Rules, words
from scrub.tables.patterns import fold_words
from scrub.tables.rules import once

Row = Mapping[str, str]
_LETTERS = {"first": slice(0, 1), "last": slice(-1, None)}
NO_CODE = "no code for this word"  # why the features of a product are rejected
REQUIRED = "reject"  # what stands for a missing cell without which there is no row


@once
def order_features(rules: Rules) -> tuple[Row, ...]:
    """Return the rows of the rule table ``features``, in the order of their positions.

    >>> from scrub import hst_cal
    >>> [row["feature"] for row in order_features(hst_cal.read_rules())][:3]
    ['n_files', 'total_mb', 'drizcorr']
    """
    rows = sorted(rules["features"].records(), key=lambda row: int(row["position"]))
    return tuple(MappingProxyType(row) for row in rows)


def list_features(rules: Rules, group: str | None = None) -> list[Row]:
    """Return the rows of the rule table ``features`` that are of a group of products, in order; all if none is named.

    Args:
        rules: a rule set.
        group: of products.

    >>> from scrub import jwst
    >>> len(list_features(jwst.read_rules(), "image")), len(list_features(jwst.read_rules(), "fgs"))
    (27, 18)
    """
    return [row for row in order_features(rules) if group is None or group in row.get("groups", "").split()]


def pairs(rules: Rules, feature: str) -> dict[str, int]:
    """Return the code of each word of one feature.

    Args:
        rules: a rule set with the table ``encodings``.
        feature: its name.

    >>> from scrub import hst_cal
    >>> pairs(hst_cal.read_rules(), "instr")
    {'J': 0, 'L': 1, 'O': 2, 'I': 3}
    """
    return dict(_read_pairs(rules, feature))


@once
def _read_pairs(rules: Rules, feature: str) -> Mapping[str, int]:
    rows = _pick_rows(rules, "encodings", "column", feature, ("value", "code"))
    return MappingProxyType({value: int(code) for value, code in rows})


class Codes(NamedTuple):
    """The codes of words (int64; -1 where there is none), and which words have none."""

    codes: "np.ndarray[Any, np.dtype[np.int64]]"
    unknown: "np.ndarray[Any, np.dtype[np.bool_]]"


class Features(NamedTuple):
    """The columns of features, and the words that have no code."""

    columns: dict[str, Any]
    faults: list[Fault]


def make_features(rules: Rules, cells: Columns, *, handle_unknown: encode.HandleUnknown) -> Features:
    """Return every feature of a frame, in the order of the rule table ``features``.

    Kinds: ``category`` (words, folded and encoded), ``text``, ``boolean`` (1 or 0), ``count`` (whole numbers),
    ``rounded`` (to the nearest whole number, halves to the even one), and floats for any other.

    Args:
        rules: a rule set with the tables ``features``, ``abbreviations`` and ``encodings``.
        cells: arrays of one length, one for each column that ``features`` names; words as ``frames.arrays`` has them.
        handle_unknown: ``error`` leaves a word without a code at fault; ``use_encoded_value`` gives it the code that
            the table states for ``*``, if it states one.

    >>> from scrub import hst_cal
    >>> from scrub.frames.arrays import read_frame
    >>> rules = hst_cal.read_rules()
    >>> frame = hst_cal.datasets(rules, hst_cal.example(rules))
    >>> features = make_features(rules, read_frame(frame), handle_unknown="error")
    >>> features.columns["total_mb"].tolist(), features.columns["instr"].tolist()
    ([1237], [0])
    """
    columns: dict[str, Any] = {}
    faults = []
    for row in order_features(rules):
        values, name = cells[row["column"]], row["feature"]
        if row["kind"] == "category":
            columns[name], lost = encode_feature(rules, row, values, handle_unknown=handle_unknown)
            faults.append(Fault(lost, NO_CODE, name, values))
        elif row["kind"] == "text":
            columns[name] = make_cells(row["missing"] if word is None else word for word in list_words(values))
        else:
            columns[name] = _read_numbers(values, row)
    return Features(columns, faults)


def encode_feature(rules: Rules, row: Row, values: Any, *, handle_unknown: encode.HandleUnknown) -> Codes:
    """Return the codes of the words of a feature: the part of each word that counts, folded and encoded.

    Args:
        rules: a rule set.
        row: of its table ``features``, of the kind ``category``.
        values: an array of words, cells may be missing.
        handle_unknown: as in ``encode.encode``.

    >>> from scrub import hst_cal
    >>> rules = hst_cal.read_rules()
    >>> row = order_features(rules)[-1]
    >>> encode_feature(rules, row, make_cells(["j8zs05020", "xx"]), handle_unknown="error").codes.tolist()
    [0, -1]
    """
    parts = _take_parts(rules, row, values)
    return encode_words(rules, row["feature"], parts, missing=row["missing"], handle_unknown=handle_unknown)


def take_part(rules: Rules, row: Row, word: str) -> str:
    """Return what of a word a feature reads: the first or last letter, or what stands before a mark.

    Args:
        rules: a rule set.
        row: of its table ``features``.
        word: a cell of the feature's column.

    Returns:
        The part; blank where it is missing.

    >>> from scrub import hst_svm
    >>> rules = hst_svm.read_rules()
    >>> take_part(rules, order_features(rules)[-1], "GALAXY;SPIRAL")
    'GALAXY'
    """
    if row.get("letter"):
        return word[_LETTERS[row["letter"]]].upper()
    if "before" in row:
        return read_word(words(rules), word.partition(row["before"])[0] if row["before"] else word)
    return word


def _take_parts(rules: Rules, row: Row, values: Any) -> Any:
    """Return what of its words a feature reads, each distinct word read once."""
    if not row.get("letter") and "before" not in row:
        return values
    codes, distinct = pd.factorize(values)
    return make_cells([*(take_part(rules, row, word) or None for word in distinct), None])[codes]


def _read_numbers(values: Any, row: Row) -> "np.ndarray[Any, Any]":
    """Return numbers as the kind of their feature has them.

    Raises:
        RuleError: the column has words, or what stands for missing is no number.
    """
    try:
        return _to_number(values, row)
    except (TypeError, ValueError) as error:
        message = f"{row['rule']}: the kind {row['kind']} needs numbers, and {row['column']} has none: {error}"
        raise RuleError(message) from None


def _to_number(values: Any, row: Row) -> "np.ndarray[Any, Any]":
    """Return numbers as the kind of their feature has them."""
    if row["missing"] == REQUIRED and row["kind"] == "count":
        return np.asarray(values, dtype="int64")
    numbers = to_floats(values)
    if row["kind"] == "rounded":
        return np.asarray(np.rint(numbers), dtype="int64")
    if row["missing"] == REQUIRED:
        return numbers
    filled = np.where(np.isnan(numbers), float(row["missing"]), numbers)
    return filled.astype("int64") if row["kind"] in ("boolean", "count") else filled


def encode_words(
    rules: Rules, feature: str, values: Any, *, missing: str, handle_unknown: encode.HandleUnknown
) -> Codes:
    """Return the codes of words: first folded (rule table ``abbreviations``), then encoded.

    Args:
        rules: a rule set with the tables ``abbreviations`` and ``encodings``.
        feature: whose words these are.
        values: an array of words, cells may be missing.
        missing: the word where there is none.
        handle_unknown: what a word without a code gets, as in ``encode.encode``.

    Returns:
        Codes (int64; -1 where there is none), and which words have none.

    >>> from scrub import hst_cal
    >>> values = make_cells(["1", "4", None])
    >>> encode_words(hst_cal.read_rules(), "crsplit", values, missing="NONE", handle_unknown="error").codes.tolist()
    [1, 2, 0]
    """
    positions, first = number_rows([values])
    words = [missing if word is None else word for word in list_words(pick(values, first))]
    folded = abbreviate(rules, feature, words)
    codes = encode.encode_words(_read_pairs(rules, feature), folded, handle_unknown=handle_unknown)
    whole = np.array([-1 if code is None else code for code in codes], dtype="int64")
    return Codes(whole[positions], np.array([code is None for code in codes], dtype=bool)[positions])


def abbreviate(rules: Rules, feature: str, words: Sequence[str]) -> list[str]:
    """Return words as they are encoded: each that a pattern of the table ``abbreviations`` fits is its abbreviation.

    Args:
        rules: a rule set.
        feature: whose words these are.
        words: some words.

    >>> from scrub import jwst
    >>> abbreviate(jwst.read_rules(), "subarray", ["SUB64", "FULL"])
    ['SUB', 'FULL']
    """
    patterns = _pick_rows(rules, "abbreviations", "feature", feature, ("pattern", "abbreviation"))
    return fold_words([p for p, _ in patterns], [a for _, a in patterns], words) if patterns else list(words)


def keep_numbers(rules: Rules, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the features that are numbers, as a model takes them; text, names and labels are left out.

    Of the features of ``jwst``, that leaves out ``fxd_slit``: it is text, as in the toolkit that models were trained
    with (``describe`` lists which features are numbers).

    Args:
        rules: the rule set that made the features.
        frame: features, as a run gives them or as they were read back.

    Raises:
        ValueError: a feature that is to be a number and is none, as in a table that was read as text.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> features = jwst.run(jwst.example(rules)).features["image"]
    >>> numbers = keep_numbers(rules, features)
    >>> features.columns.difference(numbers.columns).tolist(), numbers.to_numpy().dtype
    (['fxd_slit'], dtype('float64'))
    """
    wanted = {row["feature"] for row in order_features(rules) if row["kind"] != "text"}
    names = [name for name in frame if name in wanted]
    if words := [str(name) for name in names if not pd.api.types.is_numeric_dtype(frame[name].dtype)]:
        raise ValueError(
            f"no numbers: {', '.join(words)}: give a table that was read as text its types first (contracts.typed)"
        )
    return frame[names]


@once
def _pick_rows(
    rules: Rules, table: str, key: str, feature: str, answers: tuple[str, ...]
) -> tuple[tuple[str, ...], ...]:
    """Return the answers of those rows of a table that are about one feature."""
    return tuple(tuple(row[name] for name in answers) for row in rules[table].records() if row[key] == feature)
