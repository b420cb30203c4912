"""One prediction at a time: the features of a few exposures, for a server that has a model."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.contracts.stage import Bound, bind, follow
from scrub.files.table_files import untracked
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import arrange, join
from scrub.jwst.features import split_groups
from scrub.jwst.few import read_few
from scrub.jwst.groups import list_members
from scrub.jwst.pipeline import steps
from scrub.pipeline import stamp
from scrub.pipeline.marks import mark_with
from scrub.tables import Rules
from scrub.tables import read as read_rules


class Prediction(NamedTuple):
    """Features by group of products; the product of each exposure, or the rule that leaves it out; and rejects."""

    features: dict[str, pd.DataFrame]
    members: pd.DataFrame
    rejected: pd.DataFrame


class _Kept(NamedTuple):
    """What depends on the rules alone: the steps with their contracts, and the stamp as text."""

    steps: tuple[Bound, ...]
    stamp: str


def prepare(
    rules: Rules | str | Path = "jwst", *, edition: str | int | None = None, handle_unknown: HandleUnknown = "error"
) -> Callable[[pd.DataFrame], Prediction]:
    """Return a function that gives the features of a few exposures at a time, for model servers.

    The function takes a frame, as ``run`` does: one row an exposure, all exposures of a product in one call. Its
    features, members and rejects are those of ``run`` on the same rows, with the stamp of the rules. It keeps what
    depends on the rules alone, and makes no ledger and no frames of exposures and products. Rules and contracts are
    those of the moment when it is made: files that change later do not count. It can be pickled, and several threads
    may call it.

    Args:
        rules: a rule set, its name, or its folder.
        edition: an edition of the rule set; the newest unless one is named.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.

    Raises:
        RuleError: no such rule set or edition, or a table that cannot be trusted.
        SourceError: when the function is called with a frame that lacks a column that must be there.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> predict = prepare(rules)
    >>> prediction = predict(jwst.example(rules))
    >>> prediction.features["image"].loc["jw01018-o006_t1_niriss_clear-f200w", "nexposur"], len(prediction.rejected)
    (np.float64(2.0), 0)
    """
    rules = rules.at(edition) if isinstance(rules, Rules) else read_rules(rules, edition=edition)
    ledger = {
        "rules": rules.name,
        "edition": rules.edition,
        "handle_unknown": handle_unknown,
        "fingerprint": stamp.entry(rules, "jwst"),
    }
    kept = _Kept(bind(steps(rules, handle_unknown=handle_unknown)), stamp.write(ledger))
    return partial(_predict, rules, kept)


def _predict(rules: Rules, kept: _Kept, exposures: pd.DataFrame) -> Prediction:
    """Return the features and the rejects of exposures."""
    headers, unread = read_few(rules, exposures)
    (_, members, _, encoded), aside = follow(kept.steps, headers, track=untracked)
    rejected = arrange(join([unread, aside]))
    return mark_with(Prediction(split_groups(rules, encoded), list_members(members), rejected), kept.stamp)
