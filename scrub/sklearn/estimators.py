"""What both transformers share: rules are read when they are fitted, and a pickle holds a stamp in place of them."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

import scrub
from scrub.on_data.registry import PIPELINES
from scrub.pipeline import stamp
from scrub.tables import Rules

TELESCOPES: dict[str, ModuleType] = {
    name: getattr(scrub, name) for name in dict.fromkeys(pipeline.saved.folder for pipeline in PIPELINES.values())
}


class RejectedWarning(UserWarning):
    """Rows of the input that made no features."""


class RuleTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A transformer that rule tables decide, and no data.

    Fitted, it has ``rules_`` and ``stamp_``, the stamp of those rules, their contracts and the code.
    """

    telescope: str
    rules: Rules | str | Path | None
    edition: str | int | None
    features_: list[str]

    def _read_rules(self, edition: str | int | None) -> Rules:
        """Return the rule set that the parameters name.

        Raises:
            ValueError: no such telescope; an edition beside rules that have been read.
            NoSuchRulesError, RuleError: as ``tables.read`` raises them.
        """
        if self.telescope not in TELESCOPES:
            raise ValueError(f"no telescope {self.telescope!r}: there are {', '.join(TELESCOPES)}")
        chosen = self.telescope if self.rules is None else self.rules
        if not isinstance(chosen, Rules):
            rules: Rules = TELESCOPES[self.telescope].read_rules(chosen, edition=edition)
            return rules
        return chosen.at(edition)

    def _fit_rules(self) -> Rules:
        """Read the rules, and keep them with their stamp; return them."""
        self.rules_ = self._read_rules(self.edition)
        self.stamp_ = stamp.of(self.rules_, self.telescope)
        return self.rules_

    def _get_rules(self) -> Rules:
        """Return the rules of a fitted transformer.

        Raises:
            NotFittedError: it is not fitted.
        """
        check_is_fitted(self)
        return self.rules_

    def get_feature_names_out(self, input_features: Any = None) -> "np.ndarray[Any, Any]":
        """Return the names of the features, in order: the rules name them.

        Args:
            input_features: the names of the columns; those of ``fit``, if they are given.

        Raises:
            NotFittedError: ``fit`` was not called.
            ValueError: other names.
        """
        self._get_rules()
        expected = getattr(self, "feature_names_in_", None)
        if input_features is not None:
            if expected is not None and list(input_features) != list(expected):
                raise ValueError("input_features is not equal to feature_names_in_")
            if len(input_features) != self.n_features_in_:
                raise ValueError(
                    f"input_features should have length equal to number of features ({self.n_features_in_})"
                )
        return np.array(self.features_, dtype=object)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle holds: the parameters, and of the rules that were read the stamp only."""
        return {name: value for name, value in super().__getstate__().items() if name != "rules_"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take up what a pickle held, and read the rules of that edition again.

        Raises:
            StampError: the rules, contracts or code at hand are others; ``differences`` has what differs.
            NoSuchRulesError: the rule set, or that edition of it, is not here.
        """
        super().__setstate__(state)
        if "stamp_" in state:
            rules = self._read_rules(self.stamp_.edition)
            stamp.demand(rules, self.telescope, self.stamp_)
            self.rules_ = rules
