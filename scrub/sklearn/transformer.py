"""Exposures to the features of products, as a transformer."""

import warnings
from pathlib import Path
from typing import Self

import pandas as pd
from sklearn.utils import Tags
from sklearn.utils.validation import validate_data

from scrub.frames.encode import HandleUnknown
from scrub.pipeline.features import keep_numbers, list_features
from scrub.pipeline.marks import warn_of_others
from scrub.sklearn.estimators import TELESCOPES, RejectedWarning, RuleTransformer
from scrub.tables import Rules


class ScrubTransformer(RuleTransformer):
    """Exposures (or HST data sets) in; the features of their products out, those that are numbers.

    One row of the output is a product, so there are fewer rows than exposures; the index has the names of the products.
    Features that are text are left out: ``left_out_`` lists them (``fxd_slit``, for JWST). Columns of the input are
    taken by name, in any order. A rejected row makes no features, and ``transform`` warns of it (``RejectedWarning``).
    ``hst_svm`` asks MAST for the categories of targets where the frame has none, as ``hst_svm.run`` does.

    Args:
        telescope: ``jwst``, ``hst_svm`` or ``hst_cal``.
        rules: a rule set, its name, or its folder; the one that ships unless given.
        edition: an edition of the rule set; the newest when it is fitted unless one is named.
        group: the group of JWST products: ``image``, ``spec``, ``tac`` or ``fgs``; none for HST.
        handle_unknown: ``error`` rejects a product with a word that has no code; ``use_encoded_value`` gives it the
            code that the table states.

    Attributes:
        rules_: the rule set.
        stamp_: its stamp.
        left_out_: the features that are no numbers.
        n_features_in_, feature_names_in_: the columns of the input.

    >>> from scrub import hst_cal
    >>> datasets = hst_cal.example(hst_cal.read_rules())
    >>> ScrubTransformer("hst_cal").fit(datasets).transform(datasets).loc["j8zs05020"].tolist()
    [61, 1237, 1, 1, 2, 0, 1, 1, 0]
    """

    def __init__(
        self,
        telescope: str = "jwst",
        *,
        rules: Rules | str | Path | None = None,
        edition: str | int | None = None,
        group: str | None = None,
        handle_unknown: HandleUnknown = "error",
    ) -> None:
        self.telescope = telescope
        self.rules = rules
        self.edition = edition
        self.group = group
        self.handle_unknown = handle_unknown

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:  # noqa: ARG002, N803
        """Read the rules; return the transformer.

        Args:
            X: exposures, as ``jwst.run`` takes them.
            y: does not count.

        Raises:
            ValueError: X is no frame; no such telescope, group or policy.
        """
        frame = self._read_frame(X)
        rules = self._fit_rules()
        groups = [row["group"] for row in rules["groups"].records()] if "groups" in rules.tables else []
        if (self.group in groups) != bool(groups) or (self.group is not None and not groups):
            raise ValueError(f"group is {self.group!r}: it must be {' or '.join(map(repr, groups)) or None}")
        if self.handle_unknown not in ("error", "use_encoded_value"):
            raise ValueError(f"handle_unknown is 'error' or 'use_encoded_value', not {self.handle_unknown!r}")
        validate_data(self, frame, skip_check_array=True)
        rows = list_features(rules, self.group)
        self.left_out_ = [row["feature"] for row in rows if row["kind"] == "text"]
        self.features_ = [row["feature"] for row in rows if row["kind"] != "text"]
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        """Return the features of the products of exposures, one row a product, index its name.

        Args:
            X: exposures, as ``jwst.run`` takes them.

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: X is no frame.
            SourceError: columns that must be there are not.

        Warns:
            RejectedWarning: rows that make no features.
            OtherRulesWarning: the frame has the stamp of other rules.
        """
        rules = self._get_rules()
        warn_of_others(rules, X)
        run = TELESCOPES[self.telescope].run
        answer = run(self._read_frame(X), rules=rules, handle_unknown=self.handle_unknown)
        if len(answer.rejected):
            first = answer.rejected.iloc[0]
            warnings.warn(
                f"{len(answer.rejected)} rows rejected: the first is {first['what']!r}: {first['column']} "
                f"{first['reason']}: {first['value']!r}; {self.telescope}.run(X).rejected lists them",
                RejectedWarning,
                stacklevel=3,  # scikit-learn wraps this method
            )
        features = answer.features if self.group is None else answer.features[self.group]
        return keep_numbers(rules, features)

    def _read_frame(self, X: object) -> pd.DataFrame:  # noqa: N803
        """Return the input, which must be a frame: an array has no keywords.

        Raises:
            ValueError: it is none.
        """
        if not isinstance(X, pd.DataFrame):
            raise ValueError(f"X must be a frame of exposures, its columns named by keyword, not {type(X).__name__}")
        return X

    def __sklearn_tags__(self) -> Tags:
        """Return what the transformer takes: frames with words and gaps."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        return tags
