"""Words to codes and back, as a transformer."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.utils import Tags
from sklearn.utils.validation import validate_data

from scrub.frames.cells import text
from scrub.frames.encode import HandleUnknown
from scrub.pipeline.decode import Representatives, decode
from scrub.pipeline.features import Row, encode_feature, order_features
from scrub.pipeline.marks import warn_of_others
from scrub.sklearn.estimators import RuleTransformer
from scrub.tables import Rules, words

_SHOWN = 3  # unknown words of a column, in a message


class CodeEncoder(RuleTransformer):
    """Columns of words to the codes of the rule tables, and back.

    A word is read, folded and encoded as in a run of the pipeline, so the codes are those of its features. Codes do not
    depend on the data: ``fit`` only finds out which feature each column is.

    Args:
        telescope: ``jwst``, ``hst_svm`` or ``hst_cal``.
        rules: a rule set, its name, or its folder; the one that ships unless given.
        edition: an edition of the rule set; the newest when it is fitted unless one is named.
        features: the feature that each column is; unless given, the columns are named by feature (``filter``) or by
            keyword (``FILTER``).
        handle_unknown: ``error`` refuses a word without a code; ``use_encoded_value`` gives it the code that the table
            states for ``*``, and refuses it where there is none.
        representatives: for a feature whose words share codes, the word that ``inverse_transform`` gives for each such
            code: see ``jwst.decode``.

    Attributes:
        rules_: the rule set.
        stamp_: its stamp.
        features_: the feature of each column.
        n_features_in_, feature_names_in_: the columns of the input.

    >>> encoder = CodeEncoder().fit(pd.DataFrame({"FILTER": ["F200W"], "PUPIL": ["CLEAR"]}))
    >>> codes = encoder.transform(pd.DataFrame({"FILTER": ["F200W", "CLEAR"], "PUPIL": ["CLEAR", None]}))
    >>> codes.tolist(), encoder.inverse_transform(codes).tolist()
    ([[23, 1], [1, 0]], [['F200W', 'CLEAR'], ['CLEAR', 'NONE']])
    """

    def __init__(
        self,
        telescope: str = "jwst",
        *,
        rules: Rules | str | Path | None = None,
        edition: str | int | None = None,
        features: Sequence[str] | None = None,
        handle_unknown: HandleUnknown = "error",
        representatives: Representatives | None = None,
    ) -> None:
        self.telescope = telescope
        self.rules = rules
        self.edition = edition
        self.features = features
        self.handle_unknown = handle_unknown
        self.representatives = representatives

    def fit(self, X: Any, y: object = None) -> Self:  # noqa: ARG002, N803
        """Read the rules, and find out which feature each column is; return the encoder.

        Args:
            X: columns of words, a frame or an array; their words are encoded by ``transform``, not here.
            y: does not count.

        Raises:
            ValueError: a column that is no encoded feature, or as many names in ``features`` as there are no columns.
        """
        array = self._validate(X, reset=True)
        rules = self._fit_rules()
        rows = _list_encoded(rules)
        self.features_ = [_find_feature(rows, name) for name in self._name_columns(array.shape[1])]
        if repeated := sorted({name for name in self.features_ if self.features_.count(name) > 1}):
            raise ValueError(f"two columns are the feature {', '.join(repeated)}")
        return self

    def transform(self, X: Any) -> "np.ndarray[Any, np.dtype[np.int64]]":  # noqa: N803
        """Return the codes of words, an array of one column for each of X (``set_output`` makes a frame).

        Args:
            X: columns of words, as ``fit`` had them. What is missing, in any spelling, is the word that stands for it.

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: words without a code, all of them named.

        Warns:
            OtherRulesWarning: the frame has the stamp of other rules.
        """
        rules = self._get_rules()
        warn_of_others(rules, X)
        array = self._validate(X, reset=False)
        rows, columns, faults = _list_encoded(rules), [], []
        for i, feature in enumerate(self.features_):
            cells = text(words(rules), pd.Series(array[:, i]))
            codes, unknown = encode_feature(rules, rows[feature], cells.array, handle_unknown=self.handle_unknown)
            columns.append(codes)
            if unknown.any():
                faults.append(_name_unknown(feature, cells[unknown].fillna(rows[feature]["missing"]).unique().tolist()))
        if faults:
            raise ValueError(f"no code for {'; '.join(faults)}")
        return np.column_stack(columns)

    def inverse_transform(self, X: Any) -> "np.ndarray[Any, Any]":  # noqa: N803
        """Return the words of codes, an array of objects.

        Args:
            X: codes, as ``transform`` gives them.

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: codes without a word, or that several words share without a representative; all of them named.

        Warns:
            OtherRulesWarning: the frame has the stamp of other rules.
        """
        rules = self._get_rules()
        warn_of_others(rules, X)
        codes = np.asarray(X)
        if codes.ndim != 2 or codes.shape[1] != len(self.features_):
            raise ValueError(
                f"X must have two dimensions and {len(self.features_)} columns, not the shape {codes.shape}"
            )
        frame = pd.DataFrame(codes, columns=self.features_)
        return decode(rules, frame, representatives=self.representatives).to_numpy(dtype=object)

    def _name_columns(self, count: int) -> list[str]:
        """Return the name of each column: by ``features``, or as the frame has them.

        Raises:
            ValueError: they have none, or there are more or fewer columns than names.
        """
        names = self.features if self.features is not None else getattr(self, "feature_names_in_", None)
        if names is None:
            raise ValueError("the columns have no names: name the feature of each, features=['filter', …]")
        if len(names) != count:
            raise ValueError(f"{len(names)} names in features, and X has {count} columns")
        return [str(name) for name in names]

    def _validate(self, X: Any, *, reset: bool) -> "np.ndarray[Any, Any]":  # noqa: N803
        """Return columns as an array of objects, held against those of ``fit``."""
        array: np.ndarray[Any, Any] = validate_data(self, X, reset=reset, dtype=None, ensure_all_finite=False)
        return array.astype(object)

    def __sklearn_tags__(self) -> Tags:
        """Return what the encoder takes: words and gaps."""
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _list_encoded(rules: Rules) -> dict[str, Row]:
    """Return the row of each feature that has codes."""
    return {row["feature"]: row for row in order_features(rules) if row["kind"] == "category"}


def _find_feature(rows: Mapping[str, Row], name: str) -> str:
    """Return the feature that a column is, by its own name or by that of its keyword.

    Raises:
        ValueError: none, or several.
    """
    names = [name] if name in rows else [feature for feature, row in rows.items() if row["column"] == name]
    if len(names) == 1:
        return names[0]
    if names:
        raise ValueError(f"the column {name!r} makes several features: name it {' or '.join(names)}")
    raise ValueError(f"the column {name!r} is no encoded feature: there are {', '.join(rows)}")


def _name_unknown(feature: str, unknown: Sequence[str]) -> str:
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    return f"{feature} {', '.join(map(repr, unknown[:_SHOWN]))}{more}"
